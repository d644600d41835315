"""`--as-of`: answering from the tree of a commit instead of the folder."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from datetime import datetime, time, timedelta

from crm_cli.features.values import when
from crm_cli.model.dates import shifted
from crm_cli.model.errors import NotFound, UsageError
from crm_cli.store.git import Git
from crm_cli.store.log import when_of
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
        return when_of(git.text("show", "-s", "--format=%cI", commit)).isoformat()


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
    commit = _last_before(git, until.timestamp())
    if not commit:
        # Of the root commits the one that this clone's own line begins with.
        first = git.text("rev-list", "--first-parent", "--max-parents=0", "HEAD")
        began = git.text("show", "-s", "--format=%cI", first) if first else ""
        if not began:
            raise NotFound("nothing is committed yet", "the next command that writes is the first")
        day = when_of(began).astimezone(workspace.business.time_zone)
        raise NotFound(
            f"there is no commit as old as {until:%Y-%m-%d}",
            f"the first is of {day:%Y-%m-%d %H:%M}: --as-of {first[:10]}",
        )
    return commit


def _last_before(git: Git, until: float) -> str:
    """The last commit of this clone's own line up to a time; empty where there is none.

    A clock may have been wrong. Those that were are the fewest without which the times are in
    order; such a commit counts as of between those around it.
    """
    listed = git.ask("rev-list", "--first-parent", "--reverse", "--timestamp", "HEAD").out.decode()
    line = [one.partition(" ")[::2] for one in listed.splitlines()]
    times = [float(stamp) for stamp, _ in line]
    right = _in_order(times)
    found, before = "", -math.inf
    for number, (_, id) in enumerate(line):
        if right and number == right[0]:
            right.popleft()
            before = times[number]
        elif right:
            before = min(max(before, times[number]), times[right[0]])
        if before > until:
            break
        found = id
    return found


def _in_order(times: list[float]) -> deque[int]:
    """The places of as many of the times as possible, none of which is before the last one."""
    ends: list[float] = []  # the least end of an order of each length
    last: list[int] = []  # and its place
    follows = []
    for place, at in enumerate(times):
        length = bisect_right(ends, at)
        follows.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [at]
        last[length : length + 1] = [place]
    found: deque[int] = deque()
    place = last[-1] if last else -1
    while place >= 0:
        found.appendleft(place)
        place = follows[place]
    return found
