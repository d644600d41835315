from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from crm_cli.index import refresh, snapshot
from crm_cli.index.content import SINGLE
from crm_cli.index.database import Index, open_index
from crm_cli.model.errors import DataError
from crm_cli.store.tree import Entry, Folder
from tests.index.directories import FILES, cells, opened, said, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "data")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files as if they had been written long before each look at them."""
    monkeypatch.setattr(snapshot, "RACY", -(10**18))


class ForbiddenFolder(Folder):
    def read(self, path: str) -> bytes:
        raise AssertionError(f"{path} is read")


def names(index: Index) -> list[str]:
    return [name for (name,) in cells(index, "customer", "name")]


def test_memory_says_what_a_file_says(root: Path, cache: Path) -> None:
    assert said(opened(root, cache)) == said(opened(root))


@pytest.mark.usefixtures("settled")
def test_where_nothing_changed_nothing_is_read_or_written(root: Path, cache: Path) -> None:
    first = opened(root, cache)
    first.close()
    assert first.path is not None
    before = first.path.read_bytes()
    second = ForbiddenFolder(root)
    with open_index(second, cache) as index:
        assert index.changed == 0
        assert index.business.zone == "Europe/Ljubljana"
        assert index.business.rates.rate("USD", date(2026, 1, 1)) is not None
        assert len(names(index)) == 2
    assert first.path.read_bytes() == before


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("customers/ana-sustar.yaml", "name: Ana Novak\n"),
        ("customers/new.yaml", "name: New\n"),
        ("customers/broken.yaml", "name: [\n"),
        ("customers/shops/ana-sustar.yaml", "name: Twin\n"),
        ("products.yaml", "beans-2kg:\n  name: Beans\n"),
        ("segments.yaml", ""),
        ("crm.yaml", "currency: USD\ntime_zone: Asia/Tokyo\n"),
        ("crm.yaml", "currency: 7\n"),
        ("rates.yaml", "2025-01-01:\n  USD: 2\n"),
        ("rates.yaml", "2025-01-01:\n  USD: much\n"),
        ("templates/letter.txt", "Dear {{ name }}"),
    ],
)
def test_a_changed_file_is_read_again(root: Path, cache: Path, path: str, text: str) -> None:
    opened(root, cache).close()
    write(root, {path: text})
    index = opened(root, cache)
    assert said(index) == said(opened(root))
    index.close()
    assert opened(root, cache).changed == 0


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("path", FILES)
def test_what_a_deleted_file_said_is_forgotten(root: Path, cache: Path, path: str) -> None:
    opened(root, cache).close()
    (root / path).unlink()
    assert said(opened(root, cache)) == said(opened(root))


@pytest.mark.usefixtures("settled")
def test_a_renamed_file_has_another_id(root: Path, cache: Path) -> None:
    opened(root, cache).close()
    (root / "customers/ana-sustar.yaml").rename(root / "customers/ana.yaml")
    index = opened(root, cache)
    assert sorted(cells(index, "customer", "id")) == [("ana",), ("kava-doo",)]
    assert said(index) == said(opened(root))


def test_a_file_rewritten_at_once_with_the_same_size_is_read(root: Path, cache: Path) -> None:
    path = root / "customers/a.yaml"
    path.write_text("name: One\n")
    status = path.stat()
    opened(root, cache).close()
    path.write_text("name: Two\n")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert "Two" in names(opened(root, cache))


def test_a_racy_file_is_read_again_even_if_it_looks_the_same(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a file system whose times are no finer than two seconds."""

    class Coarse(Folder):
        def entries(self, *, whole: bool = False) -> Iterator[Entry]:
            for path, size, mtime, ctime, _ in super().entries(whole=whole):
                yield path, size, mtime // 10**10 * 10**10, ctime // 10**10 * 10**10, 0

    monkeypatch.setattr(snapshot, "RACY", 10**11)
    path = root / "customers/a.yaml"
    path.write_text("name: One\n")
    open_index(Coarse(root), cache).close()
    path.write_text("name: Two\n")
    index = open_index(Coarse(root), cache)
    assert index.changed == 1
    assert "Two" in names(index)


def test_a_racy_file_that_says_the_same_is_left_alone(root: Path, cache: Path) -> None:
    opened(root, cache).close()
    path = root / "customers/ana-sustar.yaml"
    path.write_bytes(path.read_bytes())
    index = opened(root, cache)
    assert index.changed == 0


def test_racy_files_are_settled_after_a_while(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(root, cache).close()
    monkeypatch.setattr(snapshot, "RACY", -(10**18))
    opened(root, cache).close()
    with open_index(ForbiddenFolder(root), cache) as index:
        assert index.changed == 0


@pytest.mark.usefixtures("settled")
def test_a_file_that_vanishes_between_look_and_read_is_read_when_it_is_back(
    root: Path, cache: Path
) -> None:
    class Vanishing(Folder):
        def read(self, path: str) -> bytes:
            if path == "customers/ana-sustar.yaml":
                raise FileNotFoundError(path)
            return super().read(path)

    index = open_index(Vanishing(root), cache)
    assert cells(index, "customer", "id") == [("kava-doo",)]
    index.close()
    assert len(names(opened(root, cache))) == 2


@pytest.mark.usefixtures("settled")
def test_an_unreadable_file_is_tried_again(root: Path, cache: Path) -> None:
    class Failing(Folder):
        def read(self, path: str) -> bytes:
            if path == "customers/ana-sustar.yaml":
                raise DataError("input/output error")
            return super().read(path)

    for _ in range(2):
        index = open_index(Failing(root), cache)
        assert [problem.code for problem in index.problems()] == ["unreadable"]
        index.close()
    index = opened(root, cache)
    assert index.problems() == []
    assert len(names(index)) == 2


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("path", sorted({*SINGLE} - {"crm.yaml"}))
def test_a_failure_at_a_file_that_is_absent_is_not_remembered(
    root: Path, cache: Path, path: str
) -> None:
    """Nothing of such a file changes, so that nobody would ever look at it again."""

    class Failing(Folder):
        def read(self, asked: str) -> bytes:
            if asked == path:
                raise DataError("input/output error")
            return super().read(asked)

    (root / path).unlink(missing_ok=True)
    open_index(Failing(root), cache).close()
    index = opened(root, cache)
    assert index.problems() == opened(root).problems()
    assert said(index) == said(opened(root))


@pytest.mark.usefixtures("settled")
def test_another_run_that_refreshed_meanwhile_is_not_undone(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(root, cache).close()
    write(root, {"customers/a.yaml": "name: A\n"})
    todo = refresh._todo
    calls = []

    def interrupted(*arguments):  # type: ignore[no-untyped-def]
        found = todo(*arguments)
        calls.append(1)
        if len(calls) == 1:
            write(root, {"customers/b.yaml": "name: B\n"})
            opened(root, cache).close()
        return found

    monkeypatch.setattr(refresh, "_todo", interrupted)
    index = opened(root, cache)
    assert said(index) == said(opened(root))
    assert {"A", "B"} <= set(names(index))


@pytest.mark.usefixtures("settled")
def test_an_open_index_is_refreshed_on_demand(root: Path, cache: Path) -> None:
    for place in (cache, None):
        index = opened(root, place)
        assert index.refresh() == 0
        write(root, {"customers/ana-sustar.yaml": f"name: Ana {place}\n"})
        assert names(index)[0] != f"Ana {place}"
        assert index.refresh() == 1
        assert f"Ana {place}" in names(index)
        assert said(index) == said(opened(root))


def test_duplicate_ids_are_told_of_both_and_of_none_when_one_is_gone(
    root: Path, cache: Path
) -> None:
    write(root, {"customers/b/ana-sustar.yaml": "name: [\n"})
    index = opened(root, cache)
    found = [problem.path for problem in index.problems() if problem.code == "duplicate-id"]
    assert found == ["customers/ana-sustar.yaml", "customers/b/ana-sustar.yaml"]
    index.close()
    (root / "customers/b/ana-sustar.yaml").unlink()
    assert opened(root, cache).problems() == []


def test_normal_forms_of_a_name_are_one_id(tmp_path: Path) -> None:
    root = write(tmp_path, {"crm.yaml": "", "customers/\u017eiga.yaml": "name: Ž\n"})
    write(tmp_path, {"customers/z\u030ciga.yaml": "name: Ž\n"})
    index = opened(root)
    assert cells(index, "customer", "id") == [("ziga",), ("ziga",)]
    assert sorted(problem.code for problem in index.problems()) == [
        "duplicate-id", "duplicate-id", "file-name", "file-name",
    ]  # fmt: skip


def test_many_changes_make_a_new_index(root: Path, cache: Path) -> None:
    write(root, {f"customers/c{n}.yaml": f"name: C {n}\n" for n in range(500)})
    first = opened(root, cache)
    first.close()
    write(root, {f"customers/c{n}.yaml": f"name: D {n}\n" for n in range(500)})
    told: list[tuple[int, int]] = []
    second = open_index(Folder(root), cache, progress=lambda done, of: told.append((done, of)))
    assert second.path != first.path
    assert second.changed == 502
    assert told[-1] == (502, 502)
    assert said(second) == said(opened(root))


@pytest.mark.usefixtures("settled")
def test_hundreds_of_changes_are_applied(root: Path, cache: Path) -> None:
    write(root, {f"customers/c{n}.yaml": f"name: C {n}\n" for n in range(300)})
    first = opened(root, cache)
    first.close()
    write(root, {f"customers/c{n}.yaml": f"name: D {n}\n" for n in range(300)})
    second = opened(root, cache)
    assert second.path == first.path
    assert second.changed == 300
    assert said(second) == said(opened(root))
