"""Make the reference pages from the declarations that the program itself goes by.

With them the manual pages, and the completion scripts as they are installed.

python tools/reference.py           # write docs/reference/*.md and share/
python tools/reference.py --check   # exit 1 where a page of the docs is stale; --all: any
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from commands_page import commands_page
from fields_page import fields_page, settings_page
from formats_page import formats_page
from man_pages import man_pages
from problems_page import problems_page
from query_page import query_page
from reports_page import reports_page
from sql_page import sql_page

from crm_cli.cli.shells import INSTALLED

ROOT = Path(__file__).resolve().parent.parent

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


def texts() -> dict[str, str]:
    """Each page by its path."""
    pages = {f"docs/reference/{name}": made() for name, made in PAGES.items()}
    return {**pages, **man_pages(), **INSTALLED}


def main() -> int:
    """Write the pages, or say which are stale."""
    stale = []
    wanted = texts()
    pages_only = "--check" in sys.argv and "--all" not in sys.argv
    if pages_only:
        wanted = {name: text for name, text in wanted.items() if name.startswith("docs/")}
    for name, text in wanted.items():
        page = ROOT / name
        if page.exists() and page.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, encoding="utf-8")
    for page in () if pages_only else sorted((ROOT / "share").rglob("*")):
        name = page.relative_to(ROOT).as_posix()
        if page.is_file() and name not in wanted:
            stale.append(name)
            if "--check" not in sys.argv:
                page.unlink()
    for name in stale:
        sys.stdout.write(f"{name}\n")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
