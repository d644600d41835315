"""Taking commands back: the latest ones, one after the other, or one that is named."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from crm_cli.model.differences import compare, whole
from crm_cli.model.errors import ConflictError, CrmError, NotFound, Refused
from crm_cli.model.item import Item
from crm_cli.model.places import SETTINGS, Shape, kind_of, place_of
from crm_cli.store import undo
from crm_cli.store.blobs import Blobs
from crm_cli.store.journal import Image, Log
from crm_cli.store.log import Commit, boundary, log
from crm_cli.store.merge import merge_file
from crm_cli.store.staging import digest
from crm_cli.store.undo import Entry, Update, opposite
from crm_cli.workspace import Change, Diff, Rewrite, Workspace, Written

_OFFERED = 3
_LISTED = 20


class Undoable(NamedTuple):
    """A command of this clone: its number counted from the latest, its commit (empty: none),
    and the reason why it cannot be undone by itself (empty: it can)."""

    number: int
    commit: str
    when: datetime | None
    subject: str
    reason: str


class Taking(NamedTuple):
    """Commands that are to be taken back, the latest first, and what that does to the files."""

    changes: tuple[Change, ...]
    diffs: tuple[Diff, ...]

    @property
    def removed(self) -> tuple[str, ...]:
        """The records that it removes."""
        gone = (diff.path for diff in self.diffs if diff.after is None)
        return tuple(path for path in gone if _is_record(path))


def last_commands(workspace: Workspace, count: int = 1) -> Taking:
    """The latest commands that were not undone, to be undone.

    Raises NotFound where there are not so many, ConflictError where the same was changed
    since, Refused, StorageError.
    """
    found = _taking(workspace, _History(workspace).done, count)
    if len(found.changes) < count:
        few = len(found.changes)
        message = f"there are only {few} commands to undo" if few else "there is nothing to undo"
        raise NotFound(message, "crm undo --list shows what can be undone")
    return found


def last_undone(workspace: Workspace, count: int = 1) -> Taking:
    """The latest commands that were undone, to be done again; raises as `last_commands`."""
    found = _taking(workspace, _History(workspace).undone, count)
    if len(found.changes) < count:
        few = len(found.changes)
        message = f"there are only {few} commands to redo" if few else "there is nothing to redo"
        raise NotFound(message, "only what crm undo took back, and before another command")
    return found


def one_commit(workspace: Workspace, text: str) -> Taking:
    """A commit to be undone without what came later, which stays if it is about other fields.

    Raises NotFound, ConflictError where the same fields were changed since, Refused.
    """
    reverse = _Reverse(workspace, text)
    try:
        subject = opposite(reverse.commit.subject)
        return _planned(workspace, [Change(subject, tuple(reverse.steps()))])
    except ConflictError as error:
        raise ConflictError(error.message, _offer(workspace, reverse.commit.id)) from error
    finally:
        reverse.close()


def carry_out(workspace: Workspace, taking: Taking) -> Written:
    """Take the commands back, each as a write of its own. Raises as their plan does."""
    written = [workspace.write(change) for change in taking.changes]
    diffs = tuple(diff for one in written for diff in one.diffs)
    return Written(written[-1].subject, diffs, False)


def undoable(workspace: Workspace, limit: int = _LISTED) -> list[Undoable]:
    """The latest commands of this clone, and whether each can be undone."""
    found: list[Undoable] = []
    now = _Files(workspace)
    for step in _History(workspace).done:
        if len(found) == limit:
            break
        if not step.stands(now):
            continue
        reason = ""
        try:
            if step.is_final:
                raise Refused("it cannot be undone")
            alone = step.reverse.steps() if step.reverse else step.rewrites()
            _planned(workspace, [Change(step.subject, tuple(alone))])
        except CrmError as error:
            reason = error.message
        finally:
            step.close()
        commit = step.reverse.commit.id if step.reverse else ""
        found.append(Undoable(len(found) + 1, commit, step.when, step.subject, reason))
    return found


class _History:
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
    def done(self) -> Iterator[_Step]:
        """What can be undone."""
        yield from self._steps(self._order.done)
        # Commits of versions that kept no entries.
        for commit, entry in self._commits:
            if entry is None:
                yield _Step(self._workspace, None, commit, None)

    @property
    def undone(self) -> Iterator[_Step]:
        """What can be redone."""
        return self._steps(self._order.undone)

    def _steps(self, entries: Iterable[Entry]) -> Iterator[_Step]:
        for entry in reversed(list(entries)):
            kept = undo.read(self._root, entry)
            commit = self._by_entry.get(entry, "")
            if kept is not None or commit:
                yield _Step(self._workspace, entry, commit, kept)


class _Step:
    """One command: what is kept of it, and its commit."""

    def __init__(
        self, workspace: Workspace, entry: Entry | None, commit: str, kept: Log | None
    ) -> None:
        self._workspace = workspace
        self._commit = commit
        self._kept = kept
        self.entry = entry

    @cached_property
    def reverse(self) -> _Reverse | None:
        """Its commit, if that is in this branch."""
        try:
            return _Reverse(self._workspace, self._commit) if self._commit else None
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

    def stands(self, files: _Files) -> bool:
        """False if git has taken it back by itself, as where a branch was switched."""
        return self._is_last_of(files) or not self._commit or self.reverse is not None

    def _is_last_of(self, files: _Files) -> bool:
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


class _Reverse:
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


class _Files(dict[str, bytes | None]):
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


def _taking(workspace: Workspace, steps: Iterator[_Step], count: int) -> Taking:
    """The first `count` of these steps, or as many as there are, one upon the other."""
    found = _Files(workspace)
    changes: list[Change] = []
    for step in steps:
        if len(changes) == count:
            break
        if not step.stands(found):
            continue
        if step.is_final:
            if changes:
                break
            raise Refused(
                f"'{step.subject}' cannot be undone",
                "crm undo --list shows earlier commands, crm undo COMMIT undoes one",
            )
        rewrites = step.rewrites()
        try:
            for one in rewrites:
                found[one.path] = one.update(found[one.path])
        finally:
            step.close()
        changes.append(Change(opposite(step.subject), tuple(rewrites), *step.reversal))
    return _planned(workspace, changes)


def _planned(workspace: Workspace, changes: list[Change]) -> Taking:
    """What changes do to the files, one after the other; raises what their writes would."""
    updates: dict[str, list[Update]] = {}
    modes = {}
    for change in changes:
        for step in change.steps:
            assert isinstance(step, Rewrite)
            updates.setdefault(step.path, []).append(step.update)
            modes[step.path] = step.mode
    steps = [Rewrite(path, _chained(each), modes[path]) for path, each in updates.items()]
    diffs = workspace.write(Change("", steps), dry_run=True).diffs
    if any(diff.path == SETTINGS.path and diff.after is None for diff in diffs):
        raise Refused(
            f"this would remove {SETTINGS.path}, and with it the directory; nothing was undone",
            "to start anew, remove the folder",
        )
    return Taking(tuple(changes), diffs)


def _chained(updates: list[Update]) -> Update:
    def update(current: bytes | None) -> bytes | None:
        for one in updates:
            current = one(current)
        return current

    return update


def _is_record(path: str) -> bool:
    place = place_of(path)
    return place is not None and place.kind is not None and place.shape is Shape.RECORDS


def words(workspace: Workspace, diffs: tuple[Diff, ...]) -> list[str]:
    """What a change does, field by field, each with its record."""
    return [f"{name}: {text}" for diff in diffs for name, text in _words(workspace, diff)]


def _words(workspace: Workspace, diff: Diff) -> Iterator[tuple[str, str]]:
    name = diff.path.rsplit("/", 1)[-1].removesuffix(".yaml")
    if kind_of(diff.path) is None:
        change = whole(diff.path, came=diff.before is None, went=diff.after is None)
        yield diff.path, change.text
        return
    try:
        before, after = (
            _records(workspace, diff, diff.before),
            _records(workspace, diff, diff.after),
        )
    except CrmError:
        yield name, "the file changes"
        return
    for key in {**before, **after}:
        for one in compare(before.get(key), after.get(key)):
            yield (key or name), one.text


def _records(workspace: Workspace, diff: Diff, data: bytes | None) -> dict[str, Item]:
    if data is None:
        return {}
    document = workspace.open(diff.path, data)
    return document.records if document.mapped else {"": document.record}


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


def _offer(workspace: Workspace, refused: str) -> str:
    able = [one for one in undoable(workspace) if not one.reason and one.commit != refused]
    if not able:
        return "crm history shows the old values; set the fields by hand"
    offered = ", ".join(f"crm undo {one.commit[:10]} ({one.subject})" for one in able[:_OFFERED])
    return f"what can be undone: {offered}"
