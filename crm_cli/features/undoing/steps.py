"""The commands of this clone, in the order in which undo takes them back."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property

from crm_cli.features.undoing.commits import Reverse
from crm_cli.model.errors import NotFound, Refused
from crm_cli.store import undo
from crm_cli.store.journal import Image, Log
from crm_cli.store.staging import digest
from crm_cli.store.undo import Entry, Update
from crm_cli.workspace import Rewrite, Workspace


class History:
    """The commands of this clone: what can be undone, what can be redone, the latest first."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._root = os.path.realpath(workspace.root)
        kept = undo.entries(self._root)
        self._commits = undo.own_commits(self._root)
        by_entry = {entry: commit for commit, entry in self._commits if entry is not None}
        self._order = undo.order({*kept, *by_entry})
        self._by_entry = by_entry

    @property
    def done(self) -> Iterator[Step]:
        """What can be undone."""
        yield from self._steps(self._order.done)
        # Commits of versions that kept no entries.
        for commit, entry in self._commits:
            if entry is None:
                yield Step(self._workspace, None, commit, None)

    @property
    def undone(self) -> Iterator[Step]:
        """What can be redone."""
        return self._steps(self._order.undone)

    def _steps(self, entries: Iterable[Entry]) -> Iterator[Step]:
        for entry in reversed(list(entries)):
            kept = undo.read(self._root, entry)
            commit = self._by_entry.get(entry, "")
            if kept is not None or commit:
                yield Step(self._workspace, entry, commit, kept)


class Step:
    """One command: what is kept of it, and its commit."""

    def __init__(
        self, workspace: Workspace, entry: Entry | None, commit: str, kept: Log | None
    ) -> None:
        self._workspace = workspace
        self._commit = commit
        self._kept = kept
        self.entry = entry

    @cached_property
    def reverse(self) -> Reverse | None:
        """Its commit, if that is in this branch."""
        try:
            return Reverse(self._workspace, self._commit) if self._commit else None
        except (NotFound, Refused):
            return None  # rewritten, gone with a branch, or git may not be asked

    @property
    def subject(self) -> str:
        """What it was called."""
        if self._kept is not None:
            return self._kept.subject or self._kept.command
        return self.reverse.commit.subject if self.reverse is not None else ""

    @property
    def when(self) -> datetime | None:
        """When it was given, if that is known: of `crm init` it is not."""
        if self.reverse is not None:
            return self.reverse.commit.when
        told = self._kept.when if self._kept is not None else ""
        return datetime.fromisoformat(told) if told else None

    def stands(self, files: Files) -> bool:
        """False if git has taken it back by itself, as where a branch was switched."""
        return self._is_last_of(files) or not self._commit or self.reverse is not None

    def _is_last_of(self, files: Files) -> bool:
        kept = self._kept
        return kept is not None and all(
            digest(files[image.path]) == image.new for image in kept.images
        )

    @property
    def is_final(self) -> bool:
        """True if it cannot be undone: afterwards git, or a merge, counts on it."""
        return self.entry is not None and self.entry.role == "final"

    @property
    def reversal(self) -> tuple[str, int]:
        """The role, for undo, of what takes it back."""
        if self.entry is None:
            return "", 0
        return "redo" if self.entry.role == "undo" else "undo", self.entry.number

    def rewrites(self) -> list[Rewrite]:
        """What takes it back: byte for byte, where nothing was changed since."""
        if self._kept is None:
            return list(self.reverse.steps()) if self.reverse is not None else []
        images = self._kept.images
        return [Rewrite(one.path, self._restored(one), one.mode) for one in images]

    def _restored(self, image: Image) -> Update:
        def instead() -> Update | None:
            found = self.reverse
            if found is None or image.path not in found.paths:
                return None
            return found.update(image.path)

        # It is looked at under the lock too: another command may have come between.
        return lambda current: undo.restored(image, current, instead)

    def close(self) -> None:
        """End what reads its commit."""
        if self.__dict__.get("reverse") is not None:
            self.__dict__["reverse"].close()


class Files(dict[str, bytes | None]):
    """The files as they are (None: no file), and as they will be where commands were undone."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._tree = workspace.tree

    def __missing__(self, path: str) -> bytes | None:
        try:
            self[path] = self._tree.read(path)
        except FileNotFoundError:
            self[path] = None
        return self[path]
