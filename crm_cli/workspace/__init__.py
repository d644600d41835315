"""An opened data directory: the one object that features work with.

It wires the layers below, each on first use: the tree of files, the index that answers
queries, the documents that edits go through, the transaction that writes them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crm_cli.model.kinds import BY_LETTER
from crm_cli.store.discovery import locate
from crm_cli.workspace.directory import Workspace
from crm_cli.workspace.opened import Clock
from crm_cli.workspace.querying import Groups
from crm_cli.workspace.writing import Watch

if TYPE_CHECKING:
    from crm_cli.store.change import (
        Change,
        Create,
        Diff,
        Edit,
        Remove,
        Rewrite,
        Step,
        Written,
        new_record,
    )
    from crm_cli.store.look_ahead import Look

__all__ = [
    "Change",
    "Clock",
    "Create",
    "Diff",
    "Edit",
    "Groups",
    "Remove",
    "Rewrite",
    "Step",
    "Watch",
    "Workspace",
    "Written",
    "is_item_id",
    "new_record",
    "open_mirror",
    "open_workspace",
]


def __getattr__(name: str) -> object:
    """The parts of a change: loaded for who makes one, since most commands only ask."""
    if name in __all__:
        from crm_cli.store import change

        return getattr(change, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def open_mirror(
    url: str,
    *,
    words: Sequence[str] = (),
    today: str | None = None,
    user: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Workspace:
    """A mirror in place of a data directory, which is not at hand; see `Mirrored`.

    Raises UsageError for an address that is none, StorageError where no server answers, NotFound
    where it has no mirror.
    """
    from crm_cli.workspace.mirrored import Mirrored

    return Mirrored(
        url, words, today=today, user=user, environ=os.environ if environ is None else environ
    )


def is_item_id(text: str) -> bool:
    """Whether a word is an item's id, or the beginning of one, with its letter: `t-9f3`."""
    return text[1:2] == "-" and text[0].lower() in BY_LETTER and text[2:].isalnum()


def open_workspace(
    *,
    directory: Path | None = None,
    today: str | None = None,
    user: str | None = None,
    lock_timeout: float | None = None,
    environ: Mapping[str, str] | None = None,
    command: str = "crm",
    force_closed: str = "",
    look: Look | None = None,
) -> Workspace:
    """The data directory that `-C`, CRM_DIR, a parent folder or the user's default names.

    `look` is one at this directory that was begun before.
    """
    env = os.environ if environ is None else environ
    root, by_default = locate(Path.cwd(), directory, env)
    return Workspace(
        root,
        by_default=by_default,
        today=today,
        user=user,
        lock_timeout=10.0 if lock_timeout is None else lock_timeout,
        environ=env,
        command=command,
        force_closed=force_closed,
        look=look,
    )
