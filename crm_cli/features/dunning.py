"""Payment reminders: which level late invoices have come to, and noting what was sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from crm_cli.features.moves import Found, planned
from crm_cli.features.plan import Plan
from crm_cli.features.values import day, echoed
from crm_cli.model.dunning import Level, Standing, levels_of, next_level
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.item import Item
from crm_cli.model.people import ANNIVERSARY
from crm_cli.model.places import labelled
from crm_cli.model.purchase import PURCHASE
from crm_cli.store.document import Document
from crm_cli.workspace import Workspace

_COLUMNS = (
    "customer", "customer.name", "number", "id", "past_due", "currency", "disputed", "due",
    "dunning_level", "dunned", "promised",
)  # fmt: skip


class Reminder(NamedTuple):
    """A late invoice and the level of its next reminder, which is due on `when`.

    `owed` is what of it is late, in its own currency; the fee is in the base currency. With a
    reason in `paused`, or a day to come, none is to be sent.
    """

    customer: str
    name: str
    number: str | None
    due: date
    days: int
    owed: Decimal
    currency: str
    level: int | None
    when: date | None
    last: int | None
    sent: date | None
    fee: Decimal | None
    paused: str
    id: str

    def is_due(self, today: date) -> bool:
        """Whether it is to be sent."""
        return not self.paused and self.when is not None and self.when <= today


def reminders(
    workspace: Workspace,
    terms: Sequence[str] = (),
    *,
    where: str | None = None,
    everything: bool = False,
) -> list[Reminder]:
    """The reminders that are to be sent, those of the highest level and the longest late first.

    With `everything` also late invoices whose next level is still to come, that are disputed or
    promised, or have had the last one.
    """
    today = workspace.clock.today
    levels = levels_of(workspace.business)
    rows = workspace.select(
        PURCHASE, [*terms, "is:overdue"], where=where, cols=_COLUMNS, ordered=False
    ).rows
    found = []
    for customer, name, number, id, owed, currency, disputed, *standing in rows:
        now = Standing(*standing)
        assert now.due is not None  # It is overdue.
        level, when = next_level(levels, now) or (None, None)
        one = Reminder(
            customer,
            name or customer,
            number,
            now.due,
            (today - now.due).days,
            owed,
            currency,
            level.number if level is not None else None,
            when,
            now.level,
            now.sent,
            level.fee if level is not None else None,
            _paused(level, disputed, now.promised, today),
            id,
        )
        if everything or one.is_due(today):
            found.append(one)
    found.sort(key=lambda one: (not one.is_due(today), -(one.level or 0), one.due, one.id))
    return found


def died(workspace: Workspace, found: Sequence[Reminder]) -> list[str]:
    """What to say of those among them who have died: what they owe, the estate owes."""
    if not found:
        return []
    rows = workspace.select(ANNIVERSARY, ["kind.is:death"], cols=("customer",), ordered=False).rows
    dead = {str(row[0]) for row in rows}
    names = dict.fromkeys(labelled(one.name, one.customer) for one in found if one.customer in dead)
    return [f"{name} has died: what is owed, the estate owes" for name in names]


def _paused(
    level: Level | None, disputed: str | None, promised: date | None, today: date
) -> str:
    if disputed is not None:
        return f"disputed: {disputed}"
    if promised is not None and promised >= today:
        return f"promised by {promised}"
    return "had the last level" if level is None else ""


def is_dunned(workspace: Workspace) -> Callable[[Item], bool]:
    """Whether an invoice has a reminder that is to be sent today."""
    today = workspace.clock.today
    levels = levels_of(workspace.business)

    def is_due(invoice: Item) -> bool:
        found = next_level(levels, _standing(invoice))
        owed = invoice.derived.get("amount_due")
        return bool(owed and found and found[1] <= today and "disputed" not in invoice.values)

    return is_due


def note_sent(
    workspace: Workspace,
    invoices: Sequence[Found],
    on: str | None = None,
    level: int | None = None,
    text: str | None = None,
    *,
    force: bool = False,
) -> Plan:
    """Plan to note at invoices that their next reminder was sent on a day, today unless given.

    Raises Refused for one that none is due for, or UsageError for a level that there is not;
    with `force` only where nothing is owed.
    """
    today = workspace.clock.today
    at = day(workspace, on)
    if at > today:
        raise UsageError(f"{at} is to come", "the day on which it was sent")
    levels = levels_of(workspace.business)
    if level is not None and not 1 <= level <= 9:
        raise UsageError(f"--level {level}: levels go from 1 to 9")
    numbers = {one.id: level or _number(one, levels, at, force=force) for one in invoices}
    notes = echoed(workspace, "sent", on, at) if on else []
    for one in invoices:
        notes.append(f"{one.item.title or one.id}: level {numbers[one.id]}")

    def update(document: Document, id: str) -> None:
        entry = {"level": numbers[id], "at": at, "text": text}
        document.add("dunning", {key: value for key, value in entry.items() if value}, ref=id)

    return planned(PURCHASE, invoices, invoices, update, "remind of", "noted the reminder", notes)


def _number(one: Found, levels: Sequence[Level], at: date, *, force: bool) -> int:
    """The next level of an invoice; raises Refused where it is not due on the day."""
    invoice = one.item
    if not invoice.derived.get("amount_due"):
        raise Refused(f"nothing is owed for {one.said}", "crm dun lists what is to be sent")
    found = next_level(levels, _standing(invoice))
    if force:
        return found[0].number if found else len(levels)
    hint = "--force notes it all the same"
    if "disputed" in invoice.values:
        raise Refused(f"{one.said} is disputed: {invoice.values['disputed']}", hint)
    if found is None:
        raise Refused(f"{one.said} is never due, or has had the last level", hint)
    level, when = found
    if when > at:
        promised = invoice.values.get("promised")
        why = f"; payment is promised by {promised}" if promised and promised >= at else ""
        raise Refused(f"reminder {level.number} for {one.said} is due on {when}{why}", hint)
    return level.number


def _standing(invoice: Item) -> Standing:
    derived = invoice.derived
    return Standing(
        derived.get("due"),
        derived.get("dunning_level"),
        derived.get("dunned"),
        invoice.values.get("promised"),
    )
