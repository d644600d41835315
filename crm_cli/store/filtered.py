"""Git, and its filter for the path of a file, where git merges and calls us."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from crm_cli.store import attributes
from crm_cli.store.blobs import Blobs
from crm_cli.store.git import Git, GitFailed
from crm_cli.store.repository import find_repository
from crm_cli.store.trust import knows_repository


class Filter:
    """The filter of one path, from the top of its repository."""

    def __init__(self, git: Git, path: str) -> None:
        self._git = git
        self._path = path

    def smudged(self, stored: bytes) -> bytes:
        """The file that git would write for stored bytes; none of an empty side. GitFailed."""
        if not stored:
            return stored
        id = self._git.run("hash-object", "-w", "--no-filters", "--stdin", input=stored)
        blobs = Blobs(self._git)
        try:
            return blobs.read(id.decode().strip(), self._path)
        finally:
            blobs.close()

    def cleaned(self, data: bytes) -> bytes:
        """What git would store of a file's bytes. Raises GitFailed."""
        id = self._git.run("hash-object", "-w", "--stdin", f"--path={self._path}", input=data)
        blobs = Blobs(self._git)
        try:
            stored = blobs.raw(id.decode().strip())
        finally:
            blobs.close()
        if stored is None:
            raise GitFailed(f"git hash-object: what it stored for {self._path} cannot be read")
        return stored


def git_of(folder: Path, environ: Mapping[str, str]) -> Git | None:
    """git in the folder that is the top of its repository, where a directory in it is trusted.

    Raises StorageError.
    """
    real = os.path.realpath(folder)
    found = find_repository(real)
    if found is None or found.worktree != real or not knows_repository(found, environ):
        return None
    return Git(real, environ, found)


def filter_of(path: str, folder: Path, environ: Mapping[str, str]) -> Filter | None:
    """The filter that git has for a path of the repository whose top is a folder.

    None where the path has no filter, and in a repository without a trusted directory.
    Raises GitFailed, StorageError.
    """
    git = git_of(folder, environ)
    if git is None:
        return None
    named = attributes.values(git, [path], ["filter"])[path]["filter"]
    applies = named not in attributes.OFF and named in attributes.configured(git)
    return Filter(git, path) if applies else None
