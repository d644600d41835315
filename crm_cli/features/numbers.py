"""Purchase numbers: which purchase a number refers to, and the next free number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from crm_cli.features.unread import unread
from crm_cli.model.errors import (
    Ambiguous,
    ConflictError,
    DataError,
    NotFound,
    Unreadable,
    UsageError,
)
from crm_cli.model.kinds import HOLDERS
from crm_cli.model.numbering import around, counted, is_of_any_day, missing, next_number
from crm_cli.model.purchase import PURCHASE
from crm_cli.query.lexer import quoted
from crm_cli.query.lookups import starting
from crm_cli.workspace import Workspace

NEXT = "next"
"""What is typed for the number after the last one."""

NUMBERED = ("quote", "invoice", "credit_note")
"""Kinds that get a number unless they are drafts, one for the whole business; those of orders
may be the customers' own."""


class NumberTaken(ConflictError):
    """Somebody else took the next number meanwhile: plan again."""


def following(
    workspace: Workspace, kind: str, on: date | None, given: Iterable[str] = ()
) -> str:
    """The next number of a kind of purchases on a day, after those that are `given` now.

    Raises UsageError for a pattern in the settings that cannot be counted by, DataError where
    a file that cannot be read may hold that number, or a later one.
    """
    pattern, day = workspace.business.numbers[kind], on or workspace.clock.today
    try:
        before, _, _ = around(pattern, day)
        taken = [*starting(workspace.database, PURCHASE, "number", before), *given]
        number = next_number(pattern, taken, day)
    except Unreadable as error:
        raise UsageError(f"numbers.{kind}: {error.message}", error.hint) from error
    for one in unread(workspace, HOLDERS[PURCHASE]):
        written = None if one.text is None else _written(pattern, day, one.text)
        if written is None or next_number(pattern, [*taken, *written], day) != number:
            raise DataError(
                f"{one.path} cannot be read as a whole and may hold {number}, or a later number",
                "correct it first (crm check), or give the number yourself",
            )
    return number


def doubts(workspace: Workspace, kind: str, number: str, on: date) -> Iterator[str]:
    """What is odd about a number that is given: it is of another day, or leaves some out."""
    pattern = workspace.business.numbers[kind]
    try:
        place = counted(pattern, number, on)
        before, after, _ = around(pattern, on)
        if place is None:
            if is_of_any_day(pattern, number):
                yield f"{number} is no number of {on}: these are {before}…{after}"
            return
        taken = starting(workspace.database, PURCHASE, "number", before)
    except Unreadable:
        return  # `crm check` tells of the pattern.
    known = {one for text in taken if (one := counted(pattern, text, on)) is not None}
    lower = [one for one in known if one < place]
    for said, _ in missing(pattern, on, [max(lower), place]) if lower else ():
        yield f"{said} before {number}; crm report audit --numbers lists such gaps"


def _written(pattern: str, day: date, text: str) -> list[str]:
    """What stands in a text that may be a number by a pattern on a day."""
    before, after, _ = around(pattern, day)
    return re.findall(
        rf"(?<![\w-]){re.escape(before)}[0-9]{{1,18}}{re.escape(after)}(?![\w-])", text
    )


def refuse_taken(
    workspace: Workspace, number: str, hint: str = "run the command again"
) -> None:
    """Raise NumberTaken where a purchase has a number by now; the lock is held."""
    workspace.index.refresh()
    if number in starting(workspace.database, PURCHASE, "number", number):
        raise NumberTaken(f"another purchase has the number {number} by now", hint)


def by_number(workspace: Workspace, text: str, customer: str | None = None) -> tuple[str, str]:
    """(customer's id, purchase's id) of a purchase's number or id; of one customer if given.

    Raises NotFound, and Ambiguous for a number that several purchases have.
    """
    found = numbered(workspace, text, customer)
    if found is not None:
        return found
    try:
        owner, ref = workspace.item(text, PURCHASE)
    except NotFound:
        owner = ref = ""
    if not ref or (customer and owner != customer):
        whose = f"{customer} has" if customer else "there is"
        raise NotFound(f"{whose} no purchase {text}", "crm purchase list shows numbers and ids")
    return owner, ref


def numbered(
    workspace: Workspace, text: str, customer: str | None = None
) -> tuple[str, str] | None:
    """(customer's id, purchase's id) of a number, an invoice before others; None without one.

    Raises Ambiguous where several invoices, or several others, have it.
    """
    if not text.strip():
        return None
    term = f"number.is:{quoted(text.strip())}"
    rows = workspace.select(PURCHASE, [term], cols=("customer", "id", "kind", "date")).rows
    rows = [row for row in rows if customer in (None, row[0])]
    rows = [row for row in rows if row[2] == "invoice"] or rows
    if len(rows) > 1:
        raise Ambiguous(
            f"{text} is the number of several purchases",
            "name one by its id",
            candidates=tuple(
                (str(row[1]), " ".join(str(part) for part in (row[2], row[3], row[0]) if part))
                for row in rows
            ),
        )
    return (str(rows[0][0]), str(rows[0][1])) if rows else None
