"""A customer's record as it was in each commit, wherever it lay then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crm_cli.model.errors import CrmError
from crm_cli.model.ids import is_customer_id
from crm_cli.model.item import Item
from crm_cli.model.places import CUSTOMERS
from crm_cli.store.blobs import Blobs
from crm_cli.store.git import Git
from crm_cli.store.log import Touched, log
from crm_cli.workspace import Workspace

_SECONDS = 1800.0


def earlier(workspace: Workspace, path: str, ids: set[str]) -> list[Item]:
    """The versions that git has of the record at a path, under any of its ids, and of those that
    were merged into it. Raises Refused where git cannot be asked, GitFailed."""
    touched = touched_by(workspace.git)
    return list(versions_of(workspace, touched, own_paths(workspace, touched, ids, path)))


def touched_by(git: Git) -> list[Touched]:
    """What every commit did to customers' files; renamings as far as the bytes stayed."""
    words = ("--all", "--find-renames=100%", "--no-merges")
    commits = log(git, *words, paths=[CUSTOMERS.path.rstrip("/")], seconds=_SECONDS)
    return [one for commit in commits for one in commit.files]


def own_paths(
    workspace: Workspace, touched: Sequence[Touched], ids: set[str], path: str = ""
) -> frozenset[str]:
    """Where the records of these ids were, also before they were renamed; no file that is there
    now but the one at `path`."""
    names = {f"{id}{CUSTOMERS.suffix}" for id in ids if is_customer_id(id)}
    known = {one.path for one in touched} | {one.source for one in touched}
    own = {one for one in known if one.rsplit("/", 1)[-1] in names}
    grown = True
    while grown:
        before = len(own)
        own |= {one.source for one in touched if one.path in own and one.before}
        grown = len(own) > before
    return frozenset(one for one in own if one == path or not workspace.tree.exists(one))


def versions_of(
    workspace: Workspace, touched: Sequence[Touched], own: frozenset[str]
) -> Iterator[Item]:
    """The records at these paths as they were in each commit, the newest first."""
    held = [one for one in touched if own.intersection((one.path, one.source))]
    ids = dict.fromkeys(id for one in held for id in (one.before, one.after) if id)
    path = min(own, default="")
    blobs = Blobs(workspace.git)
    try:
        for id in ids:
            try:
                yield workspace.open(path, blobs.raw(id) or b"").record
            except CrmError:
                continue  # What cannot be read goes with its file; nothing is known of it.
    finally:
        blobs.close()
