"""Figures of generated directories, computed from the files as plainly as can be.

A purchase without lines is one part of its own, of no product. Lines in another currency
are worth their part of what the purchase is worth, in whole cents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from .naive import CENT, Directory, Record, counts, line_nets, net, number_of_sales, rate, units


class Figures(NamedTuple):
    """Orders, units, net, and the days of the first and the last order.

    `net` is missing where there are amounts, but none could be converted.
    """

    orders: int
    units: Decimal
    net: Decimal | None
    first: date | None
    last: date | None


class Part(NamedTuple):
    """What of a purchase stands in a group: `net` is missing without a rate."""

    purchase: Record
    units: Decimal
    net: Decimal | None
    given: bool = True


def chosen(here: Directory, *, everything: bool = False) -> list[Record]:
    """The purchases that sums go over."""
    found = here.rows("purchase")
    return found if everything else [one for one in found if counts(one)]


def wholes(purchase: Record, here: Directory) -> list[Part]:
    """A purchase as one part."""
    whole = sum((_units(line) for line in purchase["lines"]), Decimal(0))
    return [Part(purchase, whole, net(purchase, here))]


def lines(purchase: Record, here: Directory) -> list[tuple[Record, Part]]:
    """(line, part) of each line; one without product where there is none."""
    if not purchase["lines"]:
        return [({}, wholes(purchase, here)[0])]
    worth, per_euro = net(purchase, here), rate(purchase, here)
    nets = line_nets(purchase)
    shares = [None if amount else amount for amount in nets]
    if worth is not None and per_euro is not None:
        shares = _shared(worth, [Fraction(amount) / Fraction(per_euro) for amount in nets])
    return [
        (line, Part(purchase, _units(line), share, "unit_price" in line))
        for line, share in zip(purchase["lines"], shares, strict=True)
    ]


def sums(parts: Iterable[Part]) -> Figures:
    """What parts come to; an order with its invoices is one, however many parts it has."""
    held = list(parts)
    sold = {id(p.purchase): p.purchase for p in held if p.purchase.get("kind") != "credit_note"}
    given = [part for part in held if part.given]
    known = [part.net for part in given if part.net is not None]
    days = [one["date"] for one in sold.values()]
    return Figures(
        number_of_sales(sold.values()),
        sum((part.units for part in held), Decimal(0)),
        sum(known, Decimal(0)) if known or not given else None,
        min(days, default=None),
        max(days, default=None),
    )


def by(
    here: Directory,
    key: str,
    *,
    everything: bool = False,
    when: Callable[[date], bool] | None = None,
) -> dict[Any, Figures]:
    """The figures of each group that `purchase summary --by` knows."""
    groups: dict[Any, list[Part]] = {}
    for purchase in chosen(here, everything=everything):
        if when is not None and not when(purchase["date"]):
            continue
        if key in ("product", "category"):
            for line, part in lines(purchase, here):
                product = line.get("product")
                of = here.products.get(product or "", {}).get("category")
                groups.setdefault(product if key == "product" else of, []).append(part)
            continue
        for value in _values(purchase, key):
            groups.setdefault(value, []).extend(wholes(purchase, here))
    return {value: sums(parts) for value, parts in groups.items()}


def _values(purchase: Record, key: str) -> list[Any]:
    customer, day = purchase["customer"], purchase["date"]
    match key:
        case "customer":
            return [customer["id"]]
        case "month":
            return [f"{day:%Y-%m}"]
        case "quarter":
            return [f"{day:%Y}-q{(day.month + 2) // 3}"]
        case "year":
            return [f"{day:%Y}"]
        case "city":
            return [one["city"] for one in customer.get("addresses", ())][:1] or [None]
        case "owner":
            return [purchase.get("owner", customer.get("owner"))]
        case "tag":
            return list(dict.fromkeys(customer.get("tags", ()))) or [None]
    return [None]


def _units(line: Record) -> Decimal:
    return sum(units(line), Decimal(0))


def _shared(worth: Decimal, exact: list[Fraction]) -> list[Decimal | None]:
    """Whole cents: each rounded down, then one more for those that lost most by it."""
    cents = [one * 100 // 1 for one in exact]
    left = int(worth / CENT) - sum(cents)
    order = sorted(range(len(exact)), key=lambda at: (cents[at] - exact[at] * 100, at))
    for at in order[:left]:
        cents[at] += 1
    return [Decimal(one) * CENT for one in cents]
