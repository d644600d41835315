"""Items that name no user of their own, so that their record's owner answers for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from crm_cli.model.fieldtypes import User
from crm_cli.model.item import Item
from crm_cli.model.kind import Field
from crm_cli.model.kinds import HOMES
from crm_cli.model.written import value_node


class Unnamed(NamedTuple):
    """An item, and the field of it that names nobody."""

    item: Item
    key: str


def passes_on(item: Item) -> bool:
    """Whether an item goes to whoever takes over its user's work: a record, or something that is
    still to be done. What was done stays who did it."""
    passes = item.kind.handed_on or item.kind.live
    return passes(item) if passes is not None else item.kind in HOMES


def is_said(item: Item, field: Field) -> bool:
    """Whether something stands in a field, though it may not be readable."""
    return field.key in item.values or value_node(item, field.key) is not None


def past(record: Item) -> Iterator[Unnamed]:
    """What was sold, closed, said or done with a record, and names nobody who did it."""
    for item in record.walk():
        if item is record or passes_on(item):
            continue
        for field in item.kind.fields:
            named = not field.inherits or not isinstance(field.type, User) or is_said(item, field)
            if not named:
                yield Unnamed(item, field.key)
