"""The conditions of segments in a statement: each is compiled once, and none asks for itself."""

from __future__ import annotations

from crm_cli.index.dialect import Dialect
from crm_cli.model.customer import CUSTOMER
from crm_cli.query.ast import Node, Segment
from crm_cli.query.fault import QueryError
from crm_cli.query.rows import Frame, Row
from crm_cli.query.scope import Scope
from crm_cli.query.segments import segment_node

_LONGEST = 500_000
"""Characters of a segment's condition: a hundred times what people need."""

_DEEPEST = 50
"""So many segments may ask each for the next."""


class SegmentConditions:
    """Compiles the segments that a statement asks for; see `Compiler`."""

    def __init__(self, scope: Scope, dialect: Dialect, frame: Frame) -> None:
        self.scope = scope
        self.dialect = dialect
        self.frame = frame
        self._within: tuple[str, ...] = ()
        """The segments that are being compiled, each asked for by the one before."""
        self._segments: dict[str, str] = {}

    def condition(self, node: Node, row: Row) -> str:
        """SQL for a condition; see `Compiler`."""
        raise NotImplementedError

    def _in_segment(self, name: str, row: Row) -> str:
        return self._segment(Segment(name), row)

    def _segment(self, node: Segment, row: Row) -> str:
        """A segment's condition, which is compiled once however often it is asked for."""
        if node.name in self._within:
            path = " → ".join(f"@{name}" for name in (*self._within, node.name))
            raise QueryError((), f"segment @{node.name} refers to itself: {path}")
        if len(self._within) >= _DEEPEST:
            first = self._within[0]
            raise QueryError((), f"in segment @{first}: more than {_DEEPEST} ask for each other")
        if node.name not in self._segments:
            self._segments[node.name] = self._compiled(node.name)
        return self._segments[node.name]

    def _compiled(self, name: str) -> str:
        spec = self.scope.segments[name]
        scope = self.scope._replace(base=CUSTOMER)
        customer = self.frame.record()
        before, self._within = self._within, (*self._within, name)
        try:
            asked = segment_node(name, spec, scope)
            self.frame.segment = name
            found = self.condition(asked, customer) if asked is not None else ""
        finally:
            self._within = before
            self.frame.segment = before[-1] if before else ""
        if len(found) > _LONGEST:
            raise QueryError(
                (), f"in segment @{name}: it asks for segments that ask for others too often",
                "save one that has the customers: crm segment add NAME - < IDS",
            )  # fmt: skip
        if not spec.members:
            return found or self.dialect.truth(False)
        if self.dialect.several:
            raise QueryError(
                (), f"segment @{name} lists customers of one book", "add the book, as book:koper"
            )
        ids = self.frame.bind_array(spec.members)
        member = self.dialect.among(f"{customer.alias}.id", ids)
        return f"({found} OR {member})" if found else member
