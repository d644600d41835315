"""Items of customers: ids for new ones, and what a typed id means."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from crm_cli.features.numbers import numbered
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Ambiguous, NotFound
from crm_cli.model.ids import is_item_id, item_prefix, new_item_id, shortest_unique
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import BY_LETTER
from crm_cli.model.purchase import PURCHASE
from crm_cli.query.lookups import beside, different, exists
from crm_cli.workspace import Workspace
from crm_cli.workspace import is_item_id as is_lettered

_LEAST = 5
_WHOLE = 7
_MANY = 100
"""Of more ids than these all of their kind are asked for at once."""


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
    wanted = [id for id in dict.fromkeys(ids) if id is not None and is_item_id(id)]
    if len(wanted) > _MANY:
        for letter in {id[0] for id in wanted} & {*BY_LETTER}:
            known = different(workspace.database, BY_LETTER[letter], "id")
            found |= shortest_unique(map(str, known), least=_LEAST)
        return found
    for id in wanted:
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
    `strict` only where it is whole. Raises NotFound for what looks like an id or a number, and is
    neither an item's nor a customer.
    """
    if len(words) != 1:
        return None
    word = words[0]
    if not is_lettered(word):
        least = _WHOLE if strict else 1
        found = _by_number(workspace, word) or _unlettered(workspace, word, least=least)
        if found is None and _like_a_number(workspace, word):
            _customer_or(workspace, word, PURCHASE, f"there is no purchase with the number {word}")
        return found
    # Ids are written small: D-9 is the number of a credit note rather than a deal's id.
    if word != word.lower() and (found := _by_number(workspace, word)) is not None:
        return found
    try:
        return workspace.item(word)
    except NotFound:
        if (found := _by_number(workspace, word)) is not None:
            return found
        kind = BY_LETTER[word[0].lower()]
        _customer_or(workspace, word, kind, f"there is no {kind.name} {word}")
        return None


def _like_a_number(workspace: Workspace, word: str) -> bool:
    """Whether a word is written as numbers of purchases are, though none has it."""
    shape = _shape(word)
    if shape == word:
        return False
    rows = workspace.select(PURCHASE, ["has:number"], cols=("number",), ordered=False).rows
    return any(_shape(str(number)) == shape for (number,) in rows)


def _shape(text: str) -> str:
    return re.sub("[0-9]+", "0", text.upper())


def _customer_or(workspace: Workspace, word: str, kind: Kind, message: str) -> None:
    """Raise NotFound, in the words of the kind, for what is no customer either."""
    try:
        workspace.who(word)
    except Ambiguous:
        return
    except NotFound as error:
        cure = error.hint or f"crm {kind.name} list shows those there are"
        raise NotFound(message, cure) from None


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
