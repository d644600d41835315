"""The first and the last purchase: the same by their names and by their dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from .conftest import TODAY
from .generated import opened

SOLD, BACK = TODAY - timedelta(days=30), TODAY - timedelta(days=3)


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ("last_purchase", SOLD),
        ("last(purchases.date)", SOLD),
        ("max(purchases.date)", SOLD),
        ("first(purchases.date where date > 2020)", SOLD),
        ("last(purchases.text)", "p0"),
        ("last(purchases.date where kind = credit_note)", BACK),
        ("last(purchases.date where is(credit_note))", BACK),
        ("last(purchases.date where kind != sale)", BACK),
        ("min(purchases.net)", -5),
        ("count(purchases)", 2),
    ],
)
def test_a_credit_note_is_no_purchase(column: str, wanted: date | str | int) -> None:
    sold = {"date": SOLD, "amount": "10", "lines": []}
    back = {"date": BACK, "amount": "5", "kind": "credit_note", "lines": []}
    with opened([{"name": "A", "purchases": [sold, back]}]) as (shop, _):
        assert shop.ask(cols=column).rows == [(wanted,)]
