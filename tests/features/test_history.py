"""History in the words of the program: fields, not lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.conftest import Crm, Git


def what(run: Any) -> list[str]:
    assert run.code == 0, run.err
    return [row["what"] for row in json.loads(run.out)]


def test_history_says_fields_and_items(shop: Path, git: Git, crm: Crm) -> None:
    for words in (
        ("set", "maja-kos", "stage=lead"),
        ("set", "maja-kos", "stage=customer", "city=Izola"),
        ("task", "done", "t-9f3kx7d"),
        ("tag", "add", "cold", "maja-kos"),
        ("purchase", "add", "maja-kos", "--amount", "370", "--text", "Sheets"),
    ):
        assert crm(*words).code == 0, words
    told = what(crm("history", "maja-kos", "--json"))
    rows = json.loads(crm("history", "maja-kos", "--json").out)
    (stage,) = [row for row in rows if row["after"] == "customer"]
    assert (stage["field"], stage["before"], stage["who"]) == ("lifecycle_stage", "lead", "petra")
    assert "task done: Send the samples" in told
    assert "+1 purchase 370.00 EUR" in told
    assert "+tag cold" in told
    assert "stage lead → customer" in told
    assert "address: city Koper → Izola" in told
    assert told[-1] == "+1 customer Maja Kos"


def test_history_says_the_moves_of_every_kind(git: Git, crm: Crm) -> None:
    crm("log", "maja-kos", "Fitting", "--kind", "meeting", "--at", "2026-11-23 10:00")
    assert crm("interaction", "held", "maja-kos", "--outcome", "reached").code == 0
    assert what(crm("history", "maja-kos", "--json"))[:2] == [
        "interaction held: Fitting", "interaction Fitting: outcome (none) → reached",
    ]  # fmt: skip
    crm("task", "cancel", "t-9f3kx7d")
    assert what(crm("history", "maja-kos", "--json"))[0] == "task cancelled: Send the samples"


def test_history_follows_a_renaming_and_finds_what_is_gone(git: Git, crm: Crm) -> None:
    crm("set", "jan-vidmar", "city=Izola")
    crm("rename", "jan-vidmar", "jan-v")
    assert "+1 customer Jan Vidmar" in what(crm("history", "jan-v", "--json"))
    crm("rm", "jan-v", "--yes")
    assert what(crm("history", "jan-v", "--json"))[0] == "-1 customer Jan Vidmar"
    assert crm("history", "nobody-at-all").code == 3


def test_what_is_not_committed_is_told(shop: Path, git: Git, crm: Crm) -> None:
    path = shop / "customers/jan-vidmar.yaml"
    path.write_text(path.read_text() + "nickname: Jaka\n")
    (first, *_) = json.loads(crm("history", "jan-vidmar", "--json").out)
    assert (first["what"], first["when"]) == ("nickname (none) → Jaka", None)


def test_changes_over_all_records(git: Git, crm: Crm) -> None:
    crm("set", "maja-kos", "city=Izola")
    crm("product", "add", "towel", "Towel", "--price", "12")
    crm("product", "set", "towel", "price=13")
    told = what(crm("changes", "--since", "2000-01-01", "--json"))
    assert told[0] == "product towel: price 12 → 13"
    assert told[1] == "+1 product Towel"
    assert "+1 customer Hotel Breg" in told
    told = what(crm("changes", "city:Izola", "--since", "2000-01-01", "--json"))
    assert all("Breg" not in text and "towel" not in text for text in told) and told
    assert what(crm("changes", "--since", "2090-01-01", "--json")) == []


def test_blame_names_the_change_of_each_field(git: Git, crm: Crm) -> None:
    crm("set", "maja-kos", "nickname=Mia")
    crm("set", "t-9f3kx7d", "due=2026-12-01")
    rows = {row["field"]: row for row in json.loads(crm("blame", "maja-kos", "--json").out)}
    assert rows["nickname"]["subject"] == "set nickname of maja-kos"
    assert rows["name"]["subject"] == "git setup"
    assert rows["t-9f3kx7d.due"]["subject"].startswith("set due")
    assert rows["t-9f3kx7d.title"]["subject"] == "git setup"
    assert rows["t-9f3kx7d.due"]["who"] == "petra"
    crm("set", "maja-kos", "city=Izola")
    rows = {row["field"]: row for row in json.loads(crm("blame", "maja-kos", "--json").out)}
    assert rows["addresses"]["subject"] == "set city of maja-kos"


def test_for_people_and_for_tables(git: Git, crm: Crm) -> None:
    run = crm("history", "maja-kos")
    assert run.lines[0].split() == ["when", "who", "what"]
    assert crm("history", "maja-kos", "-o", "tsv", "--cols", "what").lines == [
        "what", "+1 customer Maja Kos",
    ]  # fmt: skip
    assert crm("blame", "maja-kos").lines[0].split() == ["field", "value", "when", "who"]


def blamed(crm: Crm, who: str) -> dict[str, dict[str, object]]:
    return {row["field"]: row for row in json.loads(crm("blame", who, "--json").out)}


def test_blame_names_who_set_fields_within_groups_and_with_a_move(git: Git, crm: Crm) -> None:
    crm("set", "maja-kos", "credit.limit=500", "credit.hold=yes")
    git("config", "user.email", "marko@lan.example")
    crm("set", "maja-kos", "credit.limit=600")
    crm("task", "done", "t-9f3kx7d")
    git("config", "user.email", "petra@lan.example")
    rows = blamed(crm, "maja-kos")
    who = {name: row["who"] for name, row in rows.items()}
    assert (who["credit.limit"], who["credit.hold"]) == ("marko", "petra")
    assert (who["t-9f3kx7d.status"], who["t-9f3kx7d.completed"]) == ("marko", "marko")
    assert who["t-9f3kx7d.title"] == "petra"
    crm("set", "t-9f3kx7d", "completed=2026-11-19T10:00")
    rows = blamed(crm, "maja-kos")
    assert rows["t-9f3kx7d.completed"]["who"] == "petra"
    assert rows["t-9f3kx7d.status"]["who"] == "marko"


def test_blame_tells_people_what_items_say_in_words(shop: Path, git: Git, crm: Crm) -> None:
    path = shop / "customers/hotel-breg.yaml"
    path.write_text(path.read_text() + "contacts:\n  - maja-kos\ncustom:\n  wifi: 7\n")
    crm("set", "hotel-breg", "street=Cesta 1")
    told = crm("blame", "hotel-breg", "--cols", "field,value").out
    assert "{" not in told
    assert "Cesta 1, Bled" in told and "maja-kos" in told and "wifi: 7" in told
