"""The days of deals: what is closed on a day to come counts later; an impossible cycle does not."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Crm


def _won(crm: Crm, *words: str) -> dict[str, object]:
    found: list[dict[str, object]] = json.loads(crm("report", "win-loss", *words, "-o", "json").out)
    return found[0] if found else {}


def _add(crm: Crm, shop: Path, lines: str) -> None:
    (shop / "customers/k-gmbh.yaml").write_text(f"name: K GmbH\ndeals:\n{lines}")


DEAL = "  - {{id: {id}, name: N, stage: won, amount: 100, created: {began}, closed_at: {ended}}}\n"


def test_a_deal_is_not_won_on_a_day_to_come(crm: Crm) -> None:
    crm("add", "K GmbH")
    crm("deal", "add", "k-gmbh", "B", "--amount", "100")
    run = crm("deal", "win", "k-gmbh", "--date", "2027-01-01")
    assert run.code == 2 and "--date is to come" in run.err
    assert crm("deal", "win", "k-gmbh", "--date", "2026-11-01").code == 0


def test_what_is_won_on_a_day_to_come_counts_from_then_on(crm: Crm, shop: Path) -> None:
    before = _won(crm)
    _add(crm, shop, DEAL.format(id="d-1", began="2026-11-01", ended="2027-01-01"))
    assert _won(crm) == before
    later = _won(crm, "--today", "2027-01-01")
    assert later["won"] == int(str(before.get("won", 0))) + 1


def test_a_deal_that_was_won_before_it_was_created_has_no_cycle(crm: Crm, shop: Path) -> None:
    before = _won(crm)
    _add(crm, shop, DEAL.format(id="d-1", began="2026-11-01", ended="2026-01-01"))
    after = _won(crm)
    assert after["cycle"] == before.get("cycle")
    assert after["won"] == int(str(before.get("won", 0))) + 1
    said = " ".join(crm("check").out.split())
    assert "won on 2026-01-01, and created on 2026-11-01: its cycle is left out" in said


def test_a_deal_of_less_than_nothing_is_told(crm: Crm) -> None:
    crm("add", "K GmbH")
    run = crm("deal", "add", "k-gmbh", "Neg", "--amount", "-5")
    assert run.code != 0 and "is not worth -5" in run.err
    assert crm("deal", "add", "k-gmbh", "Neg", "--amount", "-5", "--force").code == 0
    assert "is not worth -5" in " ".join(crm("check").out.split())


def test_own_reasons_are_among_those_to_choose(crm: Crm, shop: Path) -> None:
    with (shop / "crm.yaml").open("a") as settings:
        settings.write("vocabulary: {lost_reason: [champion_left]}\n")
    crm("add", "K GmbH")
    crm("deal", "add", "k-gmbh", "B", "--amount", "100")
    assert "champion_left" in crm("deal", "lose", "k-gmbh").err
