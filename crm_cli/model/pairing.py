"""Association rules: which products go with which, by the baskets that hold both.

The measures are the usual ones (Agrawal, Imieliński and Swami 1993; Brin and others 1997):
support = baskets with both ÷ all baskets, confidence A → B = baskets with both ÷ baskets with A,
lift = confidence ÷ (baskets with B ÷ all baskets).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import chain, combinations

from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.rows import fraction

MOST = 1000
"""So many products are compared at most where that is much work: those in most baskets."""
_MUCH = 20_000_000
"""So many pairs are counted one by one; beyond that, sets of baskets are compared."""

Basket = Sequence[str]
"""The products of one purchase, or of one customer, each once."""


class Rule(NamedTuple):
    """Baskets that have the products on the left mostly have the one on the right, too.

    `both` baskets have all of them, `lefts` what is on the left, `rights` the one on the right;
    there are `baskets` in all.
    """

    left: tuple[str, ...]
    right: str
    both: int
    lefts: int
    rights: int
    baskets: int

    @property
    def support(self) -> Decimal:
        """The part of all baskets that have all of them, to four decimals."""
        return _part(self.both, self.baskets)

    @property
    def confidence(self) -> Decimal:
        """The part of those with the left that have the right, to four decimals."""
        return _part(self.both, self.lefts)

    @property
    def lift(self) -> Decimal:
        """The confidence by the part of all baskets that have the right, to two decimals."""
        return _part(self.both * self.baskets, self.lefts * self.rights, "0.01")

    @property
    def lifts(self) -> bool:
        """Whether the lift is above 1: more have both than if they had nothing to do with it."""
        return self.both * self.baskets > self.lefts * self.rights

    @property
    def most(self) -> bool:
        """Whether more than half of the baskets with the left have the right."""
        return 2 * self.both > self.lefts


def _part(part: int, whole: int, unit: str = "0.0001") -> Decimal:
    return fraction(Decimal(part) / Decimal(whole), Decimal(unit))


def counted(baskets: Iterable[Basket]) -> Counter[str]:
    """In how many baskets each product is."""
    return Counter(chain.from_iterable(baskets))


def together(
    baskets: Sequence[Basket],
    singles: Mapping[str, int],
    least: int,
    among: Collection[str] | None = None,
) -> dict[str, Counter[str]]:
    """By product, in how many of its baskets each product is; of those in `least` baskets.

    `among` are the products on the left, unless given all. Where that would be too much work,
    only the `MOST` products in most baskets are compared.
    """
    frequent = {product for product, count in singles.items() if count >= least}
    lefts = frequent if among is None else frequent & set(among)
    found: dict[str, Counter[str]] = {product: Counter() for product in lefts}
    having: dict[str, list[Basket]] = {product: [] for product in lefts}
    work = 0
    for basket, times in Counter(map(tuple, baskets)).items():
        held = [product for product in basket if product in having]
        work += times * len(held) * len(basket)
        if work > _MUCH:
            return _compared(baskets, singles, frequent, lefts)
        # Small ones are often alike, and are added up together; large ones seldom are.
        for product in held:
            if times == 1:
                having[product].append(basket)
                continue
            for other in basket:
                found[product][other] += times
    for left, those in having.items():
        found[left].update(chain.from_iterable(those))
    return {left: _frequent(counts, least) for left, counts in found.items()}


def _frequent(counts: Mapping[str, int], least: int) -> Counter[str]:
    return Counter({product: count for product, count in counts.items() if count >= least})


def _compared(
    baskets: Sequence[Basket],
    singles: Mapping[str, int],
    frequent: Collection[str],
    lefts: Collection[str],
) -> dict[str, Counter[str]]:
    """The same by sets of baskets as the bits of a number, whatever the size of the baskets."""
    ranked = sorted(frequent, key=lambda product: (-singles[product], product))[:MOST]
    bits = {product: bytearray(len(baskets) // 8 + 1) for product in ranked}
    for number, basket in enumerate(baskets):
        for product in basket:
            if product in bits:
                bits[product][number >> 3] |= 1 << (number & 7)
    masks = {product: int.from_bytes(held, "little") for product, held in bits.items()}
    return {
        left: Counter(
            {right: n for right, mask in masks.items() if (n := (masks[left] & mask).bit_count())}
        )
        for left in ranked
        if left in lefts
    }


def rules(
    baskets: Sequence[Basket], least: int, among: Collection[str] | None = None
) -> dict[str, list[Rule]]:
    """The rules of each product on the left, of `least` baskets; see `together`."""
    singles = counted(baskets)
    found = together(baskets, singles, least, among)
    return {
        left: [
            Rule((left,), right, both, singles[left], singles[right], len(baskets))
            for right, both in counts.items()
            if right != left and both >= least
        ]
        for left, counts in found.items()
    }


def triples(baskets: Sequence[Basket], least: int) -> list[Rule] | None:
    """The rules with two products on the left, of `least` baskets; None where the baskets are
    so large that it would take too long."""
    singles = counted(baskets)
    pairs = together(baskets, singles, least)
    kept = [sorted(product for product in basket if product in pairs) for basket in baskets]
    if sum(len(basket) ** 3 for basket in kept) > 6 * _MUCH:
        return None
    counts = Counter(chain.from_iterable(combinations(basket, 3) for basket in kept))
    found = []
    for three, both in counts.items():
        if both < least:
            continue
        for right in three:
            first, second = (one for one in three if one != right)
            lefts = pairs[first][second]
            found.append(Rule((first, second), right, both, lefts, singles[right], len(baskets)))
    return found
