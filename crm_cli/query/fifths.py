"""Values by their place among all records: fifths, and words that are looked up by them.

Plain SQL, so that the documented views have them, too. The cuts are subqueries about no row in
particular, which a database answers once for a statement.
"""

from __future__ import annotations

from crm_cli.model.aspects import Cells, Fifth
from crm_cli.query.fields import resolve
from crm_cli.query.row_values import value
from crm_cli.query.rows import Row

_EPOCH = "1970-01-01"
_CODES = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
"""A letter for each word of a table."""


def fifth(declared: Fifth, row: Row) -> str:
    """In which fifth a row's value lies, 1 to 5; NULL without one, or where there are too few."""
    frame, kind = row.frame, row.kind
    every = Row(kind, frame.alias(kind), frame)
    conditions = [f"{_value(declared.of, every)} IS NOT NULL"]
    own = [f"{_value(declared.of, row)} IS NULL"]
    if declared.among:
        conditions.append(f"{_value(declared.among, every)} IS NOT NULL")
        own.append(f"{_value(declared.among, row)} IS NULL")
    source = f"{every.source()} WHERE {' AND '.join(conditions)}"
    few = f"(SELECT COUNT(*) {source}) < {declared.least}"
    sign = ">=" if declared.reached else ">"
    number = f"5 * {_number(declared.of, row)}"
    whens = [f"WHEN {' OR '.join(own)} OR {few} THEN NULL"]
    for part in (4, 3, 2, 1):
        ordered = _value(declared.of, every)
        cut = frame.dialect.quantile(_number(declared.of, every), ordered, source, part, 5)
        whens.append(f"WHEN {number} {sign} {cut} THEN {part + 1}")
    return f"(CASE {' '.join(whens)} ELSE 1 END)"


def cell(declared: Cells, row: Row) -> str:
    """The word of the cell that a row's three numbers name; NULL where one is missing."""
    frame = row.frame
    table = declared.words(frame.business)
    words = list(dict.fromkeys(table))
    codes = dict(zip(words, _CODES, strict=False))
    letters = frame.bind("".join(codes.get(word, " ") for word in table))
    first, second, third = (value(resolve(key, row.kind), row).sql for key in declared.by)
    place = f"25 * {first} - (30 - 5 * {second} - {third})"
    letter = frame.dialect.letter(letters, place)
    whens = (f"WHEN {frame.bind(code)} THEN {frame.bind(word)}" for word, code in codes.items())
    return f"(CASE {letter} {' '.join(whens)} END)"


def _value(key: str, row: Row) -> str:
    found = value(resolve(key, row.kind), row)
    return found.base or found.sql


def _number(key: str, row: Row) -> str:
    """A value as a whole number: of a date its day's."""
    ref = resolve(key, row.kind)
    sql = _value(key, row)
    if not ref.type.storage.is_date:
        return sql
    dialect = row.frame.dialect
    return dialect.whole(dialect.days_between(row.frame.bind(_EPOCH), sql))
