"""Lateness: times by the minute, dates by the day; whatever zone they were written in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm_cli.index.database import open_index
from crm_cli.query.expression import parse_expression
from crm_cli.query.select import Query, select
from crm_cli.query.terms import parse_terms
from crm_cli.store.tree import Folder

from .conftest import Shop

ANA = """\
name: Ana
tasks:
  - {title: dated, due: 2026-11-18}
  - {title: before, due: 2026-11-17}
  - {title: here, due: "2026-11-18T10:30+01:00"}
  - {title: done, due: "2026-11-18T07:00+01:00", status: completed}
"""
ZONES = """\
name: Bor
tasks:
  - {title: tokyo, due: "2026-11-20T15:00+09:00"}
  - {title: lisbon, due: "2026-11-20T09:00+00:00"}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    (tmp_path / "customers").mkdir()
    (tmp_path / "crm.yaml").write_text("time_zone: Europe/Ljubljana\n")
    (tmp_path / "customers/ana.yaml").write_text(ANA)
    (tmp_path / "customers/bor.yaml").write_text(ZONES)
    return Shop(open_index(Folder(tmp_path), None))


@pytest.mark.parametrize(
    ("clock", "late"),
    [
        ("00:00", ["before"]),
        ("10:30", ["before"]),
        ("10:31", ["before", "here"]),
        ("23:59", ["before", "here"]),
    ],
)
def test_a_task_is_overdue_once_its_time_is_past(shop: Shop, clock: str, late: list[str]) -> None:
    now = datetime.fromisoformat(f"2026-11-18T{clock}:30+01:00")
    scope = shop.scope("task")._replace(now=now.astimezone(UTC))
    for node in (
        parse_terms(["is:overdue"], scope),
        parse_terms(["is:open", "due.before:now"], scope),
        parse_expression("is(open) and due < now", scope),
    ):
        query = Query(scope.base, node, ["title"], "due")
        assert [row[0] for row in select(shop.database, query, scope).rows] == late
    whole = Query(shop.scope().base, parse_terms(["id:ana"], shop.scope()), ["overdue_tasks"])
    assert select(shop.database, whole, scope).rows == [(len(late),)]


def test_what_is_due_next_is_the_earliest_instant(shop: Shop) -> None:
    """15:00 in Tokyo is before 09:00 in Lisbon."""
    (when,) = shop.values("next_due", "id:bor")
    assert when == datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
