"""The documented views of the index, made from the kinds: what `crm sql` and others read.

Each kind has one, under its key (`customers`, `tasks`, `lines`), with readable columns:
money as plain numbers, lists joined by `; `, ids in place of row numbers. They stand
in the index's file as well, so that any SQLite browser shows them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from crm_cli.index.schema import has_currency, has_id, in_record, lift_column, lifted
from crm_cli.model.fieldtypes import FieldType, Reference, Storage, Text, Texts, Word
from crm_cli.model.kind import GroupOf, Kind
from crm_cli.model.kinds import HOLDERS, KINDS, RECORDS
from crm_cli.model.money import MINOR_UNITS

CURRENCY = "currency"
"""The key in `meta` under which the index keeps the base currency, for the views."""

_BASE = f'(SELECT "value" FROM "meta" WHERE "key" = \'{CURRENCY}\')'
_NOW = "date('now', 'localtime')"
_ID, _TEXT, _TEXTS, _WORD = Reference(""), Text(), Texts(), Word()
_OWN_KEYS = "own_keys"


class ViewColumn(NamedTuple):
    """A column of a view, with the SQL that fills it and what it says."""

    name: str
    sql: str
    type: FieldType
    doc: str


class View(NamedTuple):
    """A view: its name, what its rows are, and where they come from."""

    name: str
    doc: str
    columns: tuple[ViewColumn, ...]
    source: str

    def ddl(self, *, temporary: bool = False) -> str:
        """The statement that makes it."""
        shown = ", ".join(f'{column.sql} AS "{column.name}"' for column in self.columns)
        made = "CREATE TEMP VIEW" if temporary else "CREATE VIEW"
        return f'{made} "{self.name}" AS SELECT {shown} FROM {self.source}'


def views(today: str = _NOW) -> tuple[View, ...]:
    """Every view; `today` is SQL for the day that what is overdue goes by."""
    return (*(_view(kind, today) for kind in KINDS), _own_keys())


def view_name(kind: Kind) -> str:
    """The kind's key, unless a table is called so."""
    return f"{kind.key}_list" if any(kind.key == other.name for other in KINDS) else kind.key


def _view(kind: Kind, today: str) -> View:
    source = f'"{kind.name}" t'
    columns: list[ViewColumn] = []
    if has_id(kind):
        columns.append(ViewColumn("id", "t.id", _ID, f"the {kind.name}'s id"))
    outer = _parent(kind)
    for number, record in enumerate(HOLDERS[kind]):
        join, r = ("JOIN", "c") if len(HOLDERS[kind]) == 1 else ("LEFT JOIN", f"r{number}")
        source += f' {join} "{record.name}" {r} ON {r}.pk = t."{record.name}"'
        columns += _of_record(record, r)
    if outer is not None:
        source += f' JOIN "{outer.name}" p ON p.pk = t.parent'
        if has_id(outer):
            columns.append(ViewColumn(outer.name, "p.id", _ID, f"the {outer.name}'s id"))
    elif in_record(kind) and _elsewhere(kind):
        source += " WHERE t.parent IS NULL"
    columns += _stored(kind)
    columns += _derived(kind, today)
    if kind in RECORDS:
        columns += _lifted(kind)
        columns.append(ViewColumn("path", "t.path", _TEXT, "the file"))
    unique = {column.name: column for column in reversed(columns)}
    ordered = tuple(unique[name] for name in dict.fromkeys(column.name for column in columns))
    return View(view_name(kind), kind.doc, ordered, source)


def _of_record(record: Kind, alias: str) -> Iterator[ViewColumn]:
    """What tells in which record, or entry, an item stands."""
    yield ViewColumn(record.name, f"{alias}.id", _ID, f"the {record.name}'s id")
    if record.title:
        doc = f"the {record.name}'s {record.title}"
        column = f'{alias}."{record.title}"'
        yield ViewColumn(f"{record.name}_{record.title}", column, _TEXT, doc)


def _stored(kind: Kind) -> Iterator[ViewColumn]:
    for field in kind.fields:
        if isinstance(field.type, GroupOf):
            currency = f"{field.key}_currency"
            for part in field.type.kind.fields:
                key = f"{field.key}_{part.key}"
                yield from _columns(key, part.type, part.doc, _currency(kind, currency))
            continue
        yield from _columns(field.key, field.type, field.doc, _currency(kind))
    if has_currency(kind) and "currency" not in kind.by_key and kind not in RECORDS:
        yield ViewColumn("currency", _currency(kind), _WORD, "of the amounts")


def _derived(kind: Kind, today: str) -> Iterator[ViewColumn]:
    for derived in kind.derived:
        if derived.sql:
            sql = f"({derived.sql})".replace("{t}", "t").replace("{p}", "p")
            sql = sql.replace(":today", today)
            yield ViewColumn(derived.key, _plain(sql, derived.type), derived.type, derived.doc)
        elif derived.base:
            sql = _plain(f't."{derived.key}"', derived.type)
            yield ViewColumn(derived.key, sql, derived.type, derived.doc)
        else:
            yield from _columns(derived.key, derived.type, derived.doc, _currency(kind))


def _lifted(kind: Kind) -> Iterator[ViewColumn]:
    for name, field, value in lifted(kind):
        key = lift_column(name)
        type: FieldType = _TEXTS if key == "tags" else value.type
        yield ViewColumn(key, _plain(f't."{key}"', type), type, value.doc or field.doc)


def _columns(key: str, type: FieldType, doc: str, currency: str) -> Iterator[ViewColumn]:
    """The columns that a field has: money also in the base currency, a moment also its day."""
    storage = type.storage
    if storage in (Storage.NESTED, Storage.FREE):
        return
    column = f't."{key}"'
    if key == "currency":
        yield ViewColumn(key, currency, type, doc)
    elif storage is Storage.MONEY:
        yield ViewColumn(key, _amount(column, currency), type, doc)
        base = _amount(f't."{key}__b"', _BASE)
        yield ViewColumn(f"{key}_base", base, type, "the same in the base currency")
    elif storage is Storage.MOMENT:
        yield ViewColumn(key, column, type, f"{doc}; times are in UTC".lstrip("; "))
        yield ViewColumn(f"{key}_day", f't."{key}__d"', type, "its day, here")
    else:
        yield ViewColumn(key, _plain(column, type), type, doc)


def _plain(sql: str, type: FieldType) -> str:
    """A value as people and programs read it."""
    if type.storage is Storage.MONEY:
        return _amount(sql, _BASE)
    if type.storage is Storage.DECIMAL:
        return f"CAST({sql} AS REAL)"
    if type.storage is Storage.TEXTS:
        return f"replace({sql}, char(10), '; ')"
    return sql


def _amount(minor: str, currency: str) -> str:
    whens = " ".join(
        f"WHEN '{name}' THEN {10.0**decimals}" for name, decimals in sorted(MINOR_UNITS.items())
    )
    return f"({minor} / CASE {currency} {whens} ELSE 100.0 END)"


def _currency(kind: Kind, key: str = "currency") -> str:
    """The currency of a row's own amounts."""
    if key != "currency" or has_currency(kind):
        return f't."{key}"'.join(("COALESCE(", f", {_BASE})"))
    return _BASE


def _own_keys() -> View:
    columns = (
        ViewColumn("customer", "c.id", _ID, "the customer's id, where it stands in their record"),
        ViewColumn("kind", "t.kind", _WORD, "the kind of what has the key"),
        ViewColumn("key", "t.key", _TEXT, "the key; below custom it is custom.KEY"),
        ViewColumn("value", "t.value", _TEXT, "its value, as a text"),
    )
    source = '"extra" t LEFT JOIN "customer" c ON c.pk = t.record'
    return View(_OWN_KEYS, "keys of your own, which no kind declares", columns, source)


def _holders(kind: Kind) -> list[Kind]:
    return [holder for holder in KINDS if any(part is kind for _, part in holder.lists)]


def _parent(kind: Kind) -> Kind | None:
    """The kind whose items hold all of these; None where that is a record."""
    holders = _holders(kind)
    return holders[0] if len(holders) == 1 and in_record(holders[0]) else None


def _elsewhere(kind: Kind) -> bool:
    return any(map(in_record, _holders(kind)))
