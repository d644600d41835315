"""Parsing git's log: commits, and the files each changed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from crm_cli.model.named_tuple import NamedTuple
from crm_cli.store import files
from crm_cli.store.git import Git, GitFailed

_FORMAT = "--format=%H%x00%an%x00%ae%x00%aI%x00%P%x00%s"
_FIELDS = 6
_ZONE = re.compile(r"([+-])(\d{2}):(\d{2})", re.ASCII)
_DAY = 24 * 60
_YEARS = (1000, 9998)
"""Within which a time can be shown in every zone."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""What git itself takes a time for that it cannot read."""


class Touched(NamedTuple):
    """A file that a commit changed: its blobs before and after (empty: no file).

    `source` is its path before, which is another one if it was renamed.
    """

    path: str
    before: str
    after: str
    source: str


class Commit(NamedTuple):
    """A commit, and what it changed below the data directory."""

    id: str
    author: str
    email: str
    when: datetime
    subject: str
    files: tuple[Touched, ...]
    parents: tuple[str, ...] = ()


def log(git: Git, *words: str, paths: Sequence[str] = (), seconds: float = 120.0) -> list[Commit]:
    """The commits that `git log` gives for these words, newest first; raises GitFailed.

    Merges have no files of their own. `--since=…` hides no commit that comes before one whose
    clock was wrong, if git is 2.37 or later.
    """
    command = ["log", "-z", "--raw", "--no-abbrev", "--relative", _FORMAT]
    asked = [word.replace("--since=", "--since-as-filter=", 1) for word in words]
    try:
        out = git.run(*command, *asked, "--", *paths, seconds=seconds)
    except GitFailed:
        if asked == list(words):
            raise
        out = git.run(*command, *words, "--", *paths, seconds=seconds)
    return list(_commits(iter(out.split(b"\0"))))


def merged(
    git: Git, merges: Sequence[Commit], *, seconds: float = 120.0
) -> dict[str, tuple[dict[str, Touched], ...]]:
    """What differs between each merge and each of its parents, by path; raises GitFailed.

    git compares all of them in one process; a renamed file is there as removed and as added.
    """
    pairs = [(merge.id, parent) for merge in merges for parent in merge.parents]
    asked = "".join(f"{id} {parent}\n" for id, parent in pairs).encode()
    out = git.run(
        "diff-tree", "--stdin", "--always", "-r", "-z", "--raw", "--no-abbrev", "--no-renames",
        "--relative", input=asked, seconds=seconds,
    )  # fmt: skip
    words = iter(out.split(b"\0"))
    found: dict[str, list[dict[str, Touched]]] = {}
    sides: list[dict[str, Touched]] = []
    for word in words:
        if word.lstrip(b"\n").startswith(b":"):
            touched = _touched(word, words)
            sides[-1][touched.path] = touched
        elif word.strip():
            sides = found.setdefault(word.strip().decode(), [])
            sides.append({})
    return {id: tuple(sides) for id, sides in found.items()}


def boundary(git: Git) -> frozenset[str]:
    """The oldest commits of a shallow clone, which seem to have made all that they have."""
    if git.repository is None:
        return frozenset()
    data = files.read_if_any(os.path.join(git.repository.common, "shallow"))
    return frozenset((data or b"").decode("ascii", "replace").split())


def _commits(words: Iterator[bytes]) -> Iterator[Commit]:
    word = next(words, None)
    while word is not None:
        if not word.strip():
            word = next(words, None)
            continue
        head = [word, *(next(words, b"") for _ in range(_FIELDS - 1))]
        touched: list[Touched] = []
        word = next(words, None)
        while word is not None and (not word.strip() or word.lstrip(b"\n").startswith(b":")):
            if word.strip():
                touched.append(_touched(word, words))
            word = next(words, None)
        id, author, email, when, parents, subject = (
            part.decode("utf-8", "replace") for part in head
        )
        yield Commit(
            id.strip(), author, email, when_of(when), subject, tuple(touched),
            tuple(parents.split()),
        )


def when_of(text: str) -> datetime:
    """The time that git gives as `%aI` or `%cI`; the epoch where that is none.

    git keeps what any program wrote into a commit: zones of 99 hours, years of five digits, or
    no number, for which it answers with the placeholder itself.
    """
    text = text.strip().replace("Z", "+00:00")
    local, zone = text[:-6], _ZONE.fullmatch(text[-6:])
    try:
        if zone is None:
            return EPOCH
        minutes = int(zone[1] + zone[2]) * 60 + int(zone[1] + zone[3])
        if abs(minutes) < _DAY:
            found = datetime.fromisoformat(text)
        else:
            found = datetime.fromisoformat(local + "+00:00") - timedelta(minutes=minutes)
    except (ValueError, OverflowError):
        return EPOCH
    return found if _YEARS[0] <= found.year <= _YEARS[1] else EPOCH


def _touched(entry: bytes, words: Iterator[bytes]) -> Touched:
    """`:100644 100644 OLD NEW M`, followed by the path, or the two of a renaming."""
    fields = entry.lstrip(b"\n").decode().split()
    status = fields[4]
    source = path = next(words, b"")
    if status[0] in "RC":
        path = next(words, b"")
    before, after = ("" if not id.strip("0") else id for id in fields[2:4])
    return Touched(os.fsdecode(path), before, after, os.fsdecode(source))
