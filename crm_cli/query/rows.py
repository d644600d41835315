"""Tables behind a query: which one a field is in, and how to join it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from crm_cli.index.dialect import Dialect
from crm_cli.index.plan import FieldColumns, plan_of
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import Code, FieldType
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import (
    ENTRIES,
    HOLDERS,
    HOMES,
    parent_kind,
    single_place,
    stands_in_items,
)
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.query.links import linked_table
from crm_cli.query.owners import record_of
from crm_cli.query.ref import Ref, Step, Way
from crm_cli.query.scope import Scope


class Value(NamedTuple):
    """SQL for a field's value in a row.

    `folded` are its folded words, `base` the amount in the base currency, `currency`
    that of `sql`, `day` the local date of a moment; each empty where it does not apply.
    """

    sql: str
    type: FieldType
    folded: str = ""
    base: str = ""
    currency: str = ""
    day: str = ""


class Row:
    """A table's row under an alias, with the joins that its conditions turned out to need.

    `root` is the row in whose FROM it is joined; a row that is not joined is its own.
    """

    __slots__ = (
        "_parent", "_referred", "alias", "frame", "joins", "kind", "looked_up", "origin", "root",
        "table",
    )  # fmt: skip

    def __init__(
        self,
        kind: Kind,
        alias: str,
        frame: Frame,
        root: Row | None = None,
        *,
        parent: Row | None = None,
    ) -> None:
        self.kind = kind
        self.alias = alias
        self.frame = frame
        self.root = root or self
        self.origin = alias
        """The alias whose row tells the directory that this one comes from."""
        self.table = linked_table(kind, frame.dialect)
        self.joins: list[str] = []
        self._parent = parent
        self._referred: dict[str, Row] = {}
        self.looked_up: dict[str, str] = {}
        """SQL for values that were joined from a table that is bound, by their names."""

    def column(self, key: str) -> str:
        """A column of this row; nothing where it has no name."""
        return f"{self.alias}.{self.frame.dialect.name(key)}" if key else ""

    def field(self, path: str) -> FieldColumns:
        """The columns of a field of this row."""
        return plan_of(self.kind).fields[path]

    def up(self, step: Step) -> Row:
        """The row that it is part of, that of its record, or the one that a field of it names."""
        if step.way is Way.RECORD:
            return self if self.kind is step.kind else self.frame.record()
        if step.way is Way.REFERENCE:
            return self._referred.get(step.key) or self._refer(step)
        if self._parent is None:
            self._parent = Row(step.kind, self.frame.alias(step.kind), self.frame, self.root)
            self.root.joins.append(
                f"JOIN {self._parent.table} {self._parent.alias}"
                f" ON {self._parent.alias}.pk = {self.alias}.parent{self._parent.same_book(self)}"
            )
        return self._parent

    def _refer(self, step: Step) -> Row:
        """Join the record that a field names, where there is one; never more than one."""
        kind = step.kind
        found = self._referred[step.key] = Row(kind, self.frame.alias(kind), self.frame, self.root)
        wanted = self.column(step.key)
        name = self.frame.dialect.name
        join = f"LEFT JOIN {found.table} {found.alias} ON"
        if kind in ENTRIES:
            there = f"{found.column('id')} = {wanted}{found.same_book(self)}"
            self.root.joins.append(f"{join} {there}")
            return found
        by = ["id"]
        among = f"FROM {found.table} x WHERE"
        record = record_of(kind)
        if record is not None and record is (record_of(self.kind) or self.kind):
            holder = "pk" if self.kind is record else record.name
            among += f" x.{name(record.name)} = {self.column(holder)} AND"
            title = kind.by_key.get(kind.title)
            by += [title.key] if title is not None and isinstance(title.type, Code) else []
        book = self.frame.dialect.same_book("x", self.origin)
        firsts = [f"(SELECT MIN(x.pk) {among} x.{name(key)} = {wanted}{book})" for key in by]
        first = f"COALESCE({', '.join(firsts)})" if len(firsts) > 1 else firsts[0]
        self.root.joins.append(f"{join} {found.alias}.pk = {first}{found.same_book(self)}")
        return found

    def same_book(self, other: Row) -> str:
        """A further condition of a link with another row; see `Dialect.same_book`."""
        return self.frame.dialect.same_book(self.origin, other.origin)

    def has(self, inner: Row, link: str, condition: str) -> str:
        """Whether it has items, by `link`, that meet a condition.

        A record's are looked for once for all records, unless the condition is about the
        record, too.
        """
        record, keys = inner.column(self.kind.name), self.frame.dialect.keys
        own = f"{record} = {self.alias}.pk{inner.same_book(self)}"
        if link.startswith(own):
            where = f"{link.removeprefix(own).removeprefix(' AND ')} AND {condition}"
            where = where.removeprefix(" AND ")
            if not re.search(rf"\b{self.alias}\.", f"{inner.source()} {where}"):
                if len(HOLDERS[inner.kind]) > 1:
                    where += f" AND {record} IS NOT NULL"
                held = f"SELECT {keys(inner.origin, record)} {inner.source()} WHERE {where}"
                there = f"{self.frame.dialect.key(self.origin, f'{self.alias}.pk')} IN ({held})"
                # A row of the desk has no customer: what is asked of one does not hold.
                return there if self._certain else f"({self.alias}.pk IS NOT NULL AND {there})"
        return f"EXISTS(SELECT 1 {inner.source()} WHERE {link} AND {condition})"

    @property
    def _certain(self) -> bool:
        """True if each row of the statement has such a row."""
        base = self.frame.base
        return self is base or self is not self.frame.record() or single_place(base.kind) is None

    def items(self, step: Step) -> tuple[Row, str]:
        """A new row for its items, and the condition that makes them its own."""
        row = Row(step.kind, self.frame.alias(step.kind), self.frame)
        if self.kind not in HOMES:
            row._parent = self if parent_kind(step.kind) is self.kind else None
            return row, f"{row.alias}.parent = {self.alias}.pk{row.same_book(self)}"
        link = f"{row.column(self.kind.name)} = {self.alias}.pk{row.same_book(self)}"
        if step.way is Way.ITEMS and stands_in_items(step.kind):
            link += f" AND {row.alias}.parent IS NULL"
        return row, link

    def source(self) -> str:
        """`FROM` with the joins."""
        return " ".join((f"FROM {self.table} {self.alias}", *self.joins))

    def counted(self) -> str:
        """The condition for what sums go over; empty where that is every row."""
        return self._declared(self.kind.counted)

    def found(self) -> str:
        """The condition for the items that conditions of their record find; empty for all."""
        return self._declared(self.kind.found)

    def answering(self) -> str:
        """The condition for the items that answer for their record."""
        return self._declared(f"{self.kind.answering}:yes")

    def _declared(self, terms: str) -> str:
        if self.frame.scope.everything or not terms:
            return ""
        return self.frame.declared.holds(terms, self)


class Declared(Protocol):
    """Compiles what the kinds declare as queries about their rows."""

    def holds(self, terms: str, row: Row) -> str:
        """Query terms of the row's kind, as a condition that chooses rows."""

    def formula(self, key: str, row: Row) -> str:
        """The value of a derived field of the row's kind."""

    def formula_day(self, key: str, row: Row) -> str:
        """The day of such a value that is a moment; empty of others."""

    def estimated(self, ref: Ref, row: Row, made: Value) -> Value:
        """A value by the learned probabilities, where `made` is the one by the stages' own."""


class Frame:
    """One statement: its dialect, its parameters, its aliases, and its first row."""

    def __init__(self, base: Kind, scope: Scope, dialect: Dialect, declared: Declared) -> None:
        today = scope.today.isoformat()
        self.scope = scope
        self.business = scope.business
        self.dialect = dialect
        self.declared = declared
        self.parameters: dict[str, Any] = {"today": today}
        self._names: dict[tuple[type, Any], str] = {(str, today): "today"}
        self._aliases = 0
        self.groups: dict[Any, str] = {}
        self.segment = ""
        """The segment that is compiled now."""
        self.base = Row(base, "c" if base is CUSTOMER else "t", self)
        self._record: Row | None = self.base if base in HOMES else None

    def beside(self, kind: Kind) -> Frame:
        """A frame for an outer statement over this one's rows, with the same parameters."""
        outer = Frame(kind, self.scope, self.dialect, self.declared)
        outer.parameters, outer._names = self.parameters, self._names
        return outer

    def bind(self, value: Any) -> str:
        """A parameter that holds a value."""
        return self._bound((type(value), value), value)

    def bind_array(self, values: Sequence[str]) -> str:
        """A parameter that holds several texts; see `Dialect.among`."""
        return self._bound((tuple, tuple(values)), self.dialect.array(values))

    def bind_map(self, name: str, values: Mapping[str, str]) -> str:
        """A parameter that holds a table of keys and texts; see `Dialect.table`."""
        return self._bound((dict, name), self.dialect.map(values))

    def _bound(self, key: tuple[type, Any], value: Any) -> str:
        if key not in self._names:
            self._names[key] = f"p{len(self._names)}"
            self.parameters[self._names[key]] = value
        return self.dialect.parameter(self._names[key])

    def alias(self, kind: Kind) -> str:
        """A new alias for a table."""
        self._aliases += 1
        return f"{kind.name[0]}{self._aliases}"

    @property
    def joined_record(self) -> Row | None:
        """The same as `record`, if the statement has it already."""
        return self._record

    def record(self) -> Row:
        """The record in which all rows of the statement stand, mostly a customer's: the first
        row, or joined to it."""
        if self._record is None:
            kind = record_of(self.base.kind)
            assert kind is not None, self.base.kind
            self._record = Row(kind, "c", self, self.base)
            how = "JOIN" if single_place(self.base.kind) is None else "LEFT JOIN"
            link = f"c.pk = {self.base.column(kind.name)}{self._record.same_book(self.base)}"
            self.base.joins.insert(0, f"{how} {self._record.table} c ON {link}")
        return self._record


def holder(frame: Frame, key: str) -> str:
    """SQL for the id, or path, of the record in which a row stands: a single record's file."""
    sql = frame.record().column(key)
    place = single_place(frame.base.kind)
    return sql if place is None else f"COALESCE({sql}, {frame.bind(place.path)})"


def reach(row: Row, steps: tuple[Step, ...], test: Callable[[Row], str]) -> str:
    """A condition on what steps lead to; a step to items asks for one that meets it.

    Of a record's items only those are asked that conditions find.
    """
    if not steps:
        return test(row)
    step, rest = steps[0], steps[1:]
    if step.way.single:
        return reach(row.up(step), rest, test)
    inner, link = row.items(step)
    condition = reach(inner, rest, test)
    found = inner.answering() if step.answering else inner.found()
    if row.kind in HOMES and found:
        condition = f"{found} AND {condition}"
    return row.has(inner, link, condition)


def climb(row: Row, steps: tuple[Step, ...]) -> tuple[Row, tuple[Step, ...]]:
    """The row that the first steps lead to, as far as each leads to one, and the steps left."""
    while steps and steps[0].way.single:
        row = row.up(steps[0])
        steps = steps[1:]
    return row, steps
