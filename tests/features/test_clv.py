"""`report clv`: what goes into the fit, what is said of it, and where it does not tell."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from crm_cli.model.buyers import Buyer, Forecast, alive, fitted
from crm_cli.model.errors import UsageError
from crm_cli.workspace import Workspace, open_workspace

from .reporting import opened, table

TODAY = date(2026, 11, 18)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """400 made-up customers who buy as the model has it, for 5 to 60 on a day."""
    chance = random.Random(11)
    folder = tmp_path_factory.mktemp("clv") / "shop"
    (folder / "customers").mkdir(parents=True)
    (folder / "crm.yaml").write_text("currency: EUR\n")
    for number in range(400):
        day = TODAY - timedelta(days=chance.randint(300, 700))
        rate, drop = chance.gammavariate(0.8, 1 / 42), chance.betavariate(0.6, 3)
        usual = chance.uniform(8, 40)
        days, time = [day], 0.0
        while (time := time + chance.expovariate(rate)) < (TODAY - day).days:
            days.append(day + timedelta(days=int(time)))
            if chance.random() < drop:
                break
        text = "".join(
            f"  - {{date: {one}, amount: {usual * chance.uniform(0.6, 1.5):.2f}}}\n" for one in days
        )
        path = folder / "customers" / f"c{number:03}.yaml"
        path.write_text(f"name: C {number:03}\npurchases:\n{text}")
    environ = {"CRM_CACHE_DIR": str(folder / "cache"), "CRM_TODAY": TODAY.isoformat()}
    workspace = open_workspace(directory=folder, environ=environ)
    yield workspace
    workspace.close()


def _days(shop: Workspace, id: str) -> list[date]:
    lines = (shop.root / "customers" / f"{id}.yaml").read_text().splitlines()[2:]
    return sorted({date.fromisoformat(line.split("date: ")[1][:10]) for line in lines})


def _buyer(days: list[date]) -> Buyer:
    return Buyer(len(days) - 1, (days[-1] - days[0]).days / 7, (TODAY - days[0]).days / 7)


def test_figures_are_those_of_the_models_over_what_the_files_say(shop: Workspace) -> None:
    found = table(shop, "clv", options={"horizon": "26w"})
    by = {row["customer"]: row for row in found.rows}
    buyers = {id: _buyer(_days(shop, id)) for id in by}
    assert len(buyers) == 400
    habit = fitted([*buyers.values()])
    assert habit is not None
    forecast = Forecast(habit, 26)
    for id, buyer in buyers.items():
        row = by[id]
        assert row["repeats"] == buyer.repeats
        assert float(row["expected"]) == pytest.approx(forecast(buyer), abs=0.02)
        assert float(row["alive"]) == pytest.approx(alive(habit, buyer), abs=0.002)
        assert row["predicted"] >= 0
    once = {row["value"] for row in found.rows if not row["repeats"]}
    assert len(once) == 1, "who bought once is expected to spend what all do"
    nets = [row["predicted"] for row in found.rows]
    assert nets == sorted(nets, reverse=True)


def test_the_head_has_the_parameters_and_the_hold_out(shop: Workspace) -> None:
    notes = table(shop, "clv").notes
    assert notes[0].startswith("of the last 26 weeks: expected ")
    assert notes[1].startswith("BG/NBD of 400 customers: r ")
    assert notes[2].startswith("Gamma-Gamma of ")
    model = table(shop, "clv", options={"model": "model"})
    names = [row["parameter"] for row in model.rows]
    assert names == ["r", "alpha", "a", "b", "likelihood", "customers",
                     "p", "q", "v", "likelihood", "customers"]  # fmt: skip
    # What the hold-out says is what a look at the files of then says.
    then = TODAY - timedelta(weeks=26)
    were = 0
    for path in (shop.root / "customers").iterdir():
        days = _days(shop, path.stem)
        if days[0] <= then:
            were += sum(day > then for day in days)
    assert notes[0].endswith(f"were {were}")


def test_terms_choose_rows_and_change_no_figure(shop: Workspace) -> None:
    whole = {row["customer"]: row for row in table(shop, "clv").rows}
    some = table(shop, "clv", terms=["orders:3.."]).rows
    assert some and all(row == whole[row["customer"]] for row in some)


@pytest.mark.parametrize("text", ["x", "0d", "", "20y"])
def test_a_wrong_horizon(shop: Workspace, text: str) -> None:
    with pytest.raises(UsageError, match="--horizon"):
        table(shop, "clv", options={"horizon": text})


def _regular(number: int, every: int) -> list[dict[str, object]]:
    return [
        {
            "name": f"C {place}",
            "purchases": [
                {"date": TODAY - timedelta(days=every * part + place % 5), "amount": "10",
                 "lines": []}
                for part in range(4)
            ],
        }
        for place in range(number)
    ]  # fmt: skip


def test_where_the_data_do_not_tell_the_historic_part_stands_alone() -> None:
    with opened(_regular(20, 30)) as (workspace, _):
        found = table(workspace, "clv")
        assert found.notes == ["these data do not tell: 20 customers came back, and it takes 50"]
        assert {row["historic"] for row in found.rows} == {Decimal("40.00")}
        assert not any("predicted" in row or "alive" in row for row in found.rows)
    with opened(_regular(120, 30)) as (workspace, _):
        found = table(workspace, "clv")
        assert found.notes[-1].startswith("these data do not tell")
        assert not any("predicted" in row for row in found.rows)
        assert table(workspace, "clv", options={"model": "model"}).rows == []


def test_days_are_counted_once_and_credit_notes_are_no_purchases(tmp_path: Path) -> None:
    purchases = [
        {"date": TODAY - timedelta(days=10), "amount": "5", "lines": []},
        {"date": TODAY - timedelta(days=10), "amount": "6", "lines": []},
        {"date": TODAY - timedelta(days=3), "amount": "5", "lines": [], "kind": "credit_note"},
        {"date": TODAY - timedelta(days=1), "amount": "5", "lines": []},
        {"date": TODAY + timedelta(days=1), "amount": "5", "lines": []},
    ]
    with opened([{"name": "A", "purchases": purchases}, {"name": "B"}]) as (workspace, _):
        (row,) = table(workspace, "clv").rows
        assert (row["repeats"], row["historic"]) == (1, Decimal("11.00"))
