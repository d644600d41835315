"""Reports in tests: made over a directory, and their rows as texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crm_cli.features.reports import load
from crm_cli.features.reports.context import Asked
from crm_cli.features.reports.running import answer
from crm_cli.features.reports.table import Table
from crm_cli.workspace import Workspace, open_workspace

from ..query.conftest import TODAY
from ..query.generated import write
from ..query.naive import Directory


@contextmanager
def opened(
    customers: list[dict[str, Any]], today: date = TODAY
) -> Iterator[tuple[Workspace, Directory]]:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        write(customers, root)
        environ = {"CRM_CACHE_DIR": str(root / "cache"), "CRM_TODAY": today.isoformat()}
        workspace = open_workspace(directory=root, environ=environ)
        yield workspace, Directory(root, today)
        workspace.close()


@contextmanager
def of_files(
    folder: Path, files: Mapping[str, str], today: date = date(2026, 11, 20)
) -> Iterator[Workspace]:
    """A directory with these files, in `folder`, with its cache beside it."""
    root = folder / "shop"
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    environ = {"CRM_CACHE_DIR": str(folder / "cache"), "CRM_TODAY": today.isoformat()}
    workspace = open_workspace(directory=root, environ=environ)
    yield workspace
    workspace.close()


def table(workspace: Workspace, name: str, **asked: Any) -> Table:
    return answer(workspace, load(name), Asked(**asked)).table


def column(found: Table, key: str) -> list[Any]:
    return [row.get(key) for row in found.rows]


def rows(found: Table, *keys: str) -> list[tuple[str, ...]]:
    return [tuple("" if row.get(key) is None else str(row[key]) for key in keys)
            for row in found.rows]  # fmt: skip
