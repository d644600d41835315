"""The agenda: days as headings, one entry per line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

from crm_cli.model.text import visible
from crm_cli.model.width import fitted, padded
from crm_cli.render.days import PLAIN
from crm_cli.render.screen import Screen

_LATE = "overdue"
_TIME = len("2026-11-20")


class Entry(Protocol):
    """What an entry has to say; see `features.due.agenda`."""

    @property
    def when(self) -> date | datetime: ...
    @property
    def until(self) -> datetime | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def what(self) -> str: ...
    @property
    def id(self) -> str | None: ...


def agenda_lines(entries: Sequence[tuple[str, Entry]], screen: Screen) -> Iterator[str]:
    """The lines for (heading, entry) pairs, in their order; 80 columns where there is no screen.

    What is overdue has its day where the others have their time.
    """
    width = min(screen.width or PLAIN, 120)
    kinds = max((len(entry.kind) for _, entry in entries), default=0)
    ids = max((len(entry.id or "") for _, entry in entries), default=0)
    room = width - _TIME - 1 - kinds - ids - 8
    shown = ""
    for heading, entry in entries:
        if heading != shown:
            if shown:
                yield "\n"
            yield screen.paint(visible(heading), "alert" if heading == _LATE else "strong") + "\n"
            shown = heading
        what = _said(": ".join(part for part in (entry.name, entry.what) if part))
        if entry.name is None:
            what = ""
        ellipsis = "…" if screen.unicode else "~"
        cells = [
            padded(_time(entry, heading), _TIME + 1),
            padded(entry.kind, kinds),
            padded(fitted(what, max(room, 16), ellipsis=ellipsis), max(room, 16)),
            entry.id or "",
        ]
        tone = "alert" if heading == _LATE else "muted" if entry.name is None else ""
        yield screen.paint(("  " + "  ".join(cells)).rstrip(), tone) + "\n"


def _time(entry: Entry, heading: str) -> str:
    if heading == _LATE:
        return entry.when.isoformat()[:10]
    if not isinstance(entry.when, datetime):
        return ""
    end = f"-{entry.until:%H:%M}" if entry.until is not None else ""
    return f"{entry.when:%H:%M}{end}"


def _said(text: str) -> str:
    return visible(" ".join(text.split()))
