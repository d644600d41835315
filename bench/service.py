"""Add cases, feedback and losses to a made-up data directory, the same for the same seed.

    python bench/service.py FOLDER

FOLDER is one that `generate.py` made. Every second customer gets a case and feedback, every
twentieth was lost. As there, nothing of the program is imported.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from generate import PRODUCTS, TODAY, USERS, identifier, make

_KINDS = ("question", "incident", "problem", "complaint", "return", "warranty")
_SUBJECTS = ("Torn bags", "It does not start", "Where is my parcel?", "Wrong colour", "Too late")
_PRIORITIES = ("low", "normal", "normal", "high", "urgent")
_ORIGINS = ("call", "email", "web", "chat")
_DECISIONS = ("refund", "exchange", "repair", "refused")
_REASONS = ("price", "competitor", "timing", "poor_fit", "other")
_SETTINGS = """\
working_hours:
  mon: ["08:00-16:00"]
  tue: ["08:00-16:00"]
  wed: ["08:00-16:00"]
  thu: ["08:00-16:00"]
  fri: ["08:00-14:00"]
holidays: [2026-12-25]
service:
  - {priority: urgent, respond: 1h, next: 2h, resolve: 1d}
  - {respond: 4h, next: 8h, resolve: 3d}
"""


def make_served(folder: Path, count: int, *, seed: int = 1) -> None:
    """Write a directory of `count` customers with service; raises FileExistsError."""
    make(folder, count, seed=seed)
    add_service(folder)


def add_service(folder: Path, *, seed: int = 2) -> None:
    """Add service to the records of a directory, and its promises to the settings."""
    chance = random.Random(seed)
    with folder.joinpath("crm.yaml").open("a", encoding="utf-8") as settings:
        settings.write(_SETTINGS)
    for number, path in enumerate(sorted(folder.joinpath("customers").iterdir())):
        lines = [*_case(chance), *_feedback(chance)] if number % 2 == 0 else []
        if number % 20 == 0:
            lines += _loss(chance)
        if lines:
            with path.open("a", encoding="utf-8", newline="") as record:
                record.write("\n".join(("", *lines, "")))


def _case(chance: random.Random) -> Iterator[str]:
    opened = TODAY - timedelta(days=chance.randint(1, 700))
    kind = chance.choice(_KINDS)
    solved = (TODAY - opened).days > 10 and chance.random() < 0.95
    yield from (
        "cases:",
        f"  - id: {identifier(chance, 'c')}",
        f"    kind: {kind}",
        f"    status: {'resolved' if solved else 'assigned'}",
        f"    priority: {chance.choice(_PRIORITIES)}",
        f"    origin: {chance.choice(_ORIGINS)}",
        f"    subject: {chance.choice(_SUBJECTS)}",
        f"    assignee: {chance.choice(USERS)}",
        f"    opened: {opened}T10:30+01:00",
    )
    if chance.random() < 0.9:
        answered = opened + timedelta(days=chance.randint(0, 2))
        yield f"    first_response_at: {answered}T15:{chance.randint(10, 59)}+01:00"
    if solved:
        yield f"    resolved_at: {opened + timedelta(days=chance.randint(2, 10))}T16:00+01:00"
    yield from (
        "    lines:",
        f"      - product: sku-{chance.randint(1, PRODUCTS):02}",
        f"        quantity: {chance.randint(1, 3)}",
    )
    if kind in ("return", "warranty"):
        yield f"        received: {opened + timedelta(days=1)}"
        if solved:
            yield f"    decision: {chance.choice(_DECISIONS)}"


def _feedback(chance: random.Random) -> Iterator[str]:
    kind, worst, best = chance.choice((("nps", 0, 10), ("csat", 1, 5), ("ces", 1, 7)))
    yield from (
        "",
        "feedback:",
        f"  - id: {identifier(chance, 'f')}",
        f"    at: {TODAY - timedelta(days=chance.randint(1, 700))}",
        f"    kind: {kind}",
        f"    score: {chance.randint(worst, best)}",
        f"    body: {chance.choice(_SUBJECTS)}",
    )


def _loss(chance: random.Random) -> Iterator[str]:
    yield from (
        "",
        "losses:",
        f"  - at: {TODAY - timedelta(days=chance.randint(1, 700))}",
        f"    competitor: Rival {chance.randint(1, 5)}",
        f"    reason: {chance.choice(_REASONS)}",
    )


if __name__ == "__main__":
    add_service(Path(sys.argv[1]))
