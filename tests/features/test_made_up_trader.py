"""Reports over the sales of a trader as Northwind is one: made up here, with totals by plain
Python that shares nothing with the program."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest

from crm_cli.workspace import Workspace, open_workspace
from tests.features.reporting import table

COUNTRIES = ("AT", "BR", "DE", "FR", "GB", "US")
RATES = (None, "0", "9.5", "22")
CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def net(line: dict[str, Any]) -> Decimal:
    share = (100 - Decimal(line.get("discount", "0"))) / 100
    return cents(Decimal(line["quantity"]) * Decimal(line["unit_price"]) * share)


class Trader:
    """40 customers, two of them without an order, 12 products, 300 orders of one to five lines."""

    def __init__(self) -> None:
        random = Random(1996)
        self.products = {f"sku-{number:02}": f"{random.randint(250, 9000) / 100:.2f}"
                         for number in range(12)}  # fmt: skip
        self.countries = {f"c{number:02}": random.choice(COUNTRIES) for number in range(40)}
        self.orders: list[tuple[str, dict[str, Any]]] = []
        for number in range(300):
            who = f"c{random.randint(0, 37):02}"
            lines = []
            for sku in random.sample(sorted(self.products), random.randint(1, 5)):
                line = {"product": sku, "quantity": str(random.randint(1, 60))}
                line["unit_price"] = self.products[sku]
                if random.random() < 0.3:
                    line["discount"] = random.choice(("5", "12.5", "25"))
                if (rate := RATES[int(sku[-1]) % len(RATES)]) is not None:
                    line |= {"tax_category": "S", "tax_rate": rate}
                lines.append(line)
            day = date(2024, 7, 1) + timedelta(days=random.randint(0, 600))
            order = {"kind": "sale", "number": f"N-{number}", "date": day.isoformat()}
            self.orders.append((who, {**order, "lines": lines}))

    def write(self, root: Path) -> None:
        (root / "customers").mkdir(parents=True)
        (root / "crm.yaml").write_text("currency: EUR\n")
        products = {sku: {"name": sku, "price": price} for sku, price in self.products.items()}
        (root / "products.yaml").write_text(json.dumps(products))
        for id, country in self.countries.items():
            record: dict[str, Any] = {"name": id, "country": country}
            record |= {"purchases": [order for who, order in self.orders if who == id]}
            (root / "customers" / f"{id}.yaml").write_text(json.dumps(record))

    def lines(self) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
        for who, order in self.orders:
            for line in order["lines"]:
                yield who, order, line


TRADER = Trader()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    root = tmp_path_factory.mktemp("trader")
    TRADER.write(root / "data")
    environ = {"CRM_CACHE_DIR": str(root / "cache"), "CRM_TODAY": "2026-11-20"}
    opened = open_workspace(directory=root / "data", environ=environ)
    yield opened
    opened.close()


def test_what_customers_and_countries_bought(workspace: Workspace) -> None:
    by_customer: defaultdict[str, Decimal] = defaultdict(Decimal)
    by_country: defaultdict[str, Decimal] = defaultdict(Decimal)
    for who, _, line in TRADER.lines():
        by_customer[who] += net(line)
        by_country[TRADER.countries[who]] += net(line)
    whole = sum(by_country.values(), Decimal(0))
    for key, sums in (("customer", by_customer), ("country", by_country)):
        found = table(workspace, "top", by=key)
        assert {row[key]: row["net"] for row in found.rows if row["net"]} == dict(sums)
        assert [row["net"] for row in found.rows] == sorted(
            (row["net"] for row in found.rows), reverse=True
        )
        assert found.total is not None and found.total["net"] == whole
    (row,) = table(workspace, "concentration", by="country").rows
    shares = sorted((amount / whole for amount in by_country.values()), reverse=True)
    assert row["groups"] == len(by_country)
    squares = sum((share * share for share in shares), Decimal(0))
    assert abs(row["hhi"] - squares) <= Decimal("0.00005")
    assert abs(row["top_20"] - sum(shares[:2])) <= Decimal("0.00005"), "2 of 6 are 20 %, rounded up"


def test_products_and_their_months(workspace: Workspace) -> None:
    nets: defaultdict[str, Decimal] = defaultdict(Decimal)
    units: Counter[str] = Counter()
    buyers: defaultdict[str, set[str]] = defaultdict(set)
    months: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for who, order, line in TRADER.lines():
        sku = line["product"]
        nets[sku] += net(line)
        units[sku] += int(line["quantity"])
        buyers[sku].add(who)
        months[sku, order["date"][:7]] += net(line)
    found = {row["product"]: row for row in table(workspace, "products").rows}
    assert {sku: row["net"] for sku, row in found.items()} == nets
    assert {sku: int(row["units"]) for sku, row in found.items()} == units
    assert {sku: row["customers"] for sku, row in found.items()} == {
        sku: len(ids) for sku, ids in buyers.items()
    }
    last = ["2025-12", *(f"2026-{month:02}" for month in range(1, 12))]
    for sku, row in found.items():
        assert row["trend"] == [months[sku, month] for month in last]
    older = {row["product"]: row for row in table(workspace, "products", period="2025-q1").rows}
    for sku, row in older.items():
        assert row["trend"] == [months[sku, f"2025-0{month}"] for month in (1, 2, 3)]


def test_every_pair_of_products(workspace: Workspace) -> None:
    pairs: Counter[tuple[str, str]] = Counter()
    baskets: Counter[str] = Counter()
    for _, order in TRADER.orders:
        skus = sorted({line["product"] for line in order["lines"]})
        baskets.update(skus)
        pairs.update(combinations(skus, 2))
    rows = table(workspace, "pairs", options={"min": "1"}).rows
    told = {(row["product"], row["with"]): row for row in rows}
    for (one, other), count in pairs.items():
        row = told.get((one, other)) or told[other, one]
        first = baskets[row["product"]]
        assert row["baskets"] == count
        assert row["support"] == (Decimal(count) / 300).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        assert row["confidence"] == (Decimal(count) / first).quantize(
            Decimal("0.0001"), ROUND_HALF_UP
        )


def test_tax_is_rounded_for_each_rate_of_each_document(workspace: Workspace) -> None:
    nets: defaultdict[Any, Decimal] = defaultdict(Decimal)
    taxes: defaultdict[Any, Decimal] = defaultdict(Decimal)
    by_month: defaultdict[str, Decimal] = defaultdict(Decimal)
    for _, order in TRADER.orders:
        parts: defaultdict[Any, Decimal] = defaultdict(Decimal)
        for line in order["lines"]:
            parts[line.get("tax_rate")] += net(line)
        for rate, amount in parts.items():
            tax = cents(amount * Decimal(rate or 0) / 100)
            nets[rate] += amount
            taxes[rate] += tax
            by_month[order["date"][:7]] += tax
    found = table(workspace, "tax", by="rate", options={"basis": "date"})
    told = {None if row["rate"] is None else str(row["rate"]): row for row in found.rows}
    assert {rate: row["net"] for rate, row in told.items()} == nets
    assert {rate: row["tax"] for rate, row in told.items()} == taxes
    assert found.total is not None
    assert found.total["gross"] == sum(nets.values()) + sum(taxes.values())
    months = table(workspace, "tax", by="month", options={"basis": "date"})
    assert {row["month"]: row["tax"] for row in months.rows} == by_month
