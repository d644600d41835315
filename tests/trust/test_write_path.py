"""The lock, the journal and what is claimed, as people at a shell see them."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_cli.store import claims, files
from tests.conftest import Run
from tests.meddling import Dead, Meddling, Swift, dying, dying_after, failing
from tests.trust.aftermath import Child, Scene, checked, ended, forked, scene
from tests.trust.ground import Ground
from tests.trust.writers import WRITERS

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX locks and signals")

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path / "ground")


@contextlib.contextmanager
def held(ground: Ground, line: str = "") -> Iterator[None]:
    """The lock, in another's hands."""
    (ground.root / ".crm").mkdir(mode=0o700, exist_ok=True)
    with (ground.root / ".crm/lock").open("w", encoding="utf-8") as lock:
        lock.write(line)
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# The lock


def test_a_waiting_one_says_for_whom_it_waits_and_gives_up(ground: Ground) -> None:
    with held(ground, "crm import \x1b[2J(pid 7)\n"):
        start = time.monotonic()
        ran = ground.run("--lock-timeout", "0.3", "set", "maja-kos", "city=Celje")
        assert 0.3 <= time.monotonic() - start < 5
        assert ran.code == 5
        assert ran.err.splitlines()[0] == "waiting for crm import \\x1b[2J(pid 7) …"
        assert "crm import \\x1b[2J(pid 7) is writing here; gave up after 0.3 s" in ran.err
        assert "--lock-timeout" in ran.err
        for words in (("list",), ("show", "maja-kos"), ("due",), ("check",), ("doctor",)):
            ran = ground.run("--lock-timeout", "0", *words)
            assert ran.code == 0 and "waiting" not in ran.err, "reading takes no lock"
    assert ground.run("set", "maja-kos", "city=Celje").code == 0
    assert (ground.root / ".crm/lock").read_bytes() == b"", "never deleted, and empty"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP, errno.EINVAL])
def test_where_there_are_no_locks_nothing_is_written(ground: Ground, number: int) -> None:
    class Lockless(Swift):
        @staticmethod
        def flock(descriptor: int, *, exclusive: bool) -> None:
            raise OSError(number, os.strerror(number))

    before = ground.on_disk()
    ran = ground.run("set", "maja-kos", "city=Celje", system=Lockless())
    assert ran.code == 7
    assert "this file system cannot lock .crm/lock" in ran.err and "local disk" in ran.err
    assert ground.on_disk() == before
    assert ground.run("list", system=Lockless()).code == 0
    doctor = ground.run("doctor", system=Lockless())
    assert doctor.code == 1 and "no locks: nothing can be written" in doctor.out


def test_a_failed_fsync_is_not_tried_again(ground: Ground) -> None:
    """What the kernel has told once it does not tell again: the second would lie."""
    tried: list[str] = []

    class Failing(Swift):
        def __init__(self) -> None:
            self.paths: dict[int, str] = {}

        def open(self, path: Any, *rest: Any, **more: Any) -> int:
            descriptor = os.open(path, *rest, **more)
            self.paths[descriptor] = os.fspath(path)
            return descriptor

        def fsync(self, descriptor: int) -> None:
            path = self.paths[descriptor]
            if "maja-kos" in path:
                tried.append(path)
                raise OSError(errno.EIO, os.strerror(errno.EIO))

    before = ground.on_disk()
    ran = ground.run("set", "maja-kos", "city=Celje", system=Failing())
    assert ran.code == 7 and "nothing was changed" in ran.err
    assert len(tried) == 1
    assert ground.on_disk() == before


def test_a_new_text_is_private_before_it_has_content(ground: Ground) -> None:
    seen: list[tuple[int, int]] = []

    class Watching(Swift):
        @staticmethod
        def write(descriptor: int, data: Any) -> int:
            status = os.fstat(descriptor)
            seen.append((status.st_mode & 0o777, status.st_size))
            return os.write(descriptor, data)

    (ground.root / "customers/maja-kos.yaml").chmod(0o644)
    mask = os.umask(0)
    try:
        assert ground.run("set", "maja-kos", "city=Celje", system=Watching()).code == 0
        assert ground.run("add", "Eva", system=Watching()).code == 0
    finally:
        os.umask(mask)
    assert {mode for mode, _ in seen} == {0o600}
    assert (ground.root / "customers/maja-kos.yaml").stat().st_mode & 0o777 == 0o644
    assert (ground.root / "customers/eva.yaml").stat().st_mode & 0o777 == 0o600


# The journal


def interrupted(ground: Ground, name: str = "set") -> Scene:
    """Kill a write of several files just after the first of them was renamed."""
    writer = next(one for one in WRITERS if one.name == name)
    at = scene(ground, writer)
    first = [k for k, name in enumerate(at.calls, 1) if name == "replace"]
    for k in first:
        ground.reset()
        ended(forked(ground, at.words, system=Meddling(k, dying_after)))
        changed = [name for name, data in ground.on_disk().items() if data != at.old.get(name)]
        if len(changed) == 1 and (ground.root / ".crm/journal").exists():
            return at
    pytest.fail("it never was between two files")


def everything(ground: Ground) -> dict[str, tuple[bytes, int]]:
    """Every file and folder, with its time."""
    return {
        str(path): (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns)
        for path in ground.root.rglob("*")
    }


def test_a_reader_answers_from_a_journal_and_writes_nothing(ground: Ground) -> None:
    interrupted(ground)
    before = everything(ground)
    ran = ground.run("list", "city:Celje", "-o", "ids")
    assert (ran.code, sorted(ran.lines)) == (0, ["hotel-breg", "maja-kos"])
    assert ground.run("show", "hotel-breg", "--json").out.count("Celje") == 1
    doctor = ground.run("doctor")
    assert "a write was interrupted; the next one finishes it" in doctor.out
    assert everything(ground) == before
    assert ground.run("add", "Eva").code == 0
    assert not (ground.root / ".crm/journal").exists()
    assert ground.run("list", "city:Celje", "-o", "ids").lines == ran.lines


def test_a_journal_whose_files_are_others_now_stops_the_next_write(ground: Ground) -> None:
    interrupted(ground)
    for name in ("maja-kos", "hotel-breg"):
        path = ground.root / f"customers/{name}.yaml"
        path.write_text(path.read_text(encoding="utf-8") + "# by hand\n", encoding="utf-8")
    before = ground.on_disk()
    ran = ground.run("add", "Eva")
    assert ran.code == 5
    assert ".crm/journal" in ran.err and "customers/" in ran.err
    assert len(ran.err.splitlines()) >= 2, "with a way out"
    assert ground.on_disk() == before
    assert ground.run("list").code in (0, 4)


def test_sync_sends_no_half_of_what_a_killed_run_left(ground: Ground) -> None:
    at = interrupted(ground, "set-in-git")
    ran = ground.run("sync")
    assert ran.code == 0, ran
    assert ground.on_disk() == at.new
    assert ground.left_over() == []
    assert ground.git("status", "--porcelain") == ""
    remote = ground.outside / "remote.git"
    for name in ("maja-kos", "hotel-breg"):
        assert "Celje" in ground.git("show", f"main:customers/{name}.yaml", root=remote)


def test_half_a_journal_never_happened(ground: Ground) -> None:
    interrupted(ground)
    journal = ground.root / ".crm/journal"
    ground.reset()
    (ground.root / ".crm").mkdir(exist_ok=True)
    whole = b"crm journal 1\n" + b"0" * 64 + b"\n{}"
    for data in (b"", b"half", whole):
        journal.write_bytes(data)
        assert ground.run("list", "city:Celje", "-o", "ids").lines == []
        assert ground.run("tag", "add", "x", "maja-kos").code == 0
        assert not journal.exists()


# An interrupt from the keyboard


def placing(name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """The key comes just after a call was done, before anybody could write that down."""
    with contextlib.suppress(OSError):
        real(*args)
    raise KeyboardInterrupt


@pytest.mark.parametrize("name", ["set", "rename", "undo-after", "import", "init"])
def test_the_key_just_after_a_file_got_its_name(ground: Ground, name: str) -> None:
    """What was placed is not forgotten: of several files the others follow, or it goes back."""
    at = scene(ground, next(one for one in WRITERS if one.name == name))
    tried = 0
    for k, call in enumerate(at.calls, 1):
        if call in ("replace", "link", "unlink"):
            ground.reset()
            system = Meddling(k, placing)
            ran = ground.run(*at.words, system=system)
            # A warm index takes fewer calls than a cold one.
            assert ran.code == (130 if len(system.trace) >= k else 0), ran
            try:
                checked(at)
            except AssertionError as error:
                error.add_note(f"call {k} ({call})")
                raise
            tried += 1
    assert tried >= 4


# A real one, whenever it comes


def test_the_key_at_any_moment(ground: Ground) -> None:
    writer = next(one for one in WRITERS if one.name == "set")
    at = scene(ground, writer)
    draw = random.Random(3)
    codes = set()
    for _ in range(25):
        ground.reset()
        # Not before the child is ready: else it would go on with the tests.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        child = os.fork()
        if not child:
            code = 130
            try:
                signal.signal(signal.SIGINT, signal.default_int_handler)
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
                code = ground.run(*at.words).code
            finally:
                os._exit(code)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        time.sleep(draw.random() * 0.08)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGINT)
        codes.add(ended(Child(child)))
        assert ground.seen() in (at.old, at.new)
        assert ground.run("tag", "add", "x", "jan-vidmar").code == 0
        assert ground.left_over() == []
    assert codes <= {0, 130}, codes


# What was told and sent: written down before, and by SQLite


class Breaking(sqlite3.Connection):
    """A disk that is full at the k-th statement."""

    k = 0
    count = 0

    def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:
        """As usual, or not."""
        Breaking.count += 1
        if Breaking.count == Breaking.k:
            raise sqlite3.OperationalError("database or disk is full")
        return super().execute(sql, *rest)


@pytest.mark.parametrize("words", [("notify", "--owner", "petra"), ("due", "--since-last")])
def test_what_cannot_be_claimed_is_told_later_and_never_lost(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    real = sqlite3.connect

    def connect(path: Any, **more: Any) -> sqlite3.Connection:
        if str(path).endswith(claims.NAME):
            more["factory"] = Breaking
        made: sqlite3.Connection = real(path, **more)
        return made

    monkeypatch.setattr(sqlite3, "connect", connect)
    sent = ground.folder / "sent"
    script = ground.folder / "send"
    script.write_text(f'#!/bin/sh\necho "$1" >> {sent}\n')
    script.chmod(0o700)
    line = (*words, "--command", f"{script} {{user}}") if words[0] == "notify" else words
    for k in range(1, 60):
        ground.keep() if k == 1 else ground.reset()
        sent.unlink(missing_ok=True)
        Breaking.k, Breaking.count = k, 0
        broken = ground.run(*line)
        done = Breaking.count < k
        Breaking.k = 0
        once: Run = ground.run(*line)
        if done:
            assert broken.code == 0
            break
        if broken.code:
            assert broken.code == 7, broken
            assert "what is shown or sent: " in broken.err
            assert "database or disk is full" in broken.err
        assert once.code == 0
        if words[0] == "notify":
            told = sent.read_text().splitlines()
            # Twice at most where it is not known whether the first one went.
            assert told in (["petra"], ["petra", "petra"])
        else:
            assert (broken.out + once.out).count("t-9f3kx7d") == 1
    else:
        pytest.fail("the statements never ended")


# Names


def test_names_that_differ_only_in_case_or_form_are_one(ground: Ground) -> None:
    ground.put({"customers/Eva-Hren.yaml": "name: Eva Hren\n"})
    assert ground.run("add", "Eva Hren", "--force").code == 0
    stems = {path.stem for path in (ground.root / "customers").glob("*va-*")}
    assert stems == {"Eva-Hren", "eva-hren-2"}
    decomposed = unicodedata.normalize("NFD", "žiga-šuštar")
    ground.put({f"customers/{decomposed}.yaml": "name: Žiga\n"})
    composed = unicodedata.normalize("NFC", decomposed)
    for said in (composed, decomposed, "ziga-sustar"):
        assert ground.run("list", f"id:{said}", "-o", "ids").lines == ["ziga-sustar"], said
    check = ground.run("check").out
    assert "the file's name is not an id; it is answered as ziga-sustar" in check


# Streams


def test_a_long_answer_into_head_is_silent(ground: Ground) -> None:
    ground.put({f"customers/p-{n}.yaml": f"name: P {n} {'x' * 200}\n" for n in range(2000)})
    done = subprocess.run(
        f"{sys.executable} -m crm_cli list --json | head -n 1", shell=True, cwd=ROOT,
        env=ground.environ, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.stderr == b""
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize("words", [("list",), ("due",), ("--help",), ("--version",), ("check",)])
def test_a_full_stdout_never_looks_like_an_answer(ground: Ground, words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "crm_cli", *words], cwd=ROOT, env=ground.environ,
            stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    if words == ("check",):
        assert done.returncode in (0, 7)  # "no errors found" is on stderr
        return
    assert done.returncode == 7
    assert done.stderr == b"crm: cannot write the answer: No space left on device\n"


@pytest.mark.parametrize("kind", [Meddling, Dead])
def test_a_reader_whose_calls_fail_says_so(ground: Ground, kind: type[Meddling]) -> None:
    """An answer that misses something never looks whole."""
    whole = ground.run("list", "--json")
    probe = Meddling(0, dying)
    ground.run("list", "--json", system=probe)
    for k in range(1, len(probe.trace) + 1):
        for number in (errno.EIO, errno.EACCES, errno.ENOSPC):
            ran = ground.run("list", "--json", system=kind(k, failing(number)))
            assert "internal error" not in ran.err
            assert ran.code in (4, 7) or ran.out == whole.out, (k, probe.trace[k - 1], ran)
            assert ran.code == 0 or ran.err
    assert ground.run("list", "--json") == whole


def test_the_seam_holds_all_of_a_write(ground: Ground) -> None:
    """A write that goes past the seam would not be seen here."""
    assert files.calls.write is os.write
