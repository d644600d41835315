"""Answers from the index as it was last, before the look at the directory has ended."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from crm_cli.index import snapshot
from crm_cli.index.database import Index, open_index
from crm_cli.store.ahead import Glance, Look
from crm_cli.store.tree import Folder
from tests.index.directories import cells, opened, write


class Looked(Look):
    """A look that sees the folder as it was when it began, and counts who takes it."""

    def __init__(self, root: Path, *, fails: bool = False) -> None:
        self.touched = (root / "customers").stat().st_mtime_ns
        self.seen = snapshot.packed(Folder(root).entries())
        self.taken_late: list[bool] = []
        self._began = time.monotonic()
        self.fails = fails

    def taken(self, *, late: bool = False) -> Glance | None:
        self.taken_late.append(late)
        return None if self.fails else Glance(time.time_ns(), self.seen)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory whose index is made, as if its files had been written long before."""
    monkeypatch.setattr(snapshot, "RACY", -(10**18))
    root = write(tmp_path / "data")
    opened(root, tmp_path / "cache").close()
    return root


def provisional(root: Path, look: Look) -> Index:
    return open_index(Folder(root), root.parent / "cache", look=look, provisional=True)


def names(index: Index) -> list[str]:
    return [name for (name,) in cells(index, "customer", "name")]


def rename_in_place(root: Path) -> None:
    """Change a name as an editor may: no file is new in its folder."""
    path = root / "customers" / "ana-sustar.yaml"
    before = (root / "customers").stat().st_mtime_ns
    path.write_bytes(path.read_bytes().replace("Ana Šuštar".encode(), b"Ana Zajc"))
    assert (root / "customers").stat().st_mtime_ns == before


def test_nothing_is_waited_for_before_it_must_hold(root: Path) -> None:
    look = Looked(root)
    with provisional(root, look) as index:
        assert len(names(index)) == 2 and index.business.currency == "EUR"
        assert look.taken_late == []
        assert index.holds()
        assert look.taken_late == [True]
        assert index.holds() and look.taken_late == [True]
        assert index.problems() == []


def test_what_has_changed_is_told_once_and_then_there(root: Path) -> None:
    rename_in_place(root)
    with provisional(root, Looked(root)) as index:
        assert "Ana Zajc" not in names(index)
        assert not index.holds()
        assert "Ana Zajc" in names(index) and index.changed == 1
        assert index.holds()
    with provisional(root, look := Looked(root)) as index:
        assert "Ana Zajc" in names(index) and look.taken_late == []


def test_changed_settings_make_the_index_anew(root: Path) -> None:
    (root / "crm.yaml").write_text("currency: USD\ncountry: US\n", encoding="utf-8")
    with provisional(root, Looked(root)) as index:
        assert index.business.currency == "EUR"
        assert not index.holds()
        assert index.business.currency == "USD"


def test_a_look_that_fails_is_done_here(root: Path) -> None:
    with provisional(root, Looked(root, fails=True)) as index:
        assert index.holds()
    rename_in_place(root)
    with provisional(root, Looked(root, fails=True)) as index:
        assert not index.holds()
        assert "Ana Zajc" in names(index)


def test_a_new_file_is_waited_for(root: Path) -> None:
    """The folder says itself that it was changed after the index: no answer is made in vain."""
    later = time.time_ns() + 10**9
    write(root, {"customers/new.yaml": "name: New\n"})
    os.utime(root / "customers", ns=(later, later))
    with provisional(root, look := Looked(root)) as index:
        assert look.taken_late == [False]
        assert "New" in names(index) and index.holds()


def test_files_to_be_read_again_are_waited_for(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "RACY", 10**18)
    rename_in_place(root)
    opened(root, root.parent / "cache").close()
    with provisional(root, look := Looked(root)):
        assert look.taken_late == [False]


def test_a_look_of_long_ago_is_not_relied_on(root: Path) -> None:
    """The process was stopped meanwhile, or waited for a disk: what it saw may be over."""
    look = Looked(root)
    look._began -= 1
    with provisional(root, look):
        assert look.taken_late == [False]


def test_another_version_is_waited_for(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(root, root.parent / "cache") as index:
        assert index.path is not None
        index.connection.execute("COMMIT")
        index.connection.execute("PRAGMA query_only = OFF")
        index.connection.execute("UPDATE meta SET value = 'old' WHERE key = 'version'")
    with provisional(root, look := Looked(root)) as index:
        assert look.taken_late == [False] and len(names(index)) == 2
