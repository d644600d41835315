"""Asking for what a move needs: the fields that an item lacks where it leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from crm_cli.cli.session import Session

if TYPE_CHECKING:
    from crm_cli.features.moves import Found
    from crm_cli.model.kind import Move


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
