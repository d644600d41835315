"""Grouped answers: `--group-by`, `--agg`, `--having`.

Every sum over groups of rows is made here, whoever asks: lists, `purchase summary`, reports.
Of rows of a kind that declares what counts, only those count. A row counts once in each
group that it stands in. Shares and the total are of all rows that the query describes, each
counted once, whatever `having` and the limit leave out.

Amounts are in the base currency. In groups by currency those that are in the currency of
their row stay in it, and have no total over several, as long as the currency is shown beside
them.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import date
from typing import Any

from crm_cli.index.dialect import Dialect
from crm_cli.index.plan import based
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.fieldtypes import Reference, Word
from crm_cli.model.kind import Derived, Field, Kind
from crm_cli.query.columns import Column, Selected, split_alias
from crm_cli.query.compile import Compiler
from crm_cli.query.database import Database
from crm_cli.query.fault import Fault, QueryError
from crm_cli.query.figures import (
    figure_key,
    figures,
    is_one,
    is_share,
    is_shared,
)
from crm_cli.query.group_order import group_order, grouped_by, order_terms
from crm_cli.query.group_query import CURRENCY, GroupQuery, completed, shows_currency
from crm_cli.query.kept import kept_totals
from crm_cli.query.keys import group_key, plain
from crm_cli.query.own_fields import BOOK
from crm_cli.query.parts import Part
from crm_cli.query.ref import Step, Way
from crm_cli.query.row_values import currency
from crm_cli.query.scope import Scope
from crm_cli.query.select import Answer, typed
from crm_cli.query.totals import KEPT, adding, beside, over_groups, parted

_WORD = Word()


def group(database: Database, query: GroupQuery, scope: Scope) -> Answer:
    """Ask the index: the keys, then the aggregates, with their total; raises UsageError."""
    scope = scope._replace(base=query.kind)
    query, shown = completed(query)
    compiler = _compiler(query, scope, database.dialect)
    where = _chosen(compiler, query)
    keys = [group_key(name, compiler) for name in query.by]
    if compiler.dialect.several:
        _check_books(keys)
    own = _own(keys, compiler) if query.own and shows_currency(query) else ""
    totals = query.totals or any(map(is_share, query.aggregates))
    asked = query.aggregates if totals else ()
    added = adding(asked, compiler, keys) if keys and not own and query.limit != 0 else {}
    wholes = _wholes(database, query, scope, own=bool(own), without=added) if totals else ()
    given = iter(wholes)
    known = [None if place in added else next(given, None) for place in range(len(asked))]
    by = {split_alias(name)[0] for name in query.by}
    aggregates = figures(query.aggregates, compiler, known if totals else None, own, by)
    _check_once(keys, aggregates)
    selected = (*keys, *aggregates)
    columns = tuple(part.column for part in selected)
    if totals and not keys and _is_total(query):
        # One row, of everything: it has been read.
        row = _total(wholes, aggregates, query, scope)
        return _picked(Answer(columns, [row], row), query, shown)
    inner = _inner(compiler, query, where, selected, len(keys))
    sums = [
        over_groups(function, aggregates[place], compiler.dialect)
        for place, function in added.items()
    ]
    outer = _outer(compiler, inner, selected, query, scope, len(keys), sums)
    found = database.rows(outer, compiler.frame.parameters)
    if sums:
        found, wholes, all_known = parted(found, len(selected), added, wholes)
        if not all_known:
            wholes = _wholes(database, query, scope, own=False)
    rows = typed(found, selected, scope)
    total = (*(None for _ in keys), *_total(wholes, aggregates, query, scope)) if totals else None
    return _picked(Answer(columns, rows, total), query, shown)


def _is_total(query: GroupQuery) -> bool:
    """Whether the row of a query without keys is its total, which `_wholes` has read in full."""
    return (
        query.parts is None
        and not query.having
        and query.limit != 0
        and not any(map(is_one, query.aggregates))
    )


def unconverted(
    database: Database, query: GroupQuery, scope: Scope
) -> list[tuple[str, int, date | None]]:
    """What sums of `query` leave out, since a rate is missing: (currency, rows, the first day)."""
    asked = query._replace(by=("currency",), aggregates=("unconverted", f"min:{query.base.when}"),
                           having="unconverted > 0", parts=None, sort="", limit=None)  # fmt: skip
    return [(row[0], row[1], row[2]) for row in group(database, asked, scope).rows]


def _compiler(query: GroupQuery, scope: Scope, dialect: Dialect) -> Compiler:
    """A compiler for the rows that are put together."""
    compiler = Compiler(scope, dialect)
    if query.parts is not None:
        base = compiler.frame.base
        compiler.frame.base = Part(base.kind, base.alias, compiler.frame, query.base)
    return compiler


def _chosen(compiler: Compiler, query: GroupQuery) -> str:
    """The condition for what is put together: what is asked for, of what counts."""
    row = compiler.frame.base
    asked = row
    if query.parts is not None:
        asked = row.up(Step(Way.PARENT, query.base))
    counted = row.counted()
    test = compiler.chosen(query.node, asked)
    return f"{counted} AND {test}" if counted else test


def _own(keys: Sequence[Selected], compiler: Compiler) -> str:
    """SQL for the currency of a row's amounts if that is one of the keys; else empty."""
    wanted = currency(compiler.frame.base)
    return wanted if any(key.sql == wanted for key in keys) else ""


def _check_books(keys: Sequence[Selected]) -> None:
    """Customers of two books may have one id, and are not one."""
    told = [one.column.key for one in keys]
    for one in keys:
        type = one.column.type
        if isinstance(type, Reference) and type.to in ("", CUSTOMER.name) and BOOK not in told:
            raise UsageError(
                f"in several books the same {one.column.key} can be different customers",
                f"add a book, as book:koper, or write --group-by {BOOK},{','.join(told)}",
            )


def _check_once(keys: Sequence[Selected], aggregates: Sequence[Selected]) -> None:
    names = [part.column.key for part in (*keys, *aggregates)]
    if any(part.currency for part in aggregates) and CURRENCY not in names[: len(keys)]:
        names.append(CURRENCY)
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{name} is given twice", f"name one with: {name} as NAME")


def _wholes(
    database: Database,
    query: GroupQuery,
    scope: Scope,
    *,
    own: bool,
    without: Container[int] = (),
) -> tuple[Any, ...]:
    """The aggregates over all rows that meet the condition, each once; of shares the whole.

    Measures that are the same of rows as of all their parts are asked of the rows, which is
    faster; then there is nothing that the parts have in common.
    With `own` there are none of amounts in several currencies, and the one currency comes last.
    Those at the places `without` are left out.
    """
    asked = [one for place, one in enumerate(query.aggregates) if place not in without]
    if not asked:
        return (None,)
    named, shared = asked, [text for text in asked if not is_one(text)]
    of_rows = query.parts is not None and all(
        is_shared(one, query.parts, query.base) for one in shared
    )
    if of_rows or not query.common:
        asked = shared
    if not asked:
        return (*(None for _ in named), None)
    if of_rows:
        query = query._replace(parts=None)
    kept = None if own else kept_totals(database, query.kind, asked, query.node, scope)
    if kept is not None:
        row = (*kept, scope.business.currency)
        return row if asked is named else _among(named, row)
    compiler = _compiler(query, scope._replace(base=query.kind), database.dialect)
    where = _chosen(compiler, query)
    of = currency(compiler.frame.base)
    parts = figures(asked, compiler, own=of if own else "")
    single = f"COUNT(DISTINCT {of}) <= 1"
    parts = [
        part._replace(sql=f"CASE WHEN {single} THEN {part.sql} END") if part.currency else part
        for part in parts
    ]
    one = f"COALESCE(MIN({of}), {compiler.frame.bind(scope.business.currency)})"
    sql = _inner(compiler, query, where, [*parts, plain(CURRENCY, _WORD, one)], 0)
    (row,) = database.rows(sql, compiler.frame.parameters)
    return row if asked is named else _among(named, row)


def _among(named: Sequence[str], row: Sequence[Any]) -> tuple[Any, ...]:
    """The values with None for what rows have in common, which was not asked."""
    values = iter(row)
    return (*(None if is_one(text) else next(values) for text in named), *values)


def _total(
    wholes: Sequence[Any], parts: Sequence[Selected], query: GroupQuery, scope: Scope
) -> tuple[Any, ...]:
    """The aggregates over all rows, typed; a share of the whole is 1, of nothing missing."""
    row = tuple(
        (1.0 if value else None) if is_share(text) else value
        for text, value in zip(query.aggregates, wholes, strict=False)
    )
    row += tuple(wholes[-1] for part in parts if part.currency)
    return typed([row], tuple(parts), scope)[0]


def _inner(
    compiler: Compiler, query: GroupQuery, where: str, parts: Sequence[Selected], keys: int
) -> str:
    quoted = compiler.dialect.name
    cells = [(part.sql, part.column.key) for part in parts]
    if keys and (own := [part for part in parts if part.currency]):
        # Amounts have the same beside them in the base currency, as those of every row have.
        cells += [(part.order[0], based(part.column.key)) for part in own]
        if CURRENCY not in [key for _, key in cells]:
            cells.append((own[0].currency, CURRENCY))
    shown = ", ".join(f"{sql} AS {quoted(key)}" for sql, key in cells)
    row = compiler.frame.base
    by = f" GROUP BY {grouped_by(parts[:keys], row, apart=query.apart)}" if keys else ""
    if isinstance(row, Part):
        row.asked(where, shown)
    return f"SELECT {shown} {row.source()} WHERE {where}{by}"


def _outer(
    compiler: Compiler,
    inner: str,
    parts: Sequence[Selected],
    query: GroupQuery,
    scope: Scope,
    keys: int,
    sums: Sequence[str],
) -> str:
    """The groups that `having` lets through, in order; with sums over all beside each."""
    kind = _kind(parts)
    where = compiler.dialect.truth(True)
    if query.having:
        from crm_cli.query.expression import parse_expression

        asked = scope._replace(base=kind)
        filtering = Compiler(asked, compiler.dialect)
        filtering.frame = compiler.frame.beside(kind)
        try:
            found = parse_expression(query.having, asked)
        except QueryError as error:
            raise _no_group_field(error, parts) from None
        where = filtering.condition(found, filtering.frame.base)
    ordered = [] if query.sort is None else [
        *group_order(query.sort, (*query.aggregates, *query.by), parts, compiler),
        *(term for part in parts[:keys] for term in order_terms(part, compiler, down=False)),
    ]  # fmt: skip
    shown = [part.column.key for part in parts] + [CURRENCY for part in parts if part.currency]
    listed = ", ".join(f"t.{compiler.dialect.name(key)}" for key in shown)
    sql = f"SELECT {listed} FROM ({inner}) t WHERE {where}"
    if sums:
        kept = f"t.{compiler.dialect.name(KEPT)}"
        also = ", ".join((kept, *(f"w.s{place}" for place in range(len(sums)))))
        source = beside(where, sums, compiler.dialect)
        sql = f"WITH g AS ({inner}) SELECT {listed}, {also} {source}"
    if ordered:
        sql += f" ORDER BY {', '.join(ordered)}"
    if query.limit is None:
        return sql
    return f"{sql} LIMIT {compiler.frame.bind(compiler.dialect.limit(query.limit))}"


def _no_group_field(error: QueryError, parts: Sequence[Selected]) -> QueryError:
    """The same with the names that groups have."""
    valid = f"valid: {', '.join(part.column.key for part in parts)}"
    told = "crm query fields group lists them all"
    return QueryError(
        [Fault(one.message, one.hint.replace(told, valid), one.span) for one in error.faults]
    )


def _kind(parts: Sequence[Selected]) -> Kind:
    """The groups as a kind of their own, so that `having` is read like any expression."""
    own = any(part.currency for part in parts)
    fields = [Field(CURRENCY, _WORD, "")] if own else []
    derived = tuple(
        Derived(part.column.key, _WORD, "")
        if part.column.type.storage.folded
        else Derived(part.column.key, part.column.type, "", base=not part.currency)
        for part in parts
        if not (own and part.column.key == CURRENCY)
    )
    return Kind(
        name="group",
        key="groups",
        doc="rows together",
        fields=tuple(fields),
        derived=derived,
        notes=False,
        table=False,
    )


def _picked(answer: Answer, query: GroupQuery, shown: int) -> Answer:
    """Only the columns that were asked for, under the names that they were given."""
    keys = [column.key for column in answer.columns]
    columns = list(answer.columns)
    if query.columns is None:
        places = list(range(shown))
    else:
        places = []
        for text in query.columns:
            bare, alias = split_alias(text)
            place = _place(bare, alias, keys, query)
            places.append(place)
            if alias:
                columns[place] = columns[place]._replace(key=alias)
    if places == list(range(len(keys))) and columns == list(answer.columns):
        return answer
    total = answer.total or ()
    return Answer(
        tuple(columns[place] for place in places),
        [tuple(row[place] for place in places) for row in answer.rows],
        tuple(total[place] for place in places),
    )


def _place(bare: str, alias: str, keys: Sequence[str], query: GroupQuery) -> int:
    by_text = {
        figure_key(split_alias(text)[0]): place
        for place, text in enumerate((*query.by, *query.aggregates))
    }
    for wanted in (alias, figure_key(bare)):
        if wanted in keys:
            return keys.index(wanted)
    if figure_key(bare) in by_text:
        return by_text[figure_key(bare)]
    from crm_cli.model.text import did_you_mean

    near = did_you_mean(bare, keys)
    raise UsageError(f"groups have no column '{bare}'", f"{near} valid: {', '.join(keys)}".strip())


__all__ = ["Column", "GroupQuery", "group"]
