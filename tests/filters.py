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
    named = git("rev-list", "--objects", revision, cwd=root)
    stored = subprocess.run(
        ["git", "cat-file", "--batch=%(objecttype) %(objectsize) %(rest)", "--buffer"],
        cwd=root, input=named.encode(), capture_output=True, check=True,
    ).stdout  # fmt: skip
    found = set()
    while stored:
        head, _, rest = stored.partition(b"\n")
        type, size, path = head.decode().split(" ", 2)
        data, stored = rest[: int(size)], rest[int(size) + 1 :]
        if type == "blob" and path and word.encode() in data:
            found.add(path)
    return sorted(found)
