"""What goes into a calendar comes back the same: tasks, interactions, days of any kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from crm_cli.features import exporting
from crm_cli.features.importing.calendars import plan_calendar, read_calendar
from crm_cli.model.anniversaries import is_persian, not_gregorian
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import PartialDate
from crm_cli.model.item import Item
from crm_cli.model.kind import ListOf
from crm_cli.model.people import has_died
from crm_cli.model.places import CUSTOMERS
from crm_cli.workspace import Change, Create, Workspace, new_record, open_workspace
from tests import shares

ZONE = ZoneInfo("Europe/Ljubljana")
SETTINGS = "business: {name: Lan}\ncurrency: EUR\ntime_zone: Europe/Ljubljana\n"

_awkward = st.sampled_from(
    [
        "a, b; c: d \\ e", "C:\\News\\new", "\\n", "\\N", "Šuštar — 北京", "= 1+1", "two\nlines",
        "BEGIN:VEVENT", "\u202eabc", "\u200fשלום", 'the "quote"', "-- \nAna (ana)",
        "x\n\n-- \ny (z)",
        "line\n\n\nend\n", " spaced ", "é" * 80, "\U0001f600" * 40, "ATTENDEE:mailto:x@y.example",
        "^n ^' ^^", "a\tb",
    ]
)  # fmt: skip
_texts = st.one_of(
    _awkward, st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=30)
).filter(lambda text: text.strip() and not set(text) & set("\u2028\u2029\ufeff\x85"))
_words = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
_days = st.dates(date(1999, 1, 1), date(2040, 1, 1))


@st.composite
def _instants(draw: st.DrawFn) -> datetime:
    moment = draw(st.datetimes(datetime(1999, 1, 1), datetime(2040, 1, 1)))
    offset = draw(st.sampled_from([None, timedelta(0), timedelta(hours=5, minutes=30)]))
    whole = moment.replace(microsecond=0, second=draw(st.sampled_from([0, 0, 17])), tzinfo=UTC)
    if offset is None:
        local = whole.astimezone(ZONE)
        return datetime.fromisoformat(local.isoformat())
    return datetime.fromisoformat((whole + offset).replace(tzinfo=None).isoformat() + _sign(offset))


def _sign(offset: timedelta) -> str:
    minutes = offset // timedelta(minutes=1)
    return f"+{minutes // 60:02}:{minutes % 60:02}"


_moments = st.one_of(_days, _instants())
_rules = st.sampled_from(
    [
        "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", "FREQ=MONTHLY;BYDAY=3MO;COUNT=5",
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "FREQ=YEARLY;UNTIL=20350101",
        "FREQ=DAILY;UNTIL=20350101T120000Z", "freq=weekly;byday=tu", "FREQ=DAILY;COUNT=1",
    ]
)  # fmt: skip
_reminders = st.sampled_from(["1 day", "30 days", "1 week", "P2M", "monthly", "1 year"])


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


_log = st.lists(
    st.sampled_from(["2026-11-06 done", "2026-11-18 done 2026-11-20", "2026-11-20 skipped", "?"]),
    min_size=1,
    max_size=3,
).map(lambda lines: [{"value": line} for line in lines])
_tasks = st.builds(
    lambda title, more: {"title": title, **more},
    _texts,
    _some(
        kind=st.sampled_from(["todo", "call", "follow_up"]),
        status=st.sampled_from(["open", "in_progress", "deferred", "completed", "cancelled"]),
        priority=st.sampled_from(["low", "normal", "high", "urgent"]),
        percent_complete=st.integers(0, 100),
        start=_moments,
        due=_moments,
        completed=_moments,
        rrule=_rules,
        repeat_from=st.sampled_from(["due", "completion"]),
        recurrence_id=_moments,
        occurrences=_log,
        organizer=_words,
        assignee=_words,
        delegated_from=_words,
        delegation_status=st.sampled_from(["accepted", "declined"]),
        remind_before=_reminders,
        notes=_texts,
    ),
)
_interactions = st.builds(
    lambda at, more: {"at": at, **more},
    _moments,
    _some(
        kind=st.sampled_from(["call", "meeting", "note", "sms"]),
        direction=st.sampled_from(["inbound", "outbound"]),
        status=st.sampled_from(["planned", "held", "not_held"]),
        outcome=st.sampled_from(["reached", "voicemail"]),
        duration=st.sampled_from([1, 15, 90, 1440, 2880, 2881]),
        subject=st.one_of(_texts, st.just("Call: Ana Novak"), st.just("Note: Ana Novak")),
        summary=_texts,
        owner=_words,
        touchpoint=_texts,
        participants=st.lists(_texts, min_size=1, max_size=3),
        sentiment=st.sampled_from(["positive", "negative"]),
        message_id=_words,
        notes=_texts,
    ),
)
_partial = st.builds(
    PartialDate,
    st.one_of(st.none(), st.just(1604), st.integers(1300, 2030)),
    st.integers(1, 12),
    st.integers(1, 31),
)
_anniversaries = st.one_of(
    st.builds(
        lambda day, more: {"date": day, **more},
        _partial.filter(lambda day: not_gregorian(day) is None),
        _some(
            kind=st.sampled_from(["birth", "wedding", "death", "custom"]),
            label=st.one_of(_texts, st.just("Birthday")),
            remind_before=_reminders,
            notes=_texts,
        ),
    ),
    st.builds(
        lambda day, more: {"date": day, "calendar": "persian", **more},
        _partial.filter(lambda day: is_persian(day) and (day.year or 0) < 1500),
        _some(kind=st.sampled_from(["birth", "custom"]), label=_texts, remind_before=_reminders),
    ),
)
_records = st.builds(
    lambda name, tasks, interactions, days, more: {
        "name": name,
        **more,
        **{key: value for key, value in (
            ("anniversaries", days), ("interactions", interactions), ("tasks", tasks),
        ) if value},
    },
    st.sampled_from(["Ana Novak", "Šuštar, d.o.o.", "Ana (the other)", "x: y", "Two\nLines"]),
    st.lists(_tasks, max_size=2),
    st.lists(_interactions, max_size=2),
    st.lists(_anniversaries, max_size=2),
    _some(birth_date=_partial.filter(lambda day: not_gregorian(day) is None)),
)  # fmt: skip


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CRM_CACHE_DIR", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    yield tmp_path


def _made(root: Path, record: dict[str, Any]) -> Workspace:
    """A directory with one customer."""
    (root / CUSTOMERS.path).mkdir(parents=True, exist_ok=True)
    (root / "crm.yaml").write_text(SETTINGS, encoding="utf-8")
    path = root / CUSTOMERS.file("ana")
    path.unlink(missing_ok=True)
    workspace = open_workspace(directory=root, today="2026-11-20")
    node = new_record(CUSTOMER, record, workspace.business)
    workspace.write(Change("make", (Create(CUSTOMERS.file("ana"), node),)))
    return open_workspace(directory=root, today="2026-11-20")


def _said(item: Item) -> dict[str, Any]:
    """An item's values with what an absent one means, as one compares them."""
    said: dict[str, Any] = {}
    for field in item.kind.fields:
        value = item.get(field.key)
        if isinstance(field.type, ListOf):
            value = [one.values.get("value") for one in value or ()]
        if isinstance(value, str):
            value = value.replace("\r\n", "\n")
        said[field.key] = value
    return said


def _exchanged(record: Item) -> dict[str, Any]:
    # The dead have no birthdays.
    died = has_died(record, date(2026, 11, 20))
    return {
        "birth_date": None if died else record.values.get("birth_date"),
        "anniversaries": sorted(
            (_said(one) for one in record.items("anniversaries")), key=lambda said: str(said)
        ),
        "tasks": {one.id: _said(one) for one in record.items("tasks")},
        "interactions": {one.id: _said(one) for one in record.items("interactions")},
    }


@shares.examples(
    15,
    soak=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(record=_records)
def test_nothing_is_lost(ground: Path, record: dict[str, Any]) -> None:
    here = _made(ground / "here", record)
    pieces = [
        "".join(exporting.export(here, name, format="ics").pieces)
        for name in ("tasks", "interactions", "anniversaries")
    ]
    file = ground / "all.ics"
    file.write_text("".join(pieces), encoding="utf-8", newline="")

    same = plan_calendar(here, read_calendar(here, "calendar", file))
    assert same.rejected == ()
    assert same.ids == (), same
    assert same.change.steps == ()

    there = _made(ground / "there", {"name": record["name"]})
    plan = plan_calendar(there, read_calendar(there, "calendar", file))
    assert plan.rejected == ()
    there.write(plan.change)
    again = open_workspace(directory=there.root, today="2026-11-20")
    assert _exchanged(again.record("ana")) == _exchanged(here.record("ana"))
    assert plan_calendar(again, read_calendar(again, "calendar", file)).change.steps == ()
