"""Commits taken back by themselves, without what came later."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.model.errors import ConflictError, NotFound, Refused
from crm_cli.store.blobs import Blobs
from crm_cli.store.log import Commit, boundary, log
from crm_cli.store.merge import merge_file
from crm_cli.store.undo import Update
from crm_cli.workspace import Rewrite, Workspace


class Reverse:
    """A commit, and the way back from what it left to what it found, without what came later."""

    def __init__(self, workspace: Workspace, text: str) -> None:
        self._workspace = workspace
        self.commit = _commit(workspace, text)
        self.paths = frozenset(file.path for file in self.commit.files)
        self._files = {file.path: file for file in self.commit.files}
        self._blobs: Blobs | None = None

    def steps(self) -> Iterator[Rewrite]:
        """What takes it back. Raises Refused for a merge and where history begins."""
        if not self.paths:
            raise Refused("a merge cannot be undone", "undo its commits, one by one")
        return (Rewrite(path, self.update(path)) for path in self._files)

    def update(self, path: str) -> Update:
        """What takes it back in one file."""
        before, after = self._texts(path)

        def update(current: bytes | None) -> bytes | None:
            if current == after:
                return before
            if current == before:
                return current
            if current is None or before is None or after is None:
                what = "was removed" if current is None else "was changed"
                raise self._later(path, f"{path} {what}")
            merged = merge_file(after, current, before, path)
            if merged.conflicts:
                names = ", ".join(merged.conflicts[:4])
                raise self._later(path, f"{names} of {path} was changed")
            return merged.data

        return update

    def _texts(self, path: str) -> tuple[bytes | None, bytes | None]:
        file, id = self._files[path], self.commit.id
        if self._blobs is None:
            self._blobs = Blobs(self._workspace.git)
        before = self._blobs.read(file.before, path, f"{id}^") if file.before else None
        return before, self._blobs.read(file.after, path, id) if file.after else None

    def _later(self, path: str, what: str) -> ConflictError:
        later = f"{self.commit.id}..HEAD"
        by = self._workspace.git.text("log", "-1", "--format=%s", later, "--", path)
        since = f"later ({by})" if by else "since, and not committed"
        return ConflictError(f"{what} {since}; nothing was undone")

    def close(self) -> None:
        """End the process that reads contents."""
        if self._blobs is not None:
            self._blobs.close()
            self._blobs = None


def _commit(workspace: Workspace, text: str) -> Commit:
    git = workspace.git
    id = git.text("rev-parse", "--verify", "--quiet", "--end-of-options", text + "^{commit}")
    if not id or text.startswith("-"):
        raise NotFound(f"there is no commit {text}", "crm undo --list shows them")
    if git.ask("merge-base", "--is-ancestor", id, "HEAD").code:
        raise NotFound(f"{text} is not in this branch's history")
    if id in boundary(git):
        raise Refused(
            f"this clone is shallow, and {text} is the oldest commit it has: what it changed is "
            "not known here",
            "git fetch --unshallow gets the rest of the history",
        )
    return log(git, "-1", "--no-renames", id)[0]
