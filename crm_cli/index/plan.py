"""The column plan of each kind: derived once from its declaration, used wherever columns are named.

The tables and their indexes, the extractor that fills them, the documented views, queries
and references all take columns from here; nothing else puts a column's name together.
Types of columns are the index's own, so that another database can map them as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from crm_cli.index.cells import Role, SqlType, codec
from crm_cli.model import references
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import FieldType, Word
from crm_cli.model.kind import GroupOf, Kind, ListOf
from crm_cli.model.kinds import HOLDERS, HOMES, RECORDS
from crm_cli.model.named_tuple import NamedTuple

_SUFFIX: dict[Role, str] = {"words": "__f", "base": "__b", "day": "__d"}
"""What follows a value's name in that of a column beside it."""
_CURRENCY = "currency"


class Column(NamedTuple):
    """A column of a table.

    `path` is where its value stands in an item: `credit.limit`, `addresses[].city`; empty
    for what the index itself gives a row. `default` is what it has where an item says nothing.
    """

    name: str
    type: SqlType
    role: Role
    path: str = ""
    default: Any = None


class FieldColumns(NamedTuple):
    """The columns that answer for a field or a derived value, by their names.

    `value` is that of the value itself, `words` of its folded words, `base` of the amount in
    the base currency, `day` of the local date, `currency` of the currency that the amount
    is in. A name is empty where there is no such column; `currency` of what is in the base
    currency is, too.
    """

    path: str
    type: FieldType
    value: str
    words: str = ""
    base: str = ""
    day: str = ""
    currency: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """The columns of a value's cells, in their order."""
        beside = (name for name in (self.words, self.base, self.day) if name)
        return (self.value, *(name for name in beside if name != self.value))

    @property
    def compared(self) -> str:
        """The column by which values are looked for."""
        return self.words or self.day or self.value


class Lift(NamedTuple):
    """A column for what a kind answers from the first item of a list, or from all of them.

    `list` and `key` are the list's key and the key of the items' field; with `several` the
    column holds the values of all items, a line each.
    """

    name: str
    column: str
    list: str
    key: str
    type: FieldType
    several: bool
    doc: str

    @property
    def kept(self) -> SqlType:
        """What the column holds."""
        held = codec(self.type)
        return "text" if self.several or held is None else held.type


class ColumnPlan:
    """The columns of a kind's table, in their order.

    `fields` has those of the fields by their path (`name`, `credit.limit`), `lifts` those of
    lifted values by their names. `currencies` has the one with the currency of a row's own
    amounts under an empty path and those of groups' under `credit.`; it is empty where there
    are no amounts. `all_words` is the one with the words of all text of a row, or empty.
    Raises TypeError for a declaration that gives two columns one name, or for a list in a group.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.fields: dict[str, FieldColumns] = {}
        self.lifts: dict[str, Lift] = {}
        self.currencies: dict[str, str] = {}
        self.all_words = ""
        self._columns: dict[str, Column] = {}
        self._link()
        self._fill(kind, "", "")
        for lift in _lifts(kind):
            self.lifts[lift.name] = lift
            self._add(Column(lift.column, lift.kept, "lifted", f"{lift.list}[].{lift.key}"))
        if is_listed(kind):
            self.all_words = "all" + _SUFFIX["words"]
            self._add(Column(self.all_words, "text", "search"))
        self.columns = tuple(self._columns.values())

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]

    @property
    def has_id(self) -> bool:
        """Whether rows have an id that no field declares."""
        return has_id(self.kind)

    def lost(self, name: Callable[[str], str]) -> str:
        """SQL for the rows with an amount that has no rate, empty for a kind without amounts;
        `name` spells a column's name."""
        return " OR ".join(
            f"({name(one.value)} IS NOT NULL AND {name(one.base)} IS NULL)"
            for one in self.fields.values()
            if one.base and one.base != one.value
        )

    def references(self) -> Iterable[FieldColumns]:
        """The fields whose values name records or users."""
        return (field for field in self.fields.values() if field.type.to)

    def _link(self) -> None:
        kind = self.kind
        if not kind.table:
            return
        self._add(Column("pk", "key", "key"))
        if in_record(kind):
            for name in record_columns(kind):
                self._add(Column(name, "integer", "link"))
            self._add(Column("parent", "integer", "link"))
            self._add(Column("ordinal", "integer", "ordinal"))
        if has_id(kind):
            self._add(Column("id", "text", "id", "id"))
            self.fields["id"] = FieldColumns("id", Word(), "id")
        if kind in RECORDS:
            self._add(Column("path", "text", "file"))

    def _fill(self, kind: Kind, prefix: str, path: str) -> None:
        """Add the columns of a kind's fields and derived values, or of those of a group in it."""
        currency = f"{prefix}{_CURRENCY}" if _has_currency(kind) else ""
        self.currencies[path] = currency
        for field in kind.fields:
            if isinstance(field.type, GroupOf):
                self._fill(field.type.kind, f"{prefix}{field.key}_", f"{path}{field.key}.")
            elif path and isinstance(field.type, ListOf):
                raise TypeError(f"{self.kind.name}: {path}{field.key} is a list within a group")
            else:
                where = (f"{prefix}{field.key}", f"{path}{field.key}")
                self._field(*where, field.type, currency, field.default)
        if currency and _CURRENCY not in kind.by_key:
            self._add(Column(currency, "text", "currency", f"{path}{_CURRENCY}"))
        for derived in kind.derived:
            if not derived.kept or (currency and derived.key == _CURRENCY):
                continue
            where = (f"{prefix}{derived.key}", f"{path}{derived.key}")
            if derived.base:
                self._base(*where, derived.type)
            else:
                self._field(*where, derived.type, currency)

    def _field(
        self, name: str, path: str, type: FieldType, currency: str, default: Any = None
    ) -> None:
        held = codec(type)
        if held is None:
            return
        own: Role = "currency" if name == currency else "value"
        self._add(Column(name, held.type, own, path, default))
        beside = {}
        for role, further in held.beside:
            beside[role] = f"{name}{_SUFFIX[role]}"
            self._add(Column(beside[role], further, role, path))
        assert default is None or not beside, f"{path}: a default of several columns"
        self.fields[path] = FieldColumns(
            path,
            type,
            name,
            words=beside.get("words", ""),
            base=beside.get("base", ""),
            day=beside.get("day", ""),
            currency=currency if type.priced else "",
        )

    def _base(self, name: str, path: str, type: FieldType) -> None:
        """An amount in the base currency needs no column but its own."""
        held = codec(type)
        assert held is not None, f"{path}: an amount without a column"
        self._add(Column(name, held.type, "base", path))
        self.fields[path] = FieldColumns(path, type, name, base=name)

    def _add(self, column: Column) -> None:
        if column.name in self._columns:
            raise TypeError(f"{self.kind.name}: two columns are named {column.name}")
        self._columns[column.name] = column


@cache
def plan_of(kind: Kind) -> ColumnPlan:
    """The plan of a kind."""
    return ColumnPlan(kind)


def based(name: str) -> str:
    """The name of the column that has an amount of the column `name` in the base currency."""
    return name + _SUFFIX["base"]


EXTRA = (
    Column("pk", "key", "key"),
    Column("record", "integer", "link"),
    Column("kind", "text", "value"),
    Column("item", "integer", "link"),
    Column("key", "text", "value"),
    Column("value", "text", "value"),
    Column("value" + _SUFFIX["words"], "text", "words"),
    Column("ordinal", "integer", "ordinal"),
    Column("type", "text", "value"),
    Column("whole", "integer", "value"),
    Column("exact", "text", "value"),
    Column("exact" + _SUFFIX["day"], "date", "day"),
)
"""The columns of `extra`, the table of the users' own keys.

`type` is what a value reads as (see `model/own.py`): whole numbers, and yes or no, stand in
`whole`, numbers and dates in `exact` too, with the local day of a date. `ordinal` counts the
values that one item has under a key."""
EXTRA_WORDS = "value" + _SUFFIX["words"]
EXTRA_DAY = EXTRA[-1].name


def is_listed(kind: Kind) -> bool:
    """Whether items of the kind are listed by commands, and so searched on their own."""
    return bool(kind.columns) and kind not in RECORDS


def has_id(kind: Kind) -> bool:
    """Whether rows have an id that no field declares."""
    return references.has_id(kind) and "id" not in kind.by_key


def in_record(kind: Kind) -> bool:
    """Whether the kind's items stand in the list of a record or an entry, and are neither."""
    return kind not in HOMES


def record_columns(kind: Kind) -> tuple[str, ...]:
    """The columns that hold the number of the record, or entry, in which an item stands.

    There is one for each kind of records that has such items, named after it; in each row
    one of them has a value. Items that no kind of records declares are the customers'.
    """
    return tuple(holder.name for holder in HOLDERS.get(kind, ())) or (CUSTOMER.name,)


def summed_columns(kind: Kind) -> tuple[str, ...]:
    """The columns that stand in indexes of a kind's items, so that sums need not look at rows."""
    fields = plan_of(kind).fields
    return tuple(one.base or one.day or one.value for one in map(fields.__getitem__, kind.summed))


def dated_columns(kind: Kind) -> tuple[str, ...]:
    """The columns of the index by the date of items, the date first; none without a date."""
    if not kind.when or not in_record(kind):
        return ()
    day = plan_of(kind).fields[kind.when].compared
    return (day, *record_columns(kind), *summed_columns(kind))


def _has_currency(kind: Kind) -> bool:
    """Whether items have a currency: one that is declared, or that of their amounts."""
    types = [field.type for field in kind.fields]
    types += [derived.type for derived in kind.derived if derived.kept and not derived.base]
    return _CURRENCY in kind.by_key or any(type.priced for type in types)


def _lifts(kind: Kind) -> Iterator[Lift]:
    for field, items in kind.lists:
        for name, key in field.lifts.items():
            column = field.key if field.separate else name
            inner = items.by_key[key]
            doc = inner.doc or field.doc
            yield Lift(name, column, field.key, key, inner.type, field.separate, doc)
