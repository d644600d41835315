"""Dunning: the levels of payment reminders, and which one an invoice has come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.contacts import alone
from crm_cli.model.dates import shifted
from crm_cli.model.duration import read_interval
from crm_cli.model.errors import Severity, Unreadable
from crm_cli.model.fieldtypes import Every, Money, Word
from crm_cli.model.kind import Field, Finding, Kind
from crm_cli.model.named_tuple import NamedTuple

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

USUAL = (("7 days", "", ""), ("21 days", "", ""), ("35 days", "", ""))
"""The levels where crm.yaml has none: after, template, fee."""

DUNNING_LEVEL = Kind(
    name="dunning_level",
    table=False,
    key="dunning",
    doc="a level of payment reminders",
    fields=(
        Field("after", Every(), "how long after the due date it is sent"),
        Field("template", Word(), "the template of its letter"),
        Field("fee", Money(), "what it costs the customer, in the base currency"),
    ),
    shorthand=alone("after"),
    title="after",
    notes=False,
)


class Level(NamedTuple):
    """A level of reminders: the first is 1; `after` is an interval as it was written."""

    number: int
    after: str
    template: str
    fee: Decimal | None


class Standing(NamedTuple):
    """How far the reminders for an invoice have come: when what is owed of it was due, the last
    level that was sent and its day, and the day by which payment is promised."""

    due: date | None
    level: int | None
    sent: date | None
    promised: date | None


def levels_of(business: Business) -> tuple[Level, ...]:
    """The levels of the settings, else the usual ones."""
    return tuple(
        Level(number, after, template, Decimal(fee) if fee else None)
        for number, (after, template, fee) in enumerate(business.dunning or USUAL, 1)
    )


def next_level(levels: Sequence[Level], standing: Standing) -> tuple[Level, date] | None:
    """The next level and the day it is due; None after the last one, or without a due date.

    No level is left out, and between two of them is the time that lies between them in the
    settings. A promise to pay puts it off to the day after.
    """
    sent = standing.level or 0
    if standing.due is None or sent >= len(levels):
        return None
    level = levels[sent]
    day = read_interval(level.after).after(standing.due)
    if sent and standing.sent is not None:
        before = read_interval(levels[sent - 1].after).after(standing.due)
        day = max(day, shifted(standing.sent, max((day - before).days, 1)))
    if standing.promised is not None:
        day = max(day, shifted(standing.promised, 1))
    return level, day


def note_reminders(invoice: Item, business: Business) -> None:
    """Derive the last reminder for what is owed now: those before it was due were for another
    instalment."""
    derived = invoice.derived
    if not derived.get("amount_due"):
        return
    due = derived.get("due")
    last: tuple[date, int] | None = None
    for number, one in enumerate(invoice.items("dunning"), 1):
        at, level = one.values.get("at"), one.values.get("level", number)
        if at is None or (due is not None and at <= due):
            continue
        if business.today is None or at <= business.today:
            last = max(last or (at, level), (at, level))
    if last is not None:
        derived["dunned"], derived["dunning_level"] = last


def check_levels(settings: Item) -> Iterator[Finding]:
    """That each level comes later than the one before."""
    earlier: date | None = None
    start = date(2000, 1, 1)
    for level in settings.items("dunning"):
        after = level.values.get("after")
        if after is None:
            yield Finding(
                "template",
                "dunning-without-days",
                "this level of dunning does not say when it is sent",
                "write after: 7 days",
                absent="after",
                item=level,
            )
            continue
        day = read_interval(after).after(start)
        if earlier is not None and day <= earlier:
            yield Finding(
                "after",
                "dunning-order",
                f"this level of dunning comes no later than the one before: after {after}",
                "each level needs a longer time than the one before",
                Severity.WARNING,
                item=level,
            )
        earlier = day


def level_rows(settings: Item) -> tuple[tuple[str, str, str], ...]:
    """The levels of the settings as texts: after, template, fee; those without `after` are left
    out."""
    rows: list[tuple[str, str, str]] = []
    for level in settings.items("dunning"):
        after = str(level.values.get("after") or "")
        try:
            read_interval(after)
        except Unreadable:
            continue
        fee = level.values.get("fee")
        rows.append((after, level.values.get("template") or "", "" if fee is None else str(fee)))
    return tuple(rows)
