"""The syntax tree as SQL: every condition is 0 or 1, so that NULL never swallows a row, save
where it chooses rows and NULL leaves one out as 0 does.

Values are bound parameters, never text. Each many-valued term has an EXISTS of its
own; the conditions after a collection share one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from crm_cli.index.dialect import Dialect
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import Phone
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import single_paths
from crm_cli.model.permission import Uses
from crm_cli.query.aggregates import aggregate, when_of
from crm_cli.query.ast import (
    Against,
    Aggregate,
    And,
    Belongs,
    Compare,
    Has,
    How,
    Literal,
    Node,
    Not,
    Op,
    Operand,
    Or,
    Quantified,
    Segment,
    State,
    Word,
)
from crm_cli.query.declared import declared, derived_named, state_terms, total_of
from crm_cli.query.estimates import estimated, learned_of
from crm_cli.query.fault import QueryError
from crm_cli.query.fields import resolve
from crm_cli.query.fifths import cell, fifth
from crm_cli.query.operators import against, compared_any, present
from crm_cli.query.overall import fit, told_of_all
from crm_cli.query.owners import record_of
from crm_cli.query.permission import allowed, verdict
from crm_cli.query.promises import promised, promised_day
from crm_cli.query.ref import Collection, Ref, Source
from crm_cli.query.row_values import own_source, own_value, value
from crm_cli.query.rows import Frame, Row, Value, holder, reach
from crm_cli.query.scope import Scope
from crm_cli.query.seals import (
    Seal,
    climbs,
    each_once,
    in_own_currency,
    is_closed,
    parted,
    reached,
)
from crm_cli.query.segment_conditions import SegmentConditions
from crm_cli.query.storages import operators
from crm_cli.query.storages.base import SAME
from crm_cli.query.storages.dates import comes_round, in_persian
from crm_cli.query.terms import parse_terms
from crm_cli.query.values import may_be_zero
from crm_cli.query.windows import of_all
from crm_cli.query.words import same_number, sought


class Compiler(SegmentConditions):
    """Compiles conditions of one statement."""

    def __init__(self, scope: Scope, dialect: Dialect) -> None:
        super().__init__(scope, dialect, Frame(scope.base, scope, dialect, self))
        self._certain = dialect.certain
        self._declaring: tuple[tuple[str, str], ...] = ()
        self._fitting = ""

    def condition(self, node: Node, row: Row) -> str:
        """SQL that is 1 for the rows that meet a condition, else 0; never NULL."""
        if isinstance(node, And):
            return self._joined(node.parts, " AND ", self.dialect.truth(True), row)
        if isinstance(node, Or):
            return self._joined(node.parts, " OR ", self.dialect.truth(False), row)
        if isinstance(node, Not):
            return f"NOT {self.condition(node.part, row)}"
        return self._test(node, row, self._certain)

    def chosen(self, node: Node, row: Row) -> str:
        """As `condition`, where it chooses rows: there NULL leaves one out as well as 0 does.

        So a value can be sought in an index, which nothing within COALESCE is, and no more
        of a test is reckoned than is needed.
        """
        if isinstance(node, And | Or) and node.parts:
            sign = " AND " if isinstance(node, And) else " OR "
            parts = each_once(self.chosen(part, row) for part in node.parts)
            return f"({self.dialect.balanced(parts, sign)})"
        if isinstance(node, And | Or | Not):
            return self.condition(node, row)
        return self._test(node, row, parted)

    def _test(self, node: Node, row: Row, seal: Seal) -> str:
        """One test; `seal` makes of what may be NULL what the place asks for."""
        if isinstance(node, Compare):
            return self._compare(node, row, seal)
        if isinstance(node, Quantified):
            return self._quantified(node, row)
        if isinstance(node, Has):
            return self._has(node, row, seal)
        if isinstance(node, State):
            return self._state(node, row, seal)
        if isinstance(node, Word):
            return sought(node.text, row)
        if isinstance(node, Segment):
            return self._segment(node, row)
        if isinstance(node, Belongs):
            return self._belongs(node, row)
        assert isinstance(node, Against), node
        left, right = self.operand(node.left, row), self.operand(node.right, row)
        return seal(against(left, node.op, right, self.dialect))

    def operand(self, operand: Operand, row: Row, *, often: bool = True) -> Value:
        """The value of a field that has one for a row, or of an aggregate; see `aggregate`."""
        if isinstance(operand, Aggregate):
            return aggregate(operand, row, self.chosen, often=often)
        for step in operand.steps:
            row = row.up(step)
        return self._value(operand, row)

    def _value(self, ref: Ref, row: Row) -> Value:
        """The value in the row that a field's steps have led to.

        The figures that the index keeps of a customer are of what counts: where sums go over
        everything they are computed anew.
        """
        if self.scope.everything and row.kind is CUSTOMER and (node := of_all(ref)) is not None:
            return aggregate(node, row, self.chosen)
        return value(ref, row)

    def holds(self, terms: str, row: Row) -> str:
        """Query terms that the row's kind declares, as a condition that chooses rows."""
        return self.chosen(declared(terms, row.kind, self.scope), row)

    def formula(self, key: str, row: Row) -> str:
        """The value of a derived field that the row's kind declares as a query; NULL may stand
        for no."""
        key, _, profile = key.partition(".")
        derived = derived_named(row.kind, key)
        if derived.overall == "profiles":
            return self._fit(profile, row)
        if derived.overall == "permitted":
            return verdict(profile, row, self._in_segment)
        if derived.overall == "learned":
            return learned_of(key, row)
        if derived.overall:
            return told_of_all(derived.overall, row)
        with self._inside(row.kind, key):
            if derived.unless:
                whens = (
                    f"WHEN {self.holds(terms, row)} THEN {self.frame.bind(word)}"
                    for terms, word in derived.unless.items()
                )
                other = value(resolve(derived.of, row.kind), row).sql
                return f"(CASE {' '.join(whens)} ELSE {other} END)"
            if derived.since:
                first, last = (self._day(key, row) for key in (derived.since, derived.until))
                today = self.frame.bind(self.scope.today.isoformat())
                if derived.over:
                    today = f"CASE WHEN {self.holds(derived.over, row)} THEN NULL ELSE {today} END"
                last = f"COALESCE({last}, {today})" if last else today
                return self.dialect.whole(self.dialect.days_between(first, last))
            if derived.fifth is not None:
                return fifth(derived.fifth, row)
            if derived.cells is not None:
                return cell(derived.cells, row)
            if derived.promise:
                return promised(derived.promise, row, self._in_segment)
            if derived.of:
                return self.operand(total_of(derived, row.kind, self.scope), row).sql
            return self.holds(derived.terms, row)

    def _fit(self, profile: str, row: Row) -> str:
        """How well a row fits a profile, or the best of all."""
        if self._fitting:
            raise QueryError((), f"profile {self._fitting} asks for fit, which is made of profiles")
        try:
            return fit(profile, row, self._profiled)
        finally:
            self._fitting = ""

    def _profiled(self, name: str, terms: tuple[str, ...], row: Row) -> str:
        """A rule of a profile, as a condition; raises QueryError with the profile's name."""
        self._fitting = name
        try:
            return self.condition(parse_terms(terms, self.scope._replace(base=row.kind)), row)
        except QueryError as error:
            if not error.faults:
                raise
            raise QueryError(error.faults, f"in profile {name}: ") from None
    def formula_day(self, key: str, row: Row) -> str:
        """The day of such a value that is a moment; empty of others."""
        named = (one for one in row.kind.derived if one.key == key and one.promise)
        derived = next(named, None)
        if derived is None or not derived.type.storage.is_date:
            return ""
        with self._inside(row.kind, key):
            return promised_day(derived.promise, row, self._in_segment)

    def estimated(self, ref: Ref, row: Row, made: Value) -> Value:
        """A value by the learned probabilities; `made` is the one by the stages' own."""
        return estimated(ref, row, made)

    def _day(self, key: str, row: Row) -> str:
        """The day of a date that the row's kind declares; empty for no date."""
        if not key:
            return ""
        found = value(resolve(key, row.kind), row)
        return found.day or found.sql

    def _state(self, node: State, row: Row, seal: Seal) -> str:
        for step in node.steps:
            row = row.up(step)
        with self._inside(row.kind, f"is:{node.name}"):
            asked = declared(state_terms(row.kind, node.name), row.kind, self.scope)
            compiled = self.condition if seal is self._certain else self.chosen
            return compiled(asked, row)

    @contextmanager
    def _inside(self, kind: Kind, name: str) -> Iterator[None]:
        """While a declaration is compiled: one that asks for itself is at fault."""
        outside, here = self._declaring, (kind.name, name)
        if here in outside and self._within:
            raise QueryError(
                (), f"in segment @{self._within[-1]}: it asks what is promised to whom, and service"
                " in crm.yaml asks for the segment",
            )  # fmt: skip
        if here in outside:
            raise ValueError(f"{kind.name}: {name} asks for itself")
        self._declaring = (*outside, here)
        try:
            yield
        finally:
            self._declaring = outside

    def _joined(self, parts: tuple[Node, ...], sign: str, empty: str, row: Row) -> str:
        if not parts:
            return empty
        tests = each_once(self.condition(part, row) for part in parts)
        return f"({self.dialect.balanced(tests, sign)})"

    def _compare(self, node: Compare, row: Row, seal: Seal) -> str:
        if node.op is Op.NE:
            equal = Compare(node.operand, Op.EQ, node.values, node.span)
            there = self._comparable(node, row)
            return f"({there} AND NOT {self._compare(equal, row, self._certain)})"
        if isinstance(node.operand, Aggregate):
            often = len(node.values) > 1 or is_closed(node.values[0])
            return seal(self._tested(node, self.operand(node.operand, row, often=often)))
        ref = node.operand
        if ref.source is Source.EXTRA:
            return self._extra(ref, row, node, seal)

        def permitted(at: Row) -> str:
            uses = [one.value for one in node.values if isinstance(one, Literal)]
            return allowed(uses, at, self._in_segment)

        if isinstance(ref.type, Uses) and node.op in SAME:
            return reached(row, ref.steps, permitted, seal)

        def test(at: Row) -> str:
            found = self._in_calendars(node, ref, at)
            # `.is` asks the field alone.
            values = tuple(one for one in node.values if node.op is Op.EQ and comes_round(one))
            also = [
                self._also(items, Compare(date, node.op, values), at)
                for items, date in (self.others(ref, at) if values else ())
            ]
            if isinstance(ref.type, Phone):
                also += same_number(node, at)
            return f"({' OR '.join((found, *also))})" if also else found

        return reached(row, ref.steps, test, seal)

    def _in_calendars(self, node: Compare, ref: Ref, row: Row) -> str:
        """A value of a row against those that are wanted, which are days of its own calendar."""
        there = self._value(ref, row)
        found = self._tested(node, there)
        field = row.kind.by_key.get(ref.column)
        if field is None or not field.calendar or not any(map(comes_round, node.values)):
            return found
        other = Compare(ref, node.op, in_persian(node.values), node.span)
        persian = self.holds(f"{field.calendar}.is:persian", row)
        return f"CASE WHEN {persian} THEN {self._tested(other, there)} ELSE {found} END"

    def others(self, ref: Ref, row: Row) -> Iterator[tuple[Quantified, Ref]]:
        """The items that a date which comes round is also asked of, and their date."""
        field = row.kind.by_key.get(ref.column)
        if field is not None and field.also:
            items = declared(field.also, row.kind, self.scope)
            assert isinstance(items, Quantified), f"{row.kind.name}: {field.also} asks for no items"
            yield items, when_of(items.collection)

    def first_of_others(self, ref: Ref, row: Row) -> str:
        """SQL for the date of the first such item, in the calendar that is used here."""
        for items, date in self.others(ref, row):
            inner, link = row.items(items.collection.steps[0])
            test = self.chosen(items.condition, inner)
            field = inner.kind.by_key[date.column]
            if field.calendar:
                test += f" AND NOT {self.holds(f'{field.calendar}.is:persian', inner)}"
            first = f"{inner.source()} WHERE {link} AND {test} ORDER BY {inner.column('ordinal')}"
            return f"(SELECT {self._value(date, inner).sql} {first} LIMIT 1)"
        return ""

    def _also(self, items: Quantified, test: Node, row: Row) -> str:
        """Whether one of the items meets a test as well."""
        both = And((items.condition, test))
        return self._quantified(Quantified(items.how, items.collection, both), row)

    def _comparable(self, node: Compare, row: Row) -> str:
        """Whether there is something to compare: of money without a rate there is not."""
        ref = node.operand
        if isinstance(ref, Aggregate) or not operators(ref.type).has_base:
            return self._has(Has(ref, zero=True), row, self._certain)
        if any(map(in_own_currency, node.values)):
            return self._has(Has(ref, zero=True), row, self._certain)

        def test(at: Row) -> str:
            return f"{self._value(ref, at).base} IS NOT NULL"

        return reached(row, ref.steps, test, self._certain)

    def _tested(self, node: Compare, found: Value) -> str:
        """The values that are wanted, any of them; NULL where there is nothing to compare."""
        return compared_any(found, node.op, node.values, self.frame)

    def _has(self, node: Has, row: Row, seal: Seal) -> str:
        what, derived = node.what, not node.zero
        if isinstance(what, Collection):
            return reach(row, what.steps, lambda at: self.dialect.truth(True))
        if isinstance(what, Aggregate):
            found = self.operand(what, row, often=False)
            return seal(present(found, self.frame, derived=derived))
        if what.source is Source.EXTRA:
            return self._extra(what, row, None, seal)
        counts = derived and may_be_zero(what)

        def test(at: Row) -> str:
            found = present(self._value(what, at), self.frame, derived=counts)
            also = [self._also(items, Has(date), at) for items, date in self.others(what, at)]
            return f"({' OR '.join((found, *also))})" if also else found

        return reached(row, what.steps, test, seal)

    def _extra(self, ref: Ref, row: Row, node: Compare | None, seal: Seal) -> str:
        """A key of the users' own: of the item, else of its record."""
        if ref.many:
            return reached(row, ref.steps, lambda at: self._keyed(ref, at, node), seal)
        for step in ref.steps:
            row = row.up(step)
        if record_of(row.kind) is None:
            return self._keyed(ref, row, node)
        own = self._keyed(ref, row, None)
        mine, its = self._keyed(ref, row, node), self._keyed(ref, self.frame.record(), node)
        return f"CASE WHEN {own} THEN {mine} ELSE {its} END"

    def _keyed(self, ref: Ref, row: Row, node: Compare | None) -> str:
        where = own_source(ref, row)
        if node is not None:
            where += f" AND ({self._tested(node, own_value(ref, self.dialect))})"
        return f"EXISTS(SELECT 1 {where})"

    def _quantified(self, node: Quantified, row: Row) -> str:
        inner = node.condition
        if node.how is How.ALL:
            inner = Not(inner)
        steps = node.collection.steps
        # What is reached by climbing is tested in place: there is no EXISTS of its own.
        test = self.condition if climbs(steps) else self.chosen
        exists = reach(row, steps, lambda at: test(inner, at))
        return exists if node.how is How.ANY else f"NOT {exists}"

    def _belongs(self, node: Belongs, row: Row) -> str:
        ids = self.frame.bind_array(node.ids)
        single = not single_paths().isdisjoint(node.ids)
        id = holder(self.frame, "id") if single else f"{self.frame.record().alias}.id"
        return self._certain(self.dialect.among(id, ids))
