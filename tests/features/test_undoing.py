"""Undo with history: of any command, without what came later."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.features import undoing
from crm_cli.model.errors import ConflictError
from crm_cli.workspace import Workspace
from tests.conftest import Crm, Git

WRITING = (
    ("add", "Iva Lah", "--email", "iva@lah.example"),
    ("set", "maja-kos", "city=Izola", "nickname=Mia"),
    ("set", "maja-kos", "hotel-breg", "stage=customer", "--yes"),
    ("tag", "add", "cold,warm", "maja-kos", "jan-vidmar", "--yes"),
    ("tag", "remove", "vip", "maja-kos"),
    ("log", "maja-kos", "Called", "--kind", "call", "--follow-up", "+3d"),
    ("task", "add", "jan-vidmar", "Write", "--due", "+3d"),
    ("task", "done", "t-9f3kx7d"),
    ("purchase", "add", "maja-kos", "--line", "linen-sheet:2", "--kind", "invoice"),
    ("payment", "add", "2026-0007", "50"),
    ("product", "add", "towel", "Towel", "--price", "12"),
    ("product", "set", "linen-sheet", "price=81"),
    ("segment", "save", "vips", "+vip"),
    ("rename", "jan-vidmar", "jan-v"),
    ("rm", "t-3qqqqq1", "--yes"),
    ("rm", "jan-vidmar", "--yes"),
    ("fmt", "--yes"),
    ("config", "set", "terms_days=15"),
)


def everything(shop: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(shop)): path.read_bytes()
        for path in shop.rglob("*")
        if path.is_file() and not {".git", ".crm"} & set(path.relative_to(shop).parts)
    }


@pytest.mark.parametrize("words", WRITING, ids=lambda words: " ".join(words[:2]))
def test_undo_restores_every_file_byte_for_byte(
    shop: Path, git: Git, crm: Crm, words: tuple[str, ...]
) -> None:
    before = everything(shop)
    run = crm(*words)
    assert run.code == 0, run.err
    after = everything(shop)
    assert after != before
    commit = git("rev-parse", "HEAD").strip()
    assert crm("undo").code == 0
    assert everything(shop) == before
    assert crm("redo").code == 0
    assert everything(shop) == after
    run = crm("undo", commit, "--yes")
    assert run.code == 0, run.err
    assert everything(shop) == before
    assert git("status", "--porcelain") == ""


def test_a_problem_that_undo_mends_is_not_reported(crm: Crm) -> None:
    assert crm("set", "y-7d1wz0e", "date=").code == 0
    assert crm("list").code == 4
    done = crm("undo")
    assert (done.code, "has no date" in done.err) == (0, False)


def test_what_came_later_stays(shop: Path, git: Git, crm: Crm) -> None:
    crm("set", "maja-kos", "city=Izola")
    commit = git("rev-parse", "HEAD").strip()
    crm("task", "add", "maja-kos", "Later", "--due", "+3d")
    crm("set", "maja-kos", "nickname=Mia")
    path = shop / "customers/maja-kos.yaml"
    path.write_text("# By hand.\n" + path.read_text())
    run = crm("undo", commit[:9])
    assert run.code == 0, run.err
    assert "  maja-kos: address: city Izola → Koper\n" in run.err
    text = path.read_text()
    assert "city: Koper" in text
    assert "Later" in text and "nickname: Mia" in text and text.startswith("# By hand.\n")
    assert git("log", "-2", "--format=%s").splitlines() == [
        "undo: set city of maja-kos",
        "edited by hand: maja-kos",
    ]


def test_the_same_field_changed_later_is_refused_with_an_offer(
    shop: Path, git: Git, crm: Crm
) -> None:
    crm("set", "maja-kos", "city=Izola")
    commit = git("rev-parse", "HEAD").strip()
    crm("set", "maja-kos", "city=Piran")
    before = everything(shop)
    run = crm("undo", commit)
    assert run.code == 5
    assert "was changed later (set city of maja-kos); nothing was undone" in run.err
    latest = git("rev-parse", "HEAD").strip()
    assert f"what can be undone: crm undo {latest[:10]} (set city of maja-kos)\n" in run.err
    assert everything(shop) == before
    told = crm("undo", "--list").out.splitlines()
    assert "was changed later" in told[2] and "was changed later" not in told[1]


def test_the_last_command_after_an_edit_by_hand(shop: Path, git: Git, crm: Crm) -> None:
    crm("set", "maja-kos", "city=Izola")
    path = shop / "customers/maja-kos.yaml"
    path.write_text(path.read_text() + "nickname: Mia\n")
    run = crm("undo")
    assert run.code == 0, run.err
    assert "city: Koper" in path.read_text() and path.read_text().endswith("nickname: Mia\n")


def test_an_earlier_command_is_not_taken_for_the_last(shop: Path, git: Git, crm: Crm) -> None:
    crm("set", "maja-kos", "city=Izola")
    (shop / ".git/MERGE_HEAD").write_text("")
    crm("set", "jan-vidmar", "city=Bled")
    path = shop / "customers/jan-vidmar.yaml"
    path.write_text(path.read_text() + "nickname: Jaka\n")
    before = everything(shop)
    assert crm("undo").code == 5
    assert everything(shop) == before


def test_what_is_no_commit_here(git: Git, crm: Crm) -> None:
    assert crm("undo", "nonsense").code == 3
    assert crm("undo", "--", "--all").code == 3


def many(crm: Crm, shop: Path) -> list[dict[str, bytes]]:
    """Three commands, and the state before them and after each."""
    seen = [everything(shop)]
    for city in ("Izola", "Piran", "Ptuj"):
        assert crm("set", "maja-kos", f"city={city}").code == 0
        seen.append(everything(shop))
    return seen


@pytest.fixture(params=["with git", "without git"])
def kept(request: pytest.FixtureRequest) -> str:
    """The ways to keep what commands replaced."""
    if request.param == "with git":
        request.getfixturevalue("git")
    return str(request.param)


def test_undo_goes_back_one_more_each_time_and_redo_forward(
    kept: str, shop: Path, crm: Crm
) -> None:
    seen = many(crm, shop)
    for state in (seen[2], seen[1]):
        done = crm("undo")
        assert (done.code, "crm redo brings it back" in done.err) == (0, True)
        assert everything(shop) == state
    for state in (seen[2], seen[3]):
        assert crm("redo").code == 0
        assert everything(shop) == state
    assert (crm("redo").code, crm("redo").err) == (
        3,
        "crm: there is nothing to redo\n"
        "  only what crm undo took back, and before another command\n",
    )


def test_undo_of_several_shows_all_of_them_and_redo_brings_them_back(
    kept: str, shop: Path, crm: Crm
) -> None:
    seen = many(crm, shop)
    shown = crm("undo", "3", "--dry-run")
    assert "+  - city: Koper" in shown.out and "Piran" not in shown.out
    assert everything(shop) == seen[3]
    done = crm("undo", "3")
    assert done.out.count("undo: set city of maja-kos\n") == 2
    assert "address: city Ptuj → Koper" in done.err
    assert everything(shop) == seen[0]
    assert crm("redo", "2").code == 0
    assert everything(shop) == seen[2]
    assert crm("undo", "3").code == 3
    assert everything(shop) == seen[2]


@pytest.mark.parametrize("word", ["0", "00"])
def test_no_command_is_no_number(crm: Crm, word: str) -> None:
    assert crm("undo", word).code == 2
    assert crm("redo", "abc").code == 2


def test_undo_list_numbers_what_undo_takes(kept: str, shop: Path, crm: Crm) -> None:
    many(crm, shop)
    crm("tag", "add", "cold", "jan-vidmar")
    crm("undo")
    rows = crm("undo", "--list").lines[1:]
    assert [row.split()[0] for row in rows] == [str(n + 1) for n in range(len(rows))]
    assert "set city of maja-kos" in rows[0] and "tag" not in rows[0]


def test_undo_after_more_commands_than_are_kept_asks_git(shop: Path, git: Git, crm: Crm) -> None:
    seen = many(crm, shop)
    for path in (shop / ".crm/undo").iterdir():
        path.unlink()
    assert crm("undo").code == 0
    assert everything(shop) == seen[2]
    assert crm("redo").code == 0
    assert everything(shop) == seen[3]
    assert crm("undo", "3").code == 0
    assert everything(shop) == seen[0]


def test_a_commit_that_was_undone_has_nothing_left_to_undo(shop: Path, git: Git, crm: Crm) -> None:
    many(crm, shop)
    commit = git("rev-parse", "HEAD").strip()
    assert crm("undo", commit).code == 0
    before = everything(shop)
    head = git("rev-parse", "HEAD")
    done = crm("undo", commit)
    assert (done.code, done.out) == (0, "")
    assert done.err == (
        "undo: set city of maja-kos: nothing of it is left to undo; nothing changed\n"
    )
    assert (everything(shop), git("rev-parse", "HEAD")) == (before, head)


def test_undo_of_a_commit_is_itself_undone(shop: Path, git: Git, crm: Crm) -> None:
    seen = many(crm, shop)
    assert crm("undo", git("rev-parse", "HEAD").strip()).code == 0
    assert crm("undo").code == 0
    assert everything(shop) == seen[3]


def test_undo_of_a_commit_asks_where_it_removes_records(shop: Path, git: Git, crm: Crm) -> None:
    assert crm("add", "Iva Lah").code == 0
    commit = git("rev-parse", "HEAD").strip()
    before = everything(shop)
    for word in (commit, "1"):
        asked = crm("undo", word)
        assert (asked.code, "Remove 1 record?" in asked.err) == (2, True)
        assert everything(shop) == before
    assert crm("undo", commit, "--yes").code == 0
    assert not (shop / "customers/iva-lah.yaml").exists()


def test_undo_of_a_commit_whose_record_was_removed_since_is_refused(
    shop: Path, git: Git, crm: Crm
) -> None:
    assert crm("set", "jan-vidmar", "city=Bled").code == 0
    commit = git("rev-parse", "HEAD").strip()
    assert crm("rm", "jan-vidmar", "--yes").code == 0
    before = everything(shop)
    run = crm("undo", commit)
    assert run.code == 5
    assert "customers/jan-vidmar.yaml was removed later (remove jan-vidmar)" in run.err
    removing = git("rev-parse", "HEAD").strip()
    (shop / "customers/jan-vidmar.yaml").write_text("name: Another Jan\n")
    run = crm("undo", removing)
    assert run.code == 5
    assert "customers/jan-vidmar.yaml was changed since" in run.err
    (shop / "customers/jan-vidmar.yaml").unlink()
    assert everything(shop) == before


def test_undo_asks_nothing_where_it_removes_no_record(shop: Path, git: Git, crm: Crm) -> None:
    assert crm("segment", "save", "vips", "+vip").code == 0
    assert (shop / "segments.yaml").exists()
    assert crm("undo", "HEAD").code == 0
    assert not (shop / "segments.yaml").exists()


def test_commits_of_versions_that_kept_no_entries_are_undone(
    shop: Path, git: Git, crm: Crm
) -> None:
    seen = many(crm, shop)
    path = shop / ".crm/commits"
    path.write_text("".join(f"{line.split()[0]}\n" for line in path.read_text().splitlines()))
    shutil.rmtree(shop / ".crm/undo")
    told = crm("undo", "--list").out.splitlines()[1:4]
    assert ["set city of maja-kos" in line for line in told] == [True] * 3
    assert crm("undo").code == 0
    assert everything(shop) == seen[2]


def test_what_is_not_there_cannot_be_undone(shop: Path, crm: Crm) -> None:
    for word, made in (("undo", 0), ("redo", 0), ("undo", 3)):
        if made:
            many(crm, shop)
        run = crm(word, "9")
        few = f"there are only {made} commands" if made else "there is nothing"
        assert (run.code, f"{few} to {word}" in run.err) == (3, True), run.err


def test_undo_list_has_no_more_than_twenty(
    shop: Path, git: Git, crm: Crm, workspace: Callable[..., Workspace]
) -> None:
    many(crm, shop)
    assert [one.number for one in undoing.undoable(workspace(), 2)] == [1, 2]


def test_undo_never_removes_the_directory(shop: Path, git: Git, crm: Crm) -> None:
    before = everything(shop)
    first = git("rev-list", "--max-parents=0", "HEAD").strip()
    refused = crm("undo", first, "--yes")
    assert (refused.code, "would remove crm.yaml" in refused.err) == (6, True)
    assert crm("undo").code == 6
    assert everything(shop) == before


def test_the_oldest_commit_of_a_shallow_clone_is_not_undone(
    shop: Path, git: Git, crm: Crm, tmp_path: Path
) -> None:
    assert crm("set", "maja-kos", "city=Izola").code == 0
    clone = tmp_path / "clone"
    git("clone", "--quiet", "--depth", "1", f"file://{shop}", str(clone))
    assert crm("-C", clone, "git", "setup", "--yes").code == 0
    before = everything(clone)
    refused = crm("-C", clone, "undo", "HEAD", "--yes")
    assert (refused.code, "this clone is shallow" in refused.err) == (6, True)
    assert everything(clone) == before


def test_undo_does_what_it_has_shown_though_a_command_came_between(
    shop: Path, crm: Crm, workspace: Callable[..., Workspace]
) -> None:
    many(crm, shop)
    shown = undoing.last_commands(workspace())
    assert crm("tag", "add", "cold", "jan-vidmar").code == 0
    tagged = (shop / "customers/jan-vidmar.yaml").read_bytes()
    undoing.carry_out(workspace(), shown)
    assert "city: Piran" in (shop / "customers/maja-kos.yaml").read_text()
    assert (shop / "customers/jan-vidmar.yaml").read_bytes() == tagged


def test_undo_looks_again_under_the_lock(
    shop: Path, crm: Crm, workspace: Callable[..., Workspace]
) -> None:
    many(crm, shop)
    shown = undoing.last_commands(workspace())
    path = shop / "customers/maja-kos.yaml"
    path.write_text(path.read_text() + "nickname: Mia\n")
    with pytest.raises(ConflictError, match="was changed after the last command"):
        undoing.carry_out(workspace(), shown)
    assert "city: Ptuj" in path.read_text() and path.read_text().endswith("nickname: Mia\n")


def test_undoing_a_commit_looks_again_under_the_lock(
    shop: Path, git: Git, crm: Crm, workspace: Callable[..., Workspace]
) -> None:
    many(crm, shop)
    commit = git("rev-parse", "HEAD").strip()
    path = shop / "customers/maja-kos.yaml"
    shown = undoing.one_commit(workspace(), commit)
    before = path.read_text()
    path.write_text(before + "nickname: Mia\n")
    undoing.carry_out(workspace(), shown)
    assert path.read_text() != before and path.read_text().endswith("nickname: Mia\n")
    crm("redo")
    shown = undoing.one_commit(workspace(), commit)
    path.write_text("name: Someone else\n")
    with pytest.raises(ConflictError, match="was changed"):
        undoing.carry_out(workspace(), shown)
    assert path.read_text() == "name: Someone else\n"


def test_undo_passes_over_what_git_has_taken_back(shop: Path, git: Git, crm: Crm) -> None:
    seen = many(crm, shop)
    git("reset", "--quiet", "--hard", "HEAD~1")
    assert crm("undo").code == 0
    assert everything(shop) == seen[1]


def test_undo_does_not_take_back_a_resolved_merge(shop: Path, git: Git, crm: Crm) -> None:
    path = shop / "customers/maja-kos.yaml"
    crm("set", "maja-kos", "nickname=Mia")
    text = path.read_text()
    path.write_text(
        text.replace(
            "nickname: Mia\n",
            "<<<<<<< ours\nnickname: Mia\n=======\nnickname: Majka\n>>>>>>> theirs\n",
        )
    )
    assert crm("resolve", "--theirs").code == 0
    settled = path.read_bytes()
    refused = crm("undo")
    assert (refused.code, refused.err.splitlines()[0]) == (
        6,
        "crm: 'resolve maja-kos' cannot be undone",
    )
    assert path.read_bytes() == settled


@pytest.mark.parametrize("words", [(), ("--no-git",)])
def test_a_new_directory_lists_its_beginning(
    words: tuple[str, ...], tmp_path: Path, git: Git, crm: Crm
) -> None:
    root = tmp_path / "new"
    assert crm("init", root, "--name", "New", *words).code == 0
    listed = crm("-C", root, "undo", "--list")
    assert (listed.code, "would remove crm.yaml" in listed.out) == (0, True)
    assert crm("-C", root, "undo").code == 6


def test_a_dry_run_refuses_what_undo_refuses(shop: Path, crm: Crm) -> None:
    assert crm("set", "maja-kos", "city=Bled").code == 0
    path = shop / "customers/maja-kos.yaml"
    path.chmod(0o400)
    dry, real = crm("undo", "--dry-run"), crm("undo")
    assert (dry.code, dry.err) == (real.code, real.err) and "read-only" in real.err


def test_without_git_the_list_tells_what_undoing_so_many_would_say(
    crm: Crm, shop: Path, workspace: Callable[..., Workspace]
) -> None:
    for words in (("set", "maja-kos", "city=Izola"), ("set", "maja-kos", "city=Piran")):
        assert crm(*words).code == 0
    assert crm("tag", "add", "cold", "jan-vidmar").code == 0
    assert [one.reason for one in undoing.undoable(workspace())] == ["", "", ""]
    path = shop / "customers/maja-kos.yaml"
    path.write_text(path.read_text() + "nickname: Mia\n")
    changed = "customers/maja-kos.yaml was changed after the last command"
    assert [one.reason for one in undoing.undoable(workspace())] == ["", changed, changed]
