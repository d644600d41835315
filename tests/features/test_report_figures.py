"""The figures of reports: by hand for a small shop, by plain Python for made-up directories,
and totals that close: rows add up to what stands elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.features.reports import REPORTS, load
from crm_cli.features.reports.table import for_people, quotient
from crm_cli.model.cells import people_text
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.rows import Fraction, few
from crm_cli.model.width import columns_of
from crm_cli.render.output import rows_lines
from crm_cli.render.screen import Screen
from crm_cli.workspace import Workspace, open_workspace
from tests.shares import examples

from ..query import sums
from ..query.conftest import TODAY
from ..query.generated import DIRECTORIES
from ..query.naive import Directory, Record, counts, net, sale_days, sales
from .reporting import column, of_files, opened, rows, table

ZERO = Decimal(0)


def rounded(part: Any, whole: Any, to: str = "0.0001") -> Decimal | None:
    if part is None or not whole:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(Decimal(to), ROUND_HALF_UP)


def money(amount: Decimal | None) -> Decimal:
    return ZERO if amount is None else amount


# By hand


SHOP = {
    "crm.yaml": "currency: EUR\ntime_zone: Europe/Ljubljana\nusers: {petra: {}, miha: {}}\n",
    "products.yaml": "beans: {name: Beans, category: coffee, cost: 10}\n"
    "mug: {name: Mug, category: ware, cost: 2.20, currency: USD}\ntour: {name: Tour}\n",
    "rates.yaml": "2026-01-01: {USD: 1.10}\n",
    "customers/ana.yaml": """\
name: Ana
kind: person
owner: petra
source: partner
lifecycle_stage: customer
created: 2026-02-01
vat_registered: false
country: SI
city: Koper
email: ana@ana.example
purchases:
  - {date: 2026-02-10, lines: [beans:2:20, mug:3:5]}
  - {date: 2026-03-10, lines: [beans:1:20]}
  - {date: 2026-03-20, kind: credit_note, lines: [mug:1:5]}
interactions:
  - {at: 2026-11-16, kind: call}
  - {at: 2026-11-17 09:00, kind: visit}
  - {at: 2026-11-17, kind: note}
  - {at: 2026-11-25, kind: call}
tasks:
  - {title: On time, status: completed, due: 2026-11-17, completed: 2026-11-17}
  - {title: Late, status: completed, due: 2026-11-10, completed: 2026-11-16, assignee: miha}
  - {title: Without, status: completed, completed: 2026-11-16}
  - {title: Overdue, due: 2026-11-01}
  - {title: Soon, due: 2026-11-24}
""",
    "customers/bor.yaml": """\
name: Bor
kind: organization
owner: miha
source: partner
lifecycle_stage: qualified
created: 2026-03-01
vat_registered: true
country: SI
purchases:
  - {date: 2026-03-05, amount: 100, text: Machine}
""",
    "customers/cilka.yaml": """\
name: Cilka
source: web_site
created: 2025-12-31
lifecycle_stage: lead
interactions: [2026-05-05 email: Asked]
""",
    "customers/dora.yaml": "name: Dora\ninteractions: [2026-03-03 call: Rang]\n",
    "customers/emil.yaml": "name: Emil\n",
}  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    with of_files(tmp_path, SHOP, TODAY) as workspace:
        yield workspace


def test_top(shop: Workspace) -> None:
    # Ana 2 × 20 + 3 × 5 + 20 − 5 = 70, Bor 100.
    found = table(shop, "top")
    assert rows(found, "customer", "name", "orders", "net", "share", "cumulative") == [
        ("bor", "Bor", "1", "100.00", "0.5882", "0.5882"),
        ("ana", "Ana", "2", "70.00", "0.4118", "1.0000"),
    ]
    by_category = table(shop, "top", by="category", period="2026-03")
    assert rows(by_category, "category", "net", "cumulative") == [
        ("", "100.00", "0.8696"), ("coffee", "20.00", "1.0435"), ("ware", "-5.00", "1.0000"),
    ]  # fmt: skip


def test_concentration(shop: Workspace) -> None:
    # Shares of 100 and 70 of 170: HHI 0.3460 + 0.1696; by country one group has all.
    found = table(shop, "concentration", by="customer,country,product")
    keys = ("by", "groups", "net", "top_1", "top_20", "hhi", "equivalent", "unknown")
    assert rows(found, *keys) == [
        ("customer", "2", "170.00", "0.5882", "0.5882", "0.5156", "1.94", "0.0000"),
        ("country", "1", "170.00", "1.0000", "1.0000", "1.0000", "1.00", "0.0000"),
        ("product", "3", "170.00", "0.5882", "0.5882", "0.4740", "2.11", "0.5882"),
    ]  # fmt: skip


def test_profile(shop: Workspace) -> None:
    found = table(shop, "profile", by="kind,vat,source", period="2026-02")
    assert rows(found, "what", "value", "customers", "share", "revenue") == [
        ("kind", "", "3", "0.6000", "0.00"),
        ("kind", "organization", "1", "0.2000", "0.00"),
        ("kind", "person", "1", "0.2000", "55.00"),
        ("vat", "", "3", "0.6000", "0.00"),
        ("vat", "not registered", "1", "0.5000", "55.00"),
        ("vat", "registered", "1", "0.5000", "0.00"),
        ("source", "partner", "2", "0.4000", "55.00"),
        ("source", "", "2", "0.4000", "0.00"),
        ("source", "web_site", "1", "0.2000", "0.00"),
    ]


def test_completeness(shop: Workspace) -> None:
    found = table(shop, "completeness")
    assert rows(found, "field", "customers", "filled", "share")[:4] == [
        ("consent", "5", "0", "0.0000"),
        ("preferred_channel", "5", "0", "0.0000"),
        ("address", "5", "1", "0.2000"),
        ("email or phone", "5", "1", "0.2000"),
    ]
    lacking = table(shop, "completeness", options={"customers": "customers"})
    # Ana has 5 of 7: an e-mail, an address, owner, source and stage.
    assert rows(lacking, "customer", "completeness", "spend")[:2] == [
        ("bor", "43", "100.00"), ("ana", "71", "70.00"),
    ]  # fmt: skip
    assert lacking.rows[1]["missing"] == ["preferred_channel", "consent"]
    assert shop.select(CUSTOMER, ["completeness:..20"], cols="id").rows == [
        ("dora",), ("emil",),
    ]  # fmt: skip


def test_products(shop: Workspace) -> None:
    found = table(shop, "products")
    # Beans: 60 less 3 × 10 is a half. Mugs: 10 less 2 × 2.00 (2.20 USD at 1.10).
    keys = ("product", "units", "orders", "customers", "net", "margin", "returned", "last")
    assert rows(found, *keys) == [
        ("", "0", "1", "1", "100.00", "", "0", "2026-03-05"),
        ("beans", "3", "2", "1", "60.00", "0.5000", "0", "2026-03-10"),
        ("mug", "2", "1", "1", "10.00", "0.6000", "1", "2026-02-10"),
    ]
    beans = found.rows[1]["trend"]
    assert len(beans) == 12 and beans[2:4] == [Decimal("40.00"), Decimal("20.00")]
    quarter = table(shop, "products", period="2026-q1").rows[1]["trend"]
    assert quarter == [Decimal("0.00"), Decimal("40.00"), Decimal("20.00")]


def test_sources(shop: Workspace) -> None:
    found = table(shop, "sources")
    keys = ("source", "customers", "qualified", "won", "conversion", "revenue", "per_lead")
    assert rows(found, *keys) == [
        ("partner", "2", "2", "2", "1.0000", "170.00", "85.00"),
        ("", "2", "0", "0", "0.0000", "0.00", "0.00"),
        ("web_site", "1", "0", "0", "0.0000", "0.00", "0.00"),
    ]
    # Recorded in 2026: Ana, Bor, and Dora by her first interaction; of Emil nothing is known.
    found = table(shop, "sources", period="2026")
    assert rows(found, "source", "customers", "recorded") == [
        ("partner", "2", ""), ("", "1", ""), ("", "1", "unknown"),
    ]  # fmt: skip


def test_a_won_deal_counts_among_sources(shop: Workspace) -> None:
    for name, stage in (("filip", "won"), ("gita", "proposal")):
        (shop.root / "customers" / f"{name}.yaml").write_text(
            f"name: {name}\nsource: trade_show\ndeals:\n- {{name: Beans, stage: {stage}}}\n"
        )
    (row,) = [one for one in table(shop, "sources").rows if one["source"] == "trade_show"]
    found = (row["customers"], row["qualified"], row["won"], row["conversion"], row["revenue"])
    assert found == (2, 1, 1, Decimal("0.5"), 0)


def test_activity(shop: Workspace) -> None:
    found = table(shop, "activity", period="2026-11")
    keys = ("owner", "week", "calls", "meetings", "tasks", "due", "on_time", "overdue", "next_week")
    # What is open now stands in the row of the present week, of who has something open.
    assert rows(found, *keys) == [
        ("miha", "2026-w47", "0", "0", "1", "1", "0.0000", "", ""),
        ("petra", "2026-w47", "1", "1", "2", "1", "1.0000", "1", "1"),
    ]
    assert found.total is not None
    assert (found.total["tasks"], found.total["overdue"], found.total["calls"]) == (3, 1, 1)


def test_cohort(shop: Workspace) -> None:
    found = table(shop, "cohort")
    assert rows(found, "month", "customers", "m1", "m2", "m8", "m9") == [
        ("2026-02", "1", "1.0000", "0.0000", "0.0000", "0.0000"),
        ("2026-03", "1", "0.0000", "0.0000", "0.0000", ""),
    ]
    found = table(shop, "cohort", options={"value": "value", "periods": "1"})
    assert rows(found, "month", "net", "m0", "m1", "later") == [
        ("2026-02", "70.00", "55.00", "15.00", "0.00"),
        ("2026-03", "100.00", "100.00", "0.00", "0.00"),
    ]


def test_who_is_billed_for_an_order_has_not_come_back(tmp_path: Path) -> None:
    purchases = (
        "- {id: p-0000001, kind: order, number: O-1, date: 2026-08-02, amount: 100}\n"
        "- {id: p-0000002, kind: invoice, order: O-1, date: 2026-09-16, amount: 30}\n"
    )
    files = {"crm.yaml": "currency: EUR\n", "customers/ana.yaml": f"purchases:\n{purchases}"}
    with of_files(tmp_path, files) as workspace:
        (month,) = table(workspace, "cohort").rows
        assert (month["m1"], month["customers"]) == (0, 1)
        (month,) = table(workspace, "cohort", options={"value": "value"}).rows
        assert (month["m0"], month["m1"]) == (70, 30)
        (one,) = table(workspace, "clv").rows
        assert (one["repeats"], one["historic"]) == (0, 100)


def test_cohorts_by_owner_are_parts_of_the_cohorts(shop: Workspace) -> None:
    options = {"value": "value", "periods": "1"}
    whole = rows(table(shop, "cohort", options=options), "month", "customers", "net")
    parts = table(shop, "cohort", by="owner", options=options)
    assert [key.name for key in parts.keys] == ["month", "owner"]
    told = rows(parts, "month", "customers", "net")
    for month in {month for month, *_ in whole}:
        for at in (1, 2):
            total = sum(Decimal(row[at]) for row in told if row[0] == month)
            assert total == sum(Decimal(row[at]) for row in whole if row[0] == month)
    with pytest.raises(UsageError, match="one month, quarter or year"):
        table(shop, "cohort", by="month,year")


@pytest.mark.parametrize("name", ["products", "profile", "cohort", "sales"])
def test_a_report_may_be_by_owner(shop: Workspace, name: str) -> None:
    assert load(name).key("owner") is not None
    found = table(shop, name, by="owner")
    column = "value" if name == "profile" else "owner"
    assert {row[column] for row in found.rows} <= {"petra", "miha", None}
    assert found.rows


# Slippage needs a history in git: cli/test_report.py draws it.
@pytest.mark.parametrize("name", [name for name in REPORTS if name != "slippage"])
def test_eighty_columns_are_enough(shop: Workspace, name: str) -> None:
    (shop.root / "customers" / "filip.yaml").write_text(
        "name: Filip\npurchases: [{date: 2026-01-02, kind: invoice, amount: 5, every: year}]\n"
        "payments: [{date: 2026-01-03, amount: 5}]\n"
        "cases: [{subject: Torn, kind: complaint, opened: 2026-11-02, lines: [beans]}]\n"
        "feedback: [{at: 2026-11-02, kind: nps, score: 4}]\n"
        "losses: [{at: 2026-11-02, reason: price, competitor: Sever}]\n"
        "interactions: [{at: 2026-11-02, kind: call, direction: outbound, outcome: reached}]\n"
        "campaign_responses: [{campaign: spring, status: targeted, at: 2026-11-02}]\n"
        "deals:\n"
        "- {name: Beans, stage: won, amount: 400, created: 2026-10-05, closed_at: 2026-11-10}\n"
        "- {name: Mugs, stage: proposal, amount: 900, created: 2026-11-02,\n"
        "   expected_close: 2026-12-15}\n"
    )
    (shop.root / "products.yaml").write_text("mugs:\n  name: Mugs\n  price: 5.00\n")
    (shop.root / "campaigns").mkdir(exist_ok=True)
    (shop.root / "campaigns/spring.yaml").write_text("name: Spring\nstart: 2026-11-01\n")
    declared = load(name)
    by = declared.by[0].name if declared.by and not declared.usual else None
    found = table(shop, name, by=by)
    lines = list(rows_lines(for_people(found, "EUR", bar=declared.bar), Screen(width=80)))
    if not found.rows:
        assert name in ("churn", "fit", "pairs") and not lines, "these need a longer history"
        return
    assert max(columns_of(line.rstrip("\n")) for line in lines) <= 80
    first = found.columns[0]
    head = " ".join(lines[: -len(found.rows)])
    assert all(word in head for word in first.key.split("_")), "what matters most is shown"


# By plain Python


@examples(12, soak=200)
@given(customers=DIRECTORIES)
def test_top_and_concentration_are_what_the_files_say(customers: list[dict[str, Any]]) -> None:
    with opened(customers) as (workspace, here):
        for key in ("customer", "product", "category", "city", "owner"):
            groups = sums.by(here, key)
            whole = sum((money(one.net) for one in groups.values()), ZERO)
            found = table(workspace, "top", by=key)
            assert {row[key]: (row["orders"], row["net"]) for row in found.rows} == {
                name: (one.orders, one.net) for name, one in groups.items()
            }
            nets = [money(row["net"]) for row in found.rows]
            assert nets == sorted(nets, reverse=True) or None in column(found, "net")
            so_far = ZERO
            for row in found.rows:
                so_far += money(row["net"])
                assert row["share"] == rounded(row["net"], whole)
                assert row["cumulative"] == rounded(so_far, whole)
            assert so_far == money((found.total or {})["net"]), "rows add up to the total"
        for row in table(workspace, "concentration", by="customer,city,product").rows:
            held = sorted(
                (one.net for one in sums.by(here, row["by"]).values() if one.net and one.net > 0),
                reverse=True,
            )
            whole = sum(held, ZERO)
            assert (row["groups"], row["net"]) == (len(held), whole)
            for percent in (1, 5, 10, 20):
                largest = held[: -(-len(held) * percent // 100)]
                assert row[f"top_{percent}"] == rounded(sum(largest), whole)
            assert row["hhi"] == rounded(sum(one * one for one in held), whole * whole)
            assert 1 <= row["equivalent"] <= len(held)


@examples(12, soak=200)
@given(customers=DIRECTORIES)
def test_profile_and_completeness_are_what_the_files_say(customers: list[dict[str, Any]]) -> None:
    with opened(customers) as (workspace, here):
        found = table(workspace, "profile")
        spend = {one["id"]: money(_spend(one, here)) for one in here.customers}
        fields: dict[str, Callable[[Record], Any]] = {
            "kind": lambda one: one.get("kind"),
            "city": lambda one: next((at["city"] for at in one.get("addresses", ())), None),
            "source": lambda one: one.get("source"),
            "stage": lambda one: one.get("lifecycle_stage"),
        }
        for what in dict.fromkeys(column(found, "what")):
            held = [row for row in found.rows if row["what"] == what]
            assert sum(row["customers"] for row in held) == len(here.customers), what
            assert sum((row["revenue"] for row in held), ZERO) == sum(spend.values(), ZERO), what
            if what not in fields:
                continue
            for row in held:
                those = [one for one in here.customers if fields[what](one) == row["value"]]
                assert row["customers"] == len(those)
                assert row["share"] == rounded(len(those), len(here.customers))
                assert row["revenue"] == sum((spend[one["id"]] for one in those), ZERO)
        keys = {
            "email or phone": "emails", "address": "addresses", "owner": "owner",
            "source": "source", "lifecycle_stage": "lifecycle_stage",
            "preferred_channel": "preferred_channel", "consent": "consents",
        }  # fmt: skip
        filled = table(workspace, "completeness")
        assert {row["field"]: row["filled"] for row in filled.rows} == {
            field: sum(bool(one.get(key)) for one in here.customers) for field, key in keys.items()
        }
        percent = dict(workspace.select(CUSTOMER, cols="id,completeness").rows)
        for one in here.customers:
            has = sum(bool(one.get(key)) for key in keys.values())
            assert percent[one["id"]] == int(rounded(100 * has, 7, "1") or 0)
        by_owner = table(workspace, "completeness", by="owner")
        for row in filled.rows:
            parts = [one for one in by_owner.rows if one["field"] == row["field"]]
            assert sum(one["filled"] for one in parts) == row["filled"]


@examples(12, soak=200)
@given(customers=DIRECTORIES)
def test_products_are_what_the_files_say(customers: list[dict[str, Any]]) -> None:
    with opened(customers) as (workspace, here):
        groups = sums.by(here, "product")
        buyers: dict[Any, set[str]] = {}
        returned: dict[Any, Decimal] = {}
        for purchase in sums.chosen(here):
            for line, part in sums.lines(purchase, here):
                product = line.get("product")
                if purchase.get("kind") == "credit_note":
                    returned[product] = returned.get(product, ZERO) - part.units
                else:
                    buyers.setdefault(product, set()).add(purchase["customer"]["id"])
        found = table(workspace, "products")
        for row in found.rows:
            one = groups[row["product"]]
            figures = (row["orders"], row["units"], row["net"], row["last"])
            assert figures == (one.orders, one.units, one.net, one.last)
            assert row["customers"] == len(buyers.get(row["product"], ()))
            assert row["returned"] == returned.get(row["product"], ZERO)
            if row["product"] == "beans" and one.net is not None:
                cost = (one.units * Decimal("4.10")).quantize(Decimal("0.01"), ROUND_HALF_UP)
                assert row["margin"] == rounded(one.net - cost, one.net)
            else:
                assert row.get("margin") is None
        assert {row["product"] for row in found.rows} == {*groups}
        year = sums.by(here, "month")
        months = [f"{TODAY.year - (TODAY.month <= n)}-{(TODAY.month - n - 1) % 12 + 1:02}"
                  for n in range(12)]  # fmt: skip
        trends = [sum(row["trend"] or [ZERO]) for row in found.rows]
        assert sum(trends, ZERO) == sum(
            (money(year[one].net) for one in months if one in year), ZERO
        )


def _has_won(customer: Record) -> bool:
    return any(deal.get("stage") == "won" for deal in customer.get("deals") or ())


@examples(12, soak=200)
@given(customers=DIRECTORIES)
def test_sources_are_what_the_files_say(customers: list[dict[str, Any]]) -> None:
    with opened(customers) as (workspace, here):
        for asked, first, last in ((None, None, None), ("2026", date(2026, 1, 1),
                                                         date(2026, 12, 31))):  # fmt: skip
            found = table(workspace, "sources", period=asked)
            chosen = here.customers
            unknown: list[Record] = []
            if first is not None and last is not None:
                days = {one["id"]: _recorded(one) for one in chosen}
                unknown = [one for one in chosen if days[one["id"]] is None]
                chosen = [
                    one
                    for one in chosen
                    if (day := days[one["id"]]) is not None and first <= day <= last
                ]
            for row in found.rows:
                of = chosen if row.get("recorded") is None else unknown
                those = [
                    one
                    for one in of
                    if row.get("recorded") is not None or one.get("source") == row["source"]
                ]
                won = [one for one in those if sales(one) or _has_won(one)]
                stages = ("qualified", "customer", "former")
                qualified = [
                    one for one in those if one.get("lifecycle_stage") in stages or one in won
                ]
                revenue = sum((money(_spend(one, here)) for one in those), ZERO)
                assert (row["customers"], row["won"], row["qualified"], row["revenue"]) == (
                    len(those), len(won), len(qualified), revenue,
                )  # fmt: skip
                assert row["conversion"] == rounded(len(won), len(those))
                assert row["per_lead"] == rounded(revenue, len(those), "0.01")
            assert sum(column(found, "customers")) == len(chosen) + len(unknown)
            assert (found.total or {})["customers"] == len(chosen) + len(unknown)


@examples(12, soak=200)
@given(customers=DIRECTORIES, by=st.sampled_from(("owner", "owner,week", "month", "customer")))
def test_activity_is_what_the_files_say(customers: list[dict[str, Any]], by: str) -> None:
    with opened(customers) as (workspace, here):
        held = [
            one
            for one in here.rows("interaction")
            if one.get("status", "held") == "held" and one["kind"] != "note" and one["at"] <= TODAY
        ]
        done = [
            one
            for one in here.rows("task")
            if one.get("status") == "completed" and "completed" in one and one["completed"] <= TODAY
        ]
        # What is completed on a day to come is open until then.
        live = [
            one
            for one in here.rows("task")
            if one.get("status") != "completed" or one.get("completed", TODAY) > TODAY
        ]
        late = [one for one in live if "due" in one and one["due"] < TODAY]
        monday = TODAY + timedelta(days=7 - TODAY.weekday())
        soon = [one for one in live if "due" in one
                and monday <= one["due"] < monday + timedelta(days=7)]  # fmt: skip
        found = table(workspace, "activity", by=by)
        kinds = {"calls": "call", "meetings": "meeting", "emails": "email", "others": "letter"}
        expected = {
            key: [(one, one["at"]) for one in held if one["kind"] == kind]
            for key, kind in kinds.items()
        }
        expected["tasks"] = [(one, one["completed"]) for one in done]
        expected["due"] = [(one, one["completed"]) for one in done if "due" in one]
        expected["overdue"] = [(one, TODAY) for one in late]
        expected["next_week"] = [(one, TODAY) for one in soon]
        for key, those in expected.items():
            groups: dict[Any, int] = {}
            for one, day in those:
                group = tuple(_activity_key(name, one, day) for name in by.split(","))
                groups[group] = groups.get(group, 0) + 1
            counted = {found.group(row): row[key] for row in found.rows if row[key]}
            assert counted == groups, key
            assert (found.total or {})[key] == len(those)
        for row in found.rows:
            group = found.group(row)
            due = [
                one
                for one, day in expected["due"]
                if tuple(_activity_key(name, one, day) for name in by.split(",")) == group
            ]
            in_time = [one for one in due if one["completed"] <= one["due"]]
            assert row["on_time"] == rounded(len(in_time), len(due))


def _activity_key(name: str, one: Record, day: date) -> Any:
    if name == "owner":
        return one.get("owner", one["customer"].get("owner"))
    if name == "customer":
        return one["customer"]["id"]
    year, week, _ = day.isocalendar()
    return f"{year}-w{week:02}" if name == "week" else f"{day:%Y-%m}"


@examples(12, soak=200)
@given(customers=DIRECTORIES, unit=st.sampled_from(("month", "quarter", "year")))
def test_cohorts_are_what_the_files_say(customers: list[dict[str, Any]], unit: str) -> None:
    with opened(customers) as (workspace, here):
        firsts = {
            one["id"]: min(sale["date"] for sale in sales(one))
            for one in here.customers
            if sales(one)
        }
        shares = table(workspace, "cohort", by=unit, options={"periods": "12"})
        values = table(workspace, "cohort", by=unit, options={"value": "x", "periods": "2"})
        whole = sums.sums(p for one in sums.chosen(here) for p in sums.wholes(one, here)).net
        assert sum(map(money, column(values, "net")), ZERO) == money(whole)
        assert sum(column(shares, "customers")) == len(firsts)
        for row in values.rows:
            if row[unit] is not None and row["net"] is not None:
                names = [f"{unit[0]}{n}" for n in range(3)]
                cells = [row.get(name) for name in [*names, "later"]]
                assert sum(map(money, cells), ZERO) == row["net"], "the cells add up to the row"
        for row in shares.rows:
            if row[unit] is None:
                continue
            begun = {id for id, first in firsts.items() if _part(first, unit) == row[unit]}
            cohort = [one for one in here.customers if one["id"] in begun]
            assert row["customers"] == len(cohort)
            for place in range(1, 13):
                again = sum(
                    any(_apart(firsts[one["id"]], day, unit) == place for day in sale_days(one))
                    for one in cohort
                )  # fmt: skip
                reached = _apart(firsts[cohort[0]["id"]], TODAY, unit) >= place
                wanted = rounded(again, len(cohort)) if reached else None
                assert row.get(f"{unit[0]}{place}") == wanted


def _part(day: date, unit: str) -> str:
    quarter = f"{day:%Y}-q{(day.month + 2) // 3}"
    return {"month": f"{day:%Y-%m}", "quarter": quarter, "year": f"{day:%Y}"}[unit]


def _apart(first: date, day: date, unit: str) -> int:
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    months = [one.year * 12 + one.month - 1 for one in (first, day)]
    return months[1] // length - months[0] // length


def _spend(customer: Record, here: Directory) -> Decimal | None:
    known = [net(one, here) for one in customer["purchases"] if counts(one)]
    held = [one for one in known if one is not None]
    return sum(held, ZERO) if held else None


def _recorded(customer: Record) -> date | None:
    if "created" in customer:
        found: date = customer["created"]
        return found
    days = [one["date"] for one in customer["purchases"]]
    days += [one["at"] for one in customer["interactions"]]
    return min(days, default=None)


# Rounding


def test_percent_is_rounded_once() -> None:
    """Not from the four decimals that programs get: 12/22 is 54.5 %, though it is 0.5455."""
    for whole in range(1, 400):
        for part in range(whole + 1):
            found = quotient(part, whole)
            assert found is not None and found == rounded(part, whole)
            once = (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
            assert people_text(found, "rate") == f"{once}%", (part, whole)
            assert people_text(few(found), "share") == f"{once}%*"


EXAMPLE = Path(__file__).parents[2] / "data-example"


@pytest.mark.parametrize("name", [one for one in REPORTS if one not in ("statement", "slippage")])
def test_each_fraction_of_a_report_has_its_exact_value(tmp_path: Path, name: str) -> None:
    environ = {"CRM_CACHE_DIR": str(tmp_path / "cache"), "CRM_TODAY": "2026-11-20"}
    workspace = open_workspace(directory=EXAMPLE, environ=environ)
    found = table(workspace, name)
    fractions = [one.key for one in found.columns if one.type in ("rate", "share")]
    for row in found.rows:
        for key in fractions:
            assert row.get(key) is None or isinstance(row[key], Fraction), (key, row[key])
    workspace.close()
