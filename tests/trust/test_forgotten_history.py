"""Forgetting somebody in git's history: nothing of them is left, and nothing else changes."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.meddling import Dead, Meddling, failing
from tests.shares import Share
from tests.trust.ground import Ground
from tests.trust.test_git_failing import WAYS, meddle

pytestmark = pytest.mark.skipif(os.name == "nt", reason="shell scripts")

TRACES = (b"Maja Kos", b"maja-kos", b"maja-old", b"maja@kos.example", b"41 222 333",
          b"ma-stara", b"Ma Stara", b"stara@kos.example", b"from Zadar")  # fmt: skip
FORGET = ("forget", "maja-kos", "--force", "--yes", "--history")
PARTS = 12


def build(ground: Ground) -> None:
    """A history in which somebody is added, renamed, mentioned in files and messages, merged."""
    ground.known()
    assert ground.run("git", "setup", "--yes").code == 0
    assert ground.run("rename", "maja-kos", "maja-old").code == 0
    assert ground.run("set", "maja-old", "email=old@kos.example").code == 0
    assert ground.run("rename", "maja-old", "maja-kos").code == 0
    assert ground.run("log", "jan-vidmar", "With Maja Kos, 041/222-333").code == 0
    assert ground.run("add", "Ma Stara", "--email", "stara@kos.example").code == 0
    assert ground.run("log", "ma-stara", "She is from Zadar").code == 0
    assert ground.run("merge", "maja-kos", "ma-stara", "--prefer", "keep", "--yes").code == 0
    ground.put({"documents/2026/invoice-2026-0007.pdf": b"%PDF \0 Maja Kos",
                "documents/2026/invoice-other.pdf": b"%PDF \0 \xff"})  # fmt: skip
    sent = "{kind: invoice, sent: 2026-11-06, file: documents/2026/invoice-2026-0007.pdf}"
    path = ground.root / "customers/maja-kos.yaml"
    text = path.read_text()
    dated = "    date: 2026-11-05\n"
    assert dated in text
    path.write_text(text.replace(dated, f"{dated}    documents:\n      - {sent}\n", 1))
    ground.git("add", "documents", "customers")
    ground.git("commit", "-qm", "sent")
    ground.git("branch", "side")
    assert ground.run("set", "jan-vidmar", "city=Piran").code == 0
    ground.git("switch", "-q", "side")
    assert ground.run("set", "hotel-breg", "city=Celje").code == 0
    ground.put({"templates/a b\"c.txt": "For Maja Kos\n", "templates/other.bin": b"\0\xff\xfe"})
    ground.git("add", "templates")
    author = ("--author", "\u0160pela Zu\u0161 <s@lan.example>")
    said = "letter to Maja Kos\n\nlatin: caf\u00e9"
    ground.git("commit", "-qm", said, *author, "--date", "2020-01-01T10:00:00+0530")
    ground.git("switch", "-q", "-")
    ground.git("merge", "-q", "--no-ff", "-m", "merge side, by maja-kos", "side")
    ground.git("tag", "-a", "v1", "-m", "as Maja Kos wanted")
    ground.git("tag", "light")
    assert ground.run("undo").code in (0, 3, 5, 6)


@pytest.fixture(scope="module", name="built")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    ground = Ground(tmp_path_factory.mktemp("past") / "ground")
    ground.outside.mkdir()
    build(ground)
    ground.keep()
    return ground


@pytest.fixture(name="ground")
def _ground(built: Ground) -> Ground:
    built.environ["PATH"] = os.environ["PATH"]
    built.reset()
    return built


def commits(ground: Ground) -> list[tuple[str, ...]]:
    """Author, committer, their dates, and the bytes of all paths but theirs, of each commit."""
    found = []
    form = "%H%x00%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd"
    for line in ground.git("log", "--all", "--date=raw", f"--format={form}").splitlines():
        id, *who = line.split("\0")
        tree = [
            one
            for one in ground.git("ls-tree", "-r", "-z", id).split("\0")
            if one and not any(part in one for part in ("maja", "ma-stara", "jan-vidmar", "a b",
                                                        "forgotten", "kavarna-lan", "-0007.pdf"))
        ]  # fmt: skip
        found.append((*who, *tree))
    return sorted(found)


def objects(ground: Ground) -> bytes:
    """The contents of all objects, named or not."""
    done = subprocess.run(
        ["git", "cat-file", "--batch-all-objects", "--batch"], cwd=ground.root, env=ground.environ,
        capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout


def check_gone(ground: Ground, *, cached: bool = True) -> None:
    """No trace in any object, log, file of git's, record, or what the program keeps."""
    everything = objects(ground) + ground.git("log", "--all", "-p").encode()
    for place in (ground.root, *([ground.folder / "cache"] if cached else [])):
        for path in place.rglob("*"):
            everything += bytes(path) + b"\n"
            if path.is_file() and path.suffix not in (".pack", ".idx"):
                everything += path.read_bytes()
    for trace in TRACES:
        at = everything.find(trace)
        assert at < 0, everything[max(0, at - 200) : at + 100]
    ground.git("fsck", "--strict", "--no-progress")
    assert ground.git("status", "--porcelain") == ""
    assert ground.run("check").code == 0


def test_nothing_is_left_and_nothing_else_changes(ground: Ground) -> None:
    before = commits(ground)
    branches = ground.git("for-each-ref", "--format=%(refname)").splitlines()
    ran = ground.run(*FORGET)
    assert ran.code == 0, ran
    check_gone(ground)
    after = commits(ground)
    for one in before:
        assert one in after
        after.remove(one)
    assert len(after) == 2  # what forgetting itself has committed
    assert ground.git("for-each-ref", "--format=%(refname)").splitlines() == branches
    kept = [one.name for one in (ground.root / "documents/2026").iterdir()]
    assert kept == ["invoice-other.pdf"]
    message = ground.git("log", "-1", "--format=%B", "--grep=latin", "--all")
    assert message.strip() == "letter to (forgotten)\n\nlatin: caf\u00e9"
    assert ground.git("cat-file", "tag", "v1").endswith("as (forgotten) wanted\n")
    assert ground.run(*FORGET[:2], "--history").code == 0
    check_gone(ground)


def test_it_may_follow_later(ground: Ground) -> None:
    assert ground.run(*FORGET[:-1]).code == 0
    assert b"Maja Kos" in objects(ground)
    assert ground.run("set", "jan-vidmar", "city=Koper").code == 0
    assert ground.run("undo", "HEAD~1", "--yes").code == 6
    assert ground.run("forget", "maja-kos", "--history", "--yes").code == 0
    check_gone(ground)


def _merging(ground: Ground) -> None:
    (ground.root / ".git/MERGE_HEAD").write_text(ground.git("rev-parse", "HEAD"))


def _worktree(ground: Ground) -> None:
    ground.git("worktree", "add", "-q", str(ground.outside / "tree"), "side")


def _shallow(ground: Ground) -> None:
    ground.git("fetch", "-q", "--depth=2", f"file://{ground.root}", "HEAD")
    (ground.root / ".git/shallow").write_text(ground.git("rev-parse", "HEAD"))


def _stash(ground: Ground) -> None:
    _dirty(ground)
    ground.git("stash", "-q")


def _dirty(ground: Ground) -> None:
    with (ground.root / "customers/jan-vidmar.yaml").open("a") as file:
        file.write("nickname: J\n")


def _staged(ground: Ground) -> None:
    _dirty(ground)
    ground.git("add", "-u")


def _alternates(ground: Ground) -> None:
    (ground.root / ".git/objects/info").mkdir(exist_ok=True)
    (ground.root / ".git/objects/info/alternates").write_text("/nowhere\n")


def _filtered(ground: Ground) -> None:
    ground.put({".gitattributes": "customers/* filter=crypt\n"})
    ground.git("add", ".gitattributes")
    ground.git("commit", "-qm", "filter")


def _kept(ground: Ground) -> None:
    ground.git("repack", "-a", "-d", "-q")
    pack = next((ground.root / ".git/objects/pack").glob("*.pack"))
    pack.with_suffix(".keep").touch()


OBSTACLES: dict[str, Callable[[Ground], object]] = {
    "merge": _merging,
    "rebase": lambda ground: (ground.root / ".git/rebase-merge").mkdir(),
    "detached": lambda ground: ground.git("checkout", "-q", "--detach"),
    "worktree": _worktree,
    "shallow": _shallow,
    "sparse": lambda ground: ground.git("sparse-checkout", "set", "--no-cone", "/*"),
    "stash": _stash,
    "dirty": _dirty,
    "staged": _staged,
    "alternates": _alternates,
    "replaced": lambda ground: ground.git("replace", "--graft", "HEAD"),
    "partial": lambda ground: ground.git("config", "remote.origin.promisor", "true"),
    "kept": _kept,
    "filtered": _filtered,
}


def _refs(ground: Ground) -> dict[Path, bytes]:
    there = (ground.root / ".git/refs").rglob("*")
    return {path: path.read_bytes() for path in there if path.is_file()}


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_it_is_refused_where_it_could_do_harm(ground: Ground, obstacle: str) -> None:
    OBSTACLES[obstacle](ground)
    before = {path: path.read_bytes() for path in ground.root.rglob("*.yaml")}
    refs = _refs(ground)
    ran = ground.run(*FORGET)
    assert ran.code == 6, ran
    assert "nothing was changed" in ran.err
    assert {path: path.read_bytes() for path in ground.root.rglob("*.yaml")} == before
    assert _refs(ground) == refs


def test_no_hook_and_no_program_of_the_repository_is_run(ground: Ground) -> None:
    """But for what every commit runs: after that nothing that a configuration names."""
    assert ground.run(*FORGET[:-1]).code == 0
    ran = ground.outside / "ran"
    script = ground.outside / "script"
    script.write_text(f"#!/bin/sh\necho \"$0 $*\" >> {ran}\ncat >> {ran}\n")
    script.chmod(0o700)
    hooks = ground.root / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("reference-transaction", "post-rewrite", "pre-auto-gc", "post-index-change",
                 "post-checkout", "fsmonitor-watchman", "update", "post-update"):  # fmt: skip
        shutil.copy(script, hooks / name)
    for key in ("gc.recentObjectsHook", "core.alternateRefsCommand", "core.fsmonitor",
                "core.pager", "core.editor", "diff.external"):  # fmt: skip
        ground.git("config", key, str(script))
    ran.unlink(missing_ok=True)
    assert ground.run("forget", "maja-kos", "--history", "--yes").code == 0
    said = ran.read_text() if ran.exists() else ""
    for line in said.splitlines():
        # The commit of what is left in the files: as every command of a trusted directory.
        assert "refs/crm" not in line
        assert "refs/tags" not in line
        assert "refs/heads/side" not in line
    assert "recent" not in said
    ground.git("config", "--unset", "core.fsmonitor")
    ground.git("config", "--unset", "diff.external")
    shutil.rmtree(hooks)
    check_gone(ground)


def calls_of_git(ground: Ground) -> int:
    """How many times a whole run asks git."""
    ground.reset()
    count = meddle(ground, 0, "silent")
    assert ground.run(*FORGET).code == 0
    return int(count.read_text())


def finished(ground: Ground) -> None:
    """The same command again ends it, whatever a run before has left."""
    ground.environ["PATH"] = os.environ["PATH"]
    for lock in (ground.root / ".git").rglob("*.lock"):
        lock.unlink()  # as git itself advises after a crash
    ran = ground.run(*FORGET)
    assert ran.code == 0, ran
    check_gone(ground)


def test_git_may_fail_at_any_call(ground: Ground, share: Share) -> None:
    count = calls_of_git(ground)
    for way, k in share.of([(way, k) for way in WAYS for k in range(1, count + 1)], PARTS * 4):
        ground.reset()
        meddle(ground, k, way)
        ran = ground.run(*FORGET)
        assert "Traceback" not in ran.err, (way, k, ran)
        try:
            finished(ground)
        except AssertionError as error:
            error.add_note(f"call {k}, {way}: {ran}")
            raise


@contextlib.contextmanager
def _noted(what: object) -> Iterator[None]:
    try:
        yield
    except AssertionError as error:
        error.add_note(str(what))
        raise


def test_any_file_call_may_fail(ground: Ground, share: Share) -> None:
    system = Meddling(0, lambda name, real, args: real(*args))
    assert ground.run(*FORGET, system=system).code == 0
    count = len(system.trace)
    ways = [(kind, k) for kind in (Meddling, Dead) for k in range(1, count + 1)]
    for kind, k in share.of(ways, PARTS * 16):
        ground.reset()
        ran = ground.run(*FORGET, system=kind(k, failing(errno.EIO)))
        with _noted((kind, k, system.trace[k - 1], ran)):
            assert "Traceback" not in ran.err
            finished(ground)


def test_clones_with_the_old_history_exchange_nothing(ground: Ground) -> None:
    remote, theirs = ground.outside / "remote.git", ground.outside / "theirs"
    ground.git("init", "-q", "--bare", "-b", "main", str(remote))
    ground.git("branch", "-M", "main")
    ground.git("remote", "add", "origin", str(remote))
    assert ground.run("sync").code == 0
    ground.git("clone", "-q", str(remote), str(theirs))
    assert ground.run("-C", str(theirs), "git", "setup", "--yes").code == 0
    assert ground.run(*FORGET).code == 0
    refused = ground.run("sync")
    assert (refused.code, "git push --force" in refused.err) == (6, True), refused
    check_gone(ground, cached=False)  # the clone has an index of its own
    ground.git("push", "-q", "--force", "--all", "origin")
    ground.git("push", "-q", "--force", "--tags", "origin")
    assert ground.run("sync").code == 0
    old = ground.run("-C", str(theirs), "sync")
    assert (old.code, "clone anew" in old.err) == (6, True), old
    check_gone(ground, cached=False)


def test_who_a_merge_brings_back_is_told_of(ground: Ground) -> None:
    remote, theirs = ground.outside / "remote.git", ground.outside / "theirs"
    ground.git("init", "-q", "--bare", "-b", "main", str(remote))
    ground.git("branch", "-M", "main")
    ground.git("remote", "add", "origin", str(remote))
    assert ground.run("sync").code == 0
    ground.git("clone", "-q", str(remote), str(theirs))
    assert ground.run("-C", str(theirs), "git", "setup", "--yes").code == 0
    assert ground.run("-C", str(theirs), "log", "maja-kos", "On the other computer").code == 0
    assert ground.run(*FORGET[:-1]).code == 0
    assert ground.run("sync").code == 0
    assert ground.run("-C", str(theirs), "sync").code == 5
    settled = ground.run("-C", str(theirs), "resolve", "--ours")
    assert "maja-kos is the id of somebody who was forgotten" in settled.err, settled


def _named_before(ground: Ground) -> Path:
    """One whose name was changed, and one who was merged into another; a task names each."""
    for name, other in (("Lea Huber", "jan-vidmar"), ("Ida Horvat", "hotel-breg")):
        assert ground.run("add", name).code == 0
        assert ground.run("task", "add", other, f"Ask {name} about it").code == 0
    assert ground.run("set", "lea-huber", "name=Lea Braun").code == 0
    assert ground.run("add", "Ida Kranjc").code == 0
    assert ground.run("merge", "ida-kranjc", "ida-horvat", "--prefer", "keep", "--yes").code == 0
    return ground.root / "customers"


def test_former_names_are_known_by_the_history(ground: Ground) -> None:
    """A name that was changed, and that of a record that was merged into theirs."""
    customers = _named_before(ground)
    for id, file in (("lea-huber", "jan-vidmar.yaml"), ("ida-kranjc", "hotel-breg.yaml")):
        assert f"customers/{file}" in ground.run("subject", id).out, id
        assert ground.run("forget", id, "--yes").code == 0
        assert "Ask (forgotten) about it" in (customers / file).read_text("utf-8")


def test_no_name_of_a_file_tells_of_them(ground: Ground) -> None:
    """Drafts are named after those whom they are to; also when an older version emptied them."""
    ground.put({"templates/trip.md": "---\nkind: email\nsubject: Trip\n---\nHello {{ name }}\n",
                "outbox/maja-kos.old.b4f347d42a3d.eml": ""})  # fmt: skip
    assert ground.run("config", "set", "mail.from=v@v.example").code == 0
    draft = ("mail", "draft", "maja-kos", "--template", "trip", "--for", "service/email")
    assert ground.run(*draft, "--yes").code == 0
    ground.git("add", "outbox", "templates")
    ground.git("commit", "-qm", "drafts")
    assert "outbox/maja-kos.trip" in ground.git("log", "--all", "--name-only", "--format=")
    ran = ground.run(*FORGET)
    assert ran.code == 0, ran
    names = ground.git("log", "--all", "--name-only", "--format=")
    assert "maja" not in names
    check_gone(ground, cached=False)


def test_mails_that_were_sent_are_in_no_commit(ground: Ground) -> None:
    """Also when they went from the folder before the history is rewritten."""
    path = "documents/mail/2026/maja-kos.trip.b4f347d42a3d.eml"
    head = "To: Maja Kos <maja@kos.example>\nX-Crm-Customer: maja-kos\n"
    ground.put({path: f"{head}\nHello Maja Kos\n"})
    ground.git("add", "documents")
    ground.git("commit", "-qm", "sent")
    ground.git("rm", "-q", path)
    ground.git("commit", "-qm", "gone from the folder")
    ran = ground.run(*FORGET)
    assert ran.code == 0, ran
    assert "maja" not in ground.git("log", "--all", "--name-only", "--format=")
    assert "Hello Maja" not in ground.git("log", "--all", "-p")
    check_gone(ground, cached=False)
