"""A deterministic filter that changes sizes, as git-crypt and Git LFS do, and git with it."""

from __future__ import annotations

import subprocess
from pathlib import Path

MARK = "stored\n"

CLEAN = "printf 'stored\\n'; tr a-zA-Z n-za-mN-ZA-M"
SMUDGE = "sed -e 1d | tr a-zA-Z n-za-mN-ZA-M"


def git(*words: str | Path, cwd: Path) -> str:
    """Run git as a user would; what it prints."""
    done = subprocess.run(
        ["git", *words], cwd=cwd, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


def install(root: Path, name: str = "enc", *, clean: str = CLEAN, smudge: str = SMUDGE) -> None:
    """Configure a filter, in one repository only."""
    git("config", f"filter.{name}.clean", clean, cwd=root)
    git("config", f"filter.{name}.smudge", smudge, cwd=root)
    git("config", f"filter.{name}.required", "true", cwd=root)


def stored_plainly(root: Path, word: str, *, revision: str = "--all") -> list[str]:
    """The paths of all commits whose stored bytes have a word in plain text."""
    found = set()
    for line in git("rev-list", "--objects", revision, cwd=root).splitlines():
        id, _, path = line.partition(" ")
        blob = path and git("cat-file", "-t", id, cwd=root) == "blob\n"
        if blob and word in git("cat-file", "blob", id, cwd=root):
            found.add(path)
    return sorted(found)
