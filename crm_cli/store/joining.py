"""A record that one clone merged into another one, or renamed, and a second one changed meanwhile.

git sees a file that one side removed and the other changed. What changed is brought into the
record that stays: both versions of the file are united with that record as it was when the
clones parted, and the difference between the two is merged into it, as any change would be.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from crm_cli.model.errors import CrmError
from crm_cli.model.outgoing import is_message
from crm_cli.store import outside
from crm_cli.store.blobs import Blobs
from crm_cli.store.document import Document
from crm_cli.store.git import Git, nul_separated
from crm_cli.store.merge import Merged, merge_file
from crm_cli.store.unite import Difference, settle, unite

Open = Callable[[str, bytes], Document]
Stages = dict[str, dict[str, str]]
"""The blobs of each side (`1` the base, `2` ours, `3` theirs) of the paths in conflict."""


def stages(git: Git) -> Stages:
    """The files that git could not merge, by their paths in the data directory."""
    found: Stages = {}
    for line in git.run("ls-files", "--unmerged", "-z").split(b"\0"):
        head, _, path = line.partition(b"\t")
        fields = head.decode().split()
        if len(fields) == 3:
            name = os.fsdecode(path).removeprefix(git.prefix)
            found.setdefault(name, {})[fields[2]] = fields[1]
    return found


def moved_twice(git: Git, unmerged: Stages) -> set[str]:
    """Settle messages that both sides have moved out of the outbox, each to a place of its own, as
    where two machines claimed them at once, or one has sent what the other claimed: both files
    stay, and whoever sends reads them. The paths that are no conflict any more."""
    settled = {
        path
        for path, sides in unmerged.items()
        if is_message(path) and (len(sides) == 1 or _moved_and_gone(sides))
    }
    for path in settled:
        if unmerged[path].keys() == {"1"}:
            (Path(git.root) / path).unlink(missing_ok=True)
    if settled:
        git.run("add", "--all", "--", *sorted(settled))
    return settled


def _moved_and_gone(sides: dict[str, str]) -> bool:
    """Whether one side has moved a file as it was, and the other has it no more: what was sent is
    another file, with what became of it."""
    return len(sides) == 2 and len(set(sides.values())) == 1 and "1" in sides


def removed_and_changed(sides: dict[str, str]) -> bool:
    """Whether one side has removed a file that the other one has changed."""
    return "1" in sides and len({"2", "3"} & sides.keys()) == 1


def joined(
    git: Git, path: str, sides: dict[str, str], keep: str, now: bytes, base: str, open: Open
) -> Merged | None:
    """The text `now` of the file `keep`, with what changed in the file `path`, merged into it.

    `base` is the commit at which both sides parted. None where somebody has to decide, or
    has edited the file since.
    """
    blobs = Blobs(git)
    try:
        before, after = _changed(git, blobs, path, sides)
        first = _at(git, blobs, base, keep)
    finally:
        blobs.close()
    return None if after is None else _brought(keep, first, now, path, before, after, open)


def brought(
    git: Git, base: str, path: str, after: bytes, keep: str, now: bytes, open: Open
) -> Merged | None:
    """The text `now` of the file `keep`, with what changed in the file `path` since the commit
    `base`, as it is `after`. None where somebody has to decide."""
    blobs = Blobs(git)
    try:
        before, first = (_at(git, blobs, base, one) for one in (path, keep))
    finally:
        blobs.close()
    return _brought(keep, first, now, path, before, after, open)


def _at(git: Git, blobs: Blobs, commit: str, path: str) -> bytes:
    id = git.text("rev-parse", "--verify", "--quiet", f"{commit}:{git.prefix}{path}")
    return blobs.read(id, path, commit) if id else b""


def _brought(
    keep: str, first: bytes, now: bytes, path: str, before: bytes, after: bytes, open: Open
) -> Merged | None:
    if not first:
        # The record that stays is new: to both sides the one that went is what it came from.
        merged = merge_file(before, now, after, keep)
        return None if merged.conflicts else merged
    try:
        stays = open(keep, now)
        sided = _Sides(stays)
        old = _united(keep, first, path, before, open, sided.first)
        new = _united(keep, first, path, after, open, sided.again)
    except CrmError:
        return None
    if sided.unsure:
        return None
    merged = merge_file(old, now, new, keep)
    return None if merged.conflicts else merged


def followed(
    git: Git, path: str, sides: dict[str, str], keep: str, now: bytes
) -> Merged | None:
    """The text `now` of the file `keep`, which the file `path` has become on one side, with what
    the other side changed in that one. None where either has been edited since.
    """
    blobs = Blobs(git)
    try:
        before, after = _changed(git, blobs, path, sides)
        then = blobs.read(git.line("rev-parse", f":{git.prefix}{keep}"), keep)
    finally:
        blobs.close()
    if after is None or now != then:
        return None
    ours, theirs = (after, now) if "2" in sides else (now, after)
    return merge_file(before, ours, theirs, keep)


def leave(git: Git, path: str, sides: dict[str, str], keep: str) -> None:
    """Tell git that what is in conflict in the file `path` is so in the file `keep`, whose text
    has the marks."""
    now = git.line("rev-parse", f":{git.prefix}{keep}")
    stages = {"2": now, "3": now} | sides
    lines = [f"0 {'0' * len(now)}\t{git.prefix}{one}" for one in (path, keep)]
    lines += [f"100644 {stages[one]} {one}\t{git.prefix}{keep}" for one in "123"]
    git.run("update-index", "-z", "--index-info", input=nul_separated(lines))


def _changed(
    git: Git, blobs: Blobs, path: str, sides: dict[str, str]
) -> tuple[bytes, bytes | None]:
    """A file before it was changed, and after; None for the second if it has been edited since."""
    before = blobs.read(sides["1"], path)
    after = blobs.read(sides.get("2") or sides["3"], path)
    here = Path(git.root) / path
    return before, after if not here.exists() or outside.read(here) == after else None


def _united(
    keep: str,
    first: bytes,
    path: str,
    data: bytes,
    open: Open,
    takes: Callable[[Difference], bool],
) -> bytes:
    document, gone = open(keep, first), open(path, data)
    unite(document, gone, takes)
    settle(document, gone.id, document.id)
    return document.data


class _Sides:
    """Whose value was taken when the records were merged, as the one that stays says now."""

    def __init__(self, stays: Document) -> None:
        self._stays = stays
        self._taken: dict[tuple[str, str], tuple[str, bool]] = {}
        self.unsure = False

    def first(self, difference: Difference) -> bool:
        """Of the records as they were: which value does the one that stays have?"""
        if difference.item:
            items = [one for one in self._stays.record.walk() if one.id == difference.item]
            taken = bool(items) and items[0].name == difference.other
        else:
            head, _, rest = difference.field.partition(".")
            value = self._stays.record.answer().get(head)
            if rest and isinstance(value, dict):
                value = value.get(rest)
            taken = str(value) == difference.other != difference.mine
        self._taken[difference.field, difference.item] = (difference.other, taken)
        return taken

    def again(self, difference: Difference) -> bool:
        """Of what was changed meanwhile: the same, unless it was changed where it did not count."""
        other, taken = self._taken.get((difference.field, difference.item), ("", False))
        if not taken and other != difference.other:
            self.unsure = True
        return taken
