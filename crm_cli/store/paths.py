"""Names within a data directory: which are allowed, and where they really lead.

Paths are relative to the directory, with `/`. A journal or an undo file may come with
a directory that somebody else made, so its paths pass here as those of commands do:
nothing outside, nothing hidden (`.git/hooks` can run programs).
"""

from __future__ import annotations

import os
import stat
import unicodedata

from crm_cli.model.errors import ConflictError, Refused
from crm_cli.store import files

_HIDDEN_ALLOWED = (".gitignore", ".gitattributes")


def check(path: str) -> str:
    """`path`, if a record may be stored there; else Refused."""
    parts = path.split("/")
    bad = (
        not path
        or "\0" in path
        or "" in parts
        or any(part.startswith(".") for part in parts)
        or (os.name == "nt" and any(char in path for char in '\\:*?"<>|'))
    )
    if bad and path not in _HIDDEN_ALLOWED:
        raise Refused(
            f"{path!r} is not a place for a file of this directory",
            "paths lie inside the directory, and no part of them begins with a dot",
        )
    return path


def inside(root: str, real: str) -> bool:
    """Whether a real path is `root`'s own or below it; both without links."""
    return real == root or real.startswith(root if root.endswith(os.sep) else root + os.sep)


def target(root: str, path: str) -> str:
    """The real, absolute path that writing `path` is about: a link's target, not the link.

    `root` is real. Raises Refused where that lies outside or is hidden, or is no regular
    file; OSError.
    """
    parts = check(path).split("/")
    named = os.path.join(root, *parts)
    real = named if _without_links(root, parts) else files.calls.realpath(named)
    if real != named:  # there is a link on the way
        if not inside(root, real) or real == root:
            raise Refused(
                f"{path} leads out of the directory, to {real}",
                "nothing is written outside; replace the link with a file",
            )
        check(os.path.relpath(real, root).replace(os.sep, "/"))
    try:
        mode = files.calls.lstat(real).st_mode
    except FileNotFoundError:
        return real
    except NotADirectoryError:
        raise Refused(f"{path}: a part of this path is a file, not a folder") from None
    if not stat.S_ISREG(mode):
        raise Refused(f"{path} is {files.kind_of(mode)}, not a file")
    return real


def _without_links(root: str, parts: list[str]) -> bool:
    """Whether no part of a path is a link, so that it is real as its root is.

    Asked for every file, several times: of thousands, resolving them all took longer
    than writing them. Where it cannot be seen the answer is no.
    """
    if os.name != "posix":  # elsewhere there are links of other kinds
        return False
    path = root
    for part in parts:
        path = f"{path}/{part}"
        try:
            if stat.S_ISLNK(files.calls.lstat(path).st_mode):
                return False
        except FileNotFoundError:
            return True
        except OSError:
            return False
    return True


def same_name(name: str) -> str:
    """What names that some file system takes for one have in common (case, NFC and NFD)."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


class Names:
    """The names that stand in the folders of a write, to find a new one's twin.

    On another machine, or another file system, names that differ only in case or
    composition are one file. `leaving` are the real paths that go away in the same write.
    """

    def __init__(self, root: str, leaving: frozenset[str]) -> None:
        self.root = root
        self.leaving = leaving
        self._folders: dict[str, dict[str, set[str]]] = {}

    def add(self, real: str) -> None:
        """Take in a file to be made, and the folders above it.

        Raises ConflictError where a twin stands there or was taken in before; OSError.
        """
        while real != self.root:
            folder, name = os.path.split(real)
            alike = self._listed(folder).setdefault(same_name(name), set())
            if name in alike:
                return
            for twin in alike:
                relative = os.path.relpath(os.path.join(folder, twin), self.root)
                raise ConflictError(
                    f"{name} and {relative.replace(os.sep, '/')} differ only in how they are "
                    "written; nothing was changed",
                    "some systems treat them as one file; choose another id",
                )
            alike.add(name)
            real = folder

    def _listed(self, folder: str) -> dict[str, set[str]]:
        known = self._folders.get(folder)
        if known is None:
            known = self._folders[folder] = {}
            try:
                names = files.calls.listdir(folder)
            except FileNotFoundError:
                names = []
            for name in names:
                if not self.leaving or os.path.join(folder, name) not in self.leaving:
                    known.setdefault(same_name(name), set()).add(name)
        return known
