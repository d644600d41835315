"""Sums of purchases: what counts, in which group, in which currency."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_cli.model.errors import UsageError
from crm_cli.workspace import Workspace, open_workspace

from .sales import Sums, summarize

Opened = Callable[..., Workspace]

PRODUCTS = """\
linen-sheet:
  name: Linen sheet
  category: bedding
towel:
  name: Towel
  category: bath
"""

MAJA = """\
name: Maja Kos
owner: petra
tags: vip, coast
city: Koper
country: SI
purchases:
  - id: p-0000001
    kind: invoice
    number: "2026-0001"
    date: 2026-01-31
    lines:
      - linen-sheet:2:80.00
      - product: towel
        quantity: 2.5
        unit_price: 10.00
        discount: 10
      - linen-sheet:1:70.00
  - id: p-0000002
    date: 2026-04-01
    owner: marko
    amount: 100.00
    text: Sewing
  - id: p-0000003
    kind: credit_note
    date: 2026-05-02
    corrects: "2026-0001"
    lines:
      - linen-sheet:1:80.00
  - id: p-0000004
    date: 2026-05-02
    status: draft
    amount: 999.00
"""

BREG = """\
name: Hotel Breg
tags: vip
purchases:
  - id: p-0000005
    date: 2025-12-30
    currency: USD
    lines:
      - towel:10:11.00
  - id: p-0000006
    kind: order
    number: "77"
    date: 2026-04-02
    amount: 500.00
  - id: p-0000007
    kind: invoice
    date: 2026-04-03
    order: "77"
    amount: 500.00
"""


@pytest.fixture
def asked(shop: Path, workspace: Opened) -> Opened:
    for path in (shop / "customers").iterdir():
        path.unlink()
    (shop / "products.yaml").write_text(PRODUCTS, encoding="utf-8")
    (shop / "rates.yaml").write_text("2025-06-01: {USD: 1.10}\n", encoding="utf-8")
    (shop / "customers" / "maja-kos.yaml").write_text(MAJA, encoding="utf-8")
    (shop / "customers" / "hotel-breg.yaml").write_text(BREG, encoding="utf-8")
    return workspace


def by_group(found: tuple[Sums, ...]) -> dict[str | None, tuple[int, str, str]]:
    return {one.group: (one.orders, str(one.units), str(one.net)) for one in found}


def test_the_total_takes_credit_notes_off_and_counts_a_sale_once(asked: Opened) -> None:
    # 160 + 22.50 + 70 + 100 − 80, 110 USD at 1.10, 500: the order behind an invoice is not.
    found = summarize(asked())
    assert found.total == Sums(
        None, None, 4, Decimal("14.5"), Decimal("872.50"), Decimal("1.0000"),
        date(2025, 12, 30), date(2026, 4, 3),
    )  # fmt: skip
    assert found.groups == ()
    assert found.currency == "EUR"
    assert found.problems == ()


@pytest.mark.parametrize(
    ("by", "wanted"),
    [
        (
            "customer",
            {"hotel-breg": (2, "10", "600.00"), "maja-kos": (2, "4.5", "272.50")},
        ),
        (
            "product",
            {
                None: (2, "0", "600.00"),
                "linen-sheet": (1, "2", "150.00"),
                "towel": (2, "12.5", "122.50"),
            },
        ),
        (
            "category",
            {
                None: (2, "0", "600.00"),
                "bedding": (1, "2", "150.00"),
                "bath": (2, "12.5", "122.50"),
            },
        ),
        (
            "month",
            {
                "2025-12": (1, "10", "100.00"),
                "2026-01": (1, "5.5", "252.50"),
                "2026-04": (2, "0", "600.00"),
                "2026-05": (0, "-1", "-80.00"),
            },
        ),
        (
            "quarter",
            {
                "2025-q4": (1, "10", "100.00"),
                "2026-q1": (1, "5.5", "252.50"),
                "2026-q2": (2, "-1", "520.00"),
            },
        ),
        ("year", {"2025": (1, "10", "100.00"), "2026": (3, "4.5", "772.50")}),
        ("city", {None: (2, "10", "600.00"), "Koper": (2, "4.5", "272.50")}),
        ("country", {None: (2, "10", "600.00"), "SI": (2, "4.5", "272.50")}),
        (
            "owner",
            {
                None: (2, "10", "600.00"),
                "petra": (1, "4.5", "172.50"),
                "marko": (1, "0", "100.00"),
            },
        ),
        ("tag", {"vip": (4, "14.5", "872.50"), "coast": (2, "4.5", "272.50")}),
    ],
)
def test_groups(asked: Opened, by: str, wanted: dict[str | None, tuple[int, str, str]]) -> None:
    found = summarize(asked(), by=by)
    assert list(by_group(found.groups).items()) == list(wanted.items()), "with their order"
    assert found.total.net == Decimal("872.50")


def test_names_and_shares(asked: Opened) -> None:
    found = summarize(asked(), by="customer").groups
    assert [(one.name, str(one.share)) for one in found] == [
        ("Hotel Breg", "0.6877"),
        ("Maja Kos", "0.3123"),
    ]
    assert [one.name for one in summarize(asked(), by="product").groups] == [
        None, "Linen sheet", "Towel",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "where", "period", "net"),
    [
        (["+coast"], None, None, "272.50"),
        (["customer:hotel-breg"], None, None, "600.00"),
        (["kind:invoice"], None, None, "752.50"),
        (["line/product:towel"], None, None, "352.50"),
        (["date:2026-04"], None, None, "600.00"),
        (["city:Koper", "date:2026-04"], None, None, "100.00"),
        ([], "net > 200", None, "752.50"),
        ([], None, "2026-q1", "252.50"),
        ([], None, "2026-04-03..", "420.00"),
        ([], None, "last-365d", "872.50"),
        (["kind:order"], None, None, "0.00"),
    ],
)
def test_terms_and_periods(
    asked: Opened, terms: list[str], where: str | None, period: str | None, net: str
) -> None:
    found = summarize(asked(), terms, where=where, period=period)
    assert str(found.total.net) == net
    groups = summarize(asked(), terms, by="customer", where=where, period=period).groups
    assert sum((one.net or Decimal(0) for one in groups), Decimal(0)) == Decimal(net)


def test_nothing_has_no_share(asked: Opened) -> None:
    found = summarize(asked(), ["date:2020"], by="tag")
    assert found.groups == ()
    assert found.total == Sums(None, None, 0, Decimal(0), Decimal("0.00"), None, None, None)


def test_a_missing_rate_leaves_the_amount_out_and_is_told(asked: Opened, shop: Path) -> None:
    (shop / "rates.yaml").unlink()
    found = summarize(asked(), by="customer")
    assert by_group(found.groups) == {
        "hotel-breg": (2, "10", "500.00"),
        "maja-kos": (2, "4.5", "272.50"),
    }
    assert [problem.code for problem in found.problems] == ["missing-rate"]
    assert "1 purchase in USD is left out" in found.problems[0].message
    december = summarize(asked(), by="month").groups[0]
    assert (december.group, december.orders, december.net, december.share) == (
        "2025-12", 1, None, None,
    )  # fmt: skip


def test_a_wrong_period_is_refused(asked: Opened) -> None:
    with pytest.raises(UsageError, match="--period"):
        summarize(asked(), period="2026-q5")


amounts = st.decimals(-9999, 9999, places=2)
sold = st.tuples(
    st.sampled_from(["linen-sheet", "towel", "rug"]),
    st.decimals("0.001", 999, places=3),
    st.decimals(0, 9999, places=4),
    st.integers(0, 40),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.lists(sold, min_size=1, max_size=4), max_size=5))
def test_parts_add_up_to_what_each_line_is_worth(
    tmp_path_factory: pytest.TempPathFactory,
    purchases: list[list[tuple[str, Decimal, Decimal, int]]],
) -> None:
    root = tmp_path_factory.mktemp("sums")
    (root / "crm.yaml").write_text("currency: EUR\n", encoding="utf-8")
    (root / "customers").mkdir()
    text = "name: Maja Kos\npurchases:\n" if purchases else "name: Maja Kos\n"
    for number, lines in enumerate(purchases):
        text += f"  - date: 2026-01-{number + 1:02d}\n    lines:\n"
        for product, quantity, price, discount in lines:
            text += f'      - product: {product}\n        quantity: "{quantity}0"\n'
            text += f'        unit_price: "{price}"\n        discount: {discount}\n'
    (root / "customers" / "maja-kos.yaml").write_text(text, encoding="utf-8")
    opened = open_workspace(directory=root, environ={"CRM_CACHE_DIR": str(root / "cache")})
    found = summarize(opened, by="product")
    record = opened.record("maja-kos")
    nets: dict[str, Decimal] = {}
    units: dict[str, Decimal] = {}
    for purchase in record.items("purchases"):
        for line in purchase.items("lines"):
            sku = line.values["product"]
            nets[sku] = nets.get(sku, Decimal(0)) + line.derived["net"]
            units[sku] = units.get(sku, Decimal(0)) + line.values["quantity"]
    assert {one.group: one.net for one in found.groups} == nets
    assert {one.group: one.units for one in found.groups} == units
    assert found.total.net == sum(nets.values(), Decimal(0))
