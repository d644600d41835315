"""A customer's totals: purchases, payments, balance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from crm_cli.model.aspects import Row, amount_text, joined, since
from crm_cli.model.card import Fact
from crm_cli.model.exchange import to_base
from crm_cli.model.fieldtypes import Date, Integer, Money
from crm_cli.model.kind import Derived, State, Summary
from crm_cli.model.money import round_money
from crm_cli.model.receivables import settle

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


def _derive(customer: Item, business: Business) -> None:
    derived = customer.derived
    zero = round_money(Decimal(0), business.currency)
    balance = settle(customer, business)
    derived["balance"] = None if balance is None else balance + zero
    spend = zero
    days: set[date] = set()
    orders = 0
    for purchase in customer.items("purchases"):
        if not purchase.derived["counts"]:
            continue
        base = to_base(purchase, "net", business)
        # An amount without a rate is left out; the purchase's own check tells of it.
        spend += base or zero
        if purchase.get("kind") == "credit_note":
            continue
        orders += 1
        if "date" in purchase.values:
            days.add(purchase.values["date"])
    derived["spend"] = spend
    derived["orders"] = orders
    if orders:
        derived["average_order"] = round_money(spend / orders, business.currency)
    if not days:
        return
    ordered = sorted(days)
    derived["first_purchase"] = ordered[0]
    derived["last_purchase"] = ordered[-1]
    gaps = sorted((later - earlier).days for earlier, later in pairwise(ordered))
    if gaps:
        middle = len(gaps) // 2
        median = gaps[middle] if len(gaps) % 2 else (gaps[middle - 1] + gaps[middle] + 1) // 2
        derived["purchase_interval"] = median
        derived["next_purchase"] = ordered[-1] + timedelta(days=median)


def _glance(values: Row, day: date) -> Iterator[Fact]:
    currency = values["currency"]
    orders = values.get("orders")
    if orders:
        last = since(values.get("last_purchase"), day)
        count = f"{orders} order{'' if orders == 1 else 's'}"
        note = joined(", ", (count, last and f"last {last}"))
        yield Fact("spend", amount_text(values["spend"], currency), note)
    balance = values.get("balance")
    if balance is None:
        yield Fact("balance", "unknown (a rate is missing)")
    elif balance:
        late = values.get("overdue")
        note = f"{amount_text(late, currency)} of it overdue" if late else ""
        yield Fact("balance", amount_text(balance, currency), note, "alert" if late else "")
    if values.get("next_purchase"):
        yield Fact("next purchase", values["next_purchase"].isoformat(), "expected")


SPEND = Summary(
    leading=True,
    derive=_derive,
    glance=_glance,
    derived=(
        Derived("spend", Money(), "net of the purchases that count", base=True),
        Derived("orders", Integer(), "number of purchases that count, without credit notes"),
        Derived("average_order", Money(adds=False), "spend divided by orders", base=True),
        Derived("first_purchase", Date(), "date of the first purchase"),
        Derived("last_purchase", Date(), "date of the latest purchase"),
        Derived(
            "purchase_interval", Integer(adds=False), "median days between days with a purchase"
        ),
        Derived("next_purchase", Date(), "last purchase plus the purchase interval", to_come=True),
        Derived("balance", Money(), "amount they owe; negative if we owe them", base=True),
        Derived(
            "overdue",
            Money(),
            "amount owed past its due date",
            base=True,
            of="purchases.amount_due",
            terms="is:overdue",
        ),
    ),
    states=(
        State("owing", "balance.over:0", "owes something"),
        State("overdue", "overdue.over:0", "owes something past its due date"),
    ),
)
