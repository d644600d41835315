"""Make the pictures of docs/report-html.md: the page of data-example in Chromium, in both themes.

    python tools/page_pictures.py

They differ from machine to machine by its fonts, so that no test compares them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
SIZE = "960,1080"
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
          "--disable-background-networking", f"--window-size={SIZE}")  # fmt: skip
_THEMES = {"light": "1", "dark": "0"}


def main() -> int:
    """Make them; 1 where there is no Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.stderr.write("chromium is not installed\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        environ = {**os.environ, "CRM_TODAY": "2026-11-20", "CRM_CACHE_DIR": folder,
                   "PYTHONPATH": str(ROOT)}  # fmt: skip
        made = [sys.executable, "-m", "crm_cli", "-C", str(ROOT / "data-example"), "report", "html",
                "--to", str(page)]  # fmt: skip
        subprocess.run(made, env=environ, check=True)
        for theme, number in _THEMES.items():
            subprocess.run(
                [chromium, *_FLAGS, f"--user-data-dir={folder}/{theme}",
                 f"--blink-settings=preferredColorScheme={number}",
                 f"--screenshot={FOLDER / f'page-{theme}.png'}", page.as_uri()],
                check=True, capture_output=True,
            )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
