"""Birthdays: those that `crm due` tells of, the customer's own and those among anniversaries."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_cli.index.database import open_index
from crm_cli.model.errors import UsageError
from crm_cli.store.tree import Folder

from .conftest import Shop

CUSTOMERS = {
    "own": "birth_date: 1980-11-20",
    "listed": "anniversaries: [{kind: birth, date: --11-20, label: Maja}]",
    "other": "anniversaries: [{kind: wedding, date: 2001-11-20}]",
    "later": "birth_date: 1980-12-20\nanniversaries: [{kind: birth, date: 2010-12-24}]",
    "none": "notes: x",
    "persian": "anniversaries: [{kind: birth, date: 1363-08-29, calendar: persian}]",
    "norooz": "anniversaries: [{kind: birth, date: --01-01, calendar: persian}]",
    "esfand": "anniversaries: [{kind: birth, date: --12-30, calendar: persian}]",
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
        # 20 November 2026 is 29 Aban 1405, the year of which has 29 days of Esfand.
        ("birthday:next-7d", ["listed", "own", "persian"]),
        ("birthday:20.11.", ["listed", "own", "persian"]),
        ("birthday:--11-19", []),
        ("birthday:--11-21", []),
        ("birthday:--03-20", ["esfand"]),
        ("birthday:--03-21..--03-22", ["norooz"]),
        ("birthday:2027-03-21", []),
        ("birthday:--03-01..--03-31", ["esfand", "norooz"]),
        ("birthday:next-366d", ["esfand", "later", "listed", "norooz", "own", "persian"]),
        ("birthday.is:next-7d", ["own"]),
        ("birthday:--12-24", ["later"]),
        ("birthday.not:next-7d", ["esfand", "later", "norooz"]),
        ("birthday:2010", []),
        ("has:birthday", ["esfand", "later", "listed", "norooz", "own", "persian"]),
        ("no:birthday", ["none", "other"]),
    ],
)
def test_a_birthday_among_anniversaries_is_one(shop: Shop, term: str, wanted: list[str]) -> None:
    assert shop.ids(term) == wanted


@pytest.mark.parametrize(
    ("term", "wanted"),
    [
        ("anniversary:next-7d", ["listed", "other", "persian"]),
        ("anniversary:20.11.", ["listed", "other", "persian"]),
        ("anniversary/kind:wedding/date:next-7d", ["other"]),
        ("anniversary:--03-21..--03-22", ["norooz"]),
        ("anniversary:2001", ["other"]),
        ("anniversary:--01-01", []),
        ("has:anniversary", ["esfand", "later", "listed", "norooz", "other", "persian"]),
    ],
)
def test_any_anniversary_is_asked_as_birthdays_are(
    shop: Shop, term: str, wanted: list[str]
) -> None:
    assert shop.ids(term) == wanted


def test_what_is_no_day_is_refused(shop: Shop) -> None:
    with pytest.raises(UsageError):
        shop.ids("anniversary:next-7dd")


def test_the_birthday_that_a_query_finds_is_shown(shop: Shop) -> None:
    """One in the Persian calendar would be read as another day."""
    shown = dict(shop.ask(cols="id,birthday").rows)
    assert shown == {
        "own": "1980-11-20", "listed": "--11-20", "later": "1980-12-20", "other": None,
        "none": None, "persian": None, "norooz": None, "esfand": None,
    }  # fmt: skip
    assert shop.values("id", sort="birthday")[:3] == ["listed", "own", "later"]
