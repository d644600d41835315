"""What completion offers, asked without compiling a query, which would take longer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from crm_cli.index.plan import plan_of
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import FieldType
from crm_cli.model.kind import Kind
from crm_cli.model.text import words
from crm_cli.query.database import Database
from crm_cli.query.lookups import LAST
from crm_cli.query.owners import of_customer

_FEW = 2_000
"""Fewer than so many are sorted sooner than met by date."""
_STATES = 100
"""With more different states than this they are no states."""


def frequent(database: Database, kind: Kind, key: str, start: str, most: int) -> list[Any]:
    """The different values of a column that begin with a text, as it is; the most frequent
    first."""
    name, parameter = database.dialect.name, database.dialect.parameter
    column = name(key)
    sql = (
        f"SELECT {column} FROM {name(kind.name)}"
        f" WHERE {column} >= {parameter('start')} AND {column} < {parameter('end')}"
        f" GROUP BY {column} ORDER BY count(*) DESC, {column} LIMIT {parameter('most')}"
    )
    return database.column(sql, {"start": start, "end": start + LAST, "most": most})


def known_by_number(
    database: Database, kind: Kind, amount: str, start: str, most: int, *, owed: bool
) -> list[tuple[str, str | None, int | None, str | None]]:
    """(number, customer's name, amount in minor units, its currency) of the items of a kind that
    people know by a number which begins with a text, as it is; the latest first, at most so many.

    `amount` is the key of a derived amount, or empty; with `owed` it is above 0.
    """
    plan = plan_of(kind)
    name, parameter = database.dialect.name, database.dialect.parameter
    number = plan.fields[kind.title]
    values: dict[str, Any] = {"start": start, "end": start + LAST, "most": most}
    worth = f"t.{name(plan.fields[amount].value)}" if amount else "NULL"
    currency = f"t.{name(plan.currencies[''])}" if amount and plan.currencies[""] else "NULL"
    called = f"t.{name(number.value)}"
    tests = [f"{called} >= {parameter('start')}", f"{called} < {parameter('end')}"]
    if not start:
        tests.append(f"{called} <> ''")
    if owed:
        tests.append(f"{worth} > 0")
    if rare := _rare(database, kind, number.words, start):
        # Few begin so: these are found at once. Of many, the latest are soon met by date.
        tests.append(f"t.{name(number.words)} >= {parameter('low')}")
        tests.append(f"t.{name(number.words)} < {parameter('high')}")
        values |= {"low": rare, "high": rare + LAST}
    cells = f"{called}, c.name, {worth}, {currency}"
    return _by_date(database, kind, cells, tests, values, latest=True)


def _rare(database: Database, kind: Kind, column: str, start: str) -> str:
    """The folded words with which a text begins, where few values of a column do so; else empty."""
    begun = words(start).rstrip()
    if not begun or not column:
        return ""
    name, parameter = database.dialect.name, database.dialect.parameter
    found = (
        f"SELECT 1 FROM {name(kind.name)} WHERE {name(column)} >= {parameter('low')}"
        f" AND {name(column)} < {parameter('high')} LIMIT {parameter('few')}"
    )
    values = {"low": begun, "high": begun + LAST, "few": _FEW}
    ((count,),) = database.rows(f"SELECT COUNT(*) FROM ({found}) t", values)
    return begun if count < _FEW else ""


def _by_date(
    database: Database,
    kind: Kind,
    cells: str,
    tests: Sequence[str],
    values: dict[str, Any],
    *,
    latest: bool = False,
) -> list[Any]:
    """Cells of the items that meet some tests, by their date and then those without one; at most
    as many as `most` of the values. An index leads from one date to the next."""
    name, most = database.dialect.name, database.dialect.parameter("most")
    when = plan_of(kind).fields.get(kind.when)
    source = (
        f"SELECT {cells} FROM {name(kind.name)} t"
        f" LEFT JOIN {name(CUSTOMER.name)} c ON c.pk = t.{name(CUSTOMER.name)}"
        f" WHERE {' AND '.join(tests or [database.dialect.truth(True)])}"
    )
    if when is None:
        return database.rows(f"{source} ORDER BY t.id LIMIT {most}", values)
    day = f"t.{name(when.day or when.value)}"
    turn = " DESC" if latest else ""
    dated = f"{source} AND {day} IS NOT NULL ORDER BY {day}{turn} LIMIT {most}"
    found = database.rows(dated, values)
    if left := values["most"] - len(found):
        undated = f"{source} AND {day} IS NULL ORDER BY t.id LIMIT {most}"
        found += database.rows(undated, {**values, "most": left})
    return found


def in_states(
    database: Database,
    kind: Kind,
    keys: list[str],
    fits: Callable[[Mapping[str, Any]], bool],
    start: str,
    most: int,
) -> list[tuple[str, str | None, str | None]] | None:
    """(id, title, customer's name) of the items whose values of some fields fit, and whose id
    begins with a text, by their date; at most so many.

    None where the fields are no stored words, or have too many values to be states, and of a
    kind without ids.
    """
    plan, title = plan_of(kind), kind.title
    known = [plan.fields.get(key) for key in (*keys, *([title] if title else []))]
    if not of_customer(kind) or not kind.letter:
        return None
    if any(one is None or not _is_text(one.type) for one in known):
        return None
    name, parameter = database.dialect.name, database.dialect.parameter
    values: dict[str, Any] = {"start": start, "end": start + LAST, "most": most}
    columns = [f"t.{name(plan.fields[key].value)}" for key in keys]
    tests = [f"t.id >= {parameter('start')}", f"t.id < {parameter('end')}"] if start else []
    if columns:
        states = _states(database, kind, columns)
        if len(states) > _STATES:
            return None
        fitting = [row for row in states if fits(dict(zip(keys, row, strict=True)))]
        if not fitting:
            return []
        tests.append(_one_of(database, columns, fitting, values))
    cells = f"t.id, {f't.{name(plan.fields[title].value)}' if title else 'NULL'}, c.name"
    return _by_date(database, kind, cells, tests, values)


def _is_text(type: FieldType) -> bool:
    """Whether its values are one text each."""
    return type.storage.is_text and type.storage.single


def _states(database: Database, kind: Kind, columns: list[str]) -> list[tuple[Any, ...]]:
    """The different values that some columns have together; not many more than `_STATES`."""
    limit = database.dialect.parameter("most")
    table = database.dialect.name(kind.name)
    sql = f"SELECT DISTINCT {', '.join(columns)} FROM {table} t LIMIT {limit}"
    return database.rows(sql, {"most": _STATES + 1})


def _one_of(
    database: Database,
    columns: list[str],
    states: list[tuple[Any, ...]],
    values: dict[str, Any],
) -> str:
    """The condition that columns together have one of some values, which are added to those
    that are bound."""
    tests = []
    for row in states:
        parts = []
        for column, value in zip(columns, row, strict=True):
            if value is None:
                parts.append(f"{column} IS NULL")
                continue
            bound = f"v{len(values)}"
            values[bound] = value
            parts.append(f"{column} = {database.dialect.parameter(bound)}")
        tests.append(f"({' AND '.join(parts)})")
    return f"({' OR '.join(tests)})"
