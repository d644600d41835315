"""What holds a forgotten customer beside the records: what is erased, and what only people can."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.features.forgetting.planning import Forgetting
from crm_cli.model.errors import ConflictError, StorageError
from crm_cli.store.erasing import erase as erase_all
from crm_cli.store.repository import find_repository
from crm_cli.workspace import Workspace


def erase(workspace: Workspace, found: Forgetting) -> None:
    """Erase what undo, drafts, the index, notifications and waiting mails keep of them. Raises
    ConflictError, StorageError: then the same command again finishes it."""
    workspace.close()
    workspace.changed()
    try:
        erase_all(
            workspace.root,
            workspace.environ,
            id=found.id,
            names=found.names,
            called=bool(found.traces.all),
            command=workspace.command,
            timeout=workspace.lock_timeout,
            waiting=workspace.waiting,
        )
    except (ConflictError, StorageError) as error:
        reason = error.message.removesuffix("; nothing was changed")
        raise type(error)(
            f"{reason}; the records are without them, drafts, waiting mails and the index may"
            " not be",
            "run the command again: it erases the rest",
        ) from error


def held_elsewhere(workspace: Workspace, id: str, *, rewritten: bool) -> Iterator[str]:
    """What may hold them still, a line each."""
    if not rewritten and find_repository(workspace.root) is not None:
        yield (
            "git's history still has them, and so has every clone: "
            f"crm forget {id} --history rewrites the one here"
        )
    yield "look yourself at backups, exported files, sent mails and archives of the books"
