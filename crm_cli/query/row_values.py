"""SQL for the values of a row: of a field, of a key of the users' own, of all text."""

from __future__ import annotations

from crm_cli.index.dialect import Dialect
from crm_cli.index.plan import EXTRA_DAY, EXTRA_WORDS, plan_of
from crm_cli.model.fieldtypes import FieldType
from crm_cli.model.kind import normal
from crm_cli.model.kinds import RECORDS
from crm_cli.query.fault import QueryError
from crm_cli.query.fields import resolve
from crm_cli.query.own import OwnKeys
from crm_cli.query.owners import record_of
from crm_cli.query.ref import Ref, Source
from crm_cli.query.rows import Row, Value
from crm_cli.query.storages import operators


def value(ref: Ref, row: Row) -> Value:
    """The value in the row that the field's steps have led to."""
    if ref.source is Source.FORMULA:
        declared = row.frame.declared
        sql = declared.formula(ref.column, row)
        day = declared.formula_day(ref.column, row) or sql
        return Value(sql, ref.type, base=sql, currency=_base_currency(row), day=day)
    if ref.source is Source.EXTRA:
        return _of_own(ref, row)
    if ref.source is Source.BOOK:
        return Value(_book(row), ref.type)
    if row.frame.dialect.mixed and operators(ref.type).has_base:
        raise QueryError((), *_MIXED)
    if ref.source is Source.TEXT:
        return Value(all_text(row), ref.type, folded=all_text(row))
    if row.frame.scope.forecasts_by_learned and _is_estimated(ref):
        return row.frame.declared.estimated(ref, row, _of_column(ref, row))
    return _of_column(ref, row)


def _book(row: Row) -> str:
    """SQL for the directory that a row comes from; where one alone is asked, its name."""
    found = row.frame.dialect.book(row.origin)
    keys = row.frame.scope.extra_keys
    return found or row.frame.bind(keys.books[0] if isinstance(keys, OwnKeys) else "")


_MIXED = (
    "these books have different base currencies, so their amounts are not to be compared or added",
    "add a book, as book:koper, or ask for columns without amounts: --cols book,id,name",
)


def _is_estimated(ref: Ref) -> bool:
    return any(one.estimated for one in ref.kind.derived if one.key == ref.column)


def _of_column(ref: Ref, row: Row) -> Value:
    columns = row.field(ref.column)
    sql = row.column(columns.value)
    if ref.inherits and (kind := record_of(row.kind)) is not None:
        record = row.frame.record()
        outer = record.field(resolve(ref.inherits, kind).column)
        sql = f"COALESCE({sql}, {record.column(outer.value)})"
    return Value(
        sql,
        ref.type,
        folded=row.column(columns.words),
        base=row.column(columns.base),
        currency=_currency(row, columns.currency) if ref.type.priced else "",
        day=row.column(columns.day) or sql,
    )


def _of_own(ref: Ref, row: Row) -> Value:
    """The first value under a key of the users' own: of the item, else of its record."""
    inherits = not ref.many and record_of(row.kind) is not None
    rows = [row, row.frame.record()] if inherits else [row]
    sources = [own_source(ref, one) for one in rows]
    kept = own_value(ref, row.frame.dialect)

    def first(cell: str) -> str:
        if not cell:
            return ""
        found = [f"(SELECT {cell} {source} ORDER BY x.pk LIMIT 1)" for source in sources]
        return found[0] if len(found) == 1 else f"COALESCE({', '.join(found)})"

    return Value(first(kept.sql), ref.type, folded=first(kept.folded), day=first(kept.day))


def own_value(ref: Ref, dialect: Dialect) -> Value:
    """The value in a row of `own_source`, by the type that all values of the key have."""
    type = ref.type
    sql = cell_of(type, dialect)
    if type.storage.folded:
        return Value(sql, type, folded=f"x.{EXTRA_WORDS}")
    return Value(sql, type, day=f"x.{EXTRA_DAY}" if type.storage.is_date else "")


def cell_of(type: FieldType, dialect: Dialect) -> str:
    """SQL for the column of `extra` that has the values of a key whose values are all of a type."""
    if type.storage.folded:
        return "x.value"
    exact = type.storage.is_date or type.storage.label == "decimal"
    whole = dialect.flagged("x.whole") if type.storage.label == "boolean" else "x.whole"
    return "x.exact" if exact else whole


def own_source(ref: Ref, row: Row) -> str:
    """`FROM extra x WHERE …`: the values that a row has under a key of the users' own."""
    frame, bind = row.frame, row.frame.bind
    if ref.column.endswith("."):
        below = frame.dialect.starts("x.key", bind(ref.column))
        key = f"(x.key = {bind(ref.column[:-1])} OR {below})"
    else:
        same = {key for key in frame.scope.extra_keys if normal(key) == normal(ref.column)}
        key = f"x.key IN ({', '.join(bind(key) for key in sorted(same | {ref.column}))})"
    kind = bind(row.kind.name)
    book = frame.dialect.same_book("x", row.origin)
    return f"FROM extra x WHERE x.item = {row.alias}.pk{book} AND x.kind = {kind} AND {key}"


def currency(row: Row) -> str:
    """The currency of a row's own amounts, else the business's."""
    return _currency(row, plan_of(row.kind).currencies[""])


def _currency(row: Row, column: str) -> str:
    base = _base_currency(row)
    return f"COALESCE({row.column(column)}, {base})" if column else base


def all_text(row: Row) -> str:
    """The folded words of all text of a row (of a record, of all that stands in it)."""
    if row.kind in RECORDS:
        return row.frame.dialect.words(f"{row.alias}.pk")
    plan = plan_of(row.kind)
    if plan.all_words:
        return row.column(plan.all_words)
    parts = [
        f"COALESCE({row.column(plan.fields[field.key].words)}, '')"
        for field in row.kind.fields
        if field.searched and field.key in plan.fields and plan.fields[field.key].words
    ]
    return f"({' || '.join(parts)})" if parts else "''"


def _base_currency(row: Row) -> str:
    return row.frame.bind(row.frame.business.currency)
