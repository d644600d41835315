"""Prices: what a customer pays for a product, and where that price comes from.

A customer's own price comes first, then that of the list which the customer is on, then the
product's. A list may have other prices from a quantity on: `15.20, 10:14.90` is 15.20 for one
and 14.90 from ten on, as is `[{from: 10, price: 14.90}]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.errors import Unreadable
from crm_cli.model.kind import Finding
from crm_cli.model.money import read_decimal
from crm_cli.model.named_tuple import NamedTuple

if TYPE_CHECKING:
    from crm_cli.model.item import Item

Break = tuple[Decimal, Decimal]
"""(the quantity from which it holds, the price of one unit)."""

OWN, LIST, PRODUCT = "own", "list", "product"
"""Where a price may come from."""

_EXAMPLE = "write 15.20, or 15.20, 10:14.90, or [{from: 10, price: 14.90}]"


class Priced(NamedTuple):
    """The price of one unit, and where it comes from: `own`, `list` or `product`.

    `list` is the name of the price list, `start` the quantity from which it holds.
    """

    price: Decimal
    origin: str
    list: str = ""
    start: Decimal = Decimal(0)

    @property
    def source(self) -> str:
        """What is said of where it comes from: `price list wholesale, from 10 on`."""
        words = {OWN: "the customer's own price", LIST: f"price list {self.list}"}
        where = words.get(self.origin, "the product's price")
        return f"{where}, from {self.start:f} on" if self.start > 1 else where


def read_prices(value: object) -> list[Break]:
    """The prices of a product in a list, by the quantity from which they hold.

    `value` is as it stands in the file: a text, or a list of mappings. Raises Unreadable.
    """
    found = list(_listed(value) if isinstance(value, list) else _written(value))
    if len({start for start, _ in found}) < len(found):
        raise Unreadable("two prices hold from the same quantity on", "keep one of them")
    if not found or any(price < 0 or start < 0 for start, price in found):
        raise Unreadable("neither a price nor a quantity is less than nothing", _EXAMPLE)
    return sorted(found)


def _written(value: object) -> Iterator[Break]:
    """`15.20`, `15.20, 10:14.90`."""
    if not isinstance(value, str) or not value.strip():
        raise Unreadable("this is no price", _EXAMPLE)
    for part in re.split(r",\s+|,(?=\d+\s*:)", value.strip()):
        start, colon, price = part.strip().rpartition(":")
        yield read_decimal(start.strip()) if colon else Decimal(0), read_decimal(price.strip())


def _listed(value: list[object]) -> Iterator[Break]:
    """`[{from: 10, price: 14.90}]`."""
    for part in value:
        if not isinstance(part, dict) or set(part) - {"from", "price"} or "price" not in part:
            raise Unreadable("prices from a quantity on have from and price", _EXAMPLE)
        yield read_decimal(str(part.get("from") or "0")), read_decimal(str(part["price"]))


def price_of(product: Item, customer: Item | None, quantity: Decimal) -> Priced | None:
    """What a customer pays for one of a `quantity` of a product; None where nothing says it.

    What cannot be read is passed over: `check` tells of it.
    """
    if customer is not None:
        found = _from(customer.values.get("prices"), product.id, quantity)
        if found is not None:
            return Priced(found[1], OWN, "", found[0])
        name = customer.values.get("price_list")
        if name and (found := _from(product.values.get("prices"), name, quantity)):
            return Priced(found[1], LIST, name, found[0])
    price = product.values.get("price")
    return None if price is None else Priced(price, PRODUCT)


def _from(table: object, name: str, quantity: Decimal) -> Break | None:
    """The price of an entry that holds for a quantity."""
    if not isinstance(table, dict) or name not in table:
        return None
    try:
        fitting = [one for one in read_prices(table[name]) if one[0] <= abs(quantity)]
    except Unreadable:
        return None
    return fitting[-1] if fitting else None


def check_prices(item: Item) -> Iterator[Finding]:
    """Tell of `prices` of a product or of a customer that cannot be read."""
    table = item.values.get("prices")
    if table is None:
        return
    if not isinstance(table, dict):
        yield Finding("prices", "bad-prices", "prices are by name", "write wholesale: 15.20 below")
        return
    for name, value in table.items():
        try:
            read_prices(value)
        except Unreadable as error:
            yield Finding("prices", "bad-prices", f"prices.{name}: {error.message}", error.hint)
