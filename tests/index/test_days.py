"""Figures of the day: what the index keeps of a record holds from one change to the next."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from crm_cli.index.database import Index, open_index
from crm_cli.store.tree import Folder

from .directories import age, write

DAYS = [date(2026, 1, 1) + timedelta(days=days) for days in range(0, 60, 5)]
ANA = """\
name: Ana
purchases:
  - {kind: invoice, number: "1", date: 2026-01-10, due_date: 2026-01-20, amount: 100}
  - {kind: order, number: O2, date: 2026-01-25, amount: 40}
payments: [{date: 2026-02-05, amount: 100, for: "1"}]
interactions:
  - 2026-01-05 call in: Asked for beans
  - 2026-02-15 call in: Asked again
"""
FILES = {
    "crm.yaml": "currency: EUR\n",
    "customers/ana.yaml": ANA,
    "customers/bor.yaml": "name: Bor\n",
}
FIGURES = '"spend", "orders", "balance", "last_purchase", "last_contact"'


def on(day: date, root: Path, cache: Path | None) -> Index:
    return open_index(Folder(root), cache, today=lambda business: day)


def figures(index: Index) -> list[Any]:
    found = index.connection.execute(f'SELECT {FIGURES} FROM "customer" ORDER BY "id"').fetchall()
    of_each = '"counts", "settlement", "past_due"'
    counts = index.connection.execute(f'SELECT {of_each} FROM "purchase"').fetchall()
    return [*found, *counts]


def test_an_index_is_brought_to_each_day_as_one_made_on_it(tmp_path: Path) -> None:
    root, cache = write(tmp_path / "data", FILES), tmp_path / "cache"
    age(root)
    told = set()
    for day in (*DAYS, *reversed(DAYS), DAYS[3], DAYS[9]):
        with on(day, root, cache) as warm, on(day, root, None) as cold:
            assert figures(warm) == figures(cold), day
            told.add(repr(figures(warm)))
    assert len(told) == 7


def test_nothing_is_read_again_between_two_changes(tmp_path: Path) -> None:
    root, cache = write(tmp_path / "data", FILES), tmp_path / "cache"
    on(date(2026, 1, 21), root, cache).close()
    for day, read in (
        (date(2026, 1, 24), 0),
        (date(2026, 1, 25), 1),
        (date(2026, 2, 4), 0),
        (date(2026, 1, 25), 0),
        (date(2026, 1, 24), 1),
    ):
        with on(day, root, cache) as index:
            assert index.changed == read, day


def test_a_day_long_past_leaves_the_index_of_today_alone(tmp_path: Path) -> None:
    """Else each question about the past would have all files read twice."""
    files = {f"customers/c{number}.yaml": ANA for number in range(401)}
    root, cache = write(tmp_path / "data", {"crm.yaml": "currency: EUR\n", **files}), tmp_path / "c"
    with on(date(2026, 3, 1), root, cache) as index:
        present = index.path
    for expected in (401, 0):
        with on(date(2026, 1, 1), root, cache) as index:
            assert index.path != present
            assert index.changed == expected
            assert set(figures(index)[:401]) == {(0, 0, 0, None, None)}
    with on(date(2026, 3, 1), root, cache) as index:
        assert (index.path, index.changed) == (present, 0)
