"""Consent in queries: `may:marketing/email`, and why not (`may.marketing.email`).

The index keeps what each customer's record comes to for each use, a letter each
(`model/permission.py`); suppression lists are asked as they stand today.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crm_cli.index.plan import plan_of
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.kinds import BY_NAME
from crm_cli.model.permission import (
    OBJECTIONS,
    REFUSED_ELSEWHERE,
    SHARED,
    SUPPRESSED,
    USES,
    YES,
    Use,
    letters,
    place,
    read_use,
    use_named,
)
from crm_cli.model.segment import SUPPRESSION
from crm_cli.query.fault import QueryError
from crm_cli.query.ref import Step, Way
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
    if elsewhere := _refused_elsewhere(use, row):
        own = f"{letter} IN ({_letters_of(OBJECTIONS, row)})"
        whens.append(f"WHEN NOT {own} AND {elsewhere} THEN {bind(REFUSED_ELSEWHERE)}")
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
    tests = [f"{_letter(use, row)} = {row.frame.bind(_YES)}"]
    if listed and use.is_message:
        tests.append(f"NOT {listed}")
    if elsewhere := _refused_elsewhere(use, row):
        tests.append(f"NOT {elsewhere}")
    return f"({' AND '.join(tests)})"


def _letter(use: Use, row: Row) -> str:
    return f"substr({row.column('verdicts')}, {place(use)}, 1)"


def _letters_of(words: Sequence[str], row: Row) -> str:
    """The letters of words of VERDICTS, in a list."""
    return ", ".join(row.frame.bind(one) for one, word in letters().items() if word in words)


def _refused_elsewhere(use: Use, row: Row) -> str:
    """The condition that another record refused marketing at an address or number of a customer
    that both use; empty for uses of which each speaks for itself."""
    if use.purpose != "marketing" or use.channel not in SHARED:
        return ""
    frame = row.frame
    kind = BY_NAME[SHARED[use.channel]]
    mine, link = row.items(Step(Way.ITEMS, kind))
    theirs, whose = (Row(one, frame.alias(one), frame, mine) for one in (kind, CUSTOMER))
    mine.joins += [
        f"JOIN {theirs.table} {theirs.alias} ON {_same(mine, theirs)}{theirs.same_book(mine)}",
        f"JOIN {whose.table} {whose.alias} ON {whose.alias}.pk = {theirs.column(CUSTOMER.name)}"
        f"{whose.same_book(theirs)}",
    ]
    refused = _letters_of(("refused", "do_not_contact"), row)
    used = " AND ".join(
        f"NOT {frame.dialect.certain(frame.dialect.holds(one.column('do_not_use')))}"
        for one in (mine, theirs)
    )
    test = f"{_letter(use, whose)} IN ({refused}) AND {theirs.alias}.parent IS NULL AND {used}"
    return row.has(mine, link, test)


def _same(mine: Row, theirs: Row) -> str:
    """The condition that two records have one address or number, whatever its case or spelling."""
    dialect, record = mine.frame.dialect, CUSTOMER.name
    other = f"{theirs.column(record)} <> {mine.column(record)}"
    if mine.kind.name == "phone":
        return f"{theirs.column('e164')} = {mine.column('e164')} AND {other}"
    words = plan_of(mine.kind).fields["value"].words
    one, two = (dialect.caseless(row.column("value")) for row in (theirs, mine))
    return f"{theirs.column(words)} = {mine.column(words)} AND {one} = {two} AND {other}"


def _suppressed(row: Row, in_segment: InSegment) -> str:
    """The condition that a customer is on a suppression list; empty where there is none."""
    if row is not row.frame.record():
        raise QueryError((), "may is asked of the customer alone", "not of who they refer to")
    segments = row.frame.scope.segments
    lists = [name for name, spec in segments.items() if spec.kind == SUPPRESSION]
    tests = [in_segment(name, row) for name in lists]
    return f"({row.frame.dialect.balanced(tests, ' OR ')})" if tests else ""
