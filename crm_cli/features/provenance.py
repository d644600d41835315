"""Where an answer comes from: the commit that the files are at, and what is not committed."""

from __future__ import annotations

from crm_cli.model.errors import CrmError
from crm_cli.model.places import PLACES
from crm_cli.store.log import when_of
from crm_cli.workspace import Workspace

_LETTERS = 10


def provenance(workspace: Workspace) -> str:
    """`commit 1a2b3c4d5e of 2026-11-19`, and whether there are changes since.

    Empty where there is no history, or it is not to be read.
    """
    try:
        git = workspace.git
        head = git.head()
        if not head:
            return ""
        committed = when_of(git.line("show", "-s", "--format=%cI", head))
        paths = [place.path for place in PLACES]
        changed = git.run("status", "--porcelain", "--untracked-files=normal", "--", *paths)
    except CrmError:
        return ""
    day = committed.astimezone(workspace.business.time_zone).date()
    since = ", and changes that are not committed" if changed else ""
    return f"commit {head[:_LETTERS]} of {day}{since}"


def state(workspace: Workspace) -> tuple[object, ...]:
    """What differs as soon as a file of the directory does."""
    return tuple(sorted(workspace.tree.entries(whole=True), key=str))
