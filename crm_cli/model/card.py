"""A card: a title, then sections of facts, small tables and text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.rows import Rows


class Fact(NamedTuple):
    """A labelled value; `note` stands after it, less prominent; None values are left out."""

    label: str
    value: Any
    note: str = ""
    tone: str = ""
    type: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return self.value is None or self.value in ("", [], ())


class Section(NamedTuple):
    """A part of a card under its heading: facts, then a table, then text."""

    title: str = ""
    facts: Sequence[Fact] = ()
    table: Rows | None = None
    text: str = ""
    leading: bool = False
    """Whether it is what a terminal shows first."""
    tree: bool = False
    """Whether its facts are parts of the record, which a terminal draws as a tree."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        facts = any(not fact.empty for fact in self.facts)
        return not (facts or self.text or (self.table and self.table.rows))


class Card(NamedTuple):
    """A record: its name, a line below it, its sections. Empty sections are left out."""

    title: str
    subtitle: str = ""
    sections: Sequence[Section] = ()
    file: str = ""
    """The absolute path of its file."""
