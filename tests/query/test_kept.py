"""Totals that customers keep, against those of their purchases."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.model.line import LINE
from crm_cli.model.purchase import PURCHASE
from crm_cli.query import group as grouping
from crm_cli.query.group import GroupQuery, group
from crm_cli.query.kept import kept_totals
from tests.shares import examples

from .conftest import Shop
from .generated import DIRECTORIES, in_euros, opened

ASKED = ("share:spend", "orders", "customers", "spend")
BOOKS = st.one_of(DIRECTORIES, DIRECTORIES.map(lambda found: list(map(in_euros, found))))


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    """These tests are of what SQLite is asked."""


def _total(shop: Shop, *terms: str) -> tuple[Any, ...] | None:
    query = GroupQuery(
        PURCHASE, ["product"], ASKED, shop.node(terms, "", "purchase"), parts=LINE
    )
    return group(shop.database, query, shop.scope("purchase")).total


@examples(20, soak=200)
@given(customers=BOOKS)
def test_totals_of_customers_are_those_of_their_purchases(customers: list[dict[str, Any]]) -> None:
    with opened(customers) as (shop, _), pytest.MonkeyPatch.context() as patch:
        found = _total(shop)
        patch.setattr(grouping, "kept_totals", lambda *_: None)
        assert found == _total(shop)


@pytest.mark.parametrize("terms", [(), ("kind:invoice",), ("date.after:2026-01-01",)])
def test_only_of_all_purchases_are_they_kept(terms: tuple[str, ...]) -> None:
    bought = {"kind": "invoice", "date": "2026-11-02", "amount": "5", "lines": []}
    with opened([{"name": "Ana", "purchases": [bought]}]) as (shop, _):
        node = shop.node(terms, "", "purchase")
        asked = (shop.database, PURCHASE, ["spend", "orders", "customers"], node)
        wanted = None if terms else (500, 1, 1)
        assert kept_totals(*asked, shop.scope("purchase")) == wanted
