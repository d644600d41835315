"""A clone without all contents: git fetches the rest only where the network was asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import filters
from tests.conftest import Crm, Git, Run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a server of shell script")


def test_only_sync_fetches(shop: Path, git: Git, crm: Crm) -> None:
    for city in ("Izola", "Piran", "Bled"):
        assert crm("set", "maja-kos", f"city={city}").code == 0
    common, root = shop.parent / "common.git", shop.parent / "partial"
    git("branch", "-M", "main")
    git("clone", "-q", "--bare", str(shop), str(common))
    filters.git("config", "uploadpack.allowFilter", "true", cwd=common)
    git("clone", "-q", "--filter=blob:none", f"file://{common}", str(root))
    fetched = shop.parent / "fetched"
    server = shop.parent / "server"
    server.write_text(f'#!/bin/sh\ntouch {fetched}\nexec git-upload-pack "$@"\n')
    server.chmod(0o755)
    filters.git("config", "remote.origin.uploadpack", str(server), cwd=root)
    # As a server is; git does not fetch missing contents from a path by itself.
    filters.git("config", "protocol.file.allow", "always", cwd=root)

    def there(*words: str) -> Run:
        return crm("-C", root, *words)

    assert there("git", "setup", "--yes").code == 0
    assert there("set", "maja-kos", "city=Koper").code == 0
    said = there("history", "maja-kos", "--cols", "what", "-o", "tsv", "--no-header")
    assert said.code == 0 and said.lines[0] == "address: city Bled → Koper"
    assert "the file changed, and one side of it cannot be read" in said.lines
    run = there("list", "--as-of", "HEAD~3")
    assert run.code != 0 and "this clone does not have all contents" in run.err
    assert there("changes", "--since", "2000-01-01").code == 0
    assert not fetched.exists()

    git("remote", "add", "origin", str(common))
    assert crm("set", "jan-vidmar", "city=Bled").code == 0
    assert crm("sync").code == 0
    assert there("sync").code == 0
    assert fetched.exists()
    assert "city: Bled" in (root / "customers/jan-vidmar.yaml").read_text()
