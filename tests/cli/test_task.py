"""`crm task`: its verbs on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crm_cli.cli.session import Session
from tests.conftest import Crm


def status(crm: Crm, id: str) -> str:
    found: str = json.loads(crm("task", "show", id, "--json").out).get("status", "open")
    return found


def test_adding(crm: Crm) -> None:
    done = crm("task", "add", "maja-kos", "Send", "the", "quote", "--due", "fri",
               "--assignee", "petra")  # fmt: skip
    assert done.code == 0
    assert done.out.startswith("added task t-")
    assert done.out.endswith(
        " of Maja Kos (maja-kos): Send the quote, due 2026-11-27  (customers/maja-kos.yaml)\n"
    )
    assert done.err == "due Fri 2026-11-27, in 7 days\ncrm undo takes it back\n"
    rows = json.loads(crm("task", "list", "title:quote", "--json").out)
    assert [(row["customer"], row["due"], row["assignee"]) for row in rows] == [
        ("maja-kos", "2026-11-27", "petra")
    ]


def test_bare_task_lists(crm: Crm) -> None:
    assert crm("task").out == crm("task", "list").out
    assert (
        crm("task", "is:open", "-o", "ids").out == crm("task", "list", "is:open", "-o", "ids").out
    )


def test_list_takes_terms(crm: Crm) -> None:
    assert crm("task", "list", "is:overdue", "-o", "ids").out == "t-3qqqqq1\n"
    assert crm("task", "list", "status:completed", "-o", "ids").out == "t-9fzzzz1\n"
    assert crm("task", "list", "+vip", "is:open", "-o", "ids").out == "t-9f3kx7d\n"


@pytest.mark.parametrize("verb", ["show", "done", "start", "cancel"])
def test_what_is_not_there(crm: Crm, verb: str) -> None:
    done = crm("task", verb, "t-zzz")
    assert (done.code, done.out) == (3, "")
    assert "there is no task t-zzz" in done.err


def test_show(crm: Crm) -> None:
    done = crm("task", "show", "t-9f3")
    assert done.lines[:2] == ["Send the samples", "t-9f3kx7d · task of Maja Kos"]
    shown = json.loads(crm("task", "show", "maja", "--json").out)
    assert (shown["id"], shown["customer"]) == ("t-9f3kx7d", "maja-kos")
    assert crm("task", "show", "t-9f3", "-o", "paths").out == "customers/maja-kos.yaml\n"


def test_done_by_a_customer_with_one_open_task(crm: Crm) -> None:
    done = crm("task", "done", "maja-kos")
    assert done.code == 0
    assert done.out == (
        "done: Send the samples, t-9f3kx7d of Maja Kos (maja-kos)  (customers/maja-kos.yaml)\n"
    )
    assert status(crm, "t-9f3kx7d") == "completed"


def test_of_several_none_is_guessed(crm: Crm) -> None:
    done = crm("task", "done", "hotel-breg")
    assert (done.code, done.out) == (3, "")
    assert "t-3qqqqq1  Call about the towels, due 2026-11-16" in done.err
    assert "t-3qqqqq2  Renew the contract, due 2026-11-24 14:30" in done.err


def test_of_several_one_is_picked_on_a_terminal(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "interactive", property(lambda self: True))
    monkeypatch.setattr("crm_cli.cli.terminal.ask_terminal", lambda prompt: "2")
    assert crm("task", "done", "hotel").code == 0
    assert status(crm, "t-3qqqqq2") == "completed"
    assert status(crm, "t-3qqqqq1") == "open"


def test_several_customers_need_yes_and_are_all_or_nothing(crm: Crm, shop: Path) -> None:
    before = {path: path.read_bytes() for path in shop.rglob("*.yaml")}
    ids = crm("task", "list", "is:due", "-o", "ids").out
    done = crm("task", "done", "-", stdin=ids)
    assert (done.code, done.out) == (2, "")
    assert "Complete 2 tasks of 2 customers" in done.err
    assert {path: path.read_bytes() for path in before} == before
    done = crm("task", "done", "-", "--yes", stdin=ids)
    assert done.code == 0
    assert done.out.startswith("done: 2 tasks of 2 customers")
    assert crm("due") == (0, "", "")
    assert crm("undo").code == 0
    assert {path: path.read_bytes() for path in before} == before


def test_one_wrong_id_among_several_changes_nothing(crm: Crm) -> None:
    assert crm("task", "done", "t-9f3", "t-zzz", "--yes").code == 3
    assert status(crm, "t-9f3kx7d") == "open"


def test_no_ids_on_stdin_do_nothing(crm: Crm) -> None:
    done = crm("task", "done", "-", "--yes", stdin="")
    assert (done.code, done.out) == (0, "")


def test_a_dry_run_writes_nothing(crm: Crm) -> None:
    done = crm("task", "done", "t-9f3", "--dry-run")
    assert "+    status: completed" in done.lines
    assert status(crm, "t-9f3kx7d") == "open"


def test_snoozing(crm: Crm) -> None:
    done = crm("task", "snooze", "t-9f3", "mon")
    assert done.code == 0
    assert done.out.startswith("postponed to 2026-11-23: Send the samples")
    assert (
        crm("task", "list", "id:t-9f3kx7d", "--cols", "due", "-o", "csv").out == "due\n2026-11-23\n"
    )
    assert crm("task", "snooze", "t-9f3").code == 2
    assert crm("task", "snooze", "t-9f3", "yesterday").code == 2
    assert crm("task", "snooze", "t-9fz", "mon").code == 6


def test_a_title_from_a_stranger_cannot_write_on_the_terminal(crm: Crm, shop: Path) -> None:
    path = shop / "customers" / "jan-vidmar.yaml"
    path.write_text('name: Jan\ntasks:\n  - title: "a\\x1b[2Jb"\n')
    done = crm("task", "done", "jan-vidmar")
    assert done.code == 0
    assert "\x1b" not in done.out + done.err


def test_query_terms_mean_open_tasks(crm: Crm, shop: Path) -> None:
    before = {path: path.read_bytes() for path in shop.rglob("*.yaml")}
    asked = crm("task", "done", "assignee:petra")
    assert (asked.code, asked.out) == (2, "")
    assert asked.err.splitlines()[0] == (
        "Complete 2 tasks of 2 customers: Call about the towels (t-3qqqqq1), "
        "Send the samples (t-9f3kx7d)"
    )
    assert {path: path.read_bytes() for path in before} == before
    assert crm("task", "done", "assignee:petra", "--yes").code == 0
    assert status(crm, "t-9f3kx7d") == status(crm, "t-3qqqqq1") == "completed"
    assert status(crm, "t-3qqqqq2") == "open"


def test_several_tasks_of_one_customer_are_asked_for_too(crm: Crm) -> None:
    words = ("task", "snooze", "customer:hotel-breg", "+1w")
    asked = crm(*words)
    assert (asked.code, asked.out) == (2, "")
    assert "Snooze 2 tasks of hotel-breg" in asked.err
    assert crm(*words, "--yes").code == 0
    assert crm("task", "list", "due:2026-11-27", "-o", "ids").lines == ["t-3qqqqq1", "t-3qqqqq2"]


def test_one_task_by_terms_is_not_asked_for(crm: Crm) -> None:
    assert crm("task", "done", "kind:call", "is:overdue").code == 0
    assert status(crm, "t-3qqqqq1") == "completed"
    # It is no longer open, so that nothing is meant.
    assert crm("task", "cancel", "kind:call", "is:overdue") == (
        0, "", "nothing matches; nothing changed\n",
    )  # fmt: skip
    assert crm("task", "done", "colour:red").code == 2


def test_terms_on_broken_records_are_a_partial_answer(crm: Crm, shop: Path) -> None:
    (shop / "customers" / "bad.yaml").write_text("name: [\n")
    assert crm("task", "done", "kind:call", "is:overdue").code == 4
    assert status(crm, "t-3qqqqq1") == "completed"


def test_open_tasks_are_listed_first_by_their_day(crm: Crm) -> None:
    found = crm("task", "list", "--cols", "due,status", "-o", "csv", "--no-header").lines
    assert found == [
        "2026-11-16,open", "2026-11-20,open", "2026-11-24T14:30+01:00,open", ",open",
        "2026-11-10,completed",
    ]  # fmt: skip
    assert crm("task", "list", "closed:yes", "-o", "ids").out == "t-9fzzzz1\n"
