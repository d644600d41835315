"""`--owner` and `--period` wherever there are owners and dates."""

from __future__ import annotations

import json

from tests.conftest import Crm


def told(crm: Crm, *words: str) -> list[str]:
    done = crm(*words, "--json")
    assert done.code == 0, done.err
    return [row.get("what") or row["id"] for row in json.loads(done.out)]


def test_the_timeline_of_an_owner(crm: Crm) -> None:
    assert crm("log", "maja-kos", "Fitting", "--at", "2026-11-13", "owner=marko").code == 0
    assert told(crm, "timeline", "--owner", "marko") == ["Fitting"]
    assert told(crm, "timeline", "--owner", "marko", "--kind", "call") == []
    assert told(crm, "timeline", "maja-kos", "--owner", "marko,petra") == told(
        crm, "timeline", "maja-kos", "owner:marko,petra"
    )


def test_the_balances_of_an_owner(crm: Crm) -> None:
    assert told(crm, "balance") == ["maja-kos"]
    assert told(crm, "balance", "--owner", "petra") == ["maja-kos"]
    assert told(crm, "balance", "--owner", "marko") == []
    assert told(crm, "balance", "maja-kos", "--owner", "petra,marko") == ["maja-kos"]
    assert told(crm, "balance", "maja-kos", "--owner", "marko") == []


def test_due_in_a_period(crm: Crm) -> None:
    for day in ("2026-11-10", "2026-11-20", "2026-11-26", "2026-12-20"):
        assert crm("task", "add", "jan-vidmar", f"Towels {day}", "--due", day).code == 0
    due = ("due", "customer:jan-vidmar")
    assert told(crm, *due, "--period", "2026-11-20") == ["Towels 2026-11-20"]
    assert told(crm, *due, "--period", "..2026-11-15") == ["Towels 2026-11-10"]
    assert told(crm, *due, "--period", "next-week") == ["Towels 2026-11-26"]
    assert told(crm, *due, "--period", "2026-12") == ["Towels 2026-12-20"]
    agenda = ("agenda", "customer:jan-vidmar")
    assert told(crm, *agenda, "--period", "next-week") == ["Towels 2026-11-26"]
    assert told(crm, *agenda, "--period", "2026-12") == ["Towels 2026-12-20"]
    for words, said in (
        (("due", "--period", "2026", "--within", "7d"), "do not go together"),
        (("agenda", "--period", "2026-12", "--days", "3"), "do not go together"),
        (("due", "--period", "today.."), "has no end"),
    ):
        done = crm(*words)
        assert (done.code, said in done.err) == (2, True)


def test_export_of_a_period(crm: Crm) -> None:
    assert "2026-0007" in crm("export", "purchases", "--period", "2026-11").out
    assert "2026-0007" not in crm("export", "purchases", "--period", "2026-10").out
    for kind in ("customers", "calendar"):
        done = crm("export", kind, "--period", "2026")
        assert (done.code, "no date of their own" in done.err) == (2, True)


def test_a_list_offers_a_period_where_there_is_a_date(crm: Crm) -> None:
    assert "--period" in crm("purchase", "list", "--help").out
    assert "--period" not in crm("list", "--help").out
    assert "--period" not in crm("product", "list", "--help").out
