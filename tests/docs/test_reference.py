"""The reference pages are made from the program's declarations, and are up to date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_reference_pages_are_up_to_date() -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "tools" / "reference.py", "--check"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert checked.returncode == 0, (
        f"stale: {checked.stdout}{checked.stderr}\nrun: python tools/reference.py"
    )
