"""Tests in their places: where one may be NULL, and where NULL has to be no."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from crm_cli.query.ast import Between, Literal
from crm_cli.query.ref import Step
from crm_cli.query.rows import Row, reach

Seal = Callable[[str], str]
"""What is made of a test that may be NULL: see `Dialect.certain` and `parted`."""


def each_once(tests: Iterable[str]) -> list[str]:
    """Tests side by side: the same one again changes nothing."""
    return list(dict.fromkeys(tests))


def is_closed(wanted: Literal | Between) -> bool:
    """Whether a value is compared with both ends of a range."""
    return isinstance(wanted, Between) and None not in (wanted.low, wanted.high)


def in_own_currency(wanted: Literal | Between) -> bool:
    """Whether an amount is wanted in a currency that was written with it."""
    if isinstance(wanted, Between):
        return any(end is not None and in_own_currency(end) for end in (wanted.low, wanted.high))
    return getattr(wanted.value, "currency", None) is not None


def reached(row: Row, steps: tuple[Step, ...], test: Callable[[Row], str], seal: Seal) -> str:
    """A test of what steps lead to. Items are asked for one that meets it: there it chooses."""
    if climbs(steps):
        return seal(reach(row, steps, test))
    return reach(row, steps, lambda at: parted(test(at)))


def climbs(steps: tuple[Step, ...]) -> bool:
    """Whether steps lead to one row: what it is part of or refers to, its record, itself."""
    return all(step.way.single for step in steps)


def parted(test: str) -> str:
    """A test beside others, which may be NULL."""
    return f"({test})"
