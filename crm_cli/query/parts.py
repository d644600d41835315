"""Items together with what has none: a purchase without lines is one line itself.

So figures by product add up to figures by customer: what was sold without a product stands
in the group of none.
"""

from __future__ import annotations

import re

from crm_cli.index.plan import dated_columns, plan_of, record_columns
from crm_cli.model.kind import Kind
from crm_cli.query.rows import Frame, Row


class Part(Row):
    """An item of a row of `outer`, or such a row that has none.

    What the latter says is what both kinds derive (`net`, `units`, the currency) and in which
    record it stands; all else is missing.
    """

    def __init__(self, kind: Kind, alias: str, frame: Frame, outer: Kind) -> None:
        super().__init__(kind, alias, frame)
        self._parent = self._outer = Row(outer, frame.alias(outer), frame, self)
        self.origin = self._outer.alias
        derived = {one.key for one in kind.derived} & {one.key for one in outer.derived}
        plan = plan_of(kind)
        both = {one for key in derived & plan.fields.keys() for one in plan.fields[key].cells}
        self._by_date = self._covered = False
        self._both = (both | {*plan.currencies.values()}) & {*plan_of(outer).names}

    def column(self, key: str) -> str:
        """See `Row`."""
        own = super().column(key)
        if key == "parent":
            return f"{self._outer.alias}.pk"
        if key in record_columns(self.kind):
            return self._outer.column(key)
        if key in self._both:
            outer = self._outer.column(key)
            return f"CASE WHEN {self.alias}.pk IS NULL THEN {outer} ELSE {own} END"
        return own

    def asked(self, where: str, cells: str) -> None:
        """Note what is asked of it, as SQL: where that names nothing of the outer rows that their
        indexes have not beside, these are read in place of the rows; where it names their days,
        they are found in the index by them."""
        alias, when = self._outer.alias, dated_columns(self._outer.kind)
        named = {*re.findall(rf'\b{alias}\."?(\w+)', " ".join((where, cells, *self.joins)))}
        self._covered = bool(when) and named <= {*when, "pk"}
        self._by_date = self._covered and self._outer.column(when[0]) in where

    def source(self) -> str:
        """See `Row`."""
        outer = self._outer
        book = self.frame.dialect.same_book(self.alias, outer.alias)
        link = f"{self.alias}.parent = {outer.alias}.pk{book}"
        items = f"LEFT JOIN {self.table} {self.alias} ON {link}"
        first = f"{outer.table} {outer.alias}"
        if not self._by_date:
            (record, *others) = record_columns(outer.kind)
            index = f"{outer.kind.name}.{record}" if self._covered and not others else ""
            first = self.frame.dialect.in_turn(first, index)
        return " ".join((f"FROM {first} {items}", *self.joins))
