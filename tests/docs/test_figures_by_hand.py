"""The worked examples of docs/figures.md and docs/reports.md, computed once more from the records:
rows of the documented views, and nothing of what reports or queries are made with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations, pairwise
from pathlib import Path
from shutil import copytree
from statistics import median
from typing import Any

import pytest

from crm_cli.features.sql import ask
from crm_cli.features.suggesting import suggest
from crm_cli.workspace import Workspace, open_workspace
from tests.features.reporting import table

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 20)
BOUNDS = {"r": (30, 90, 180, 365), "f": (1, 2, 4, 8), "m": (50, 200, 1000, 3000)}
RULES = """\
champions 45 45 45, potential_loyalist 345 345 2345, loyal 234 234 234, promising 34 123 345,
new 45 123 12345, cannot_lose 12 345 45, at_risk 12 2345 45, needs_attention 123 345 345,
about_to_sleep 23 123 1234, lost 1 12345 12345, loyal 345 45 1, about_to_sleep 2 12345 12345"""
PROFILE = "horeca:\n  rules:\n    - {query: 'kind:organization', weight: 2}\n" \
    "    - {query: +horeca, weight: 3}\n    - {query: ['country:SI,HR']}\n"  # fmt: skip


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("example") / "data"
    copytree(ROOT / "data-example", folder)
    (folder / "profiles.yaml").write_text(PROFILE)
    environ = {"CRM_CACHE_DIR": str(folder / "cache"), "CRM_TODAY": TODAY.isoformat()}
    workspace = open_workspace(directory=folder, environ=environ)
    yield workspace
    workspace.close()


@pytest.fixture(scope="module")
def sold(example: Workspace) -> dict[str, list[tuple[date, Decimal, str]]]:
    """By customer: (day, net in euros, kind) of each purchase that counts by now."""
    sql = "SELECT customer, date, net_base, kind FROM purchases WHERE counts ORDER BY date"
    found: dict[str, list[tuple[date, Decimal, str]]] = {}
    for customer, day, net, kind in ask(example, sql).rows:
        amount = Decimal(str(net)).quantize(Decimal("0.01"))
        found.setdefault(customer, []).append((date.fromisoformat(day), amount, kind))
    return found


@pytest.fixture(scope="module")
def baskets(example: Workspace) -> list[set[str]]:
    """The products of each purchase."""
    sql = (
        "SELECT purchase, customer, product FROM lines WHERE purchase IN (SELECT id FROM purchases"
        " WHERE counts AND kind <> 'credit_note') AND product IS NOT NULL"
    )
    found: dict[Any, set[str]] = {}
    for purchase, customer, product in ask(example, sql).rows:
        found.setdefault((customer, purchase), set()).add(product)
    return list(found.values())


def _orders(bought: list[tuple[date, Decimal, str]]) -> list[date]:
    return [day for day, _, kind in bought if kind != "credit_note"]


def _above(value: int | Decimal, bounds: tuple[int, ...]) -> int:
    return 1 + sum(value > bound for bound in bounds)


def _segment(scores: tuple[int, ...]) -> str:
    for rule in RULES.replace("\n", " ").split(","):
        name, *sides = rule.split()
        if all(str(score) in side for score, side in zip(scores, sides, strict=True)):
            return name
    raise AssertionError(scores)


def test_rfm(example: Workspace, sold: dict[str, list[tuple[date, Decimal, str]]]) -> None:
    text = " ".join(f"{side}={','.join(map(str, bounds))}" for side, bounds in BOUNDS.items())
    found = table(example, "rfm", options={"bounds": text})
    assert len(found.rows) == len(sold) == 19
    for row in found.rows:
        bought = sold[row["customer"]]
        days = (TODAY - max(_orders(bought))).days
        net = sum(amount for _, amount, _ in bought)
        assert (row["recency"], row["frequency"], row["monetary"]) == (
            days, len(_orders(bought)), net,
        )  # fmt: skip
        scores = (6 - _above(days, BOUNDS["r"]), _above(len(_orders(bought)), BOUNDS["f"]),
                  _above(net, BOUNDS["m"]))  # fmt: skip
        assert (row["r_score"], row["f_score"], row["m_score"]) == scores
        assert row["segment"] == _segment(scores)
    acme = next(row for row in found.rows if row["customer"] == "acme-coworking")
    assert (acme["recency"], acme["r_score"], acme["f_score"], acme["m_score"]) == (23, 5, 2, 5)
    assert acme["segment"] == "new"


def test_churn(example: Workspace, sold: dict[str, list[tuple[date, Decimal, str]]]) -> None:
    found = {row["customer"]: row for row in table(example, "churn").rows}
    known = {id: sorted({*_orders(bought)}) for id, bought in sold.items()}
    assert {id for id, days in known.items() if len(days) >= 3} <= found.keys()
    for id, row in found.items():
        days = known[id]
        assert row["silent"] == (TODAY - days[-1]).days
        since = date(2025, 11, 20)
        lately = sum(amount for day, amount, _ in sold[id] if since < day <= TODAY)
        assert row["at_stake"] == lately
        if len(days) < 3:
            assert row["lost"]
            continue
        gaps = [(later - earlier).days for earlier, later in pairwise(days)]
        usual = int(Decimal(str(median(gaps))).quantize(Decimal(1), ROUND_HALF_UP))
        silence = (Decimal(row["silent"]) / usual).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert row["silence"] == silence
        assert row["at_risk"] == (row["lost"] or row["silent"] > 2 * usual)


def test_pairs(example: Workspace, baskets: list[set[str]]) -> None:
    found = table(example, "pairs", options={"min": "1"})
    assert found.rows
    for row in found.rows:
        one, other = row["product"], row["with"]
        both = sum({one, other} <= held for held in baskets)
        ones, others = (sum(sku in held for held in baskets) for sku in (one, other))
        whole = Decimal(len(baskets))
        assert (row["baskets"], row["of"]) == (both, ones)
        for key, value, unit in (
            ("support", both / whole, "0.0001"), ("confidence", both / Decimal(ones), "0.0001"),
            ("back", both / Decimal(others), "0.0001"),
            ("lift", both * whole / (ones * others), "0.01"),
        ):  # fmt: skip
            assert row[key] == value.quantize(Decimal(unit), ROUND_HALF_UP), (one, other, key)
    counted = {
        frozenset(pair)
        for held in baskets
        for pair in combinations(sorted(held), 2)
    }
    assert {frozenset((row["product"], row["with"])) for row in found.rows} == counted


def test_suggest(example: Workspace) -> None:
    directory = {
        sku: row
        for sku, *row in ask(
            example, "SELECT id, consumable, complements, disabled, reorder_every FROM products"
        ).rows
    }
    sql = (
        "SELECT l.product, MAX(p.date) FROM lines l JOIN purchases p ON p.id = l.purchase"
        " WHERE p.customer = 'ana-novak' AND l.customer = 'ana-novak' AND p.counts"
        " AND p.kind <> 'credit_note' GROUP BY l.product"
    )
    owned = dict(ask(example, sql).rows)
    found = suggest(example, "ana-novak").offers
    for one in found:
        consumable, _, disabled, every = directory[one.product]
        assert not disabled
        if one.product in owned:
            assert consumable or every, "what they have is offered only if it is used up"
        if one.why == "complement":
            assert any(
                one.product in str(directory[sku][1] or "").split("; ")
                for sku in owned if sku in directory
            )  # fmt: skip
        if one.why == "again":
            assert one.last is not None and owned[one.product] == one.last.isoformat()
    kinds = [one.why for one in found if one.product not in owned]
    assert kinds == sorted(kinds, key=("complement", "together").index)


def test_fit(example: Workspace, sold: dict[str, list[tuple[date, Decimal, str]]]) -> None:
    sql = "SELECT id, kind, tags, country FROM customers"
    best: list[Decimal] = []
    rest: list[Decimal] = []
    for id, kind, tags, country in ask(example, sql).rows:
        met = 2 * (kind == "organization") + 3 * ("horeca" in str(tags or "").split("; "))
        met += country in ("SI", "HR")
        net = sum((amount for _, amount, _ in sold.get(id, ())), Decimal(0))
        (best if 100 * met / 6 >= 79.5 else rest).append(net)
    rows = table(example, "fit").rows
    assert [(row["match"], row["customers"], row["net"]) for row in rows] == [
        ("best", len(best), sum(best)), ("rest", len(rest), sum(rest)),
    ]  # fmt: skip
    nothing = Decimal(0)
    ratio = (sum(best, nothing) / len(best)) / (sum(rest, nothing) / len(rest))
    assert abs(rows[0]["times"] - ratio) < Decimal("0.02")


def test_clv_says_that_it_cannot_tell(
    example: Workspace, sold: dict[str, list[tuple[date, Decimal, str]]]
) -> None:
    back = sum(len({*_orders(bought)}) > 1 for bought in sold.values())
    found = table(example, "clv")
    said = f"these data do not tell: {back} customers came back, and it takes 50"
    assert found.notes == [said]
    for row in found.rows:
        assert row["historic"] == sum(amount for _, amount, _ in sold[row["customer"]])


def test_top_concentration_and_cohorts(
    example: Workspace, sold: dict[str, list[tuple[date, Decimal, str]]]
) -> None:
    nets = {id: sum((amount for _, amount, _ in one), Decimal(0)) for id, one in sold.items()}
    whole = sum(nets.values())
    so_far = Decimal(0)
    for row in table(example, "top").rows:
        assert row["net"] == nets[row["customer"]]
        so_far += row["net"]
        assert row["cumulative"] == (so_far / whole).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    (row,) = table(example, "concentration", by="customer").rows
    hhi = sum((net / whole) ** 2 for net in nets.values() if net > 0)
    assert row["hhi"] == Decimal(hhi).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    cohorts: dict[str, list[set[int]]] = {}
    for bought in sold.values():
        quarters = sorted((day.year * 4 + (day.month - 1) // 3) for day in _orders(bought))
        first = quarters[0]
        name = f"{first // 4}-q{first % 4 + 1}"
        cohorts.setdefault(name, []).append({quarter - first for quarter in quarters})
    for row in table(example, "cohort", by="quarter").rows:
        held = cohorts[row["quarter"]]
        assert row["customers"] == len(held)
        if row.get("q1") is not None:
            share = Decimal(sum(1 in one for one in held)) / len(held)
            assert row["q1"] == share.quantize(Decimal("0.0001"), ROUND_HALF_UP)
