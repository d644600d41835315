"""Permission bits of records."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from crm_cli.store import files

_OTHERS = stat.S_IWOTH


def loose(root: str, paths: Iterable[str]) -> list[str]:
    """Those of the files (relative to `root`) that everybody on the machine may write."""
    if os.name == "nt":
        return []
    return [path for path in paths if _mode(root, path) & _OTHERS]


def tighten(root: str, paths: Iterable[str]) -> None:
    """Take that right away; the other bits stay. Raises StorageError."""
    for path in paths:
        with files.telling(f"change the mode of {path}"):
            mode = _mode(root, path)
            if mode & _OTHERS:
                files.calls.chmod(os.path.join(root, path), mode & ~_OTHERS)


def _mode(root: str, path: str) -> int:
    """The permission bits of a regular file; 0 for what is none, or is not there."""
    try:
        mode = files.calls.lstat(os.path.join(root, path)).st_mode
    except OSError:
        return 0
    return stat.S_IMODE(mode) if stat.S_ISREG(mode) else 0
