"""A campaign over made-up customers in three groups, as Hillstrom's test of e-mails had it: two
mails and a group that gets none; and the same figures counted in plain Python.

Nothing of the program is imported: the groups are read from the files as text.
"""

from __future__ import annotations

import csv
import itertools
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from math import sqrt
from pathlib import Path

STARTED = date(2026, 9, 1)
TODAY = date(2026, 11, 20)
NAME = "autumn"
DAYS = {NAME: 30, "letter": 20}
_RATES = {"mens": (0.18, 0.24), "womens": (0.15, 0.18), "": (0.0, 0.12)}
"""By variant: how many of those who had it click, and how many buy."""
_Z = 1.959964
Entry = tuple[str, str, date]
"""(campaign, status, day)."""


@dataclass
class Person:
    """A customer: their entries, their group in the campaign, and what they bought."""

    id: str
    status: str = ""
    variant: str = ""
    entries: list[Entry] = field(default_factory=list)
    purchases: list[tuple[date, Decimal, str]] = field(default_factory=list)
    """(day, net, the campaign that it names)."""


def write(root: Path, count: int) -> None:
    """The customers, some of whom had a letter before; nobody is in a group yet."""
    (root / "customers").mkdir(parents=True)
    (root / "campaigns").mkdir()
    (root / "crm.yaml").write_text("business: {name: Shop}\ncurrency: EUR\ntime_zone: UTC\n")
    (root / "segments.yaml").write_text(
        "quiet:\n  kind: suppression\n  members: [c00003, c00010]\ncold:\n  query: +cold\n"
    )
    (root / "campaigns" / f"{NAME}.yaml").write_text(
        "name: Autumn\nexclude_segment: cold\nhold_out: 33.3333%\nactual_cost: 900\n"
        "goal: {metric: orders, target: 500}\nvariants:\n  - id: mens\n  - id: womens\n"
    )
    (root / "campaigns" / "letter.yaml").write_text(
        "name: Letter\nkind: letter\nstatus: complete\nattribution: 20\n"
    )
    chance = random.Random(1)
    for number in range(count):
        id = f"c{number:05}"
        lines = [f"name: Customer {number}"]
        if chance.random() < 0.05:
            lines.append("tags: [cold]")
        if chance.random() < 0.97:
            lines += [f"emails: [c{number}@example.com]", "consents:",
                      "  - {at: 2025-01-01, purpose: marketing, action: opt_in}"]  # fmt: skip
        if chance.random() < 0.3:
            day = STARTED + timedelta(chance.randrange(-20, 60))
            lines += ["campaign_responses:", "  - campaign: letter", "    status: sent",
                      f"    at: {day}"]  # fmt: skip
        (root / "customers" / f"{id}.yaml").write_text("\n".join(lines) + "\n")


def read(root: Path) -> dict[str, Person]:
    """The customers with their entries, as the files have them."""
    found = {}
    entry = re.compile(r"  - campaign: (\S+)\n((?:    .*\n)*)")
    for path in sorted((root / "customers").glob("*.yaml")):
        person = found[path.stem] = Person(path.stem)
        for campaign, rest in entry.findall(path.read_text()):
            of = dict(line.strip().split(": ", 1) for line in rest.splitlines())
            day = date.fromisoformat(of["at"].strip('"')[:10])
            person.entries.append((campaign, of["status"], day))
            if campaign == NAME and of["status"] in ("targeted", "held_out", "suppressed"):
                person.status, person.variant = of["status"], of.get("variant", "")
    return found


def respond(people: Iterable[Person], folder: Path) -> tuple[Path, Path]:
    """Tables of what became of them, and of what they bought, which is noted in them as well."""
    chance = random.Random(2)
    responses, purchases = folder / "responses.csv", folder / "purchases.csv"
    with responses.open("w", newline="") as one, purchases.open("w", newline="") as other:
        said, bought = csv.writer(one), csv.writer(other)
        said.writerow(["customer", "status", "at"])
        bought.writerow(["customer", "number", "kind", "date", "amount", "campaign"])
        serial = itertools.count()
        for person in people:
            if person.status == "suppressed":
                continue
            clicks, buys = _RATES[person.variant]
            if person.variant:
                _note(person, "sent", STARTED + timedelta(1), said)
                if chance.random() < 0.02:
                    _note(person, "bounced", STARTED + timedelta(2), said)
                if chance.random() < clicks:
                    _note(person, "clicked", STARTED + timedelta(chance.randrange(2, 9)), said)
            while chance.random() < buys:
                day = STARTED + timedelta(chance.randrange(-5, 50))
                net = Decimal(chance.randrange(500, 20000)) / 100
                kind = "sale" if chance.random() < 0.95 else "quote"
                names = NAME if chance.random() < 0.1 else ""
                bought.writerow([person.id, f"s-{next(serial)}", kind,
                                 day, net, names])  # fmt: skip
                if kind == "sale":
                    person.purchases.append((day, net, names))
    return responses, purchases


def _note(person: Person, status: str, day: date, table: object) -> None:
    person.entries.append((NAME, status, day))
    table.writerow([person.id, status, day])  # type: ignore[attr-defined]


def credited(person: Person, day: date, named: str) -> str:
    """The campaign that a purchase is put down to."""
    if named:
        return named
    touches = [
        (touch, campaign)
        for campaign, status, touch in person.entries
        if status in ("sent", "clicked", "responded")
        and touch <= day <= touch + timedelta(DAYS[campaign])
    ]
    return max(touches)[1] if touches else ""


def attributed(people: Iterable[Person], campaign: str) -> tuple[int, Decimal]:
    """(orders, revenue) of people that are put down to a campaign."""
    nets = [
        net
        for person in people
        for day, net, named in person.purchases
        if credited(person, day, named) == campaign
    ]
    return len(nets), sum(nets, Decimal(0))


def spent(person: Person) -> list[Decimal]:
    """What somebody bought within the days after the start, whatever it is put down to."""
    last = STARTED + timedelta(DAYS[NAME])
    return [net for day, net, _ in person.purchases if STARTED <= day <= last]


def uplift(assigned: list[Person], held_out: list[Person]) -> tuple[float, float, float]:
    """Buyers per 1,000 more than of those held out, and Newcombe's interval (method 10)."""
    hits, others = (sum(bool(spent(one)) for one in part) for part in (assigned, held_out))
    p, q = hits / len(assigned), others / len(held_out)
    (a, b), (c, d) = _score(hits, len(assigned)), _score(others, len(held_out))
    low = p - q - sqrt((p - a) ** 2 + (d - q) ** 2)
    high = p - q + sqrt((b - p) ** 2 + (q - c) ** 2)
    return 1000 * (p - q), 1000 * low, 1000 * high


def _score(hits: int, cases: int) -> tuple[float, float]:
    """The ends of the score interval: the roots of (p − x)² = z² x (1 − x) ÷ n."""
    p, z = hits / cases, _Z * _Z
    middle, square = 2 * cases * p + z, 2 * (cases + z)
    root = _Z * sqrt(z + 4 * cases * p * (1 - p))
    return (middle - root) / square, (middle + root) / square


def revenue_uplift(assigned: list[Person], held_out: list[Person]) -> tuple[float, float, float]:
    """Net per 1,000 people more than of those held out, and Welch's interval."""
    means, spreads = [], []
    for part in (assigned, held_out):
        sums = [float(sum(spent(one), Decimal(0))) for one in part]
        mean = sum(sums) / len(sums)
        means.append(mean)
        spreads.append(sum((one - mean) ** 2 for one in sums) / (len(sums) - 1) / len(sums))
    margin, difference = _Z * sqrt(sum(spreads)), means[0] - means[1]
    return 1000 * difference, 1000 * (difference - margin), 1000 * (difference + margin)
