"""Scores from 1 to 5 by cuts: the quantiles of all values, or bounds that are given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from crm_cli.model.errors import UsageError

SIDES = ("recency", "frequency", "monetary")
_HINT = "write --bounds 'r=30,90,180,365 f=1,2,4,8 m=100,500,1000,5000'"
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,4})?", re.ASCII)


def cuts(values: Sequence[int | Decimal]) -> list[Decimal]:
    """The quantiles at 20, 40, 60 and 80 %: type 7 of Hyndman and Fan (1996), R's default."""
    ordered = sorted(values)
    last = len(ordered) - 1
    found = []
    for part in range(1, 5):
        place, rest = divmod(last * part, 5)
        low, high = Decimal(ordered[place]), Decimal(ordered[min(place + 1, last)])
        found.append(low + (high - low) * rest / 5)
    return found


def score(value: int | Decimal, among: Sequence[Decimal]) -> int:
    """1 + the number of cuts below a value; of recency, 6 less that is the score."""
    return 1 + sum(value > cut for cut in among)


def read_bounds(text: str) -> dict[str, list[Decimal]]:
    """`r=30,90,180,365 f=2,3,5,10` as cuts by side; raises UsageError."""
    found: dict[str, list[Decimal]] = {}
    letters = {side[0]: side for side in SIDES}
    for part in text.split():
        letter, _, listed = part.partition("=")
        numbers = listed.split(",")
        if letter not in letters or not all(map(_NUMBER.fullmatch, numbers)):
            raise UsageError(f"--bounds {part} cannot be read", _HINT)
        bounds = [Decimal(number) for number in numbers]
        if len(bounds) != 4 or sorted(set(bounds)) != bounds:
            raise UsageError(f"--bounds {part}: there must be four bounds, rising", _HINT)
        found[letters[letter]] = bounds
    if not found:
        raise UsageError("--bounds is empty", _HINT)
    return found
