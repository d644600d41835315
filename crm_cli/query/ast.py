"""The syntax tree of a query: built from both spellings, compiled to SQL.

Names are resolved and values typed when it is built, so that whatever is wrong is
said where it stands. Nodes are equal where they mean the same, wherever they were
written. (Plain classes: making a dataclass costs each run a third of a millisecond.)
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from crm_cli.model.fieldtypes import FieldType
from crm_cli.model.periods import Period
from crm_cli.query.fault import Span
from crm_cli.query.ref import Collection, Ref, Step

NOWHERE = Span("", 0, 0)


class Op(Enum):
    """How a field is compared; the value is the spelling in full expressions."""

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    RE = "~"
    IS = "is"
    HAS = "has"
    STARTS = "starts"
    ENDS = "ends"


class Node:
    """A condition, or a part of one. Never changed after it was made."""

    __slots__ = ("span",)
    span: Span

    def parts_of(self) -> tuple[Any, ...]:
        """What the node is made of: everything but its place."""
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, Node):
            return NotImplemented
        return self.parts_of() == other.parts_of()

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.parts_of()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.parts_of()))})"


class And(Node):
    """All hold; without parts every record is meant."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Node, ...], span: Span = NOWHERE) -> None:
        self.parts = parts
        self.span = span


class Or(Node):
    """At least one holds."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Node, ...], span: Span = NOWHERE) -> None:
        self.parts = parts
        self.span = span


class Not(Node):
    """The plain complement of the rows."""

    __slots__ = ("part",)

    def __init__(self, part: Node, span: Span = NOWHERE) -> None:
        self.part = part
        self.span = span


class Literal(Node):
    """A value as its field's type reads it, and the text that it was read from."""

    __slots__ = ("text", "value")

    def __init__(self, value: Any, text: str, span: Span = NOWHERE) -> None:
        self.value = value
        self.text = text
        self.span = span

    def parts_of(self) -> tuple[Any, ...]:
        return (self.value,)


class Between(Node):
    """A range; both ends belong to it, None is open."""

    __slots__ = ("high", "low")

    def __init__(self, low: Literal | None, high: Literal | None, span: Span = NOWHERE) -> None:
        self.low = low
        self.high = high
        self.span = span


class Window(Node):
    """The days that an aggregate looks at, and how they were said."""

    __slots__ = ("period", "text")

    def __init__(self, period: Period, text: str, span: Span = NOWHERE) -> None:
        self.period = period
        self.text = text
        self.span = span

    def parts_of(self) -> tuple[Any, ...]:
        return (self.period,)


class Aggregate(Node):
    """One number or date of a collection's counted items, or of `everything`.

    `function` is count, sum, avg, min, max, first or last; `ref` the field of an item
    (None for count), `each` the one whose different values are counted. `name` is the derived
    value that it is, over a window (`spend@12m`), or empty.
    """

    __slots__ = (
        "collection", "each", "everything", "function", "name", "ref", "type", "where", "window",
    )  # fmt: skip

    def __init__(
        self,
        function: str,
        collection: Collection,
        ref: Ref | None,
        type: FieldType,
        *,
        where: Node | None = None,
        window: Window | None = None,
        name: str = "",
        everything: bool = False,
        each: Ref | None = None,
        span: Span = NOWHERE,
    ) -> None:
        self.function = function
        self.each = each
        self.collection = collection
        self.ref = ref
        self.type = type
        self.where = where
        self.window = window
        self.name = name
        self.everything = everything
        self.span = span


Operand = Ref | Aggregate


class Compare(Node):
    """A field or aggregate against values: any of them, with NE none of them."""

    __slots__ = ("op", "operand", "values")

    def __init__(
        self,
        operand: Operand,
        op: Op,
        values: tuple[Literal | Between, ...],
        span: Span = NOWHERE,
    ) -> None:
        self.operand = operand
        self.op = op
        self.values = values
        self.span = span


class Against(Node):
    """Two fields or aggregates of the same nature against each other."""

    __slots__ = ("left", "op", "right")

    def __init__(self, left: Operand, op: Op, right: Operand, span: Span = NOWHERE) -> None:
        self.left = left
        self.op = op
        self.right = right
        self.span = span


class Has(Node):
    """A field has a value, a collection an item.

    A derived number has one where it is not 0, unless `zero` says that 0 will do.
    """

    __slots__ = ("what", "zero")

    def __init__(
        self, what: Operand | Collection, span: Span = NOWHERE, *, zero: bool = False
    ) -> None:
        self.what = what
        self.zero = zero
        self.span = span


class State(Node):
    """A declared state (`is:overdue`) of the row, or of what it belongs to."""

    __slots__ = ("name", "steps")

    def __init__(self, name: str, steps: tuple[Step, ...], span: Span = NOWHERE) -> None:
        self.name = name
        self.steps = steps
        self.span = span


class How(Enum):
    """For how many items of a collection a condition holds; ALL of nothing is true."""

    ANY = "any"
    ALL = "all"
    NONE = "none"


class Quantified(Node):
    """A condition on the items of a collection; all of it is about the same item."""

    __slots__ = ("collection", "condition", "how")

    def __init__(
        self, how: How, collection: Collection, condition: Node, span: Span = NOWHERE
    ) -> None:
        self.how = how
        self.collection = collection
        self.condition = condition
        self.span = span


class Word(Node):
    """A word anywhere in the text of a record, matching the start of a word there."""

    __slots__ = ("text",)

    def __init__(self, text: str, span: Span = NOWHERE) -> None:
        self.text = text
        self.span = span


class Segment(Node):
    """A saved segment, by name; what it means is looked up when the query is compiled."""

    __slots__ = ("name",)

    def __init__(self, name: str, span: Span = NOWHERE) -> None:
        self.name = name
        self.span = span


class Belongs(Node):
    """The row is of one of these customers, by id."""

    __slots__ = ("ids",)

    def __init__(self, ids: tuple[str, ...], span: Span = NOWHERE) -> None:
        self.ids = ids
        self.span = span


EVERYTHING = And(())
