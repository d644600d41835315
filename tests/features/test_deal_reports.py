"""The reports on deals against a count in plain Python over the files of a made-up year."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from crm_cli.features.reports import load
from crm_cli.features.reports.context import Asked
from crm_cli.features.reports.running import answer
from crm_cli.workspace import Workspace, open_workspace
from tests.conftest import Crm
from tests.features.year_of_deals import (
    OPEN,
    QUOTAS,
    ROTS,
    STAGES,
    TODAY,
    Deal,
    by,
    cents,
    learned,
    middle,
    read,
    total,
    weights,
    write,
)

COUNT = 150
SEEDS = {"stage": 1, "learned": 2}
"""Of each way to forecast a directory of its own."""


@contextmanager
def opened(root: Path) -> Iterator[Workspace]:
    workspace = open_workspace(directory=root, today=TODAY.isoformat())
    try:
        yield workspace
    finally:
        workspace.close()


@pytest.fixture(scope="module", params=SEEDS)
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    forecast = request.param
    root = tmp_path_factory.mktemp(forecast) / "shop"
    write(root, COUNT, SEEDS[forecast], forecast=forecast)
    deals = read(root)
    weights(deals, forecast)
    with opened(root) as workspace:
        yield workspace, deals


def rows_of(workspace: Workspace, name: str, **asked: Any) -> tuple[list[dict[str, Any]], Any]:
    """The rows of a report, and its total."""
    table = answer(workspace, load(name), Asked(**asked)).table
    return table.rows, table.total


def check_pipeline(workspace: Workspace, deals: list[Deal], *, key: str = "stage") -> None:
    rows, whole = rows_of(workspace, "pipeline", by=key)
    for status in ("open", "on_hold"):
        mine = [deal for deal in deals if deal["status"] == status]
        found = {row[key]: row for row in rows if row["status"] == status}
        groups = by(mine, lambda deal: deal.get(key))
        assert set(found) == set(groups)
        for name, group in groups.items():
            row = found[name]
            assert row["deals"] == len(group)
            assert row["amount"] == total(group)
            assert row["weighted"] == total(group, "weighted"), (key, name)
            days = [(TODAY - deal["begun"]).days for deal in group if deal["begun"]]
            assert (None if row["age"] is None else float(row["age"])) == middle(days)
            assert row["rotting"] == sum(map(is_rotting, group))
            stuck = sum(status == "open" and not deal["step"] for deal in group)
            assert row["stuck"] == stuck
        if status == "open":
            assert whole["weighted"] == total(mine, "weighted")
            assert whole["amount"] == total(mine)
    order = [row["stage"] for row in rows if row["status"] == "open"] if key == "stage" else []
    known = [name for name in order if name]
    assert known == sorted(known, key=list(STAGES).index)


def share(part: Decimal | int, whole: Decimal | int) -> Decimal:
    """A fraction with four decimals."""
    return (Decimal(part) / whole).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def is_rotting(deal: Deal) -> bool:
    limit = ROTS.get(deal.get("stage", ""))
    return bool(limit and deal["since"] and (TODAY - deal["since"]).days > limit)


@pytest.mark.parametrize("key", ["stage", "owner"])
def test_pipeline(year: Any, key: str) -> None:
    workspace, deals = year
    check_pipeline(workspace, deals, key=key)


def check_forecast(workspace: Workspace, deals: list[Deal], *, owner: bool) -> None:
    rows, whole = rows_of(workspace, "forecast", by="month,owner" if owner else None)

    def group(deal: Deal, day: Any) -> tuple[Any, ...]:
        month = None if day is None else f"{day:%Y-%m}"
        if deal["status"] == "open" and day is not None and day < TODAY:
            month = "past"
        return (month, deal["owner"]) if owner else (month,)

    open_ = [deal for deal in deals if deal["status"] == "open"]
    won = [d for d in deals if d["status"] == "won" and d["ended"]]
    won = [d for d in won if d["ended"] >= TODAY.replace(day=1)]
    named = by(open_, lambda deal: group(deal, deal["close"]))
    closed = by(won, lambda deal: group(deal, deal["ended"]))
    found = {(row["month"], row["owner"]) if owner else (row["month"],): row for row in rows}
    worth = [key for key in {**named, **closed} if total(named.get(key, [])) or key in closed]
    assert set(worth) <= set(found)
    for key, row in found.items():
        mine = named.get(key, [])
        for category in ("commit", "best_case", "pipeline"):
            assert row[category] == total(d for d in mine if d["category"] == category), key
        assert row["weighted"] == total(mine, "weighted")
        assert row["amount"] == total(mine), "what the chart has of which it is a part"
        assert row["closed"] == total(closed.get(key, []))
        quota = QUOTAS[key[-1]] if owner else sum(QUOTAS.values(), Decimal(0))
        dated = key[0] not in (None, "past")
        assert row["quota"] == (quota if dated else None)
        missing = quota - row["closed"]
        sure = row["commit"] + row["best_case"] + row["pipeline"]
        wanted = share(sure, missing) if dated and missing > 0 else None
        assert row["coverage"] == wanted
    assert whole["weighted"] == total(open_, "weighted")
    months = [row["month"] for row in rows]
    assert months == sorted(months, key=lambda one: (one is None, one != "past", one or ""))


@pytest.mark.parametrize("owner", [False, True])
def test_forecast(year: Any, *, owner: bool) -> None:
    workspace, deals = year
    check_forecast(workspace, deals, owner=owner)


def test_the_rows_of_the_forecast_add_up_to_the_pipeline(year: Any) -> None:
    workspace, _ = year
    pipeline, _ = rows_of(workspace, "pipeline")
    forecast, _ = rows_of(workspace, "forecast")
    open_ = sum(row["weighted"] for row in pipeline if row["status"] == "open")
    assert sum(row["weighted"] for row in forecast) == open_ > 0


def check_funnel(workspace: Workspace, deals: list[Deal], *, period: str | None) -> None:
    rows, _ = rows_of(workspace, "funnel", period=period)
    start = TODAY - timedelta(days=89)
    mine = [d for d in deals if period is None or (d["begun"] and start <= d["begun"] <= TODAY)]
    come = [len(OPEN) if d["status"] == "won" else d["furthest"] for d in mine]
    reached = [sum(one is not None and one >= place for one in come) for place in range(len(OPEN))]
    reached.append(sum(d["status"] == "won" for d in mine))
    assert [(row["stage"], row["reached"]) for row in rows] == list(
        zip([*OPEN, "won"], reached, strict=True)
    )
    for place, row in enumerate(rows):
        before = reached[place - 1] if place else None
        part = share(reached[place], before) if before else None
        assert row["of_before"] == part
        assert row["of_first"] == share(reached[place], reached[0])
        stays = [days for deal in mine for stage, days in stays_of(deal) if stage == row["stage"]]
        days = row["days"]
        assert (None if days is None else float(days)) == (
            middle(stays) if row["stage"] in OPEN else None
        )


def stays_of(deal: Deal) -> Iterator[tuple[str, int]]:
    """(stage, days) of each stay in a stage: to the next move, else to today."""
    moves = sorted(deal["history"], key=lambda move: move[1])
    for place, (stage, day) in enumerate(moves):
        after = moves[place + 1][1] if moves[place + 1 :] else TODAY
        yield stage, (after - day).days


@pytest.mark.parametrize("period", [None, "last-90d"])
def test_funnel(year: Any, period: str | None) -> None:
    workspace, deals = year
    check_funnel(workspace, deals, period=period)


def check_win_loss(workspace: Workspace, deals: list[Deal], *, key: str | None) -> None:
    rows, _ = rows_of(workspace, "win-loss", by=key, period="last-12m")
    fields = {"owner": "owner", "reason": "lost_reason"}
    mine = [d for d in deals if d["ended"] is not None]
    groups = by(mine, lambda deal: deal.get(fields[key]) if key else None)
    assert {row.get(key) if key else None for row in rows} == set(groups)
    for row in rows:
        group = groups[row.get(key) if key else None]
        won = [d for d in group if d["status"] == "won"]
        lost = [d for d in group if d["status"] == "lost"]
        assert (row["closed"], row["won"], row["lost"]) == (len(group), len(won), len(lost))
        assert (row["won_value"], row["lost_value"]) == (total(won), total(lost))
        assert row["rate"] == share(len(won), len(group))
        assert row["value_rate"] == (
            share(total(won), total(group)) if total(group) else None
        )
        known = [d["base"] for d in won if d["base"] is not None]
        assert row["average_won"] == (cents(sum(known) / len(known)) if known else None)
        days = [(d["ended"] - d["begun"]).days for d in won if d["begun"]]
        cycle = row["cycle"]
        assert (None if cycle is None else float(cycle)) == middle(days)


@pytest.mark.parametrize("key", [None, "owner", "reason"])
def test_win_loss(year: Any, key: str | None) -> None:
    workspace, deals = year
    check_win_loss(workspace, deals, key=key)


def check_velocity(workspace: Workspace, deals: list[Deal]) -> None:
    ((row, *_), _) = rows_of(workspace, "velocity")
    open_ = sum(d["status"] == "open" for d in deals)
    closed = [d for d in deals if d["ended"] is not None]
    won = [d for d in closed if d["status"] == "won"]
    values = [d["base"] for d in won if d["base"] is not None]
    cycle = middle((d["ended"] - d["begun"]).days for d in won if d["begun"])
    assert cycle
    average = cents(sum(values) / len(values))
    exact = open_ * Decimal(len(won)) / len(closed) * average / Decimal(str(cycle))
    assert row["open"] == open_
    assert row["per_day"] == cents(exact)


def test_velocity(year: Any) -> None:
    workspace, deals = year
    check_velocity(workspace, deals)


def test_learned_probabilities(year: Any) -> None:
    workspace, deals = year
    found = {stage: one.probability for (_, stage), one in workspace.learned().items()}
    assert {stage: round(one, 6) for stage, one in found.items()} == {
        stage: round(one, 6) for stage, one in learned(deals).items()
    }


@pytest.mark.soak
@pytest.mark.parametrize("forecast", SEEDS)
def test_five_thousand_deals(tmp_path: Path, forecast: str) -> None:
    write(tmp_path / "shop", 5000, 3, forecast=forecast)
    deals = read(tmp_path / "shop")
    weights(deals, forecast)
    with opened(tmp_path / "shop") as workspace:
        check_pipeline(workspace, deals)
        check_pipeline(workspace, deals, key="owner")
        for owner in (False, True):
            check_forecast(workspace, deals, owner=owner)
        for period in (None, "last-90d"):
            check_funnel(workspace, deals, period=period)
        for key in (None, "owner", "reason"):
            check_win_loss(workspace, deals, key=key)
        check_velocity(workspace, deals)


REPORTS = ("pipeline", "forecast", "funnel", "win-loss", "velocity")


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize(
    "deals",
    [
        "",
        "deals: [{name: Lost, stage: lost, amount: 5, closed_at: 2026-11-01}]",
        "deals: [{name: Bare}]",
        "deals: [{name: Gone, stage: nosuch, amount: 100}]",
    ],
)
def test_reports_of_little(shop: Path, crm: Crm, name: str, deals: str) -> None:
    """Nothing, only lost ones, one that says nothing, and a stage that there no longer is."""
    shutil.rmtree(shop / "customers")
    (shop / "customers").mkdir()
    if deals:
        (shop / "customers/ana.yaml").write_text(f"name: Ana\n{deals}\n")
    run = crm("report", name, "--json")
    assert run.code == (4 if "nosuch" in deals else 0), run.err
    assert isinstance(json.loads(run.out), list)
    assert "nosuch" not in deals or "'nosuch' is no stage" in run.err
    assert crm("report", name).code == run.code
    assert crm("deal", "board").code == run.code


def test_a_deal_closed_on_an_unknown_day_has_no_cycle(shop: Path, crm: Crm) -> None:
    """Its days are not counted until today, and check says what is missing."""
    shutil.rmtree(shop / "customers")
    (shop / "customers").mkdir()
    path = shop / "customers/ana.yaml"
    path.write_text(
        "name: Ana\ndeals:\n"
        "  - {id: d-0000001, name: A, stage: won, amount: 5, created: 2026-01-05}\n"
        "  - {id: d-0000002, name: B, stage: won, amount: 5, created: 2026-01-05,\n"
        "     closed_at: 2026-01-15}\n"
    )
    for day in ("2026-02-01", "2027-12-01"):
        run = crm("--today", day, "report", "win-loss", "--cols", "won,cycle", "-o", "tsv")
        assert run.lines[1] == "2\t10"
    ages = crm("deal", "list", "is:won", "--cols", "name,age,days_in_stage", "-o", "tsv").lines[1:]
    assert sorted(ages) == ["A\t\t", "B\t10\t0"]
    run = crm("check")
    assert "ana.yaml:3:37: warning: won, and no closed_at says when" in run.out
    assert "crm set d-0000001 closed_at=DATE" in run.out
    assert run.out.count("closed_at says") == 1
