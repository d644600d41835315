"""Tasks that come again (RFC 5545 RRULE): what follows one that is done."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any

from crm_cli.model.dates import at_time
from crm_cli.model.errors import Unreadable

if TYPE_CHECKING:
    from crm_cli.model.item import Item

_ONCE = frozenset(("id", "status", "completed", "percent_complete", "due", "start", "rrule"))
"""What is the done task's own, or is reckoned anew."""

_MOST = 100_000
"""A rule is followed so far; one that leads nowhere till then has ended."""


def following(item: Item, now: datetime) -> dict[str, Any] | None:
    """The values of the task that follows a recurring one which is done at `now`.

    It is due on the first day of the rule after the done one was due (with
    `repeat_from: completion` after today), and not in the past: what was missed is not
    made up for. None where the rule has ended. Raises Unreadable for a rule that is none.
    """
    today = now.date()
    due = item.values.get("due")
    zone = due.tzinfo if isinstance(due, datetime) else now.tzinfo
    local = due.astimezone(now.tzinfo) if isinstance(due, datetime) else due
    day = local.date() if isinstance(local, datetime) else local
    origin = today if day is None or item.get("repeat_from") == "completion" else day
    rule = str(item.values["rrule"])
    found = _next_day(rule, origin, max(origin, today))
    if found is None:
        return None
    next_day, passed = found
    values = {
        key: value
        for key, value in item.values.items()
        if key not in _ONCE and not isinstance(value, list)
    }
    clock = local.timetz().replace(tzinfo=None) if isinstance(local, datetime) else None
    assert zone is not None and now.tzinfo is not None
    values["due"] = at_time(next_day, clock, now.tzinfo) if clock is not None else next_day
    start = item.values.get("start")
    if start is not None and day is not None:
        first = start.astimezone(now.tzinfo).date() if isinstance(start, datetime) else start
        values["start"] = next_day - (day - first)
    values["rrule"] = _counted_down(rule, passed)
    return values


def _next_day(rule: str, origin: date, after: date) -> tuple[date, int] | None:
    """The first day of the rule later than `origin` and not before `after`, and how many
    days of the rule came before it."""
    from dateutil.rrule import rrulestr

    text = rule.strip()
    # A limit in UTC beside days without a zone is refused by the library.
    text = re.sub(r"(UNTIL=\d{8})(?:T\d{6}Z?)?", r"\1", text, flags=re.IGNORECASE)
    try:
        found = rrulestr(text, dtstart=datetime.combine(origin, time()))
    except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        raise Unreadable(
            f"'{rule}' is no rule of recurrence", "write it as FREQ=WEEKLY;INTERVAL=2"
        ) from error
    for passed, moment in enumerate(islice(found, _MOST)):
        if moment.date() > origin and moment.date() >= after:
            return moment.date(), passed
    return None


def _counted_down(rule: str, passed: int) -> str:
    """The rule for what is left: COUNT is lowered by the days that have been."""

    def lowered(match: re.Match[str]) -> str:
        return f"COUNT={max(1, int(match[1]) - passed)}"

    return re.sub(r"COUNT=(\d+)", lowered, rule, flags=re.IGNORECASE)
