"""`crm check` tells of records that everybody may write, and `--fix` takes that right away."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from tests.conftest import Crm

pytestmark = pytest.mark.skipif(os.name == "nt", reason="modes of files")


def test_a_loose_mode_is_told_and_fixed(crm: Crm, shop: Path) -> None:
    path = shop / "customers/maja-kos.yaml"
    path.chmod(0o666)
    before = path.read_bytes()
    told = crm("check", "--json")
    assert told.code == 0
    assert [(one["path"], one["code"]) for one in json.loads(told.out)] == [
        ("customers/maja-kos.yaml", "loose-mode")
    ]
    tried = crm("check", "--fix", "--dry-run", "maja-kos")
    assert "would be removed from 1 file" in tried.err
    assert stat.S_IMODE(path.stat().st_mode) == 0o666
    fixed = crm("check", "--fix", "--yes", "jan-vidmar")
    assert stat.S_IMODE(path.stat().st_mode) == 0o666, fixed
    fixed = crm("check", "--fix", "--yes")
    assert fixed.code == 0, fixed
    assert stat.S_IMODE(path.stat().st_mode) == 0o664
    assert json.loads(crm("check", "--json").out) == []
    assert b"i-4k7q2ma" in before
