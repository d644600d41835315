"""Birthdays: those that `crm due` tells of, the customer's own and those among anniversaries."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_cli.index.database import open_index
from crm_cli.store.tree import Folder

from .conftest import Shop

CUSTOMERS = {
    "own": "birth_date: 1980-11-20",
    "listed": "anniversaries: [{kind: birth, date: --11-20, label: Maja}]",
    "other": "anniversaries: [{kind: wedding, date: 2001-11-20}]",
    "later": "birth_date: 1980-12-20\nanniversaries: [{kind: birth, date: 2010-12-24}]",
    "none": "notes: x",
}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    (tmp_path / "customers").mkdir()
    for id, text in CUSTOMERS.items():
        (tmp_path / f"customers/{id}.yaml").write_text(f"name: {id}\n{text}\n")
    return Shop(open_index(Folder(tmp_path), None))


@pytest.mark.parametrize(
    ("term", "wanted"),
    [
        ("birthday:next-7d", ["listed", "own"]),
        ("birthday:20.11.", ["listed", "own"]),
        ("birthday:--12-24", ["later"]),
        ("birthday.not:next-7d", ["later"]),
        ("birthday:2010", []),
        ("has:birthday", ["later", "own"]),
    ],
)
def test_a_birthday_among_anniversaries_is_one(shop: Shop, term: str, wanted: list[str]) -> None:
    assert shop.ids(term) == wanted
