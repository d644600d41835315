"""Lists of records over the index: a window of them, filled as it is scrolled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crm_cli.features.browsing import Window, window
from crm_cli.model.cells import people_text
from crm_cli.model.kind import Kind
from crm_cli.model.meanings import TONE_OF_COLUMN
from crm_cli.model.text import visible
from crm_cli.tui.lines import PAGE, Head, Lines, Row
from crm_cli.workspace import Workspace

_WIDTHS = {"date": 10, "money": 11, "choice": 11, "integer": 5}
_OWN = {
    "number": 11, "kind": 10, "status": 11, "payment_status": 11, "currency": 3, "assignee": 9,
    "stage": 12, "city": 12, "owner": 9, "due": 10, "at": 10, "opened": 10, "next_due": 10,
    "last_contact": 10,
}  # fmt: skip
_RIGHT = ("money", "integer")
_LEAST = 16
"""A column without a width of its own has so many columns at least."""


class Records(Lines):
    """Records of a kind: their id, their customer's id, and the fields that are shown."""

    def __init__(
        self,
        kind: Kind,
        fields: Sequence[str],
        *,
        who: str = "customer",
        none: str = "",
        id: str = "",
    ) -> None:
        super().__init__(self._heads, none=none or f"no {kind.key}", id=id)
        self.kind = kind
        self.fields = tuple(fields)
        self.who = who
        self.terms: Sequence[str] = ()

    def window(self, workspace: Workspace, terms: Sequence[str], offset: int = 0) -> Window:
        """A page of the records that terms describe."""
        cols = ("id", self.who, *self.fields)
        return window(workspace, self.kind, terms, cols, offset=offset, limit=PAGE)

    def rows(self, found: Window) -> list[Row]:
        """The lines of a page."""
        return [
            Row(tuple(map(_cell, values)), str(id), str(who)) for id, who, *values in found.rows
        ]

    def _heads(self, width: int) -> Sequence[Head]:
        """The columns that there is room for, in their order."""
        heads: list[Head] = []
        room = width - 2
        for name in self.fields:
            type = _type(self.kind, name)
            wide = 0 if name == self.kind.title else _OWN.get(name, _WIDTHS.get(type, 0))
            needs = (wide or _LEAST) + 2
            if heads and needs > room:
                break
            room -= needs
            title = name.replace("_", " ")
            heads.append(Head(title, wide, type in _RIGHT, TONE_OF_COLUMN.get(name, "")))
        return heads


def _type(kind: Kind, name: str) -> str:
    """The name of a field's type, be it written down or computed."""
    if (field := kind.by_name.get(name)) is not None:
        return field.type.name
    return next((one.type.name for one in kind.derived if one.key == name), "text")


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return visible(people_text(value)) if value is not None else ""
