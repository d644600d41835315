"""The docs cannot lie: every transcript in them is run, and must say the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    page
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
    if "<!-- transcript:" in page.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_transcript(page: Path) -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "tools" / "transcripts.py", "--check", page],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert checked.returncode == 0, (
        f"{checked.stdout}{checked.stderr}\nrun: python tools/transcripts.py {page.name}"
    )


def test_there_are_transcripts() -> None:
    assert {"README.md", "queries.md"} <= {page.name for page in PAGES}
