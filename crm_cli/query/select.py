"""Running a query: compiled, executed, its values typed.

Ten thousand rows are converted column by column, and columns that need no conversion
not at all.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from crm_cli.index.dialect import Dialect
from crm_cli.index.plan import has_id
from crm_cli.index.sqlite import SQLITE
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.fieldtypes import FieldType
from crm_cli.model.kind import Kind
from crm_cli.model.money import all_from_minor, from_minor
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.text import split_names
from crm_cli.query.ast import EVERYTHING, Node
from crm_cli.query.columns import (
    Column,
    Selected,
    column,
    natural,
    order,
    split_alias,
    ties,
)
from crm_cli.query.compile import Compiler
from crm_cli.query.database import Database
from crm_cli.query.fault import Unknown
from crm_cli.query.fields import resolve, summed_name
from crm_cli.query.functions import over
from crm_cli.query.own_fields import BOOK
from crm_cli.query.rows import Value
from crm_cli.query.scope import Scope
from crm_cli.query.storages import Converter, operators


class Query(NamedTuple):
    """What is asked: rows of a kind that meet a condition, shaped.

    `columns` are names as `--cols` takes them (None: those of the kind), `sort` is
    the text of `--sort`, `limit` at most so many rows, after the first `offset`. Rows that are put
    in order, or counted, by who asks need not be `ordered`.
    """

    base: Kind
    node: Node = EVERYTHING
    columns: Sequence[str] | None = None
    sort: str = ""
    limit: int | None = None
    ordered: bool = True
    offset: int = 0


class Answer(NamedTuple):
    """The rows, each a tuple of typed values in the order of the columns; missing is None.

    Money is Decimal, dates are date, moments date or datetime in the business's zone,
    lists of texts are lists. `total` is a row for people, where one was asked for;
    `left_out` so many rows do not count, and stand in no sum.
    """

    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]]
    total: tuple[Any, ...] | None = None
    left_out: int = 0


class Statement(NamedTuple):
    """A compiled query: SQL with named parameters, and what its columns are."""

    sql: str
    parameters: dict[str, Any]
    selected: tuple[Selected, ...]


def compile_query(
    query: Query, scope: Scope, dialect: Dialect = SQLITE, *, counted: bool = False
) -> Statement:
    """The statement that answers a query; raises UsageError for columns that are not there.

    With `counted` its rows are only those that sums go over.
    """
    scope = scope._replace(base=query.base)
    compiler = Compiler(scope, dialect)
    row = compiler.frame.base
    where = compiler.chosen(query.node, row)
    if counted and (counts := row.counted()):
        where = f"{counts} AND {where}"
    names = _names(query, dialect)
    selected = tuple(column(name, compiler) for name in names)
    if not selected:
        raise UsageError("no columns are given", "write --cols name,city")
    shown = [part.sql for part in selected] + [part.currency for part in selected if part.currency]
    named = [part for part, name in zip(selected, names, strict=True) if split_alias(name)[1]]
    ordered = ""
    if query.ordered:
        asked = order(query.sort, compiler, named) if query.sort else natural(compiler)
        ordered = f" ORDER BY {', '.join([*asked, *ties(row)])}"
    sql = f"SELECT {', '.join(shown)} {row.source()} WHERE {where}{ordered}"
    if query.limit is not None:
        sql += f" LIMIT {compiler.frame.bind(dialect.limit(query.limit))}"
    if query.limit is not None and query.offset:
        sql += f" OFFSET {compiler.frame.bind(dialect.limit(query.offset))}"
    return Statement(sql, compiler.frame.parameters, selected)


def select(database: Database, query: Query, scope: Scope) -> Answer:
    """Ask the index; raises UsageError (QueryError where the query itself is at fault)."""
    statement = compile_query(query, scope, database.dialect)
    columns = tuple(part.column for part in statement.selected)
    collecting = gc.isenabled()
    gc.disable()  # it would walk all rows again and again, and find nothing
    try:
        rows = database.rows(statement.sql, statement.parameters)
        return Answer(columns, typed(rows, statement.selected, scope))
    finally:
        if collecting:
            gc.enable()


def total(database: Database, query: Query, scope: Scope) -> tuple[Any, ...]:
    """What the columns come to over all rows that count: sums where they say something.

    A sum of averages, prices or ages says nothing, nor do amounts in several currencies:
    there the cell is missing. A column of least or greatest values has the extreme of them.
    What an item takes away, as a refund its amount, is taken off.
    """
    dialect = database.dialect
    asked = _names(query, dialect)
    summed = {place: one for place, name in enumerate(asked)
              if (one := summed_name(name, query.base)) != name}  # fmt: skip
    query = query._replace(limit=None, ordered=False, columns=[*asked, *summed.values()])
    statement = compile_query(query, scope, dialect, counted=True)
    parts = statement.selected
    cells = [_total(part, f"c{place}", dialect) for place, part in enumerate(parts)]
    for further, place in enumerate(summed, len(asked)):
        taken = f"CASE WHEN c{place} IS NOT NULL THEN c{further} END"
        cells[place] = _total(parts[place], taken, dialect, f"c{place}c")
    names = [f"c{place}" for place in range(len(parts))]
    currencies = [f"c{place}c" for place, part in enumerate(parts) if part.currency]
    # The count makes it one row, even where no column has a sum.
    shown = [*cells, *(f"MAX({name})" for name in currencies), "COUNT(*)"]
    sql = (
        f"WITH t({', '.join((*names, *currencies))}) AS ({statement.sql})"
        f" SELECT {', '.join(shown)} FROM t"
    )
    return typed(database.rows(sql, statement.parameters), parts, scope)[0][: len(asked)]


def _names(query: Query, dialect: Dialect) -> list[str]:
    """The names of the columns that are asked for; of several books the book comes first."""
    names = query.base.columns if query.columns is None else query.columns
    if query.columns is None and dialect.several:
        kept = (one for one in names if not (dialect.mixed and _is_amount(one, query.base)))
        return [BOOK, *kept]
    return split_names(names) if isinstance(names, str) else list(names)


def _is_amount(name: str, kind: Kind) -> bool:
    """Whether a column of a kind shows amounts, or their currency."""
    try:
        return name == "currency" or operators(resolve(name, kind).type).has_base
    except Unknown:
        return "@" in name


def _total(part: Selected, cell: str, dialect: Dialect, currency: str = "") -> str:
    """The SQL of a column's total over the cells of all rows."""
    if not part.total:
        return "NULL"
    found = over(dialect, part.total, Value(cell, part.column.type, base=cell))
    if part.currency:
        return f"CASE WHEN COUNT(DISTINCT {currency or f'{cell}c'}) = 1 THEN {found} END"
    return found


def uncounted(database: Database, query: Query, scope: Scope) -> int:
    """How many of the rows that meet the condition do not count in sums."""
    compiler = Compiler(scope._replace(base=query.base), database.dialect)
    row = compiler.frame.base
    counted = row.counted()
    if not counted:
        return 0
    where = f"NOT {counted} AND {compiler.chosen(query.node, row)}"
    sql = f"SELECT COUNT(*) {row.source()} WHERE {where}"
    ((found,),) = database.rows(sql, compiler.frame.parameters)
    return int(found)


def select_ids(database: Database, query: Query, scope: Scope) -> list[str]:
    """The ids of the rows, in order: customers' own, or those of items."""
    if not has_id(query.base):
        raise UsageError(f"{query.base.key} have no ids", "ask for their customers")
    answer = select(database, query._replace(columns=("id",)), scope)
    return [str(row[0]) for row in answer.rows]


def select_customers(database: Database, node: Node, scope: Scope) -> list[str]:
    """The ids of the customers that meet a condition, in order: for WHO… and segments."""
    return select_ids(database, Query(CUSTOMER, node), scope._replace(base=CUSTOMER))


def count(database: Database, query: Query, scope: Scope) -> int:
    """How many rows meet the condition."""
    compiler = Compiler(scope._replace(base=query.base), database.dialect)
    where = compiler.chosen(query.node, compiler.frame.base)
    sql = f"SELECT COUNT(*) {compiler.frame.base.source()} WHERE {where}"
    found: int = database.rows(sql, compiler.frame.parameters)[0][0]
    return found


def typed(
    rows: list[tuple[Any, ...]], selected: tuple[Selected, ...], scope: Scope
) -> list[tuple[Any, ...]]:
    """The rows with their values converted; currencies that came along are taken away."""
    types = [part.column.type for part in selected]
    convert = [operators(type).converter(type, scope) for type in types]
    own = [place for place, part in enumerate(selected) if part.currency]
    if not rows or (not own and not any(convert)):
        return rows
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    shown = columns[: len(selected)]
    for extra, place in enumerate(own, len(selected)):
        shown[place] = _amounts(columns[place], columns[extra])
    for place, converter in enumerate(convert):
        if converter is not None and place not in own:
            shown[place] = _converted(shown[place], converter, types[place])
    return list(zip(*shown, strict=True))


def _converted(cells: Sequence[Any], converter: Converter, type: FieldType) -> Sequence[Any]:
    """A column's values; equal ones are converted once, save lists, which can be changed."""
    if operators(type).lines:
        return [None if cell is None else converter(cell) for cell in cells]
    known = {cell: converter(cell) for cell in set(cells) if cell is not None}
    return list(map(known.get, cells))


def _amounts(cents: Sequence[int | None], currencies: Sequence[str]) -> list[Decimal | None]:
    """Amounts of one column, mostly in one currency."""
    if len(set(currencies)) == 1:
        return all_from_minor(cents, currencies[0])
    return [
        None if cell is None else from_minor(cell, currency)
        for cell, currency in zip(cents, currencies, strict=True)
    ]


__all__ = [
    "Answer",
    "Query",
    "Statement",
    "compile_query",
    "count",
    "select",
    "select_customers",
    "select_ids",
    "total",
    "typed",
    "uncounted",
]
