"""A program that writes through a shared mapping changes a file without changing its times."""

from __future__ import annotations

import mmap
from pathlib import Path

import pytest

from crm_cli.index import snapshot
from tests.conftest import Crm


@pytest.fixture
def mapped(shop: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A record in which a letter was changed so, and that the index knows as it was."""
    monkeypatch.setattr(snapshot, "RACY", 0)
    path = shop / "customers/maja-kos.yaml"
    assert crm("list", "-o", "ids").code == 0
    before = path.stat()
    with path.open("r+b") as stream, mmap.mmap(stream.fileno(), 0) as memory:
        at = memory.find(b"Koper")
        memory[at : at + 5] = b"Kopar"
    after = path.stat()
    if (before.st_mtime_ns, before.st_ctime_ns) != (after.st_mtime_ns, after.st_ctime_ns):
        pytest.skip("this file system tells")
    assert "maja-kos" in crm("list", "city:Koper", "-o", "ids").out
    return path


def test_the_index_is_made_anew_from_what_the_files_say(mapped: Path, crm: Crm) -> None:
    assert crm("index", "rebuild").code == 0
    assert crm("list", "city:Kopar", "-o", "ids").out == "maja-kos\n"


def test_check_can_read_every_file_again(mapped: Path, crm: Crm) -> None:
    assert "customers/maja-kos.yaml" not in crm("check").err
    done = crm("check", "--reread")
    assert done.code == 0, done.out
    assert "customers/maja-kos.yaml" in done.err and "without a new time" in done.err
    assert crm("list", "city:Kopar", "-o", "ids").out == "maja-kos\n"
    assert "customers/maja-kos.yaml" not in crm("check", "--reread").err


def test_a_write_reads_the_file_itself(mapped: Path, crm: Crm) -> None:
    assert crm("set", "maja-kos", "nickname=Mia").code == 0
    assert "Kopar" in mapped.read_text()
