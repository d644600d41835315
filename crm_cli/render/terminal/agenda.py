"""The agenda: a rule for each day, the hours at the left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crm_cli.model.meanings import TONE_OF_WORD
from crm_cli.render.agenda import Entry
from crm_cli.render.ages import age
from crm_cli.render.screen import Screen
from crm_cli.render.terminal.console import dot, drawn, ruled, text

_LATE = "overdue"
_HOURS = 11


def agenda_lines(
    entries: Sequence[tuple[str, Entry]],
    screen: Screen,
    *,
    today: date,
    unique: Mapping[str, int],
    marks: Mapping[str, str],
) -> Iterator[str]:
    """The lines for (heading, entry) pairs, in their order."""
    ids = {entry.id: (entry.id or "")[: unique.get(entry.id or "", 99)] for _, entry in entries}
    sizes = _Sizes(
        max((len(entry.kind) for _, entry in entries), default=0),
        max(map(len, ids.values()), default=0),
        ids,
        marks,
    )
    days: list[RenderableType] = []
    for heading, held in groupby(entries, key=lambda pair: pair[0]):
        found = [entry for _, entry in held]
        if days:
            days.append(Text())
        days += [_heading(heading, len(found), screen), _day(heading, found, screen, today, sizes)]
    return drawn(Group(*days), screen) if days else iter(())


def _heading(heading: str, count: int, screen: Screen) -> RenderableType:
    tone = "overdue" if heading == _LATE else "today" if heading.endswith(", today") else "head"
    said = text(heading[:1].upper() + heading[1:], tone)
    if tone != "head":
        said.append(f"{dot(screen)}{count}", style=tone)
    return ruled(said, screen)


class _Sizes(NamedTuple):
    """The columns of the kinds and of the ids, and what is shown of each id."""

    kind: int
    id: int
    ids: Mapping[str | None, str]
    marks: Mapping[str, str]
    """The priority of each id, where it is more than usual."""


def _day(
    heading: str, entries: Sequence[Entry], screen: Screen, today: date, sizes: _Sizes
) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    grid.add_column(width=_HOURS)
    grid.add_column(style="muted", width=min(sizes.kind, 16))
    grid.add_column(ratio=1)
    grid.add_column(width=max(sizes.id, 1))
    for entry in entries:
        hours = text(_hours(entry, heading, today), "overdue" if heading == _LATE else "strong")
        if entry.name is None:
            grid.add_row(hours, text(entry.kind, "done"), "", "")
            continue
        said = Text()
        if mark := sizes.marks.get(entry.id or "", ""):
            said.append_text(text(mark, TONE_OF_WORD.get(mark, "warn")))
            said.append(dot(screen), style="muted")
        said.append_text(text(entry.name.replace("\n", " "), "strong"))
        said.append(dot(screen), style="muted")
        if heading == _LATE and isinstance(entry.when, datetime):
            said.append(f"{entry.when:%H:%M} ")
        said.append_text(text(" ".join(entry.what.split())))
        grid.add_row(hours, text(entry.kind), said, text(sizes.ids[entry.id], "id"))
    return grid


def _hours(entry: Entry, heading: str, today: date) -> str:
    if heading == _LATE:
        return age(entry.when, today)
    if not isinstance(entry.when, datetime):
        return ""
    end = f"-{entry.until:%H:%M}" if entry.until is not None else ""
    return f"{entry.when:%H:%M}{end}"
