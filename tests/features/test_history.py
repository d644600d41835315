"""History in the words of the program: fields, not lines."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest

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
    words = ("interaction", "held", "maja-kos", "--outcome", "reached", "--at", "2026-11-20")
    assert crm(*words).code == 0
    told = what(crm("history", "maja-kos", "--json"))[:3]
    assert "interaction held: Fitting" in told
    assert "interaction Fitting: outcome (none) → reached" in told
    crm("task", "cancel", "t-9f3kx7d")
    assert what(crm("history", "maja-kos", "--json"))[0] == "task cancelled: Send the samples"


def test_a_renaming_is_told(git: Git, crm: Crm) -> None:
    """With what was before it, also where only the customer of now is asked for."""
    crm("set", "jan-vidmar", "city=Izola")
    crm("rename", "jan-vidmar", "jan-v")
    crm("set", "jan-v", "city=Bled")
    said = "customer renamed: jan-vidmar → jan-v"
    for words in (("history", "jan-v"), ("changes",), ("changes", "id:jan-v")):
        rows = json.loads(crm(*words, "--json").out)
        (row,) = [row for row in rows if row["what"] == said]
        assert (row["record"], row["field"], row["before"], row["after"]) == (
            "jan-v", "id", "jan-vidmar", "jan-v"
        )  # fmt: skip
        assert "+address Izola" in [row["what"] for row in rows], words


def test_two_records_of_one_text_are_no_renaming(shop: Path, git: Git, crm: Crm) -> None:
    lines = "".join(f"  - a line that both have, {n}\n" for n in range(20))
    (shop / "customers/one.yaml").write_text(f"name: One\ntags:\n{lines}")
    git("add", "customers"), git("commit", "-qnm", "one")
    (shop / "customers/one.yaml").unlink()
    (shop / "customers/two.yaml").write_text(f"name: Two\ntags:\n{lines}")
    git("add", "-A", "customers"), git("commit", "-qnm", "two")
    told = {(row["record"], row["what"]) for row in json.loads(crm("changes", "--json").out)}
    assert {("one", "-1 customer One"), ("two", "+1 customer Two")} <= told
    assert not [what for _, what in told if "One → Two" in what]


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


def test_changes_of_a_period(git: Git, crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in ("2026-09-30T23:59:59+0200", "2026-10-31T23:59:59+0100", "2026-11-01T00:00+0100"):
        monkeypatch.setenv("GIT_AUTHOR_DATE", day)
        monkeypatch.setenv("GIT_COMMITTER_DATE", day)
        crm("set", "maja-kos", f"nickname=Mia {day[5:7]}")
    assert what(crm("changes", "--period", "2026-10", "--json")) == ["nickname Mia 09 → Mia 10"]
    done = crm("changes", "--period", "2026-10", "--since", "monday")
    assert (done.code, "do not go together" in done.err) == (2, True)


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


@pytest.mark.parametrize("when", ["1700000000 +9999", "253402300799 -1200", "-5 +0000", "never"])
def test_a_commit_with_a_time_that_cannot_be_is_shown(git: Git, crm: Crm, when: str) -> None:
    assert crm("set", "maja-kos", "city=Izola").code == 0
    text = re.sub(r"(?m)^(author|committer) .*", rf"\1 Ana <a@b.example> {when}",
                  git("cat-file", "commit", "HEAD"))  # fmt: skip
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(text)
        file.flush()
        odd = git("hash-object", "-t", "commit", "-w", "--literally", file.name)
    git("update-ref", "HEAD", odd.strip())
    assert what(crm("history", "maja-kos", "--json"))[0] == "address: city Koper → Izola"
    for words in (("changes", "--since", "1970-01-01"), ("blame", "maja-kos"), ("undo", "--list"),
                  ("list", "--as-of", "HEAD"), ("list", "--as-of", "1000-01-01")):  # fmt: skip
        assert crm(*words).code in (0, 3), words
    assert crm("undo", "HEAD").code == 0


def test_history_of_an_item_alone(git: Git, crm: Crm) -> None:
    crm("set", "maja-kos", "city=Izola")
    crm("set", "t-9f3kx7d", "due=2026-12-01")
    crm("set", "2026-0007", "lines.1.quantity=3", "--yes")
    came = "+1 task Send the samples"
    for word in ("t-9f3kx7d", "t-9f3", "9f3"):
        assert what(crm("history", word, "--json")) == ["due 2026-11-20 → 2026-12-01", came]
    told = ["line: quantity 2 → 3", "+1 purchase 2026-0007 160.00 EUR"]
    for word in ("2026-0007", "p-2m8"):
        assert what(crm("history", word, "--json")) == told
    crm("rm", "t-9f3kx7d", "--yes")
    assert what(crm("history", "t-9f3kx7d", "--json"))[0] == "-1 task Send the samples"
    assert crm("history", "t-0000000").code == 3


def test_blame_of_an_item_alone(git: Git, crm: Crm) -> None:
    crm("set", "t-9f3kx7d", "due=2026-12-01")
    rows = {row["field"]: row for row in json.loads(crm("blame", "t-9f3", "--json").out)}
    assert list(rows) == ["title", "due"]
    assert "t-9f3kx7d" in rows["due"]["subject"]
    assert rows["title"]["commit"] != rows["due"]["commit"]


def test_lists_of_no_kind_are_told_entry_by_entry(shop: Path, git: Git, crm: Crm) -> None:
    path = shop / "customers/jan-vidmar.yaml"
    visits = "visits:\n  - {id: v-1, name: Fair, seats: 2}\n  - {day: 2026-11-02, by: petra}\n"
    path.write_text(path.read_text() + "vat_registered: false\n" + visits)
    git("add", "-A"), git("commit", "-m", "visits")
    text = path.read_text().replace("seats: 2", "seats: 3").replace("false", "true")
    path.write_text(text.replace("  - {day: 2026-11-02, by: petra}\n", ""))
    assert what(crm("history", "jan-vidmar", "--json"))[:5] == [
        "vat_registered false → true", "visit Fair: seats 2 → 3", "-1 visit 2026-11-02, petra",
        "vat_registered (none) → false", "+1 visit Fair",
    ]  # fmt: skip
    said = [line.split() for line in crm("blame", "jan-vidmar").lines]
    assert ["vat_registered", "true"] in [line[:2] for line in said]


def test_blame_takes_fields(git: Git, crm: Crm) -> None:
    assert crm("set", "maja-kos", "owner=petra").code == 0
    whole = json.loads(crm("blame", "maja-kos", "--json").out)
    found = json.loads(crm("blame", "maja-kos", "owner", "email", "--json").out)
    assert [one["field"].split(".")[0] for one in found] == ["owner", "emails"]
    assert all(one in whole for one in found)
    run = crm("blame", "maja-kos", "ownr")
    assert (run.code, "maja-kos has no ownr" in run.err, "owner" in run.err) == (3, True, True)


def test_changes_since_a_commit(git: Git, crm: Crm) -> None:
    for city in ("Izola", "Celje", "Kranj"):
        assert crm("set", "maja-kos", f"city={city}").code == 0
    told = what(crm("changes", "--since", "HEAD~2", "--json"))
    assert told == ["address: city Celje → Kranj", "address: city Izola → Celje"]
    commit = git("rev-parse", "HEAD~1").strip()
    assert what(crm("changes", "--since", commit[:10], "--json")) == told[:1]
    assert what(crm("changes", "--since", "HEAD", "--json")) == []
    for wrong in ("mondya", "HEAD~200", "", "--all"):
        run = crm("changes", f"--since={wrong}")
        assert run.code == 2 and run.out == "", wrong
    page = crm("report", "html", "--section", "changes", "--since", commit[:10])
    assert page.code == 0 and "Kranj" in page.out and "Izola" not in page.out
