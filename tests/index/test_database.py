from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from crm_cli.index import cache as cache_module
from crm_cli.index import schema
from crm_cli.index.database import Index, open_index
from crm_cli.store.tree import Folder
from tests.index.directories import cells, opened, said, write
from tests.rights import held_up_by_modes


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "data")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def made(root: Path, cache: Path) -> Path:
    """The file of an index that has just been made and closed."""
    with opened(root, cache) as index:
        assert index.path is not None
        return index.path


def test_the_cache_is_private(root: Path, cache: Path) -> None:
    os.umask(os.umask(0) & 0o022)
    index = opened(root, cache)
    index.refresh()
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in cache.iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_nothing_is_written_into_the_data_directory(root: Path, cache: Path) -> None:
    before = sorted(root.rglob("*"))
    opened(root, cache).close()
    opened(root, None).close()
    assert sorted(root.rglob("*")) == before


def test_readers_cannot_write(root: Path, cache: Path) -> None:
    for place in (cache, None):
        with opened(root, place) as index, pytest.raises(sqlite3.OperationalError):
            index.connection.execute('DELETE FROM "customer"')


@pytest.mark.parametrize("keep", [0, 50, 100, 4096, 20_000])
def test_an_index_that_is_cut_off_is_made_anew(root: Path, cache: Path, keep: int) -> None:
    path = made(root, cache)
    os.truncate(path, keep)
    index = opened(root, cache)
    assert index.path not in (None, path)
    assert not path.exists()
    assert said(index) == said(opened(root))


def test_an_index_of_rubbish_is_made_anew(root: Path, cache: Path) -> None:
    path = made(root, cache)
    path.write_bytes(os.urandom(path.stat().st_size))
    index = opened(root, cache)
    assert index.path not in (None, path)
    assert said(index) == said(opened(root))


@pytest.mark.parametrize(
    "damage",
    [
        'DROP TABLE "meta"',
        'DELETE FROM "meta" WHERE "key" = \'snapshot\'',
        'UPDATE "meta" SET "value" = x\'00\' WHERE "key" = \'racy\'',
        'UPDATE "meta" SET "value" = x\'00\' WHERE "key" = \'snapshot\'',
        'UPDATE "meta" SET "value" = x\'00\' WHERE "key" = \'business\'',
        'UPDATE "meta" SET "value" = \'older\' WHERE "key" = \'version\'',
    ],
)
def test_a_state_that_is_not_whole_is_made_anew(root: Path, cache: Path, damage: str) -> None:
    path = made(root, cache)
    connection = sqlite3.connect(path)
    connection.execute(damage)
    connection.commit()
    connection.close()
    write(root, {"customers/new.yaml": "name: New\n"})
    index = opened(root, cache)
    assert index.path not in (None, path)
    assert said(index) == said(opened(root))


def test_damage_that_shows_only_in_an_answer_is_repaired(root: Path, cache: Path) -> None:
    write(root, {f"customers/c{n}.yaml": f"name: {'x' * 3000}\n" for n in range(20)})
    path = made(root, cache)
    index = opened(root, cache)
    size = path.stat().st_size
    page = index.connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'customer'"
    ).fetchone()[0]
    each = index.connection.execute("PRAGMA page_size").fetchone()[0]
    index.close()
    with path.open("rb+") as file:
        file.seek((page - 1) * each)
        file.write(b"\xff" * each)
    assert path.stat().st_size == size
    index = opened(root, cache)

    def ask(connection: sqlite3.Connection) -> int:
        return len(connection.execute('SELECT "name" FROM "customer"').fetchall())

    assert index.answer(ask) == 22
    assert index.path != path


@pytest.mark.parametrize("name", ["*.current", "*-*-*.db", "making.db"])
def test_a_pipe_in_the_cache_is_never_opened(
    root: Path, cache: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(root, cache)
    (path,) = cache.glob(name)
    path.unlink()
    os.mkfifo(path)
    really = Path.open

    def guarded(self: Path, *words: Any, **more: Any) -> Any:
        assert not self.is_fifo()
        return really(self, *words, **more)

    monkeypatch.setattr(Path, "open", guarded)
    assert said(opened(root, cache)) == said(opened(root))


def test_another_version_has_an_index_of_its_own(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(root, cache)
    monkeypatch.setattr(schema, "EXTRACTOR", schema.EXTRACTOR + 1)
    schema.version.cache_clear()
    other = made(root, cache)
    monkeypatch.undo()
    schema.version.cache_clear()
    assert other != path
    assert made(root, cache) == path


def test_an_old_version_is_swept_away(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(root, cache)
    for old in cache.iterdir():
        os.utime(old, (0, 0))
    monkeypatch.setattr(schema, "EXTRACTOR", schema.EXTRACTOR + 1)
    schema.version.cache_clear()
    made(root, cache)
    monkeypatch.undo()
    schema.version.cache_clear()
    assert not path.exists()
    assert len(list(cache.glob("*.current"))) == 1


def test_rebuild_makes_another_file(root: Path, cache: Path) -> None:
    index = opened(root, cache)
    before = index.path
    index.rebuild()
    assert index.path not in (None, before)
    assert said(index) == said(opened(root))


def test_where_the_cache_cannot_be_made_memory_does(root: Path, cache: Path) -> None:
    cache.write_text("a file in its place")
    index = opened(root, cache)
    assert index.path is None
    assert said(index) == said(opened(root))


def test_a_folder_without_rights_is_no_cache(root: Path, cache: Path) -> None:
    cache.mkdir(mode=0o500)
    with held_up_by_modes():
        assert opened(root, cache).path is None


def test_a_network_file_system_is_no_cache(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "_on_network", lambda folder: True)
    assert opened(root, cache).path is None


def test_a_full_disk_is_no_cache(root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = cache_module.connect

    def small(path: Path | None) -> sqlite3.Connection:
        connection = connect(path)
        if path is not None:
            connection.execute("PRAGMA max_page_count = 20")
        return connection

    monkeypatch.setattr(cache_module, "connect", small)
    index = opened(root, cache)
    assert index.path is None
    assert list(cache.glob("*-*-*")) == []
    assert len(cells(index, "customer", "id")) == 2


def test_a_locked_index_is_not_waited_for_long(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "WAIT", 0.05)
    path = made(root, cache)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    write(root, {"customers/new.yaml": "name: New\n"})
    index = opened(root, cache)
    other.close()
    assert index.path is None
    assert said(index) == said(opened(root))


def test_runs_that_begin_at_once_agree(root: Path, cache: Path) -> None:
    write(root, {f"customers/c{n}.yaml": f"name: C {n}\n" for n in range(50)})
    expected = said(opened(root))
    found: list[object] = []

    def run() -> None:
        with opened(root, cache) as index:
            found.append(said(index) == expected)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 6
    assert len(list(cache.glob("*-*-*.db"))) == 1


def test_a_reader_sees_one_state_while_another_run_refreshes(root: Path, cache: Path) -> None:
    reader = opened(root, cache)
    write(root, {"customers/new.yaml": "name: New\n"})
    assert len(cells(opened(root, cache), "customer", "id")) == 3
    assert len(cells(reader, "customer", "id")) == 2


def test_status(root: Path, cache: Path) -> None:
    index = opened(root, cache)
    status = index.status()
    assert status["customers"] == 2
    assert status["path"] == str(index.path)
    assert opened(root).status()["path"] is None


def test_settings(root: Path, tmp_path: Path) -> None:
    settings = opened(root).settings()
    assert settings is not None
    assert settings.get("time_zone") == "Europe/Ljubljana"
    bare = write(tmp_path / "bare", {"customers/a.yaml": "name: A\n"})
    index = opened(bare)
    assert index.settings() is None
    assert index.business.currency == "EUR"


def test_regular_expressions(root: Path) -> None:
    rows = opened(root).connection.execute(
        'SELECT "id" FROM "customer" WHERE "city" REGEXP ?', ("^kop",)
    )
    assert rows.fetchall() == [("ana-sustar",)]


WARM = """
import sys
from pathlib import Path
from crm_cli.index.database import open_index
from crm_cli.store.tree import Folder
index = open_index(Folder(Path(sys.argv[1])), Path(sys.argv[2]))
assert index.path is not None and index.changed == 0
heavy = ("ruamel", "anyascii", "phonenumbers", "rich", "dateutil", "hashlib", "json",
         "multiprocessing", "importlib.metadata", "crm_cli.store.compose",
         "crm_cli.index.reading", "crm_cli.index.extract")
print([name for name in heavy if name in sys.modules])
"""


def test_a_warm_read_loads_nothing_that_reading_files_needs(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crm_cli.index import snapshot

    monkeypatch.setattr(snapshot, "RACY", -(10**18))
    opened(root, cache).close()
    run = subprocess.run(
        [sys.executable, "-c", WARM, str(root), str(cache)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout == "[]\n"


def test_deleting_the_cache_changes_no_answer(root: Path, cache: Path) -> None:
    first = said(opened(root, cache))
    shutil.rmtree(cache)
    assert said(opened(root, cache)) == first


def test_index_is_a_context(root: Path, cache: Path) -> None:
    with open_index(Folder(root), cache) as index:
        assert isinstance(index, Index)
    with pytest.raises(AssertionError):
        _ = index.connection
