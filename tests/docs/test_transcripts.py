"""The docs cannot lie: every transcript in them is run, and must say the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import preloaded
from tools import transcripts

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    page
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
    if "<!-- transcript:" in page.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_transcript(page: Path) -> None:
    programs = Path(preloaded.crm(environ=transcripts.LOCALE)).parent
    different = transcripts.differences(page, programs)
    assert not different, f"{different}\nrun: python tools/transcripts.py {page.name}"


def test_a_page_that_is_stale_is_told(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- transcript: empty -->\n```console\n$ crm --version\nnone\n```\n")
    command = [sys.executable, str(ROOT / "tools/transcripts.py"), "--check", str(page)]
    checked = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert checked.returncode == 1
    assert "\n-none\n+crm " in checked.stdout


def test_there_are_transcripts() -> None:
    assert {"README.md", "queries.md"} <= {page.name for page in PAGES}
