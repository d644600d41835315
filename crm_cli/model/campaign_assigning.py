"""Who gets which variant of a campaign, and who is held out: by a digest, so that the same
customer always falls into the same group."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from crm_cli.model.named_tuple import NamedTuple

TARGETED, HELD_OUT, SUPPRESSED = "targeted", "held_out", "suppressed"
_HUNDRED = Decimal(100)


class Share(NamedTuple):
    """A variant and its weight among all variants; without one of its own, that of an equal."""

    variant: str
    weight: Decimal | None = None


class Assigned(NamedTuple):
    """The group of a customer: `targeted`, with the variant where there are some, or `held_out`."""

    status: str
    variant: str | None = None


def point(*names: str) -> Decimal:
    """A number from 0 up to 1, exclusive, that follows from the names: the first 64 bits of the
    SHA-256 of them, with a zero byte between each two."""
    from hashlib import sha256  # Not at import: a warm read needs none.

    digest = sha256("\0".join(names).encode()).digest()
    return Decimal(int.from_bytes(digest[:8], "big")) / Decimal(1 << 64)


def assign(
    campaign: str, customer: str, hold_out: Decimal, shares: Sequence[Share] = ()
) -> Assigned:
    """The group of a customer in a campaign, by their ids alone.

    `hold_out` is a percentage of all. The rest falls to the variants by their weights, whatever
    these add up to. The two are drawn apart, so that a hold-out that is changed before the start
    moves nobody from one variant to another.
    """
    if point(campaign, customer, "hold-out") < hold_out / _HUNDRED:
        return Assigned(HELD_OUT)
    weights = _weights(shares)
    place = point(campaign, customer, "variant") * sum(weights, Decimal(0))
    for share, weight in zip(shares, weights, strict=True):
        if place < weight:
            return Assigned(TARGETED, share.variant)
        place -= weight
    return Assigned(TARGETED, shares[-1].variant if shares else None)


def _weights(shares: Sequence[Share]) -> list[Decimal]:
    """The weights; variants without one share what is left to 100 percent equally."""
    given = sum((share.weight for share in shares if share.weight is not None), Decimal(0))
    without = sum(1 for share in shares if share.weight is None)
    rest = max(_HUNDRED - given, Decimal(0)) / without if without else Decimal(0)
    return [rest if share.weight is None else share.weight for share in shares]
