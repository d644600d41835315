"""A data directory as of a commit, read without touching files on disk."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from crm_cli.model.errors import DataError, Problem, Severity
from crm_cli.model.places import is_kept, is_scanned, place_of
from crm_cli.store import attributes
from crm_cli.store.blobs import Blobs
from crm_cli.store.files import LARGEST
from crm_cli.store.git import Git
from crm_cli.store.tree import Entry

_LINK = "120000"
_FILES = ("100644", "100755")


class Blob(NamedTuple):
    """A file's bytes in git: its id, the size that is stored, and the path it is stored for."""

    id: str
    size: int
    path: str


class GitTree:
    """A data directory in a commit, as a `Tree`; `id` is that of the directory's own tree."""

    def __init__(self, git: Git, commit: str, id: str) -> None:
        self.id = id
        self.commit = commit
        self.problems: list[Problem] = []
        self._git = git
        self._blobs: dict[str, Blob] | None = None
        self._contents = Blobs(git)

    def key(self) -> str:
        """A name for all that can be read here: other filters give other contents.

        Raises GitFailed.
        """
        filters = attributes.settings(self._git)
        if not filters:
            return self.id
        import hashlib

        above = self._contents.attributes(self.commit, self._git.prefix.rstrip("/"))
        said = repr((filters, attributes.essence(above))).encode()
        return f"{self.id}-{hashlib.sha256(said).hexdigest()[:16]}"

    def entries(self, *, whole: bool = False) -> Iterator[Entry]:
        """See `Tree.entries`."""
        self._blobs = None
        for path, blob in self._listed().items():
            if not (whole or is_scanned(path)):
                continue
            # A real inode is no larger than 64 bits; so many say which bytes these are.
            yield path, blob.size, 0, 0, int(blob.id[:15], 16)

    def listed(self, folder: str) -> list[str]:
        """See `Tree.listed`."""
        return [path for path in self._listed() if path.startswith(folder)]

    def read(self, path: str) -> bytes:
        """See `Tree.read`."""
        blob = self._listed().get(path)
        if blob is None:
            raise FileNotFoundError(path)
        data = b""
        if blob.size <= LARGEST:
            data = self._contents.read(blob.id, blob.path, self.commit)
        if max(blob.size, len(data)) > LARGEST:
            problem = Problem(path, 0, 0, "too-large", "is larger than 16 MiB", "split it")
            raise DataError(f"{path} {problem.message}", problem.hint, (problem,))
        return data

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
                found[path] = Blob(fields[2], int(fields[3]), path)
            elif fields[0] == _LINK:
                links[path] = fields[2]
            else:
                self._skip(path, "not-a-file", "is not a file; skipped")
        for path, id in links.items():
            leads = os.fsdecode(self._contents.raw(id) or b"")
            place = posixpath.join(posixpath.dirname(path), leads)
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
