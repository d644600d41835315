"""Conditions that no row can meet."""

from __future__ import annotations

import pytest

from crm_cli.query.never import never

from .conftest import Shop

NEVER = [
    ("stage:lead stage:customer", "and"),
    ("owner:petra owner:miha", "and"),
    ("is:customer stage:lead", "and"),
    ("tag:vip not:tag:vip", "and"),
    ("stage:lead not:stage:lead", "and"),
    ("spend:..100 spend:200..", "and"),
    ("last-contact.before:-60d last-contact.after:-30d", "and"),
    ("orders:0 orders:2", "and"),
]
MAY = [
    "tag:vip tag:cold",
    "stage:lead,customer stage:customer",
    "stage:lead,customer stage:customer,former",
    "city:Koper city:Bled",
    "task/status:open task/status:completed",
    "spend:..200 spend:100..",
    "spend:..100 spend:100..",
    "last-contact.before:-30d last-contact.after:-60d",
    "orders:1 spend:..5",
    "owner:petra not:owner:miha",
    "spend@2026:..5 spend@2025:10..",
    "",
]


@pytest.mark.parametrize(("query", "joined"), NEVER)
def test_what_excludes_itself(shop: Shop, query: str, joined: str) -> None:
    (said,) = never(shop.node(query.split()), shop.scope())
    assert (" and " in said) is bool(joined), said
    assert not shop.ids(*query.split())


@pytest.mark.parametrize("query", MAY)
def test_what_may_be(shop: Shop, query: str) -> None:
    assert never(shop.node(query.split()), shop.scope()) == []
