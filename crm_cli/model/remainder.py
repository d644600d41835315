"""What is left of the lines of a purchase after what was made of it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.text import fold

if TYPE_CHECKING:
    from crm_cli.model.item import Item

_ZERO = Decimal(0)


class Rest(NamedTuple):
    """A line, and how much of its quantity is taken by what was made of its purchase."""

    line: Item
    whole: Decimal
    taken: Decimal

    @property
    def left(self) -> Decimal:
        """The quantity that is left, with the line's sign."""
        return self.whole - self.taken


def rests(source: Item, made: Iterable[Item]) -> list[Rest]:
    """The lines of a purchase, with how much of each is in what was made of it."""
    pool: dict[tuple[str, str], Decimal] = {}
    for one in made:
        for line in one.items("lines"):
            if not is_deduction(line) or source.get("kind") != "order":
                key = key_of(line)
                pool[key] = pool.get(key, _ZERO) + abs(quantity_of(line))
    found = []
    for line in source.items("lines"):
        whole, key = quantity_of(line), key_of(line)
        part = min(abs(whole), pool.get(key, _ZERO))
        pool[key] = pool.get(key, _ZERO) - part
        found.append(Rest(line, whole, part if whole >= 0 else -part))
    return found


def quantity_of(line: Item) -> Decimal:
    """The quantity as it is written, 1 where there is none."""
    quantity: Decimal = line.values.get("quantity", Decimal(1))
    return quantity


def is_deduction(line: Item) -> bool:
    """Whether a line takes off what was billed before: a deposit."""
    return "product" not in line.values and quantity_of(line) < 0


def key_of(line: Item) -> tuple[str, str]:
    """By what lines are the same: the product, else the words."""
    product = line.values.get("product")
    if product:
        return "product", product
    return "text", fold(line.values.get("description", ""))


def apart(source: Item, made: Iterable[Item]) -> list[Item]:
    """The lines of credit notes for a purchase that are money alone: a share of the price, in
    words that no line of it has."""
    known = {key_of(line) for line in source.items("lines")}
    return [
        line
        for one in made
        for line in one.items("lines")
        if "product" not in line.values and key_of(line) not in known
    ]
