"""Parsing git's log: commits, and the files each changed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from crm_cli.store.git import Git

_FORMAT = "--format=%H%x00%an%x00%ae%x00%aI%x00%s"
_FIELDS = 5


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


def log(git: Git, *words: str, paths: Sequence[str] = (), seconds: float = 120.0) -> list[Commit]:
    """The commits that `git log` gives for these words, newest first; raises GitFailed.

    Merges have no files of their own.
    """
    command = ["log", "-z", "--raw", "--no-abbrev", "--relative", _FORMAT, *words, "--", *paths]
    out = git.run(*command, seconds=seconds)
    return list(_commits(iter(out.split(b"\0"))))


def _commits(words: Iterator[bytes]) -> Iterator[Commit]:
    word = next(words, None)
    while word is not None:
        if not word.strip():
            word = next(words, None)
            continue
        head = [word, *(next(words, b"") for _ in range(_FIELDS - 1))]
        files: list[Touched] = []
        word = next(words, None)
        while word is not None and (not word.strip() or word.lstrip(b"\n").startswith(b":")):
            if word.strip():
                files.append(_touched(word, words))
            word = next(words, None)
        id, author, email, when, subject = (part.decode("utf-8", "replace") for part in head)
        moment = datetime.fromisoformat(when.strip())
        yield Commit(id.strip(), author, email, moment, subject, tuple(files))


def _touched(entry: bytes, words: Iterator[bytes]) -> Touched:
    """`:100644 100644 OLD NEW M`, followed by the path, or the two of a renaming."""
    fields = entry.lstrip(b"\n").decode().split()
    status = fields[4]
    source = path = next(words, b"")
    if status[0] in "RC":
        path = next(words, b"")
    before, after = ("" if not id.strip("0") else id for id in fields[2:4])
    return Touched(os.fsdecode(path), before, after, os.fsdecode(source))
