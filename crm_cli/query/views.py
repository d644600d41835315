"""The documented SQL views, made from the kinds, for `crm sql` and other programs.

Each kind has one, under its key (`customers`, `tasks`, `lines`), with readable columns:
money as plain numbers, lists joined by `; `, ids in place of row numbers. `crm index path` puts
them into the index's file, so that any SQLite browser shows them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from crm_cli.index.cells import CODECS
from crm_cli.index.dialect import Dialect
from crm_cli.index.plan import ColumnPlan, FieldColumns, has_id, in_record, plan_of
from crm_cli.index.sqlite import SQLITE
from crm_cli.model.business import Business
from crm_cli.model.fieldtypes import FieldType, Reference, Text, Texts, Word
from crm_cli.model.kind import Derived, GroupOf, Kind
from crm_cli.model.kinds import HOLDERS, KINDS, RECORDS, parent_kind, stands_in_items
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.query.compile import Compiler
from crm_cli.query.own import OwnColumn
from crm_cli.query.row_values import cell_of
from crm_cli.query.rows import Frame, Row
from crm_cli.query.scope import Scope

CURRENCY = "currency"
"""The key in `meta` under which the index keeps the base currency, for the views."""

_DAY = date(9999, 12, 31)
"""Stands for the day that what is overdue goes by, while a view is made."""
_NOW = datetime(_DAY.year, _DAY.month, _DAY.day, 12, tzinfo=UTC)
"""Stands for the minute that it goes by."""
_ID, _TEXT, _TEXTS, _WORD = Reference(""), Text(), Texts(), Word()
_OWN_KEYS = "own_keys"
_USUAL = Business()
MOST_OWN = 500
"""A view can have columns for so many of the users' keys: SQLite takes 2000 in all."""


class ViewColumn(NamedTuple):
    """A column of a view, with the SQL that fills it and what it says."""

    name: str
    sql: str
    type: FieldType
    doc: str

    @property
    def sql_type(self) -> str:
        """What SQL sees of it: text, number, date …"""
        return CODECS[self.type.storage].sql_type


class View(NamedTuple):
    """A view: its name, what its rows are, and where they come from."""

    name: str
    doc: str
    columns: tuple[ViewColumn, ...]
    source: str
    dialect: Dialect

    def ddl(self, *, temporary: bool = False) -> str:
        """The statement that makes it."""
        made = "CREATE TEMP VIEW" if temporary else "CREATE VIEW"
        return f"{made} {self.dialect.name(self.name)} AS {self.select()}"

    def select(self) -> str:
        """The rows that it has."""
        named = self.dialect.name
        shown = ", ".join(f"{column.sql} AS {named(column.name)}" for column in self.columns)
        return f"SELECT {shown} FROM {self.source}"


def views(
    now: datetime | None = None,
    dialect: Dialect = SQLITE,
    own: Sequence[OwnColumn] = (),
    business: Business = _USUAL,
) -> tuple[View, ...]:
    """Every view; `now` is the time that what is overdue goes by, None whatever time it is.

    `own` are the keys of the users' own that have columns, `custom_KEY`; `business` has the
    tables that words are looked up in.
    """
    if now is None:
        maker = _Maker(dialect, dialect.today(), dialect.now(), own, business)
    else:
        minute = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:00Z}"
        today = dialect.literal(now.date().isoformat())
        maker = _Maker(dialect, today, dialect.literal(minute), own, business)
    return (*map(maker.view, KINDS), maker.own_keys())


@functools.cache
def statements() -> tuple[str, ...]:
    """What makes the views in the index's file."""
    return tuple(view.ddl() for view in views())


def view_name(kind: Kind) -> str:
    """The kind's key, unless a table is called so."""
    return f"{kind.key}_list" if any(kind.key == other.name for other in KINDS) else kind.key


def _named(own: Sequence[OwnColumn]) -> list[tuple[str, OwnColumn]]:
    """Keys of the users' own with the names of their columns. Where several make one name, it is
    that of the key which is spelled so, however many records have which."""
    found = []
    for one in own:
        bare = one.key.removeprefix("custom.")
        name = re.sub(r"\W+", "_", bare).strip("_").lower()
        found.append((name != bare, one.key, f"custom_{name}", one))
    return [(name, one) for _, _, name, one in sorted(found, key=lambda each: each[:2])]


class _Maker:
    """Makes views in a dialect; `today` and `now` are SQL for the day and the minute."""

    def __init__(
        self,
        dialect: Dialect,
        today: str,
        now: str,
        own: Sequence[OwnColumn] = (),
        business: Business = _USUAL,
    ) -> None:
        self.dialect = dialect
        self.business = business
        self.own = own
        self.times = {_DAY.isoformat(): today, f"{_NOW:%Y-%m-%dT%H:%M:00Z}": now}
        name = dialect.name
        wanted = f"{name('key')} = {dialect.literal(CURRENCY)}{dialect.same_book('meta', 't')}"
        self.base = f"(SELECT {name('value')} FROM {name('meta')} WHERE {wanted})"
        """The base currency of the row `t`."""

    def view(self, kind: Kind) -> View:
        """The view of a kind."""
        name = self.dialect.name
        source = f"{name(kind.name)} t"
        columns = [*self._book()]
        if has_id(kind):
            columns.append(ViewColumn("id", "t.id", _ID, f"the {kind.name}'s id"))
        outer = parent_kind(kind)
        for number, record in enumerate(HOLDERS[kind]):
            join, r = ("JOIN", "c") if len(HOLDERS[kind]) == 1 else ("LEFT JOIN", f"r{number}")
            source += f" {join} {name(record.name)} {r} ON {r}.pk = t.{name(record.name)}"
            source += self.dialect.same_book(r, "t")
            columns += self._of_record(record, r)
        if outer is not None:
            source += f" JOIN {name(outer.name)} p ON p.pk = t.parent"
            source += self.dialect.same_book("p", "t")
            if has_id(outer):
                columns.append(ViewColumn(outer.name, "p.id", _ID, f"the {outer.name}'s id"))
        elif in_record(kind) and stands_in_items(kind):
            source += " WHERE t.parent IS NULL"
        plan = plan_of(kind)
        columns += self._fields(plan, kind, "")
        columns += self._lifted(plan)
        if kind in RECORDS:
            columns.append(ViewColumn("path", "t.path", _TEXT, "the file"))
        columns += self._of_own(kind)
        unique = {column.name: column for column in reversed(columns)}
        ordered = tuple(unique[key] for key in dict.fromkeys(column.name for column in columns))
        return View(view_name(kind), kind.doc, ordered, source, self.dialect)

    def _book(self) -> Iterator[ViewColumn]:
        """What tells from which directory a row is, where the tables hold several."""
        if book := self.dialect.book("t"):
            yield ViewColumn("book", book, _WORD, "the directory's name in the mirror")

    def _of_own(self, kind: Kind) -> Iterator[ViewColumn]:
        """The keys of the users' own that items of a kind have."""
        names: set[str] = set()
        for name, one in _named([one for one in self.own if one.kind == kind.name]):
            while name in names:
                name += "_2"
            names.add(name)
            literal = self.dialect.literal
            source = (
                f"FROM {self.dialect.name('extra')} x WHERE x.item = t.pk"
                f" AND x.kind = {literal(kind.name)} AND x.key = {literal(one.key)}"
                f"{self.dialect.same_book('x', 't')}"
            )
            doc = f"your own {one.key.removeprefix('custom.')}"
            if one.several:
                yield ViewColumn(name, self.dialect.joined("x.value", source, "x.pk"), _TEXT, doc)
                continue
            shown = self._plain(cell_of(one.type, self.dialect), one.type, self.base)
            sql = f"(SELECT {shown} {source} ORDER BY x.pk LIMIT 1)"
            yield ViewColumn(name, sql, one.type, doc)

    def own_keys(self) -> View:
        """The view of the users' own keys."""
        columns = (
            *self._book(),
            ViewColumn(
                "customer", "c.id", _ID, "the customer's id, where it stands in their record"
            ),
            ViewColumn("kind", "t.kind", _WORD, "the kind of what has the key"),
            ViewColumn("key", "t.key", _TEXT, "the key: custom.KEY, wherever it stands"),
            ViewColumn("value", "t.value", _TEXT, "its value, as a text"),
        )
        extra, customer = map(self.dialect.name, ("extra", "customer"))
        source = f"{extra} t LEFT JOIN {customer} c ON c.pk = t.record"
        source += self.dialect.same_book("c", "t")
        doc = "keys of your own, which no kind declares"
        return View(_OWN_KEYS, doc, columns, source, self.dialect)

    def _of_record(self, record: Kind, alias: str) -> Iterator[ViewColumn]:
        """What tells in which record, or entry, an item stands."""
        yield ViewColumn(record.name, f"{alias}.id", _ID, f"the {record.name}'s id")
        if record.title:
            doc = f"the {record.name}'s {record.title}"
            column = f"{alias}.{self.dialect.name(record.title)}"
            yield ViewColumn(f"{record.name}_{record.title}", column, _TEXT, doc)

    def _fields(self, plan: ColumnPlan, kind: Kind, path: str) -> Iterator[ViewColumn]:
        """The columns of a kind's fields and derived values, or of those of a group in it."""
        for field in kind.fields:
            if isinstance(field.type, GroupOf):
                yield from self._fields(plan, field.type.kind, f"{path}{field.key}.")
            elif (columns := plan.fields.get(f"{path}{field.key}")) is not None:
                yield from self._shown(columns, field.doc)
        currency = plan.currencies[path]
        if currency and f"{path}currency" not in plan.fields:
            yield ViewColumn(currency, self._or_base(currency), _WORD, "of the amounts")
        for derived in kind.derived:
            columns = plan.fields.get(f"{path}{derived.key}")
            if derived.overall or derived.inner or self._asks_segments(derived, kind):
                continue
            if not derived.kept:
                sql = self._plain(f"({self._formula(derived, kind)})", derived.type, self.base)
                yield ViewColumn(derived.key, sql, derived.type, derived.doc)
            elif columns is not None:
                yield from self._shown(columns, derived.doc)

    @staticmethod
    def _asks_segments(derived: Derived, kind: Kind) -> bool:
        """Whether a value depends on the segments of the customer, which no view knows."""
        terms = derived.terms
        states = (one.terms for one in kind.states if f"is:{one.name}" in terms.split())
        promised = [one.key for one in kind.derived if one.promise]
        asked = " ".join((terms, *states))
        return bool(derived.promise) or any(f"{key}." in asked or f"{key}:" in asked
                                            for key in promised)  # fmt: skip

    def _formula(self, derived: Derived, kind: Kind) -> str:
        """What a kind declares as a query, for its row `t`."""
        compiler = Compiler(Scope(kind, _DAY, self.business, now=_NOW), self.dialect)
        compiler.frame = frame = _Inline(kind, compiler, self.times)
        sql = compiler.formula(derived.key, frame.base)
        assert not frame.base.joins, f"{kind.name}.{derived.key} asks for more than its own row"
        return sql

    def _lifted(self, plan: ColumnPlan) -> Iterator[ViewColumn]:
        for lift in plan.lifts.values():
            type: FieldType = _TEXTS if lift.several else lift.type
            sql = self._plain(self._column(lift.column), type, self.base)
            yield ViewColumn(lift.column, sql, type, lift.doc)

    def _shown(self, columns: FieldColumns, doc: str) -> Iterator[ViewColumn]:
        """The columns that a field has: money also in the base currency, a moment also its day."""
        name, type = columns.value, columns.type
        held = CODECS[type.storage]
        if name == "currency":
            yield ViewColumn(name, self._or_base(name), type, doc)
            return
        currency = self._or_base(columns.currency) if columns.currency else self.base
        said = f"{doc}; {held.note}".strip("; ")
        yield ViewColumn(name, self._plain(self._column(name), type, currency), type, said)
        beside = {"base": columns.base, "day": columns.day}
        for role, suffix, note in held.shown_beside:
            if beside[role] != name:
                sql = self._plain(self._column(beside[role]), type, self.base)
                yield ViewColumn(f"{name}{suffix}", sql, type, note)

    def _plain(self, sql: str, type: FieldType, currency: str) -> str:
        """A value as people and programs read it; `currency` is SQL for that of an amount."""
        return CODECS[type.storage].shown(sql, currency, self.dialect)

    def _or_base(self, currency: str) -> str:
        return f"COALESCE({self._column(currency)}, {self.base})"

    def _column(self, name: str) -> str:
        return f"t.{self.dialect.name(name)}"


class _Inline(Frame):
    """A view's own row, as `t`, and what it is part of, as `p`; values stand in the SQL itself,
    since views take no parameters."""

    def __init__(self, kind: Kind, compiler: Compiler, times: Mapping[str, str]) -> None:
        super().__init__(kind, compiler.scope, compiler.dialect, compiler)
        outer = parent_kind(kind)
        parent = Row(outer, "p", self) if outer is not None else None
        self.base = Row(kind, "t", self, parent=parent)
        self._record = self.base if self._record is not None else None
        self._times = times

    def bind(self, value: Any) -> str:
        return self._times.get(value) or self.dialect.literal(value)
