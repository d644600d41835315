"""Several clones and one remote: everything arrives, and only the same field is a conflict."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.features import merging
from crm_cli.model.errors import ConflictError
from crm_cli.store.compose import compose
from crm_cli.store.conflicts import Side, sides
from crm_cli.workspace import open_workspace
from tests import templates
from tests.conftest import Crm, Git, Run
from tests.rights import held_up_by_modes

Person = Callable[..., Run]


@pytest.fixture
def remote(shop: Path, git: Git, crm: Crm) -> Path:
    """A bare repository that the shop was sent to."""
    bare = shop.parent / "remote.git"

    def send() -> None:
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
        git("branch", "-M", "main")
        git("remote", "add", "origin", str(bare))
        assert crm("sync").code == 0

    templates.made(shop.parent, send)
    return bare


def clone(remote: Path, name: str, crm: Crm) -> Path:
    root = remote.parent / name
    subprocess.run(["git", "clone", "-q", str(remote), str(root)], check=True)
    run = crm("-C", root, "git", "setup", "--yes")
    assert run.code == 0, run.err
    return root


def head(root: Path) -> str:
    done = subprocess.run(
        ["git", "rev-parse", "HEAD^{tree}"], cwd=root, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_fresh_clone_needs_one_step(remote: Path, crm: Crm) -> None:
    root = remote.parent / "fresh"
    subprocess.run(["git", "clone", "-q", str(remote), str(root)], check=True)
    told = crm("-C", root, "set", "maja-kos", "city=Izola").err
    assert told.count("not trusted yet (crm git setup)") == 1
    listed = crm("-C", root, "list", "-o", "ids")
    assert listed.err.count("not trusted yet") == 1 and listed.code == 0
    assert crm("-C", root, "due", "--today", "1999-01-01").err == ""
    assert crm("-C", root, "sync").code == 6
    assert crm("-C", root, "git", "setup", "--yes").code == 0
    assert crm("-C", root, "set", "maja-kos", "city=Piran").err.count("not committed") == 0
    run = crm("-C", root, "sync")
    assert (run.code, run.out) == (0, "received 0 changes from origin, sent 2 changes\n")


def test_two_edit_one_record(remote: Path, shop: Path, crm: Crm) -> None:
    other = clone(remote, "other", crm)
    assert crm("task", "add", "maja-kos", "Ours", "--due", "+3d").code == 0
    assert crm("-C", other, "task", "add", "maja-kos", "Theirs", "--due", "+4d").code == 0
    assert crm("-C", other, "set", "maja-kos", "city=Izola").code == 0
    assert crm("sync").out == "received 0 changes from origin, sent 1 change\n"
    run = crm("-C", other, "sync")
    assert run.code == 0, run.err
    assert crm("sync").code == 0
    assert head(shop) == head(other)
    text = (shop / "customers/maja-kos.yaml").read_text()
    assert "Ours" in text and "Theirs" in text and "Izola" in text
    assert text.startswith("# Met at the fair.\n")
    assert crm("sync").out == "nothing new, here or at origin\n"


def test_the_same_field_is_settled_with_resolve(remote: Path, shop: Path, crm: Crm) -> None:
    other = clone(remote, "other", crm)
    crm("set", "maja-kos", "city=Izola")
    crm("-C", other, "set", "maja-kos", "city=Piran")
    crm("-C", other, "set", "jan-vidmar", "city=Bled")
    assert crm("sync").code == 0
    run = crm("-C", other, "sync")
    assert run.code == 5
    assert "customers/maja-kos.yaml" in run.err and "crm resolve" in run.err
    check = crm("-C", other, "check")
    assert "unresolved merge" in check.out + check.err
    listed = crm("-C", other, "list", "-o", "ids")
    assert listed.code == 4 and "jan-vidmar" in listed.out
    assert crm("-C", other, "sync").code == 6
    assert crm("-C", other, "resolve").code == 2
    run = crm("-C", other, "resolve", "--theirs")
    assert run.code == 0, run.err
    assert crm("-C", other, "sync").code == 0
    assert crm("sync").code == 0
    assert head(shop) == head(other)
    assert "city: Izola" in (shop / "customers/maja-kos.yaml").read_text()


@pytest.mark.parametrize("side", ["--ours", "--theirs"])
def test_removed_here_and_changed_there(remote: Path, shop: Path, crm: Crm, side: str) -> None:
    other = clone(remote, "other", crm)
    crm("rm", "jan-vidmar", "--yes")
    crm("-C", other, "set", "jan-vidmar", "city=Bled")
    assert crm("sync").code == 0
    assert crm("-C", other, "sync").code == 5
    run = crm("-C", other, "resolve", "jan-vidmar", side)
    assert run.code == 0, run.err
    assert "the merge is complete" in run.err
    assert crm("-C", other, "sync").code == 0
    assert crm("sync").code == 0
    assert head(shop) == head(other)
    assert (shop / "customers/jan-vidmar.yaml").exists() == (side == "--ours")


def test_what_was_settled_in_an_editor_ends_the_merge(remote: Path, shop: Path, crm: Crm) -> None:
    other = clone(remote, "other", crm)
    crm("set", "jan-vidmar", "owner=petra")
    crm("-C", other, "set", "jan-vidmar", "owner=marko")
    crm("sync")
    assert crm("-C", other, "sync").code == 5
    (other / "customers/jan-vidmar.yaml").write_text("name: Jan Vidmar\nowner: marko\n")
    run = crm("-C", other, "resolve")
    assert run.code == 0 and "the merge is complete" in run.err
    assert crm("-C", other, "sync").code == 0


def test_hand_edits_go_along_when_they_are_valid(remote: Path, shop: Path, crm: Crm) -> None:
    good, bad = shop / "customers/jan-vidmar.yaml", shop / "customers/hotel-breg.yaml"
    good.write_text(good.read_text() + "nickname: Jaka\n")
    bad.write_text(bad.read_text() + "birth_date: soon\n")
    (shop / "customers/iva-lah.yaml").write_text("name: Iva Lah\n")
    dry = crm("sync", "--dry-run")
    assert "would be committed: customers/iva-lah.yaml, customers/jan-vidmar.yaml" in dry.err
    run = crm("sync")
    assert "committed: customers/iva-lah.yaml, customers/jan-vidmar.yaml" in run.err
    assert "not committed, since invalid: customers/hotel-breg.yaml" in run.err
    assert run.out == "received 0 changes from origin, sent 1 change\n"
    assert "birth_date: soon" in bad.read_text()


def test_a_broken_record_that_comes_in_blocks_nothing(remote: Path, shop: Path, crm: Crm) -> None:
    other = clone(remote, "other", crm)
    (other / "customers/hotel-breg.yaml").write_text("name: [Hotel\n")
    for words in (["commit", "-qam", "oops", "--no-verify"], ["push", "-q"]):
        subprocess.run(["git", *words], cwd=other, check=True)
    run = crm("sync")
    assert run.code == 4 and "customers/hotel-breg.yaml" in run.err
    assert crm("list", "maja", "-o", "ids").out == "maja-kos\n"


def test_what_refers_to_what_the_other_side_renamed_or_removed_is_told(
    remote: Path, shop: Path, crm: Crm
) -> None:
    """Whichever of the two sends first."""
    assert crm("product", "add", "towel", "Towel", "--price", "2").code == 0
    assert crm("sync").code == 0
    other = clone(remote, "other", crm)
    assert crm("-C", other, "rename", "maja-kos", "maja").code == 0
    assert crm("-C", other, "product", "rm", "towel").code == 0
    assert crm("-C", other, "sync").code == 0
    assert crm("set", "hotel-breg", "referred_by=maja-kos").code == 0
    assert crm("purchase", "add", "jan-vidmar", "--line", "towel:2").code == 0
    run = crm("sync")
    said = (
        "with what came in there are errors in customers/hotel-breg.yaml, customers/jan-vidmar.yaml"
    )
    assert (run.code, said in run.err) == (0, True), run
    assert crm("check").code == 1
    assert said in crm("-C", other, "sync").err
    assert crm("set", "hotel-breg", "referred_by=maja").code == 0
    assert "errors" not in crm("sync").err
    assert "jan-vidmar" not in crm("-C", other, "sync").err, "it was told before"


def test_on_another_branch_it_is_said_who_does_not_get_it(remote: Path, crm: Crm) -> None:
    root = clone(remote, "spring", crm)
    assert "branch" not in crm("-C", root, "sync").err
    subprocess.run(["git", "switch", "-q", "-c", "spring"], cwd=root, check=True)
    assert crm("-C", root, "set", "maja-kos", "city=Izola").code == 0
    told = [
        "crm: this is the branch spring: who works on main does not get it",
        "  git switch main && git merge spring brings it there",
    ]
    for words in (("sync", "--dry-run"), ("sync",)):
        said = crm("-C", root, *words).err
        assert all(line.removeprefix("crm: ").strip() in said for line in told), said


def test_offline_is_one_line(remote: Path, crm: Crm) -> None:
    remote.rename(remote.with_name("away"))
    run = crm("sync")
    assert run.code == 7
    assert run.err.splitlines()[0].startswith("crm: origin cannot be reached: ")
    assert len(run.err.splitlines()) == 2


def test_the_hook_checks_what_is_committed_by_hand(
    remote: Path, shop: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRM_DIR")
    path = shop / "customers/hotel-breg.yaml"
    path.write_text(path.read_text() + "birth_date: soon\n")
    done = subprocess.run(["git", "commit", "-qam", "x"], cwd=shop, capture_output=True, text=True)
    assert done.returncode != 0
    assert "birth_date" in done.stdout + done.stderr
    path.write_text(path.read_text().replace("soon", "1980-02-03"))
    subprocess.run(["git", "commit", "-qam", "x"], cwd=shop, check=True)


EDITS = int(os.environ.get("CRM_TEST_EDITS", "12"))


def test_three_clones_end_equal_and_with_every_edit(remote: Path, shop: Path, crm: Crm) -> None:
    """Edits by command and by hand in three clones, exchanged in random order."""
    chance = random.Random(7)
    roots = [shop, clone(remote, "second", crm), clone(remote, "third", crm)]
    made: list[tuple[str, str]] = []
    conflicts = 0

    def exchange(root: Path) -> None:
        nonlocal conflicts
        done = crm("-C", root, "sync")
        if done.code == 5:
            conflicts += 1
            check_conflicts(root)
            assert crm("-C", root, "resolve", "--ours").code == 0
            done = crm("-C", root, "sync")
        assert done.code == 0, done.err

    for number in range(EDITS * 3):
        side = number % 3
        root, who = roots[side], chance.choice(["maja-kos", "hotel-breg", "jan-vidmar"])
        path, mark = root / f"customers/{who}.yaml", f"mark-{side}-{number}"
        match chance.randrange(6):
            case 0:
                run = crm("-C", root, "task", "add", who, mark, "--due", "+3d")
            case 1:
                run = crm("-C", root, "log", who, mark)
            case 2:
                run = crm("-C", root, "tag", "add", mark, who)
            case 3:
                run = crm("-C", root, "set", who, f"custom.{mark}=x")
            case 4:
                run = crm("-C", root, "set", who, f"legal_name=Name {number}")
                mark = ""
            case _:
                path.write_text(f"# {mark}\n" + path.read_text())
                run = Run(0, "", "")
        assert run.code == 0, run.err
        made.append((who, mark))
        if chance.random() < 0.12:
            exchange(chance.choice(roots))
    for _ in range(2):
        for root in roots:
            exchange(root)
    assert conflicts > 0
    assert len({head(root) for root in roots}) == 1
    for who, mark in made:
        text = (shop / f"customers/{who}.yaml").read_text()
        assert mark in text, (who, mark)
        assert compose(text, who).root is not None
    assert crm("check").code == 0


def check_conflicts(root: Path) -> None:
    """Nothing is in conflict but the field that was set differently."""
    for path in (root / "customers").glob("*.yaml"):
        for side in sides(path.read_text()):
            for text in (side.ours, side.theirs):
                assert text.startswith("legal_name: "), (path, side)
                assert text.count("\n") == 1


def test_without_a_remote_sync_commits_what_was_edited_by_hand(
    shop: Path, git: Git, crm: Crm
) -> None:
    path = shop / "customers/jan-vidmar.yaml"
    path.write_text(path.read_text() + "nickname: Jaka\n")
    planned = crm("sync", "--dry-run")
    assert (planned.code, "would be committed: customers/jan-vidmar.yaml" in planned.err) == (
        0,
        True,
    )
    done = crm("sync")
    assert (done.code, done.out) == (0, "no remote: what is committed stays here\n")
    assert git("status", "--porcelain") == ""
    assert git("log", "-1", "--format=%s") == "edited by hand: jan-vidmar\n"


@pytest.mark.parametrize("side", ["--ours", "--theirs"])
@pytest.mark.parametrize("removed", ["here", "there"])
def test_what_was_edited_by_hand_in_a_merge_is_not_overwritten(
    remote: Path, shop: Path, crm: Crm, side: str, removed: str
) -> None:
    other = clone(remote, "other", crm)
    first, second = (other, shop) if removed == "here" else (shop, other)
    crm("-C", second, "set", "jan-vidmar", "city=Bled")
    crm("-C", first, "rm", "jan-vidmar", "--yes")
    assert crm("sync").code == 0
    assert crm("-C", other, "sync").code == 5
    path = other / "customers/jan-vidmar.yaml"
    path.write_text(path.read_text() + "notes: an hour of work by hand\n")
    typed = path.read_bytes()
    run = crm("-C", other, "resolve", side)
    assert run.code == 0, run.err
    assert "customers/jan-vidmar.yaml stays as it was edited by hand" in run.err
    assert path.read_bytes() == typed


def test_in_a_rebase_it_is_said_whose_side_is_whose(remote: Path, shop: Path, crm: Crm) -> None:
    other = clone(remote, "other", crm)
    crm("set", "maja-kos", "city=Bled")
    crm("-C", other, "set", "maja-kos", "city=Kranj")
    assert crm("sync").code == 0
    pull = ["git", "-C", str(other), "pull", "-q", "--rebase"]
    ran = subprocess.run(pull, capture_output=True, check=False)
    assert ran.returncode, ran
    run = crm("-C", other, "resolve", "--theirs")
    assert run.code == 0 and "theirs is your own change" in run.err, run
    assert "git rebase --continue" in run.err
    assert "city: Kranj" in (other / "customers/maja-kos.yaml").read_text()


def test_resolve_compares_before_it_writes(
    remote: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = clone(remote, "other", crm)
    crm("rm", "jan-vidmar", "--yes")
    crm("-C", other, "set", "jan-vidmar", "city=Bled")
    assert crm("sync").code == 0
    assert crm("-C", other, "sync").code == 5
    workspace = open_workspace(directory=other)
    path = other / "customers/jan-vidmar.yaml"

    def typing(file: merging.Unsettled, side: Side) -> str:
        path.write_text("name: typed meanwhile\n")
        return side.theirs

    with pytest.raises(ConflictError, match="was changed meanwhile"):
        merging.resolve(workspace, merging.unsettled(workspace), typing)
    assert path.read_text() == "name: typed meanwhile\n"


def added_apart(remote: Path, crm: Crm, ours: list[str], theirs: list[str]) -> Path:
    """A second clone whose Marko Kos is not sent yet, where another one has arrived."""
    other = clone(remote, "other", crm)
    assert crm("add", "Marko Kos", *theirs).code == 0
    assert crm("purchase", "add", "marko-kos", "--amount", "900").code == 0
    assert crm("sync").code == 0
    assert crm("-C", other, "add", "Marko Kos", *ours).code == 0
    assert crm("-C", other, "log", "marko-kos", "never call me again", "--kind", "call").code == 0
    return other


def test_two_customers_of_one_name_that_were_added_apart_stay_two(
    remote: Path, shop: Path, crm: Crm
) -> None:
    other = added_apart(remote, crm, ["--email", "mk@other.example"], ["--email", "m@one.example"])
    assert crm("-C", other, "set", "jan-vidmar", "referred_by=marko-kos").code == 0
    dry = crm("-C", other, "sync", "--dry-run")
    assert "marko-kos" in dry.err and "would become marko-kos-2" in dry.err
    done = crm("-C", other, "sync")
    assert done.code == 0, done.err
    assert "marko-kos was added on both sides, as two customers: yours is marko-kos-2" in done.err
    told = crm("sync")
    assert told.code == 0 and "marko-kos-2 has the name of marko-kos" in told.err
    assert head(shop) == head(other)
    first, second = ((shop / f"customers/marko-kos{end}.yaml").read_text() for end in ("", "-2"))
    assert "m@one.example" in first and "900" in first and "never call" not in first
    assert "mk@other.example" in second and "never call" in second and "900" not in second
    assert "referred_by: marko-kos-2\n" in (shop / "customers/jan-vidmar.yaml").read_text()


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("eva.yaml", "Eva.yaml"),
        ("zo\u00eb.yaml", "zoe\u0308.yaml"),
        ("north/eva.yaml", "eva.yaml"),
        ("eva.yaml", "south/eva.yaml"),
    ],
)
def test_one_id_in_two_spellings_or_folders_is_of_two(
    remote: Path, shop: Path, crm: Crm, mine: str, theirs: str
) -> None:
    """Two files that some file systems take for one, or of one id, would both be sent on."""
    other = clone(remote, "other", crm)
    for root, name, who in ((shop, theirs, "Theirs"), (other, mine, "Mine")):
        path = root / "customers" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"name: {who}\n", encoding="utf-8")
        run = crm("-C", root, "sync")
    id = "zoe" if mine.startswith("z") else "eva"
    assert f"{id} was added on both sides, as two customers: yours is {id}-2" in run.err
    assert run.code == 0, run
    assert crm("sync").code == 0
    for root in (shop, other):
        assert crm("-C", root, "check").code == 0
        names = {one: crm("-C", root, "show", one, "--json").out for one in (id, f"{id}-2")}
        assert "Theirs" in names[id] and "Mine" in names[f"{id}-2"]


@pytest.mark.parametrize(
    "same", [["--email", "mk@one.example"], ["tax_id=SI12345678"], ["--phone", "+386 41 555 666"]]
)
def test_one_customer_who_was_added_apart_stays_one(
    remote: Path, shop: Path, crm: Crm, same: list[str]
) -> None:
    other = added_apart(remote, crm, [*same, "city=Bled"], same)
    assert crm("-C", other, "sync").code == 0
    assert not (other / "customers/marko-kos-2.yaml").exists()
    text = (other / "customers/marko-kos.yaml").read_text()
    assert "never call" in text and "900" in text and "Bled" in text


def test_a_product_that_was_added_apart_with_other_contents_is_a_conflict(
    remote: Path, shop: Path, crm: Crm
) -> None:
    other = clone(remote, "other", crm)
    for root, entry in ((shop, "price: 10.00"), (other, "tax_rate: 22")):
        path = root / "products.yaml"
        path.write_text(path.read_text() + f"towel:\n  name: Towel\n  {entry}\n")
    assert crm("sync").code == 0
    assert crm("-C", other, "sync").code == 5
    check = crm("-C", other, "check")
    assert check.code == 1 and "products.yaml" in check.out and "unresolved merge" in check.out
    assert crm("-C", other, "resolve", "--theirs").code == 0
    text = (other / "products.yaml").read_text()
    assert "price: 10.00" in text and "tax_rate" not in text.partition("towel:")[2]


def test_customers_that_are_suddenly_gone_are_not_removed_without_a_word(
    remote: Path, shop: Path, git: Git, crm: Crm
) -> None:
    before = git("rev-parse", "HEAD")
    (shop / "customers").rename(shop.parent / "unmounted")
    assert "3 of 3 files of customers/ are gone" in crm("sync", "--dry-run").err
    done = crm("sync")
    assert done.code == 2 and "3 of 3 files of customers/ are gone" in done.err, done
    assert "--yes" in done.err
    assert git("rev-parse", "HEAD") == before
    (shop.parent / "unmounted").rename(shop / "customers")
    (shop / "customers/jan-vidmar.yaml").unlink()
    assert crm("sync").code == 0  # one is nothing sudden
    for name in ("maja-kos", "hotel-breg"):
        (shop / f"customers/{name}.yaml").unlink()
    assert crm("sync").code == 2
    assert crm("sync", "--yes").code == 0
    assert git("status", "--porcelain") == ""


def test_customers_that_cannot_be_read_are_not_removed(
    remote: Path, shop: Path, git: Git, crm: Crm
) -> None:
    before = git("rev-parse", "HEAD")
    with held_up_by_modes():
        (shop / "customers").chmod(0)
        try:
            crm("sync", "--yes")
        finally:
            (shop / "customers").chmod(0o700)
    assert git("rev-parse", "HEAD") == before


def test_commands_that_could_not_be_committed_keep_their_subjects(
    remote: Path, shop: Path, git: Git, crm: Crm
) -> None:
    bisecting = shop / ".git/BISECT_LOG"
    bisecting.touch()
    for value in ("city=Bled", "nickname=Mia"):
        assert "not committed" in crm("set", "maja-kos", value).err
    bisecting.unlink()
    assert crm("sync").code == 0
    subject = git("log", "-1", "--format=%s")
    assert "set city of maja-kos" in subject and "set nickname of maja-kos" in subject


@pytest.mark.parametrize("way", ["core.sshCommand", "GIT_SSH_COMMAND", "GIT_SSH", "none"])
def test_sync_reaches_the_server_as_git_does(
    remote: Path, shop: Path, git: Git, crm: Crm, tmp_path: Path, way: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("ssh", "own"):
        program = folder / name
        program.write_text(
            f'#!/bin/sh\necho "{name} $*" >> {tmp_path}/log\nfor last; do :; done\neval "$last"\n'
        )
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    git("remote", "set-url", "origin", f"ssh://server.example{remote}")
    if way.startswith("GIT"):
        monkeypatch.setenv(way, str(folder / "own"))
    elif way != "none":
        git("config", way, str(folder / "own"))
    assert crm("sync").code == 0
    used = (tmp_path / "log").read_text()
    assert used.startswith("ssh " if way == "none" else "own ")
    assert ("BatchMode" in used) is (way == "none")


@pytest.mark.parametrize("marked", [False, True])
def test_resolve_does_not_write_over_what_was_typed_since_the_sides_were_shown(
    remote: Path, crm: Crm, marked: bool
) -> None:
    other = clone(remote, "other", crm)
    crm("-C", other, "set", "jan-vidmar", "legal_name=Bled")
    words = ("set", "jan-vidmar", "legal_name=Kranj") if marked else ("rm", "jan-vidmar", "--yes")
    assert crm(*words).code == 0
    assert crm("sync").code == 0
    assert crm("-C", other, "sync").code == 5
    workspace = open_workspace(directory=other)
    path = other / "customers/jan-vidmar.yaml"
    shown = merging.unsettled(workspace)
    path.write_text(path.read_text().replace("name: Bled", "name: Bled and Mlino"))
    typed = path.read_bytes()
    with pytest.raises(ConflictError, match="was changed meanwhile"):
        merging.resolve(workspace, shown, lambda file, side: side.theirs)
    assert path.read_bytes() == typed


def test_what_names_a_number_that_both_sides_gave_keeps_to_its_own_invoice(
    remote: Path, shop: Path, crm: Crm
) -> None:
    other = clone(remote, "other", crm)
    ours = ("-C", shop), ("Repair", "100"), "100"
    theirs = ("-C", other), ("Beans", "300"), "120"
    for side, (text, amount), paid in (ours, theirs):
        added = crm(*side, "invoice", "add", "jan-vidmar", "--text", text, "--amount", amount)
        assert "invoice 2026-0008" in added.out, added
        assert crm(*side, "payment", "add", "2026-0008", paid).code == 0
    assert crm("sync").code == 0
    run = crm("-C", other, "sync")
    assert run.code == 0 and run.err.count("by its id: 2026-0008 was given on both sides") == 2
    assert run.out == "received 2 changes from origin, sent 4 changes\n"
    assert "there are errors in customers/jan-vidmar.yaml" in run.err, "the numbers are told yet"
    assert crm("sync").code == 0
    assert head(shop) == head(other)
    for _ in range(2):
        columns = ("--cols", "text,payment_status,amount_due", "-o", "csv")
        listed = crm("invoice", "list", "customer:jan-vidmar", *columns).lines
        assert {"Repair,paid,0.00", "Beans,partly_paid,180.00"} <= {*listed}
        (repair,) = crm("invoice", "list", "text:Repair", "-o", "ids").lines
        assert crm("set", repair, "number=next").code == 0


def test_a_number_is_told_apart_after_a_conflict_was_settled(
    remote: Path, shop: Path, crm: Crm
) -> None:
    other = clone(remote, "other", crm)
    for root, text, owner in ((shop, "Repair", "petra"), (other, "Beans", "marko")):
        crm("-C", root, "invoice", "add", "jan-vidmar", "--text", text, "--amount", "100")
        assert crm("-C", root, "payment", "add", "2026-0008").code == 0
        crm("-C", root, "set", "jan-vidmar", f"owner={owner}")
    assert crm("sync").code == 0
    assert crm("-C", other, "sync").code == 5
    assert crm("-C", other, "resolve", "--theirs").code == 0
    assert "was given on both sides" in crm("-C", other, "sync").err
    assert crm("sync").code == 0
    due = crm("invoice", "list", "customer:jan-vidmar", "number:2026-0008", "is:unpaid")
    assert due.code == 1 or not due.out.strip()
