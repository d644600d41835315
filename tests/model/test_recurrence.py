"""The days of rules, and what follows an occurrence that is done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr

from crm_cli.model.errors import Unreadable
from crm_cli.model.item import Item
from crm_cli.model.recurrence import following, log_line, logged, occurrences
from crm_cli.model.recurrence_rule import check_rule
from crm_cli.model.rhythm import read_rhythm
from crm_cli.model.task import TASK

ZONE = ZoneInfo("Europe/Ljubljana")
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=ZONE)


def made(**values: Any) -> Item:
    item = Item(TASK)
    item.values = values
    return item


# RFC 5545, section 3.8.5.3: each example's rule, its first day, and the days that are listed.

EXAMPLES = [
    ("FREQ=DAILY;COUNT=10", "19970902", "1997 9 2 3 4 5 6 7 8 9 10 11"),
    ("FREQ=DAILY;INTERVAL=2", "19970902", "1997 9 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30"),
    ("FREQ=DAILY;INTERVAL=10;COUNT=5", "19970902", "1997 9 2 12 22, 10 2 12"),
    ("FREQ=WEEKLY;COUNT=10", "19970902", "1997 9 2 9 16 23 30, 10 7 14 21 28, 11 4"),
    (
        "FREQ=WEEKLY;UNTIL=19971224T000000Z",
        "19970902",
        "1997 9 2 9 16 23 30, 10 7 14 21 28, 11 4 11 18 25, 12 2 9 16 23",
    ),
    (
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        "19970902",
        "1997 9 2 16 30, 10 14 28, 11 11 25, 12 9 23, 1998 1 6 20, 2 3 17",
    ),
    (
        "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
        "19970902",
        "1997 9 2 4 9 11 16 18 23 25 30, 10 2",
    ),
    (
        "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
        "19970902",
        "1997 9 2 4 9 11 16 18 23 25 30, 10 2",
    ),
    (
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        "19970901",
        "1997 9 1 3 5 15 17 19 29, 10 1 3 13 15 17 27 29 31, 11 10 12 14 24 26 28, 12 8 10 12 22",
    ),
    (
        "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
        "19970902",
        "1997 9 2 4 16 18 30, 10 2 14 16",
    ),
    (
        "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        "19970905",
        "1997 9 5, 10 3, 11 7, 12 5, 1998 1 2, 2 6, 3 6, 4 3, 5 1, 6 5",
    ),
    ("FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR", "19970905", "1997 9 5, 10 3, 11 7, 12 5"),
    (
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "19970907",
        "1997 9 7 28, 11 2 30, 1998 1 4 25, 3 1 29, 5 3 31",
    ),
    (
        "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
        "19970922",
        "1997 9 22, 10 20, 11 17, 12 22, 1998 1 19, 2 16",
    ),
    (
        "FREQ=MONTHLY;BYMONTHDAY=-3",
        "19970928",
        "1997 9 28, 10 29, 11 28, 12 29, 1998 1 29, 2 26",
    ),
    (
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
        "19970902",
        "1997 9 2 15, 10 2 15, 11 2 15, 12 2 15, 1998 1 2 15",
    ),
    (
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        "19970930",
        "1997 9 30, 10 1 31, 11 1 30, 12 1 31, 1998 1 1 31, 2 1",
    ),
    (
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "19970910",
        "1997 9 10 11 12 13 14 15, 1999 3 10 11 12 13",
    ),
    (
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        "19970902",
        "1997 9 2 9 16 23 30, 11 4 11 18 25, 1998 1 6 13 20 27, 3 3 10 17 24 31",
    ),
    (
        "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        "19970610",
        "1997 6 10, 7 10, 1998 6 10, 7 10, 1999 6 10, 7 10, 2000 6 10, 7 10, 2001 6 10, 7 10",
    ),
    (
        "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
        "19970310",
        "1997 3 10, 1999 1 10, 2 10, 3 10, 2001 1 10, 2 10, 3 10, 2003 1 10, 2 10, 3 10",
    ),
    (
        "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        "19970101",
        "1997 1 1, 4 10, 7 19, 2000 1 1, 4 9, 7 18, 2003 1 1, 4 10, 7 19, 2006 1 1",
    ),
    ("FREQ=YEARLY;BYDAY=20MO", "19970519", "1997 5 19, 1998 5 18, 1999 5 17"),
    ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "19970512", "1997 5 12, 1998 5 11, 1999 5 17"),
    (
        "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
        "19970313",
        "1997 3 13 20 27, 1998 3 5 12 19 26, 1999 3 4 11 18 25",
    ),
    (
        "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
        "19970605",
        "1997 6 5 12 19 26, 7 3 10 17 24 31, 8 7 14 21 28, 1998 6 4 11 18 25",
    ),
    (
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "19970902",
        "1998 2 13, 3 13, 11 13, 1999 8 13, 2000 10 13",
    ),
    (
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        "19970913",
        "1997 9 13, 10 11, 11 8, 12 13, 1998 1 10, 2 7, 3 7, 4 11, 5 9, 6 13",
    ),
    (
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "19961105",
        "1996 11 5, 2000 11 7, 2004 11 2",
    ),
    ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "19970904", "1997 9 4, 10 7, 11 6"),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "19970929",
        "1997 9 29, 10 30, 11 27, 12 30, 1998 1 29, 2 26, 3 30",
    ),
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "19970805", "1997 8 5 10 19 24"),
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "19970805", "1997 8 5 17 19 31"),
    ("FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "20070115", "2007 1 15 30, 2 15, 3 15 30"),
]


def listed(text: str) -> list[date]:
    """`1997 9 2 9, 10 7, 1998 1 1`: a year before its months, a month before its days."""
    days = []
    year = 0
    for part in text.split(", "):
        numbers = [int(word) for word in part.split()]
        if numbers[0] > 31:
            year, *numbers = numbers
        days += [date(year, numbers[0], day) for day in numbers[1:]]
    return days


@pytest.mark.parametrize(("rule", "start", "wanted"), EXAMPLES, ids=[e[0] for e in EXAMPLES])
def test_examples_of_rfc_5545(rule: str, start: str, wanted: str) -> None:
    days = listed(wanted)
    first = datetime.strptime(start, "%Y%m%d").replace(hour=9, tzinfo=NEW_YORK)
    found = list(islice(occurrences(rule, first, NEW_YORK), len(days) + 1))
    ends = "COUNT" in rule or "UNTIL" in rule
    assert [moment.astimezone(NEW_YORK).date() for moment in instants(found)][: len(days)] == days
    assert not ends or len(found) == len(days)
    assert all(moment.astimezone(NEW_YORK).hour == 9 for moment in instants(found))
    alone = list(islice(occurrences(rule, first.date(), NEW_YORK), len(days)))
    assert alone == days


def instants(found: Iterable[date]) -> list[datetime]:
    return [moment for moment in found if isinstance(moment, datetime)]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;UNTIL=19971224T000000Z",
        "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
        "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40;COUNT=200",
        "FREQ=MINUTELY;INTERVAL=90;COUNT=4",
    ],
)
def test_long_examples_are_the_librarys(rule: str) -> None:
    first = datetime(1997, 9, 2, 9, tzinfo=NEW_YORK)
    wanted = rrulestr(rule, dtstart=first)
    found = occurrences(rule, first, NEW_YORK)
    assert instants(islice(found, 400)) == list(islice(wanted, 400))


# What follows


@pytest.mark.parametrize(
    ("due", "rule", "more", "wanted", "missed"),
    [
        ("2026-11-20", "FREQ=DAILY", {}, "2026-11-21", 0),
        ("2026-11-25", "FREQ=WEEKLY;INTERVAL=2", {}, "2026-12-09", 0),
        ("2026-09-01", "FREQ=MONTHLY", {}, "2026-12-01", 2),
        ("2026-11-13", "FREQ=WEEKLY", {}, "2026-11-20", 0),
        ("2026-11-27", "FREQ=MONTHLY;INTERVAL=3", {"repeat_from": "completion"}, "2027-02-20", 0),
        ("2026-09-01", "FREQ=WEEKLY", {"repeat_from": "due"}, "2026-11-24", 11),
        # RFC 5545: a month without that day is passed over.
        ("2026-12-31", "FREQ=MONTHLY", {}, "2027-01-31", 0),
        ("2027-01-31", "FREQ=MONTHLY", {}, "2027-03-31", 0),
        ("2026-11-20", "FREQ=MONTHLY;BYDAY=-1FR", {}, "2026-11-27", 0),
        ("2026-11-20", "RRULE:FREQ=YEARLY", {}, "2027-11-20", 0),
        ("2026-11-20", "FREQ=WEEKLY;UNTIL=20261127T225959Z", {}, "2026-11-27", 0),
        ("2026-11-20", "FREQ=WEEKLY;UNTIL=20261126", {}, None, 0),
        ("2026-11-20", "FREQ=WEEKLY;COUNT=2", {}, "2026-11-27", 0),
        ("2026-11-20", "FREQ=WEEKLY;COUNT=1", {}, None, 0),
        # Put off: the next keeps to the rule's own day.
        ("2026-11-25", "FREQ=WEEKLY", {"recurrence_id": date(2026, 11, 23)}, "2026-11-30", 0),
    ],
)
def test_the_next_day(
    due: str, rule: str, more: dict[str, Any], wanted: str | None, missed: int
) -> None:
    found = following(made(title="x", due=date.fromisoformat(due), rrule=rule, **more), NOW)
    assert (None if found is None else found.due.isoformat()) == wanted
    assert found is None or len(found.missed) == missed


def test_without_a_due_date_it_counts_from_the_day_it_is_done() -> None:
    found = following(made(title="x", rrule="FREQ=WEEKLY"), NOW)
    assert found is not None
    assert (found.due, found.start) == (date(2026, 11, 27), None)


def test_count_goes_down_by_what_was_passed() -> None:
    found = following(made(due=date(2026, 11, 1), rrule="FREQ=WEEKLY;COUNT=10"), NOW)
    assert found is not None
    assert (found.due, found.rrule) == (date(2026, 11, 22), "FREQ=WEEKLY;COUNT=7")


@pytest.mark.parametrize(
    "rule",
    ["", "weekly", "FREQ=NEVER", "FREQ=DAILY;INTERVAL=x", "\0", ";;", "FREQ=HOURLY"],
)
def test_what_is_no_rule(rule: str) -> None:
    with pytest.raises(Unreadable):
        following(made(due=date(2026, 11, 1), rrule=rule), NOW)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2,4;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=-30",
        "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=DAILY;BYDAY=MO;BYSETPOS=5",
        "FREQ=WEEKLY;INTERVAL=999999999;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=5MO;BYSETPOS=2",
    ],
)
def test_a_rule_that_leads_nowhere_ends_soon(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a search for its day through eight thousand years, month by month."""
    from dateutil import rrule as library

    steps = 0
    rebuild = library._iterinfo.rebuild

    def counted(self: Any, year: int, month: int) -> None:
        nonlocal steps
        steps += 1
        rebuild(self, year, month)

    monkeypatch.setattr(library._iterinfo, "rebuild", counted)
    assert following(made(due=date(2026, 11, 1), rrule=rule), NOW) is None
    assert steps <= 460 * 12 + 1


@pytest.mark.parametrize(
    ("due", "words", "done", "wanted"),
    [
        ("2025-10-30", "6 months", "2026-02-27", "2026-08-27"),
        ("2025-08-31", "6 months", "2025-11-29", "2026-05-29"),
        ("2025-08-31", "6 months", "2025-08-31", "2026-02-28"),
        ("2025-11-30", "3 months", "2025-12-05", "2026-03-05"),
        ("2025-11-30", "1 month", "2025-11-20", "2025-12-20"),
        ("2024-02-29", "2 years", "2025-02-20", "2027-02-20"),
        ("2024-02-29", "1 year", "2024-02-29", "2025-02-28"),
        ("2025-11-28", "3 months", "2025-12-05", "2026-03-05"),
        # One that names days is done early: it is not due once more on the day that it was.
        ("2025-11-28", "every friday", "2025-11-26", "2025-12-05"),
        ("2025-11-28", "every 2 weeks on fri", "2025-12-01", "2025-12-19"),
        ("2025-11-30", "monthly on the last day", "2025-11-20", "2025-12-31"),
        ("2025-11-28", "weekly until 2025-12-01", "2025-11-28", None),
    ],
)
@pytest.mark.parametrize("kept", [True, False])
def test_from_completion_it_is_so_long_after(
    due: str, words: str, done: str, wanted: str | None, kept: bool
) -> None:
    day = date.fromisoformat(due)
    rule = read_rhythm(words, day, kept=kept)
    if kept and "BYMONTHDAY=-1" in rule and "last day" not in words:
        return  # The last day of the month is meant where the rule says so.
    task = made(due=day, rrule=rule, repeat_from="completion")
    found = following(task, datetime.fromisoformat(f"{done}T12:00").replace(tzinfo=ZONE))
    assert (None if found is None else found.due.isoformat()) == wanted


def test_of_so_many_times_from_completion_each_counts_once() -> None:
    task = made(due=date(2026, 11, 20), rrule="FREQ=MONTHLY;BYDAY=1MO;COUNT=2")
    task.values["repeat_from"] = "completion"
    found = following(task, NOW)
    assert found is not None
    assert (found.due, found.rrule) == (date(2026, 12, 7), "FREQ=MONTHLY;BYDAY=1MO;COUNT=1")
    task.values |= {"due": found.due, "rrule": found.rrule}
    assert following(task, NOW) is None


def test_from_its_start_a_rule_keeps_the_distance_to_the_due_date() -> None:
    task = made(
        start=datetime(2026, 11, 20, 9, tzinfo=ZONE),
        due=datetime(2026, 11, 27, 17, tzinfo=ZONE),
        recurrence_id=datetime(2026, 11, 21, 17, tzinfo=ZONE),
        rrule="FREQ=WEEKLY",
        repeat_from="start",
    )
    found = following(task, NOW)
    assert found is not None
    assert found.start == datetime(2026, 11, 27, 9, tzinfo=ZONE)
    assert found.due == datetime(2026, 11, 28, 17, tzinfo=ZONE)


def test_a_start_keeps_its_time_of_day() -> None:
    task = made(
        start=datetime(2026, 11, 20, 9, tzinfo=ZONE),
        due=datetime(2026, 11, 20, 17, tzinfo=ZONE),
        rrule="FREQ=DAILY",
    )
    found = following(task, NOW)
    assert found is not None
    assert found.start == datetime(2026, 11, 21, 9, tzinfo=ZONE)


def test_a_rule_belongs_to_its_own_time_zone() -> None:
    """Monday 21:00 in New York, also in the weeks in which only one side has changed clocks."""
    due = datetime(2026, 10, 20, 3, tzinfo=ZONE)
    task = made(due=due, rrule="FREQ=WEEKLY;BYDAY=MO", time_zone="America/New_York")
    told = []
    for _ in range(3):
        found = following(task, due)
        assert found is not None
        due = task.values["due"] = found.due  # type: ignore[assignment]
        told.append(f"{due:%a %m-%d %H:%M}")
    assert told == ["Tue 10-27 02:00", "Tue 11-03 03:00", "Tue 11-10 03:00"]


def test_days_that_are_left_out_are_neither_due_nor_missed() -> None:
    days = ["2026-11-16", "2026-11-23"]
    found = following(made(due=date(2026, 11, 2), rrule="FREQ=WEEKLY;COUNT=9", exdate=days), NOW)
    assert found is not None
    assert (found.due, found.missed) == (date(2026, 11, 30), (date(2026, 11, 9),))
    assert found.rrule == "FREQ=WEEKLY;COUNT=5"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;UNTIL=2026",
        "FREQ=DAILY;UNTIL=20261331",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=2;UNTIL=20261231",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=WEEKLY;BYDAY=2MO",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYWEEKNO=2",
        "FREQ=DAILY;BYYEARDAY=1",
        "FREQ=YEARLY;BYYEARDAY=367",
        "FREQ=YEARLY;BYMONTH=-1",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=DAILY;BYHOUR=9,17",
        "FREQ=DAILY;BYEASTER=0",
        "FREQ=DAILY;INTERVAL=",
        "FREQ=WEEKLY;WKST=8",
    ],
)
def test_what_the_standard_refuses_is_no_rule(rule: str) -> None:
    with pytest.raises(Unreadable, match="no rule of recurrence"):
        check_rule(rule)


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        (
            "2026-11-18 done 2026-11-20",
            {"day": "2026-11-18", "at": "2026-11-20", "outcome": "done"},
        ),
        ("2026-11-18 skipped", {"day": "2026-11-18", "outcome": "skipped"}),
        (
            "2026-11-09..2026-11-16 missed",
            {"day": "2026-11-09", "last": "2026-11-16", "outcome": "missed"},
        ),
        ("yesterday", {}),
        ("2026-02-30 done", {}),
        ("2026-11-16..2026-11-09 missed", {}),
    ],
)
def test_lines_of_the_log(line: str, parts: dict[str, str]) -> None:
    assert {key: str(value) for key, value in log_line(line).items()} == parts


def test_a_line_of_the_log_says_a_day_once() -> None:
    day = date(2026, 11, 18)
    assert logged(day, "done", at=day) == "2026-11-18 done"
    assert logged(day, "missed", last=day) == "2026-11-18 missed"


# Words


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("every 2 weeks", "10-31 11-14 11-28"),
        ("2 weeks", "10-31 11-14 11-28"),
        ("every 3rd monday", "11-16 12-21 01-18"),
        ("monthly on the last friday", "11-27 12-25 01-29"),
        ("monthly on 1", "11-01 12-01 01-01"),
        ("every month on the 1st and 15th", "11-01 11-15 12-01"),
        ("weekdays", "11-02 11-03 11-04 11-05 11-06 11-09"),
        ("Every Weekday", "11-02 11-03"),
        ("every mon, wed and fri", "11-02 11-04 11-06"),
        ("every 2 weeks on mon,fri", "11-09 11-13 11-23"),
        ("tuesdays", "11-03 11-10"),
        ("every other day", "10-31 11-02"),
        ("daily", "10-31 11-01"),
        ("quarterly", "10-31 01-31 04-30"),
        # Who says a month means a month: its last day where it has no 31st.
        ("every month", "10-31 11-30 12-31 01-31 02-28"),
        ("monthly on 30", "10-31 11-30 12-30 01-30 02-28"),
        ("yearly on 24.12.", "12-24 12-24"),
        ("every 29 february", "02-28 02-29 02-28"),
        ("every last workday", "11-30 12-31 01-29"),
        ("every day 3 times", "10-31 11-01 11-02 end"),
        ("every week until 2026-11-14", "10-31 11-07 11-14 end"),
        ("every week for 1 times", "10-31 end"),
        ("RRULE:FREQ=DAILY;COUNT=1", "10-31 end"),
        ("freq=weekly;byday=mo", "11-02 11-09"),
    ],
)
def test_rhythms_in_words(words: str, days: str) -> None:
    wanted = days.split()
    first = date(2026, 10, 31)
    if words == "monthly on 30":
        wanted[0] = "10-30"
        first = date(2026, 10, 30)
    if "february" in words:
        first = date(2027, 1, 1)
    found = list(islice(occurrences(read_rhythm(words, first), first, UTC), len(wanted)))
    ends = ["end"] if len(found) < len(wanted) else []
    assert [f"{day:%m-%d}" for day in found] + ends == wanted


@pytest.mark.parametrize(
    "words",
    ["", "every", "sometimes", "every 0 days", "every 5 minutes", "every 32nd", "monthly on 32",
     "every day 0 times", "every week until 2020-01-01", "FREQ=HOURLY", "FREQ=SOMETIMES",
     "yearly on 31.2.", "weekly on 15"],
)  # fmt: skip
def test_what_is_no_rhythm(words: str) -> None:
    with pytest.raises(Unreadable):
        read_rhythm(words, date(2026, 10, 31))


@pytest.mark.parametrize("interval", ["0", "-1", "00"])
def test_an_interval_of_nothing_is_no_rule_and_sought_for_ever_by_nobody(interval: str) -> None:
    rule = f"FREQ=DAILY;INTERVAL={interval};BYMONTH=2"
    with pytest.raises(Unreadable):
        check_rule(rule)
    with pytest.raises(Unreadable):
        next(occurrences(rule, date(2026, 11, 20), ZONE))


def test_a_rule_is_checked_without_a_search_for_its_first_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dateutil.rrule import rrule

    def sought(self: rrule) -> None:
        raise AssertionError("every reader of the record would wait")

    monkeypatch.setattr(rrule, "__iter__", sought)
    monkeypatch.setattr(rrule, "_iter", sought)
    check_rule("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
