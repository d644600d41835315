"""What recurs at a time of day, on days on which clocks are put forward or back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from crm_cli.model.dates import write_moment
from crm_cli.model.recurrence import following, occurrences
from tests.model.test_recurrence import NOW, instants, made


@pytest.mark.parametrize(
    ("due", "wanted"),
    [
        ("2027-03-26T09:00+01:00", "2027-04-02T09:00:00+02:00"),
        # 02:30 of 28 March 2027 does not exist and is 03:30; 31 October 2027 has it twice.
        ("2027-03-21T02:30+01:00", "2027-03-28T02:30:00+01:00"),
        ("2027-03-28T02:30+01:00", "2027-04-04T02:30:00+02:00"),
        ("2027-10-24T02:30+02:00", "2027-10-31T02:30:00+02:00"),
    ],
)
def test_a_time_keeps_to_the_wall_clock_when_clocks_change(due: str, wanted: str) -> None:
    found = following(made(due=datetime.fromisoformat(due), rrule="FREQ=WEEKLY"), NOW)
    assert found is not None
    assert found.due.isoformat() == wanted


@pytest.mark.parametrize(
    ("name", "clock", "before", "there"),
    [
        ("Europe/Ljubljana", "02:30", "2026-03-28", "03:30"),
        ("America/New_York", "02:00", "2026-03-07", "03:00"),
        # Half an hour only.
        ("Australia/Lord_Howe", "02:15", "2026-10-03", "02:45"),
        # At midnight, so that the day begins at one.
        ("America/Sao_Paulo", "00:30", "2018-11-03", "01:30"),
        ("Africa/Cairo", "00:00", "2026-04-23", "01:00"),
    ],
)
@pytest.mark.parametrize("repeat_from", ["due", "completion"])
def test_a_time_that_a_change_skips_comes_later_that_day_only(
    name: str, clock: str, before: str, there: str, repeat_from: str
) -> None:
    zone = ZoneInfo(name)
    day = date.fromisoformat(before)
    due: date | datetime = datetime.combine(day, time.fromisoformat(clock), zone)
    shown = []
    for number in range(4):
        assert isinstance(due, datetime)
        # As it stands in the file.
        due = datetime.fromisoformat(write_moment(due))
        shown.append(due.astimezone(zone).strftime("%H:%M"))
        assert due.astimezone(zone).date() == day + timedelta(days=number)
        done = datetime.combine(day + timedelta(days=number), time(12), zone)
        task = made(title="x", due=due, rrule="FREQ=DAILY", repeat_from=repeat_from)
        found = following(task, done)
        assert found is not None
        assert not found.missed
        due = found.due
    assert shown == [clock, there, clock, clock]


@pytest.mark.parametrize(
    ("name", "clock", "before"),
    [
        ("Europe/Ljubljana", "02:30", "2026-10-24"),
        ("America/New_York", "01:30", "2026-10-31"),
        ("Australia/Lord_Howe", "01:45", "2026-04-04"),
    ],
)
def test_a_time_that_comes_twice_is_the_first_of_the_two(
    name: str, clock: str, before: str
) -> None:
    zone = ZoneInfo(name)
    day = date.fromisoformat(before)
    first = datetime.combine(day, time.fromisoformat(clock), zone)
    three = instants(islice(occurrences("FREQ=DAILY", first, zone), 3))
    assert [moment.strftime("%H:%M") for moment in three] == [clock] * 3
    # A day later by the offset of the day before: the second of the two would be later still.
    assert three[1].astimezone(UTC) - three[0].astimezone(UTC) == timedelta(days=1)
    assert three[2].astimezone(UTC) - three[1].astimezone(UTC) > timedelta(days=1)
    second = three[1].replace(fold=1)
    found = following(made(title="x", due=second, rrule="FREQ=DAILY"), three[1])
    assert found is not None
    assert found.due == three[2]
