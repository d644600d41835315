"""The reports on service against counts in plain Python, in `make soak` over 10,000 customers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crm_cli.features.reports import load
from crm_cli.features.reports.context import Asked
from crm_cli.features.reports.running import answer
from crm_cli.model.score_intervals import net_promoter, wilson
from crm_cli.workspace import Workspace, open_workspace
from tests.features.year_of_service import (
    ENDED,
    NOW,
    PRODUCTS,
    TODAY,
    Record,
    course,
    groups,
    kept,
    quantile,
    ran,
    read,
    rounded,
    write,
)
from tests.shares import ALL

pytestmark = pytest.mark.soak

COUNT = 10_000 if ALL else 2_500
HOURS = timedelta(hours=1)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, list[Record]]]:
    root = tmp_path_factory.mktemp("service") / "shop"
    write(root, COUNT, 7)
    customers = read(root)
    environ = {"CRM_CACHE_DIR": str(root.parent / "cache")}
    workspace = open_workspace(directory=root, today=NOW.isoformat(), environ=environ)
    yield workspace, customers
    workspace.close()


def rows_of(workspace: Workspace, name: str, **asked: Any) -> tuple[list[dict[str, Any]], Any]:
    table = answer(workspace, load(name), Asked(**asked)).table
    return table.rows, table.total


def cases_of(customers: list[Record]) -> list[Record]:
    """Cases that began by today, without duplicates, and what became of them."""
    found = []
    for customer in customers:
        for case in customer.get("cases", ()):
            course(case, customer.get("interactions", []))
            limits = {"urgent": (2, 24)}.get(
                case.get("priority", ""), (8, 72) if "tags" in customer else (24, 240)
            )
            case["limits"] = [HOURS * one for one in limits]
            case["owner"] = customer["owner"]
            found.append(case)
    return [one for one in found if one["status"] != "duplicate"]


def test_service(year: tuple[Workspace, list[Record]]) -> None:
    workspace, customers = year
    cases = cases_of(customers)
    for by, key in (
        ("kind", lambda one: one["kind"]),
        ("priority", lambda one: one.get("priority", "normal")),
        ("assignee", lambda one: one["owner"]),
        ("month", lambda one: one["opened"][:7]),
        ("product", _product),
    ):
        rows, total = rows_of(workspace, "service", by=by)
        wanted = groups(cases, key)
        assert {row[by] for row in rows} == set(wanted)
        for row in [*rows, total]:
            _check_service(row, cases if row is total else wanted[row[by]])
        for figure in ("cases", "open", "closed", "overdue", "reopened", "refunds"):
            assert sum(row[figure] for row in rows) == total[figure], "totals close"
    assert len(cases) > COUNT / 2


def _product(case: Record) -> Any:
    lines = [line["product"] for line in case.get("lines", ())]
    return case.get("product") or (lines[0] if lines else None)


def _check_service(row: dict[str, Any], cases: list[Record]) -> None:
    begun = [one for one in cases if datetime.fromisoformat(one["opened"]).date() <= TODAY]
    open_ = [one for one in cases if one["status"] not in ENDED]
    assert row["cases"] == len(cases)
    assert (row["open"], row["closed"]) == (len(open_), len(cases) - len(open_))
    assert row["reopened"] == sum(one["reopened"] > 0 for one in begun)
    assert row["refunds"] == sum(one.get("decision") == "refund" for one in cases)
    for name, ended, place in (("response", "responded", 0), ("resolution", "solved", 1)):
        times = [ran(one, one[ended]) for one in begun if one[ended] is not None]
        assert row[name] == quantile(times, Decimal("0.5"))
        assert row[f"{name}_90"] == quantile(times, Decimal("0.9"))
        answers = Counter(kept(one, one["limits"][place], one[ended]) for one in begun)
        assert row[f"{name}s_promised"] == answers[True] + answers[False]
        assert row[f"{name}_rate"] == rounded(answers[True], answers[True] + answers[False])


def test_product_quality(year: tuple[Workspace, list[Record]]) -> None:
    workspace, customers = year
    for period in (None, "2026-q2"):
        rows, total = rows_of(workspace, "product-quality", period=period)
        wanted = _quality(customers, period)
        assert {row["product"] for row in rows} == set(PRODUCTS)
        for row in [*rows, total]:
            mine = wanted["" if row is total else row["product"]]
            figures = ("sold", "returned", "returns", "complaints")
            assert {key: int(row[key]) for key in figures} == {key: mine[key] for key in figures}
            assert row["returned_100"] == rounded(100 * mine["returned"], mine["sold"], "0.01")
            assert row["complaints_100"] == rounded(100 * mine["complaints"], mine["sold"], "0.01")


def _quality(customers: list[Record], period: str | None) -> dict[str, Counter[str]]:
    def within(text: str) -> bool:
        day = date.fromisoformat(text[:10])
        return (day <= TODAY) if period is None else date(2026, 4, 1) <= day <= date(2026, 6, 30)

    def told(text: str) -> bool:
        return period is None or within(text)

    found: dict[str, Counter[str]] = defaultdict(Counter)

    def add(product: str, key: str, count: int) -> None:
        found[product][key] += count
        found[""][key] += count

    for customer in customers:
        credited = {}
        for purchase in customer.get("purchases", ()):
            there = date.fromisoformat(purchase["date"]) <= TODAY
            credited[purchase["id"]] = {one["product"] for one in purchase["lines"] if there}
            for line in purchase["lines"] if within(purchase["date"]) else ():
                if purchase["kind"] == "credit_note":
                    add(line["product"], "returned", line["quantity"])
                    add(line["product"], "returns", 1)
                else:
                    add(line["product"], "sold", line["quantity"])
        for case in customer.get("cases", ()):
            if case["status"] == "duplicate" or not told(case["opened"]):
                continue
            if case["kind"] == "complaint":
                for product in {one["product"] for one in case.get("lines", ())} or {
                    case.get("product")
                } - {None}:
                    add(product, "complaints", 1)
            elif case["kind"] in ("return", "warranty"):
                known = credited.get(case.get("credit_note"), set())
                for line in case.get("lines", ()):
                    if line["product"] not in known:
                        add(line["product"], "returned", line["quantity"])
                        add(line["product"], "returns", 1)
                if "lines" not in case and "product" in case and "credit_note" not in case:
                    add(case["product"], "returned", 1)
                    add(case["product"], "returns", 1)
    return found


def test_satisfaction(year: tuple[Workspace, list[Record]]) -> None:
    workspace, customers = year
    given = [
        one | {"owner": customer["owner"]}
        for customer in customers
        for one in customer.get("feedback", ())
        if date.fromisoformat(one["at"]) <= TODAY
    ]
    for by, key in (("owner", "owner"), ("wave", "wave"), ("month", "")):
        rows, total = rows_of(workspace, "satisfaction", by=by)
        wanted = groups(given, _by(key))
        assert {row[by] for row in rows} == set(wanted)
        for row in [*rows, total]:
            _check_scores(row, given if row is total else wanted[row[by]])
        assert sum(row["answers"] for row in rows) == total["answers"] == len(given)
        if by == "month":
            assert all(row.get("response_rate") is None for row in rows)
        else:
            _check_rates(by, rows, total, customers)


def _by(key: str) -> Callable[[Record], Any]:
    """The value of a key; without one the month."""
    return lambda one: one.get(key) if key else one["at"][:7]


def _check_scores(row: dict[str, Any], given: list[Record]) -> None:
    scores = {kind: [] for kind in ("nps", "csat", "ces", "review")}  # type: dict[str, list[int]]
    for one in given:
        scores[one["kind"]].append(one["score"])
    nps, csat = scores["nps"], scores["csat"]
    up, down = sum(one >= 9 for one in nps), sum(one <= 6 for one in nps)
    assert row["nps_n"] == len(nps)
    assert row["nps"] == rounded(up - down, len(nps))
    found = net_promoter(up, down, len(nps))
    if found is not None:
        assert (float(row["nps_low"]), float(row["nps_high"])) == pytest.approx(found, abs=6e-5)
        assert -1 <= row["nps_low"] <= row["nps_high"] <= 1
    satisfied = sum(one >= 4 for one in csat)
    assert row["csat"] == rounded(satisfied, len(csat))
    share = wilson(satisfied, len(csat))
    if share is not None:
        assert (float(row["csat_low"]), float(row["csat_high"])) == pytest.approx(share, abs=6e-5)
    assert row["ces"] == rounded(sum(scores["ces"]), len(scores["ces"]), "0.01")
    assert row["stars"] == rounded(sum(scores["review"]), len(scores["review"]), "0.01")


def _check_rates(by: str, rows: list[Any], total: Any, customers: list[Record]) -> None:
    asked: dict[Any, list[bool]] = defaultdict(list)
    for customer in customers:
        invited = [
            one
            for one in customer.get("survey_invitations", ())
            if date.fromisoformat(one["at"]) <= TODAY
        ]
        every = [one["wave"] for one in customer.get("survey_invitations", ())]
        for place, one in enumerate(customer.get("survey_invitations", ())):
            if one not in invited or one["wave"] in every[:place]:
                continue
            said = any(
                (fed.get("survey"), fed.get("wave")) == ("yearly", one["wave"])
                for fed in customer.get("feedback", ())
            )
            asked[one["wave"] if by == "wave" else customer["owner"]].append(said)
    for row in rows:
        mine = asked.get(row[by], [])
        assert (row.get("invited") or 0, row.get("replied") or 0) == (len(mine), sum(mine))
        assert row["response_rate"] == rounded(sum(mine), len(mine))
    assert total["invited"] == sum(map(len, asked.values()))


def test_lost(year: tuple[Workspace, list[Record]]) -> None:
    workspace, customers = year
    losses = [
        {**one, "owner": customer["owner"], "revenue": _revenue(customer, one["at"])}
        for customer in customers
        for one in customer.get("losses", ())
        if date.fromisoformat(one["at"]) <= TODAY
    ]
    for by in ("competitor", "reason", "owner"):
        rows, total = rows_of(workspace, "lost", by=by)
        wanted = groups(losses, _by(by))
        assert {row[by] for row in rows} == set(wanted)
        for row in [*rows, total]:
            mine = losses if row is total else wanted[row[by]]
            assert (row["customers"], row["losses"]) == (len(mine), len(mine))
            assert row["revenue"] == sum(one["revenue"] for one in mine)
            back = [one.get("won_back") for one in mine]
            assert row["won_back"] == sum(one is not None and one <= str(TODAY) for one in back)
    (best,) = rows_of(workspace, "lost", by="segment")[0]
    vip = [one for customer in customers if "tags" in customer
           for one in customer.get("losses", ()) if one["at"] <= str(TODAY)]  # fmt: skip
    assert (best["segment"], best["losses"]) == ("best", len(vip))


def _revenue(customer: Record, at: str) -> int:
    end = date.fromisoformat(at)
    start = end.replace(year=end.year - 1)
    total = 0
    for one in customer.get("purchases", ()):
        if start < date.fromisoformat(one["date"]) <= min(end, TODAY):
            net = sum(line["quantity"] * line["unit_price"] for line in one["lines"])
            total += -net if one["kind"] == "credit_note" else net
    return total


def test_overdue_cases_are_those_whose_promise_is_past(
    year: tuple[Workspace, list[Record]],
) -> None:
    from crm_cli.model.case import CASE

    workspace, customers = year
    late = set()
    for case in cases_of(customers):
        if case["status"] in ENDED:
            continue
        if datetime.fromisoformat(case["opened"]).date() > TODAY:
            continue
        if case["solved"] is not None:
            continue
        respond, resolve = case["limits"]
        first = case["responded"] is None and kept(case, respond, None) is False
        if first or kept(case, resolve, None) is False:
            late.add(case["id"])
    found = {row[0] for row in workspace.select(CASE, ["is:overdue"], cols=("id",)).rows}
    assert found == late
    assert len(late) > 100
