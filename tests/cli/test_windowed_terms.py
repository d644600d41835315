"""A figure of a period among the terms chooses customers: rows of items stay as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Crm

ANA = """\
name: Ana Novak
birth_date: 1984-11-20
contact_every: 7 days
owner: petra
interactions:
  - {id: i-1111111, at: 2026-11-02, kind: call, summary: Prices}
  - {id: i-2222222, at: "2026-11-20T10:00+01:00", kind: call, status: planned}
tasks:
  - {id: t-1111111, title: Send it, due: 2026-11-19}
  - {id: t-2222222, title: Ask, due: 2026-11-24}
purchases:
  - {id: p-1111111, date: 2026-10-01, kind: invoice, number: "2026-0035", amount: 5000}
payments:
  - {id: y-1111111, date: 2026-10-05, amount: 10, for: p-1111111}
"""
COMMANDS = (
    ("due",),
    ("due", "--within", "7d"),
    ("due", "--kind", "invoice,todo"),
    ("due", "--kind", "birthday,keep_in_touch,planned"),
    ("agenda", "--days", "9"),
    ("timeline",),
    ("timeline", "--kind", "call,invoice,payment"),
    ("interaction", "list"),
    ("task", "list"),
    ("purchase", "list"),
    ("payment", "list"),
)
WITHIN = ("spend@12m:1000..", "orders@2026-10:1..", "spend@2026:1000..", "not:spend@12m:..999")
NOBODY = ("spend@2025:1000..", "spend@12m:9999..")


@pytest.fixture
def ana(shop: Path) -> str:
    (shop / "customers/ana-novak.yaml").write_text(ANA)
    return "ana-novak"


def rows(crm: Crm, command: tuple[str, ...], *terms: str) -> list[dict[str, object]]:
    done = crm(command[0], *command[1:], *terms, "--json")
    assert done.code == 0, done.err
    found: list[dict[str, object]] = json.loads(done.out)
    return found


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_windowed_figure_drops_no_rows(crm: Crm, ana: str, command: tuple[str, ...]) -> None:
    whole = rows(crm, command, "spend:1000..")
    assert whole
    assert {row.get("who", row.get("customer")) for row in whole} == {ana}
    for term in WITHIN:
        assert rows(crm, command, term) == whole, term
    for term in NOBODY:
        assert rows(crm, command, term) == [], term


@pytest.mark.parametrize("term", WITHIN)
def test_a_digest_has_the_same_lines(crm: Crm, ana: str, term: str) -> None:
    whole = crm("notify", "spend:1000..", "--dry-run", "--within", "7d").out
    assert "Send it" in whole and "2026-0035" in whole and "birthday" in whole
    assert crm("notify", term, "--dry-run", "--within", "7d").out == whole
    assert crm("notify", NOBODY[0], "--dry-run", "--within", "7d").out == ""
