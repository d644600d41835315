"""Promise 6, the index is a cache: a fault that has passed leaves nothing behind in it, and
no damage of its file is an error, however late it is met."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from crm_cli.index import reading, snapshot
from crm_cli.index.database import Index
from crm_cli.store import files
from crm_cli.store.compose import compose
from tests.conftest import Run
from tests.index.directories import opened, said, write
from tests.meddling import Dead, Meddling, Swift, failing
from tests.trust.aftermath import injected, scene
from tests.trust.ground import Ground
from tests.trust.readers import READING, filled
from tests.trust.writers import WRITERS


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path / "ground")


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files as if they had been written long before each look at them."""
    monkeypatch.setattr(snapshot, "RACY", -(10**18))


class Blind(Swift):
    """Cannot open the files whose names end so."""

    def __init__(self, ending: str, number: int) -> None:
        self.ending = ending
        self.number = number

    def open(self, path: Any, *rest: Any, **more: Any) -> int:
        if os.fspath(path).endswith(self.ending):
            raise OSError(self.number, os.strerror(self.number))
        return os.open(path, *rest, **more)


RECORDS = (
    "crm.yaml", "rates.yaml", "products.yaml", "segments.yaml", "customers/maja-kos.yaml",
)  # fmt: skip


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.EMFILE])
def test_a_file_that_could_not_be_read_once_is_read_the_next_time(
    ground: Ground, name: str, number: int
) -> None:
    asked = (("list", "--json"), ("product", "list", "--json"), ("segment", "count", "--json"),
             ("balance", "--json"), ("config", "list", "--json"))  # fmt: skip
    whole = [ground.run(*words) for words in asked]
    for path in (ground.folder / "cache").rglob("*.current"):
        path.unlink()
    for _ in range(2):
        ran = ground.run("list", "--json", system=Blind(name, number))
        assert ran.code == 4
        assert f"{name}: cannot be read: {os.strerror(number)}" in ran.err
    assert [ground.run(*words) for words in asked] == whole


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("name", RECORDS)
def test_a_fault_of_the_programs_own_is_not_kept(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of memory, say: the file is missed and said to be, and tried again the next time."""
    more = {"customers/maja-kos.yaml": "name: Maja Kos\n"}
    root, cache = write(write(tmp_path / "data"), more), tmp_path / "cache"

    def failing(text: str, path: str) -> Any:
        if path == name:
            raise MemoryError
        return compose(text, path)

    for warm in (False, True):
        if warm:
            opened(root, cache).close()
            (root / name).write_bytes((root / name).read_bytes() + b"\n")
        with monkeypatch.context() as patch:
            patch.setattr(reading, "compose", failing)
            for _ in range(2):
                with opened(root, cache) as index:
                    found = [(one.path, one.code) for one in index.problems()]
                    assert (name, "internal-error") in found
                    ids = [id for (id,) in index.connection.execute("SELECT id FROM customer")]
                    assert "kava-doo" in ids, "the others are answered"
        with opened(root, cache) as index:
            assert index.path is not None
            assert said(index) == said(opened(root))


KEPT = ("meta", "file")
"""Tables that are looked at when the index is opened; damage there is met at once."""


def damage(ground: Ground) -> int:
    """Make every page unreadable that a refresh without news does not need; how many."""
    ground.run("list")
    (index,) = (ground.folder / "cache").glob("*/*-*-*.db")
    connection = sqlite3.connect(index)
    size: int = connection.execute("PRAGMA page_size").fetchone()[0]
    roots = connection.execute(
        "SELECT rootpage FROM sqlite_schema WHERE rootpage > 1 AND tbl_name NOT IN (?, ?)", KEPT
    ).fetchall()
    connection.close()
    with index.open("r+b") as file:
        for (page,) in roots:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)
    return len(roots)


@pytest.mark.usefixtures("settled")
@pytest.mark.turns(3)
@pytest.mark.parametrize("command", READING)
def test_damage_that_is_met_late_changes_no_answer(command: str, ground: Ground) -> None:
    if "{case}" in READING[command]:
        assert ground.run("case", "add", "maja-kos", "Torn sheets").code == 0
    if "{deal}" in READING[command]:
        assert ground.run("deal", "add", "maja-kos", "Sheets for the flat").code == 0
    if "{feedback}" in READING[command]:
        assert ground.run("feedback", "add", "maja-kos", "--nps", "9").code == 0
    words = filled(ground, READING[command], "maja-kos")
    ground.run(*words)
    before = ground.run(*words)
    assert damage(ground) > 20
    after = ground.run(*words)
    if command.startswith("index ") or command == "doctor":
        assert after.code == before.code
        assert "internal error" not in after.err
        return
    assert after == before


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("left", [0, 0.5, 8192])
def test_a_file_that_is_cut_off_under_a_run_changes_no_answer(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, left: float
) -> None:
    """Were the file read as memory, that would end the program (SIGBUS)."""
    whole = ground.run("list", "--json")
    ready = Index._ready

    def cut(index: Index, connection: sqlite3.Connection, *more: Any) -> Any:
        found = ready(index, connection, *more)
        if index.path is not None and not cuts:
            cuts.append(index.path)
            size = index.path.stat().st_size
            os.truncate(index.path, int(size * left) if 0 < left < 1 else int(left))
        return found

    cuts: list[Path] = []
    monkeypatch.setattr(Index, "_ready", cut)
    assert ground.run("list", "--json") == whole
    assert cuts


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(
    "words",
    [
        ("set", "maja-kos", "city=Celje"),
        ("task", "done", "t-9f3kx7d"),
        ("rename", "maja-kos", "maja"),
        ("tag", "add", "cold", "+vip", "--yes"),
        ("log", "maja-kos", "Called"),
        ("undo",),
    ],
    ids=lambda words: words[0],
)
def test_damage_that_is_met_late_stops_no_writer(words: tuple[str, ...], ground: Ground) -> None:
    ground.run("set", "jan-vidmar", "city=Piran")
    ground.keep()
    assert ground.run(*words).code == 0
    new = ground.on_disk()
    ground.reset()
    damage(ground)
    ran = ground.run(*words)
    assert ran.code == 0, ran
    assert ground.on_disk() == new


@pytest.mark.usefixtures("settled")
def test_ids_from_stdin_are_not_read_twice(ground: Ground) -> None:
    damage(ground)
    ran = ground.run("tag", "add", "cold", "-", "--yes", stdin="maja-kos\njan-vidmar\n")
    assert ran.code == 0, ran
    assert json.loads(ground.run("list", "+cold", "-o", "json").out)[0]["id"]
    assert len(ground.run("list", "+cold", "-o", "ids").lines) == 2


def test_a_text_that_came_on_stdin_is_not_written_by_halves(ground: Ground) -> None:
    """What stdin gave is gone: nothing is written rather than a part, and the next run works."""
    table = "name,city\nEva Hren,Celje\n"
    for words, text in (
        (("log", "maja-kos"), "She called.\n"), (("import", "customers", "-", "--yes"), table)
    ):  # fmt: skip
        before = ground.on_disk()
        damage(ground)
        ran = ground.run(*words, stdin=text)
        assert ran.code in (0, 7), ran
        if ran.code:
            assert ground.on_disk() == before
            assert "crm: the cache failed halfway, and was rebuilt\n" in ran.err
            assert ground.run(*words, stdin=text).code == 0
        assert ground.on_disk() != before


def test_where_new_tables_fail_too_they_are_in_memory(tmp_path: Path) -> None:
    root, cache = write(tmp_path / "data"), tmp_path / "cache"
    tried = []

    def ask(connection: sqlite3.Connection) -> int:
        tried.append(index.path)
        if index.path is not None:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = 10
            raise error
        found: int = connection.execute("SELECT COUNT(*) FROM customer").fetchone()[0]
        return found

    with opened(root, cache) as index:
        assert index.answer(ask) == 2
        assert len(set(tried)) == 3 and tried[-1] is None
        with pytest.raises(sqlite3.OperationalError):
            index.answer(lambda connection: connection.execute("SELECT nothing").fetchall())


def test_a_fault_that_stays_is_no_endless_loop(ground: Ground) -> None:
    """An error in the SQL itself, which no new index mends: one line, and an end."""
    start = time.monotonic()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crm_cli.query.select.select", _wrong)
        ran: Run = ground.run("list")
    assert ran.code == 4 and "internal error" in ran.err
    assert time.monotonic() - start < 10


def _wrong(*_: object) -> None:
    sqlite3.connect(":memory:").execute("SELECT nothing")


def test_the_seam_is_whole() -> None:
    """What `Blind` fails is what reads records."""
    assert files.calls.open is os.open


def test_what_was_saved_is_not_said_again_for_a_cache(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note that was written, and then the cache failed: to log it again would be twice."""
    from crm_cli.workspace import Workspace

    real = Workspace.write
    failed: list[int] = []

    def failing(workspace: Workspace, *args: Any, **named: Any) -> Any:
        written = real(workspace, *args, **named)
        if not failed:
            failed.append(1)
            assert workspace.index
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = 10
            raise error
        return written

    monkeypatch.setattr(Workspace, "write", failing)
    before = ground.on_disk()
    ran = ground.run("log", "maja-kos", "She called.")
    assert failed
    assert ran.code == 7
    assert ran.err.startswith("crm: the cache failed after the change was saved")
    assert "crm undo --dry-run" in ran.err
    changed = [name for name, data in ground.on_disk().items() if data != before.get(name)]
    assert len(changed) == 1


@pytest.mark.usefixtures("settled")
def test_nothing_is_written_by_settings_that_could_not_be_read(ground: Ground) -> None:
    """The usual time zone and currency are not the business's: a time would be wrong for good."""
    before = ground.on_disk()
    calendar = str(ground.folder / "calendar")
    for words in (
        ("task", "done", "t-9f3kx7d"),
        # Entries of another business's name would be there twice.
        ("export", "calendar", "--vdir", calendar),
        # Whether it is to be committed is not known.
        ("undo",),
    ):
        (ground.root / "crm.yaml").touch()
        ran = ground.run(*words, system=Blind("crm.yaml", errno.EIO))
        assert ran.code == 4, words
        assert not (ground.folder / "calendar").exists() or "undo" in words
        assert "crm: crm.yaml cannot be read, and what is written goes by it" in ran.err
        assert "crm.yaml: cannot be read: Input/output error" in ran.err
        assert ground.on_disk() == before
        assert ground.run(*words).code == 0
        assert ground.on_disk() != before or "export" in words
        before = ground.on_disk()


def test_a_rename_misses_no_reference_that_could_not_be_read_at_first(ground: Ground) -> None:
    """Of all files read again, one fails once: then it is not in the index, but on the disk."""
    at = scene(ground, next(one for one in WRITERS if one.command == "rename"))
    fired = 0
    for k in range(60, 115):
        ground.run(*at.words, system=Dead(4, failing(errno.ENOSPC)))
        fired += injected(at, Meddling, k, failing(errno.EIO)).fired
    assert fired > 50


def test_settings_that_are_broken_can_be_mended_and_stop_what_goes_by_them(ground: Ground) -> None:
    path = ground.root / "crm.yaml"
    good = path.read_text(encoding="utf-8")
    path.write_text("currency: [EUR\n", encoding="utf-8")
    ran = ground.run("log", "maja-kos", "She called.")
    assert ran.code == 4
    assert "crm.yaml:" in ran.err.split("\n", 1)[1]
    assert ground.run("list").code == 4, "reading goes on, and is partial"
    path.write_text(good, encoding="utf-8")
    assert ground.run("log", "maja-kos", "She called.").code == 0
