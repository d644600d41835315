"""What names in queries mean: fields and collections, and the steps that lead to them."""

from __future__ import annotations

from enum import Enum

from crm_cli.model.fieldtypes import FieldType, Integer
from crm_cli.model.kind import Kind
from crm_cli.model.named_tuple import NamedTuple

COUNT = Integer()


class Way(Enum):
    """How a step leads from a row to others."""

    PARENT = "to the item that it is part of"
    RECORD = "to the record that it stands in"
    REFERENCE = "to the record that a field names"
    ITEMS = "to the items of a list of its own"
    DEEP = "to all items of a kind in the record"

    @property
    def single(self) -> bool:
        """Whether it leads to one row at most."""
        return self not in (Way.ITEMS, Way.DEEP)


class Step(NamedTuple):
    """One step from a row; `kind` is the kind of the rows that it leads to.

    `key` is the column that holds a reference. `answering` leads to the items alone that answer
    for their record (see `Kind.answering`).
    """

    way: Way
    kind: Kind
    key: str = ""
    answering: bool = False


class Source(Enum):
    """What keeps a field's value."""

    COLUMN = "a column"
    FORMULA = "a query about the row"
    TEXT = "all text of the row"
    EXTRA = "a key of the users' own"
    BOOK = "the directory that the row comes from"


class Ref(NamedTuple):
    """A field that a name was resolved to.

    `steps` lead from the row that is asked about to the row that has it; a step to
    items makes it many-valued. `column` is the field's path in the column plan, the key of
    an extra value (one that ends in `.` stands for all keys below it), or of a derived one.
    `inherits` is the customer's field that answers where this has none, `base` says that
    money is kept in the base currency, `to_come` that its dates are of what is still to come,
    `lifted` names what a row shows of it. `several` says that a row may have several extra
    values.
    """

    name: str
    type: FieldType
    kind: Kind
    source: Source
    column: str
    steps: tuple[Step, ...] = ()
    inherits: str = ""
    base: bool = False
    to_come: bool = False
    doc: str = ""
    origin: str = ""
    lifted: str = ""
    several: bool = False

    @property
    def many(self) -> bool:
        """Whether a row can have several values of it."""
        return not all(step.way.single for step in self.steps)


class Collection(NamedTuple):
    """Items that belong to a row; `steps` lead to them (none: the row itself)."""

    name: str
    kind: Kind
    steps: tuple[Step, ...]


NEVER = "an own key that nothing has"
"""The origin of a key of the users' own that is neither declared nor in any file; its `doc` names
those that are spelled nearly so."""
