"""A data directory on a new computer: where it goes, and how it gets there."""

from __future__ import annotations

import re
from pathlib import Path

from crm_cli.model.errors import UsageError
from crm_cli.store.clone import clone

__all__ = ["clone", "folder_for"]


def folder_for(url: str, base: Path, named: Path | None) -> Path:
    """Where a clone goes: into `named`, else a folder called like the repository."""
    if named is not None:
        return base / named
    name = re.sub(r"(/\.git|\.git|\.bundle)?/*$", "", url).replace("\\", "/")
    name = name.rpartition("/")[2].rpartition(":")[2]
    if not name.strip(".") or name.startswith("-"):
        raise UsageError("the address names no folder", "crm clone URL DIR")
    return base / name
