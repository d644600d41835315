"""Grouping keys: a field, a part of a date, or each value of a list."""

from __future__ import annotations

from crm_cli.index.plan import plan_of
from crm_cli.model.errors import UsageError
from crm_cli.model.fieldtypes import Choice, Date, FieldType, Word
from crm_cli.query.columns import Column, Selected, column, split_alias
from crm_cli.query.compile import Compiler
from crm_cli.query.fault import Unknown
from crm_cli.query.fields import resolve
from crm_cli.query.ref import Ref, Source
from crm_cli.query.row_values import value
from crm_cli.query.rows import Row, climb, reach
from crm_cli.query.storages import operators

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PARTS = ("week", "month", "quarter", "year", "weekday")
_WORD, _WEEKDAY = Word(), Choice(WEEKDAYS)


def group_key(text: str, compiler: Compiler) -> Selected:
    """A field to group by, as `--group-by` spells it; raises UsageError.

    `.week`, `.month`, `.quarter`, `.year` and `.weekday` are of dates. A row stands in the group
    of each value that a list has (once, however often it is there), and in that of
    nothing where it has none. Of cities and e-mails, which a customer has a first one
    of, that one counts.
    """
    name, alias = split_alias(text)
    head, dot, part = name.rpartition(".")
    if dot and part in PARTS:
        found = _value(head, compiler, part)
        type = _WEEKDAY if part == "weekday" else _WORD
        return plain(alias or f"{found.column.key}_{part}", type, found.sql)
    found = _value(name, compiler)
    key = alias or found.column.key
    storage = operators(found.column.type)
    if storage.by_day:
        return plain(key, Date(), found.order[0])
    if storage.has_base:
        return plain(key, found.column.type, found.order[0], base=True)
    return found._replace(column=found.column._replace(key=key))


def plain(key: str, type: FieldType, sql: str, *, base: bool = False) -> Selected:
    """A column whose SQL is all there is to say."""
    return Selected(Column(key, type, base), sql, "", (sql,))


def _value(name: str, compiler: Compiler, part: str = "") -> Selected:
    """A field's column, or a part of its date; of a list, one of its values."""
    row = compiler.frame.base
    ref = None if "(" in name or "@" in name else _resolved(name, compiler)
    if ref is not None and ref.source is not Source.EXTRA:
        if ref.lifted:
            owner, _ = climb(row, ref.steps)
            lift = plan_of(owner.kind).lifts[ref.lifted]
            if lift.several:
                key = lift.name if owner is row.frame.record() else ref.name
                return _lines(key, owner.column(lift.column), compiler)
        elif ref.many:
            return _each(ref, compiler, part)
    selected = column(name, compiler)
    if part:
        _check_dated(name, selected.column.type)
        return selected._replace(sql=compiler.dialect.period(selected.order[0], part))
    if operators(selected.column.type).lines:
        return _lines(selected.column.key, selected.sql, compiler)
    return selected


def _resolved(name: str, compiler: Compiler) -> Ref | None:
    try:
        return resolve(name, compiler.frame.base.kind, compiler.scope.extra_keys)
    except Unknown:
        return None


def _check_dated(name: str, type: FieldType) -> None:
    if not type.storage.is_date:
        raise UsageError(f"{name} is no date", f"only dates have a {', '.join(PARTS)}")


def _each(ref: Ref, compiler: Compiler, part: str) -> Selected:
    """Each different value that the items have."""
    if part:
        _check_dated(ref.name, ref.type)
    storage = operators(ref.type)
    if not storage.grouped:
        raise UsageError(f"{ref.name} has several values", f"write sum:{ref.name} in --agg")
    row, steps = climb(compiler.frame.base, ref.steps)
    item, link = row.items(steps[0])
    sqls: list[str] = []

    def take(at: Row) -> str:
        found = value(ref, at)
        sqls.append(found.day if storage.by_day else found.sql)
        return at.frame.dialect.truth(True)

    if not all(step.way.single for step in steps[1:]):
        raise UsageError(f"{ref.name} has several values in each item", "group the items instead")
    reach(item, steps[1:], take)
    source = f"{item.source()} WHERE {link} AND {sqls[0]} IS NOT NULL"
    if part:
        sqls[0] = compiler.dialect.period(sqls[0], part)
    type = Date() if storage.by_day else ref.type
    key = ref.name.replace(".", "_")
    alias = _alias(compiler)
    join = compiler.dialect.each_value(sqls[0], source, alias)
    return _joined(key, type, join, alias, compiler)


def _lines(key: str, text: str, compiler: Compiler) -> Selected:
    """Each different line of a list."""
    alias = _alias(compiler)
    return _joined(key, _WORD, compiler.dialect.each_line(text, alias), alias, compiler)


def taken_apart(compiler: Compiler) -> int:
    """How many keys have a group for each of several values of a row."""
    return sum(" g" in join for join in compiler.frame.base.joins)


def _alias(compiler: Compiler) -> str:
    return f"g{taken_apart(compiler) + 1}"


def _joined(key: str, type: FieldType, join: str, alias: str, compiler: Compiler) -> Selected:
    """A row for each of the values, or one with none."""
    compiler.frame.base.joins.append(join)
    return plain(key, type, f"{alias}.value")
