"""What is due, as lines of the interface; asked for in a second process before it is drawn.

To load textual takes as long as to find what is due at 10,000 customers. So nothing here loads it.
"""

from __future__ import annotations

import marshal
from collections.abc import Sequence
from datetime import date, datetime

from crm_cli.model.text import visible
from crm_cli.store.beside import Beside
from crm_cli.workspace import Workspace

Duty = tuple[tuple[str, ...], str, str, str, str]
"""A line: its cells, the id of its item, the customer's, its tone, its kind. A heading has but
its text and four empty words."""


class TooMany(Exception):
    """There are records to read, which takes a while: for who can show how far that is."""


def duties(workspace: Workspace, terms: Sequence[str] = ()) -> list[Duty]:
    """What is due, under its headings; raises CrmError for terms that are none."""
    from crm_cli.features.due import due, heading

    clock, zone = workspace.clock, workspace.business.time_zone
    lines: list[Duty] = []
    above = ""
    for one in due(workspace, terms):
        under = heading(one.when, clock, zone)
        if under != above:
            lines.append(((under,), "", "", "", ""))
            above = under
        tone = under if under in ("overdue", "today") else ""
        kind = one.kind.replace("_", " ")
        cells = (_day(one.when, under), kind, visible(one.name), visible(one.what))
        lines.append((cells, one.id or f"{one.who} {one.kind}", one.who, tone, one.kind))
    return lines


class Ahead:
    """What a second process finds to be due."""

    def __init__(self, begun: Beside) -> None:
        self._begun: Beside | None = begun
        self._found: list[Duty] | None = None

    def found(self) -> list[Duty] | None:
        """What it found, once it has; None where it failed."""
        begun, self._begun = self._begun, None
        if begun is not None and (made := begun.made()) is not None:
            self._found = marshal.loads(made)
        return self._found


def ahead(workspace: Workspace) -> Ahead | None:
    """Begin to ask a workspace, which nothing else may use from now on; None where there is no
    second process to be had."""
    workspace.progress = _reading
    begun = Beside.begin(lambda: marshal.dumps(duties(workspace)))
    return None if begun is None else Ahead(begun)


def _reading(done: int, total: int) -> None:
    if done < total:
        raise TooMany


def _day(when: date | datetime, under: str) -> str:
    """A day, of today the time."""
    if isinstance(when, datetime):
        return f"{when:%H:%M}" if under == "today" else f"{when:%Y-%m-%d}"
    return str(when)
