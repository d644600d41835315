"""A made-up year of service: cases, feedback, invitations, losses and what was bought; and the
figures of the reports once more, counted in plain Python over the lines of the files."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = NOW.date()
PRODUCTS = ("beans", "mug", "mill", "filter")
SETTINGS = """\
currency: EUR
users: {petra: {}, marko: {}}
service:
  - {priority: urgent, respond: 2h, resolve: 24h}
  - {segment: best, respond: 8h, resolve: 3d}
  - {respond: 1d, resolve: 10d}
"""
ENDED = ("resolved", "closed", "rejected", "duplicate")
Record = dict[str, Any]


def write(root: Path, count: int, seed: int) -> None:
    """Write a directory with so many customers."""
    chance = random.Random(seed)
    (root / "customers").mkdir(parents=True)
    (root / "crm.yaml").write_text(SETTINGS)
    (root / "segments.yaml").write_text("best: {query: +vip}\n")
    (root / "products.yaml").write_text("".join(f"{sku}: {{price: 5}}\n" for sku in PRODUCTS))
    (root / "surveys.yaml").write_text("yearly: {kind: nps, questions: [{id: q}]}\n")
    for number in range(count):
        made = _customer(chance, number)
        lines = [f"{key}: {json.dumps(value)}" for key, value in made.items()]
        (root / f"customers/c{number:05}.yaml").write_text("\n".join(lines) + "\n")


def read(root: Path) -> list[Record]:
    """The customers as their files have them."""
    return [
        {key: json.loads(value) for key, value in (
            line.split(": ", 1) for line in path.read_text().splitlines())}
        for path in sorted((root / "customers").glob("*.yaml"))
    ]  # fmt: skip


def _customer(chance: random.Random, number: int) -> Record:
    made: Record = {"name": f"Customer {number}", "owner": chance.choice(("petra", "marko"))}
    if chance.random() < 0.2:
        made["tags"] = ["vip"]
    made["purchases"] = [_purchase(chance, number, n) for n in range(chance.randrange(3))]
    cases, said = [], []
    for n in range(chance.choice((0, 0, 1, 1, 2))):
        case, words = _case(chance, f"c-{number:05}{n:02}", made["purchases"])
        cases.append(case)
        said += words
    made |= {"cases": cases, "interactions": said}
    if chance.random() < 0.3:
        made["survey_invitations"] = [
            {"survey": "yearly", "wave": chance.choice(("a", "b")), "at": str(_day(chance))}
            for _ in range(chance.choice((1, 1, 2)))
        ]
    made["feedback"] = _feedback(chance, number, made)
    if chance.random() < 0.1:
        loss = {"at": str(_day(chance)), "reason": chance.choice(("price", "timing"))}
        if chance.random() < 0.5:
            loss["competitor"] = chance.choice(("Sever", "Jug"))
        if chance.random() < 0.3:
            loss["won_back"] = str(date.fromisoformat(loss["at"]) + timedelta(days=30))
        made["losses"] = [loss]
    return {key: value for key, value in made.items() if value}


def _day(chance: random.Random) -> date:
    return date(2025, 12, 1) + timedelta(days=chance.randrange(380))


def _purchase(chance: random.Random, number: int, place: int) -> Record:
    return {
        "id": f"p-{number:05}{place:02}",
        "kind": chance.choice(("sale", "sale", "sale", "credit_note")),
        "date": str(_day(chance)),
        "lines": [
            {"product": chance.choice(PRODUCTS), "quantity": chance.randrange(1, 20),
             "unit_price": 5}
            for _ in range(chance.randrange(1, 3))
        ],
    }  # fmt: skip


def _text(at: datetime) -> str:
    return at.isoformat(timespec="minutes")


def _case(
    chance: random.Random, id: str, purchases: list[Record]
) -> tuple[Record, list[Record]]:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(470_000))
    case: Record = {
        "id": id, "subject": "Torn", "status": "new", "opened": _text(at),
        "kind": chance.choice(("question", "complaint", "return", "warranty")),
    }  # fmt: skip
    if chance.random() < 0.3:
        case["priority"] = chance.choice(("urgent", "low"))
    if chance.random() < 0.5:
        case["lines"] = [
            {"product": chance.choice(PRODUCTS), "quantity": chance.randrange(1, 4)}
            for _ in range(chance.choice((1, 1, 2)))
        ]
    elif chance.random() < 0.5:
        case["product"] = chance.choice(PRODUCTS)
    notes = [one for one in purchases if one["kind"] == "credit_note"]
    if notes and chance.random() < 0.5:
        case["credit_note"] = notes[0]["id"]
    if chance.random() < 0.1:
        case["decision"] = "refund"
    history = [{"status": "new", "at": _text(at)}]
    said = []
    for _ in range(chance.randrange(6)):
        at += timedelta(minutes=chance.randrange(1, 4000))
        now = history[-1]["status"]
        what = chance.choice(("out", "in", "assigned", "pending", "resolved", "duplicate"))
        if what in ("out", "in"):
            said.append({"at": _text(at), "kind": "call", "direction": f"{what}bound", "case": id})
        elif what != now and not (what in ENDED and now in ENDED):
            history.append({"status": what, "at": _text(at)})
    case |= {"status": history[-1]["status"], "status_history": history}
    return case, said


def _feedback(chance: random.Random, number: int, made: Record) -> list[Record]:
    found = []
    waves: list[str] = []
    for n in range(chance.choice((0, 0, 1, 2))):
        kind = chance.choice(("nps", "csat", "ces", "review"))
        one: Record = {
            "id": f"f-{number:05}{n:02}", "at": str(_day(chance)), "kind": kind,
            "score": chance.randrange(*{"nps": (0, 11), "ces": (1, 8)}.get(kind, (1, 6))),
        }  # fmt: skip
        if chance.random() < 0.5:
            one["body"] = "Words"
        if kind == "nps" and (wave := chance.choice(("a", "b"))) not in waves:
            waves.append(wave)
            one |= {"survey": "yearly", "wave": wave}
        elif made["purchases"] and chance.random() < 0.5:
            one["purchase"] = made["purchases"][0]["id"]
        found.append(one)
    return found


# The figures once more


def groups(items: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    """The items by a key."""
    found: dict[Any, list[Any]] = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return dict(found)


def rounded(part: Any, whole: Any, to: str = "0.0001") -> Decimal | None:
    """A fraction, rounded half-up; missing by nothing."""
    if not whole:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(Decimal(to), ROUND_HALF_UP)


def course(case: Record, said: list[Record]) -> None:
    """Add to a case what became of it by now, minute by minute from event to event."""
    events = [(one["at"], 0, one["direction"]) for one in said if one["case"] == case["id"]]
    events += [(one["at"], 1, one["status"]) for one in case["status_history"]]
    opened = datetime.fromisoformat(case["opened"])
    here, running, status, count = opened, True, "new", 0
    case["responded"] = case["solved"] = None
    case["reopened"] = 0
    steps: list[tuple[datetime, datetime]] = []
    for text, _, what in sorted(events):
        at = datetime.fromisoformat(text)
        if at.date() > TODAY:
            continue
        if running:
            steps.append((here, at))
        here = at
        if what == "outbound" or (what in ENDED and status not in ENDED):
            case["responded"] = case["responded"] or at
        if what == "inbound":
            running = running or status == "pending"
        elif what != "outbound":
            if what in ENDED and status not in ENDED:
                case["solved"] = at
            elif status in ENDED and what not in ENDED:
                case["solved"] = None
                case["reopened"] += 1
            status, running = what, what not in (*ENDED, "pending")
        count += 1
    if running:
        steps.append((here, datetime.max.replace(tzinfo=UTC)))
    case["steps"] = steps


def ran(case: Record, until: datetime) -> timedelta:
    """How long the clock ran up to a moment."""
    parts = (min(end, until) - start for start, end in case["steps"] if start < until)
    return sum(parts, timedelta())


def reached(case: Record, limit: timedelta) -> datetime | None:
    """When the clock had run so long."""
    left = limit
    steps: list[tuple[datetime, datetime]] = case["steps"]
    for start, end in steps:
        if end - start >= left:
            return start + left
        left -= end - start
    return None


def kept(case: Record, limit: timedelta, ended: datetime | None) -> bool | None:
    """Whether a promise was kept; None where that is open."""
    by = reached(case, limit)
    if ended is not None:
        return by is None or ended <= by
    return False if by is not None and by < NOW else None


def quantile(values: list[timedelta], part: Decimal) -> Decimal | None:
    """The quantile of type 7, in hours with two decimals."""
    if not values:
        return None
    ordered = sorted(int(one.total_seconds()) // 60 for one in values)
    place = part * (len(ordered) - 1)
    low = int(place)
    above = ordered[min(low + 1, len(ordered) - 1)]
    minutes = ordered[low] + (place - low) * (above - ordered[low])
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"), ROUND_HALF_UP)
