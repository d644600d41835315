"""Consent in queries: `may:marketing/email`, and why not (`may.marketing.email`).

The index keeps what each customer's record comes to for each use, a letter each
(`model/permission.py`); suppression lists are asked as they stand today.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crm_cli.model.permission import SUPPRESSED, USES, YES, Use, letters, place, read_use, use_named
from crm_cli.model.segment import SUPPRESSION
from crm_cli.query.fault import QueryError
from crm_cli.query.rows import Row

InSegment = Callable[[str, Row], str]
"""The condition that the customer of a row is in a segment."""

_YES = next(letter for letter, word in letters().items() if word == YES)


def verdict(name: str, row: Row, in_segment: InSegment) -> str:
    """SQL for the answer about one use (`marketing.email`), a word of VERDICTS; without a name
    for all uses that are allowed, a line each."""
    listed = _suppressed(row, in_segment)
    use = use_named(name)
    if use is None:
        return _all(row, listed)
    bind = row.frame.bind
    is_heard = bool(listed) and use.is_message
    whens = [f"WHEN {listed} THEN {bind(SUPPRESSED)}"] if is_heard else []
    letter = _letter(use, row)
    whens += [f"WHEN {letter} = {bind(one)} THEN {bind(word)}" for one, word in letters().items()]
    return f"(CASE {' '.join(whens)} END)"


def allowed(uses: Sequence[str], row: Row, in_segment: InSegment) -> str:
    """The condition that any of the uses, as `marketing/email`, is allowed."""
    listed = _suppressed(row, in_segment)
    found = [read_use(one) for one in dict.fromkeys(uses)]
    return f"({row.frame.dialect.balanced([_holds(one, row, listed) for one in found], ' OR ')})"


def _all(row: Row, listed: str) -> str:
    """All uses that are allowed."""
    frame = row.frame
    line = frame.dialect.line_break
    parts = (
        f"CASE WHEN {_holds(use, row, listed)} THEN {line} || {frame.bind(str(use))} ELSE '' END"
        for use in USES
        if use.is_usual
    )
    return f"NULLIF(substr({' || '.join(parts)}, 2), '')"


def _holds(use: Use, row: Row, listed: str) -> str:
    """The condition that a use is allowed; who is on a suppression list gets no messages."""
    test = f"{_letter(use, row)} = {row.frame.bind(_YES)}"
    return f"({test} AND NOT {listed})" if listed and use.is_message else test


def _letter(use: Use, row: Row) -> str:
    return f"substr({row.column('verdicts')}, {place(use)}, 1)"


def _suppressed(row: Row, in_segment: InSegment) -> str:
    """The condition that a customer is on a suppression list; empty where there is none."""
    if row is not row.frame.record():
        raise QueryError((), "may is asked of the customer alone", "not of who they refer to")
    segments = row.frame.scope.segments
    lists = [name for name, spec in segments.items() if spec.kind == SUPPRESSION]
    tests = [in_segment(name, row) for name in lists]
    return f"({row.frame.dialect.balanced(tests, ' OR ')})" if tests else ""
