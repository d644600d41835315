"""Copies of the program, to be changed and run."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import crm_cli

PACKAGE = Path(crm_cli.__file__).parent


def copied(folder: Path) -> Path:
    """Put a copy of the package into a folder; the copy, which need not be compiled anew."""
    copy = folder / PACKAGE.name
    unfinished = shutil.ignore_patterns("*.pyc.*")
    shutil.copytree(PACKAGE, copy, ignore=unfinished)
    if sys.pycache_prefix is not None:
        kept, wanted = (
            Path(sys.pycache_prefix, *path.resolve().parts[1:]) for path in (PACKAGE, copy)
        )
        if kept.exists():
            shutil.copytree(kept, wanted, ignore=unfinished)
    return copy
