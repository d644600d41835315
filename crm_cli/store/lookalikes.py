"""Folders that git would take for a repository: three names are enough, without `.git`."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from crm_cli.model.places import FOLDERS
from crm_cli.store import paths

PARTS = frozenset(("head", "objects", "refs", "commondir"))
"""What git's `is_git_directory` looks for, in the form of `folded`."""

# HFS+ takes names for equal that differ in these alone.
_IGNORED = dict.fromkeys(
    [*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF]
)


def folded(name: str) -> str:
    """A name as file systems compare it that ignore case, or dots and spaces at the end."""
    return paths.same_name(name.translate(_IGNORED)).rstrip(" .")


def is_repository(names: Collection[str]) -> bool:
    """Whether git takes a folder for a repository that has these names, each `folded`."""
    return "head" in names and ("commondir" in names or {"objects", "refs"} <= set(names))


def lookalikes(root: str | Path) -> list[str]:
    """The folders of a data directory that git would take for repositories of their own.

    crm does not run git there; the user may, or the prompt of their shell.
    """
    real = os.path.realpath(root)
    found = []
    for folder, below, names in os.walk(real):
        there = {folded(name) for name in (*below, *names)}
        if is_repository(there) or (folder != real and ".git" in there):
            found.append(folder)
        below[:] = [name for name in below if not name.startswith(".")]
        if folder == real:
            below[:] = [name for name in below if name in FOLDERS]
    return sorted(found)
