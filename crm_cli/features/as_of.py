"""`--as-of`: answering from the tree of a commit instead of the folder."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from crm_cli.features.values import when
from crm_cli.model.errors import NotFound, UsageError
from crm_cli.store.git import Git
from crm_cli.workspace import Workspace


def look_back(workspace: Workspace, text: str, *, clock: bool = False) -> str:
    """Have all answers come from the commit that a date or revision means; returns its id.

    A date is the state at its end. With `clock` that day, or the commit's, is today, unless
    the command line says otherwise. Raises NotFound, Refused, UsageError.
    """
    git = workspace.git
    commit = commit_of(workspace, git, text)
    today = _day(workspace, git, text, commit) if clock else None
    workspace.go_back(commit, today=today)
    return commit


def _day(workspace: Workspace, git: Git, text: str, commit: str) -> str:
    """The day, or the time, that a date means; of a revision the commit's."""
    try:
        return when(workspace, text, ahead=False).isoformat()
    except UsageError:
        return git.text("show", "-s", "--format=%cI", commit)


def commit_of(workspace: Workspace, git: Git, text: str) -> str:
    """The commit that a revision, or the end of a day, or a time means."""
    if text.startswith("-"):
        raise UsageError(f"'{text}' is neither a date nor a commit")
    try:
        until = when(workspace, text, ahead=False)
    except UsageError as error:
        commit = git.text(
            "rev-parse", "--verify", "--quiet", "--end-of-options", text + "^{commit}"
        )
        if commit:
            return commit
        raise NotFound(
            f"'{text}' is neither a date nor a commit here", error.hint or "git log shows them"
        ) from error
    if not isinstance(until, datetime):
        after = until + timedelta(days=1)
        until = datetime.combine(after, time(), workspace.business.time_zone)
        until -= timedelta(seconds=1)
    # The line of this clone: what came in later by a merge was not there yet.
    commit = git.text(
        "rev-list", "-1", "--first-parent", f"--before=@{int(until.timestamp())}", "HEAD"
    )
    if not commit:
        raise NotFound(f"there is no commit as old as {until:%Y-%m-%d}", "crm changes lists them")
    return commit
