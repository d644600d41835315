"""Answers from an earlier day are those that a checkout of it would give."""

from __future__ import annotations

import json
import os
import random
import subprocess
from pathlib import Path

import pytest

from tests.conftest import TODAY, Crm, Git
from tests.shares import Share

COMMITS = int(os.environ.get("CRM_TEST_COMMITS", "12"))
CITIES = ("Koper", "Izola", "Piran", "Bled")


def some_commits(crm: Crm, count: int, chance: random.Random) -> None:
    ids = ["maja-kos", "hotel-breg", "jan-vidmar"]
    for number in range(count):
        who = chance.choice(ids)
        match chance.randrange(5):
            case 0:
                assert crm("add", f"Person {number}").code == 0
                ids.append(f"person-{number}")
            case 1:
                assert crm("set", who, f"city={chance.choice(CITIES)}").code == 0
            case 2:
                assert crm("task", "add", who, f"Task {number}", "--due", "+3d").code == 0
            case 3:
                amount = str(chance.randint(1, 900))
                assert crm("purchase", "add", who, "--amount", amount, "--text", "x").code == 0
            case _:
                assert crm("tag", "add", chance.choice("abc"), who).code == 0


def test_as_of_a_commit_is_the_answer_in_a_checkout_of_it(
    shop: Path, git: Git, crm: Crm, tmp_path: Path, share: Share
) -> None:
    chance = random.Random(20261120)
    some_commits(crm, 2 * COMMITS, chance)
    commits = git("rev-list", "HEAD").split()
    for commit in share.of(chance.sample(commits, COMMITS), 3):
        checkout = tmp_path / "checkout"
        git("worktree", "add", "--detach", "--quiet", str(checkout), commit)
        for words in (
            ("list", "--json"),
            ("list", "+a", "spend:1..", "--cols", "id,spend,tags", "-o", "csv"),
            ("due", "--within", "30d", "--json"),
            ("show", "maja-kos", "--json"),
            ("show", "maja-kos", "--cols", "name,city,spend", "--json"),
            ("task", "show", "t-9f3", "--json"),
            ("purchase", "show", "2026-0007", "--json"),
            ("timeline", "--json"),
            ("timeline", "maja-kos", "-o", "tsv"),
            ("search", "person", "--json"),
            ("agenda", "--days", "5", "--gaps", "--json"),
            ("agenda",),
            ("purchase", "summary", "--by", "customer", "--json"),
        ):
            then = crm(*words, "--as-of", commit, "--today", TODAY)
            there = crm("-C", str(checkout), *words)
            assert then[:2] == there[:2], (words, commit)
        git("worktree", "remove", "--force", str(checkout))


def test_as_of_a_day_is_its_last_commit(
    shop: Path, git: Git, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day, city in (("2027-01-10", "Izola"), ("2027-01-12", "Piran"), ("2027-01-14", "Bled")):
        for when in ("T09:00+01:00", "T18:00+01:00"):
            monkeypatch.setenv("GIT_COMMITTER_DATE", day + when)
            assert (
                crm("set", "maja-kos", f"city={city}{'' if 'T18' in when else ' (old)'}").code == 0
            )
    cities = [
        json.loads(crm("show", "maja-kos", "--json", "--as-of", day).out)["addresses"][0]["city"]
        for day in ("2027-01-10", "2027-01-11", "2027-01-12", "2027-01-13", "2027-01-20", "HEAD~1")
    ]
    assert cities == ["Izola", "Izola", "Piran", "Piran", "Bled", "Bled (old)"]
    run = crm("list", "--as-of", "1999-01-01")
    assert run.code == 3 and "no commit as old as 1999-01-01" in run.err
    assert crm("list", "--as-of", "nonsense").code == 3


def test_a_clock_that_was_wrong_once_changes_no_other_day(
    shop: Path, git: Git, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A battery was empty, or somebody had set the next century."""
    monkeypatch.setenv("CRM_TODAY", "2027-02-01")
    for number, day in enumerate(
        ("2027-01-10", "1970-01-02", "2027-01-12", "2099-01-01", "2027-01-14", "2027-01-16")
    ):
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"{day}T09:00+01:00")
        monkeypatch.setenv("GIT_AUTHOR_DATE", f"{day}T09:00+01:00")
        assert crm("set", "maja-kos", f"city=C{number}").code == 0

    def cities(*days: str) -> list[str]:
        shown = [crm("show", "maja-kos", "--json", "--as-of", day).out for day in days]
        return [json.loads(one)["addresses"][0]["city"] for one in shown]

    assert cities("2027-01-10", "2027-01-11", "2027-01-13", "2027-01-14", "2027-01-16") == [
        "C1", "C1", "C2", "C4", "C5",
    ]  # fmt: skip
    assert crm("list", "--as-of", "1999-01-01").code == 3
    told = json.loads(crm("changes", "--since", "2027-01-01", "--json").out)
    said = [one["what"] for one in told]
    pairs = ("C4 → C5", "C3 → C4", "C2 → C3", "C1 → C2", "Koper → C0")
    assert said == [f"address: city {pair}" for pair in pairs]


def test_as_of_a_day_is_answered_by_the_clock_of_its_end(
    shop: Path, git: Git, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An invoice that was not due then is not overdue, whatever the day is now."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-12-01T09:00+01:00")
    add = ("purchase", "add", "jan-vidmar", "--kind", "invoice", "--number", "I-9")
    dated = ("--amount", "50", "--date", "2026-12-01", "--due", "2026-12-31")
    assert crm(*add, *dated, "--today", "2026-12-01").code == 0
    paid = ("payment", "add", "I-9", "--date", "2026-12-20", "--today", "2026-12-01")
    assert crm(*paid).code == 0
    monkeypatch.setenv("CRM_TODAY", "2027-03-01")

    def owes(*more: str) -> str:
        words = ("purchase", "list", "number:I-9", "--cols", "payment_status", "-o", "tsv")
        run = crm(*words, "--no-header", *more)
        assert run.code == 0, run.err
        return run.out.strip()

    assert owes() == "paid"
    for more, status in (
        (("2026-12-01",), "unpaid"),
        (("2026-12-19",), "unpaid"),
        (("2026-12-20",), "paid"),
        (("HEAD",), "unpaid"),
        (("2026-12-01", "--today", "2027-01-05"), "paid"),
    ):
        assert owes("--as-of", *more) == status, more


def test_the_folder_is_left_alone(shop: Path, git: Git, crm: Crm) -> None:
    path = shop / "customers/maja-kos.yaml"
    crm("set", "maja-kos", "city=Izola")
    path.write_text("broken: [")
    run = crm("list", "--as-of", "HEAD~1", "--cols", "id,city", "-o", "csv")
    assert run.code == 0 and "maja-kos,Koper" in run.out
    assert path.read_text() == "broken: ["
    assert crm("list", "--as-of", "HEAD~1", "-o", "ids").err == ""


def test_without_trust_or_repository_it_is_refused(shop: Path, crm: Crm) -> None:
    run = crm("list", "--as-of", "yesterday")
    assert run.code == 6 and "no git repository" in run.err
    subprocess.run(["git", "init", "-q", str(shop)], check=True)
    run = crm("list", "--as-of", "yesterday")
    assert run.code == 6 and "not trusted" in run.err


def test_in_a_folder_of_a_larger_repository(shop: Path, crm: Crm) -> None:
    home = shop.parent / "home"
    (home / "gitconfig").write_text("[user]\nname = Petra Zajc\nemail = petra@lan.example\n")
    subprocess.run(["git", "init", "-q", str(shop.parent)], check=True)
    crm("git", "setup", "--yes")
    crm("config", "set", "git.autocommit=true")
    crm("set", "maja-kos", "city=Izola")
    crm("set", "maja-kos", "city=Piran")
    run = crm("list", "maja", "--as-of", "HEAD~1", "--cols", "city", "-o", "csv")
    assert run.out == "city\nIzola\n"


def test_a_day_before_the_first_commit_names_the_first(
    shop: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch, git: Git
) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-03-01T09:30:00+01:00")
    git("commit", "--quiet", "--amend", "--no-edit")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-05-02T09:30:00+02:00")
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2026-05-02T09:30:00+02:00")
    assert crm("set", "maja-kos", "city=Izola").code == 0
    first = git("rev-list", "--max-parents=0", "HEAD").strip()
    run = crm("list", "--as-of", "2026-02-28")
    assert run.code == 3
    assert f"the first is of 2026-03-01 09:30: --as-of {first[:10]}" in run.err
    then = crm("list", "--as-of", "2026-04-01", "-o", "csv", "--cols", "id,city")
    assert "maja-kos,Koper" in then.out
    told = crm("changes", "--since", "2026-05-01", "-o", "csv", "--cols", "when,what").lines
    assert len(told) == 2 and told[1].startswith("2026-05-02T09:30")
    assert len(crm("changes", "--since", "2026-05-03", "-o", "csv").lines) == 1
