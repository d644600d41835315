"""Calendars that are written: valid, the same each time, and understood by other programs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from crm_cli.formats.ics.comparing import News, news
from crm_cli.formats.ics.entries import Entry
from crm_cli.formats.ics.parsing import read_entries
from crm_cli.formats.ics.words import Around
from crm_cli.formats.ics.writing import calendar_text
from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.item import Item
from crm_cli.store.document import Document

ZONE = ZoneInfo("Europe/Ljubljana")
BUSINESS = Business(name="Lan d.o.o.", zone="Europe/Ljubljana")
AROUND = Around(BUSINESS, datetime(2026, 11, 20, 12, tzinfo=ZONE))


def item(kind: str, *lines: str, name: str = "Maja Kos") -> Item:
    """The first item of a list of a customer that has only this one."""
    text = f'name: "{name}"\nphone: 041 222 333\n{kind}:\n' + "".join(f"  {one}\n" for one in lines)
    document = Document("customers/maja-kos.yaml", text.encode(), CUSTOMER, BUSINESS)
    found: Item = document.record.items(kind)[0]
    return found


def task(*lines: str, **more: str) -> Item:
    return item("tasks", "- id: t-9f3kx7d", *(f"  {line}" for line in lines), **more)


def written(*items: Item, around: Around = AROUND) -> str:
    return "".join(calendar_text(items, around).pieces)


def lines_of(*items: Item) -> dict[str, str]:
    """The unfolded lines of the only entry, by what stands before the colon."""
    text = written(*items).replace("\r\n ", "")
    body = text[text.index("BEGIN:V", 20) :]
    found: dict[str, str] = {}
    for line in body.split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name, value)
    return found


def entry(*items: Item, **changes: str) -> Entry:
    """The entry as it comes back, with lines replaced (or taken away: empty)."""
    text = written(*items).replace("\r\n ", "")
    for name, line in changes.items():
        name = name.replace("_", "-")
        before = [one for one in text.split("\r\n") if one.split(":")[0].split(";")[0] == name]
        text = (
            text.replace(f"{before[0]}\r\n", f"{line}\r\n" if line else "")
            if before
            else (text.replace("STATUS:", f"{line}\r\nSTATUS:", 1))
        )
    [found] = list(read_entries(text, AROUND))
    assert isinstance(found, Entry), found
    return found


def test_a_task_says_what_icalendar_has_words_for() -> None:
    found = lines_of(
        task(
            "title: Send the quote, soon", "kind: quote", "status: deferred", "priority: urgent",
            "due: 2026-11-24T14:30+01:00", "start: 2026-11-20", "percent_complete: 40",
            "remind_before: 2 days", "assignee: petra", "notes: In \\ two", "depends_on: [t-1]",
        )
    )  # fmt: skip
    assert found["UID"] == "t-9f3kx7d@lan-doo.crm"
    assert found["SUMMARY"] == "Send the quote\\, soon"
    assert found["DUE"] == "20261124T133000Z"
    assert found["DTSTART"] == "20261119T230000Z"
    assert (found["STATUS"], found["PRIORITY"]) == ("NEEDS-ACTION", "1")
    assert (found["PERCENT-COMPLETE"], found["CATEGORIES"]) == ("40", "quote")
    assert found["TRIGGER;RELATED=END"] == "-P2D"
    assert found["RELATED-TO;RELTYPE=DEPENDS-ON"] == "t-1@lan-doo.crm"
    assert found["X-CRM-ASSIGNEE"] == "petra"
    assert found["DESCRIPTION"] == "In \\\\ two\\n\\n-- \\nMaja Kos (maja-kos)\\, 041 222 333"
    assert found["DTSTAMP"] == "20261120T110000Z"
    assert "ATTENDEE" not in found
    assert "ORGANIZER" not in found


def test_what_is_due_on_a_day_rings_in_the_morning() -> None:
    found = lines_of(task("title: A", "due: 2026-11-24", "remind_before: 1 day"))
    assert found["DUE;VALUE=DATE"] == "20261124"
    assert found["TRIGGER;RELATED=END"] == "-PT15H"


def test_a_series_counts_from_its_rule_s_own_day() -> None:
    plain = lines_of(task("title: A", "due: 2026-11-23", "rrule: FREQ=WEEKLY;COUNT=3"))
    assert plain["DTSTART;VALUE=DATE"] == plain["DUE;VALUE=DATE"] == "20261123"
    assert plain["RRULE"] == "FREQ=WEEKLY;COUNT=3"
    put_off = lines_of(
        task("title: A", "due: 2026-11-25", "rrule: FREQ=WEEKLY", "recurrence_id: 2026-11-23")
    )
    assert put_off["DTSTART;VALUE=DATE"] == "20261123"
    assert put_off["DUE;VALUE=DATE"] == "20261125"


def test_a_series_with_a_time_keeps_to_the_clock_of_the_business() -> None:
    text = written(
        task("title: A", "due: 2026-10-19T08:30+02:00", "rrule: FREQ=WEEKLY;UNTIL=20261231")
    )
    assert "DUE;TZID=Europe/Ljubljana:20261019T083000" in text
    assert "UNTIL=20261231T225959Z" in text
    assert "BEGIN:VTIMEZONE\r\nTZID:Europe/Ljubljana" in text
    zone: Any = Calendar.from_ical(text).walk("VTIMEZONE")[0]
    found = zone.to_tz(lookup_tzid=False)
    for month, hours in ((7, 2), (12, 1)):
        assert datetime(2026, month, 1, tzinfo=found).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("day", "lines"),
    [
        ("1984-03-09", {"DTSTART;VALUE=DATE": "19840309", "RRULE": "FREQ=YEARLY"}),
        ("--03-09", {"DTSTART;VALUE=DATE;X-APPLE-OMIT-YEAR=1604": "16040309"}),
        ("1984-02-29", {"RRULE": "FREQ=YEARLY;BYMONTHDAY=-1;BYMONTH=2"}),
    ],
)
def test_anniversaries_come_round_every_year(day: str, lines: dict[str, str]) -> None:
    found = lines_of(item("anniversaries", f"- date: {day}", "  kind: wedding"))
    assert found["SUMMARY"] == "Wedding anniversary: Maja Kos"
    assert lines.items() <= found.items()


def test_the_persian_new_year_is_told_day_by_day() -> None:
    found = lines_of(item("anniversaries", "- {label: Nowruz, date: --01-01, calendar: persian}"))
    assert found["DTSTART;VALUE=DATE"] == "20250321"
    assert found["RDATE;VALUE=DATE"].startswith("20260321,20270321,20280320,")


def test_a_day_without_its_month_stands_in_no_calendar() -> None:
    made = calendar_text([item("anniversaries", "- date: 1984")], AROUND)
    assert "VEVENT" not in "".join(made.pieces)
    assert made.left_out == {"anniversaries without a day": 1}


def test_an_interaction_without_a_subject_is_called_after_its_kind() -> None:
    found = lines_of(
        item("interactions", "- at: 2026-11-24T14:00+01:00", "  kind: call", "  duration: 90min")
    )
    assert found["SUMMARY"] == "Call: Maja Kos"
    assert (found["DTSTART"], found["DURATION"]) == ("20261124T130000Z", "PT1H30M")


def test_lines_are_folded_at_75_octets_and_end_in_cr_lf() -> None:
    text = written(task(f"title: {'čaj ' * 60}"))
    raw = text.encode().split(b"\r\n")
    assert all(len(line) <= 75 for line in raw)
    assert b"\n" not in b"".join(raw)
    assert "čaj " * 59 in text.replace("\r\n ", "")


def test_nothing_in_a_text_becomes_a_line_or_a_control_character() -> None:
    evil = r"a\nATTENDEE:mailto:x@y.example\r\nEND:VTODO\x1b[31m\x07\x00\u2028\x85"
    text = written(task(f'title: "{evil}"', f'notes: "{evil}"', name="Eva\\nATTENDEE:z"))
    assert not set(text) - {"\r", "\n"} & {chr(code) for code in (*range(32), *range(127, 160))}
    [found] = Calendar.from_ical(text).walk("VTODO")
    assert "ATTENDEE" not in found
    assert str(found["SUMMARY"]).startswith("a\nATTENDEE:mailto:x@y.example\nEND:VTODO\\x1b[31m")


def test_the_same_is_written_the_same() -> None:
    one = task("title: A", "due: 2026-11-23T10:00+01:00", "rrule: FREQ=WEEKLY")
    assert written(one) == written(one)


# What comes back


def test_what_was_not_touched_is_no_news() -> None:
    one = task("title: A", "due: 2026-11-23", "kind: call", "assignee: petra", "rrule: FREQ=DAILY")
    assert news(entry(one), one, AROUND) == News()


def test_a_change_there_is_news_and_a_change_here_is_kept() -> None:
    before = task("title: A", "due: 2026-11-23", "priority: low")
    here = task("title: A", "due: 2026-11-23", "priority: high")
    found = news(entry(before, DUE="DUE;VALUE=DATE:20261130"), here, AROUND)
    assert found == News({"due": date(2026, 11, 30)})


def test_the_same_field_on_both_sides_is_a_conflict_unless_both_say_the_same() -> None:
    before = task("title: A", "due: 2026-11-23")
    there = entry(before, DUE="DUE;VALUE=DATE:20261130")
    assert news(there, task("title: A", "due: 2026-11-24"), AROUND).conflicts == ("due",)
    assert not news(there, task("title: A", "due: 2026-11-30"), AROUND)


def test_a_program_that_takes_our_lines_away_takes_nothing_from_the_task() -> None:
    one = task("title: A", "due: 2026-11-23", "assignee: petra", "status: deferred", "kind: call")
    bare = entry(one, X_CRM_STATE="", X_CRM_ASSIGNEE="", X_CRM_STATUS="", CATEGORIES="")
    assert bare.state == {}
    assert news(bare, one, AROUND).values == {"status": "open"}


def test_what_is_taken_away_there_is_told() -> None:
    one = task("title: A", "due: 2026-11-23", "notes: soon")
    assert news(entry(one, DUE=""), one, AROUND) == News(vanished=("due",))


def test_done_there_is_done_here() -> None:
    one = task("title: A", "due: 2026-11-23", "percent_complete: 40")
    found = news(
        entry(one, STATUS="STATUS:COMPLETED", COMPLETED="COMPLETED:20261119T090000Z"), one, AROUND
    )
    assert found.values == {
        "status": "completed",
        "completed": datetime(2026, 11, 19, 10, tzinfo=ZONE),
        "percent_complete": 100,
    }


def test_taken_up_again_there_is_open_here() -> None:
    one = task("title: A", "status: completed", "completed: 2026-11-19T10:00+01:00")
    found = news(entry(one, STATUS="STATUS:NEEDS-ACTION", COMPLETED=""), one, AROUND)
    assert found == News({"status": "open"}, ("completed",))


SERIES = ("title: A", "due: 2026-11-16", "rrule: FREQ=WEEKLY;COUNT=5", "start: 2026-11-14")


def test_an_occurrence_that_is_done_there_moves_on_here() -> None:
    one = task(*SERIES)
    done = entry(one, STATUS="STATUS:COMPLETED", COMPLETED="COMPLETED:20261117T090000Z", RRULE="")
    assert news(done, one, AROUND) == News(
        {"due": date(2026, 11, 23), "start": date(2026, 11, 21), "rrule": "FREQ=WEEKLY;COUNT=4"},
        (),
        ("2026-11-16 done 2026-11-17",),
    )
    later = task(
        "title: A", "due: 2026-11-23", "rrule: FREQ=WEEKLY;COUNT=4",
        "occurrences: [2026-11-16 done 2026-11-17]",
    )  # fmt: skip
    assert not news(done, later, AROUND)


def test_a_series_that_has_gone_on_there_was_done() -> None:
    one = task(*SERIES)
    found = news(
        entry(
            one, DUE="DUE;VALUE=DATE:20261130", DTSTART="DTSTART;VALUE=DATE:20261130",
            LAST_MODIFIED="LAST-MODIFIED:20261118T090000Z",
        ),
        one,
        AROUND,
    )  # fmt: skip
    assert found.log == ("2026-11-16 done 2026-11-18", "2026-11-23 missed")
    assert found.values["due"] == date(2026, 11, 30)
    assert found.values["rrule"] == "FREQ=WEEKLY;COUNT=3"


def test_an_occurrence_that_is_put_off_there_keeps_its_place() -> None:
    one = task(*SERIES)
    found = news(entry(one, DUE="DUE;VALUE=DATE:20261119"), one, AROUND)
    assert found.log == ()
    assert found.values == {"due": date(2026, 11, 19), "recurrence_id": date(2026, 11, 16)}


def test_the_end_of_a_series_there_is_its_end_here() -> None:
    one = task("title: A", "due: 2026-11-16", "rrule: FREQ=WEEKLY;COUNT=1")
    done = entry(one, STATUS="STATUS:COMPLETED", COMPLETED="COMPLETED:20261117T090000Z")
    found = news(done, one, AROUND)
    assert found.values["status"] == "completed"
    assert found.log == ("2026-11-16 done 2026-11-17",)


def test_an_exception_of_the_present_occurrence_is_taken_and_others_are_told() -> None:
    one = task(*SERIES)
    gone = {"RRULE": "", "STATUS": "STATUS:COMPLETED", "DTSTAMP": "DTSTAMP:20261118T090000Z"}
    present = entry(one, **gone, RECURRENCE_ID="RECURRENCE-ID;VALUE=DATE:20261116")
    assert news(present, one, AROUND).log == ("2026-11-16 done 2026-11-20",)
    other = entry(one, **gone, RECURRENCE_ID="RECURRENCE-ID;VALUE=DATE:20261207")
    assert news(other, one, AROUND) == News(stray=True)
