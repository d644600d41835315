"""What is offered to a customer next: products due again, complements, what others have with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from crm_cli.model.dates import shifted
from crm_cli.model.duration import Interval
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.pairing import Rule

LEAST = 3
"""So many customers must have both products before one says something of the other."""


class Offered(NamedTuple):
    """A product of the directory, as far as it matters here."""

    id: str
    name: str
    consumable: bool
    again: Interval | None
    """How often it is usually bought again; `every` in the words of the directory."""
    complements: tuple[str, ...]
    disabled: bool
    every: str = ""


class Offer(NamedTuple):
    """A product that is offered: `again`, `complement` or `together` is why, `reason` in words.

    `due` is the day on which it is to be bought again. Of `together`, `customers` of `of` who have
    the product that they have bought this one too, which is `confidence`.
    """

    product: str
    name: str
    why: str
    reason: str
    due: date | None = None
    last: date | None = None
    rule: Rule | None = None


def again(
    products: Mapping[str, Offered], bought: Mapping[str, Sequence[date]], through: date
) -> list[Offer]:
    """What is used up and due again up to a day, the earliest first: by the product's
    `reorder_every`, else by the median of the days between the customer's own."""
    found = []
    for sku, days in bought.items():
        product = products.get(sku)
        if product is None or product.disabled or not days:
            continue
        due, usual = None, ""
        if product.again is not None:
            due, usual = product.again.after(days[-1]), f"bought again every {product.every}"
        elif product.consumable and len(days) > 1:
            gaps = sorted((later - earlier).days for earlier, later in pairwise(days))
            middle = len(gaps) // 2
            median = gaps[middle] if len(gaps) % 2 else (gaps[middle - 1] + gaps[middle] + 1) // 2
            due, usual = shifted(days[-1], median), f"usually every {_days(median)}"
        if due is not None and due <= through:
            reason = f"last bought {days[-1]}, {usual}"
            found.append(Offer(sku, product.name, "again", reason, due, days[-1]))
    return sorted(found, key=lambda one: (one.due or date.max, one.product))


def complements(products: Mapping[str, Offered], owned: Iterable[str]) -> Iterator[Offer]:
    """What the directory says goes with what they have, in the order of the directory."""
    held = list(owned)
    for sku in held:
        product = products.get(sku)
        for other in product.complements if product is not None else ():
            found = products.get(other)
            if product is not None and found is not None and not found.disabled:
                reason = f"goes with {product.name}, which they have"
                yield Offer(other, found.name, "complement", reason)


def beside(
    products: Mapping[str, Offered], ruled: Mapping[str, Sequence[Rule]], owned: Collection[str]
) -> Iterator[Offer]:
    """What more than half of those who have one of their products have, too: the surest first."""
    best: dict[str, Rule] = {}
    for sku in owned:
        for rule in ruled.get(sku, ()):
            product = products.get(rule.right)
            if product is None or product.disabled or not (rule.most and rule.lifts):
                continue
            before = best.get(rule.right)
            if before is None or _sureness(rule) > _sureness(before):
                best[rule.right] = rule
    for right, rule in sorted(best.items(), key=lambda one: (*_less(one[1]), one[0])):
        left = products.get(rule.left[0])
        name = left.name if left is not None else rule.left[0]
        percent = (200 * rule.both + rule.lefts) // (2 * rule.lefts)
        reason = f"{rule.both} of {rule.lefts} who have {name} have it, too: {percent} %"
        yield Offer(right, products[right].name, "together", reason, rule=rule)


def offers(
    products: Mapping[str, Offered],
    bought: Mapping[str, Sequence[date]],
    ruled: Mapping[str, Sequence[Rule]],
    through: date,
) -> list[Offer]:
    """All of them, each product once: what is due again first, then the directory's complements,
    then what others have. What they have is offered only if it is used up."""
    owned = sorted(bought)
    found = {one.product: one for one in again(products, bought, through)}
    later: dict[str, Offer] = {}
    for one in (*complements(products, owned), *beside(products, ruled, owned)):
        if one.product in found or one.product in later:
            continue
        if one.product not in bought:
            found[one.product] = one
        elif products[one.product].consumable:
            last = bought[one.product][-1] if bought[one.product] else None
            reason = f"{one.reason}; last bought {last}" if last else one.reason
            later[one.product] = one._replace(last=last, reason=reason)
    return [*found.values(), *later.values()]


def never_bought(
    products: Mapping[str, Offered], ruled: Mapping[str, Sequence[Rule]]
) -> dict[str, tuple[str, ...]]:
    """By product: what is offered to who has it, unless they have that, too."""
    found: dict[str, tuple[str, ...]] = {}
    for sku in {*ruled, *products}:
        offered = (*complements(products, (sku,)), *beside(products, ruled, (sku,)))
        if offered:
            found[sku] = tuple(dict.fromkeys(one.product for one in offered))
    return found


def _sureness(rule: Rule) -> tuple[float, int]:
    return rule.both / rule.lefts, rule.both


def _less(rule: Rule) -> tuple[float, int]:
    part, both = _sureness(rule)
    return -part, -both


def _days(number: int) -> str:
    return "day" if number == 1 else f"{number} days"
