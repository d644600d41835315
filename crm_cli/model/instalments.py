"""Instalments: the parts in which an invoice is due, and the reminders sent for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.aspects import Retained
from crm_cli.model.dates import days_in_month, shifted
from crm_cli.model.errors import Severity
from crm_cli.model.fieldtypes import Date, Integer, Money, Percent, Text
from crm_cli.model.kind import Derived, Field, Finding, Kind
from crm_cli.model.money import EXACT, format_amount, round_money

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

_HUNDRED, _ZERO = Decimal(100), Decimal(0)


def _check(instalment: Item, business: Business) -> Iterator[Finding]:
    known = [key for key in ("amount", "percent") if key in instalment.values]
    if len(known) != 1:
        yield Finding(
            known[0] if known else "due_date",
            "instalment-of-how-much",
            "an instalment is an amount or a percentage: "
            + ("this one is both" if known else "this one is neither"),
            "write amount: 300, or percent: 50",
            Severity.WARNING,
            absent="" if known else "amount",
        )
    if "due_date" not in instalment.values:
        yield Finding(
            known[0] if known else "due_date",
            "instalment-never-due",
            "this instalment has no due date",
            "add due_date",
            Severity.WARNING,
            absent="due_date",
        )


INSTALMENT = Kind(
    name="instalment",
    key="instalments",
    doc="a part of an invoice that is due on a day of its own",
    fields=(
        Field("due_date", Date(), "when it is due", aliases=("due",), to_come=True),
        Field("amount", Money(), "how much, with tax", aliases=("gross",)),
        Field("percent", Percent(), "or the percentage of the invoice's gross"),
        Field("text", Text(), "what it is: deposit, on delivery"),
    ),
    title="text",
    amount="amount_due",
    notes=False,
    derived=(Derived("amount_due", Money(), "what of it is still owed"),),
    check=_check,
    columns=("due_date", "customer", "amount", "percent", "amount_due"),
    retained=Retained(("due_date", "amount", "percent")),
)


DUNNING = Kind(
    name="reminder",
    key="dunning",
    doc="a payment reminder that was sent for an invoice",
    fields=(
        Field("level", Integer(1, 9, adds=False), "the first, the second, …"),
        Field("at", Date(), "when it was sent"),
        Field("text", Text(), "what was sent, or how"),
    ),
    title="text",
    notes=False,
)


def due_dates(invoice: Item) -> list[date]:
    """The days on which parts of it are due, the earliest first."""
    days = [part.values.get("due_date") for part in invoice.items("instalments")]
    return sorted(day for day in days if day is not None)


def turns(invoice: Item) -> Iterator[date]:
    """The days on which more of it is late: each the one after a part was due; and those of its
    reminders."""
    due: date | None = invoice.derived.get("due") if invoice.derived.get("amount_due") else None
    for day in due_dates(invoice) or filter(None, [due]):
        yield shifted(day, 1)
    for reminder in invoice.items("dunning"):
        if "at" in reminder.values:
            yield reminder.values["at"]


def due_date(invoice: Item, customer: Item, business: Business) -> date | None:
    """Of the first instalment, else `due_date`, else date and the customer's terms, else the
    business's; None without any."""
    if days_of := due_dates(invoice):
        return days_of[0]
    written: date | None = invoice.values.get("due_date")
    day: date | None = invoice.values.get("date")
    if written is not None or day is None:
        return written
    credit = customer.values.get("credit")
    days = credit.values.get("terms_days") if credit is not None else None
    if days is None:
        days = business.terms_days
    if days is None:
        return None
    due = shifted(day, days)
    if credit is not None and credit.values.get("end_of_month"):
        due = due.replace(day=days_in_month(due.year, due.month))
    return due


def fill(invoice: Item, today: date | None) -> None:
    """Set what is still owed of each instalment, and the invoice's `due` and `past_due`.

    Payments fill the earliest first. What the instalments do not come to is due with the
    last one. Without instalments all of it is due on one day.
    """
    derived = invoice.derived
    owed: Decimal = derived["amount_due"]
    parts = in_order(invoice)
    if not parts:
        last: date | None = derived["due"]
        is_late = last is not None and today is not None and last < today
        derived["past_due"] = owed if is_late else _ZERO
        return
    amounts = amounts_of(parts, derived["gross"], str(derived["currency"]))
    settled = derived["gross"] - owed
    late = _ZERO
    due: date | None = None
    otherwise: date | None = derived["due"]
    for part, amount in zip(parts, amounts, strict=True):
        left = max(amount - max(settled, _ZERO), _ZERO)
        settled -= amount
        part.derived["amount_due"] = left
        part.derived["currency"] = derived["currency"]
        day = part.values.get("due_date", otherwise)
        if left and due is None:
            due = day
        if left and day is not None and today is not None and day < today:
            late += left
    derived["past_due"] = late
    derived["due"] = due or max(due_dates(invoice), default=derived["due"])


def in_order(invoice: Item) -> list[Item]:
    """The instalments, the earliest first."""
    return sorted(
        invoice.items("instalments"), key=lambda part: part.values.get("due_date") or date.max
    )


def amounts_of(parts: list[Item], gross: Decimal, currency: str) -> list[Decimal]:
    """What each comes to: no more than the invoice together, and the last one the rest."""
    left = gross
    amounts = []
    for part in parts:
        amount = part.values.get("amount")
        if amount is None:
            percent = part.values.get("percent", _ZERO)
            amount = EXACT.divide(EXACT.multiply(gross, percent), _HUNDRED)
        amount = max(min(round_money(amount, currency), left), _ZERO)
        amounts.append(amount)
        left -= amount
    amounts[-1] += left
    return amounts


def check_sum(invoice: Item) -> Iterator[Finding]:
    """That the instalments add up to the invoice."""
    parts = invoice.items("instalments")
    gross, currency = invoice.derived["gross"], str(invoice.derived["currency"])
    known = [one for one in parts if "amount" in one.values or "percent" in one.values]
    if not parts or len(known) < len(parts):
        return
    percents = sum((one.values.get("percent", _ZERO) for one in parts), _ZERO)
    amounts = sum((one.values.get("amount", _ZERO) for one in parts), _ZERO)
    whole = amounts + EXACT.divide(EXACT.multiply(gross, percents), _HUNDRED)
    if abs(whole - gross) >= Decimal("0.01") * len(parts):
        yield Finding(
            "instalments",
            "instalments-not-the-whole",
            f"the instalments come to {format_amount(whole, currency)} {currency}, and the "
            f"invoice to {format_amount(gross, currency)}",
            "what is left is due with the last one",
            Severity.WARNING,
        )
