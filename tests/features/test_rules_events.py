"""Rules with `on`: what happened to items, how long ago, and in which clone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Crm, Git
from tests.features.ruling import rows, rules
from tests.features.test_rules_once import now
from tests.features.test_sync import clone, remote

__all__ = ["now", "remote"]
MAJA = "customers/maja-kos.yaml"
DEAL = """
deals:
  - id: d-9f3kx7d
    name: Sheets
    stage: qualification
    amount: 90
"""


def edit(shop: Path, git: Git, old: str, new: str) -> None:
    """Change a record by hand, and commit it."""
    text = (shop / MAJA).read_text()
    assert old in text
    (shop / MAJA).write_text(text.replace(old, new, 1))
    git("commit", "-qam", "by hand")


@pytest.mark.parametrize(
    ("over", "on", "old", "new"),
    [
        ("deal", "stage proposal", "stage: qualification", "stage: proposal"),
        ("deal", "changed stage from qualification", "stage: qualification", "stage: proposal"),
        ("deal", "lost", "stage: qualification", "stage: lost\n    closed_at: 2026-11-19"),
        ("deal", "changed amount", "amount: 90", "amount: 200"),
        ("purchase", "paid", "amount: 100.00", "amount: 195.20"),
        ("task", "changed status to completed", "due: 2026-11-20",
         "due: 2026-11-20\n    status: completed"),
        ("task", "added", "tasks:\n", "tasks:\n  - id: t-9fzzzz2\n    title: New\n"),
        ("payment", "added", "payments:\n",
         "payments:\n  - {id: y-7d1wz0f, date: 2026-11-16, amount: 5}\n"),
    ],
)  # fmt: skip
def test_what_happens_to_items(
    now: None, crm: Crm, git: Git, shop: Path, over: str, on: str, old: str, new: str
) -> None:
    (shop / MAJA).write_text((shop / MAJA).read_text() + DEAL)
    git("commit", "-qam", "a deal")
    rules(shop, f"r: {{over: {over}, on: {on}, do: [{{log: {{summary: Look}}}}]}}\n")
    assert crm("rules", "check").code == 0, crm("rules", "check")
    if on == "added":  # all of the first commit is new: by itself it is not to count
        assert crm("rules", "run").code == 0
    else:
        assert crm("rules", "run").out == ""
    before = len(rows(crm, "interaction", "list", "by:rule/r"))
    edit(shop, git, old, new)
    ran = crm("rules", "run")
    assert ran.code == 0 and ran.out.startswith("ran r for "), ran
    assert len(rows(crm, "interaction", "list", "by:rule/r")) == before + 1
    assert crm("rules", "run").out == ""
    assert crm("--today", "2026-11-22", "rules", "run").out == ""


def test_how_long_ago(now: None, crm: Crm, git: Git, shop: Path) -> None:
    edit(shop, git, "owner: petra", "owner: marko")
    for more, day, acts in (
        ("", "2026-12-20", True), ("", "2026-12-21", False),
        ("within: 3 days, ", "2026-11-23", True), ("within: 3 days, ", "2026-11-24", False),
        ("since: 2026-11-20, ", "2026-11-21", True), ("since: 2026-11-21, ", "2026-11-21", False),
        ("", "2026-11-19", False),
    ):  # fmt: skip
        rules(shop, f"r: {{on: changed owner, {more}do: [{{tag: seen}}]}}\n")
        ran = crm("--today", day, "rules", "run", "--dry-run")
        assert ran.out.startswith("r: maja-kos: tag seen") is acts, (more, day, ran)


def test_each_change_is_an_occasion(
    now: None, crm: Crm, git: Git, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules(shop, "r: {on: changed owner, do: [{log: {summary: 'Now of {{ owner }}'}}]}\n")
    for day, owner in (("20", "marko"), ("22", "petra"), ("24", "marko")):
        for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
            monkeypatch.setenv(name, f"2026-11-{day}T10:00:00+01:00")
        assert crm("--today", f"2026-11-{day}", "set", "maja-kos", f"owner={owner}").code == 0
        assert crm("--today", f"2026-11-{day}", "rules", "run").out.startswith("ran r for maja")
        assert crm("--today", f"2026-11-{day}", "rules", "run").out == ""
    made = rows(crm, "--today", "2026-11-24", "interaction", "list", "by:rule/r")
    assert sorted(one["summary"] for one in made) == [
        "Now of marko", "Now of marko", "Now of petra",
    ]  # fmt: skip


def test_what_is_undone_or_not_committed_did_not_happen(
    now: None, crm: Crm, git: Git, shop: Path
) -> None:
    rules(shop, "r: {on: changed owner to marko, for: owner:marko, do: [{tag: seen}]}\n")
    text = (shop / MAJA).read_text()
    (shop / MAJA).write_text(text.replace("owner: petra", "owner: marko"))
    assert crm("rules", "run").out == ""
    git("commit", "-qam", "by hand")
    assert crm("undo").code in (0, 1, 6)
    git("revert", "--no-edit", "HEAD")
    assert crm("rules", "run").out == ""


@pytest.mark.slow
def test_what_comes_from_another_clone(
    now: None, crm: Crm, shop: Path, remote: Path
) -> None:
    rules(shop, "r: {on: changed owner, do: [{task: {title: Look}}]}\n")
    assert crm("sync").code == 0
    other = clone(remote, "other", crm)
    assert crm("-C", other, "set", "maja-kos", "owner=marko").code == 0
    assert crm("-C", other, "sync").code == 0
    assert crm("rules", "run").out == ""
    assert crm("set", "maja-kos", "city=Piran").code == 0  # both sides go on: a merge
    assert crm("sync").code == 0
    for root in (shop, other):
        ran = crm("-C", root, "rules", "run")
        assert ran.code == 0 and ran.out.startswith("ran r for maja-kos"), ran
    for root in (shop, other, shop):
        assert crm("-C", root, "sync").code == 0
    for root in (shop, other):
        assert len(rows(crm, "-C", str(root), "task", "list", "by:rule/r")) == 1
        assert crm("-C", root, "rules", "run").out == ""


def test_without_history_only_rules_with_on_are_left_out(crm: Crm, shop: Path) -> None:
    rules(shop, "r: {on: added, do: [{tag: a}]}\ns: {for: id:maja-kos, do: [{tag: b}]}\n")
    ran = crm("rules", "run")
    assert ran.code == 1 and "r: " in ran.err and "no history" in ran.err
    assert crm("list", "+b", "-o", "ids").out == "maja-kos\n"


def test_what_happened_is_found_after_renaming_and_merging(
    now: None, crm: Crm, git: Git, shop: Path
) -> None:
    rules(
        shop,
        "gold: {on: changed tags to gold, do: [{log: {summary: Look}}]}\n"
        "due: {over: task, on: added, since: 2026-11-20, do: [{log: {summary: Look}}]}\n",
    )
    assert crm("rules", "run").code == 0
    before = len(rows(crm, "interaction", "list", "by:rule/due"))
    assert crm("tag", "add", "gold", "maja-kos").code == 0
    assert crm("task", "add", "maja-kos", "Call").code == 0
    assert crm("rules", "run", "--dry-run").out.startswith("gold: maja-kos"), "it is read by now"
    assert crm("rename", "maja-kos", "maja-novak").code == 0
    assert crm("merge", "jan-vidmar", "maja-novak", "--prefer", "keep", "--yes").code == 0
    assert crm("rules", "run").code == 0
    made = rows(crm, "interaction", "list", "by:rule/gold")
    assert [one["customer"] for one in made] == ["jan-vidmar"]
    assert len(rows(crm, "interaction", "list", "by:rule/due")) == before + 1
    assert crm("rules", "run").out == ""


def test_moving_is_no_event(
    now: None, crm: Crm, git: Git, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules(
        shop,
        "paid: {over: purchase, on: paid, do: [{log: {summary: Paid}}]}\n"
        "new: {over: purchase, on: added, do: [{log: {summary: New}}]}\n",
    )
    edit(shop, git, "amount: 100.00", "amount: 195.20")
    assert crm("rules", "run").code == 0
    assert crm("rules", "run").out == ""
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, "2026-11-21T10:00:00+01:00")
    day = ("--today", "2026-11-21")
    merged = crm(*day, "merge", "jan-vidmar", "maja-kos", "--prefer", "keep", "--yes")
    assert merged.code == 0, merged.err
    assert crm(*day, "rules", "run").out == ""


def test_items_of_no_customer_have_events(now: None, crm: Crm, git: Git, shop: Path) -> None:
    rules(shop, "r: {over: task, on: added, for: Oil, do: [{log: {summary: Look}}]}\n")
    (shop / "desk.yaml").write_text("tasks:\n  - {id: t-9fzzzz2, title: Oil the machine}\n")
    git("add", "-A")
    git("commit", "-qm", "by hand")
    ran = crm("rules", "run", "--dry-run")
    assert ran.out.startswith("r: t-9fzzzz2: "), ran
