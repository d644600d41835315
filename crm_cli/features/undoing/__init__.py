"""Taking commands back: the latest ones, one after the other, or one that is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from crm_cli.features.undoing.commits import Reverse
from crm_cli.features.undoing.steps import Files, History, Step
from crm_cli.model.errors import ConflictError, CrmError, NotFound, Refused
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.places import SETTINGS, Shape, place_of
from crm_cli.store.undo import Update, opposite
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
    found = _taking(workspace, History(workspace).done, count)
    if len(found.changes) < count:
        few = len(found.changes)
        message = f"there are only {few} commands to undo" if few else "there is nothing to undo"
        raise NotFound(message, "crm undo --list shows what can be undone")
    return found


def last_undone(workspace: Workspace, count: int = 1) -> Taking:
    """The latest commands that were undone, to be done again; raises as `last_commands`."""
    found = _taking(workspace, History(workspace).undone, count)
    if len(found.changes) < count:
        few = len(found.changes)
        message = f"there are only {few} commands to redo" if few else "there is nothing to redo"
        raise NotFound(message, "only what crm undo took back, and before another command")
    return found


def one_commit(workspace: Workspace, text: str) -> Taking:
    """A commit to be undone without what came later, which stays if it is about other fields.

    Raises NotFound, ConflictError where the same fields were changed since, Refused.
    """
    reverse = Reverse(workspace, text)
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
    later: list[Change] = []
    now = Files(workspace)
    for step in History(workspace).done:
        if len(found) == limit:
            break
        if not step.stands(now):
            continue
        reason = _reason(workspace, step, later)
        commit = step.reverse.commit.id if step.reverse else ""
        found.append(Undoable(len(found) + 1, commit, step.when, step.subject, reason))
    return found


def _reason(workspace: Workspace, step: Step, later: list[Change]) -> str:
    """Why a command cannot be undone, empty if it can: a commit by itself; one without a commit
    after all that are `later`, which it joins."""
    try:
        if step.is_final:
            raise Refused("it cannot be undone")
        later.append(Change(step.subject, tuple(step.rewrites())))
        alone = step.reverse and [Change(step.subject, tuple(step.reverse.steps()))]
        _planned(workspace, alone or later)
    except CrmError as error:
        return error.message.removesuffix("; nothing was undone")
    finally:
        step.close()
    return ""


def _taking(workspace: Workspace, steps: Iterator[Step], count: int) -> Taking:
    """The first `count` of these steps, or as many as there are, one upon the other."""
    found = Files(workspace)
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
    subject = changes[0].subject if changes else ""
    diffs = workspace.write(Change(subject, steps), dry_run=True).diffs
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


def _offer(workspace: Workspace, refused: str) -> str:
    able = [one for one in undoable(workspace) if not one.reason and one.commit != refused]
    if not able:
        return "crm history shows the old values; set the fields by hand"
    offered = ", ".join(f"crm undo {one.commit[:10]} ({one.subject})" for one in able[:_OFFERED])
    return f"what can be undone: {offered}"
