"""Asking for what is open: fields that a move needs, settings that a file does not tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from crm_cli.cli.session import Session

if TYPE_CHECKING:
    from crm_cli.features.moves import Found
    from crm_cli.formats.mapping import Map
    from crm_cli.model.kind import Move

_T = TypeVar("_T")


def asked_for(
    session: Session,
    move: Move,
    found: Sequence[Found],
    word: str,
    given: Mapping[str, str | None],
) -> dict[str, str | None]:
    """What is given, and what one item lacks besides, as it is typed at the terminal.

    Of several items, and where nobody can be asked, nothing is asked: what is lacking is
    refused then, as is what is left empty.
    """
    values = dict(given)
    if move.asks is None or len(found) != 1 or not session.interactive:
        return values
    item, business = found[0].item, session.workspace.business
    target = move.to(item, business, word) if move.to is not None else ""
    for key in move.asks(item, business, target):
        field = item.kind.by_name.get(key)
        if field is None or values.get(field.key):
            continue
        answer = session.ask(f"{target} needs {key}: {field.doc.partition(';')[0]}?").strip()
        if answer:
            values[field.key] = answer
    return values


def settled(session: Session, map: Map, read: Callable[[Map], _T]) -> _T:
    """What a file says by a map; what both leave open is asked on a terminal.

    Raises Undecided where nobody can be asked, or answers.
    """
    from crm_cli.formats.decoding import Undecided

    while True:
        try:
            return read(map)
        except Undecided as error:
            session.say(error.message) if session.interactive else None
            answer = session.pick(f"Which {error.setting}?", error.choices)
            if answer is None:
                raise
            map = map.with_settings({error.setting: answer})
