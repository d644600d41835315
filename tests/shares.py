"""Which share of a long loop a run of the tests tries: another one after each commit.

To fail every call of every command in every way takes far longer than a push may. So a run
tries one share of such a loop, `make soak` (`CRM_TEST_SHARE=all`) the whole of it. Shares take
turns by the number of commits, or by the day where that number is not known, as in a shallow
clone. The turn is printed at the end; `CRM_TEST_SHARE=TURN` repeats it.
"""

from __future__ import annotations

import functools
import os
import random
import subprocess
import zlib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import pytest
from hypothesis import seed, settings

T = TypeVar("T")

ALL = os.environ.get("CRM_TEST_SHARE") == "all"
"""True if every trial of every loop is wanted."""


class Share(NamedTuple):
    """The share of one test in one run."""

    turn: int | None
    """None for everything."""
    test: str
    """The name of the test: in one turn, different tests try different shares."""

    def of(self, trials: Sequence[T], parts: int) -> list[T]:
        """One of `parts` equal shares of the trials, every `parts`-th of them."""
        if self.turn is None:
            return list(trials)
        first = chosen(self.turn, parts) + zlib.crc32(self.test.encode())
        return list(trials[first % parts :: parts])


def due(case: str, parts: int) -> bool:
    """Whether this run tries a case of which each of `parts` runs tries some."""
    now = turn()
    return now is None or (chosen(now, parts) + zlib.crc32(case.encode())) % parts == 0


def chosen(turn: int, parts: int) -> int:
    """The number of the share whose turn it is.

    In `parts` turns that follow each other each share has one. Their order is drawn anew for
    every such round: in one order, a share would never be met by pushes that always bring
    `parts` commits, or by runs on Mondays.
    """
    round_, at = divmod(turn, parts)
    return random.Random(round_).sample(range(parts), parts)[at]


@functools.cache
def turn() -> int | None:
    """The turn of this run; None if everything is tried."""
    if ALL:
        return None
    wanted = os.environ.get("CRM_TEST_SHARE")
    return int(wanted) if wanted else number(Path(__file__).parent)


def number(folder: Path) -> int:
    """How many commits lead to the present one; the number of the day if git does not know."""
    try:
        shallow, count = (
            subprocess.run(
                ["git", *words], cwd=folder, capture_output=True, encoding="utf-8", check=True
            ).stdout.strip()
            for words in (("rev-parse", "--is-shallow-repository"), ("rev-list", "--count", "HEAD"))
        )
    except (OSError, subprocess.CalledProcessError):
        return date.today().toordinal()
    return date.today().toordinal() if shallow == "true" else int(count)


def examples(ordinary: int, *, soak: int, **more: Any) -> Callable[[T], T]:
    """Settings of a property with fewer examples in an ordinary run than in `make soak`.

    Each turn has examples of its own.
    """
    wanted = settings(max_examples=soak if ALL else ordinary, **more)
    drawn = turn()

    def decorated(test: T) -> T:
        seeded = test if drawn is None else seed(drawn)(cast("Any", test))
        return cast("T", pytest.mark.soak(wanted(cast("Any", seeded))))

    return decorated
