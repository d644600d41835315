"""A data directory as one commit has it: read without touching the files on disk."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from crm_cli.model.errors import DataError, Problem, Severity
from crm_cli.model.places import is_kept, place_of
from crm_cli.store.blobs import Blobs
from crm_cli.store.files import LARGEST
from crm_cli.store.git import Git
from crm_cli.store.tree import Entry

_LINK = "120000"
_FILES = ("100644", "100755")


class Blob(NamedTuple):
    """A file's bytes in git: its id and size."""

    id: str
    size: int


class GitTree:
    """The tree with this id, as a `Tree`; its paths are those below the data directory."""

    def __init__(self, git: Git, id: str) -> None:
        self.id = id
        self.problems: list[Problem] = []
        self._git = git
        self._blobs: dict[str, Blob] | None = None
        self._contents = Blobs(git)

    def entries(self) -> Iterator[Entry]:
        """See `Tree.entries`."""
        self._blobs = None
        for path, blob in self._listed().items():
            # A real inode is no larger than 64 bits; so many say which bytes these are.
            yield path, blob.size, 0, 0, int(blob.id[:15], 16)

    def read(self, path: str) -> bytes:
        """See `Tree.read`."""
        blob = self._listed().get(path)
        if blob is None:
            raise FileNotFoundError(path)
        if blob.size > LARGEST:
            problem = Problem(path, 0, 0, "too-large", "is larger than 16 MiB", "split it")
            raise DataError(f"{path} {problem.message}", problem.hint, (problem,))
        return self._contents.read(blob.id)

    def exists(self, path: str) -> bool:
        """See `Tree.exists`."""
        return path in self._listed()

    def _listed(self) -> dict[str, Blob]:
        if self._blobs is None:
            self._blobs = self._list()
        return self._blobs

    def _list(self) -> dict[str, Blob]:
        self.problems = []
        found: dict[str, Blob] = {}
        links: dict[str, str] = {}
        for line in self._git.run("ls-tree", "--full-tree", "-r", "-l", "-z", self.id).split(b"\0"):
            head, _, name = line.partition(b"\t")
            fields = head.decode().split()
            path = os.fsdecode(name)
            if len(fields) < 4 or not self._belongs(path):
                continue
            if fields[0] in _FILES:
                found[path] = Blob(fields[2], int(fields[3]))
            elif fields[0] == _LINK:
                links[path] = fields[2]
            else:
                self._skip(path, "not-a-file", "is not a file; skipped")
        for path, id in links.items():
            place = posixpath.join(posixpath.dirname(path), os.fsdecode(self._contents.read(id)))
            target = found.get(posixpath.normpath(place))
            if target is None:
                self._skip(path, "broken-link", "is a link to nothing here; skipped")
            else:
                found[path] = target
        return found

    def _belongs(self, path: str) -> bool:
        """Whether the folder on disk would be read for it; see `Folder`."""
        if place_of(path) is not None:
            return True
        if is_kept(path) and path[-5:].lower().endswith((".yml", ".yaml")):
            self._skip(path, "file-ending", "is not read", "its name must end in .yaml; rename it")
        return False

    def _skip(self, path: str, code: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(path, 0, 0, code, message, hint, Severity.WARNING))
