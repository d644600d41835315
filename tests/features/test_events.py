"""Events: what became of which record, from history, each once whatever is merged."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.features.events import Event, events
from crm_cli.model.errors import NotFound, Refused, UsageError
from crm_cli.model.kinds import KINDS
from crm_cli.model.reached import deciding, reached
from crm_cli.store.document import Document
from crm_cli.store.log import log
from crm_cli.workspace import Workspace, open_workspace
from tests.conftest import Crm, Git

Opened = Callable[..., Workspace]
MAJA = "customers/maja-kos.yaml"


def told(workspace: Workspace, since: str | None = None, until: str | None = None) -> list[Event]:
    return list(events(workspace, since, until))


def brief(found: list[Event]) -> list[tuple[str, str, str]]:
    return [(one.event, one.kind, one.id) for one in found]


def head(root: Path) -> str:
    words = ["git", "rev-parse", "HEAD"]
    return subprocess.run(words, cwd=root, capture_output=True, text=True, check=True).stdout[:-1]


def commit(root: Path, path: str, old: str, new: str, subject: str = "by hand") -> str:
    """Change a file by hand, and commit it; returns the commit."""
    file = root / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    subprocess.run(["git", "commit", "-qam", subject, "--no-verify"], cwd=root, check=True)
    return head(root)


def test_a_record_that_comes_brings_its_items(git: Git, workspace: Opened) -> None:
    found = told(workspace())
    assert found[0].event == "added" and found[0].by == "petra"
    maja = [one for one in found if one.record == "maja-kos"]
    assert brief(maja)[0] == ("added", "customer", "maja-kos")
    assert ("added", "task", "t-9f3kx7d") in brief(maja)
    assert ("partly_paid", "purchase", "p-2m8ct4h") in brief(maja)
    assert {one.kind for one in maja} == {"customer", "interaction", "task", "purchase", "payment"}


def test_moves_stages_and_states_have_words_of_their_own(
    git: Git, crm: Crm, workspace: Opened, shop: Path
) -> None:
    begin = head(shop)
    for words in (
        ("task", "done", "t-9f3kx7d"),
        ("set", "maja-kos", "stage=customer"),
        ("deal", "add", "maja-kos", "Sheets", "--amount", "500"),
        ("deal", "win", "maja-kos"),
        ("payment", "add", "2026-0007", "--date", "2026-11-19"),
        ("tag", "add", "linen", "maja-kos"),
        ("lose", "maja-kos", "--reason", "price"),
        ("rename", "jan-vidmar", "jan-v"),
        ("rm", "t-3qqqqq2", "--yes"),
    ):
        run = crm(*words)
        assert run.code == 0, (words, run.err)
    found = told(workspace(), begin)
    met = [(one.event, one.kind) for one in found]
    for word in (
        ("done", "task"), ("stage", "customer"), ("added", "deal"), ("stage", "deal"),
        ("won", "deal"), ("added", "payment"), ("paid", "purchase"), ("added", "tag"),
        ("lost", "customer"), ("renamed", "customer"), ("removed", "task"),
    ):  # fmt: skip
        assert word in met
    (paid,) = [one for one in found if one.event == "paid"]
    assert (paid.field, paid.before, paid.after) == ("settlement", "partly_paid", "paid")
    (renamed,) = [one for one in found if one.event == "renamed"]
    assert (renamed.record, renamed.before, renamed.after) == ("jan-v", "jan-vidmar", "jan-v")
    assert not [one for one in found if one.record == "jan-vidmar"]


def test_states_that_are_events_are_read_without_the_index(workspace: Opened) -> None:
    kinds = [kind for kind in KINDS if any(state.event for state in kind.states)]
    assert {kind.name for kind in kinds} >= {"purchase", "deal", "payment", "customer"}
    known = workspace()
    record = known.record("maja-kos")
    for kind in kinds:
        for item in record.walk():
            if item.kind is kind:
                list(reached([None], item))
        names = {field.key for field in kind.fields} | {one.key for one in kind.derived}
        for state in kind.states:
            if state.event:
                assert deciding(state).partition(".")[0] in names, state.name


def test_each_commit_can_be_gone_on_from(git: Git, crm: Crm, workspace: Opened) -> None:
    for number in range(3):
        assert crm("log", "maja-kos", f"Call {number}").code == 0
        assert crm("set", "maja-kos", f"city=Place {number}", "tags+=new").code == 0
    every = told(workspace())
    assert every[-1].cursor == every[-1].commit
    for place, one in enumerate(every):
        rest = told(workspace(), one.cursor or None)
        # The rest, and before it what was told of the same commit, which was not told whole.
        assert rest == every[len(every) - len(rest) :]
        again = len(rest) - (len(every) - place - 1)
        assert again >= 0 and {two.commit for two in rest[:again]} <= {one.commit}
        last_of_commit = place + 1 == len(every) or every[place + 1].commit != one.commit
        assert (again == 0) == last_of_commit
    assert told(workspace(), "HEAD") == []
    assert {one.commit for one in told(workspace(), "HEAD~1")} == {every[-1].commit}


def test_dates_and_revisions_bound_it(git: Git, crm: Crm, workspace: Opened, shop: Path) -> None:
    begin = head(shop)
    assert crm("log", "maja-kos", "Call").code == 0
    assert told(workspace(), "2090-01-01") == []
    assert told(workspace(), None, "2001-01-01") == []
    assert {one.commit for one in told(workspace(), None, begin)} == {begin}
    assert len(told(workspace(), "2001-01-01")) == len(told(workspace()))
    for wrong in ("no-such-revision", "0" * 40, f"{begin},{'1' * 40}"):
        with pytest.raises(NotFound):
            told(workspace(), wrong)
    with pytest.raises(UsageError):
        told(workspace(), "--output=x")


def test_without_history(workspace: Opened, shop: Path) -> None:
    with pytest.raises(Refused):
        told(workspace())


def test_before_the_first_commit(git: Git, workspace: Opened, shop: Path) -> None:
    git("checkout", "-q", "--orphan", "empty")
    assert told(workspace()) == []
    assert events(workspace()).cursor == ""


def test_history_that_was_rewritten_is_refused(git: Git, workspace: Opened, shop: Path) -> None:
    old = commit(shop, MAJA, "Koper", "Izola")
    git("reset", "-q", "--hard", "HEAD~1")
    commit(shop, MAJA, "Koper", "Piran")
    with pytest.raises(NotFound, match="not part of the history"):
        told(workspace(), old)


def test_a_broken_record_is_told_and_hides_nothing(
    git: Git, workspace: Opened, shop: Path
) -> None:
    begin = head(shop)
    commit(shop, MAJA, "name: Maja Kos", "name: [Maja Kos")
    commit(shop, "customers/hotel-breg.yaml", "Bled", "Bohinj")
    commit(shop, MAJA, "city: Koper", "city: Izola")
    commit(shop, MAJA, "name: [Maja Kos", "name: Maja Kos Bric")
    found = told(workspace(), begin)
    assert [(one.event, one.record) for one in found] == [
        ("unreadable", "maja-kos"),
        ("changed", "hotel-breg"),
        ("unreadable", "maja-kos"),
        ("changed", "maja-kos"),
        ("changed", "maja-kos"),
    ]
    assert {(one.field, one.after) for one in found[3:]} == {
        ("name", "Maja Kos Bric"), ("city", "Izola"),
    }  # fmt: skip
    # Begun amid it, the state that could be read last is looked for.
    later = told(workspace(), found[2].commit)
    assert [one[:9] for one in later] == [one[:9] for one in found[3:]]


def test_only_some(git: Git, crm: Crm, workspace: Opened) -> None:
    assert crm("rename", "jan-vidmar", "jan-v").code == 0
    known = workspace()
    found = list(events(known, customers={"jan-v"}))
    assert {one.record for one in found} == {"jan-vidmar", "jan-v"}
    assert {one.kind for one in events(known, kind="payment")} == {"payment"}
    assert list(events(known, customers=set())) == []


def test_a_file_that_only_looks_renamed_is_two_records(
    git: Git, crm: Crm, workspace: Opened, shop: Path
) -> None:
    begin = head(shop)
    text = (shop / "customers/jan-vidmar.yaml").read_text(encoding="utf-8")
    (shop / "customers/jana.yaml").write_text(text.replace("Jan Vidmar", "Jana Vidmar"))
    (shop / "customers/jan-vidmar.yaml").unlink()
    git("add", "-A")
    git("commit", "-qm", "both", "--no-verify")
    assert [(one.event, one.record, one.kind) for one in told(workspace(), begin)] == [
        ("removed", "jan-vidmar", "customer"), ("removed", "jan-vidmar", "task"),
        ("added", "jana", "customer"), ("added", "jana", "task"),
    ]  # fmt: skip
    assert crm("rename", "jana", "jana-v").code == 0
    assert [one.event for one in told(workspace(), head(shop))] == []
    assert told(workspace(), "HEAD~1")[0].event == "renamed"


# Merges


def branches(git: Git, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
    """Do one thing here, and another on a branch that began at the same commit."""
    here = git("branch", "--show-current").strip()
    git("checkout", "-q", "-b", "theirs")
    theirs()
    git("checkout", "-q", here)
    ours()


def resolved(git: Git, shop: Path, text: str) -> None:
    """Merge the branch, with this as the customer's record, whatever git made of it."""
    words = ["git", "merge", "-q", "--no-commit", "--no-ff", "theirs"]
    subprocess.run(words, cwd=shop, capture_output=True, check=False)
    (shop / MAJA).write_text(text, encoding="utf-8")
    git("add", "-A")
    git("commit", "-q", "-m", "merge", "--no-verify")


def test_a_merge_brings_older_commits_once(git: Git, workspace: Opened, shop: Path) -> None:
    begin = head(shop)
    branches(
        git,
        lambda: commit(shop, MAJA, "city: Koper", "city: Izola"),
        lambda: commit(shop, "customers/hotel-breg.yaml", "Bled", "Bohinj"),
    )
    ours = told(workspace(), begin)
    assert [one.after for one in ours] == ["Izola"]
    git("merge", "-q", "--no-edit", "theirs")
    every = told(workspace(), begin)
    assert sorted(one.after for one in every) == ["Bohinj", "Izola"]
    # From the point before the merge, and from each point amid the lines that it joins.
    assert [one.after for one in told(workspace(), ours[-1].cursor)] == ["Bohinj"]
    for place, one in enumerate(every):
        assert told(workspace(), one.cursor) == every[place + 1 :]
    assert every[-1].cursor.count(",") == 1
    commit(shop, MAJA, "city: Izola", "city: Piran")
    assert [one.after for one in told(workspace(), every[-1].cursor)] == ["Piran"]
    assert "," not in told(workspace(), every[-1].cursor)[-1].cursor


def test_what_a_merge_decides_is_told(git: Git, workspace: Opened, shop: Path) -> None:
    begin = head(shop)
    base = (shop / MAJA).read_text(encoding="utf-8")
    branches(
        git,
        lambda: commit(shop, MAJA, "city: Koper", "city: Izola"),
        lambda: commit(shop, MAJA, "city: Koper", "city: Piran"),
    )
    # Ours is chosen, though theirs is told after it; the owner is of neither.
    chosen = base.replace("city: Koper", "city: Izola").replace("owner: petra", "owner: marko")
    resolved(git, shop, chosen)
    found = told(workspace(), begin)
    last = {one.field: one.after for one in found}
    assert last["city"] == "Izola" and last["owner"] == "marko"
    assert [one.after for one in found if one.field == "owner"] == ["marko"]


def test_a_side_that_a_merge_drops_is_told(git: Git, workspace: Opened, shop: Path) -> None:
    begin = head(shop)
    branches(
        git,
        lambda: commit(shop, MAJA, "city: Koper", "city: Izola"),
        lambda: commit(shop, MAJA, "  - vip\n", "  - vip\n  - linen\n"),
    )
    git("merge", "-q", "-s", "ours", "--no-edit", "theirs")
    found = told(workspace(), begin)
    assert [(one.event, one.kind) for one in found[-1:]] == [("removed", "tag")]
    assert found[-1].commit == head(shop)


def test_two_payments_in_two_clones_pay_together(git: Git, workspace: Opened, shop: Path) -> None:
    begin = head(shop)
    payment = "  - id: y-{id}\n    date: 2026-11-16\n    amount: {amount}\n    for: \"2026-0007\"\n"
    mine = payment.format(id="aaaaaa1", amount="50.00")
    other = payment.format(id="bbbbbb2", amount="45.20")
    base = (shop / MAJA).read_text(encoding="utf-8")
    branches(
        git,
        lambda: commit(shop, MAJA, "payments:\n", "payments:\n" + mine),
        lambda: commit(shop, MAJA, "payments:\n", "payments:\n" + other),
    )
    resolved(git, shop, base.replace("payments:\n", "payments:\n" + mine + other))
    found = told(workspace(), begin)
    assert brief(found)[-1] == ("paid", "purchase", "p-2m8ct4h")
    assert sorted(brief(found)[:-1]) == [
        ("added", "payment", "y-aaaaaa1"), ("added", "payment", "y-bbbbbb2"),
    ]  # fmt: skip


def test_the_last_word_is_what_is_there(git: Git, workspace: Opened, shop: Path) -> None:
    """Whoever keeps the last value of each field has what the file has, however it was merged."""
    begin = head(shop)
    here = git("branch", "--show-current").strip()
    for number, kept in enumerate(("Izola", "Piran", "Izola")):
        text = (shop / MAJA).read_text(encoding="utf-8")
        (old,) = re.findall("city: (.*)\n", text)
        git("branch", "-f", "theirs")
        git("checkout", "-q", "theirs")
        commit(shop, MAJA, old, f"Piran {number}")
        tagged = commit(shop, MAJA, "  - vip\n", f"  - vip\n  - t{number}\n")
        git("checkout", "-q", here)
        commit(shop, MAJA, old, f"Izola {number}")
        merged = git("show", f"{tagged}:./{MAJA}").replace(f"Piran {number}", f"{kept} {number}")
        resolved(git, shop, merged)
    found = told(workspace(), begin)
    record = workspace().record("maja-kos")
    cities = [one.after for one in found if one.field == "city"]
    assert cities[-1] == record.items("addresses")[0].values["city"] == "Izola 2"
    tags = {one.id for one in found if one.kind == "tag" and one.event == "added"}
    assert tags == {"t0", "t1", "t2"}


def test_a_shallow_clone_says_where_it_ends(
    git: Git, crm: Crm, workspace: Opened, shop: Path
) -> None:
    commit(shop, MAJA, "city: Koper", "city: Izola")
    commit(shop, MAJA, "city: Izola", "city: Piran")
    begin = git("rev-parse", "HEAD~2").strip()
    root = shop.parent / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "2", f"file://{shop}", str(root)], check=True)
    assert crm("-C", root, "trust").code == 0
    known = open_workspace(directory=root)
    assert [one.after for one in told(known)] == ["Piran"]
    assert "shallow" in known.notices[0]
    with pytest.raises(NotFound, match="shallow"):
        told(known, begin)


def test_no_file_is_read_more_often_than_it_changes(
    git: Git, workspace: Opened, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        (old,) = re.findall("city: (.*)\n", (shop / MAJA).read_text(encoding="utf-8"))
        commit(shop, MAJA, old, f"Place {number}")
    read: list[str] = []
    monkeypatch.setattr(Document, "__init__", _counting(Document.__init__, read))
    found = told(workspace())
    assert len([one for one in found if one.field == "city"]) == 20
    commits = log(workspace().git)
    states = sum(1 for commit in commits for file in commit.files if file.after)
    assert len([path for path in read if path.startswith("customers/")]) <= states


def _counting(made: Callable[..., None], read: list[str]) -> Callable[..., None]:
    def init(self: Document, path: str, *rest: object, **named: object) -> None:
        read.append(path)
        made(self, path, *rest, **named)

    return init
