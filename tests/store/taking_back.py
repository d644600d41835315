"""Undo and redo as the store knows them, without git."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from crm_cli.model.errors import NotFound
from crm_cli.store.journal import Log
from crm_cli.store.transaction import Committed, FileChange, commit
from crm_cli.store.undo import Entry, entries, opposite, order, read, restored


def undo(root: Path) -> Committed:
    """Take the last command back that was not; raises NotFound, ConflictError."""
    return _take_back(root, order(entries(str(root))).done, "undo")


def redo(root: Path) -> Committed:
    """Do again what was undone last."""
    return _take_back(root, order(entries(str(root))).undone, "redo")


def last(root: Path) -> Log | None:
    """What is kept of the last command that was not undone."""
    done = order(entries(str(root))).done
    return read(str(root), done[-1]) if done else None


def _take_back(root: Path, among: list[Entry], role: str) -> Committed:
    kept = read(str(root), among[-1]) if among else None
    if kept is None:
        raise NotFound(f"there is nothing to {role}")
    changes = [FileChange(one.path, partial(restored, one), one.mode) for one in kept.images]
    subject = opposite(kept.subject)
    of = among[-1].number
    return commit(root, changes, command="crm undo", subject=subject, role=role, of=of)
