"""A table of what became of a campaign's customers: its rows as events."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from crm_cli.features.plan import counted
from crm_cli.features.values import when
from crm_cli.formats.table_files import table_of
from crm_cli.model.campaign_response import CAMPAIGN_RESPONSE, OPTED_OUT, RECORDED
from crm_cli.model.errors import Ambiguous, CrmError, DataError, Unreadable, UsageError
from crm_cli.model.fieldtypes import Choice
from crm_cli.model.phones import looks_like_phone
from crm_cli.store import outside
from crm_cli.workspace import Workspace

_WHO = ("customer", "id", "email", "phone", "name")
_COLUMNS = ("status", "at", "date", "step", "variant", "channel", "reason")
_MOST_TOLD = 10
STATUS = Choice(RECORDED)


class Event(NamedTuple):
    """Something that became of a customer. Without a time it is known by its status and step."""

    customer: str
    status: str
    at: date | datetime | None = None
    step: int | None = None
    variant: str | None = None
    channel: str | None = None
    reason: str | None = None


def read_table(
    workspace: Workspace, file: Path, usual: Event, targeted: Collection[str]
) -> tuple[list[Event], list[str]]:
    """The events of a CSV file, and which rows are left out since they may be of several.

    What a row does not say is as `usual`. Of several who may be meant it is the one who was
    `targeted`; an opt-out of an address is of all who have it. Raises UsageError, and DataError
    for rows that cannot be taken.
    """
    table = table_of(outside.read(file))
    headings = [heading.strip().lower() for heading in table.headings]
    who = next((key for key in _WHO if key in headings), None)
    if who is None:
        raise UsageError("no column says who it was", f"name one {', '.join(_WHO)}")
    if not usual.status and "status" not in headings:
        raise UsageError(
            "no column says what became of them", f"name one status, or say --status {RECORDED[0]}"
        )
    ids = workspace.customer_ids()
    faults = [f"line {row.line}: {row.reason}" for row in table.rejected]
    doubts: list[str] = []
    found: list[Event] = []
    for line, cells in table.rows:
        row = dict(zip(headings, (cell.strip() for cell in cells), strict=False))
        named = row.get(who, "")
        try:
            event = _event(workspace, row, usual)
            those = [named] if named in ids else _meant(workspace, named, event.status, targeted)
            found += [event._replace(customer=id) for id in those]
        except Ambiguous as error:
            some = ", ".join(id for id, _ in error.candidates[:5])
            doubts.append(f"line {line} left out: {error.message}: {some}")
        except (CrmError, Unreadable) as error:
            faults.append(f"line {line}: {error.message}")
    if faults:
        raise DataError(
            f"{counted(len(faults), 'row')} cannot be taken: {'; '.join(faults[:_MOST_TOLD])}",
            "correct the file; nothing was written",
        )
    return found, _first(doubts)


def _meant(
    workspace: Workspace, named: str, status: str, targeted: Collection[str]
) -> Iterable[str]:
    """Whom a row is about; raises Ambiguous, NotFound."""
    try:
        return [workspace.who(named, strict=True)]
    except Ambiguous as error:
        those = [id for id, _ in error.candidates]
        if status == OPTED_OUT and ("@" in named or looks_like_phone(named)):
            return those
        reached = [id for id in those if id in targeted]
        if len(reached) == 1:
            return reached
        raise


def _first(doubts: list[str]) -> list[str]:
    more = len(doubts) - _MOST_TOLD
    return [*doubts[:_MOST_TOLD], *([f"{more:,} more lines left out"] if more > 0 else [])]


def _event(workspace: Workspace, row: dict[str, str], usual: Event) -> Event:
    """A row as an event; what it does not say is as `usual`."""
    values: dict[str, Any] = {}
    for key in _COLUMNS:
        text = row.get(key, "")
        if not text:
            continue
        if key in ("at", "date"):
            values["at"] = when(workspace, text, ahead=False)
        elif key == "status":
            values[key] = STATUS.read(text, workspace.business)
        else:
            field = CAMPAIGN_RESPONSE.by_key[key]
            values[key] = field.type.read(text, workspace.business)
    event = usual._replace(**values)
    if not event.status:
        raise Unreadable("it has no status")
    return event
