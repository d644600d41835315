"""What was said and is to be done of a case: its interactions, its tasks, and what it came to."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from crm_cli.model.rows import Column, Rows

if TYPE_CHECKING:
    from crm_cli.model.item import Item

_COLUMNS = (
    Column("when"),
    Column("what"),
    Column("state"),
    Column("text"),
    Column("by"),
    Column("id"),
)

_DAYS = {"interactions": ("at",), "tasks": ("completed", "due"), "purchases": ("date",)}
"""The fields that say when something was, the first that is there."""


def course(case: Item) -> Rows | None:
    """The interactions, tasks and purchases of a customer that name a case, the earliest first;
    None where there are none."""
    found: list[tuple[str, tuple[Any, ...]]] = []
    for key, days in _DAYS.items():
        for one in case.owner.items(key):
            if one.values.get("case") == case.id:
                when = _when(next((one.values[day] for day in days if day in one.values), None))
                found.append((when or "9", _row(one, when)))
    if not found:
        return None
    found.sort(key=lambda pair: pair[0])
    return Rows(_COLUMNS, [row for _, row in found], ids=[str(row[-1]) for _, row in found])


def _row(item: Item, when: str | None) -> tuple[Any, ...]:
    values = item.values
    what = item.kind.name if item.kind.name == "task" else str(item.get("kind")).replace("_", " ")
    state = item.get("direction") if item.kind.name == "interaction" else item.get("status")
    text = values.get("subject") or values.get("summary") or item.title or values.get("number")
    by = values.get("owner") or values.get("assignee")
    return when, what, state, " ".join(str(text or "").split()) or None, by, item.id


def _when(value: date | None) -> str | None:
    if value is None:
        return None
    return value.strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else value.isoformat()
