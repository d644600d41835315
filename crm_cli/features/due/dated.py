"""Items with a date to come, as their kinds declare it.

Tasks by their due date, planned meetings, unpaid invoices, and whatever other kind says
when its items are due.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from crm_cli.features.due import Asked, Due, Source
from crm_cli.model.aspects import Reminder, joined
from crm_cli.model.business import Business
from crm_cli.model.fieldtypes import Choice
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import KINDS
from crm_cli.query.lexer import quoted
from crm_cli.query.owners import of_customer
from crm_cli.workspace import Workspace

_AT_ONCE = 500
"""Ids in one query: SQLite bounds the parameters of a statement."""


def _words(kind: Kind, reminder: Reminder, business: Business) -> Iterable[str]:
    """The kinds that rows may have."""
    if not reminder.word_from:
        return (reminder.word or kind.name,)
    type = kind.by_key[reminder.word_from].type
    assert isinstance(type, Choice)
    return type.choices(business)


def _find(kind: Kind, reminder: Reminder, workspace: Workspace, asked: Asked) -> Iterator[Due]:
    """An item is its own user's, else the customer's owner's.

    One that depends on others which are still in the same state cannot be done yet: not due.
    """
    owner = next((field.key for field in kind.fields if field.inherits == "owner"), "owner")
    terms = [*asked.terms, f"{reminder.when}:..{asked.through}"]
    if reminder.state:
        terms.append(f"is:{reminder.state}")
    if asked.owner is not None:
        terms.append(f"{owner}.is:{asked.owners}")
    if asked.kinds and reminder.word_from:
        terms.append(f"{reminder.word_from}:{','.join(asked.kinds)}")
    told = reminder.columns or (kind.title,)
    fixed = (reminder.when, "customer", "customer.name", owner, "id")
    more = (reminder.word_from, reminder.after, *told)
    columns = [name for name in dict.fromkeys((*fixed, *more)) if name]
    answer = workspace.select(kind, terms, where=asked.where, cols=columns, ordered=False)
    rows = [dict(zip(columns, row, strict=True)) for row in answer.rows]
    held = _held_up(workspace, kind, reminder, rows)
    for row in rows:
        if held and not held.isdisjoint(row[reminder.after] or ()):
            continue
        word = row[reminder.word_from] if reminder.word_from else reminder.word or kind.name
        text = reminder.text(row) if reminder.text else joined(", ", (row[key] for key in told))
        who, id = row["customer"], row["id"] if kind.letter else None
        yield Due(row[reminder.when], word, who, row["customer.name"] or who, text, id, row[owner])


def _held_up(
    workspace: Workspace, kind: Kind, reminder: Reminder, rows: Sequence[dict[str, Any]]
) -> frozenset[str]:
    """Those of the items named as coming first that are still to be done.

    An item that has gone holds up nobody.
    """
    if not reminder.after:
        return frozenset()
    ids = sorted({id for row in rows for id in row[reminder.after] or ()})
    if not ids:
        return frozenset()
    found: set[str] = set()
    for start in range(0, len(ids), _AT_ONCE):
        some = ",".join(map(quoted, ids[start : start + _AT_ONCE]))
        terms = [f"id.is:{some}", f"is:{reminder.state}"]
        answer = workspace.select(kind, terms, cols=("id",), ordered=False)
        found.update(str(row[0]) for row in answer.rows)
    return frozenset(found)


SOURCES = tuple(
    Source(kind.key, kind, partial(_words, kind, kind.due), partial(_find, kind, kind.due))
    for kind in KINDS
    if kind.due is not None and of_customer(kind)
)
