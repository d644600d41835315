"""Tasks and interactions of the business's own, kept in desk.yaml."""

from __future__ import annotations

import json
from pathlib import Path

from crm_cli.store.merge import merge_file
from tests.conftest import Crm, Git


def test_a_task_of_the_desk_is_in_every_list(crm: Crm, shop: Path) -> None:
    done = crm("task", "add", "--desk", "Order green beans", "--due", "2026-11-20")
    assert done.code == 0, done.err
    assert "of the desk: Order green beans" in done.out
    assert "title: Order green beans" in (shop / "desk.yaml").read_text()
    assert "Order green beans" in crm("task", "list", "is:open").out
    assert "Order green beans" in crm("due").out
    assert "Order green beans" in crm("agenda").out
    row = next(row for row in json.loads(crm("due", "--json").out) if "green" in row["what"])
    assert row["who"] == "desk.yaml"
    assert "desk.yaml" in crm("due", "-o", "paths").out
    assert "desk.yaml" in crm("task", "list", "green", "-o", "paths").out
    assert crm("check").code == 0


def test_terms_about_customers_leave_the_desk_out_unless_negated(crm: Crm) -> None:
    crm("task", "add", "--desk", "Order green beans", "--due", "2026-11-20")
    assert "green" not in crm("task", "list", "+vip").out
    assert "green" in crm("task", "list", "not:+vip").out
    assert "green" not in crm("task", "list", "customer:maja-kos").out
    assert crm("list", "-o", "ids").out.split() == ["hotel-breg", "jan-vidmar", "maja-kos"]


def test_an_owner_finds_the_tasks_of_the_desk_by_assignee(crm: Crm) -> None:
    crm("task", "add", "--desk", "Order green beans", "--due", "fri", "--assignee", "marko")
    assert "green" in crm("due", "--within", "9d", "--owner", "marko").out
    assert "green" not in crm("due", "--within", "9d", "--owner", "petra").out


def test_an_item_of_the_desk_is_changed_as_any_other(crm: Crm, shop: Path) -> None:
    crm("task", "add", "--desk", "Order green beans", "--due", "2026-11-20")
    (id,) = crm("task", "list", "green", "-o", "ids").out.split()
    assert crm("set", id, "priority=high").code == 0
    assert "priority: high" in (shop / "desk.yaml").read_text()
    assert crm("task", "snooze", id, "tomorrow").code == 0
    assert "Order green beans" in crm("show", id).out
    assert crm("task", "done", id).code == 0
    assert "status: completed" in (shop / "desk.yaml").read_text()
    assert crm("rm", id).code == 0
    assert crm("check").code == 0
    assert crm("task", "add", "--desk", "Pay the rent").code == 0


def test_what_the_desk_logged_is_on_the_timeline(crm: Crm) -> None:
    done = crm("log", "--desk", "The roaster was repaired", "--kind", "visit", "--follow-up", "fri")
    assert done.code == 0, done.err
    assert "roaster" in crm("interaction", "list").out
    assert "roaster" in crm("timeline").out
    assert "roaster" not in crm("timeline", "maja-kos").out


def test_an_item_of_the_desk_moves_to_a_customer(crm: Crm, shop: Path) -> None:
    crm("task", "add", "--desk", "Order green beans")
    (id,) = crm("task", "list", "green", "-o", "ids").out.split()
    assert crm("move", id, "jan-vidmar").code == 0
    assert id in (shop / "customers/jan-vidmar.yaml").read_text()
    assert id not in (shop / "desk.yaml").read_text()


def test_the_desk_is_committed_exported_and_known_by_its_history(crm: Crm, git: Git) -> None:
    crm("task", "add", "--desk", "Order green beans", "--due", "2026-11-20")
    assert "desk.yaml" in git("show", "--stat", "HEAD")
    assert "green" in crm("export", "tasks", "--format", "json").out
    assert "green" in crm("export", "tasks", "--format", "ics").out
    crm("task", "add", "--desk", "Pay the rent")
    assert "Pay the rent" in crm("history", "desk.yaml").out
    assert crm("sync").code in (0, 6)


def test_a_desk_written_by_hand_is_read_and_checked(crm: Crm, shop: Path) -> None:
    (shop / "desk.yaml").write_text("tasks:\n  - Order green beans\n  - {title: x, due: never}\n")
    assert "green" in crm("task", "list").out
    assert "desk.yaml:3" in crm("check").out


def test_what_two_people_add_to_the_desk_is_merged() -> None:
    base = b"tasks:\n  - id: t-1111111\n    title: Order green beans\n"
    ours = base + b"  - id: t-2222222\n    title: Pay the rent\n"
    theirs = base + b"  - id: t-3333333\n    title: Water the plants\n"
    merged = merge_file(base, ours, theirs, "desk.yaml")
    assert merged.conflicts == ()
    assert b"rent" in merged.data
    assert b"plants" in merged.data


def test_the_desk_is_shown_as_a_customer_is(crm: Crm) -> None:
    assert crm("show", "--desk").code == 0
    crm("task", "add", "--desk", "Order green beans", "--due", "2026-11-20")
    crm("log", "--desk", "The roaster was repaired", "--kind", "visit")
    for words in (("--desk",), ("desk.yaml",)):
        card = crm("show", *words).out
        assert "Order green beans" in card and "roaster" in card and "the desk" in card
        assert json.loads(crm("show", *words, "--json").out)["tasks"][0]["due"] == "2026-11-20"
        assert crm("show", *words, "-o", "paths").out == "desk.yaml\n"
    assert crm("show").code == 2
    assert crm("show", "maja-kos", "--desk").code == 2


def test_the_items_of_the_desk_are_asked_for_by_its_path(crm: Crm) -> None:
    crm("task", "add", "--desk", "Order green beans", "--due", "2026-11-20")
    assert "green" in crm("task", "list", "customer:desk.yaml").out
    assert "samples" not in crm("task", "list", "customer:desk.yaml").out
    both = crm("task", "list", "customer:desk.yaml,maja-kos").out
    assert "green" in both and "samples" in both and "towels" not in both
    others = crm("task", "list", "customer.not:desk.yaml").out
    assert "green" not in others and "samples" in others and "towels" in others
    assert "green" in crm("due", "customer:desk.yaml").out
    assert crm("purchase", "list", "customer:desk.yaml").code == 0


def test_tasks_of_the_desk_come_from_stdin_without_who(crm: Crm, shop: Path) -> None:
    lines = "Order green beans --due fri\n# later\nPay the rent\n"
    done = crm("task", "add", "-", "--desk", "--assignee", "petra", stdin=lines)
    assert done.code == 0, done.err
    text = (shop / "desk.yaml").read_text()
    assert "title: Order green beans" in text and "title: Pay the rent" in text
    assert text.count("assignee: petra") == 2


def test_the_desk_is_called_by_one_name_and_found_by_it(crm: Crm, shop: Path) -> None:
    done = crm("log", "--desk", "The mangle was repaired")
    assert " with the desk  (desk.yaml)" in done.out
    done = crm("task", "add", "--desk", "Order soap", "--due", "fri")
    assert " of the desk: Order soap" in done.out
    (task,) = crm("task", "list", "customer:desk", "-o", "ids").lines
    assert crm("task", "list", "customer:desk.yaml", "-o", "ids").lines == [task]
    for name in ("desk", "desk.yaml"):
        assert "The mangle was repaired" in crm("timeline", name).out
    assert crm("move", task, "maja-kos").code == 0
    assert crm("task", "list", "customer:desk", "-o", "ids").lines == []
    done = crm("move", task, "desk")
    assert (done.code, "to the desk  (" in done.out) == (0, True)
    assert "Order soap" in (shop / "desk.yaml").read_text()


def test_a_customer_called_desk_is_meant_before_the_desk(crm: Crm, shop: Path) -> None:
    (shop / "customers" / "desk.yaml").write_text("name: Desk\n")
    crm("task", "add", "desk", "Call them")
    assert "Call them" in crm("task", "list", "customer:desk").out
    assert crm("show", "desk", "-o", "ids").out == "desk\n"
    assert "Call them" in crm("show", "desk").out


def test_the_word_desk_means_it_wherever_an_item_or_a_customer_is_named(
    crm: Crm, git: Git, shop: Path
) -> None:
    crm("task", "add", "--desk", "Order soap")
    assert "Order soap" in crm("show", "desk").out
    assert "Order soap" in crm("history", "desk").out
    assert crm("search", "soap", "--cols", "id,where,text", "-o", "tsv").lines[1:] == [
        "desk.yaml\ttasks.title\tOrder soap"
    ]
    assert crm("search", "soap", "nosuch").out == ""
    assert crm("__complete", "fish", "history", "de").out.split() == ["desk", "the", "desk"]
    assert crm("task", "done", "desk").code == 0
    assert "status: completed" in (shop / "desk.yaml").read_text()
    done = crm("task", "done", "desk")
    assert (done.code, "the desk has no open task" in done.err) == (3, True)


def test_undo_says_what_the_desk_loses(crm: Crm, git: Git) -> None:
    crm("task", "add", "--desk", "Order soap")
    assert "desk: -1 task Order soap" in crm("undo").err
