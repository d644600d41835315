"""Spans of history: the commits after some point, and how far they have been told.

A point is where a reader stopped, not a time: a merge brings in commits that are older than what
was told before. It is named by commits, of which all that leads up to them was told; there is one,
and in the middle of lines that are merged later, one for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import NamedTuple

from crm_cli.features.values import when
from crm_cli.model.dates import shifted
from crm_cli.model.errors import NotFound, UsageError
from crm_cli.store.git import Git
from crm_cli.store.log import Commit, boundary, log
from crm_cli.workspace import Workspace

_POINT = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})(?:,(?:[0-9a-f]{40}|[0-9a-f]{64}))*")


class Span(NamedTuple):
    """The commits of a span, parents before children, and the point that it begins at."""

    commits: Sequence[Commit]
    start: Point


class Point:
    """How far history has been told: all of these commits, and what leads up to them."""

    def __init__(self, commits: Iterable[str] = ()) -> None:
        self._tips = dict.fromkeys(commits)

    def __str__(self) -> str:
        return ",".join(self._tips)

    def after(self, commit: Commit) -> Point:
        """The point after one more commit, whose parents have been told."""
        return Point((*(tip for tip in self._tips if tip not in commit.parents), commit.id))


def span(workspace: Workspace, since: str | None, until: str | None) -> Span:
    """The commits since a point, a revision or a date, up to the end of a date or a revision;
    without them all that led to what is there now.

    Of a shallow clone the oldest commits are left out, since what they changed is not known.
    Raises Refused, NotFound, UsageError.
    """
    git = workspace.git
    head = git.head()
    begins, ends = _since(workspace, git, since), _until(workspace, git, until)
    if not head:
        return Span((), Point())
    told = [word for word in begins if not word.startswith("-")]
    options = [word for word in (*begins, *ends) if word.startswith("-")]
    end = next((word for word in ends if not word.startswith("-")), head)
    words = ("--reverse", "--date-order", *options, end, *(f"^{commit}" for commit in told))
    commits = log(git, *words)
    listed = {commit.id for commit in commits}
    before = [id for commit in commits for id in commit.parents if id not in listed]
    start = told or _independent(git, dict.fromkeys(before))
    return Span(_known(workspace, git, commits), Point(start))


def _known(workspace: Workspace, git: Git, commits: list[Commit]) -> list[Commit]:
    """The commits, of which those where a shallow clone ends change nothing that is known."""
    oldest = boundary(git)
    cut = [commit for commit in commits if commit.id in oldest]
    if cut:
        day = max(commit.when for commit in cut).astimezone(workspace.business.time_zone)
        workspace.notices.append(
            f"this clone is shallow: what was changed up to {day:%Y-%m-%d %H:%M} is not known here "
            "(git fetch --unshallow gets it)"
        )
    return [one._replace(files=()) if one.id in oldest else one for one in commits]


def _since(workspace: Workspace, git: Git, text: str | None) -> list[str]:
    """Where to begin: the commits up to which all was told, or git's option for a time."""
    if text is None:
        return []
    if _POINT.fullmatch(text):
        return [_reached(git, commit) for commit in text.split(",")]
    found = _moment(workspace, git, text, end=False)
    return [found if isinstance(found, str) else f"--since=@{int(found.timestamp())}"]


def _until(workspace: Workspace, git: Git, text: str | None) -> list[str]:
    if text is None:
        return []
    found = _moment(workspace, git, text, end=True)
    return [found if isinstance(found, str) else f"--until=@{int(found.timestamp())}"]


def _moment(workspace: Workspace, git: Git, text: str, *, end: bool) -> datetime | str:
    """The time that a date means, its first moment or its `end`, or the commit of a revision."""
    try:
        found = when(workspace, text, ahead=False)
    except UsageError as error:
        if text.startswith("-"):
            raise UsageError(f"'{text}' is neither a date nor a commit", error.hint) from error
        commit = git.text(
            "rev-parse", "--verify", "--quiet", "--end-of-options", text + "^{commit}"
        )
        if not commit:
            raise NotFound(
                f"'{text}' is neither a date nor a commit here",
                error.hint or "git log shows the commits",
            ) from error
        return commit if end else _reached(git, commit)
    if isinstance(found, datetime):
        return found
    day = shifted(found, 1) if end else found
    midnight = datetime.combine(day, time(), workspace.business.time_zone)
    return datetime.fromtimestamp(midnight.timestamp() - end, midnight.tzinfo)


def _reached(git: Git, commit: str) -> str:
    """A commit that is part of what led to the state now; raises NotFound."""
    ran = git.ask("merge-base", "--is-ancestor", commit, "HEAD")
    if ran.code == 0:
        return commit
    if ran.code == 1:
        raise NotFound(
            f"commit {commit[:10]} is not part of the history of what is here now",
            "it is on another branch, or history was rewritten; --since DATE begins again",
        )
    if boundary(git):
        raise NotFound(
            f"this clone is shallow, and has no commit {commit[:10]}",
            "git fetch --unshallow gets the rest of the history; --since DATE begins again",
        )
    raise NotFound(
        f"there is no commit {commit[:10]} here",
        "history was rewritten, or this is another clone: crm sync, or begin again with "
        "--since DATE",
    )


def _independent(git: Git, commits: Iterable[str]) -> list[str]:
    """The commits, without those that lead up to another one of them."""
    found = list(commits)
    if len(found) < 2:
        return found
    return git.run("merge-base", "--independent", *found).decode().split() or found
