"""A made-up year of deals, with moves, reopenings and slips; and its figures once more, counted in
plain Python over the lines of the files."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import median
from typing import Any

TODAY = date(2026, 11, 20)
USERS = ("petra", "marko", None)
RATES = {date(2025, 6, 1): Decimal("1.25"), date(2026, 6, 1): Decimal("1.1")}
STAGES = {
    "lead": ("open", 10, "pipeline"),
    "offer": ("open", 40, "best_case"),
    "contract": ("open", 80, "commit"),
    "waiting": ("on_hold", 0, ""),
    "won": ("won", 100, ""),
    "lost": ("lost", 0, ""),
}
OPEN = [name for name, (type, *_) in STAGES.items() if type == "open"]
ROTS = {"offer": 21, "contract": 60}
QUOTAS = {"petra": Decimal(5000), "marko": Decimal(8000)}
SETTINGS = """\
currency: EUR
time_zone: Europe/Ljubljana
forecast_by: FORECAST
users:
  petra: {quota: 5000}
  marko: {quota: 8000}
stages:
  - {id: lead, probability: 10}
  - {id: offer, probability: 40, rot_after: 21 days, forecast_category: best_case}
  - {id: contract, probability: 80, rot_after: 60 days, forecast_category: commit}
  - {id: waiting, type: on_hold}
  - won
  - lost
"""
Deal = dict[str, Any]


def write(root: Path, count: int, seed: int, *, forecast: str = "stage") -> None:
    """Write a directory with so many deals, some five of each customer."""
    chance = random.Random(seed)
    (root / "customers").mkdir(parents=True)
    (root / "crm.yaml").write_text(SETTINGS.replace("FORECAST", forecast))
    rates = "".join(f"{day}: {{USD: {rate}}}\n" for day, rate in RATES.items())
    (root / "rates.yaml").write_text(rates)
    for start in range(0, count, 5):
        deals = [_made(chance, number) for number in range(start, min(start + 5, count))]
        lines = [f"name: Customer {start}", f"owner: {chance.choice(('petra', 'marko'))}", "deals:"]
        lines += [f"  - {json.dumps(deal)}" for deal in deals]
        tasks = [
            {"id": f"t-{deal['id'][2:]}", "title": "Call", "deal": deal["id"],
             "status": chance.choice(("open", "completed"))}
            for deal in deals if chance.random() < 0.5
        ]  # fmt: skip
        if tasks:
            lines += ["tasks:", *(f"  - {json.dumps(task)}" for task in tasks)]
        (root / f"customers/c{start:05}.yaml").write_text("\n".join(lines) + "\n")


def _made(chance: random.Random, number: int) -> Deal:
    """A deal on its way: it moves on, back, is lost, waits, and may be opened again."""
    day = TODAY - timedelta(days=chance.randrange(365))
    deal: Deal = {"id": f"d-{number:07}", "name": f"Deal {number}"}
    if chance.random() < 0.95:
        deal["created"] = day.isoformat()
    stage = chance.choice(OPEN[:2])
    moves = [(stage, day)]
    while chance.random() < 0.8:
        day += timedelta(days=chance.randrange(1, 60))
        if day > TODAY:
            break
        stage = chance.choice([*OPEN, *OPEN, "won", "won", "lost", "lost", "waiting"])
        if stage != moves[-1][0]:
            moves.append((stage, day))
    stage, day = moves[-1]
    if chance.random() < 0.97:
        deal["stage"] = stage
    if chance.random() < 0.9:
        deal["stage_history"] = [{"stage": one, "at": at.isoformat()} for one, at in moves]
    if stage in ("won", "lost") and chance.random() < 0.9:
        deal["closed_at"] = day.isoformat()
    if stage == "lost":
        deal["lost_reason"] = chance.choice(("price", "timing", "competitor"))
    if chance.random() < 0.9:
        deal["amount"] = f"{chance.randrange(100, 900_000) / 100:.2f}"
    if chance.random() < 0.2:
        deal["currency"] = "USD"
    if chance.random() < 0.2:
        deal["probability"] = chance.choice((5, 33, 62.5))
    if chance.random() < 0.85:
        deal["expected_close"] = (TODAY + timedelta(days=chance.randrange(-60, 200))).isoformat()
    if (owner := chance.choice(USERS)) is not None:
        deal["owner"] = owner
    return deal


def read(root: Path) -> list[Deal]:
    """The deals of a directory, each with what is counted of it."""
    found: list[Deal] = []
    for path in sorted((root / "customers").glob("*.yaml")):
        lines = path.read_text().splitlines()
        items = [json.loads(line[4:]) for line in lines if line.startswith("  - {")]
        about = {one["deal"] for one in items if one.get("status") == "open" and "deal" in one}
        owner = lines[1].removeprefix("owner: ")
        found += [
            _counted({"owner": owner, **deal, "step": deal["id"] in about})
            for deal in items
            if deal["id"].startswith("d-")
        ]
    return found


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def cents(value: Decimal) -> Decimal:
    """An amount to the cent."""
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def in_base(value: Decimal, deal: Deal, day: date | None) -> Decimal:
    """An amount of a deal in EUR, at the rate of a day; of none at the latest."""
    if deal.get("currency") != "USD":
        return value
    rates = [rate for at, rate in sorted(RATES.items()) if day is None or at <= day]
    return cents(value / rates[-1])


def _counted(deal: Deal) -> Deal:
    stage = deal.get("stage")
    type, percent, category = STAGES.get(stage or "", ("open", None, "pipeline"))
    history = [(one["stage"], _day(one["at"])) for one in deal.get("stage_history", ())]
    deal["status"], deal["category"], deal["history"] = type, category, history
    deal["begun"] = _day(deal.get("created")) or (history[0][1] if history else None)
    moved = history[-1][1] if history and history[-1][0] == stage else None
    deal["ended"] = (_day(deal.get("closed_at")) or moved) if type in ("won", "lost") else None
    deal["since"] = moved or deal["begun"]
    deal["close"] = _day(deal.get("expected_close"))
    own = deal.get("probability") if type in ("open", "on_hold") else None
    deal["chance"] = percent if own is None else own
    deal["own"] = own is not None
    deal["value"] = deal["base"] = None
    if "amount" in deal:
        deal["value"] = Decimal(deal["amount"])
        deal["base"] = in_base(deal["value"], deal, deal["ended"])
    come = [one for one, _ in history if one in OPEN] + ([stage] if stage in OPEN else [])
    deal["furthest"] = max(map(OPEN.index, come), default=None)
    return deal


def learned(deals: Iterable[Deal]) -> dict[str, Decimal]:
    """The learned probability of each open stage, in percent."""
    deals = list(deals)
    found = {}
    for place, stage in enumerate(OPEN):
        come = [
            deal for deal in deals
            if deal["status"] in ("won", "lost")
            and deal["furthest"] is not None and deal["furthest"] >= place
        ]  # fmt: skip
        won = sum(deal["status"] == "won" for deal in come)
        found[stage] = (won + Decimal(20 * STAGES[stage][1]) / 100) * 100 / (len(come) + 20)
    return found


def weights(deals: list[Deal], forecast: str) -> None:
    """Give each deal its weighted value in the base currency."""
    known = learned(deals) if forecast == "learned" else {}
    for deal in deals:
        deal["weighted"] = Decimal(0)
        stage = deal.get("stage")
        if deal["value"] is None or deal["chance"] is None:
            continue
        if stage in known and not deal["own"]:
            deal["weighted"] = cents(deal["base"] * known[stage] / 100)
        else:
            own = cents(deal["value"] * Decimal(str(deal["chance"])) / 100)
            deal["weighted"] = in_base(own, deal, deal["ended"])


def total(deals: Iterable[Deal], key: str = "base") -> Decimal:
    """The sum of amounts; those that are not known add nothing."""
    return sum((deal[key] for deal in deals if deal[key] is not None), Decimal("0.00"))


def by(deals: Iterable[Deal], key: Callable[[Deal], Any]) -> dict[Any, list[Deal]]:
    """The deals in groups."""
    found = defaultdict(list)
    for deal in deals:
        found[key(deal)].append(deal)
    return found


def middle(numbers: Iterable[int]) -> float | None:
    """The median; none of nothing."""
    listed = list(numbers)
    return float(median(listed)) if listed else None
