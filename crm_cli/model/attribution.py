"""Which campaign a purchase is put down to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple


class Touch(NamedTuple):
    """A message of a campaign to somebody, or their answer, on a day."""

    day: date
    campaign: str


def within(day: date, since: date, days: int) -> bool:
    """Whether a day is not before `since`, nor more than so many days after it."""
    return since <= day <= since + timedelta(days=days)


def credited(
    day: date, touches: Iterable[Touch], windows: Mapping[str, int], usual: int
) -> str | None:
    """The campaign of the latest touch up to the day, and within that campaign's window of days
    (`usual` without one); of one day the last that is given. None where there is none."""
    found: Touch | None = None
    for touch in touches:
        if within(day, touch.day, windows.get(touch.campaign, usual)) and (
            found is None or touch.day >= found.day
        ):
            found = touch
    return found.campaign if found is not None else None
