"""Items of customers: ids for new ones, and what a typed id means."""

from __future__ import annotations

import os

from crm_cli.model.errors import NotFound
from crm_cli.model.ids import item_prefix, new_item_id
from crm_cli.model.kind import Kind
from crm_cli.workspace import Workspace


class _Known:
    """The ids of a kind's items in the index, asked one at a time: there may be many."""

    def __init__(self, workspace: Workspace, kind: Kind) -> None:
        self._connection = workspace.index.connection
        self._sql = f'SELECT 1 FROM "{kind.name}" WHERE "id" = ?'

    def __contains__(self, id: object) -> bool:
        return self._connection.execute(self._sql, (id,)).fetchone() is not None


def new_id(workspace: Workspace, kind: Kind) -> str:
    """An id for a new item of a kind, which no item has: `t-9f3kx7d`."""
    return new_item_id(kind.letter, _Known(workspace, kind), os.urandom)


def find(
    workspace: Workspace, text: str, kind: Kind, *, strict: bool = False
) -> tuple[str, str] | None:
    """(customer's id, item's id) of the item of a kind that a text is a unique prefix of.

    None where it is no item's. With `strict` the prefix needs its letter (`t-9f3`) or has
    to be whole, since `ana` might be the beginning of an id as well. Raises Ambiguous.
    """
    prefix = item_prefix(text)
    if prefix is None:
        return None
    lettered = prefix.startswith(f"{kind.letter}-")
    if not lettered and (prefix[1:2] == "-" or (strict and len(prefix) < 7)):
        return None
    try:
        return workspace.item(text, kind)
    except NotFound:
        return None
