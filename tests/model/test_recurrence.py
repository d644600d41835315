"""What follows a recurring task."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm_cli.model.errors import Unreadable
from crm_cli.model.item import Item
from crm_cli.model.recurrence import following
from crm_cli.model.task import TASK

ZONE = ZoneInfo("Europe/Ljubljana")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=ZONE)


def made(**values: Any) -> Item:
    item = Item(TASK)
    item.values = values
    return item


@pytest.mark.parametrize(
    ("due", "rule", "more", "wanted"),
    [
        ("2026-11-20", "FREQ=DAILY", {}, "2026-11-21"),
        ("2026-11-25", "FREQ=WEEKLY;INTERVAL=2", {}, "2026-12-09"),
        # What was missed is not made up for.
        ("2026-09-01", "FREQ=MONTHLY", {}, "2026-12-01"),
        ("2026-11-13", "FREQ=WEEKLY", {}, "2026-11-20"),
        ("2026-11-27", "FREQ=MONTHLY;INTERVAL=3", {"repeat_from": "completion"}, "2027-02-20"),
        ("2026-09-01", "FREQ=WEEKLY", {"repeat_from": "due"}, "2026-11-24"),
        # RFC 5545: a month without that day is passed over.
        ("2026-12-31", "FREQ=MONTHLY", {}, "2027-01-31"),
        ("2027-01-31", "FREQ=MONTHLY", {}, "2027-03-31"),
        ("2026-11-20", "FREQ=MONTHLY;BYDAY=-1FR", {}, "2026-11-27"),
        ("2026-11-20", "RRULE:FREQ=YEARLY", {}, "2027-11-20"),
        ("2026-11-20", "FREQ=WEEKLY;UNTIL=20261127T225959Z", {}, "2026-11-27"),
        ("2026-11-20", "FREQ=WEEKLY;UNTIL=20261126", {}, None),
        ("2026-11-20", "FREQ=WEEKLY;COUNT=2", {}, "2026-11-27"),
        ("2026-11-20", "FREQ=WEEKLY;COUNT=1", {}, None),
    ],
)
def test_the_next_day(due: str, rule: str, more: dict[str, Any], wanted: str | None) -> None:
    found = following(made(title="x", due=date.fromisoformat(due), rrule=rule, **more), NOW)
    assert (None if found is None else found["due"].isoformat()) == wanted


def test_a_time_keeps_to_the_wall_clock_when_clocks_change() -> None:
    due = datetime.fromisoformat("2027-03-26T09:00+01:00")
    found = following(made(due=due, rrule="FREQ=WEEKLY"), NOW)
    assert found is not None
    assert found["due"].isoformat() == "2027-04-02T09:00:00+02:00"


def test_without_a_due_date_it_counts_from_the_day_it_is_done() -> None:
    found = following(made(title="x", rrule="FREQ=WEEKLY"), NOW)
    assert found == {"title": "x", "due": date(2026, 11, 27), "rrule": "FREQ=WEEKLY"}


def test_count_goes_down_by_what_was_passed() -> None:
    found = following(made(due=date(2026, 11, 1), rrule="FREQ=WEEKLY;COUNT=10"), NOW)
    assert found is not None
    assert (found["due"], found["rrule"]) == (date(2026, 11, 22), "FREQ=WEEKLY;COUNT=7")


@pytest.mark.parametrize("rule", ["", "weekly", "FREQ=NEVER", "FREQ=DAILY;INTERVAL=x", "\0", ";;"])
def test_what_is_no_rule(rule: str) -> None:
    with pytest.raises(Unreadable):
        following(made(due=date(2026, 11, 1), rrule=rule), NOW)
