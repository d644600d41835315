"""Make the reference pages from the declarations that the program itself goes by.

python tools/reference.py           # write docs/reference/*.md
python tools/reference.py --check   # exit 1 where a page is stale
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from commands_page import commands_page
from fields_page import fields_page, settings_page
from formats_page import formats_page
from problems_page import problems_page
from query_page import query_page
from reports_page import reports_page
from sql_page import sql_page

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"

PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "fields.md": fields_page,
    "settings.md": settings_page,
    "query.md": query_page,
    "reports.md": reports_page,
    "sql.md": sql_page,
    "problems.md": problems_page,
    "formats.md": formats_page,
}


def main() -> int:
    """Write the pages, or say which are stale."""
    stale = []
    for name, made in PAGES.items():
        page = FOLDER / name
        text = made()
        if page.exists() and page.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            page.write_text(text, encoding="utf-8")
    for name in stale:
        sys.stdout.write(f"docs/reference/{name}\n")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
