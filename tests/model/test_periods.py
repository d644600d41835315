"""Dates in words: for queries (`periods`) and for options (`when`)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.model.errors import Unreadable
from crm_cli.model.periods import Days, Instant, Lean, Period, read_days, read_period, read_window
from crm_cli.model.when import describe, distance, read_when

LJUBLJANA = ZoneInfo("Europe/Ljubljana")
WEDNESDAY = date(2026, 11, 18)
NOW = datetime(2026, 11, 18, 12, 0, 30, tzinfo=LJUBLJANA)

EITHER_WAY = {
    "2026": ("2026-01-01", "2026-12-31"),
    "2026-q3": ("2026-07-01", "2026-09-30"),
    "2026Q3": ("2026-07-01", "2026-09-30"),
    "2026-02": ("2026-02-01", "2026-02-28"),
    "2026-w01": ("2025-12-29", "2026-01-04"),
    "2026-03-09": ("2026-03-09",),
    "2026-3-9": ("2026-03-09",),
    "9.3.2026": ("2026-03-09",),
    "9. 3. 2026": ("2026-03-09",),
    "today": ("2026-11-18",),
    "yesterday": ("2026-11-17",),
    "Tomorrow": ("2026-11-19",),
    "this-day": ("2026-11-18",),
    "next-day": ("2026-11-19",),
    "last-day": ("2026-11-17",),
    "this-week": ("2026-11-16", "2026-11-22"),
    "last week": ("2026-11-09", "2026-11-15"),
    "next_week": ("2026-11-23", "2026-11-29"),
    "this-month": ("2026-11-01", "2026-11-30"),
    "last-month": ("2026-10-01", "2026-10-31"),
    "next-quarter": ("2027-01-01", "2027-03-31"),
    "this-year": ("2026-01-01", "2026-12-31"),
    "last-year": ("2025-01-01", "2025-12-31"),
    "this-mon": ("2026-11-16",),
    "this-sunday": ("2026-11-22",),
    "next-wed": ("2026-11-25",),
    "last-wed": ("2026-11-11",),
    "next-fri": ("2026-11-20",),
    "last friday": ("2026-11-13",),
    "sow": ("2026-11-16",),
    "eow": ("2026-11-22",),
    "som": ("2026-11-01",),
    "eom": ("2026-11-30",),
    "soq": ("2026-10-01",),
    "eoq": ("2026-12-31",),
    "soy": ("2026-01-01",),
    "eoy": ("2026-12-31",),
    "next-7d": ("2026-11-18", "2026-11-24"),
    "last-30d": ("2026-10-20", "2026-11-18"),
    "last 2 weeks": ("2026-11-05", "2026-11-18"),
    "last-12m": ("2025-11-19", "2026-11-18"),
    "past-1y": ("2025-11-19", "2026-11-18"),
    "next-1q": ("2026-11-18", "2027-02-17"),
    "-90d": ("2026-08-20",),
    "+90d": ("2027-02-16",),
    "90d-ago": ("2026-08-20",),
    "3 days ago": ("2026-11-15",),
    "in 3 days": ("2026-11-21",),
    "2 weeks from now": ("2026-12-02",),
    "today+1w": ("2026-11-25",),
    "today - 2m": ("2026-09-18",),
    "eom-3d": ("2026-11-27",),
    "sow-1w+1d": ("2026-11-10",),
    "2026-02+1m": ("2026-03-01", "2026-03-31"),
    "this-month-1m": ("2026-10-01", "2026-10-31"),
    "2026-03-31-1m": ("2026-02-28",),
}


@pytest.mark.parametrize("lean", Lean)
@pytest.mark.parametrize(("text", "ends"), EITHER_WAY.items())
def test_a_date_names_a_period(text: str, ends: tuple[str, ...], lean: Lean) -> None:
    days = read_days(text, WEDNESDAY, lean=lean)
    assert (days.start.isoformat(), days.end.isoformat()) == (ends[0], ends[-1])


@pytest.mark.parametrize(
    ("text", "past", "future"),
    [
        ("wed", "2026-11-18", "2026-11-25"),
        ("thursday", "2026-11-12", "2026-11-19"),
        ("tue", "2026-11-17", "2026-11-24"),
        ("90d", "2026-08-20", "2027-02-16"),
        ("2 weeks", "2026-11-04", "2026-12-02"),
        ("9.3.", "2026-03-09", "2027-03-09"),
        ("18.11.", "2026-11-18", "2026-11-18"),
        ("29.2.", "2024-02-29", "2028-02-29"),
    ],
)
def test_what_names_no_direction_leans(text: str, past: str, future: str) -> None:
    assert read_days(text, WEDNESDAY, lean=Lean.PAST).start.isoformat() == past
    assert read_days(text, WEDNESDAY, lean=Lean.FUTURE).start.isoformat() == future


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("tomorow", "not a date", "did you mean tomorrow?"),
        ("lst-week", "not a date", "last-week"),
        ("soon", "not a date", "last-30d"),
        ("", "not a date", "last-30d"),
        ("this-7d", "'this-7d' is not a date", ""),
        ("today+1", "not a date", ""),
        ("last-0d", "holds no days", "1 or more"),
        ("3/11/2026", "11 March 2026 or 3 November 2026", "2026-11-03"),
        ("3.11.26", "two digits", "3.11.2026"),
        ("2026-02-30", "February 2026 has 28 days", ""),
        ("2026-13", "no month 13", ""),
        ("2026-q5", "no quarter 5", ""),
        ("2026-w54", "no week 54", ""),
        ("30.2.", "February has 29 days|February 2000 has 29 days", ""),
        ("0999", "out of range", ""),
        ("-99999y", "out of range", ""),
        ("+99999d+99999y", "out of range", ""),
        ("-1100y", "out of range", ""),
        ("٢٠٢٦", "not a date", ""),
    ],
)
def test_what_is_not_understood_is_refused_with_a_cure(text: str, message: str, hint: str) -> None:
    with pytest.raises(Unreadable, match=message) as caught:
        read_days(text, WEDNESDAY, lean=Lean.PAST)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("12m", "2025-11-19", "2026-11-18"),
        ("90d", "2026-08-21", "2026-11-18"),
        ("last-12m", "2025-11-19", "2026-11-18"),
        ("2026-q3", "2026-07-01", "2026-09-30"),
        ("2026-01..2026-03", "2026-01-01", "2026-03-31"),
        ("2026-06..", "2026-06-01", None),
        ("..yesterday", None, "2026-11-17"),
    ],
)
def test_windows(text: str, start: str | None, end: str | None) -> None:
    window = read_window(text, WEDNESDAY)
    assert [day and day.isoformat() for day in window] == [start, end]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("this-week", "9999-12-27"),
        ("next-week", "9999-12-27"),
        ("next-month", "9999-12-01"),
        ("next-7d", "9999-12-31"),
        ("tomorrow", "9999-12-31"),
        ("next-mon", "9999-12-31"),
        ("this-sun", "9999-12-31"),
    ],
)
def test_words_end_with_the_calendar(text: str, start: str) -> None:
    days = read_days(text, date(9999, 12, 31), lean=Lean.FUTURE)
    assert (days.start.isoformat(), days.end) == (start, date(9999, 12, 31))


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Unreadable, match="ends before"):
        read_window("2026..2025", WEDNESDAY)


def test_a_time_names_its_minute_or_second() -> None:
    def read(text: str) -> Period | Instant:
        return read_period(text, WEDNESDAY, lean=Lean.PAST, zone=LJUBLJANA)

    start = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
    minute = Instant(start, start + timedelta(minutes=1))
    assert read("2026-11-03T10:30") == read("2026-11-03 10:30") == minute
    assert read("2026-11-03T04:30-05:00") == minute
    assert read("2026-11-03T10:30:00+01:00") == Instant(start, start + timedelta(seconds=1))
    assert read("2026-11-03") == Period(date(2026, 11, 3), date(2026, 11, 3))


def test_a_period_holds_its_ends() -> None:
    week = Period(date(2026, 11, 16), date(2026, 11, 22))
    assert date(2026, 11, 16) in week
    assert date(2026, 11, 22) in week
    assert date(2026, 11, 23) not in week
    assert WEDNESDAY in Period(None, None)
    assert "2026" not in week


@pytest.mark.parametrize(
    ("text", "past", "future"),
    [
        ("2026-11-27", "2026-11-27", "2026-11-27"),
        ("3.11.2026 9:00", "2026-11-03 09:00", "2026-11-03 09:00"),
        ("2026-11-03 2pm", "2026-11-03 14:00", "2026-11-03 14:00"),
        ("2026-11-27 at 14:30", "2026-11-27 14:30", "2026-11-27 14:30"),
        ("tomorrow at 9am", "2026-11-19 09:00", "2026-11-19 09:00"),
        ("tomorrow 9:00", "2026-11-19 09:00", "2026-11-19 09:00"),
        ("fri 14:30", "2026-11-13 14:30", "2026-11-20 14:30"),
        ("next fri 12am", "2026-11-20 00:00", "2026-11-20 00:00"),
        ("12pm", "2026-11-18 12:00", "2026-11-18 12:00"),
        ("8:05", "2026-11-18 08:05", "2026-11-18 08:05"),
        ("in 3 days", "2026-11-21", "2026-11-21"),
        ("next week", "2026-11-23", "2026-11-23"),
        ("this_month", "2026-11-01", "2026-11-30"),
        ("last-week", "2026-11-15", "2026-11-15"),
        ("now", "2026-11-18 12:00", "2026-11-18 12:00"),
        ("in 2h", "2026-11-18 14:00", "2026-11-18 14:00"),
        ("+90min", "2026-11-18 13:30", "2026-11-18 13:30"),
        ("30 minutes ago", "2026-11-18 11:30", "2026-11-18 11:30"),
    ],
)
def test_options_take_one_day_or_instant(text: str, past: str, future: str) -> None:
    for lean, expected in ((Lean.PAST, past), (Lean.FUTURE, future)):
        value = read_when(text, WEDNESDAY, LJUBLJANA, lean, now=NOW)
        shown = f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value.isoformat()
        assert shown == expected
        if isinstance(value, datetime):
            assert value.utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2026-12", "2026-12-01 or 2026-12-31"),
        ("last-30d", "or a day between"),
        ("fri 25:00", "23:59"),
        ("13pm", "12pm"),
        ("2026-03-29 02:30", "01:30"),
        ("2026-02-30 10:00", "year-month-day"),
        ("tomorow 9:00", "did you mean tomorrow?"),
        ("3/11/2026 9:00", "2026-11-03"),
        ("in 2h ago", "write a date"),
        ("", "write a date"),
    ],
)
def test_options_that_are_no_single_day_are_refused(text: str, hint: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_when(text, WEDNESDAY, LJUBLJANA, Lean.FUTURE, now=NOW)
    assert hint in caught.value.hint


def test_dates_are_told_back_as_understood() -> None:
    friday = date(2026, 11, 27)
    instant = datetime(2026, 11, 27, 13, 30, tzinfo=UTC)
    assert describe(friday, WEDNESDAY) == "Fri 2026-11-27, in 9 days"
    assert describe(instant, WEDNESDAY) == "Fri 2026-11-27 13:30, in 9 days"
    assert describe(instant, WEDNESDAY, LJUBLJANA) == "Fri 2026-11-27 14:30, in 9 days"
    assert describe(Period(None, friday), WEDNESDAY) == "to Fri 2026-11-27"
    assert describe(Period(friday, None), WEDNESDAY) == "from Fri 2026-11-27"
    assert describe(Days(WEDNESDAY, friday), WEDNESDAY) == "Wed 2026-11-18 – Fri 2026-11-27"
    assert describe(Days(friday, friday), WEDNESDAY) == "Fri 2026-11-27, in 9 days"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-11-18", "today"),
        ("2026-11-19", "tomorrow"),
        ("2026-11-17", "yesterday"),
        ("2026-11-15", "3 days ago"),
        ("2027-01-17", "in 60 days"),
        ("2027-01-18", "in 2 months"),
        ("2025-11-18", "12 months ago"),
        ("2024-11-18", "2 years ago"),
    ],
)
def test_distances_are_in_the_unit_that_people_think_in(day: str, words: str) -> None:
    assert distance(date.fromisoformat(day), WEDNESDAY) == words


@settings(max_examples=60)
@given(
    st.dates(date(1900, 1, 1), date(2200, 12, 31)),
    st.sampled_from([*EITHER_WAY, "wed", "90d", "29.2."]),
    st.sampled_from(Lean),
    st.sampled_from(["", "+1d", "-3w", "+13m", "-2q", "+1y"]),
)
def test_a_period_never_ends_before_it_begins(
    today: date, text: str, lean: Lean, moved: str
) -> None:
    days = read_days(text, today, lean=lean)
    assert days.start <= days.end
    further = read_days(text + moved, today, lean=lean)
    assert further.start <= further.end


@settings(max_examples=60)
@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.integers(1, 400))
def test_lengths_hold_as_many_days_as_they_say(today: date, count: int) -> None:
    last = read_days(f"last-{count}d", today, lean=Lean.FUTURE)
    coming = read_days(f"next-{count}d", today, lean=Lean.PAST)
    assert (last.end - last.start).days + 1 == (coming.end - coming.start).days + 1 == count
    assert last.end == coming.start == today
    year = read_days("last-12m", today, lean=Lean.PAST)
    assert (year.end - year.start).days + 1 in (365, 366)


@settings(max_examples=60)
@given(st.text(max_size=20) | st.text(alphabet="0123456789-+ .:dwmqy/laston", max_size=14))
def test_any_text_is_read_or_refused(text: str) -> None:
    for lean in Lean:
        try:
            read_when(text, WEDNESDAY, LJUBLJANA, lean, now=NOW)
        except Unreadable as error:
            assert error.hint
        try:
            read_period(text, WEDNESDAY, lean=lean, zone=LJUBLJANA)
            read_window(text, WEDNESDAY)
        except Unreadable as error:
            assert error.hint
