"""Calendars as other programs write them: what is taken of them, and what is told."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.formats.content_lines import Refused
from crm_cli.formats.ics.entries import Entry
from crm_cli.formats.ics.parsing import read_entries
from crm_cli.formats.ics.words import Around
from crm_cli.model.business import Business
from crm_cli.model.dates import PartialDate
from crm_cli.model.errors import DataError

ZONE = ZoneInfo("Europe/Ljubljana")
AROUND = Around(
    Business(name="Lan d.o.o.", zone="Europe/Ljubljana"), datetime(2026, 11, 20, 12, tzinfo=ZONE)
)


def read(*lines: str) -> list[Entry | Refused]:
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//", *lines, "END:VCALENDAR"])
    return list(read_entries(text + "\r\n", AROUND, file="x.ics"))


def one(*lines: str) -> Entry:
    [found] = read(*lines)
    assert isinstance(found, Entry), found
    return found


def refused(*lines: str) -> tuple[int, str]:
    [found] = read(*lines)
    assert isinstance(found, Refused), found
    return found.line, found.reason


def todo(*lines: str) -> tuple[str, ...]:
    return ("BEGIN:VTODO", "UID:1@x", "SUMMARY:A", *lines, "END:VTODO")


def event(*lines: str) -> tuple[str, ...]:
    return ("BEGIN:VEVENT", "UID:1@x", "SUMMARY:A", *lines, "END:VEVENT")


THUNDERBIRD = (
    "BEGIN:VTIMEZONE", "TZID:Europe/Berlin", "BEGIN:STANDARD", "DTSTART:19701025T030000",
    "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
    "END:STANDARD", "END:VTIMEZONE", "BEGIN:VEVENT", "CREATED:20261101T080000Z",
    "LAST-MODIFIED:20261101T080100Z", "DTSTAMP:20261101T080100Z",
    "UID:5d0c0d8e-9f2e-4b52-9d8c-7f5b8d3f1d11", "SUMMARY:Besuch bei Hotel Breg",
    "ORGANIZER;CN=Petra Zajc:mailto:petra@lan.example",
    "ATTENDEE;RSVP=TRUE;CN=\"Breg, Hotel\";PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT:mailto:info@bre",
    " g.example", "DTSTART;TZID=Europe/Berlin:20261124T140000",
    "DTEND;TZID=Europe/Berlin:20261124T153000", "LOCATION:Bled\\, Cesta 1", "TRANSP:OPAQUE",
    "X-MOZ-GENERATION:2", "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER;VALUE=DURATION:-PT15M",
    "DESCRIPTION:Mozilla", "END:VALARM", "END:VEVENT",
)  # fmt: skip


def test_an_invitation_of_thunderbird() -> None:
    entry = one(*THUNDERBIRD)
    assert entry.kind == "interactions"
    assert entry.values == {
        "at": datetime(2026, 11, 24, 14, tzinfo=ZONE),
        "duration": 90,
        "subject": "Besuch bei Hotel Breg",
        "touchpoint": "Bled, Cesta 1",
    }
    assert [hint.text for hint in entry.hints] == [
        "info@breg.example", "petra@lan.example", "Breg, Hotel", "Petra Zajc",
    ]  # fmt: skip
    assert entry.left_out == ()
    assert (entry.id, entry.state) == ("", {})


def test_a_reminder_of_apple() -> None:
    entry = one(
        "BEGIN:VTODO", "CREATED:20261101T090000Z", "UID:0E3F-11", "SUMMARY:Poklicati Majo",
        "DTSTART;TZID=Europe/Ljubljana:20261123T090000",
        "DUE;TZID=Europe/Ljubljana:20261123T090000", "PRIORITY:1", "PERCENT-COMPLETE:0",
        "X-APPLE-SORT-ORDER:788", "RRULE:FREQ=WEEKLY;INTERVAL=1", "BEGIN:VALARM",
        "X-WR-ALARMUID:9", "TRIGGER;VALUE=DATE-TIME:20261122T080000Z", "ACTION:DISPLAY",
        "END:VALARM", "END:VTODO",
    )  # fmt: skip
    assert entry.values == {
        "title": "Poklicati Majo",
        "due": datetime(2026, 11, 23, 9, tzinfo=ZONE),
        "priority": "urgent",
        "percent_complete": 0,
        "rrule": "FREQ=WEEKLY;INTERVAL=1",
        "remind_before": "1 day",
    }


def test_an_event_of_google() -> None:
    entry = one(
        "BEGIN:VEVENT", "DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261203",
        "DTSTAMP:20261120T100000Z", "UID:7kukuqrfedlm@google.com", "CREATED:19000101T120000Z",
        "DESCRIPTION:Bring the <b>samples</b>\\n\\nJoin: https://meet.example/x", "SEQUENCE:0",
        "STATUS:TENTATIVE", "SUMMARY:Fair\\; hall 3", "GEO:46.05;14.51", "END:VEVENT",
    )  # fmt: skip
    assert entry.values == {
        "at": date(2026, 12, 1),
        "duration": 2880,
        "status": "planned",
        "subject": "Fair; hall 3",
        "summary": "Bring the <b>samples</b>\n\nJoin: https://meet.example/x",
    }
    assert entry.left_out == ("GEO",)


def test_a_task_of_nextcloud() -> None:
    entry = one(
        *todo(
            "DUE:20261130T160000", "STATUS:IN-PROCESS", "PERCENT-COMPLETE:40",
            "CATEGORIES:Work,Follow-up", "RELATED-TO:parent@x", "X-OC-HIDESUBTASKS:0", "PRIORITY:9",
        )
    )  # fmt: skip
    assert entry.values == {
        "title": "A",
        "due": datetime(2026, 11, 30, 16, tzinfo=ZONE),
        "status": "in_progress",
        "percent_complete": 40,
        "kind": "follow_up",
        "priority": "low",
    }
    assert entry.left_out == ("CATEGORIES", "RELATED-TO")


def test_a_zone_that_windows_has_and_one_that_the_file_defines() -> None:
    outlook = one(*event("DTSTART;TZID=W. Europe Standard Time:20261124T140000"))
    assert outlook.values["at"] == datetime(2026, 11, 24, 14, tzinfo=ZONE)
    old = one(*event("DTSTART;TZID=/mozilla.org/20050126_1/Europe/London:20261124T130000"))
    assert old.values["at"] == datetime(2026, 11, 24, 14, tzinfo=ZONE)
    own = one(
        *event("DTSTART;TZID=Ours:20261124T150000"),
        "BEGIN:VTIMEZONE", "TZID:Ours", "BEGIN:STANDARD", "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0200", "TZOFFSETTO:+0200", "END:STANDARD", "END:VTIMEZONE",
    )  # fmt: skip
    assert own.values["at"] == datetime(2026, 11, 24, 14, tzinfo=ZONE)


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=SECONDLY", "rrule:freq=minutely;count=999999999", "RRULE:FREQ=DAILY",
        "RRULE:FREQ=YEARLY;BYHOUR=1;BYSECOND=1,2,3", "RRULE:FREQ=YEARLY;BYMONTHDAY=1,2,3",
        "RDATE:" + ",".join(["19700101T000000"] * 2000), "\r\n".join(["RRULE:FREQ=YEARLY"] * 60),
    ],
)  # fmt: skip
def test_a_zone_of_more_changes_than_any_has_is_unknown(rule: str) -> None:
    """The library would count them all out, those by the second for ever."""
    zone = (
        "BEGIN:VTIMEZONE", "TZID:Ours", "BEGIN:STANDARD", "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0200", "TZOFFSETTO:+0200", rule, "END:STANDARD", "END:VTIMEZONE",
    )  # fmt: skip
    _, reason = refused(*zone, *event("DTSTART;TZID=Ours:20261124T150000"))
    assert "there is no time zone 'Ours'" in reason


def test_the_zone_of_whatever_machine_it_is_read_on_is_none() -> None:
    for name in ("localtime", "/etc/localtime", "posixrules"):
        _, reason = refused(*event(f"DTSTART;TZID={name}:20261124T150000"))
        assert f"there is no time zone '{name}'" in reason


def test_floating_times_are_the_business_s_and_skipped_ones_so_much_later() -> None:
    assert one(*event("DTSTART:20260329T023000")).values["at"] == datetime(
        2026, 3, 29, 3, 30, tzinfo=ZONE
    )
    first = one(*event("DTSTART:20261025T023000")).values["at"]
    assert first.isoformat() == "2026-10-25T02:30:00+02:00"


def test_length_is_from_dtend_or_duration() -> None:
    assert one(*event("DTSTART:20261124T140000", "DURATION:PT45M")).values["duration"] == 45
    assert "duration" not in one(*event("DTSTART;VALUE=DATE:20261124", "DURATION:P1D")).values
    assert one(*todo("DTSTART:20261124T140000", "DURATION:PT2H")).values["due"] == datetime(
        2026, 11, 24, 16, tzinfo=ZONE
    )
    line, reason = refused(*event("DTSTART:20261124T140000", "DTEND:20261124T130000"))
    assert (line, reason) == (8, "DTEND: the end is before the beginning, or years after it")


@pytest.mark.parametrize(
    ("lines", "line", "reason"),
    [
        (todo("DUE;TZID=Nowhere/Land:20261120T100000"), 7, "there is no time zone 'Nowhere/Land'"),
        (todo("DUE:2026-11-20"), 7, "DUE: '2026-11-20' is no date (write it as 20261120"),
        (todo("DUE:20261399"), 7, "DUE: there is no day 2026-13-99"),
        (todo("DUE:20261120T259900"), 7, "DUE: there is no time 25:99"),
        (todo("DUE:99990101"), 7, "DUE: the year 9999 is out of range"),
        (todo("RRULE:FREQ=HOURLY"), 7, "RRULE: 'FREQ=HOURLY' comes hourly"),
        (todo("RRULE:FREQ=NONSENSE"), 7, "RRULE: 'FREQ=NONSENSE' is no rule of recurrence"),
        (todo("PERCENT-COMPLETE:120"), 7, "PERCENT-COMPLETE: '120' is no number from 0 to 100"),
        (todo("DTSTART:99981231", "DURATION:P36000D"), 8, "DURATION: the end is out of range"),
        (todo("DTSTART:20261120", "DURATION:long"), 8, "DURATION: 'long' is no length of time"),
        (todo("no colon here"), 7, "the line 'no colon here' cannot be read: no NAME:VALUE"),
        (todo("X-A:\0"), 7, "it holds a NUL character"),
        (todo("DESCRIPTION:" + "x" * 1_000_001), 7, "it has more than 1,000,000 characters"),
        (("BEGIN:VTODO", "UID:1"), 4, "VTODO is not ended"),
        (("BEGIN:VTODO", "UID:1", "SUMMARY:x", "END:VEVENT"), 7, "VTODO ends as VEVENT"),
        (("BEGIN:VTODO", "SUMMARY:x", "END:VTODO"), 4, "there is no UID"),
        (("BEGIN:VTODO", "UID:1", "END:VTODO"), 4, "there is no SUMMARY"),
        (event(), 4, "there is no DTSTART"),
        (event("DTSTART:20261124T140000", "RRULE:FREQ=WEEKLY"), 8, "an interaction is one meeting"),
        (("BEGIN:VJOURNAL", "UID:1", "END:VJOURNAL"), 4, "VJOURNAL is neither task nor event"),
        (("BEGIN:VTODO",) * 30, 13, "it is nested too deeply"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_told_with_its_line(
    lines: tuple[str, ...], line: int, reason: str
) -> None:
    told = refused(*lines)
    assert told[0] == line
    assert reason in told[1]


def test_one_broken_entry_hides_no_other() -> None:
    found = read(*todo("DUE:soon"), *todo("DUE:20261120"), "BEGIN:VTODO", "UID:3@x")
    assert [type(each) for each in found] == [Refused, Entry, Refused]


@pytest.mark.parametrize("text", ["", "name,due\nA,2026\n", "BEGIN:VCARD\nEND:VCARD\n"])
def test_what_is_no_calendar_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="this is no calendar"):
        list(read_entries(text, AROUND))


def test_lines_end_as_they_like_and_several_calendars_may_follow_each_other() -> None:
    text = "BEGIN:VCALENDAR\n" + "\r".join(todo("DUE:20261120")) + "\nEND:VCALENDAR\n"
    found = list(read_entries(text + text.replace("1@x", "2@x"), AROUND))
    assert [each.uid for each in found if isinstance(each, Entry)] == ["1@x", "2@x"]


def test_days_that_come_round_every_year_are_anniversaries() -> None:
    entry = one(*event("DTSTART;VALUE=DATE:19840309", "RRULE:FREQ=YEARLY"))
    assert entry.kind == "anniversaries"
    assert entry.values == {"date": PartialDate(1984, 3, 9), "label": "A"}
    unknown = one(*event("DTSTART;VALUE=DATE:16040309", "RRULE:FREQ=YEARLY;INTERVAL=1"))
    assert unknown.values["date"] == PartialDate(None, 3, 9)


def test_escapes_are_what_they_mean() -> None:
    entry = one(*todo("DESCRIPTION:C:\\\\News\\\\new\\, a\\;b\\N\\nend\\:"))
    assert entry.values["notes"] == "C:\\News\\new, a;b\n\nend:"


def test_alarms_of_less_than_a_day_are_not_reminders() -> None:
    alarm = ("BEGIN:VALARM", "ACTION:AUDIO", "TRIGGER:{}", "END:VALARM")
    for trigger, days in (
        ("-PT15M", None), ("-P1D", "1 day"), ("-PT15H", "1 day"), ("-P1W", "7 days"), ("x", None),
    ):  # fmt: skip
        lines = [line.format(trigger) for line in alarm]
        entry = one(*todo("DUE;VALUE=DATE:20261120", *lines))
        assert entry.values.get("remind_before") == (days if trigger != "-PT15M" else "1 day")
        timed = one(*todo("DUE:20261120T100000Z", *lines))
        assert timed.values.get("remind_before") == (days if trigger != "-PT15H" else None)


_PIECES = st.sampled_from(
    [
        "BEGIN:VTODO", "END:VTODO", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM",
        "BEGIN:VTIMEZONE", "TZID:A", "BEGIN:STANDARD", "DTSTART:19700101T000000", "END:STANDARD",
        "TZOFFSETTO:+9900", "TZOFFSETFROM:x", "END:VTIMEZONE", "UID:1", "SUMMARY:\\",
        "DUE:00010101", "DUE;TZID=A:20261120T100000", "DUE;TZID=../../etc/passwd:20261120T100000",
        "DTSTART:2026",
        "DTSTART;VALUE=DATE:20261120", "DTEND:00000000T000000", "DURATION:-P9999999W", "RRULE:",
        "RRULE:FREQ=DAILY;INTERVAL=0", "RRULE:FREQ=YEARLY;BYMONTH=99;COUNT=-1", "RRULE:;;=;",
        "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "RECURRENCE-ID:20261120", "TRIGGER:PT",
        "STATUS:COMPLETED", "COMPLETED:99991231T235959Z", "PRIORITY:-1", "X-CRM-STATE:=;a=b",
        "X-CRM-DUE:never", "X-CRM-DATE;X-WITH=000000:x", "X-CRM-OCCURRENCES:?", "CATEGORIES:,,\\",
        "DESCRIPTION:-- \\n (x)", "ATTENDEE;CN=:mailto:", "ORGANIZER;CN=\"a:b", " folded", "\t",
        "BEGIN:VCALENDAR", "END:VCALENDAR", "\x00", "\ud7ff:\u2028", ";:;", ":",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(_PIECES, st.text(max_size=20)), max_size=14))
def test_whatever_stands_there_is_taken_or_told(pieces: list[str]) -> None:
    for found in read(*pieces):
        assert found.line > 0
        if isinstance(found, Refused):
            assert found.reason


def test_an_alarm_centuries_ahead_reminds_of_nothing() -> None:
    alarm = ("BEGIN:VALARM", "TRIGGER;VALUE=DATE-TIME:10000101T000000Z", "END:VALARM")
    assert "remind_before" not in one(*todo("DUE:20261120T100000Z", *alarm)).values


def test_zones_have_the_names_that_windows_shows() -> None:
    names = {
        '"(UTC-05:00) Eastern Time (US & Canada)"': "-05:00",
        '"(UTC-05:00) Eastern Time (US and Canada)"': "-05:00",
        '"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"': "+01:00",
        '"(UTC+01:00) Warsaw, Nowhere"': "+01:00",
        "UTC+01": "+01:00",
        '"UTC-03:30"': "-03:30",
        "Eastern Standard Time": "-05:00",
    }
    for name, offset in names.items():
        found = one(*event(f"DTSTART;TZID={name}:20261124T100000", "SUMMARY:A"))
        assert found.values["at"] == datetime.fromisoformat(f"2026-11-24T10:00{offset}"), name


def test_a_series_keeps_the_distance_from_its_start_its_zone_and_what_it_leaves_out() -> None:
    found = one(
        *todo(
            "SUMMARY:A",
            "DTSTART;TZID=America/New_York:20261123T210000",
            "DUE;TZID=America/New_York:20261124T210000",
            "RRULE:FREQ=WEEKLY;BYDAY=MO",
            "EXDATE;TZID=America/New_York:20261123T210000,20261207T210000",
        )
    ).values
    assert found["repeat_from"] == "start"
    assert found["time_zone"] == "America/New_York"
    assert found["exdate"] == ["2026-11-23", "2026-12-07"]
    # The first occurrence is one of those that are left out.
    assert found["start"] == datetime.fromisoformat("2026-11-30T21:00-05:00")
    assert found["due"] == datetime.fromisoformat("2026-12-01T21:00-05:00")


def test_a_line_folded_within_a_character_and_one_of_vcalendar_1() -> None:
    from crm_cli.formats.content_lines import text_of
    from crm_cli.formats.ics.blocks import blocks_of

    data = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nSUMMARY:Pri \xc5\r\n \xbdigi\r\n"
        b"DESCRIPTION;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Pri =C5=BDigi=\r\n in Ani=2C danes"
        b"\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
    )
    (block,) = blocks_of(text_of(data))
    assert (block.text("SUMMARY"), block.text("DESCRIPTION")) == (
        "Pri Žigi",
        "Pri Žigi in Ani, danes",
    )


def test_days_that_a_rule_without_a_beginning_leaves_out_are_kept() -> None:
    found = one(*todo("RRULE:FREQ=WEEKLY", "EXDATE;VALUE=DATE:20261201"))
    assert found.values["exdate"] == ["2026-12-01"]
    assert "due" not in found.values
