"""Goods that come back in a case: which purchase they are of, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from crm_cli.model.case_kinds import UNDECIDED
from crm_cli.model.case_moves import is_open
from crm_cli.model.line import CREDIT_NOTE, QUOTE

if TYPE_CHECKING:
    from crm_cli.model.item import Item

_COPIED = ("unit", "unit_price", "discount", "tax_category", "tax_rate")
"""What a line that is credited has from the line that was bought."""
_NONE = Decimal(0)


class Back(NamedTuple):
    """A product that comes back."""

    line: dict[str, Any]
    """The values of the line that takes it back; without `unit_price` where none is known."""
    source: Item | None
    """The purchase whose price it has; None for that of the product directory."""
    total: Decimal
    """How many come back in all, in this case and before."""
    bought: Decimal
    """How many were bought: with the purchase that the case names, else ever."""


def can_be_decided(case: Item) -> bool:
    """Whether a case has something to decide: a question, incident or problem has not."""
    return case.get("kind") not in UNDECIDED


def to_decide(case: Item) -> bool:
    """Whether a case is open and has something to decide: those that a customer's name means."""
    return is_open(case) and can_be_decided(case)


def purchase_of(case: Item, record: Item) -> Item | None:
    """The purchase that a case names, by its id or its number."""
    named = case.values.get("purchase")
    if named is None:
        return None
    purchases = record.items("purchases")
    numbered = (one for one in purchases if one.values.get("number") == named)
    return next((one for one in purchases if one.id == named), next(numbered, None))


def goods_of(case: Item, record: Item, directory: Mapping[str, Item]) -> list[Back]:
    """The products that come back in a case, each line by itself.

    Prices are those of the purchase that the case names; without one, those of the latest
    purchase of the product; of what was never bought, those of the product directory.
    """
    named = purchase_of(case, record)
    sold = [named] if named is not None else sorted(_sold(record), key=_day, reverse=True)
    totals: dict[str, Decimal] = {}
    found = []
    for sku, quantity in _wanted(case):
        lines = [line for purchase in sold for line in _lines(purchase, sku)]
        totals[sku] = totals.get(sku, _credited(record, sku, named)) + quantity
        of = next((line for line in lines if "unit_price" in line.values), None)
        line = {"product": sku, "quantity": quantity, **_priced(of or directory.get(sku))}
        found.append(Back(line, of and of.parent, totals[sku], _bought(lines, named)))
    return found


def _wanted(case: Item) -> Iterator[tuple[str, Decimal]]:
    """(product, quantity) of what a case is about."""
    named = [line for line in case.items("lines") if "product" in line.values]
    for line in named:
        yield str(line.values["product"]), line.get("quantity")
    if not named and case.values.get("product"):
        yield str(case.values["product"]), Decimal(1)


def _sold(record: Item) -> Iterator[Item]:
    """The purchases that sold something, without what was sent in exchange."""
    for purchase in record.items("purchases"):
        sale = purchase.get("kind") not in (CREDIT_NOTE, QUOTE)
        if sale and purchase.derived.get("counts") and "case" not in purchase.values:
            yield purchase


def _day(purchase: Item) -> date:
    found: date = purchase.values.get("date") or date.min
    return found


def _lines(purchase: Item, sku: str) -> list[Item]:
    return [line for line in purchase.items("lines") if line.values.get("product") == sku]


def _priced(of: Item | None) -> dict[str, Any]:
    """The price and the tax of a line, or of a product of the directory."""
    if of is None:
        return {}
    values = {key: of.values[key] for key in _COPIED if key in of.values}
    return {"unit_price": of.values["price"], **values} if "price" in of.values else values


def _bought(lines: list[Item], named: Item | None) -> Decimal:
    """How many were bought: of an order of which a part is billed, only the rest counts beside
    its invoices."""
    if named is not None:
        return sum((abs(line.get("quantity")) for line in lines), _NONE)
    return sum((line.derived.get("units", line.get("quantity")) for line in lines), _NONE)


def _credited(record: Item, sku: str, named: Item | None) -> Decimal:
    """How many the credit notes have taken back, of a purchase or ever."""
    names = None if named is None else (named.id, named.values.get("number"))
    return sum(
        (
            abs(line.get("quantity"))
            for note in record.items("purchases")
            if note.get("kind") == CREDIT_NOTE and note.get("status") == "posted"
            if names is None or note.values.get("corrects") in names
            for line in _lines(note, sku)
        ),
        _NONE,
    )
