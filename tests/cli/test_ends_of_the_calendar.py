"""Dates of all the calendar, and days that other systems write for never and for ever."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Crm

_ENDS = ("1000-01-01", "1000-01-02", "1604-02-29", "9998-12-31", "9999-01-01", "9999-12-31")
_days = st.one_of(st.sampled_from(_ENDS), st.dates().map(str))
_ASKED = (
    ("due", "--within", "9999 years"),
    ("agenda", "--days", "366", "--gaps"),
    ("list", "--columns", "name,next_due,last_contact,next_purchase,last_purchase,spend"),
    ("show", "end"),
    ("timeline", "end"),
    ("export", "calendar"),
    ("export", "customers"),
    ("balance",),
    ("purchase", "list"),
    ("task", "list"),
    ("report", "activity"),
    ("report", "monthly"),
    ("check",),
)
"""Every source of due, and what shows derived values."""
_RECORD = """\
name: End
birth_date: {0}
created: {1}
contact_every: 9999 years
credit: {{terms_days: 365, end_of_month: true}}
anniversaries: [{{date: {2}, label: since, remind_before: 400 days}}]
tasks:
  - {{title: A, start: {3}, due: {4}, rrule: FREQ=DAILY, remind_before: 9 years}}
  - {{title: B, due: {5}, every: every month, repeat_from: completion}}
  - {{title: C, due: {4}T10:30+02:00, rrule: FREQ=YEARLY, time_zone: America/New_York}}
  - {{title: D, start: {3}, due: {5}, rrule: FREQ=WEEKLY, repeat_from: start}}
  - {{title: E, due: {5}T23:59+00:00, status: completed, completed: {4}}}
interactions:
  - {{at: {3}, kind: call, status: planned, duration: 1h}}
  - {{at: {5}T23:30-12:00, kind: meeting, status: planned}}
  - {{at: {4}, kind: call}}
purchases:
  - {{date: {0}, kind: invoice, amount: 10, number: 1}}
  - {{date: {1}, kind: invoice, amount: 10, due_date: {5}, number: 2}}
  - {{date: {2}, amount: 10}}
payments: [{{date: {3}, amount: 5}}]
"""


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(days=st.lists(_days, min_size=6, max_size=6), today=st.sampled_from(("", *_ENDS)))
def test_no_date_harms_what_is_not_about_it(
    crm: Crm, shop: Path, days: list[str], today: str
) -> None:
    (shop / "customers" / "end.yaml").write_text(_RECORD.format(*days))
    for words in _ASKED:
        run = crm(*(("--today", today) if today else ()), *words)
        assert "internal error" not in run.err, (words, run.err)
        assert run.code in (0, 1, 4) or "there is no" in run.err, (words, run)
    assert "Maja Kos" in crm("list").out


@pytest.mark.parametrize("words", _ASKED, ids=" ".join)
def test_the_last_day_answers(crm: Crm, shop: Path, words: tuple[str, ...]) -> None:
    (shop / "customers" / "end.yaml").write_text(_RECORD.format(*["9999-12-31"] * 6))
    run = crm("--today", "9999-12-31", *words)
    assert run.code in (0, 1, 4) or "there is no" in run.err, run


@pytest.mark.parametrize("day", _ENDS)
def test_what_recurs_at_the_end_of_the_calendar_is_done(crm: Crm, shop: Path, day: str) -> None:
    (shop / "customers" / "end.yaml").write_text(_RECORD.format(*[day] * 6))
    run = crm("task", "done", "customer:end", "--yes")
    assert "internal error" not in run.err
    assert run.code in (0, 4), run  # 4: an instant there is told, and not read


def test_a_calendar_keeps_the_others_beside_a_day_that_no_calendar_has(
    crm: Crm, shop: Path
) -> None:
    (shop / "customers" / "end.yaml").write_text(_RECORD.format(*["9999-12-31"] * 6))
    run = crm("export", "calendar")
    assert run.code in (0, 4), run  # 4: an instant there is told, and not read
    assert "SUMMARY:Send the samples" in run.out
    assert "X-CRM-DUE:9999-12-31" in run.out
