"""A customer's totals: purchases, payments, balance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from crm_cli.model.allocations import check_allocations
from crm_cli.model.aspects import Row, amount_text, joined, since
from crm_cli.model.card import Fact
from crm_cli.model.dates import shifted
from crm_cli.model.exchange import to_base
from crm_cli.model.fieldtypes import Boolean, Date, Ids, Integer, Money
from crm_cli.model.kind import Derived, Finding, State, Summary
from crm_cli.model.money import round_money

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


def _derive(customer: Item, business: Business) -> None:
    # What reading a changed file needs is not loaded to answer from the index.
    from crm_cli.model.books import name_sales
    from crm_cli.model.receivables import settle

    derived, purchases = customer.derived, customer.items("purchases")
    zero = round_money(Decimal(0), business.currency)
    balance = settle(customer, business)
    derived["balance"] = None if balance is None else balance + zero
    levels = [one.derived.get("dunning_level") for one in purchases]
    if any(level is not None for level in levels):
        derived["dunning_level"] = max(level for level in levels if level is not None)
    name_sales(purchases)
    if any("every" in one.values for one in purchases):
        from crm_cli.model.recurring_revenue import settle as settle_subscriptions

        coming = settle_subscriptions(purchases, business)
        if coming is not None:
            derived["next_occurrence"] = coming
    counted = [one for one in purchases if one.derived["counts"]]
    _add_up(customer, counted, business, zero)
    sold = [one for one in counted if one.get("kind") != "credit_note"]
    bought = {
        line.values["product"]
        for one in sold
        for line in one.items("lines")
        if "product" in line.values
    }
    if bought:
        derived["bought"] = sorted(bought)
    first = _begin(sold)
    last = max((one.values["date"] for one in sold if "date" in one.values), default=None)
    _rhythm(customer, sorted(set(first.values())), last)


def _add_up(customer: Item, counted: list[Item], business: Business, zero: Decimal) -> None:
    """Set spend and orders, by the purchases that count."""
    derived = customer.derived
    spend = zero
    sales: set[str] = set()
    known: set[str] = set()
    for purchase in counted:
        base = to_base(purchase, "net", business)
        # An amount without a rate is left out; the purchase's own check tells of it.
        spend += base or zero
        if purchase.get("kind") == "credit_note":
            continue
        sale = purchase.derived["sale"]
        sales.add(sale)
        if base is not None and purchase.derived["priced"]:
            known.add(sale)
    derived["spend"] = spend
    derived["orders"] = len(sales)
    if known:
        derived["average_order"] = round_money(spend / len(known), business.currency)


def _begin(sold: list[Item]) -> dict[str, date]:
    """Set on which day each purchase's sale began, by those that count; that of each sale."""
    first: dict[str, date] = {}
    for one in sold:
        day, sale = one.values.get("date"), one.derived["sale"]
        if day is not None and (sale not in first or day < first[sale]):
            first[sale] = day
    for one in sold:
        if "date" in one.values:
            one.derived["sale_date"] = first[one.derived["sale"]]
    return first


def _rhythm(customer: Item, days: list[date], last: date | None) -> None:
    """Set what the days on which sales began say, in their order, and the day of the last purchase.

    Part invoices of an order are no further purchases.
    """
    derived = customer.derived
    derived["purchase_days"] = len(days)
    if last is None:
        return
    derived["first_purchase"] = days[0]
    derived["last_purchase"] = last
    gaps = sorted((later - earlier).days for earlier, later in pairwise(days))
    if gaps:
        middle = len(gaps) // 2
        median = gaps[middle] if len(gaps) % 2 else (gaps[middle - 1] + gaps[middle] + 1) // 2
        derived["purchase_interval"] = median
        derived["next_purchase"] = shifted(last, median)


def _check(customer: Item, business: Business) -> Iterator[Finding]:
    yield from check_allocations(customer, business)
    if any("subscription" in purchase.values for purchase in customer.items("purchases")):
        from crm_cli.model.subscription_checks import check_occasions

        yield from check_occasions(customer, business)


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
    if values.get("next_occurrence"):
        yield Fact("subscription", values["next_occurrence"].isoformat(), "comes again")
    if values.get("next_purchase"):
        yield Fact("next purchase", values["next_purchase"].isoformat(), "expected")


SPEND = Summary(
    leading=True,
    derive=_derive,
    check=_check,
    glance=_glance,
    derived=(
        Derived("spend", Money(), "net of the purchases that count", base=True),
        Derived("orders", Integer(), "number of sales, an order with its invoices being one"),
        Derived(
            "average_order",
            Money(adds=False),
            "spend divided by the orders whose amount is known",
            base=True,
        ),
        Derived(
            "purchase_days", Integer(adds=False), "number of different days on which a sale began"
        ),
        Derived("first_purchase", Date(), "date of the first purchase"),
        Derived("last_purchase", Date(), "date of the latest purchase"),
        Derived(
            "purchase_interval",
            Integer(adds=False),
            "median days between days with a purchase, an order with its invoices being one",
        ),
        Derived("next_purchase", Date(), "last purchase plus the purchase interval", to_come=True),
        Derived(
            "next_occurrence",
            Date(),
            "the first day to come for which a subscription has nothing made yet",
            to_come=True,
        ),
        Derived("bought", Ids("product"), "the products that they have bought"),
        Derived("balance", Money(), "amount they owe; negative if we owe them", base=True),
        Derived(
            "irregular",
            Boolean(),
            "whether past balances do not follow from this one and what was billed and paid since",
            inner=True,
        ),
        Derived(
            "dunning_level",
            Integer(adds=False),
            "the highest payment reminder for what they owe",
        ),
        Derived(
            "overdue",
            Money(),
            "amount owed past its due date",
            base=True,
            of="purchases.past_due",
            terms="is:overdue",
        ),
    ),
    states=(
        State("owing", "balance.over:0", "owes something"),
        State("overdue", "overdue.over:0", "owes something past its due date"),
    ),
)
