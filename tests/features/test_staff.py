"""Users: what is theirs, who stands in for them, and who takes over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.model.absences import covered, stand_in
from crm_cli.model.dates import read_date
from crm_cli.model.fieldtypes import User
from crm_cli.model.kinds import KINDS
from tests.conftest import Crm

MAJA, BREG = "customers/maja-kos.yaml", "customers/hotel-breg.yaml"
DAY = read_date("2026-11-20")


def ok(crm: Crm, *words: str) -> str:
    run = crm(*words)
    assert run.code == 0, run.err
    return run.out + run.err


def rows(crm: Crm, *words: str) -> Any:
    return json.loads(crm(*words, "--json").out)


def text(shop: Path, path: str) -> str:
    return (shop / path).read_text()


# Standing in


def test_the_deputy_has_what_falls_due_while_the_user_is_away(shop: Path, crm: Crm) -> None:
    ok(crm, "task", "add", "maja-kos", "Ring back", "--due", "2026-12-10", "--assignee", "petra")
    before = rows(crm, "due", "--owner", "petra", "--within", "30d")
    assert {row["what"] for row in before} >= {"Send the samples", "Ring back"}
    ok(crm, "user", "away", "petra", "--until", "2026-12-04", "--deputy", "marko")
    mine = {row["what"] for row in rows(crm, "due", "--owner", "marko", "--within", "30d")}
    assert "Send the samples" in mine
    assert "Ring back" not in mine, "she is back by then"
    assert rows(crm, "due", "--owner", "petra", "--within", "30d") == before
    agenda = rows(crm, "agenda", "--owner", "marko", "--days", "30")
    assert {row["what"] for row in agenda} >= {"Send the samples"}
    ok(crm, "user", "away", "petra", "--back")
    left = rows(crm, "due", "--owner", "marko", "--within", "30d")
    assert "Send the samples" not in {row["what"] for row in left}


def test_digests_go_to_the_deputy_once(shop: Path, crm: Crm) -> None:
    ok(crm, "user", "away", "petra", "--deputy", "marko")
    out = ok(crm, "notify", "--dry-run")
    assert out.count("Send the samples") == 1
    assert "marko@lan.example" in out
    assert "petra@lan.example" not in out


def test_each_occurrence_belongs_to_who_is_there_then(shop: Path, crm: Crm) -> None:
    ok(crm, "task", "add", "maja-kos", "Water", "--due", "2026-11-23", "--every", "week",
       "--assignee", "petra")  # fmt: skip
    ok(crm, "user", "away", "petra", "--from", "2026-11-28", "--until", "2026-12-04",
       "--deputy", "marko")  # fmt: skip
    days = {
        user: [
            row["when"]
            for row in rows(crm, "agenda", "--owner", user, "--days", "21")
            if row["what"] == "Water"
        ]
        for user in ("petra", "marko")
    }
    assert days["marko"] == ["2026-11-30"]
    assert days["petra"] == ["2026-11-23", "2026-11-30", "2026-12-07"]
    id = next(row["id"] for row in rows(crm, "task", "list") if row["title"] == "Water")
    assert "petra is away then; marko stands in" in ok(crm, "task", "done", id)


def test_an_absence_that_cannot_be_is_refused_and_checked(shop: Path, crm: Crm) -> None:
    assert crm("user", "away", "petra", "--deputy", "petra").code == 2
    assert crm("user", "away", "petra", "--from", "fri", "--until", "2026-11-19").code == 2
    assert crm("user", "away", "nobody").code != 0
    settings = shop / "crm.yaml"
    settings.write_text(
        settings.read_text().replace(
            "    name: Petra Zajc\n",
            "    name: Petra Zajc\n    away_from: 2026-12-04\n    away_until: 2026-12-01\n"
            "    deputy: gone\n",
        )
    )
    found = crm("check")
    assert "back before they are away" in found.out + found.err
    assert "gone, who is no user" in found.out + found.err


people = st.sampled_from("abcd")
days = st.sampled_from(("", "2026-11-10", "2026-11-20", "2026-12-01"))


@given(st.dictionaries(people, st.tuples(days, days, st.sampled_from(("", *"abcd")))), people)
def test_who_stands_in_is_there_and_knows_it(
    absences: dict[str, tuple[str, str, str]], user: str
) -> None:
    """Chains and rings of deputies end; who stands in is asked for the user's things."""
    found = stand_in(absences, user, DAY)
    if found != user:
        start, until, _ = absences.get(found, ("9", "", ""))
        assert not (start <= "2026-11-20" and (not until or until >= "2026-11-20"))
        assert user in covered(absences, found)


# Handing over


def test_all_that_is_open_passes_on_and_the_past_stays(shop: Path, crm: Crm) -> None:
    ok(crm, "log", "maja-kos", "Spoke", "owner=petra")
    ok(crm, "log", "maja-kos", "Fitting", "--at", "2027-01-08 10:00", "owner=petra")
    ok(crm, "deal", "add", "maja-kos", "Curtains", "--owner", "petra")
    ok(crm, "case", "add", "maja-kos", "Torn sheets", "--assignee", "petra")
    ok(crm, "quote", "add", "maja-kos", "--line", "linen-sheet:2", "owner=petra")
    ok(crm, "purchase", "add", "maja-kos", "--amount", "100", "owner=petra")
    ok(crm, "set", "t-9fzzzz1", "assignee=petra")
    before = {one.name: one.read_bytes() for one in (shop / "customers").iterdir()}
    assert "to USER hands it over" in crm("user", "rm", "petra").err
    assert before == {one.name: one.read_bytes() for one in (shop / "customers").iterdir()}

    ok(crm, "user", "rm", "petra", "--to", "marko", "--yes")
    assert "petra:" not in text(shop, "crm.yaml")
    left = [
        (kind.name, item["id"])
        for kind in KINDS
        if kind.columns and kind.letter
        for field in kind.fields
        if isinstance(field.type, User)
        for item in rows(crm, kind.name, "list", "--where", f"{field.key} = petra", "--cols", "id")
    ]
    held = text(shop, MAJA)
    assert "t-9fzzzz1" in {id for _, id in left}, "a task that was done stays who did it"
    assert {name for name, _ in left} == {"task", "interaction", "purchase"}
    assert len(left) == 6, left
    assert held.count("owner: petra") == 5, "calls and sales, those that named nobody, too"
    ok(crm, "undo")
    assert before == {one.name: one.read_bytes() for one in (shop / "customers").iterdir()}


def sold(crm: Crm) -> dict[str, str]:
    return {row["owner"]: row["net"] for row in rows(crm, "report", "sales", "--by", "owner")}


@pytest.fixture
def territory(shop: Path, crm: Crm) -> dict[str, str]:
    """A customer of petra's, with sales, one of them without an id, and closed deals."""
    (shop / "customers/bar.yaml").write_text(
        "name: Bar\nowner: petra\npurchases:\n"
        "  - {id: p-aaaaaa1, kind: invoice, date: 2026-01-05, amount: 100}\n"
        "  - {kind: sale, date: 2026-01-06, amount: 50}\n"
        "  - {kind: sale, date: 2026-01-06, amount: 50}\n"
        "  - {kind: sale, date: 2026-01-06, amount: 7, owner: marko}\n"
        "  - {id: p-aaaaaa2, kind: quote, date: 2026-01-06, amount: 50}\n"
        "deals:\n  - {id: d-aaaaaa1, name: Won, stage: won, closed_at: 2026-02-01, amount: 5}\n"
        "  - {id: d-aaaaaa2, name: Open, stage: proposal, amount: 5}\n"
    )
    return sold(crm)


def test_sales_that_name_nobody_stay_whose_they_were(
    shop: Path, crm: Crm, territory: dict[str, str]
) -> None:
    said = ok(crm, "user", "rm", "petra", "--to", "marko", "--yes")
    assert "petra is written into" in said
    assert sold(crm) == territory
    assert rows(crm, "deal", "list", "owner:petra", "--cols", "name") == [{"name": "Won"}]
    assert rows(crm, "deal", "list", "customer:bar", "owner:marko")
    assert text(shop, "customers/bar.yaml").count("owner: petra") == 4


def test_what_goes_along_with_a_customer_is_said_and_may_stay(
    shop: Path, crm: Crm, territory: dict[str, str]
) -> None:
    said = ok(crm, "set", "bar", "owner=marko")
    assert "1 deal, 3 purchases of the past, without an owner, go to the new one" in said
    assert sold(crm) != territory
    ok(crm, "undo")
    said = ok(crm, "set", "bar", "owner=marko", "--keep-past")
    assert "of the past" not in said
    assert sold(crm) == territory
    assert "of the past" not in ok(crm, "set", "bar", "owner=petra")
    assert "goes with a new owner" in crm("set", "bar", "city=Koper", "--keep-past").err


def test_saved_queries_ask_for_the_other_user(shop: Path, crm: Crm) -> None:
    (shop / "segments.yaml").write_text(
        "hers:\n  # Whom she looks after.\n  query:\n    - owner:petra,nina\n    - +petra\n"
        "big:\n  where: owner = 'petra' and spend > 100\n"
    )
    (shop / "reports").mkdir()
    (shop / "reports/work.yaml").write_text(
        "kind: task\nquery: assignee:petra is:open\ngroup_by: [kind]\n"
    )
    (shop / "reports/raw.yaml").write_text("sql: SELECT 'petra' AS who\n")
    run = crm("user", "rm", "petra", "--to", "marko", "--yes")
    assert run.code == 0, run.err
    assert text(shop, "segments.yaml") == (
        "hers:\n  # Whom she looks after.\n  query:\n    - owner:marko,nina\n    - +petra\n"
        "big:\n  where: owner = 'marko' and spend > 100\n"
    )
    assert "assignee:marko" in text(shop, "reports/work.yaml")
    assert "reports/raw.yaml has the word petra" in run.err
    assert "petra" not in text(shop, "crm.yaml")


def test_deputies_pass_on_too(shop: Path, crm: Crm) -> None:
    ok(crm, "user", "add", "nina", "Nina Vidmar")
    ok(crm, "user", "away", "nina", "--deputy", "petra")
    ok(crm, "user", "away", "marko", "--deputy", "petra")
    ok(crm, "user", "rm", "petra", "--to", "marko", "--yes")
    users = text(shop, "crm.yaml")
    assert users.count("deputy: marko") == 1
    assert users.count("deputy:") == 1, "nobody stands in for themselves"


def test_a_file_that_cannot_be_read_stops_it(shop: Path, crm: Crm) -> None:
    (shop / "customers/broken.yaml").write_text("name: [Broken\nowner: petra\n")
    run = crm("user", "rm", "petra", "--to", "marko", "--yes")
    assert run.code != 0
    assert "customers/broken.yaml has errors and may name petra" in run.err
    assert "petra:" in text(shop, "crm.yaml")


def test_who_left_already_hands_over_too(shop: Path, crm: Crm) -> None:
    ok(crm, "config", "set", "users.petra=")
    ok(crm, "user", "rm", "petra", "--to", "marko", "--yes")
    assert "owner: marko" in text(shop, MAJA)
    assert "nothing changed" in ok(crm, "user", "rm", "petra", "--to", "marko", "--yes")


@pytest.mark.parametrize("id", ["Petra", "me", "pe tra", "-x", "petra"])
def test_ids_that_cannot_be_are_refused(shop: Path, crm: Crm, id: str) -> None:
    before = text(shop, "crm.yaml")
    assert crm("user", "add", "--", id).code != 0
    assert text(shop, "crm.yaml") == before


def test_the_list_counts_what_other_lists_show(shop: Path, crm: Crm) -> None:
    ok(crm, "deal", "add", "maja-kos", "Curtains")
    ok(crm, "case", "add", "maja-kos", "Torn sheets")
    for row in rows(crm, "user", "list"):
        user = row["user"]
        for kind, terms in (("deal", ["is:open"]), ("task", ["is:open"]), ("case", ["is:open"])):
            shown = rows(crm, kind, "list", *terms, "--owner", user)
            assert row[f"{kind}s"] == len(shown), (user, kind)
        assert row["customers"] == len(rows(crm, "list", "--owner", user))


def test_a_user_is_added_with_a_name_in_either_way(crm: Crm, shop: Path) -> None:
    assert crm("user", "add", "miha", "--name", "Miha Zupan").code == 0
    assert crm("user", "add", "eva", "Eva Zupan").code == 0
    listed = crm("user", "list", "-o", "csv").out
    assert "Miha Zupan" in listed and "Eva Zupan" in listed
    assert crm("user", "add", "ivo", "Ivo", "--name", "Ivo Zupan").code == 2
