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
        cells = (_day(one.when, under), one.kind, visible(one.name), visible(one.what))
        lines.append((cells, one.id or f"{one.who} {one.kind}", one.who, tone, one.kind))
    return lines


def ahead(workspace: Workspace) -> Beside | None:
    """Begin to ask a workspace, which nothing else may use from now on; see `found`."""
    workspace.progress = _reading
    return Beside.begin(lambda: marshal.dumps(duties(workspace)))


def found(begun: Beside) -> list[Duty] | None:
    """What that process found, to be asked once; None where it failed."""
    made = begun.made()
    if made is None:
        return None
    lines: list[Duty] = marshal.loads(made)
    return lines


def _reading(done: int, total: int) -> None:
    if done < total:
        raise TooMany


def _day(when: date | datetime, under: str) -> str:
    """A day, of today the time."""
    if isinstance(when, datetime):
        return f"{when:%H:%M}" if under == "today" else f"{when:%Y-%m-%d}"
    return str(when)
