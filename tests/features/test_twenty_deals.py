"""The figures of twenty deals, worked out by hand.

Today is 20 November 2026. Ten are open, six were won, four lost; the stages are the usual
ones: prospecting 10 %, qualification 20 %, proposal 50 %, negotiation 80 % (a commitment).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Crm

OPEN = """\
1  prospecting   1000  2026-11-10  2026-12-05
2  prospecting   3000  2026-10-21  2027-01-15
3  qualification 2000  2026-10-31  2026-12-20
4  qualification 4000  2026-09-21  -
5  proposal      6000  2026-08-12  2026-11-30
6  proposal      1500  2026-10-11  2026-10-15
7  proposal       500  2026-11-15  2026-12-24  90
8  negotiation  10000  2026-07-03  2026-12-10
9  negotiation   2500  2026-10-01  2027-01-31
10 negotiation      -  2026-11-19  2026-12-01
"""
"""Number, stage, amount, created, expected close, own probability."""
WON = """\
11 1000 2026-09-01 2026-11-10
12 2000 2026-09-11 2026-11-10
13 3000 2026-10-01 2026-11-10
14 4000 2026-08-12 2026-11-10
15 5000 2026-10-31 2026-11-10
16 6000 2026-09-21 2026-10-11
"""
"""Number, amount, created, won: after 70, 60, 40, 90, 10 and 20 days."""
LOST = """\
17 7000 2026-09-01 2026-11-12 negotiation   price
18 1000 2026-09-01 2026-11-12 proposal      timing
19 2000 2026-09-01 2026-10-12 qualification price
20  500 2026-09-01 2026-10-12 prospecting   price
"""
"""Number, amount, created, lost, from which stage, why."""


def _open(line: str) -> str:
    number, stage, amount, created, close, *chance = line.split()
    parts = [f"name: Deal {number}", f"stage: {stage}", f"created: {created}"]
    parts += [f"amount: {amount}"] if amount != "-" else []
    parts += [f"expected_close: {close}"] if close != "-" else []
    parts += [f"probability: {chance[0]}"] if chance else []
    return f"  - {{{', '.join(parts)}}}\n"


def _closed(line: str) -> str:
    number, amount, created, closed, *lost = line.split()
    left, stage = (lost[0], "lost") if lost else ("negotiation", "won")
    reason = f", lost_reason: {lost[1]}" if lost else ""
    return (
        f"  - name: Deal {number}\n    stage: {stage}\n    amount: {amount}\n"
        f"    created: {created}\n    closed_at: {closed}{reason.replace(', ', chr(10) + '    ')}\n"
        f"    stage_history:\n      - {{stage: {left}, at: {created}}}\n"
        f"      - {{stage: {stage}, at: {closed}}}\n"
    )


@pytest.fixture
def twenty(shop: Path) -> Path:
    deals = "".join(map(_open, OPEN.splitlines()))
    deals += "".join(map(_closed, [*WON.splitlines(), *LOST.splitlines()]))
    path = shop / "customers/jan-vidmar.yaml"
    path.write_text(f"name: Jan Vidmar\nowner: petra\ndeals:\n{deals}", encoding="utf-8")
    return path


def report(crm: Crm, name: str, keys: str, *options: str) -> list[tuple[Any, ...]]:
    done = crm("report", name, *options, "--json")
    assert done.code == 0, done.err
    return [tuple(row[key] for key in keys.split()) for row in json.loads(done.out)]


def test_pipeline(twenty: Path, crm: Crm) -> None:
    """1000 + 3000 at 10 %; 2000 + 4000 at 20 %; 6000 + 1500 at 50 % and 500 at 90 %; 12500 at
    80 %. Ages 10 and 30; 20 and 60; 100, 40 and 5; 140, 50 and 1 days."""
    assert report(crm, "pipeline", "stage deals amount weighted age") == [
        ("prospecting", 2, "4000.00", "400.00", "20"),
        ("qualification", 2, "6000.00", "1200.00", "40"),
        ("proposal", 3, "8000.00", "4200.00", "40"),
        ("negotiation", 3, "12500.00", "10000.00", "50"),
    ]


def test_forecast(twenty: Path, crm: Crm) -> None:
    """Deal 6 is late; 4 has no date. December: 8 commits 10000; 1, 3 and 7 are 3500; weighted
    100 + 400 + 450 + 8000. January: 9 commits 2500, 2 is 3000; weighted 2000 + 300."""
    found = report(crm, "forecast", "month closed commit best_case pipeline weighted")
    assert found == [
        ("past", "0.00", "0.00", "0.00", "1500.00", "750.00"),
        ("2026-11", "15000.00", "0.00", "0.00", "6000.00", "3000.00"),
        ("2026-12", "0.00", "10000.00", "0.00", "3500.00", "8950.00"),
        ("2027-01", "0.00", "2500.00", "0.00", "3000.00", "2300.00"),
        (None, "0.00", "0.00", "0.00", "4000.00", "800.00"),
    ]


def test_funnel(twenty: Path, crm: Crm) -> None:
    """Beyond prospecting came all but 1, 2 and 20; beyond qualification all but these and 3, 4,
    19; beyond proposal all but these and 5, 6, 7, 18; won were six of the ten that are left."""
    assert report(crm, "funnel", "stage reached of_before of_first") == [
        ("prospecting", 20, None, "1.0000"),
        ("qualification", 17, "0.8500", "0.8500"),
        ("proposal", 14, "0.8235", "0.7000"),
        ("negotiation", 10, "0.7143", "0.5000"),
        ("won", 6, "0.6000", "0.3000"),
    ]


def test_win_loss(twenty: Path, crm: Crm) -> None:
    """21000 won, 10500 lost: 21 ÷ 31.5. The median of 10, 20, 40, 60, 70, 90 is 50 days."""
    keys = "won lost won_value lost_value rate value_rate average_won cycle"
    assert report(crm, "win-loss", keys) == [
        (6, 4, "21000.00", "10500.00", "0.6000", "0.6667", "3500.00", "50"),
    ]  # fmt: skip
    assert report(crm, "win-loss", keys, "--period", "2026-10") == [
        (1, 2, "6000.00", "2500.00", "0.3333", "0.7059", "6000.00", "20"),
    ]  # fmt: skip
    lost = report(crm, "win-loss", "reason lost lost_value", "--by", "reason")
    assert {row for row in lost if row[0]} == {("price", 3, "9500.00"), ("timing", 1, "1000.00")}
    left = report(crm, "win-loss", "stage lost lost_value", "--by", "stage")
    assert ("negotiation", 1, "7000.00") in left


def test_velocity(twenty: Path, crm: Crm) -> None:
    """10 × 0.6 × 3500 ÷ 50 = 420 a day."""
    assert report(crm, "velocity", "open rate average_won cycle per_day") == [
        (10, "0.6000", "3500.00", "50", "420.00"),
    ]  # fmt: skip


def test_learned_probabilities(twenty: Path, crm: Crm) -> None:
    """(won + 20 × the stage's share) ÷ (closed + 20): prospecting (6 + 2) ÷ 30, qualification
    (6 + 4) ÷ 29, proposal (6 + 10) ÷ 28, negotiation (6 + 16) ÷ 27."""
    rows = json.loads(crm("deal", "stages", "--json").out)
    learned = {row["stage"]: (row["learned"], row["closed"]) for row in rows if row["closed"]}
    assert learned == {
        "prospecting": ("26.7", 10),
        "qualification": ("34.5", 9),
        "proposal": ("57.1", 8),
        "negotiation": ("81.5", 7),
    }


def test_a_learned_chance_is_shown_in_two_decimals(twenty: Path, crm: Crm) -> None:
    assert crm("config", "set", "forecast_by=learned").code == 0
    words = ("is:open", "not:has:probability", "--cols", "stage,chance", "--json")
    rows = json.loads(crm("deal", "list", *words).out)
    assert {row["chance"] for row in rows if row["stage"] == "proposal"} == {"57.14"}


def test_a_deal_shows_where_its_chance_is_from(twenty: Path, crm: Crm) -> None:
    """Negotiation: 6 of 7 were won, (6 + 16) ÷ 27; the stage's own counts for 20 deals."""
    assert crm("config", "set", "forecast_by=learned").code == 0
    rows = json.loads(crm("deal", "list", "is:open", "--json").out)
    sources = {row["chance_source"]: row for row in rows}
    assert set(sources) == {"own", "learned"}
    negotiated = ("stage:negotiation", "is:open", "no:probability", "-o", "ids")
    id = crm("deal", "list", *negotiated).out.split()[0]
    derived = json.loads(crm("deal", "show", id, "--json").out)["derived"]
    keys = ("chance", "chance_source", "stage_chance")
    assert [derived[key] for key in keys] == ["81.48", "learned", "80"]
    assert [derived[f"learned_{key}"] for key in ("chance", "won", "closed")] == ["81.48", 6, 7]
    card = crm("deal", "show", id).out
    assert "81.48%  source: learned" in card
    assert "6 of 7 closed deals won, drawn to the stage's own with weight 20" in card
    assert crm("config", "set", "forecast_by=stage").code == 0
    assert "80%  source: stage" in crm("deal", "show", id).out
    assert crm("deal", "list", "chance_source:learned", "-o", "ids").out == ""
    assert crm("set", id, "probability=90").code == 0
    assert "90%  source: own" in crm("deal", "show", id).out
