"""Renamed files and clones: a record is followed to its new name, and never taken for another."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import Crm, Git
from tests.features.test_sync import clone, head, remote

__all__ = ["remote"]

ANA = ("Ana Novak", "city=Koper", "tags=vip", "phones=+386 40 111 222")
EVA = ("Eva Novak", "city=Koper", "tags=vip", "phones=+386 40 111 333")


@pytest.fixture
def other(remote: Path, crm: Crm) -> Path:
    """A clone that knows Ana."""
    assert crm("add", *ANA).code == 0
    assert crm("sync").code == 0
    return clone(remote, "other", crm)


def replaced(crm: Crm) -> None:
    """Ana goes, and somebody comes whose record looks much like hers."""
    assert crm("rm", "ana-novak", "--yes").code == 0
    assert crm("add", *EVA).code == 0


def git_in(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True)


def test_what_looks_alike_is_not_the_same(other: Path, shop: Path, crm: Crm) -> None:
    """Ana moved to Izola; Eva, who was added where Ana was removed, did not."""
    replaced(crm)
    assert crm("sync").code == 0
    assert crm("-C", other, "set", "ana-novak", "city=Izola").code == 0
    run = crm("-C", other, "sync")
    assert run.code == 5 and "customers/ana-novak.yaml" in run.err, run
    eva = "customers/eva-novak.yaml"
    assert (other / eva).read_bytes() == (shop / eva).read_bytes()
    assert "Izola" in (other / "customers/ana-novak.yaml").read_text()
    assert crm("-C", other, "resolve", "--ours").code == 0
    assert crm("-C", other, "sync").code == 0 and crm("sync").code == 0
    assert "Izola" in crm("show", "ana-novak").out and "Koper" in crm("show", "eva-novak").out


@pytest.mark.parametrize("more", [(), ("city=Piran", "notes=Moved in spring.", "email=ana@x.si")])
@pytest.mark.parametrize("first", ["renamed", "changed"])
def test_a_renamed_record_is_followed(
    other: Path, shop: Path, crm: Crm, more: tuple[str, ...], first: str
) -> None:
    """However much it has changed since then, and whoever sends first."""
    assert crm("rename", "ana-novak", "ana").code == 0
    assert crm("rename", "ana", "ana-n").code == 0
    if more:
        assert crm("set", "ana-n", *more).code == 0
    assert crm("-C", other, "set", "ana-novak", "birth_date=1990-05-01").code == 0
    one, two = (shop, other) if first == "renamed" else (other, shop)
    assert crm("-C", one, "sync").code == 0
    run = crm("-C", two, "sync")
    assert run.code == 0, run
    assert crm("-C", one, "sync").code == 0 and head(shop) == head(other)
    text = (shop / "customers/ana-n.yaml").read_text()
    assert "1990-05-01" in text and ("Piran" in text) == bool(more)
    assert not (shop / "customers/ana-novak.yaml").exists()


@pytest.mark.parametrize("side", ["--ours", "--theirs"])
def test_what_changed_in_a_merged_record_is_kept_when_the_one_that_stays_is_settled(
    other: Path, shop: Path, crm: Crm, side: str
) -> None:
    """Neither side has removed what the other one noted of Ana, whatever Maja's city is."""
    assert crm("merge", "maja-kos", "ana-novak", "--prefer", "keep", "--yes").code == 0
    assert crm("set", "maja-kos", "city=Izola").code == 0
    assert crm("sync").code == 0
    assert crm("-C", other, "set", "maja-kos", "city=Piran").code == 0
    assert crm("-C", other, "log", "ana-novak", "Called about beans").code == 0
    assert crm("-C", other, "sync").code == 5
    run = crm("-C", other, "resolve", side)
    assert run.code == 0 and "customers/ana-novak.yaml went into the record" in run.err, run
    assert "the merge is complete" in run.err
    assert crm("-C", other, "sync").code == 0 and crm("sync").code == 0
    text = (shop / "customers/maja-kos.yaml").read_text()
    assert "Called about beans" in text and ("Piran" in text) == (side == "--ours")
    assert not (shop / "customers/ana-novak.yaml").exists()


def test_a_record_that_was_merged_into_a_new_one_is_followed(
    other: Path, shop: Path, crm: Crm
) -> None:
    assert crm("add", "Ana Kos", "email=ana@kos.example").code == 0
    assert crm("merge", "ana-kos", "ana-novak", "--prefer", "keep", "--yes").code == 0
    assert crm("sync").code == 0
    assert crm("-C", other, "log", "ana-novak", "Called about beans").code == 0
    run = crm("-C", other, "sync")
    assert run.code == 0, run
    text = (other / "customers/ana-kos.yaml").read_text()
    assert "name: Ana Kos" in text and "Called about beans" in text
    assert not (other / "customers/ana-novak.yaml").exists()


def test_a_record_that_git_moved_is_followed(other: Path, shop: Path, crm: Crm, git: Git) -> None:
    git("mv", "customers/ana-novak.yaml", "customers/ana.yaml")
    path = shop / "customers/ana.yaml"
    path.write_text(path.read_text() + "notes: By hand.\n")
    git("commit", "-qam", "move")
    assert crm("sync").code == 0
    assert crm("-C", other, "set", "ana-novak", "city=Izola").code == 0
    assert crm("-C", other, "sync").code == 0
    text = (other / "customers/ana.yaml").read_text()
    assert "Izola" in text and "By hand." in text


@pytest.mark.parametrize("first", ["renamed", "changed"])
def test_both_changed_what_one_renamed(other: Path, shop: Path, crm: Crm, first: str) -> None:
    """The same field: somebody has to decide, in the record as it is called now."""
    one, two = (shop, other) if first == "renamed" else (other, shop)
    assert crm("rename", "ana-novak", "ana").code == 0
    assert crm("set", "ana", "city=Piran", "notes=Moved.", "email=ana@x.si").code == 0
    assert crm("-C", other, "set", "ana-novak", "city=Izola").code == 0
    assert crm("-C", one, "sync").code == 0
    run = crm("-C", two, "sync")
    assert run.code == 5 and "customers/ana.yaml" in run.err and "ana-novak" not in run.err, run
    assert crm("-C", two, "sync").code == 6
    assert crm("-C", two, "resolve", "ana", "--theirs").code == 0
    assert crm("-C", two, "sync").code == 0 and crm("-C", one, "sync").code == 0
    assert head(shop) == head(other)
    text = (two / "customers/ana.yaml").read_text()
    assert ("Piran" in text) == (first == "renamed") and "Moved." in text
    assert not (two / "customers/ana-novak.yaml").exists()


@pytest.mark.parametrize("how", ["merge", "rebase", "cherry-pick"])
def test_the_driver_tells_where_git_guesses(other: Path, crm: Crm, how: str) -> None:
    replaced(crm)
    assert crm("sync").code == 0
    assert crm("-C", other, "set", "ana-novak", "city=Izola").code == 0
    git_in(other, "fetch", "-q")
    words = ["origin/main"]
    if how == "cherry-pick":
        words = [git_in(other, "rev-parse", "HEAD").stdout.strip()]
        git_in(other, "reset", "-q", "--hard", "origin/main")
    done = git_in(other, how, *words)
    assert done.returncode != 0 and "-X find-renames=100%" in done.stdout + done.stderr, done
    assert crm("-C", other, "list", "-o", "ids").code == 4
    git_in(other, how, "--abort")
    git_in(other, how, "-X", "find-renames=100%", *words)
    assert "Izola" not in (other / "customers/eva-novak.yaml").read_text()
    assert "Izola" in (other / "customers/ana-novak.yaml").read_text()


@pytest.mark.parametrize("how", ["merge", "rebase"])
def test_git_alone_follows_what_was_renamed(other: Path, crm: Crm, how: str) -> None:
    """It may, where the record has its name, or what identifies it, and so where it has not."""
    assert crm("rename", "ana-novak", "ana").code == 0
    assert crm("set", "ana", "name=Ana Kos").code == 0
    assert crm("sync").code == 0
    assert crm("-C", other, "set", "ana-novak", "city=Izola").code == 0
    git_in(other, "fetch", "-q")
    assert git_in(other, how, "origin/main").returncode == 0
    text = (other / "customers/ana.yaml").read_text()
    assert "Izola" in text and "Ana Kos" in text


@pytest.mark.parametrize("how", ["merge", "rebase"])
def test_another_name_for_a_record_without_more_is_no_guess(
    other: Path, crm: Crm, how: str
) -> None:
    assert crm("add", "Bo").code == 0
    assert crm("sync").code == 0 and crm("-C", other, "sync").code == 0
    assert crm("set", "bo", "name=Bogdan Kos").code == 0
    assert crm("sync").code == 0
    assert crm("-C", other, "set", "bo", "city=Izola").code == 0
    git_in(other, "fetch", "-q")
    assert git_in(other, how, "origin/main").returncode == 0
    text = (other / "customers/bo.yaml").read_text()
    assert "Izola" in text and "Bogdan Kos" in text


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_message_stays_in_the_outbox_when_all_others_were_sent(
    other: Path, shop: Path, crm: Crm, git: Git, by_hand: bool
) -> None:
    """git takes a folder whose files have all gone to another one for renamed, and would take a
    new message to where those are that have been sent."""
    message = "outbox/maja-kos.news.{}.eml"
    for root, name in ((shop, "0" * 12), (other, "1" * 12)):
        path = root / message.format(name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"To: {root.name}@example.com\nSubject: News of {name}\n\nHello\n" * 9)
        git_in(root, "add", "outbox")
        git_in(root, "commit", "-qm", "write")
        if root == shop:
            assert crm("sync").code == 0 and crm("-C", other, "sync").code == 0
    sent = shop / "documents/mail/2026/maja-kos.news.eml"
    sent.parent.mkdir(parents=True)
    git("mv", message.format("0" * 12), str(sent))
    git("commit", "-qm", "send")
    git("push", "-q")
    if by_hand:
        git_in(other, "pull", "-q", "--no-rebase", "--no-edit")
    else:
        assert crm("-C", other, "sync").code == 0
    assert (other / message.format("1" * 12)).exists()
    assert [path.name for path in other.glob("documents/mail/*/*")] == [sent.name]


def test_the_history_of_one_is_not_that_of_another(other: Path, shop: Path, crm: Crm) -> None:
    """Where one file went and one came in one commit, which git shows as renamed."""
    assert crm("set", "ana-novak", "notes=Met at the fair.").code == 0
    text = (shop / "customers/ana-novak.yaml").read_text()
    (shop / "customers/ana-novak.yaml").unlink()
    eva = text.replace("Ana", "Eva").replace("111 222", "111 333").replace("111222", "111333")
    (shop / "customers/eva-novak.yaml").write_text(eva)
    assert crm("sync").code == 0
    words = ("--cols", "what", "-o", "tsv", "--no-header")
    told = crm("history", "eva-novak", *words).lines
    assert "+1 customer Eva Novak" in told and "Ana" not in "".join(told), told
    assert crm("rename", "eva-novak", "eva").code == 0
    renamed = "customer renamed: eva-novak → eva"
    assert crm("history", "eva", *words).lines == [renamed, *told]


def test_who_did_what_is_told_across_a_renaming(other: Path, shop: Path, crm: Crm) -> None:
    """Also what others did under the old name meanwhile, and not what a later bearer of it did."""
    assert crm("rename", "ana-novak", "ana").code == 0
    assert crm("-C", other, "set", "ana-novak", "birth_date=1990-05-01").code == 0
    assert crm("sync").code == 0
    assert crm("-C", other, "sync").code == 0
    assert crm("-C", other, "add", "Ana Novak", "notes=Another one.").code == 0
    told = crm("-C", other, "history", "ana").out
    assert "1990-05-01" in told and "Another one" not in told
    assert told.count("customer Ana Novak") == 1
    ids = subprocess.run(
        ["git", "log", "-1", "--format=%H", "--grep=birth_date"],
        cwd=other, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    assert ids and ids in crm("-C", other, "blame", "ana", "birth_date", "--json").out


def test_a_field_is_of_the_change_that_set_it_though_the_record_is_called_otherwise(
    other: Path, crm: Crm
) -> None:
    assert crm("set", "ana-novak", "birth_date=1990-05-01").code == 0
    assert crm("rename", "ana-novak", "ana").code == 0
    assert "set birth_date of ana-novak" in crm("blame", "ana", "birth_date", "--json").out


@pytest.mark.parametrize("first", ["merged", "renamed"])
def test_a_record_that_one_merged_and_another_renamed_is_there_once(
    other: Path, shop: Path, crm: Crm, first: str
) -> None:
    """With what either noted of it, and with all that names it."""
    assert crm("task", "add", "ana-novak", "Send the offer", "--due", "+3d").code == 0
    assert crm("sync").code == 0 and crm("-C", other, "sync").code == 0
    assert crm("merge", "maja-kos", "ana-novak", "--prefer", "keep", "--yes").code == 0
    assert crm("-C", other, "rename", "ana-novak", "ana").code == 0
    assert crm("-C", other, "task", "done", "ana").code == 0
    assert crm("-C", other, "log", "ana", "Called about beans").code == 0
    assert crm("-C", other, "set", "hotel-breg", "referred_by=ana").code == 0
    one, two = (shop, other) if first == "merged" else (other, shop)
    assert crm("-C", one, "sync").code == 0
    assert crm("-C", two, "sync").code == 0 and crm("-C", one, "sync").code == 0
    assert head(shop) == head(other)
    assert not (shop / "customers/ana.yaml").exists()
    text = (shop / "customers/maja-kos.yaml").read_text()
    assert "Called about beans" in text and "completed" in text, text
    assert "referred_by: maja-kos" in (shop / "customers/hotel-breg.yaml").read_text()
    assert "maja-kos" in crm("show", "ana").out
    assert crm("check").code == 0


def test_one_record_takes_in_several_that_were_renamed(
    other: Path, shop: Path, crm: Crm
) -> None:
    for old, new in (("ana-novak", "ana"), ("jan-vidmar", "jan")):
        assert crm("merge", "maja-kos", old, "--prefer", "keep", "--yes").code == 0
        assert crm("-C", other, "rename", old, new).code == 0
        assert crm("-C", other, "log", new, f"Called {new}").code == 0
    assert crm("sync").code == 0
    run = crm("-C", other, "sync")
    assert run.code == 0, run
    text = (other / "customers/maja-kos.yaml").read_text()
    assert "Called ana" in text and "Called jan" in text
    assert not list((other / "customers").glob("[aj]*.yaml"))


def test_a_record_that_both_renamed_is_there_once(other: Path, shop: Path, crm: Crm) -> None:
    """Under the name that was sent first."""
    for root, new, notes in ((shop, "ana", "city=Izola"), (other, "ana-n", "email=ana@x.si")):
        assert crm("-C", root, "rename", "ana-novak", new).code == 0
        assert crm("-C", root, "set", new, notes, "birth_date=1990-05-01").code == 0
    assert crm("sync").code == 0
    assert crm("-C", other, "sync").code == 0 and crm("sync").code == 0
    assert head(shop) == head(other)
    assert not (shop / "customers/ana-n.yaml").exists()
    text = (shop / "customers/ana.yaml").read_text()
    assert "Izola" in text and "ana@x.si" in text


def test_a_record_that_one_removed_and_another_renamed_is_told(
    other: Path, shop: Path, crm: Crm
) -> None:
    assert crm("rm", "ana-novak", "--yes").code == 0
    assert crm("-C", other, "rename", "ana-novak", "ana").code == 0
    assert crm("-C", other, "log", "ana", "Called about beans").code == 0
    assert crm("sync").code == 0
    run = crm("-C", other, "sync")
    assert run.code == 0 and "ana-novak was removed on one side" in run.err
    assert "crm rm ana" in run.err
    assert "removed" not in crm("-C", other, "sync").err, "it is told once"


def test_who_was_forgotten_and_is_back_under_another_id_is_told(other: Path, crm: Crm) -> None:
    assert crm("forget", "ana-novak", "--yes").code == 0
    assert crm("-C", other, "rename", "ana-novak", "ana").code == 0
    assert crm("-C", other, "log", "ana", "Called about beans").code == 0
    assert crm("sync").code == 0
    run = crm("-C", other, "sync")
    assert run.code == 0 and "ana-novak was forgotten on one side" in run.err, run
    assert "crm forget ana" in run.err
