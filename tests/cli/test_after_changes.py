"""What a warm index answers after changes in place is what a new one answers.

Each command runs in a process of its own, with the look at the directory in another one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import preloaded
from tests.conftest import FILES, TODAY
from tests.trust.ground import MORE
from tests.trust.readers import READING

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks cheaply")

RUN = """
import sys
from crm_cli.index import snapshot
from crm_cli.store import look_ahead
look_ahead._LARGE = 0
snapshot.RACY = -(10**18)
from crm_cli.cli.hook import main
sys.exit(main(sys.argv[1:]))
"""
WHO = {"{who}": "maja-kos", "{task}": "t-9f3kx7d", "{purchase}": "p-2m8ct4h"}
OF_THE_CACHE = ("index status", "index path", "doctor")


@pytest.mark.turns(6)
@pytest.mark.parametrize("command", [name for name in READING if name not in OF_THE_CACHE])
def test_no_reader_answers_from_an_earlier_state(command: str, tmp_path: Path) -> None:
    """The answer of a warm index is that of one made just now."""
    root = tmp_path / "shop"
    for name, text in {**FILES, **MORE}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")

    def run(cache: str, *words: str) -> tuple[int, str, str]:
        environ = {
            **os.environ,
            "CRM_CACHE_DIR": str(tmp_path / cache),
            "HOME": str(tmp_path),
        }
        done = subprocess.run(
            [preloaded.python(), "-c", RUN, "-C", str(root), "--today", TODAY, *words],
            capture_output=True, text=True, env=environ, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    words = [WHO.get(word, word) for word in READING[command]]
    run("warm", *words)
    for path, (old, new) in {
        "customers/maja-kos.yaml": ("Maja Kos", "Maja pwn Hren"),
        "customers/hotel-breg.yaml": ("due: 2026-11-16", "due: 2026-11-17"),
        "customers/kavarna-lan.yaml": ("kind: organization", "kind: organization\ntags: vip"),
    }.items():
        text = (root / path).read_text(encoding="utf-8")
        assert old in text
        (root / path).write_text(text.replace(old, new), encoding="utf-8")
    assert run("warm", *words) == run("cold", *words)
