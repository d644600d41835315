"""Losses: when a customer was lost, to whom and why; and won back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.aspects import CardLine, Happening, Row, joined
from crm_cli.model.card import Fact
from crm_cli.model.deal_items import LOST_REASONS
from crm_cli.model.duration import add_months
from crm_cli.model.errors import Severity
from crm_cli.model.exchange import to_base
from crm_cli.model.fieldtypes import Choice, Date, Money, Text
from crm_cli.model.kind import Derived, Field, Finding, Kind, State, Summary
from crm_cli.model.measure import Measure
from crm_cli.model.money import round_money

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

_MONTHS = 12


def _derive_customer(customer: Item, business: Business) -> None:
    losses = customer.items("losses")
    if not losses:
        return
    for loss in losses:
        if "at" in loss.values:
            loss.derived["revenue"] = _revenue(customer, loss.values["at"], business)
    standing = [loss for loss in losses if _stands(loss, business)]
    if standing:
        customer.derived["lost_on"] = max(loss.values["at"] for loss in standing)


def _stands(loss: Item, business: Business) -> bool:
    """Whether they are lost by it today: it has come, and they were not won back."""
    at, back, today = loss.values.get("at"), loss.values.get("won_back"), business.today
    if at is None or (today is not None and at > today):
        return False
    return back is None or (today is not None and back > today)


def _revenue(customer: Item, at: date, business: Business) -> Decimal:
    """Net of what counts of the 12 months up to a day, in the base currency."""
    try:
        start = add_months(at, -_MONTHS)
    except ValueError:
        start = date.min
    total = round_money(Decimal(0), business.currency)
    for purchase in customer.items("purchases"):
        day = purchase.values.get("date")
        if purchase.derived["counts"] and day is not None and start < day <= at:
            total += to_base(purchase, "net", business) or 0
    return total


def _turns(loss: Item) -> Iterator[date]:
    if loss.values.get("won_back") is not None:
        yield loss.values["won_back"]


def _check(loss: Item, business: Business) -> Iterator[Finding]:
    at, back = loss.values.get("at"), loss.values.get("won_back")
    if at is None:
        yield Finding("reason", "loss-without-date", "this loss has no date", "add at",
                      Severity.WARNING, "at")  # fmt: skip
    elif back is not None and back < at:
        yield Finding("won_back", "won-back-before", f"won back on {back}, before the loss, {at}",
                      "correct one of them", Severity.WARNING)  # fmt: skip


def _said(row: Row) -> str:
    reason = str(row["reason"] or "").replace("_", " ")
    to = f"to {row['competitor']}" if row["competitor"] else ""
    return joined(": ", (joined(", ", (joined(" ", ("lost", to)), reason)), row["text"]))


def _fact(loss: Item) -> Fact:
    row = {key: loss.values.get(key) for key in ("reason", "competitor", "text")}
    back = loss.values.get("won_back")
    note = joined(", ", (loss.values.get("at"), f"won back {back}" if back else ""))
    return Fact("lost", _said(row).removeprefix("lost").lstrip(" ,:") or "yes", note,
                "" if back else "alert")  # fmt: skip


LOSS = Kind(
    name="loss",
    key="losses",
    doc="that a customer was lost",
    fields=(
        Field("at", Date(), "when", aliases=("date",)),
        Field("competitor", Text(), "to whom", private=False),
        Field("reason", Choice(LOST_REASONS, vocabulary="lost_reason"), "why"),
        Field("text", Text(), "in words"),
        Field("won_back", Date(), "the day on which they came back"),
    ),
    title="reason",
    when="at",
    effective="at",
    turns=_turns,
    exchange=None,
    card=CardLine(fact=_fact),
    timeline=(
        Happening(
            terms=("not:at.after:today",),
            columns=("competitor", "reason", "text"),
            text=_said,
        ),
        Happening(
            when="won_back",
            terms=("has:won_back", "not:won_back.after:today"),
            columns=("reason",),
            text=lambda row: "won back",
        ),
    ),
    derived=(
        Derived("revenue", Money(), "what they bought in the 12 months before, net", base=True),
    ),
    check=_check,
    measures=(
        Measure("losses", "count", "number of losses"),
        Measure("customers", "distinct", "number of different customers", of="customer"),
    ),
    summary=Summary(
        derive=_derive_customer,
        derived=(Derived("lost_on", Date(), "the day on which they were lost, until won back"),),
        states=(State("lost", "has:lost_on", "lost, and not won back", event=True),),
    ),
)
