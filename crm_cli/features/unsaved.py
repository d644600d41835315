"""Keeping text that could not be saved, so that no typing is lost."""

from __future__ import annotations

import os
from pathlib import Path

from crm_cli.store import files
from crm_cli.workspace import Workspace


def keep(workspace: Workspace, name: str, text: str) -> Path:
    """Write a text into the directory's `.crm/kept/`; returns where. Raises StorageError."""
    folder = workspace.root / ".crm" / "kept"
    stamp = workspace.clock.now.strftime("%Y%m%dT%H%M%S")
    path = folder / f"{stamp}-{os.getpid()}-{name}"
    with files.telling(f"write {path}", "your text is lost; nothing else was changed"):
        files.make_folders(str(workspace.root), str(folder))
        files.write_atomic(str(path), text.encode("utf-8", "surrogateescape"))
    return path
