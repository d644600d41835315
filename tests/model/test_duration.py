"""Durations in minutes and intervals of calendar time."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.model.duration import (
    Interval,
    add_months,
    read_duration,
    read_interval,
    write_duration,
)
from crm_cli.model.errors import Unreadable


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45min", 45),
        ("45 m", 45),
        ("45", 45),
        ("1h", 60),
        ("1h30min", 90),
        ("1h30", 90),
        ("1:30", 90),
        ("1.5h", 90),
        ("1,25 h", 75),
        ("1 hour 5 minutes", 65),
        ("PT45M", 45),
        ("pt1h30m", 90),
        ("P1DT2H", 1560),
        ("PT90S", 2),
        ("PT5S", 1),
        ("PT0S", 0),
    ],
)
def test_durations(text: str, minutes: int) -> None:
    assert read_duration(text) == minutes


@pytest.mark.parametrize("text", ["", "h", "PT", "P", "-5min", "90s", "1:75", "soon", "٤٥min"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_duration(text)
    assert "1h30min" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "interval", "iso"),
    [
        ("30 days", Interval(days=30), "P30D"),
        ("30d", Interval(days=30), "P30D"),
        ("P30D", Interval(days=30), "P30D"),
        ("2 weeks", Interval(days=14), "P14D"),
        ("P2W", Interval(days=14), "P14D"),
        ("1 month", Interval(months=1), "P1M"),
        ("a month", Interval(months=1), "P1M"),
        ("every 2 months", Interval(months=2), "P2M"),
        ("monthly", Interval(months=1), "P1M"),
        ("1 quarter", Interval(months=3), "P3M"),
        ("1 year 6 months", Interval(1, 6), "P1Y6M"),
        ("1 month and 2 days", Interval(months=1, days=2), "P1M2D"),
    ],
)
def test_intervals(text: str, interval: Interval, iso: str) -> None:
    assert read_interval(text) == interval
    assert str(interval) == iso
    assert read_interval(iso) == interval


@pytest.mark.parametrize(
    ("text", "hint"),
    [("30", "write 30 days"), ("0 days", "30 days"), ("P", "P30D"), ("", "P30D"), ("2h", "P30D")],
)
def test_what_is_no_interval_is_refused(text: str, hint: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_interval(text)
    assert hint in caught.value.hint


def test_months_end_at_their_last_day() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2028, 3, 31), -1) == date(2028, 2, 29)
    assert add_months(date(2026, 11, 15), 14) == date(2028, 1, 15)
    assert Interval(1, 1, 1).after(date(2026, 1, 31)) == date(2027, 3, 1)
    assert Interval(days=30).before(date(2026, 3, 1)) == date(2026, 1, 30)


def test_a_month_before_the_end_of_a_longer_month_is_the_last_day() -> None:
    assert Interval(months=1).reaches(date(2026, 2, 27)) == date(2026, 3, 27)
    assert Interval(months=1).reaches(date(2026, 2, 28)) == date(2026, 3, 31)
    assert Interval(days=30).reaches(date(2026, 2, 28)) == date(2026, 3, 30)
    assert Interval(years=9000).reaches(date(2026, 2, 28)) == date(9999, 12, 31)


def test_no_interval_leads_out_of_the_calendar() -> None:
    assert Interval(years=9000).after(date(2026, 1, 1)) == date(9999, 12, 31)
    assert Interval(days=999999).before(date(2026, 1, 1)) == date(1000, 1, 1)


@settings(max_examples=60)
@given(st.integers(0, 10**5))
def test_durations_read_back(minutes: int) -> None:
    assert read_duration(write_duration(minutes)) == minutes


@settings(max_examples=60)
@given(st.text(max_size=12) | st.text(alphabet="0123456789pthmdwy .:", max_size=10))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (read_duration, read_interval):
        try:
            read(text)
        except Unreadable as error:
            assert error.hint
