"""Undoing the last command, or a given one without those that followed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from crm_cli.model.differences import compare, whole
from crm_cli.model.errors import ConflictError, CrmError, NotFound, Refused
from crm_cli.model.item import Item
from crm_cli.model.places import kind_of
from crm_cli.store.blobs import Blobs
from crm_cli.store.commits import own_commits
from crm_cli.store.last_write import last
from crm_cli.store.log import Commit, log
from crm_cli.store.merge import merge_file
from crm_cli.store.undo import opposite
from crm_cli.store.undo import undo as take_back
from crm_cli.workspace import Change, Diff, Rewrite, Workspace, Written

_OFFERED = 3
_LOOKED_AT = 12


class Undoable(NamedTuple):
    """A command of this clone, and why it cannot be taken back (empty: it can)."""

    commit: str
    when: datetime
    subject: str
    reason: str


def undo(workspace: Workspace, commit: str | None = None, *, dry_run: bool = False) -> Written:
    """Take back the last command byte for byte, or a commit, or only show what that would do.

    What was changed since stays, if it is about other fields. Raises NotFound where there is
    nothing to take back, ConflictError where the same fields were changed since, Refused.
    """
    if commit is None:
        change = last(workspace.root)
        if change is not None and (change.intact or not _has_history(workspace)):
            return _last(workspace, dry_run=dry_run)
        commit = next(iter(own_commits(os.path.realpath(workspace.root))), None)
        if commit is None:
            raise NotFound("there is no last command to undo", "crm undo COMMIT names one")
        subject = workspace.git.text("log", "-1", "--format=%s", commit)
        if change is not None and subject != (change.subject or change.command):
            # The last one was not committed, and this would be one before it.
            return _last(workspace, dry_run=dry_run)
    found = _commit(workspace, commit)
    blobs = Blobs(workspace.git)
    try:
        steps = tuple(_steps(workspace, found, blobs))
        if not steps:
            raise Refused("a merge cannot be undone", "undo its commits, one by one")
        try:
            return workspace.write(Change(opposite(found.subject), steps), dry_run=dry_run)
        except ConflictError as error:
            raise ConflictError(error.message, _offer(workspace, found.id)) from error
    finally:
        blobs.close()


def undoable(workspace: Workspace, limit: int = _LOOKED_AT) -> list[Undoable]:
    """The latest commands of this clone, and whether each can be taken back."""
    found = []
    blobs = Blobs(workspace.git)
    try:
        for id in own_commits(os.path.realpath(workspace.root))[:limit]:
            try:
                commit = _commit(workspace, id)
            except NotFound:
                continue  # rewritten, or gone with a branch
            reason = ""
            try:
                steps = tuple(_steps(workspace, commit, blobs))
                workspace.write(Change("", steps), dry_run=True)
            except CrmError as error:
                reason = error.message
            found.append(Undoable(commit.id, commit.when, commit.subject, reason))
    finally:
        blobs.close()
    return found


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


def _last(workspace: Workspace, *, dry_run: bool) -> Written:
    change = last(workspace.root)
    if change is None:
        raise NotFound("there is no last command to undo")
    subject = opposite(change.subject or change.command)
    if dry_run:
        diffs = tuple(Diff(file.path, file.now, file.before) for file in change.files)
        return Written(subject, diffs, True)
    if all(file.path != "crm.yaml" for file in change.files):
        workspace.require_settings()
    _, done = take_back(
        workspace.root,
        command=workspace.command,
        when=datetime.now().astimezone().isoformat(timespec="seconds"),
        timeout=workspace.lock_timeout,
        waiting=workspace.waiting,
        then=workspace.keeper(subject),
    )
    workspace.changed()
    diffs = tuple(Diff(file.path, file.before, file.after) for file in done.files)
    return Written(subject, diffs, False)


def _has_history(workspace: Workspace) -> bool:
    try:
        return workspace.business.autocommit and workspace.git is not None
    except CrmError:
        return False


def _commit(workspace: Workspace, text: str) -> Commit:
    git = workspace.git
    id = git.text("rev-parse", "--verify", "--quiet", "--end-of-options", text + "^{commit}")
    if not id or text.startswith("-"):
        raise NotFound(f"there is no commit {text}", "crm undo --list shows them")
    if git.ask("merge-base", "--is-ancestor", id, "HEAD").code:
        raise NotFound(f"{text} is not in this branch's history")
    return log(git, "-1", "--no-renames", id)[0]


def _steps(workspace: Workspace, commit: Commit, blobs: Blobs) -> Iterator[Rewrite]:
    for file in commit.files:
        before = blobs.read(file.before, file.path, f"{commit.id}^") if file.before else None
        after = blobs.read(file.after, file.path, commit.id) if file.after else None
        yield Rewrite(file.path, _reverse(workspace, commit, file.path, before, after))


def _reverse(
    workspace: Workspace, commit: Commit, path: str, before: bytes | None, after: bytes | None
) -> Callable[[bytes | None], bytes | None]:
    """From what a commit left back to what it found, without what came later."""

    def update(current: bytes | None) -> bytes | None:
        if current == after:
            return before
        if current is None or before is None or after is None:
            what = "was removed" if current is None else "was changed"
            raise _later(workspace, commit, path, f"{path} {what}")
        merged = merge_file(after, current, before, path)
        if merged.conflicts:
            names = ", ".join(merged.conflicts[:4])
            raise _later(workspace, commit, path, f"{names} of {path} was changed")
        return merged.data

    return update


def _later(workspace: Workspace, commit: Commit, path: str, what: str) -> ConflictError:
    by = workspace.git.text("log", "-1", "--format=%s", f"{commit.id}..HEAD", "--", path)
    since = f"later ({by})" if by else "since, and not committed"
    return ConflictError(f"{what} {since}; nothing was undone")


def _offer(workspace: Workspace, refused: str) -> str:
    able = [one for one in undoable(workspace) if not one.reason and one.commit != refused]
    if not able:
        return "crm history shows the old values; set the fields by hand"
    offered = ", ".join(f"crm undo {one.commit[:10]} ({one.subject})" for one in able[:_OFFERED])
    return f"what can be undone: {offered}"
