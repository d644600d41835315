"""Changes carried out: the store writes them, then git keeps them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from crm_cli.model.errors import DataError, NotFound, Refused
from crm_cli.model.places import SETTINGS, place_of

if TYPE_CHECKING:
    from crm_cli.store.change import Change, Edit, Step, Written
    from crm_cli.store.transaction import Committed
    from crm_cli.workspace import Workspace


def write(
    workspace: Workspace, change: Change, *, dry_run: bool = False, keep: bool = True
) -> Written:
    """Carry out a change, all of it or nothing, or only say what it would do.

    Without `keep` it is not committed: the caller does that.

    Raises ConflictError, DataError, Refused, StorageError, and what the steps raise.
    """
    from crm_cli.store.change import Diff, Written
    from crm_cli.store.transaction import FileChange, commit, preview

    if workspace.as_of:
        raise Refused("past states cannot be changed", "leave --as-of out")
    if keep and all(step.path != SETTINGS.path for step in change.steps):
        require_settings(workspace)
    changes = [FileChange(step.path, _update(workspace, step)) for step in change.steps]
    if dry_run:
        done = preview(workspace.root, changes)
    else:
        workspace.written = True
        done = commit(
            workspace.root,
            changes,
            command=workspace.command,
            subject=change.subject,
            when=datetime.now().astimezone().isoformat(timespec="seconds"),
            timeout=workspace.lock_timeout,
            waiting=workspace.waiting,
            then=workspace.keeper(change.subject) if keep else None,
        )
        changed(workspace)
    diffs = tuple(Diff(file.path, file.before, file.after) for file in done.files)
    return Written(change.subject, diffs, dry_run)


def changed(workspace: Workspace) -> None:
    """Let go of the index: the files are no longer what it was made from."""
    workspace.__dict__.pop("index", None)


def keeper(workspace: Workspace, subject: str) -> Callable[[Committed], bool] | None:
    """What makes a commit of what was just written; None where there is no autocommit."""
    if not _autocommits(workspace):
        return None
    from crm_cli.model.settings import author_of
    from crm_cli.store.commits import Change as Kept
    from crm_cli.store.commits import keep

    named = workspace._user or workspace.environ.get("CRM_USER")
    author = author_of(workspace.file(SETTINGS.path).record, named) if named else ""

    def kept(done: Committed) -> bool:
        changes = [Kept(file.path, file.before, file.after) for file in done.files]
        found = keep(workspace.root, workspace.environ, subject, changes, author=author)
        if found.said:
            workspace.notices.append(found.said)
        return found.noted

    return kept


def _autocommits(workspace: Workspace) -> bool:
    """Whether writes are committed; DataError where crm.yaml cannot be read."""
    if workspace.business.known:
        return workspace.business.autocommit
    from crm_cli.model.settings import business_of

    return business_of(workspace.file(SETTINGS.path).record).autocommit


def require_settings(workspace: Workspace) -> None:
    """Refuse to put down times, amounts and names by settings that could not be read.

    Whether a change is committed is among them.
    """
    if not workspace.business.known:
        raise DataError(
            "crm.yaml cannot be read, and what is written goes by its name, zone and currency",
            "correct it, or run the command again if the failure was temporary",
        )


def _update(workspace: Workspace, step: Step) -> Callable[[bytes | None], bytes | None]:
    from crm_cli.store.change import Create, Remove, Rewrite, created

    if isinstance(step, Rewrite):
        return step.update
    if isinstance(step, Remove):
        return lambda data: None
    if isinstance(step, Create):
        return lambda data: created(step, data)
    return lambda data: _edited(workspace, step, data)


def _edited(workspace: Workspace, step: Edit, data: bytes | None) -> bytes:
    place = place_of(step.path)
    if data is None and (place is None or place.is_folder):
        raise NotFound(f"{step.path} has gone", "somebody else removed or renamed it")
    document = workspace.open(step.path, data or b"")
    step.update(document)
    return document.data
