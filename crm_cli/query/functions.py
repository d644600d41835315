"""Aggregate functions as SQL: one spelling, whoever sums up.

Sums are exact: money is added as whole minor units of the base currency, quantities as
millionths, the finest that a file can say.
"""

from __future__ import annotations

from crm_cli.index.dialect import Dialect
from crm_cli.model.fieldtypes import Date, FieldType, Integer, Number, Storage
from crm_cli.query.rows import Value

_COUNT, _NUMBER = Integer(), Number()
_MILLION = 1_000_000


def over(dialect: Dialect, function: str, taken: Value | None = None, *, when: str = "") -> str:
    """An aggregate function over a value of each row, or over the rows themselves.

    `when` is a condition that chooses among the rows. Counts and sums of nothing are 0,
    other functions missing; `one` is the value of any one row.
    """
    if taken is None:
        assert function == "count"
        return f"COUNT(CASE WHEN {when} THEN 1 END)" if when else "COUNT(*)"
    storage = taken.type.storage
    if function in ("count", "distinct"):
        value = _chosen(taken.sql, when)
        return f"COUNT({'DISTINCT ' if function == 'distinct' else ''}{value})"
    if function == "unconverted":
        lost = f"{taken.sql} IS NOT NULL AND {taken.base} IS NULL"
        return over(dialect, "count", when=f"{when} AND {lost}" if when else lost)
    if function == "median":
        median = dialect.median(_chosen(number(taken, dialect), when))
        return dialect.whole(median) if storage is Storage.MONEY else median
    exact = _chosen(_exact(taken, dialect), when)
    if function == "sum":
        return _unscaled(f"COALESCE(SUM({exact}), 0)", storage)
    if function == "avg":
        scaled = f" * {_MILLION}" if storage is Storage.INTEGER else ""
        mean = dialect.quotient(f"SUM({exact}){scaled}", f"COUNT({exact})")
        return mean if storage is Storage.MONEY else f"{mean} / {_MILLION}.0"
    extreme = "MIN" if function == "min" else "MAX"
    return _unscaled(f"{extreme}({exact})", storage)


def result(function: str, type: FieldType) -> FieldType:
    """The type of what a function makes of values of a type."""
    if function in ("count", "distinct", "unconverted"):
        return _COUNT
    storage = type.storage
    if function in ("avg", "median") and storage is not Storage.MONEY:
        return _NUMBER
    return Date() if storage is Storage.MOMENT else type


def number(taken: Value, dialect: Dialect) -> str:
    """What a value is counted by: money in the base currency, decimals as numbers."""
    storage = taken.type.storage
    if storage is Storage.MONEY:
        return taken.base
    if storage is Storage.DECIMAL:
        return dialect.number(taken.sql)
    return taken.sql


def _exact(taken: Value, dialect: Dialect) -> str:
    if taken.type.storage is Storage.DECIMAL:
        return dialect.whole(f"{number(taken, dialect)} * {_MILLION}")
    return number(taken, dialect)


def _unscaled(sql: str, storage: Storage) -> str:
    return f"{sql} / {_MILLION}.0" if storage is Storage.DECIMAL else sql


def _chosen(value: str, when: str) -> str:
    return f"CASE WHEN {when} THEN {value} END" if when else value
