"""Dates and instants as they stand in files."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.model.dates import (
    PartialDate,
    at_time,
    days_in_month,
    local_date,
    noon,
    read_date,
    read_moment,
    read_partial_date,
    read_zone,
    write_moment,
)
from crm_cli.model.errors import Unreadable

LJUBLJANA = ZoneInfo("Europe/Ljubljana")
DAYS = st.dates(date(1000, 1, 1), date(9999, 12, 31))


@pytest.mark.parametrize(
    "text",
    ["2026-11-03", "2026-11-3", "3.11.2026", "03.11.2026", "3. 11. 2026", " 2026-11-03 "],
)
def test_a_date_is_read_in_every_spelling_that_has_one_meaning(text: str) -> None:
    assert read_date(text) == date(2026, 11, 3)


@pytest.mark.parametrize(
    ("text", "message", "hint", "code"),
    [
        ("2024-02-30", "February 2024 has 29 days", "year-month-day", "bad-date"),
        ("2023-02-29", "February 2023 has 28 days", "", "bad-date"),
        ("2026-13-05", "no month 13", "2026-05-13", "bad-date"),
        ("0000-00-00", "year 0 is out of range", "1000 to 9999", "bad-value"),
        ("0999-12-31", "year 999", "1000 to 9999", "bad-value"),
        ("10000-01-01", "four digits", "", "bad-date"),
        ("3.11.26", "two digits", "3.11.2026", "bad-date"),
        ("24.12.84", "two digits", "24.12.1984", "bad-date"),
        ("20261103", "not a date", "2026-11-03", "bad-date"),
        ("13/11/2026", "slashes", "2026-11-13", "bad-date"),
        ("2026/11/13", "slashes", "2026-11-13", "bad-date"),
        ("31/31/2026", "not a date", "", "bad-date"),
        ("٢٠٢٦-١١-٠٣", "not a date", "", "bad-date"),
        ("", "not a date", "2026-11-03", "bad-date"),
        ("soon", "not a date", "2026-11-03", "bad-date"),
    ],
)
def test_a_text_that_is_no_date_says_why(text: str, message: str, hint: str, code: str) -> None:
    with pytest.raises(Unreadable, match=message) as caught:
        read_date(text)
    assert hint in caught.value.hint
    if code != "bad-value":
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("24.12.84", "write 24.12.1984"),
        ("24. 12. 45", "write 24. 12. 1945 or 24. 12. 2045"),
    ],
)
def test_nobody_is_born_in_a_distant_year(text: str, hint: str) -> None:
    with pytest.raises(Unreadable, match="two digits") as caught:
        read_partial_date(text)
    assert caught.value.hint == hint


@pytest.mark.parametrize("text", ["3/11/2026", "11/3/2026"])
def test_a_date_with_slashes_shows_both_readings_and_both_cures(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_date(text)
    assert "3 November 2026" in caught.value.message
    assert "11 March 2026" in caught.value.message
    assert caught.value.hint == "write 2026-03-11 or 2026-11-03"
    assert caught.value.code == "ambiguous-date"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2026-11-03", "2026-11-03"),
        ("2026-11-03T10:30+01:00", "2026-11-03T10:30+01:00"),
        ("2026-11-03 10:30", "2026-11-03T10:30+01:00"),
        ("3.11.2026 9:05", "2026-11-03T09:05+01:00"),
        ("2026-07-03 10:30", "2026-07-03T10:30+02:00"),
        ("2026-11-03T10:30Z", "2026-11-03T10:30+00:00"),
        ("2026-11-03t10:30z", "2026-11-03T10:30+00:00"),
        ("2026-11-03T10:30:00+01", "2026-11-03T10:30+01:00"),
        ("2026-11-03 10:30:05 -0530", "2026-11-03T10:30:05-05:30"),
        ("2026-11-03T10:30:05.25Z", "2026-11-03T10:30:05.250000+00:00"),
    ],
)
def test_moments_have_one_canonical_form(text: str, canonical: str) -> None:
    assert write_moment(read_moment(text, LJUBLJANA)) == canonical


def test_a_time_that_the_clocks_skip_is_refused_with_the_two_nearest() -> None:
    with pytest.raises(Unreadable, match="no 2026-03-29 02:30") as caught:
        read_moment("2026-03-29 02:30", LJUBLJANA)
    assert caught.value.hint == "write 2026-03-29 01:30 or 2026-03-29 03:30"


def test_a_time_that_comes_twice_is_the_first() -> None:
    assert read_moment("2026-10-25 02:30", LJUBLJANA) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-03T24:00",
        "2026-11-03 10:60",
        "2026-11-03T10:30+25:00",
        "2026-11-03 soon",
        "2026-02-30 10:00",
        "9999-12-31T23:00-05:00",
        "1000-01-01T00:00+05:00",
        "10:30",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_moment(text, LJUBLJANA)


def test_a_naive_instant_is_never_written() -> None:
    with pytest.raises(ValueError, match="offset"):
        write_moment(datetime(2026, 11, 3, 10, 30))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22", PartialDate(2026, 11, 22)),
        ("22.11.2026", PartialDate(2026, 11, 22)),
        ("--11-22", PartialDate(None, 11, 22)),
        ("--1122", PartialDate(None, 11, 22)),
        ("--2-9", PartialDate(None, 2, 9)),
        ("22.11.", PartialDate(None, 11, 22)),
        ("--02-29", PartialDate(None, 2, 29)),
        ("1984-11", PartialDate(1984, 11, None)),
        ("1984", PartialDate(1984, None, None)),
    ],
)
def test_partial_dates_are_read_and_written_back(text: str, expected: PartialDate) -> None:
    assert read_partial_date(text) == expected
    assert read_partial_date(str(expected)) == expected


@pytest.mark.parametrize("text", ["--02-30", "--04-31", "--13-01", "1984-13", "0984", "xx", "--"])
def test_impossible_partial_dates_are_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_partial_date(text)


def test_a_leap_day_comes_round_every_year() -> None:
    leap = PartialDate(None, 2, 29)
    assert leap.in_year(2028) == date(2028, 2, 29)
    assert leap.in_year(2027) == date(2027, 2, 28)
    assert PartialDate(1984, None, None).in_year(2027) is None


def test_zones_are_found_or_the_nearest_is_named() -> None:
    assert read_zone("Europe/Ljubljana").utcoffset(datetime(2026, 7, 1)) == timedelta(hours=2)
    with pytest.raises(Unreadable) as caught:
        read_zone("Europe/Lubljana")
    assert "Europe/Ljubljana" in caught.value.hint
    with pytest.raises(Unreadable):
        read_zone("../../etc/passwd")


@pytest.mark.parametrize("zone", [LJUBLJANA, UTC, ZoneInfo("Asia/Kathmandu")])
def test_noon_is_on_its_day(zone: tzinfo) -> None:
    day = date(2026, 11, 22)
    assert local_date(noon(day, zone), zone) == day
    assert local_date(day, zone) == day


@settings(max_examples=60)
@given(DAYS)
def test_every_day_reads_back(day: date) -> None:
    assert read_date(day.isoformat()) == day
    assert read_date(f"{day.day}.{day.month}.{day.year:04}") == day
    assert read_partial_date(day.isoformat()) == PartialDate(day.year, day.month, day.day)
    if day.month != 12:
        following = day.replace(day=1, month=day.month + 1)
        assert days_in_month(day.year, day.month) == (following - timedelta(days=1)).day


@settings(max_examples=60)
@given(
    st.datetimes(datetime(1001, 1, 1), datetime(9998, 12, 31)),
    st.integers(-14 * 60, 14 * 60),
)
def test_every_instant_reads_back(wall: datetime, minutes: int) -> None:
    instant = wall.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    read = read_moment(write_moment(instant), UTC)
    assert isinstance(read, datetime)
    assert (read, read.utcoffset()) == (instant, instant.utcoffset())


@settings(max_examples=60)
@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)))
def test_a_wall_clock_that_exists_keeps_its_time(wall: datetime) -> None:
    wall = wall.replace(second=0, microsecond=0)
    try:
        instant = at_time(wall.date(), wall.time(), LJUBLJANA)
    except Unreadable:
        assert wall.month in (3, 4)
        assert wall.weekday() == 6
    else:
        assert instant.astimezone(LJUBLJANA).replace(tzinfo=None) == wall


@settings(max_examples=60)
@given(st.text(max_size=25))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (read_date, read_partial_date, lambda text: read_moment(text, LJUBLJANA)):
        try:
            read(text)
        except Unreadable as error:
            assert error.message
            assert error.hint


@pytest.mark.parametrize("text", ["2026-W45-2", "2026W452", "2026-w45-2"])
def test_a_week_date_is_a_day(text: str) -> None:
    assert read_date(text) == date(2026, 11, 3)


def test_a_week_that_a_year_lacks_is_no_date() -> None:
    with pytest.raises(Unreadable, match="2025 has no week 53"):
        read_date("2025-W53-1")
