"""Syncing with a remote: commit, fetch, merge, check, push."""

from __future__ import annotations

import random
import time
from typing import NamedTuple

from crm_cli.model.errors import ConflictError, Problem, Refused, Severity
from crm_cli.model.places import is_kept
from crm_cli.store import sync as syncing
from crm_cli.store.commits import commit_paths, forget, hand_subject, uncommitted
from crm_cli.store.git import Git
from crm_cli.store.objects import in_head
from crm_cli.store.transaction import alone
from crm_cli.workspace import Workspace

ROUNDS = 12
"""So often somebody else may be faster before we give up."""

_BESIDE = (".gitignore", ".gitattributes")
"""Files that go along with the data."""


class Synced(NamedTuple):
    """What was exchanged: numbers of commits sent and received, and files.

    `committed` were edited by hand and committed; `invalid` were, and were not; `broken`
    are problems in files that came in; `conflicts` have to be settled before anything is
    sent.
    """

    remote: str
    sent: int
    received: int
    committed: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()
    broken: tuple[Problem, ...] = ()
    conflicts: tuple[str, ...] = ()
    dry: bool = False


def sync(workspace: Workspace, *, dry_run: bool = False) -> Synced:
    """Bring this clone and its remote together; `dry_run` only fetches and tells.

    Raises Refused, ConflictError, StorageError (offline: all is saved and committed here).
    """
    git = workspace.git
    reason = git.repository.obstacle() if git.repository else ""
    if reason:
        cure = "run crm resolve first" if syncing.unmerged(git) else "finish it first"
        raise Refused(f"nothing can be synchronized now: {reason}", cure)
    remote = syncing.remote_of(git)
    if dry_run:
        syncing.fetch(git, remote)
        apart = syncing.distance(git, remote)
        if apart.behind:
            syncing.fetched(git, remote)
        valid, invalid = _edited(workspace, git)
        return Synced(
            remote.name, apart.ahead, apart.behind, tuple(valid), tuple(invalid), dry=True
        )
    with alone(
        workspace.root,
        command=workspace.command,
        timeout=workspace.lock_timeout,
        waiting=workspace.waiting,
    ):
        return _sync(workspace, git, remote)


def _sync(workspace: Workspace, git: Git, remote: syncing.Remote) -> Synced:
    valid, invalid = _edited(workspace, git)
    if valid:
        _commit(git, valid)
    before = git.line("rev-parse", "HEAD")
    received = sent = 0
    for again in range(ROUNDS):
        syncing.fetch(git, remote)
        apart = syncing.distance(git, remote)
        received += apart.behind
        if apart.behind:
            conflicts = syncing.merge(git, remote)
            if conflicts:
                found = tuple(sorted(conflicts))
                return Synced(
                    remote.name, 0, received, tuple(valid), tuple(invalid), conflicts=found
                )
            apart = syncing.distance(git, remote)
        if not apart.ahead:
            break
        if syncing.push(git, remote):
            sent = apart.ahead
            break
        # Whoever else is at it gets out of step with us.
        time.sleep(random.uniform(0.05, 0.2) * (again + 1))
    else:
        raise ConflictError(
            f"somebody else keeps pushing to {remote.name}; gave up after {ROUNDS} rounds",
            "all is merged and committed here; run crm sync again",
        )
    broken = _broken(workspace, syncing.incoming(git, before)) if received else ()
    return Synced(remote.name, sent, received, tuple(valid), tuple(invalid), tuple(broken))


def _commit(git: Git, valid: list[str]) -> None:
    """Commit what earlier commands could not, by their subjects, and what was edited by hand."""
    left = set(valid)
    known = in_head(git, valid)
    for one in uncommitted(git.root):
        paths = [path for path in one.paths if path in left]
        if paths:
            new = [path for path in paths if path not in known]
            commit_paths(git, one.subject, paths, new, author=one.author)
            left.difference_update(paths)
    forget(git.root)
    if left:
        paths = sorted(left)
        commit_paths(git, hand_subject(paths), paths, [path for path in paths if path not in known])


def _edited(workspace: Workspace, git: Git) -> tuple[list[str], list[str]]:
    """The files of the directory that were edited by hand: valid ones, invalid ones."""
    found = [path for path in syncing.edited(git) if is_kept(path) or path in _BESIDE]
    if not found:
        return [], []
    found.sort()
    wrong = {problem.path for problem in _errors(workspace)}
    return [one for one in found if one not in wrong], [one for one in found if one in wrong]


def _broken(workspace: Workspace, paths: list[str]) -> tuple[Problem, ...]:
    """The errors in files that came in."""
    workspace.changed()
    came = set(paths)
    return tuple(problem for problem in _errors(workspace) if problem.path in came)


def _errors(workspace: Workspace) -> list[Problem]:
    return [one for one in workspace.index.problems() if one.severity is Severity.ERROR]
