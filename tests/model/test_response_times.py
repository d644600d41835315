"""Clocks of cases against a count of every minute, by the wall clock of each."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from crm_cli.model.hours import Hours
from crm_cli.model.response_times import (
    INBOUND,
    OUTBOUND,
    PAUSED,
    STOPPED,
    Event,
    Target,
    course,
    first_response,
    next_response,
    resolution,
    taken,
)
from crm_cli.model.working_time import ALWAYS, Holidays, WorkingTime, holidays_of

OFFICE: Hours = (((480, 720), (780, 960)),) * 4 + (((480, 840),), (), ())
"""Monday to Thursday 8–12 and 13–16, Friday 8–14."""
NIGHTS: Hours = (((0, 360), (1320, 1440)),) * 7
"""From 22 to 6, over every change of the clocks."""
ZONES = ("Europe/Ljubljana", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")
HOLIDAYS = ("2026-10-26", "2026-11-01", "2026-03-30", "2026-12-25")


class Naive:
    """Minutes, one after the other."""

    def __init__(self, hours: Hours, zone: ZoneInfo, off: frozenset[date]) -> None:
        self.hours, self.zone, self.off = hours, zone, off

    def works(self, minute: int) -> bool:
        local = datetime.fromtimestamp(minute * 60, self.zone)
        if local.date() in self.off:
            return False
        of_day = local.hour * 60 + local.minute
        return any(start <= of_day < end for start, end in self.hours[local.weekday()])

    def works_on(self, day: date) -> bool:
        return bool(self.hours[day.weekday()]) and day not in self.off

    def target(self, start: int, target: Target) -> int:
        """The working minutes that a target has which is counted from a minute."""
        minutes = target.seconds // 60
        while target.days and not self.works(start):
            start += 1
        local = datetime.fromtimestamp(start * 60, self.zone)
        day = local.date()
        left = target.days
        while left:
            day += timedelta(days=1)
            left -= self.works_on(day)
        end = int(datetime.combine(day, local.time(), self.zone).timestamp()) // 60
        return minutes + sum(self.works(minute) for minute in range(start, end))


class Case(NamedTuple):
    opened: int
    events: tuple[Event, ...]


def states(case: Case, until: int) -> Iterator[tuple[int, bool]]:
    """Each minute from the opening on, and whether clocks run in it."""
    status, halted = "new", False
    events = sorted(case.events, key=lambda one: (one.at, one.what not in (INBOUND, OUTBOUND)))
    place = 0
    for minute in range(case.opened, until):
        while place < len(events) and events[place].at // 60 <= minute:
            what = events[place].what
            if what == INBOUND and status == PAUSED:
                halted = False
            elif what not in (INBOUND, OUTBOUND):
                status = what
                halted = status == PAUSED or status in STOPPED
            place += 1
        yield minute, not halted


def reached(case: Case, start: int, minutes: int, naive: Naive, until: int) -> int | None:
    """The minute at whose beginning a clock has run so many working minutes."""
    count = 0
    for minute, running in states(case, until):
        if minute < start:
            continue
        if count == minutes:
            return minute
        count += running and naive.works(minute)
    return None


def ran(case: Case, start: int, end: int, naive: Naive) -> int:
    return sum(
        running and naive.works(minute)
        for minute, running in states(case, end)
        if minute >= start
    )


def generated(number: int) -> tuple[Case, Naive, WorkingTime, tuple[Target, ...]]:
    """A case near a weekend, a holiday or a change of the clocks, with what happened in it."""
    chosen = random.Random(number)
    zone = ZoneInfo(chosen.choice(ZONES))
    hours = chosen.choice((OFFICE, OFFICE, NIGHTS, ALWAYS))
    begin = chosen.choice(
        ((2026, 3, 26), (2026, 3, 6), (2026, 4, 3), (2026, 10, 2), (2026, 10, 22), (2026, 10, 30))
    )
    opened = int(datetime(*begin, tzinfo=UTC).timestamp()) // 60 + chosen.randrange(3 * 1440)
    at, events, status = opened, [], "new"
    for _ in range(chosen.randrange(7)):
        at += chosen.randrange(1, chosen.choice((90, 900, 3000)))
        after = {
            "new": ("assigned", PAUSED, "resolved"),
            "assigned": (PAUSED, "resolved", "closed"),
            PAUSED: ("assigned", "resolved"),
        }.get(status, ("assigned", "new"))
        what = chosen.choice((INBOUND, OUTBOUND, *after))
        if what not in (INBOUND, OUTBOUND):
            status = what
        events.append(Event(at * 60, what))
    off = frozenset(map(date.fromisoformat, HOLIDAYS))
    targets = (
        Target(seconds=chosen.choice((30, 240, 600)) * 60),
        Target(seconds=chosen.choice((60, 480)) * 60),
        Target(days=chosen.choice((1, 2, 3))),
    )
    work = WorkingTime(hours, zone, Holidays(HOLIDAYS))
    return Case(opened, tuple(events)), Naive(hours, zone, off), work, targets


@pytest.mark.parametrize("part", range(10))
def test_clocks_are_those_of_every_minute(part: int) -> None:
    """20 cases each: deadlines, what was kept, and the times taken."""
    for number in range(part * 20, part * 20 + 20):
        case, naive, work, (respond, following, resolve) = generated(number)
        until = case.opened + 40 * 1440
        made = course(case.opened * 60, case.events)

        # The first response.
        answers = sorted(
            event.at // 60
            for event in case.events
            if event.what == OUTBOUND or event.what in STOPPED
        )
        responded = answers[0] if answers else None
        assert made.responded == (None if responded is None else responded * 60), number
        by = reached(case, case.opened, naive.target(case.opened, respond), naive, until)
        found = first_response(made, respond, work)
        if responded is None:
            assert (found.by, found.kept) == (by and by * 60, None), number
        else:
            assert found.kept == (by is None or responded <= by), number
            minutes = ran(case, case.opened, responded, naive)
            assert taken(made, made.opened, made.responded or 0, work) == minutes * 60, number

        # The solution.
        solved = _solved(case.events)
        assert made.solved == (None if solved is None else solved * 60), number
        by = reached(case, case.opened, naive.target(case.opened, resolve), naive, until)
        while by is not None and not naive.works(by):
            by += 1  # a day that is over in the evening ends when work begins
        found = resolution(made, resolve, work)
        if solved is None:
            assert (found.by, found.kept) == (by and by * 60, None), number
        else:
            assert found.kept == (by is None or solved <= by), number

        # Each later response.
        kept: list[bool] = []
        last = None
        for since, answered in _waits(case):
            by = reached(case, since, naive.target(since, following), naive, until)
            if answered is None:
                last = by
            else:
                kept.append(by is None or answered <= by)
        found = next_response(made, following, work)
        assert found.kept == (all(kept) if kept else None), number
        assert found.by == (None if last is None else last * 60), number


def _solved(events: Sequence[Event]) -> int | None:
    solved = None
    ended = False
    for event in events:
        if event.what in (INBOUND, OUTBOUND):
            continue
        if event.what in STOPPED:
            solved = solved if ended else event.at // 60
            ended = True
        else:
            solved, ended = None, False
    return solved


def _waits(case: Case) -> Iterator[tuple[int, int | None]]:
    """(since, answered) of each time the customer spoke and then waited, after we first spoke."""
    responded, since, ended = False, None, False
    for event in case.events:
        minute = event.at // 60
        speaks = event.what == OUTBOUND or (event.what in STOPPED and not ended)
        if event.what not in (INBOUND, OUTBOUND):
            ended = event.what in STOPPED
        if speaks:
            if responded and since is not None:
                yield since, minute
            responded, since = True, None
        elif event.what == INBOUND and since is None and responded:
            since = minute
    if responded and since is not None:
        yield since, None


def test_a_generated_case_can_have_anything_in_it() -> None:
    """The 200 cases pause, are opened again, and cross changes of the clocks."""
    made = [generated(number) for number in range(200)]
    courses = [course(case.opened * 60, case.events) for case, *_ in made]
    assert sum(one.reopened > 0 for one in courses) > 20
    assert sum(any(event.what == PAUSED for event in case.events) for case, *_ in made) > 40
    assert sum(bool(one.waits) for one in courses) > 20
    assert sum(one.solved is None for one in courses) > 50


def instant(text: str, zone: str = "Europe/Ljubljana") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def test_days_are_the_same_time_so_many_working_days_later() -> None:
    """Friday 13:00 and two days are Tuesday 13:00; with Monday a holiday Wednesday."""
    hours: Hours = (((480, 960),),) * 5 + ((), ())
    zone = ZoneInfo("Europe/Ljubljana")
    made = course(instant("2026-11-20T13:00"), ())
    by = resolution(made, Target(days=2), WorkingTime(hours, zone)).by
    assert by == instant("2026-11-24T13:00")
    off = WorkingTime(hours, zone, Holidays(("2026-11-23",)))
    assert resolution(made, Target(days=2), off).by == instant("2026-11-25T13:00")


def test_what_begins_while_nobody_works_begins_when_work_does() -> None:
    """A day from Sunday morning is all of Monday, and ends when Tuesday begins."""
    hours: Hours = (((480, 960),),) * 5 + ((), ())
    work = WorkingTime(hours, ZoneInfo("Europe/Ljubljana"))
    for begun in ("2026-11-22T07:00", "2026-11-20T20:00", "2026-11-23T06:00"):
        made = course(instant(begun), ())
        assert first_response(made, Target(days=1), work).by == instant("2026-11-24T08:00"), begun


def test_hours_are_working_hours() -> None:
    """Four hours from Friday 12:00 in the office (to 14:00) end on Monday 10:00."""
    work = WorkingTime(OFFICE, ZoneInfo("Europe/Ljubljana"))
    made = course(instant("2026-11-20T12:00"), ())
    assert first_response(made, Target(4 * 3600), work).by == instant("2026-11-23T10:00")


def test_a_pause_moves_the_deadline() -> None:
    """Pending from 9:00, and the customer answers at 11:00: two hours are not counted."""
    work = WorkingTime(OFFICE, ZoneInfo("Europe/Ljubljana"))
    opened, paused, spoke = map(
        instant, ("2026-11-23T08:00", "2026-11-23T09:00", "2026-11-23T11:00")
    )
    waiting = course(opened, [Event(paused, PAUSED)])
    assert resolution(waiting, Target(3 * 3600), work).by is None
    on = course(opened, [Event(paused, PAUSED), Event(spoke, INBOUND)])
    assert resolution(on, Target(3 * 3600), work).by == instant("2026-11-23T14:00")


def test_a_night_in_which_clocks_change_has_an_hour_more_or_less() -> None:
    work = WorkingTime(NIGHTS, ZoneInfo("Europe/Ljubljana"))
    for day, hours in (("2026-03-29", 5), ("2026-10-25", 7), ("2026-11-08", 6)):
        assert work.between(instant(f"{day}T00:00"), instant(f"{day}T12:00")) == hours * 3600


def test_who_never_works_promises_nothing() -> None:
    work = WorkingTime(((),) * 7, ZoneInfo("UTC"))
    assert first_response(course(1_800_000_000, ()), Target(60), work).by is None
    assert first_response(course(1_800_000_000, ()), Target(days=1), work).by is None


def test_holidays_of_a_country_and_of_a_part_of_it() -> None:
    """Christmas is one everywhere, Epiphany in Bavaria and not in Berlin."""
    off = Holidays(("SI", "2026-11-23"))
    assert off(date(2026, 12, 25)) and off(date(2026, 8, 15)) and off(date(2026, 11, 23))
    assert not off(date(2026, 11, 24))
    assert date(2026, 1, 6) in (holidays_of("DE-BY", 2026) or ())
    assert date(2026, 1, 6) not in (holidays_of("DE-BE", 2026) or ())
    assert holidays_of("XX", 2026) is None
