"""The pictures of the docs show what the program shows, and fetch nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pty")

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "pictures"


def test_pictures_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "pictures.py", "--check"],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"stale: {done.stdout}{done.stderr}\nrun: make pictures"


def test_pictures_fetch_nothing_and_are_shown() -> None:
    names = ("docs/terminal.md", "docs/ui.md", "README.md")
    pages = "".join((ROOT / name).read_text(encoding="utf-8") for name in names)
    for picture in sorted(FOLDER.glob("*.svg")):
        text = picture.read_text(encoding="utf-8")
        assert "url(http" not in text
        assert "@import" not in text
        assert f"pictures/{picture.name}" in pages


def test_the_cast_can_be_played() -> None:
    header, *events = (FOLDER / "tour.cast").read_text(encoding="utf-8").splitlines()
    assert json.loads(header)["version"] == 2
    moments = [json.loads(event)[0] for event in events]
    assert moments == sorted(moments)
