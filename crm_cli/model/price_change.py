"""Price changes of subscriptions: what one unit costs from a day on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm_cli.model.errors import Severity
from crm_cli.model.fieldtypes import Date, Money, Price, Reference, Text
from crm_cli.model.kind import Derived, Field, Finding, Kind

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


def _check(change: Item, business: Business) -> Iterator[Finding]:
    for key in ("start", "unit_price"):
        if key not in change.values:
            yield Finding(
                "unit_price" if key == "start" else "start",
                "price-change-in-part",
                f"this price change has no {'day' if key == 'start' else 'price'} and is left out",
                f"add {key}",
                Severity.WARNING,
                key,
            )


PRICE_CHANGE = Kind(
    name="price_change",
    key="price_changes",
    doc="a new price of a subscription, from a day on",
    fields=(
        Field("start", Date(), "the day from which it holds", aliases=("from",), to_come=True),
        Field("product", Reference("product"), "the product of the line", aliases=("sku",)),
        Field("description", Text(), "the description of the line, if it has no product"),
        Field("unit_price", Price(), "the new price of one unit", aliases=("price",)),
    ),
    title="description",
    when="start",
    derived=(
        Derived("takes_effect", Date(), "the first occasion on which it is billed", to_come=True),
        Derived("mrr", Money(adds=False), "what the subscription comes to in a month from then on"),
    ),
    check=_check,
    columns=("start", "customer", "product", "unit_price", "takes_effect", "mrr"),
)
