"""Files that a merge would bring in: the other side against the merge base."""

from __future__ import annotations

import os
from typing import NamedTuple

from crm_cli.store.git import Git, GitFailed
from crm_cli.store.lookalikes import folded

LINK = "120000"
_NONE = "000000"


class Arriving(NamedTuple):
    """A file, by its path from the top of the repository."""

    path: str
    mode: str
    id: str

    @property
    def removed(self) -> bool:
        """Whether the other side has removed it."""
        return self.mode == _NONE

    @property
    def name(self) -> str:
        """Its last part, in the form of `folded`."""
        return folded(self.path.rpartition("/")[2])


def arriving(git: Git, commit: str, bases: list[str]) -> list[Arriving]:
    """What merging a commit would change, if `bases` are where both sides parted.

    Raises GitFailed.
    """
    found: dict[str, Arriving] | None = None
    for base in bases:
        differing = {one.path: one for one in _differing(git, base, commit)}
        if found is not None:
            # What one of the bases has like that came to this side with it.
            differing = {path: one for path, one in differing.items() if path in found}
        found = differing
    return list((found or {}).values())


def everything(git: Git, commit: str) -> list[Arriving]:
    """All files of a commit, as if they came into an empty folder. Raises GitFailed."""
    empty = git.line("hash-object", "-t", "tree", "--stdin")
    return _differing(git, empty, commit)


def bases_of(git: Git, commit: str) -> list[str]:
    """The commits where a commit and the present one parted; none of unrelated histories.

    Raises GitFailed.
    """
    ran = git.ask("merge-base", "--all", "HEAD", commit)
    if ran.code not in (0, 1):
        raise GitFailed(f"git merge-base: {ran.reason}")
    return ran.out.decode().split()


def _differing(git: Git, base: str, commit: str) -> list[Arriving]:
    words = iter(git.run("diff-tree", "-r", "-z", "--no-renames", base, commit).split(b"\0"))
    found = []
    for head, path in zip(words, words, strict=False):
        fields = head.decode().split()
        found.append(Arriving(os.fsdecode(path), fields[1], fields[3]))
    return found
