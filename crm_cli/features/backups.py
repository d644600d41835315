"""Backups of a whole data directory, and putting one back."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from crm_cli.model.errors import Refused, UsageError
from crm_cli.store import backups, files, outside
from crm_cli.store.clone import SECONDS
from crm_cli.store.git import Git
from crm_cli.store.tar import packed
from crm_cli.store.transaction import alone
from crm_cli.store.trust import trusted_repository
from crm_cli.workspace import Workspace

_OTHER_ARCHIVES = (".zip", ".7z", ".rar", ".bz2", ".xz", ".zst")
"""Endings of what other programs would not open as a tar, or as one that is not packed so."""


class Done(NamedTuple):
    """How many files there are, whether the history is with them, and what is to be said."""

    files: int
    history: bool
    notes: tuple[str, ...]


def backup(workspace: Workspace, target: Path) -> Done:
    """Write all files of the directory, and git's history, into a new private file.

    Nobody writes through crm meanwhile. Raises UsageError where a file is in the way or the
    directory is too large, DataError where a file cannot be read, GitFailed.
    """
    if target.suffix.lower() in _OTHER_ARCHIVES:
        raise UsageError(
            f"a backup is a tar, and no {target.suffix}", f"name it {target.stem}.tar.gz"
        )
    outside.refuse_taken(target)
    root = files.real(workspace.root)
    notes: list[str] = []
    with alone(
        workspace.root,
        command=workspace.command,
        timeout=workspace.lock_timeout,
        waiting=workspace.waiting,
    ):
        held = dict(backups.read_all(root, notes))
        bundle = _history(workspace, notes)
    count = len(held)
    if bundle:
        held[backups.HISTORY] = bundle
    outside.write_data(target, packed(held, zipped=target.suffix in (".gz", ".tgz")))
    return Done(count, bool(bundle), tuple(notes))


def _history(workspace: Workspace, notes: list[str]) -> bytes:
    """All branches and tags as a bundle; empty where there are none or git may not be run."""
    try:
        repository = trusted_repository(workspace.root, workspace.environ)
    except Refused as error:
        notes.append(f"without history: {error.message}")
        return b""
    if repository is None:
        return b""
    git = Git(os.path.realpath(workspace.root), workspace.environ, repository)
    if git.prefix:
        notes.append(f"without history: it belongs to the repository {repository.worktree}")
        return b""
    if not git.head():
        return b""
    return git.run(
        "-c", "pack.threads=1", "bundle", "create", "--quiet", "-", "--branches", "--tags", "HEAD",
        seconds=SECONDS,
    )  # fmt: skip


def restore(source: Path, folder: Path, environ: Mapping[str, str]) -> Done:
    """Put a backup into an empty folder; see `store.backups.restore`."""
    count, history = backups.restore(source, folder, environ)
    return Done(count, history, ())
