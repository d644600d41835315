"""Taking back the last command."""

from __future__ import annotations

from datetime import datetime

from crm_cli.model.errors import NotFound
from crm_cli.store.last import last
from crm_cli.store.undo import opposite
from crm_cli.store.undo import undo as take_back
from crm_cli.workspace import Diff, Workspace, Written


def undo(workspace: Workspace, *, dry_run: bool = False) -> Written:
    """Take back the last command byte for byte, or only show what that would do.

    Raises NotFound where there is none, ConflictError where a file was changed since.
    """
    if dry_run:
        change = last(workspace.root)
        if change is None:
            raise NotFound("there is no last command to take back")
        diffs = tuple(Diff(file.path, file.now, file.before) for file in change.files)
        return Written(opposite(change.subject or change.command), diffs, True)
    change = last(workspace.root)
    subject = opposite(change.subject or change.command) if change is not None else ""
    change, done = take_back(
        workspace.root,
        command=workspace.command,
        when=datetime.now().astimezone().isoformat(timespec="seconds"),
        timeout=workspace.lock_timeout,
        waiting=workspace.waiting,
        then=workspace.keeper(subject),
    )
    diffs = tuple(Diff(file.path, file.before, file.after) for file in done.files)
    return Written(opposite(change.subject or change.command), diffs, False)
