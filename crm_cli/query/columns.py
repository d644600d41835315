"""Columns and sort order of an answer: fields, aggregates, lists of texts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crm_cli.index.plan import Lift, plan_of
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.fieldtypes import FieldType, Reference, Text, Texts
from crm_cli.model.kind import Kind, ListOf, normal
from crm_cli.model.kinds import HOMES, RECORDS
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.text import split_names
from crm_cli.query.ast import Aggregate
from crm_cli.query.compile import Compiler
from crm_cli.query.fault import Fault, QueryError, Span, Unknown
from crm_cli.query.fields import resolve
from crm_cli.query.own_fields import names
from crm_cli.query.owners import of_row, record_of
from crm_cli.query.ref import Ref, Source
from crm_cli.query.row_values import currency, own_source, value
from crm_cli.query.rows import Row, Value, climb, holder, reach
from crm_cli.query.scope import Scope
from crm_cli.query.storages import operators

_ALIASED = r"(?si)(.*\S)\s+as\s+([A-Za-z_][\w-]*)"
_TEXT, _TEXTS = Text(), Texts()
_TOTALS = {"count": "sum", "distinct": "sum", "sum": "sum", "min": "min", "max": "max"}
"""The function over all rows that gives what the function over the items of each gives."""
_USUAL = 20
"""So many valid columns are named where one is not."""


class Column(NamedTuple):
    """A column of an answer: its key, its type, and whether its money is in the base currency.

    `choices` are the words of a closed list with those that the settings add.
    """

    key: str
    type: FieldType
    base: bool = False


class Selected(NamedTuple):
    """A column with its SQL; `currency` is SQL for the currency of its money.

    `total` is the aggregate function whose value over all rows says something; empty where
    none does.
    """

    column: Column
    sql: str
    currency: str
    order: tuple[str, ...]
    """SQL to sort by, in turn."""
    total: str = ""


def split_alias(text: str) -> tuple[str, str]:
    """`sum(purchases.net) as revenue`: what is asked, and the name it is given, else empty."""
    bare = text.strip()
    # Most are one word: what reads the others is made when there is one.
    found = re.fullmatch(_ALIASED, bare) if len(bare.split()) > 2 else None
    return (found[1], normal(found[2])) if found else (bare, "")


def column(name: str, compiler: Compiler) -> Selected:
    """The column that a name means for the statement's rows; raises UsageError."""
    bare, alias = split_alias(name)
    if alias:
        return _named(alias, column(bare, compiler))
    scope, row = compiler.scope, compiler.frame.base
    wanted = normal(name)
    if not wanted:
        raise UsageError("a column has no name", "write --cols name,city")
    if (special := _special(wanted, row)) is not None:
        return special
    if "(" in name:
        from crm_cli.query.expression import parse_operand

        return _of_operand(name.strip(), parse_operand(name, scope), compiler)
    if "@" in name:
        return _of_operand(wanted, _windowed(name, scope), compiler)
    listed = _list(wanted, row, compiler)
    if listed is not None:
        return listed
    try:
        ref = resolve(name, row.kind, scope.extra_keys)
    except Unknown as error:
        raise _no_column(name, scope, error) from None
    if ref.source is Source.TEXT:
        raise _no_column(name, scope, Unknown("all text is no column", "")) from None
    return _of_operand(ref.name, ref, compiler)


def order(text: str, compiler: Compiler, named: Iterable[Selected] = ()) -> list[str]:
    """`ORDER BY` terms for `--sort`: `spend-` and `-spend` turn it round; missing come last.

    `named` are columns that have been given a name, which sorts by them as well.
    """
    names = {part.column.key: part for part in named}
    terms: list[str] = []
    for part in split_names(text):
        bare = part[1:] if part[:1] in "-+" else part
        down = part[:1] == "-"
        if bare.endswith("-"):
            bare, down = bare[:-1], not down
        selected = names.get(normal(bare)) or column(bare, compiler)
        first = selected.order[0]
        terms.append(compiler.dialect.missing(first))
        terms += [compiler.dialect.sorted(sql, down=down) for sql in selected.order]
    return terms


def ties(row: Row) -> list[str]:
    """What orders rows that are otherwise equal: the id, then the place in the record."""
    kind = row.kind
    if record_of(kind) is None:
        return _in_order(row)
    turned = row.frame.dialect.sorted
    own = [turned(row.column("id"))] if kind.letter else []
    return [*own, *_in_order(row.frame.record()), turned(row.column("pk"))]


def _in_order(record: Row) -> list[str]:
    """What orders records and entries: two files may have one id."""
    dialect, book = record.frame.dialect, record.frame.dialect.book(record.alias)
    by = ["id", "path" if record.kind in RECORDS else "pk"]
    found = [dialect.sorted(record.column(key)) for key in by]
    return [*found, dialect.sorted(book)] if dialect.several else found


def natural(compiler: Compiler) -> list[str]:
    """The order without `--sort`: items by their date, else by id."""
    row = compiler.frame.base
    return order(row.kind.when, compiler) if row.kind.when else []


def _special(wanted: str, row: Row) -> Selected | None:
    record = record_of(row.kind)
    in_file = (record or row.kind) in RECORDS
    if wanted == "path" and in_file:
        sql = holder(row.frame, "path")
        return Selected(Column("path", _TEXT), sql, "", (sql,))
    if record is not None and wanted in (record.name, f"{record.name}.id"):
        sql = holder(row.frame, "id")
        return Selected(Column(record.name, Reference(record.name)), sql, "", (sql,))
    if wanted == "currency" and in_file:
        sql = currency(row)
        return Selected(Column("currency", _TEXT), sql, "", (sql,))
    return None


def _windowed(name: str, scope: Scope) -> Aggregate:
    from crm_cli.query.grammar import read_asked
    from crm_cli.query.windows import windowed

    bare, _, period = name.partition("@")
    span = Span(name, len(bare) + 1, len(name))
    try:
        return windowed(bare, scope.base, read_asked(period, scope, span))
    except Unknown as error:
        raise QueryError((Fault(error.message, error.hint, Span(name, 0, len(bare))),)) from None
    except Fault as fault:
        raise QueryError((fault,)) from None


def _of_operand(key: str, operand: Ref | Aggregate, compiler: Compiler) -> Selected:
    row = compiler.frame.base
    if isinstance(operand, Aggregate):
        found = compiler.operand(operand, row)
        selected = _selected(key, found, compiler, base=True)
        return selected._replace(total=_TOTALS.get(operand.function, ""))
    if operand.source is Source.EXTRA:
        return _extra(key, operand, compiler)
    if operand.lifted:
        owner, _ = climb(row, operand.steps)
        lift = plan_of(owner.kind).lifts[operand.lifted]
        if lift.several:
            values = _all_lifted(lift, owner)
            return values if owner is compiler.frame.record() else _named(key, values)
        return _selected(key, Value(owner.column(lift.column), operand.type), compiler)
    if operand.many:
        return _gathered(key, operand, row)
    found = compiler.operand(operand, row)
    if other := compiler.first_of_others(operand, climb(row, operand.steps)[0]):
        found = found._replace(sql=f"COALESCE({found.sql}, {other})", day="")
    return _selected(key, found, compiler, base=operand.base)


def _all_lifted(lift: Lift, row: Row) -> Selected:
    """The values of all items of a list, as the row itself has them."""
    sql = row.column(lift.column)
    return Selected(Column(lift.list, _TEXTS), sql, "", (sql,))


def _named(key: str, selected: Selected) -> Selected:
    return selected._replace(column=selected.column._replace(key=key))


def _selected(key: str, found: Value, compiler: Compiler, *, base: bool = False) -> Selected:
    storage = operators(found.type)
    sql, currency = storage.shown(found, base=base)
    return Selected(
        Column(key, found.type, base and storage.has_base),
        sql,
        currency,
        storage.order(found, compiler.frame),
        "sum" if found.type.adds else "",
    )


def _list(wanted: str, row: Row, compiler: Compiler) -> Selected | None:
    """A list of items as a column: the texts that name them."""
    kind = row.kind
    field = kind.by_key.get(wanted)
    record = record_of(kind)
    if field is None and record is not None and wanted not in kind.by_name:
        field = record.by_key.get(wanted)
        row = compiler.frame.record() if field and isinstance(field.type, ListOf) else row
    if field is None or not isinstance(field.type, ListOf):
        return None
    for lift in plan_of(row.kind).lifts.values():
        if lift.list == field.key and lift.several:
            return _all_lifted(lift, row)
    inner = field.type.kind
    if not inner.title:
        raise UsageError(f"{field.key} have no text to show", f"write count({field.key})")
    ref = resolve(f"{field.key}.{inner.title}", row.kind)
    return _gathered(field.key, ref, row)


def _gathered(key: str, ref: Ref, row: Row) -> Selected:
    """The values of a many-valued field, in the order of the file: of the items that conditions
    find, so that what does not count yet is not shown either."""
    if not operators(ref.type).gathered:
        raise UsageError(
            f"{key} has several values", f"write sum({key}), max({key}) or last({key}) in --cols"
        )
    row, steps = climb(row, ref.steps)
    item, link = row.items(steps[0])
    sqls: list[str] = []

    def take(at: Row) -> str:
        sqls.append(value(ref, at).sql)
        return at.frame.dialect.truth(True)

    if not all(step.way.single for step in steps[1:]):
        raise UsageError(f"{key} has several values in each item", "ask for the items themselves")
    reach(item, steps[1:], take)
    found = item.found() if row.kind in HOMES else ""
    source = f"{item.source()} WHERE {link} AND {sqls[0]} IS NOT NULL"
    source += f" AND {found}" if found else ""
    sql = row.frame.dialect.gathered(sqls[0], source, item.column("ordinal"))
    return Selected(Column(key, _TEXTS), sql, "", (sql,))


def _extra(key: str, ref: Ref, compiler: Compiler) -> Selected:
    """The value under a key of the users' own; several of one row as one text."""
    row = compiler.frame.base
    if ref.many:
        return _gathered(key, ref, row)
    for step in ref.steps:
        row = row.up(step)
    if not ref.several:
        return _selected(key, value(ref, row), compiler)
    source = own_source(ref, row)
    joined = compiler.dialect.joined
    sql = joined("x.value", source, "x.pk")
    if record_of(row.kind) is not None:
        outer = own_source(ref, compiler.frame.record())
        sql = f"COALESCE({sql}, {joined('x.value', outer, 'x.pk')})"
    return Selected(Column(key, _TEXT), sql, "", (sql,))


def _no_column(name: str, scope: Scope, error: Unknown) -> UsageError:
    from crm_cli.model.text import did_you_mean

    valid = valid_columns(scope.base, scope.extra_keys)
    hint = f"{did_you_mean(name, valid)}\n{_usual(scope.base, valid)}".strip()
    if error.message.startswith("there is no field"):
        return UsageError(f"there is no column '{name}'", hint)
    return UsageError(error.message, error.hint or hint)


def _usual(kind: Kind, valid: list[str]) -> str:
    """The valid columns in lines, of many those that are asked for most."""
    import textwrap

    usual = [name for name in dict.fromkeys([*kind.columns, *valid]) if name in valid]
    more = len(usual) - _USUAL
    text = f"valid: {', '.join(usual[:_USUAL])}"
    if more > 0:
        of = "" if kind is CUSTOMER else f" {kind.name}"
        text += f" and {more} more: crm query fields{of}"
    return textwrap.fill(text, 76, break_long_words=False, break_on_hyphens=False)


def valid_columns(kind: Kind, extra_keys: Iterable[str] = ()) -> list[str]:
    """The names that `--cols` takes for rows of a kind: an item's own, then those of what it is
    part of, then its record's."""
    found: list[str] = []
    record = record_of(kind)
    for owner in of_row(kind):
        if owner is record:
            found += [record.name, "currency"]
        found += [name for name in names(owner) if name != "text"]
        if owner is kind:
            found += [field.key for field, inner in kind.lists if inner.title]
    if (record or kind) in RECORDS:
        found.append("path")
    return list(dict.fromkeys([*found, *sorted(extra_keys)]))
