"""What completion offers, asked without compiling a query, which would take longer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from crm_cli.index.plan import plan_of
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import FieldType
from crm_cli.model.kind import Kind
from crm_cli.query.database import Database
from crm_cli.query.lookups import LAST
from crm_cli.query.owners import of_customer

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
    tests = [f"t.id >= {parameter('start')}", f"t.id < {parameter('end')}"]
    if columns:
        states = _states(database, kind, columns)
        if len(states) > _STATES:
            return None
        fitting = [row for row in states if fits(dict(zip(keys, row, strict=True)))]
        if not fitting:
            return []
        tests.append(_one_of(database, columns, fitting, values))
    when = plan.fields.get(kind.when)
    day = f"t.{name(when.day or when.value)}" if when is not None else "NULL"
    sql = (
        f"SELECT t.id, {f't.{name(plan.fields[title].value)}' if title else 'NULL'}, c.name"
        f" FROM {name(kind.name)} t"
        f" LEFT JOIN {name(CUSTOMER.name)} c ON c.pk = t.{name(CUSTOMER.name)}"
        f" WHERE {' AND '.join(tests)}"
        f" ORDER BY {day} IS NULL, {day}, t.id LIMIT {parameter('most')}"
    )
    return database.rows(sql, values)


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
