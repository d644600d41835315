"""What the index knew, in place of a look at the directory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crm_cli.index.snapshot import as_known

_WRITTEN = 1_700_000_000_000_000_000
_BEFORE = _WRITTEN - 1


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data directory whose folders have stood still since before the index was written."""
    (tmp_path / "customers").mkdir()
    (tmp_path / "bank").mkdir()
    (tmp_path / "customers/eva.yaml").write_text("name: Eva\n")
    for folder in (tmp_path / "customers", tmp_path / "bank", tmp_path):
        os.utime(folder, ns=(_BEFORE, _BEFORE))
    return tmp_path


def test_files_changed_in_place_are_taken_as_known(root: Path) -> None:
    (root / "customers/eva.yaml").write_text("name: Eva Kos\n")
    walk = as_known(b"known", _WRITTEN, str(root))
    assert walk is not None
    assert (walk.packed, walk.problems) == (b"known", [])


@pytest.mark.parametrize("folder", ["customers", "bank", "."])
def test_a_file_that_came_since_wants_a_look(root: Path, folder: str) -> None:
    (root / folder / "new.yaml").write_text("")
    assert as_known(b"known", _WRITTEN, str(root)) is None


def test_a_folder_that_came_since_wants_a_look(root: Path) -> None:
    (root / "campaigns").mkdir()
    assert as_known(b"known", _WRITTEN, str(root)) is None


def test_a_folder_that_cannot_be_looked_at_wants_one(root: Path) -> None:
    (root / "customers").rename(root / "was")
    (root / "customers").symlink_to("customers")  # Leads to itself.
    for folder in (root / "was", root):
        os.utime(folder, ns=(_BEFORE, _BEFORE))
    assert as_known(b"known", _WRITTEN, str(root)) is None
