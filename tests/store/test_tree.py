"""Reading a data directory: what belongs to it, what is skipped and said."""

from __future__ import annotations

import errno
import os
import pickle
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from crm_cli.model.errors import DataError, Severity
from crm_cli.store import files
from crm_cli.store.tree import Folder, Tree


def write(root: Path, path: str, data: bytes = b"name: X\n") -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def found(root: Path) -> tuple[set[str], dict[str, str]]:
    tree: Tree = Folder(root)
    names = {entry[0] for entry in tree.entries()}
    return names, {problem.path: problem.code for problem in tree.problems}


def test_the_files_that_belong_to_it(tmp_path: Path) -> None:
    belonging = {
        "crm.yaml",
        "products.yaml",
        "segments.yaml",
        "rates.yaml",
        "customers/ana.yaml",
        "customers/shops/kava.yaml",
        "customers/živa.yaml",
        "customers/odd.yaml/inner.yaml",
        "campaigns/spring.yaml",
        "templates/invoice.html.j2",
    }
    other = {
        "notes.txt",
        "customers/README.md",
        "customers/.ana.yaml.swp",
        "customers/.ana.yaml.tmp-0123456789ab",
        "customers/.git/config.yaml",
        "templates/.hidden",
        ".crm/lock",
    }
    for path in belonging | other:
        write(tmp_path, path)
    assert found(tmp_path) == (belonging, {})


def test_documents_that_were_sent_are_not_looked_at_for_records(tmp_path: Path) -> None:
    write(tmp_path, "customers/ana.yaml")
    write(tmp_path, "documents/2026/invoice-1.pdf")
    write(tmp_path, "templates/letter.md")
    tree = Folder(tmp_path)
    assert {one[0] for one in tree.entries()} == {"customers/ana.yaml", "templates/letter.md"}
    assert len(list(tree.entries(whole=True))) == 3
    assert tree.listed("documents/") == ["documents/2026/invoice-1.pdf"]
    assert tree.exists("documents/2026/invoice-1.pdf")


def test_an_entry_is_the_files_stamp(tmp_path: Path) -> None:
    status = write(tmp_path, "customers/ana.yaml", b"12345").stat()
    expected = (5, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    assert list(Folder(tmp_path).entries()) == [("customers/ana.yaml", *expected)]


def test_an_empty_directory(tmp_path: Path) -> None:
    assert found(tmp_path) == (set(), {})
    assert found(tmp_path / "nowhere") == (set(), {})


def test_what_is_no_file_is_skipped_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "crm"
    write(root, "customers/ana.yaml")
    outside = write(tmp_path, "outside.yaml")
    folder = root / "customers"
    os.mkfifo(folder / "pipe.yaml")
    (folder / "out.yaml").symlink_to(outside)
    (folder / "gone.yaml").symlink_to("nothing.yaml")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (folder / "in.yaml").symlink_to("ana.yaml")
    (folder / "again").symlink_to(folder)
    (folder / "README").symlink_to(outside)
    (folder / "pictures.d").mkdir()
    write(root, "customers/rok.yml")
    write(root, "customers/eva.YAML")
    (root / "campaigns").symlink_to(tmp_path)
    (root / "templates").write_bytes(b"")
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(folder)  # a socket's whole path may have no more than 107 bytes
        listening.bind("sock.yaml")
        names, problems = found(root)
    assert names == {"customers/ana.yaml", "customers/in.yaml"}
    assert problems == {
        "customers/pipe.yaml": "not-a-file",
        "customers/sock.yaml": "not-a-file",
        "customers/out.yaml": "outside-link",
        "customers/gone.yaml": "broken-link",
        "customers/loop.yaml": "broken-link",
        "customers/again": "folder-link",
        "customers/rok.yml": "file-ending",
        "customers/eva.YAML": "file-ending",
        "campaigns": "folder-link",
        "templates": "not-a-folder",
    }
    tree = Folder(root)
    list(tree.entries())
    assert {problem.severity for problem in tree.problems} == {Severity.WARNING}


def test_reading(tmp_path: Path) -> None:
    root = tmp_path / "crm"
    write(root, "customers/ana.yaml", b"name: Ana\r\n")
    write(tmp_path, "outside.yaml")
    folder = root / "customers"
    (folder / "in.yaml").symlink_to("ana.yaml")
    (folder / "out.yaml").symlink_to("../../outside.yaml")
    (folder / "far").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.yaml")
    tree = Folder(root)
    assert tree.read("customers/ana.yaml") == b"name: Ana\r\n"
    assert tree.read("customers/in.yaml") == b"name: Ana\r\n"
    assert tree.exists("customers/in.yaml")
    assert not tree.exists("customers/nobody.yaml")
    assert not tree.exists("customers/ana.yaml/x.yaml")
    for path, code in (
        ("customers/out.yaml", "outside-link"),
        ("customers/far/outside.yaml", "outside-link"),
        ("customers/pipe.yaml", "not-a-file"),
    ):
        with pytest.raises(DataError) as caught:
            tree.read(path)
        assert [(p.path, p.code) for p in caught.value.problems] == [(path, code)]


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    with write(tmp_path, "customers/big.yaml").open("r+b") as file:
        file.truncate(files.LARGEST)
        assert len(Folder(tmp_path).read("customers/big.yaml")) == files.LARGEST
        file.truncate(10**12)
    with pytest.raises(DataError, match="larger than 16 MiB"):
        Folder(tmp_path).read("customers/big.yaml")


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "customers/ana.yaml")
    write(tmp_path, "customers/shut/rok.yaml")

    class Shut(files.Calls):
        def __getattribute__(self, name: str) -> object:
            return {"open": _denied, "scandir": _shut}.get(name) or super().__getattribute__(name)

    with files.replaced(Shut()):
        names, problems = found(tmp_path)
        assert names == {"customers/ana.yaml"}
        assert problems == {"customers/shut": "unreadable"}
        with pytest.raises(DataError, match="cannot be read: Permission denied") as caught:
            Folder(tmp_path).read("customers/ana.yaml")
        assert caught.value.problems[0].severity is Severity.ERROR


def _denied(path: str, flags: int, mode: int = 0) -> int:
    raise PermissionError(errno.EACCES, "Permission denied")


@contextmanager
def _shut(path: str) -> Iterator[Iterator[os.DirEntry[str]]]:
    if path.endswith("shut"):
        raise PermissionError(errno.EACCES, "Permission denied")
    with os.scandir(path) as listing:
        yield listing


def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    write(tmp_path, "customers/ana.yaml")
    try:
        (tmp_path / "customers" / os.fsdecode(b"m\xfcller.yaml")).write_bytes(b"")
    except OSError:
        pytest.skip("this file system has no such names")
    names, problems = found(tmp_path)
    assert names == {"customers/ana.yaml"}
    assert problems == {"customers/m\\xfcller.yaml": "file-name"}


def test_workers_get_their_own_copy(tmp_path: Path) -> None:
    write(tmp_path, "customers/ana.yaml", b"x")
    tree = pickle.loads(pickle.dumps(Folder(tmp_path)))
    assert isinstance(tree, Folder)
    assert tree.read("customers/ana.yaml") == b"x"


def test_a_folder_that_cannot_be_looked_at_is_not_an_empty_one(tmp_path: Path) -> None:
    """Found by the soak: one failed call, and every customer had gone without a word."""
    (tmp_path / "customers").mkdir()
    (tmp_path / "customers/ana.yaml").write_text("name: Ana\n")

    class Failing(files.Calls):
        @staticmethod
        def lstat(path: Any, *, dir_fd: int | None = None) -> os.stat_result:
            if str(path).endswith("customers"):
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return os.lstat(path)

    tree = Folder(tmp_path)
    with files.replaced(Failing()):
        assert list(tree.entries()) == []
    assert [(one.path, one.code) for one in tree.problems] == [("customers", "unreadable")]
