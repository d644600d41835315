"""`--as-of`: answering from the tree of a commit instead of the folder."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from crm_cli.features.values import when
from crm_cli.model.dates import shifted
from crm_cli.model.errors import NotFound, UsageError
from crm_cli.store.git import Git
from crm_cli.workspace import Workspace


def look_back(workspace: Workspace, text: str) -> str:
    """Have all answers come from the commit that a date or revision means; returns its id.

    A date is the state, and the time, at its end; of a revision the time is that of its commit.
    `--today` sets another time. Raises NotFound, Refused, UsageError.
    """
    git = workspace.git
    commit = commit_of(workspace, git, text)
    workspace.go_back(commit, today=_clock(workspace, git, text, commit))
    return commit


def _clock(workspace: Workspace, git: Git, text: str, commit: str) -> str:
    """The end of the day, or the time, that a date means; of a revision the commit's."""
    try:
        return _end(workspace, text).isoformat()
    except UsageError:
        return git.text("show", "-s", "--format=%cI", commit)


def _end(workspace: Workspace, text: str) -> datetime:
    """The last second of the day that a date means, or the time that it is; raises UsageError."""
    until = when(workspace, text, ahead=False)
    if isinstance(until, datetime):
        return until
    after = shifted(until, 1)
    return datetime.combine(after, time(), workspace.business.time_zone) - timedelta(seconds=1)


def commit_of(workspace: Workspace, git: Git, text: str) -> str:
    """The commit that a revision, or the end of a day, or a time means."""
    if text.startswith("-"):
        raise UsageError(f"'{text}' is neither a date nor a commit")
    try:
        until = _end(workspace, text)
    except UsageError as error:
        commit = git.text(
            "rev-parse", "--verify", "--quiet", "--end-of-options", text + "^{commit}"
        )
        if commit:
            return commit
        raise NotFound(
            f"'{text}' is neither a date nor a commit here", error.hint or "git log shows them"
        ) from error
    # The line of this clone: what came in later by a merge was not there yet.
    commit = git.text(
        "rev-list", "-1", "--first-parent", f"--before=@{int(until.timestamp())}", "HEAD"
    )
    if not commit:
        # Of the root commits the one that this clone's own line begins with.
        first = git.text("rev-list", "--first-parent", "--max-parents=0", "HEAD")
        began = git.text("show", "-s", "--format=%cI", first) if first else ""
        if not began:
            raise NotFound("nothing is committed yet", "the next command that writes is the first")
        day = datetime.fromisoformat(began).astimezone(workspace.business.time_zone)
        raise NotFound(
            f"there is no commit as old as {until:%Y-%m-%d}",
            f"the first is of {day:%Y-%m-%d %H:%M}: --as-of {first[:10]}",
        )
    return commit
