"""What is wrong with what is said of subscriptions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from crm_cli.model.errors import Severity, Unreadable
from crm_cli.model.kind import Finding
from crm_cli.model.line import CREDIT_NOTE, QUOTE
from crm_cli.model.recurring_revenue import changes_on, is_of
from crm_cli.model.subscription import rule_of

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


def check_subscription(purchase: Item, business: Business) -> Iterator[Finding]:
    """That what is said of how a purchase comes again can be followed."""
    values = purchase.values
    if "every" not in values:
        for key in ("until", "price_changes"):
            if values.get(key):
                yield Finding(
                    key, "no-subscription", f"{key} is of a subscription, which this is not",
                    "add every: month", Severity.WARNING, "every",
                )  # fmt: skip
        return
    if purchase.get("kind") in (QUOTE, CREDIT_NOTE):
        called = str(purchase.get("kind")).replace("_", " ")
        yield Finding(
            "every", "no-subscription", f"a {called} does not come again",
            "use an invoice, an order or a sale", Severity.WARNING,
        )  # fmt: skip
    if "date" not in values:
        return
    try:
        rule_of(purchase)
    except Unreadable as error:
        yield Finding("every", "bad-recurrence", error.message, error.hint)
    until: date | None = values.get("until")
    if until is not None and until < values["date"]:
        yield Finding(
            "until", "no-subscription", f"it ends on {until}, before its date, {values['date']}",
            "write the last day on which it comes again", Severity.WARNING,
        )  # fmt: skip
    yield from _check_changes(purchase)


def _check_changes(pattern: Item) -> Iterator[Finding]:
    lines = [line for line in pattern.items("lines") if not line.values.get("once")]
    for change in changes_on(pattern, date.max):
        named = "product" in change.values or "description" in change.values
        fits = [line for line in lines if is_of(change, line, alone=len(lines) == 1)]
        if not fits and (lines or named):
            yield Finding(
                "unit_price", "price-change-of-no-line", "this price change is of no line",
                "name its product, or its description", Severity.WARNING, item=change,
            )  # fmt: skip


def check_occasions(customer: Item, business: Business) -> Iterator[Finding]:
    """That nothing was made twice for one day of a subscription; what replaces an invoice, or was
    cancelled, is not meant."""
    first: dict[tuple[str, date], Item] = {}
    for one in customer.items("purchases"):
        values = one.values
        if "subscription" not in values or "recurrence_id" not in values or "corrects" in values:
            continue
        if one.get("status") == "cancelled":
            continue
        other = first.setdefault((values["subscription"], values["recurrence_id"]), one)
        if other is not one:
            yield Finding(
                "recurrence_id",
                "occasion-twice",
                f"{other.values.get('number') or other.id} is for this day of the subscription, "
                "too",
                f"crm purchase cancel {one.id} keeps its number; crm invoice correct credits it",
                Severity.WARNING,
                item=one,
            )
