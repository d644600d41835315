"""Answers with one row for each value of some fields: `--group-by`, `--agg`, `--having`.

A row counts once in its group; only tags put it into several, one for each, since a
tag has no first one that would speak for all.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from crm_cli.model.errors import UsageError
from crm_cli.model.fieldtypes import Date, FieldType, Integer, Number, Storage, Word
from crm_cli.model.kind import Derived, Kind, normal
from crm_cli.query import dialect
from crm_cli.query.ast import EVERYTHING, Node
from crm_cli.query.columns import Column, Selected, column, split_names
from crm_cli.query.compile import Compiler
from crm_cli.query.dialect import name as quoted
from crm_cli.query.scope import Scope
from crm_cli.query.select import typed
from crm_cli.query.values import DATES, NUMBERS

PARTS = ("month", "quarter", "year")
_FUNCTIONS = ("sum", "avg", "min", "max")
_COUNT, _NUMBER, _WORD = Integer(), Number(), Word()


class GroupQuery(NamedTuple):
    """What is asked: groups of a kind's rows.

    `by` are fields (dates with `.month`, `.quarter`, `.year`), `aggregates` as
    `count`, `sum:spend`, `avg:spend`; `having` a full expression over the columns,
    in which `sum:spend` is called `sum_spend`; `sort` goes by columns as well.
    """

    base: Kind
    by: Sequence[str]
    aggregates: Sequence[str] = ("count",)
    node: Node = EVERYTHING
    having: str = ""
    sort: str = ""
    limit: int | None = None


class Groups(NamedTuple):
    """One row a group: its keys, then the aggregates. `total` are those of all rows."""

    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]]
    total: tuple[Any, ...]


def group(connection: sqlite3.Connection, query: GroupQuery, scope: Scope) -> Groups:
    """Ask the index; raises UsageError."""
    if not query.by:
        raise UsageError("groups of what?", "write --group-by city")
    scope = scope._replace(base=query.base)
    compiler = Compiler(scope)
    keys = [_key(name, compiler) for name in query.by]
    aggregates = [_aggregate(text, compiler) for text in query.aggregates or ("count",)]
    inner = _inner(compiler, query.node, [*keys, *aggregates], len(keys))
    outer = _outer(compiler, inner, [*keys, *aggregates], query, scope, len(keys))
    dialect.prepare(connection)
    rows = connection.execute(outer, compiler.frame.parameters).fetchall()
    selected = (*keys, *aggregates)
    total = _total(connection, query, scope)
    columns = tuple(part.column for part in selected)
    return Groups(columns, typed(rows, selected, scope), (*(None for _ in keys), *total))


def _total(connection: sqlite3.Connection, query: GroupQuery, scope: Scope) -> tuple[Any, ...]:
    """The aggregates over all rows that meet the condition, each once."""
    compiler = Compiler(scope)
    parts = [_aggregate(text, compiler) for text in query.aggregates or ("count",)]
    sql = _inner(compiler, query.node, parts, 0)
    rows = connection.execute(sql, compiler.frame.parameters).fetchall()
    return typed(rows, tuple(parts), scope)[0]


def _inner(compiler: Compiler, node: Node, parts: list[Selected], keys: int) -> str:
    row = compiler.frame.base
    where = compiler.condition(node, row)
    shown = ", ".join(f"{part.sql} AS {quoted(part.column.key)}" for part in parts)
    groups = ", ".join(part.sql for part in parts[:keys])
    by = f" GROUP BY {groups}" if keys else ""
    return f"SELECT {shown} {row.source()} WHERE {where}{by}"


def _outer(
    compiler: Compiler,
    inner: str,
    parts: list[Selected],
    query: GroupQuery,
    scope: Scope,
    keys: int,
) -> str:
    """The groups that `having` lets through, in order."""
    kind = _kind(parts)
    where = "1"
    if query.having:
        from crm_cli.query.expression import parse_expression

        asked = scope._replace(base=kind)
        filtering = Compiler(asked)
        filtering.frame = compiler.frame.beside(kind)
        where = filtering.condition(parse_expression(query.having, asked), filtering.frame.base)
    ordered = [*_order(query.sort, parts), *_order(",".join(_names(parts[:keys])), parts)]
    sql = f"SELECT * FROM ({inner}) t WHERE {where} ORDER BY {', '.join(ordered)}"
    return sql if query.limit is None else f"{sql} LIMIT {compiler.frame.bind(query.limit)}"


def _kind(parts: list[Selected]) -> Kind:
    """The groups as a kind of their own, so that `having` is read like any expression."""
    derived = tuple(
        Derived(part.column.key, part.column.type, "", base=True)
        for part in parts
        if part.column.type.storage not in (Storage.TEXT, Storage.TEXTS)
    )
    words = tuple(
        Derived(part.column.key, _WORD, "")
        for part in parts
        if part.column.type.storage in (Storage.TEXT, Storage.TEXTS)
    )
    return Kind("group", "groups", "rows together", (), derived=(*derived, *words), notes=False)


def _names(parts: list[Selected]) -> list[str]:
    return [part.column.key for part in parts]


def _order(text: str, parts: list[Selected]) -> list[str]:
    terms: list[str] = []
    for asked in split_names(text) if text else []:
        down = asked[:1] == "-" or asked.endswith("-")
        key = normal(asked.strip("+-").replace(":", "_"))
        part = next((part for part in parts if part.column.key == key), None)
        if part is None:
            raise UsageError(
                f"groups cannot be sorted by '{asked}'", f"valid: {', '.join(_names(parts))}"
            )
        sql = f"t.{quoted(key)}"
        if part.column.type.storage is Storage.DECIMAL:
            sql = dialect.number(sql)
        elif part.column.type.storage in (Storage.TEXT, Storage.WORD):
            terms += [f"{sql} IS NULL", f"{dialect.folded(sql)}{' DESC' if down else ''}"]
            continue
        terms += [f"{sql} IS NULL", f"{sql}{' DESC' if down else ''}"]
    return terms


def _key(name: str, compiler: Compiler) -> Selected:
    """A field to group by; the month, quarter or year of a date."""
    head, dot, part = name.rpartition(".")
    if dot and part in PARTS:
        selected = column(head, compiler)
        if selected.column.type.storage not in DATES:
            raise UsageError(f"{head} is no date", f"leave .{part} out")
        key = f"{selected.column.key}_{part}"
        return _plain(key, _WORD, dialect.period(selected.order[0], part))
    wanted = normal(name)
    row = compiler.frame.base
    if wanted in ("tag", "tags") and row.kind.name == "customer":
        row.joins.append(f"LEFT JOIN tag g ON g.customer = {row.alias}.pk")
        return _plain("tag", _WORD, "g.value")
    selected = column(name, compiler)
    storage = selected.column.type.storage
    if storage is Storage.MOMENT:
        return _plain(selected.column.key, Date(), selected.order[0])
    if storage is Storage.MONEY:
        return _plain(selected.column.key, selected.column.type, selected.order[0], base=True)
    return selected


def _aggregate(text: str, compiler: Compiler) -> Selected:
    if text.strip() == "count":
        return _plain("count", _COUNT, "COUNT(*)")
    match = re.fullmatch(r"\s*(\w+):(.+)", text)
    if match is None or match[1] not in (*_FUNCTIONS, "count"):
        raise UsageError(
            f"'{text}' is no aggregate", "write count, sum:FIELD, avg:FIELD, min:FIELD or max:FIELD"
        )
    function, selected = match[1], column(match[2], compiler)
    type, sql = selected.column.type, selected.order[0]
    key = f"{function}_{selected.column.key}"
    if function == "count":
        return _plain(key, _COUNT, f"COUNT({sql})")
    storage = type.storage
    if storage not in NUMBERS and (function in ("sum", "avg") or storage not in DATES):
        raise UsageError(f"{selected.column.key} is no number", f"{function} takes numbers")
    if storage is Storage.MOMENT:
        type = Date()
    if function == "avg":
        average = f"AVG({sql})"
        if storage is Storage.MONEY:
            return _plain(key, type, f"CAST(ROUND({average}) AS INTEGER)", base=True)
        return _plain(key, _NUMBER, average)
    return _plain(key, type, f"{function.upper()}({sql})", base=storage is Storage.MONEY)


def _plain(key: str, type: FieldType, sql: str, *, base: bool = False) -> Selected:
    return Selected(Column(key, type, base), sql, "", (sql,))
