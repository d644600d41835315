"""Margins of `crm report products`, by whatever it is grouped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Crm


@pytest.fixture
def sold(shop: Path, crm: Crm) -> Path:
    """A shop that sold tea at 40 %, coffee at 50 %, and something without a cost."""
    for path in (shop / "customers").glob("*.yaml"):
        path.unlink()
    (shop / "products.yaml").write_text(
        "tea: {name: Tea, category: drinks, price: 10, cost: 6}\n"
        "cof: {name: Coffee, category: drinks, price: 20, cost: 10}\n"
        "cup: {name: Cup, category: goods, price: 5}\n"
    )
    (shop / "customers/bar.yaml").write_text(
        "name: Bar A\nowner: petra\ntags: [x, y]\nprice_list: none\npurchases:\n"
        "  - id: p-1111111\n    kind: sale\n    date: 2026-11-02\n    lines:\n"
        "      - {product: tea, quantity: 10, unit_price: 10}\n"
        "      - {product: cof, quantity: 10, unit_price: 20}\n"
        "      - {product: cup, quantity: 10, unit_price: 5}\n"
    )
    return shop


@pytest.mark.parametrize(
    ("by", "margins"),
    [
        ("product", {"tea": "0.4000", "cof": "0.5000", "cup": None}),
        ("category", {"drinks": "0.4667", "goods": None}),
        ("owner", {"petra": "0.4667"}),
        ("customer", {"bar": "0.4667"}),
        ("tag", {"x": "0.4667", "y": "0.4667"}),
        ("month", {"2026-11": "0.4667"}),
    ],
)
def test_every_grouping_has_its_margin(
    sold: Path, crm: Crm, by: str, margins: dict[str, str | None]
) -> None:
    rows = json.loads(crm("report", "products", "--by", by, "--json").out)
    assert {row[by]: row["margin"] for row in rows} == margins


def test_groups_within_groups_and_the_total_have_theirs(sold: Path, crm: Crm) -> None:
    rows = json.loads(crm("report", "products", "--by", "product,owner", "--json").out)
    assert {row["product"]: row["margin"] for row in rows}["tea"] == "0.4000"
    lines = crm("report", "products", "--by", "tag").out.splitlines()
    assert "46.7%" in next(one for one in lines if one.startswith("total"))


def test_what_the_margin_is_of_is_told(sold: Path, crm: Crm) -> None:
    done = crm("report", "products")
    assert "margin: of 300.00 of 350.00 EUR, whose products have a cost" in done.out + done.err
