"""Undo with history: of any command, without what came later."""

from __future__ import annotations

from pathlib import Path

import pytest

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
    assert crm("undo").code == 0
    assert everything(shop) == after
    run = crm("undo", commit)
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
    assert "what can be undone: crm undo " in run.err
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
