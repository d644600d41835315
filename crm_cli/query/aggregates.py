"""Aggregates as SQL: counts, sums and extremes over the items that count.

Those over a window are grouped by record once and joined. Only where a list of records
tests one once is each of them asked, by an index that has all that is needed: that is quicker.
Those of full expressions are subqueries of their row in any case, since their conditions may
speak of it.
"""

from __future__ import annotations

from collections.abc import Callable

from crm_cli.model.kinds import HOMES
from crm_cli.query.ast import Aggregate, Literal, Node, Op, Window
from crm_cli.query.fields import resolve
from crm_cli.query.functions import over
from crm_cli.query.operators import compared
from crm_cli.query.ref import Collection, Ref
from crm_cli.query.row_values import value
from crm_cli.query.rows import Row, Value, climb, reach
from crm_cli.query.storages import operators
from crm_cli.query.windows import ratio

Condition = Callable[[Node, Row], str]
"""Compiles a condition that chooses among rows to SQL."""


def aggregate(node: Aggregate, row: Row, condition: Condition, *, often: bool = True) -> Value:
    """The value of an aggregate for a row; `often` where the statement names it several times."""
    if node.function == "ratio":
        part, whole = (aggregate(one, row, condition) for one in ratio(node))
        sql = row.frame.dialect.quotient(part.sql, whole.sql)
        return Value(sql, node.type, base=sql, currency=part.currency)
    holder, steps = climb(row, node.collection.steps)
    once = not often and holder.frame.base.kind in HOMES
    if node.name and holder.kind in HOMES and len(steps) == 1 and not once:
        return _grouped(node, holder, condition)
    return _correlated(node, holder, condition)


def _grouped(node: Aggregate, record: Row, condition: Condition) -> Value:
    """A column of a subquery that is grouped by record and joined once."""
    item, _ = record.items(node.collection.steps[-1])
    wanted = _conditions(node, item, condition)
    column = _over(node, item)
    where = f" WHERE {' AND '.join(wanted)}" if wanted else ""
    number = item.column(record.kind.name)
    dialect = record.frame.dialect
    book = dialect.book(item.origin)
    shown = f"{book} AS book, {number} AS record" if book else f"{number} AS record"
    body = f"SELECT {shown}, {column} AS v {item.source()}{where}"
    by = dialect.keys(item.origin, number)
    key = (record.alias, node.function, node.name, node.window)
    joined = record.frame.groups.get(key)
    if joined is None:
        joined = f"w{len(record.frame.groups) + 1}"
        record.frame.groups[key] = joined
        record.root.joins.append(
            f"LEFT JOIN ({body} GROUP BY {by}) {joined} ON {joined}.record = {record.alias}.pk"
            f"{dialect.same_book(joined, record.origin)}"
        )
    sql = f"{joined}.v"
    return _valued(node, f"COALESCE({sql}, 0)" if _zero(node) else sql, record)


def _correlated(node: Aggregate, holder: Row, condition: Condition) -> Value:
    """A subquery of the row that holds the collection."""
    steps = node.collection.steps[-1:] if node.collection.steps else ()
    if not steps or holder.kind is node.collection.kind:
        item, link = holder, ""
    else:
        item, link = holder.items(steps[0])
    wanted = ([link] if link else []) + _conditions(node, item, condition)
    where = f"WHERE {' AND '.join(wanted) or item.frame.dialect.truth(True)}"
    if node.function in ("first", "last"):
        return _extreme(node, item, where)
    sql = f"(SELECT {_over(node, item)} {item.source()} {where})"
    day = ""
    if operators(node.type).by_day and node.ref is not None:
        day = f"(SELECT {_day(node, item)} {item.source()} {where})"
    return _valued(node, sql, holder, day=day)


def _extreme(node: Aggregate, item: Row, where: str) -> Value:
    """The field of the first or last item, by the kind's date."""
    assert node.ref is not None
    when = _field(when_of(node.collection), item)
    found = _field(node.ref, item)
    down, turned = node.function == "last", item.frame.dialect.sorted
    # An amount without a rate is left out, as of min and max.
    dated = f"{where} AND {when.sql} IS NOT NULL AND {found.base or found.sql} IS NOT NULL"
    by = (when.day, when.sql, f"{item.alias}.ordinal")
    order = f"ORDER BY {', '.join(turned(sql, down=down) for sql in by)} LIMIT 1"

    def pick(sql: str) -> str:
        return f"(SELECT {sql} {item.source()} {dated} {order})" if sql else ""

    return Value(
        pick(found.sql), node.type, folded=pick(found.folded), base=pick(found.base),
        currency=pick(found.currency), day=pick(found.day),
    )  # fmt: skip


def _conditions(node: Aggregate, item: Row, condition: Condition) -> list[str]:
    """Only what counts, in the window, where the expression holds."""
    counted = "" if node.everything else item.counted()
    wanted = [counted] if counted else []
    if node.window is not None:
        wanted.append(within(node.collection, node.window, item))
    if node.where is not None:
        wanted.append(condition(node.where, item))
    return wanted


def within(collection: Collection, window: Window, item: Row) -> str:
    """Whether the date that windows of a collection go by lies in a window."""
    when = when_of(collection)
    literal = Literal(window.period, window.text)
    return reach(
        item,
        when.steps,
        lambda row: compared(value(when, row), Op.EQ, literal, row.frame),
    )


def when_of(collection: Collection) -> Ref:
    """The date that windows of a collection go by: its own, or that of what it is part of."""
    kind = collection.kind
    if kind.when:
        return resolve(kind.when, kind)
    return resolve("date", kind)


def _over(node: Aggregate, item: Row) -> str:
    """The aggregate function over the item's field."""
    taken = _field(node.ref, item) if node.ref is not None else None
    each = _field(node.each, item).sql if node.each is not None else ""
    return over(item.frame.dialect, node.function, taken, each=each)


def _day(node: Aggregate, item: Row) -> str:
    assert node.ref is not None
    return f"{node.function.upper()}({_field(node.ref, item).day})"


def _field(ref: Ref, item: Row) -> Value:
    """The field of an item, or of what it is part of."""
    for step in ref.steps:
        item = item.up(step)
    return value(ref, item)


def _zero(node: Aggregate) -> bool:
    """Counts and sums of nothing are 0, other aggregates missing."""
    return node.function in ("count", "distinct", "sum")


def _valued(node: Aggregate, sql: str, row: Row, *, day: str = "") -> Value:
    base = row.frame.bind(row.frame.business.currency)
    return Value(sql, node.type, base=sql, currency=base, day=day or sql)
