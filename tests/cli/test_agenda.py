"""`crm agenda`: the days to come."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Crm

ANA = """\
name: Ana
owner: petra
birth_date: 1984-11-22
interactions:
  - {at: 2026-11-23T10:00+01:00, kind: meeting, status: planned, subject: Flat, duration: 90min}
  - {at: 2026-11-23T13:00+01:00, kind: call, status: planned, subject: Sheets}
tasks:
  - {id: t-1111111, title: Call the joiner, kind: call, due: 2026-11-20T14:00+01:00}
  - {id: t-2222222, title: Send it, due: 2026-11-23T15:00+01:00}
  - {id: t-3333333, title: Water, due: 2026-11-20, rrule: FREQ=DAILY;INTERVAL=2}
"""


@pytest.fixture
def ana(shop: Path) -> None:
    for path in (shop / "customers").glob("*.yaml"):
        path.unlink()
    (shop / "customers" / "ana.yaml").write_text(ANA)
    with (shop / "crm.yaml").open("a") as file:
        file.write('working_hours:\n  mon-thu: ["09:00-12:00", "12:30-16:00"]\n')
        file.write("  fri: 09:00-15:00\n")


@pytest.mark.usefixtures("ana")
def test_a_week_with_what_is_free(crm: Crm) -> None:
    done = crm("agenda", "--gaps", "--days", "4", "--json")
    assert done.code == 0
    rows = json.loads(done.out)
    assert [(row["when"][5:16], (row["until"] or "")[11:16], row["what"]) for row in rows] == [
        ("11-20", "", "Water"),
        ("11-20T12:00", "14:00", "until 14:00"),
        ("11-20T14:00", "14:30", "Call the joiner"),
        ("11-20T14:30", "15:00", "until 15:00"),
        ("11-22", "", "birthday, turns 42"),
        ("11-22", "", "Water"),
        ("11-23T09:00", "10:00", "until 10:00"),
        ("11-23T10:00", "11:30", "meeting: Flat"),
        ("11-23T11:30", "12:00", "until 12:00"),
        ("11-23T12:30", "13:00", "until 13:00"),
        ("11-23T13:00", "14:00", "call: Sheets"),
        ("11-23T14:00", "16:00", "until 16:00"),
        ("11-23T15:00", "", "Send it"),
    ]
    assert {row["who"] for row in rows if row["kind"] == "free"} == {None}


@pytest.mark.usefixtures("ana")
def test_for_people(crm: Crm) -> None:
    done = crm("agenda", "--days", "1", "--owner", "petra")
    assert done.lines == [
        "Fri 2026-11-20, today",
        f"               todo  {'Ana: Water':<48}  t-3333333",
        f"  14:00-14:30  call  {'Ana: Call the joiner':<48}  t-1111111",
    ]
    late = crm("agenda", "--days", "1", "--today", "2026-11-21").lines
    assert late[0] == "overdue"
    assert late[1].startswith("  2026-11-20   todo  Ana: Water")
    assert max(map(len, late)) <= 80
    assert crm("agenda", "--owner", "marko").out == ""
    assert crm("agenda", "-o", "ids", "--days", "1").out == "t-3333333\nt-1111111\n"


@pytest.mark.parametrize("days", ["0", "-1", "5000", "x"])
def test_days_that_are_none(crm: Crm, days: str) -> None:
    assert crm("agenda", "--days", days).code == 2


@pytest.mark.usefixtures("ana")
def test_what_is_due_stands_before_the_free_time_that_begins_then(crm: Crm, shop: Path) -> None:
    (shop / "customers" / "jan.yaml").write_text(
        "name: Jan\ntasks:\n  - {id: t-4444444, title: Keep a place, due: 2026-11-20T12:00+01:00}\n"
    )
    rows = json.loads(crm("agenda", "--gaps", "--days", "1", "--cols", "when,kind", "--json").out)
    at_noon = [row["kind"] for row in rows if "T12:00" in row["when"]]
    assert at_noon == ["todo", "free"]


@pytest.mark.usefixtures("ana")
def test_days_on_which_clocks_change(crm: Crm, shop: Path) -> None:
    settings = shop / "crm.yaml"
    text = settings.read_text().partition("working_hours:")[0]
    settings.write_text(text + 'working_hours:\n  sun: ["02:30-05:00"]\n')
    (shop / "customers" / "jan.yaml").write_text(
        "name: Jan\ntasks:\n"
        "  - {id: t-4444444, title: Feed, due: 2026-03-28T02:30+01:00, rrule: FREQ=DAILY}\n"
    )
    words = ("agenda", "--gaps", "--days", "3", "--today", "2026-03-28T01:00", "customer:jan")
    shown = [line for line in crm(*words).lines if "Feed" in line or "free" in line]
    assert [line.split()[0] for line in shown] == ["02:30", "03:30", "03:30-05:00", "02:30"]
