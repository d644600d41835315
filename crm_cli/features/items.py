"""Items of customers: ids for new ones, and what a typed id means."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from crm_cli.features.numbers import numbered
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Ambiguous, NotFound
from crm_cli.model.ids import is_item_id, item_prefix, new_item_id
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import BY_LETTER
from crm_cli.model.purchase import PURCHASE
from crm_cli.query.lookups import beside, exists
from crm_cli.workspace import Workspace
from crm_cli.workspace import is_item_id as is_lettered

_LEAST = 5
_WHOLE = 7


class _Known:
    """The ids of a kind's items in the index, asked one at a time: there may be many."""

    def __init__(self, workspace: Workspace, kind: Kind) -> None:
        self._database = workspace.database
        self._kind = kind

    def __contains__(self, id: object) -> bool:
        return exists(self._database, self._kind, "id", str(id))


def new_id(workspace: Workspace, kind: Kind) -> str:
    """An id for a new item of a kind, which no item has: `t-9f3kx7d`."""
    return new_item_id(kind.letter, _Known(workspace, kind), os.urandom)


def unique_parts(workspace: Workspace, ids: Iterable[str | None]) -> dict[str, int]:
    """Of each item's id how many of its first characters are no other's of its kind.

    At least five, `t-9f3`, since a shorter one is soon another's as well.
    """
    found: dict[str, int] = {}
    for id in ids:
        if id is None or id in found or not is_item_id(id):
            continue
        kind = BY_LETTER.get(id[0])
        if kind is None:
            continue
        length = _LEAST
        for other in beside(workspace.database, kind, id):
            if other is not None:
                length = max(length, _common(id, other) + 1)
        found[id] = min(length, len(id))
    return found


def _common(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def find(
    workspace: Workspace, text: str, kind: Kind, *, strict: bool = False
) -> tuple[str, str] | None:
    """(customer's id, item's id) of the item of a kind that a text is a unique prefix of, or
    the number of.

    None where it is no item's. With `strict` the prefix needs its letter (`t-9f3`) or has
    to be whole, since `ana` might be the beginning of an id as well. Raises Ambiguous.
    """
    if kind is PURCHASE and (found := numbered(workspace, text)) is not None:
        return found
    prefix = item_prefix(text)
    if prefix is None:
        return None
    lettered = prefix.startswith(f"{kind.letter}-")
    if not lettered and (prefix[1:2] == "-" or (strict and len(prefix) < _WHOLE)):
        return None
    try:
        return workspace.item(text, kind)
    except NotFound:
        return None


def item_ref(
    workspace: Workspace, words: Sequence[str], *, strict: bool = False
) -> tuple[str, str] | None:
    """(customer, item's id) where the one word is an item's id, or a purchase's number, and no
    customer's.

    Without its letter (`9f3`) it is one only where no customer can be meant, and with
    `strict` only where it is whole.
    """
    if len(words) != 1:
        return None
    if not is_lettered(words[0]):
        least = _WHOLE if strict else 1
        return _by_number(workspace, words[0]) or _unlettered(workspace, words[0], least=least)
    try:
        return workspace.item(words[0])
    except NotFound:
        return None


def _by_number(workspace: Workspace, word: str) -> tuple[str, str] | None:
    """The purchase of a number, which has a digit where it could be a customer's name, too."""
    if not any(char.isdigit() for char in word) or workspace.has(word, CUSTOMER):
        return None
    return numbered(workspace, word)


def _unlettered(workspace: Workspace, word: str, *, least: int) -> tuple[str, str] | None:
    prefix = item_prefix(word)
    if prefix is None or "-" in prefix or len(prefix) < least:
        return None
    try:
        found = workspace.item(word)
    except (NotFound, Ambiguous):
        return None
    try:
        workspace.who(word)
    except NotFound:
        return found
    except Ambiguous:
        return None
    return None


def foreign_uids(workspace: Workspace) -> dict[str, str]:
    """The UIDs of items that came from other calendars, by their ids."""
    found: dict[str, str] = {}
    for kind in BY_LETTER.values():
        if "uid" in kind.by_key:
            answer = workspace.select(kind, ["has:uid"], cols=("id", "uid"), ordered=False)
            found.update(answer.rows)
    return found
