"""`crm due`: what is due, in which order, and the silence when nothing is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Crm


def ids(text: str) -> list[str]:
    return [row["id"] for row in json.loads(text)]


def test_it_shows_what_is_due_through_today_overdue_first(crm: Crm) -> None:
    done = crm("due", "--json")
    assert done.code == 0
    assert json.loads(done.out) == [
        {
            "when": "2026-11-16",
            "kind": "call",
            "who": "hotel-breg",
            "name": "Hotel Breg",
            "what": "Call about the towels",
            "id": "t-3qqqqq1",
            "owner": "petra",
        },
        {
            "when": "2026-11-20",
            "kind": "todo",
            "who": "maja-kos",
            "name": "Maja Kos",
            "what": "Send the samples",
            "id": "t-9f3kx7d",
            "owner": "petra",
        },
    ]


def test_bare_crm_is_due(crm: Crm) -> None:
    assert crm().out == crm("due").out != ""


@pytest.mark.parametrize("form", [[], ["-o", "table"], ["-o", "ids"], ["-o", "jsonl"]])
def test_nothing_due_is_not_one_byte(crm: Crm, form: list[str]) -> None:
    done = crm("due", "--today", "2026-11-01", *form)
    assert done == (0, "", "")


def test_nothing_due_is_an_empty_list_in_json(crm: Crm) -> None:
    assert crm("due", "--today", "2026-11-01", "--json") == (0, "[]\n", "")


def test_an_exit_code_tells_where_it_is_asked_for(crm: Crm) -> None:
    assert crm("due", "--exit-code").code == 1
    assert crm("due", "--exit-code", "--today", "2026-11-01").code == 0


def test_within_looks_ahead(crm: Crm) -> None:
    assert ids(crm("due", "--within", "3d", "--json").out) == ["t-3qqqqq1", "t-9f3kx7d"]
    ahead = ids(crm("due", "--within", "4d", "--json").out)
    assert ahead == ["t-3qqqqq1", "t-9f3kx7d", "t-3qqqqq2"]


def test_nothing_of_nobodys_is_no_silence(crm: Crm, shop: Path) -> None:
    for words in (("due",), ("agenda",), ("due", "--since-last")):
        done = crm(*words, "--owner", "petar")
        assert (done.code, done.out) == (3, "")
        assert done.err == "crm: there is no user petar in crm.yaml\n  did you mean petra?\n"
    assert crm("due", "--owner", "marko") == (0, "", "")
    # Who has left may still own something.
    record = shop / "customers" / "jan-vidmar.yaml"
    record.write_text(record.read_text() + "owner: eva\n")
    assert crm("due", "--owner", "eva") == (0, "", "")
    settings = shop / "crm.yaml"
    settings.write_text(settings.read_text().partition("users:")[0])
    assert crm("due", "--owner", "petar") == (0, "", "")


def test_owner_is_the_assignee_else_the_customers_owner(crm: Crm) -> None:
    week = ("due", "--within", "7d", "--json", "--owner")
    assert ids(crm(*week, "petra").out) == ["t-3qqqqq1", "t-9f3kx7d"]
    assert ids(crm(*week, "marko").out) == ["t-3qqqqq2"]
    assert ids(crm(*week, "me", "--as", "marko").out) == ["t-3qqqqq2"]
    nobody = crm(*week, "me")
    assert (nobody.code, nobody.out) == (2, "")
    assert "--as USER" in nobody.err


def test_terms_speak_of_the_task_or_its_customer(crm: Crm) -> None:
    assert ids(crm("due", "+vip", "--json").out) == ["t-9f3kx7d"]
    assert ids(crm("due", "hotel", "--json").out) == ["t-3qqqqq1"]
    assert ids(crm("due", "towels", "--json").out) == ["t-3qqqqq1"]
    assert ids(crm("due", "city:Bled", "--json").out) == ["t-3qqqqq1"]
    wrong = crm("due", "colour:red")
    assert (wrong.code, wrong.out) == (2, "")
    assert "colour" in wrong.err


def test_a_full_expression(crm: Crm) -> None:
    assert ids(crm("due", "-w", "kind = call or due > today", "--json").out) == ["t-3qqqqq1"]
    assert crm("due", "-w", "kind =").code == 2


def test_kinds(crm: Crm) -> None:
    assert ids(crm("due", "--kind", "call", "--json").out) == ["t-3qqqqq1"]
    assert len(ids(crm("due", "--kind", "call,todo", "--json").out)) == 2
    wrong = crm("due", "--kind", "cal")
    assert wrong.code == 2
    assert "did you mean call" in wrong.err


@pytest.mark.parametrize(
    "words", [["--within", "soon"], ["--within", ""], ["--owner", ""], ["--kind", ""]]
)
def test_wrong_values_are_refused(crm: Crm, words: list[str]) -> None:
    done = crm("due", *words)
    assert (done.code, done.out) == (2, "")
    assert words[0] in done.err


def test_columns(crm: Crm) -> None:
    assert crm("due", "--cols", "id,what", "-o", "csv", "-n", "1").out == (
        "id,what\nt-3qqqqq1,Call about the towels\n"
    )
    assert crm("due", "-o", "paths", "-n", "1").out == "customers/hotel-breg.yaml\n"
    wrong = crm("due", "--cols", "nme")
    assert wrong.code == 2
    assert "did you mean name" in wrong.err


def test_a_pipe_gets_lines_of_80_columns(crm: Crm, shop: Path) -> None:
    done = crm("due", "--within", "7d")
    assert done.lines == [
        "when              kind  name        what                   id         owner",
        "2026-11-16        call  Hotel Breg  Call about the towels  t-3qqqqq1  petra",
        "2026-11-20        todo  Maja Kos    Send the samples       t-9f3kx7d  petra",
        "2026-11-24 14:30  todo  Hotel Breg  Renew the contract     t-3qqqqq2  marko",
    ]
    assert done.err == ""
    (shop / "customers" / "jan-vidmar.yaml").write_text(
        "name: Jan Vidmar, the son of the old Vidmar of the mill\ntasks:\n"
        f"  - title: {'Ask what became of it ' * 9}\n    due: 2026-11-20T08:00+01:00\n"
        "    kind: follow_up\n"
        '  - title: "two\\nlines \\e[31m"\n    due: 2026-11-20\n'
    )
    done = crm("due", "--within", "7d")
    assert len(done.lines) == 6
    assert max(map(len, done.lines)) == 80
    assert "\x1b" not in done.out
    assert all("t-" in line for line in done.lines[1:])


def test_a_broken_file_hides_no_other_and_is_told(crm: Crm, shop: Path) -> None:
    (shop / "customers" / "bad.yaml").write_text("name: [\n")
    done = crm("due", "-o", "ids")
    assert done.code == 4
    assert done.out == "t-3qqqqq1\nt-9f3kx7d\n"
    assert "customers/bad.yaml" in done.err


def test_the_name_of_a_kind_is_all_of_its_kinds(crm: Crm) -> None:
    assert ids(crm("due", "--kind", "task", "--json").out) == ["t-3qqqqq1", "t-9f3kx7d"]
    assert ids(crm("due", "--kind", "tasks,reorder", "--json").out) == ["t-3qqqqq1", "t-9f3kx7d"]
    assert crm("due", "--kind", "purchase").code == 0
    assert crm("due", "--kind", "taks").code == 2
