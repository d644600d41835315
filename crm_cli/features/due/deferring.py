"""Putting off and dismissing what is due: by the item's id, or by WHO and the kind of the line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from crm_cli.features.due import Due, due
from crm_cli.features.due.deferrals import Deferral
from crm_cli.features.entering import entered
from crm_cli.features.items import item_ref
from crm_cli.features.moves import at
from crm_cli.features.plan import Plan
from crm_cli.features.values import day, echoed, said, shown, when
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.deferral import DEFERRABLE, DEFERRAL
from crm_cli.model.errors import Ambiguous, NotFound, Refused, UsageError
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.kind import normal
from crm_cli.model.kinds import BY_LETTER
from crm_cli.model.recurrence import at_clock_of
from crm_cli.model.text import did_you_mean
from crm_cli.query.lexer import quoted
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_AHEAD = "1y"
"""So far ahead is looked for a line that is not due yet."""
_ENDED = {
    "task": "crm task done {id} completes it, crm task cancel {id} cancels it",
    "interaction": "crm interaction held {id} or not-held {id} ends it",
}
"""How items end that have states of their own."""


def lines(workspace: Workspace, words: Sequence[str], *, strict: bool) -> list[Due]:
    """The lines of what is due that an item's id means, or a WHO and a kind of line.

    Those that are due, or the next one. Raises NotFound where there is none, Ambiguous for
    several items, UsageError for words that are neither.
    """
    item = item_ref(workspace, words, strict=strict)
    if item is not None:
        found = _ahead(workspace, item[0], id=item[1])
        if not found:
            raise NotFound(f"{item[1]} is not due", "crm due --within 1y shows what is")
        # An invoice and its reminder are two lines.
        return [row for row in found if row.kind == found[0].kind]
    if not 1 <= len(words) <= 2:
        raise UsageError(f"{' '.join(words)}: one line at a time", "crm due snooze ana reorder +2w")
    who = workspace.who(words[0], strict=strict)
    if len(words) == 2 and (item := item_ref(workspace, words[1:], strict=True)) is not None:
        if item[0] != who:
            raise NotFound(
                f"{item[1]} is of {item[0]}, and not of {who}", f"crm due snooze {item[1]} +2w"
            )
        return lines(workspace, words[1:], strict=strict)
    held = _ahead(workspace, who)
    kinds = list(dict.fromkeys(row.kind for row in held))
    wanted = normal(words[1]) if len(words) > 1 else kinds[0] if len(kinds) == 1 else ""
    found = [row for row in held if row.kind == wanted]
    if not found:
        near = did_you_mean(wanted, kinds) or (f"there is: {', '.join(kinds)}" if kinds else "")
        what = f"no {wanted.replace('_', ' ')}" if wanted else "more than one line" if kinds else ""
        raise NotFound(f"{who} has {what or 'nothing'} that is due", near)
    if len(found) > 1 and found[0].id is not None:
        candidates = tuple((str(row.id), f"{row.when} {row.what}") for row in found)
        raise Ambiguous(f"{who} has several", "name one by its id", candidates=candidates)
    now = [row for row in found if _day(workspace, row) <= workspace.clock.today]
    return now or [row for row in found if row.when == found[0].when]


def snooze(workspace: Workspace, rows: Sequence[Due], text: str) -> Plan:
    """Plan to put lines off to a day to come.

    An interaction is then planned for that day, at its time of day; what has a day of its own,
    such as a birthday or an invoice, keeps it, and the customer's record says until when it
    is put off. Raises UsageError.
    """
    until = when(workspace, text, ahead=True)
    if _planned(rows[0]):
        return _moved(workspace, rows[0], text, until)
    until = day(workspace, text, ahead=True)
    first = max(_day(workspace, row) for row in rows)
    if until < workspace.clock.today or until <= first:
        hint = "give a later day" if until <= first else "give a future date"
        raise UsageError(f"{said(workspace, 'that is', until)}; it is due {first}", hint)
    notes = echoed(workspace, "due", text, until)
    return _deferred(workspace, rows, until)._replace(notes=notes)


def dismiss(workspace: Workspace, rows: Sequence[Due]) -> Plan:
    """Plan to tell lines no more, until the same is due another time.

    Raises Refused for items that have a state of their own to end in.
    """
    for row in rows:
        if row.id is not None and (end := _ENDED.get(BY_LETTER[row.id[0]].name)):
            raise Refused(f"{row.what} ({row.id}) has a state of its own", end.format(id=row.id))
    return _deferred(workspace, rows, None)


def _ahead(workspace: Workspace, who: str, id: str | None = None) -> list[Due]:
    """The lines of a customer, or of one item, as if none had been put off."""
    rows = due(workspace, [f"customer.id.is:{quoted(who)}"], within=_AHEAD, deferred=False)
    return [row for row in rows if row.who == who and (id is None or row.id == id)]


def _planned(row: Due) -> bool:
    return row.id is not None and BY_LETTER[row.id[0]] is INTERACTION


def _moved(workspace: Workspace, row: Due, text: str, until: date | datetime) -> Plan:
    """The plan to have a planned interaction at another time."""
    assert row.id is not None
    id = row.id
    if not isinstance(until, datetime):
        until = at_clock_of(until, row.when, workspace.business.time_zone)
    found = at(workspace, row.who, id)

    def update(document: Document) -> None:
        document.set(id, "at", until)

    return Plan(
        Change(f"snooze {id} of {row.who}", (Edit(found.path, update),)),
        f"postponed to {shown(workspace, until)}: {found.said}",
        (row.who,),
        notes=echoed(workspace, "at", text, until),
    )


def _deferred(workspace: Workspace, rows: Sequence[Due], until: date | None) -> Plan:
    """The plan to note at a customer until when lines are put off; None dismisses them."""
    who, kind = rows[0].who, rows[0].kind
    if kind not in DEFERRABLE or workspace.path_of(who) == who:
        raise Refused(f"{kind} cannot be put off", f"crm show {rows[0].id or who} shows it")
    live = _ahead(workspace, who)
    entries: list[dict[str, Any]] = []
    for row in rows:
        entry = {"kind": kind, "day": _day(workspace, row), "until": until, "item": row.id}
        entry = {key: value for key, value in entry.items() if value is not None}
        if entry not in entries:
            entries.append(entry)

    def update(document: Document) -> None:
        held = [
            Deferral._make(map(item.values.get, Deferral._fields))
            for item in document.record.items(DEFERRAL.key)
        ]
        for place in reversed(range(len(held))):
            # What is over, or is said anew.
            over = not any(held[place].is_of(row) for row in live)
            if over or any(held[place].is_of(row) for row in rows):
                document.delete((DEFERRAL.key, place))
        for entry in entries:
            document.add(DEFERRAL.key, entry)

    named = str(workspace.record(who).get(CUSTOMER.title) or who)
    what = f"{rows[0].id or kind.replace('_', ' ')} of {who}"
    verb, done = ("dismiss", "dismissed") if until is None else ("snooze", f"put off to {until}")
    return Plan(
        Change(f"{verb} {what}", (Edit(workspace.path_of(who), entered(update)),)),
        f"{done}: {'; '.join(dict.fromkeys(row.what for row in rows))}, of {named} ({who})",
        (who,),
    )


def _day(workspace: Workspace, row: Due) -> date:
    from crm_cli.model.dates import local_date

    return local_date(row.when, workspace.business.time_zone)
