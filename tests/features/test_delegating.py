"""Tasks that are passed on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.features import tasks
from crm_cli.features.moves import Found, pick
from crm_cli.features.plan import Plan
from crm_cli.features.tasks.delegating import accept, decline, delegate
from crm_cli.model.errors import NotFound, Refused, UsageError
from crm_cli.model.task import TASK
from crm_cli.workspace import Workspace
from tests.conftest import Crm

Opened = Callable[..., Workspace]
KEYS = ("assignee", "delegated_from", "delegation_status")


def after(opened: Workspace, plan: Plan) -> list[str | None]:
    """The three keys of Hotel Breg's first task, once the plan is carried out."""
    opened.write(plan.change)
    item = opened.document("hotel-breg").find("t-3qqqqq1")
    return [item.values.get(key) for key in KEYS]


def picked(opened: Workspace) -> list[Found]:
    return [pick(opened, TASK, "t-3qqqqq1")]


def test_passed_on_accepted_and_done(workspace: Opened) -> None:
    petra, marko = workspace(user="petra"), workspace(user="marko")
    passed = after(petra, delegate(petra, picked(petra), "marko"))
    assert passed == ["marko", "petra", "needs_action"]
    assert after(marko, accept(marko, picked(marko))) == ["marko", "petra", "accepted"]
    marko = workspace(user="marko")
    assert after(marko, tasks.done(marko, picked(marko))) == ["marko", "petra", "completed"]


def test_declined_goes_back(workspace: Opened) -> None:
    petra, marko = workspace(user="petra"), workspace(user="marko")
    after(petra, delegate(petra, picked(petra), "marko"))
    assert after(marko, decline(marko, picked(marko))) == ["petra", None, "declined"]


def test_without_a_user_it_comes_from_who_had_it(workspace: Opened) -> None:
    opened = workspace()
    passed = after(opened, delegate(opened, picked(opened), "marko"))
    assert passed == ["marko", "petra", "needs_action"]


def test_what_is_refused(workspace: Opened) -> None:
    petra = workspace(user="petra")
    with pytest.raises(Refused, match="petra's already"):
        delegate(petra, picked(petra), "me")
    with pytest.raises(Refused, match="is not delegated"):
        accept(petra, picked(petra))
    with pytest.raises(UsageError):
        delegate(petra, picked(petra), " ")
    with pytest.raises(Refused):
        delegate(petra, [pick(petra, TASK, "t-9fz")], "marko")
    after(petra, delegate(petra, picked(petra), "marko"))
    with pytest.raises(Refused, match="to marko, not to petra"):
        decline(petra, picked(petra))


def test_nobody_is_refused(workspace: Opened) -> None:
    opened = workspace()
    with pytest.raises(NotFound) as caught:
        delegate(opened, picked(opened), "petar")
    assert caught.value.hint == "did you mean petra?"


def test_on_the_command_line(crm: Crm) -> None:
    done = crm("task", "delegate", "t-3qqqqq1", "marko", "--as", "petra")
    assert done.code == 0
    assert done.out.startswith("delegated to marko: Call about the towels")
    assert crm("task", "accept", "t-3qqqqq1", "--as", "petra").code == 6
    assert crm("task", "decline", "t-3qqqqq1", "--as", "marko").code == 0
    listed = crm("task", "list", "is:overdue", "--by", "assignee", "-o", "csv", "--no-header")
    assert listed.out.startswith("petra,1")


@pytest.mark.parametrize(
    "words",
    [("user", "rm", "marko", "--to", "petra", "--yes"), ("task", "delegate", "ID", "petra"),
     ("set", "ID", "assignee=petra")],
)  # fmt: skip
def test_what_was_done_of_a_recurring_task_stays_who_did_it(
    shop: Path, crm: Crm, words: tuple[str, ...]
) -> None:
    (shop / "desk.yaml").write_text(
        "tasks:\n  - id: t-0000009\n    title: On duty\n    due: 2026-06-08\n    assignee: marko\n"
        "    rrule: FREQ=WEEKLY\n    occurrences:\n      - 2026-05-25 skipped\n"
        "      - 2026-06-01 done 2026-06-03\n"
    )

    def done() -> dict[str, int]:
        run = crm("report", "activity", "--period", "2026-06", "--by", "owner", "--json")
        return {one["owner"]: one["tasks"] for one in json.loads(run.out) if one["tasks"]}

    assert done() == {"marko": 1}
    run = crm(*(word.replace("ID", "t-0000009") for word in words))
    assert run.code == 0, run.err
    text = (shop / "desk.yaml").read_text()
    assert "- 2026-06-01 done 2026-06-03 by marko\n" in text
    assert "- 2026-05-25 skipped\n" in text
    assert "assignee: petra" in text
    assert done() == {"marko": 1}
    assert "occurrence" not in crm("check").out


def test_the_past_of_who_left_is_no_warning(shop: Path, crm: Crm) -> None:
    assert crm("--as", "marko", "log", "maja-kos", "Repaired", "--kind", "visit").code == 0
    assert crm("user", "rm", "marko", "--to", "petra", "--yes").code == 0
    assert "marko" not in crm("check").out
    (shop / "desk.yaml").write_text("tasks: [{title: Call, assignee: marko}]\n")
    assert "there is no user marko" in crm("check").out
