"""Aggregate functions as SQL, spelled once.

Sums are exact: money is added as whole minor units of the base currency, quantities as
millionths, the finest that a file can say.
"""

from __future__ import annotations

from crm_cli.index.dialect import Dialect
from crm_cli.model.fieldtypes import Date, FieldType, Integer, Number
from crm_cli.query.rows import Value
from crm_cli.query.storages import Operators, operators
from crm_cli.query.storages.numbers import MILLION

_COUNT, _NUMBER = Integer(), Number()


def over(
    dialect: Dialect, function: str, taken: Value | None = None, *, when: str = "", each: str = ""
) -> str:
    """An aggregate function over a value of each row, or over the rows themselves.

    `when` is a condition that chooses among the rows. Counts and sums of nothing are 0,
    other functions missing; `one` is the value of any one row. `each` is SQL for what is
    counted once where several rows have it.
    """
    if each:
        known = f"{taken.base} IS NOT NULL" if taken is not None else ""
        chosen = " AND ".join(filter(None, (when, known)))
        return f"COUNT(DISTINCT {_chosen(each, chosen)})"
    if taken is None:
        assert function == "count"
        return f"COUNT(CASE WHEN {when} THEN 1 END)" if when else "COUNT(*)"
    storage = operators(taken.type)
    if function in ("count", "distinct"):
        value = _chosen(taken.sql, when)
        return f"COUNT({'DISTINCT ' if function == 'distinct' else ''}{value})"
    if function == "converted":
        return f"COUNT({_chosen(taken.base, when)})"
    if function == "unconverted":
        lost = f"{taken.sql} IS NOT NULL AND {taken.base} IS NULL"
        return over(dialect, "count", when=f"{when} AND {lost}" if when else lost)
    if function == "median":
        median = dialect.median(_chosen(storage.number(taken, dialect), when))
        return dialect.whole(median) if storage.has_base else median
    exact = _chosen(storage.exact(taken, dialect), when)
    if function == "sum":
        return _unscaled(f"COALESCE(SUM({exact}), 0)", storage)
    if function == "avg":
        scaled = f" * {MILLION}" if storage.whole else ""
        mean = dialect.quotient(f"SUM({exact}){scaled}", f"COUNT({exact})")
        return mean if storage.has_base else f"{mean} / {MILLION}.0"
    extreme = "MIN" if function == "min" else "MAX"
    return _unscaled(f"{extreme}({exact})", storage)


def result(function: str, type: FieldType) -> FieldType:
    """The type of what a function makes of values of a type."""
    if function in ("count", "distinct", "converted", "unconverted"):
        return _COUNT
    storage = operators(type)
    if function in ("avg", "median") and not storage.has_base:
        return _NUMBER
    return Date() if storage.by_day else type


def _unscaled(sql: str, storage: Operators) -> str:
    return sql if storage.scale == 1 else f"{sql} / {storage.scale}.0"


def _chosen(value: str, when: str) -> str:
    return f"CASE WHEN {when} THEN {value} END" if when else value
