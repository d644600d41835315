"""What becomes of a kind's items in the index, worked out once from its declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from crm_cli.index.cells import WORDS_AT, Cells, Convert
from crm_cli.index.schema import CUSTOMER, field_columns, has_currency, has_id, lifted, listed
from crm_cli.model.fieldtypes import Code, FieldType, GroupOf, Reference, Storage
from crm_cli.model.item import Item
from crm_cli.model.kind import Field, Kind

NOT_SEARCHED = -1
MADE_FOR_SEARCH = -2

_FOUND_BY = frozenset((("phone", "e164"),))
"""Derived values that a search finds: (kind, key)."""


class Part(NamedTuple):
    """One field: its cells where it is absent, and how a value's are made.

    `absent` is empty for the item's currency, which is looked up instead. `search` is
    the place of the words for the search among the cells, or one of the two constants
    above. `run_together` makes one word of a number's parts, too: `040 123` is found by
    `040123`. `group` is the plan of a group's fields, which are columns here.
    """

    key: str
    absent: Cells
    convert: Convert
    search: int = NOT_SEARCHED
    run_together: bool = False
    group: Plan | None = None


class Plan(NamedTuple):
    """All of a kind. A group's items are `kind` and `prefix` to the table of the rest."""

    kind: Kind
    prefix: str
    parts: tuple[Part, ...]
    free: tuple[str, ...]
    derived: tuple[Part, ...]
    lists: tuple[tuple[str, Kind], ...]
    lifts: tuple[tuple[str, str, str], ...]
    """(column, list, the items' field) of what is answered from a list's first item."""
    has_id: bool
    adds_currency: bool
    listed: bool


def plan_of(
    kind: Kind, converters: Mapping[Storage, Convert], owner: Kind | None = None, prefix: str = ""
) -> Plan:
    """The plan of a kind, or of a group of `owner` whose keys begin with `prefix`."""
    parts = []
    for field in kind.fields:
        if isinstance(field.type, GroupOf):
            group = plan_of(field.type.kind, converters, owner or kind, f"{prefix}{field.key}.")
            width = len(list(field_columns(field.key, field.type)))
            parts.append(Part(field.key, (None,) * width, _nothing, group=group))
        elif field.type.storage not in (Storage.NESTED, Storage.FREE):
            parts.append(_part(kind, field, converters))
    return Plan(
        kind=owner or kind,
        prefix=prefix,
        parts=tuple(parts),
        free=tuple(f.key for f in kind.fields if f.type.storage is Storage.FREE),
        derived=tuple(
            Part(
                derived.key,
                (None,) * (1 if derived.base else _width(derived.type)),
                converters[derived.type.storage],
                MADE_FOR_SEARCH if (kind.name, derived.key) in _FOUND_BY else NOT_SEARCHED,
            )
            for derived in kind.derived
            if not derived.sql
        ),
        lists=tuple((field.key, items) for field, items in kind.lists),
        lifts=tuple((name, field.key, value.key) for name, field, value in lifted(kind))
        if kind is CUSTOMER
        else (),
        has_id=has_id(kind),
        adds_currency=owner is None and has_currency(kind) and "currency" not in kind.by_key,
        listed=listed(kind),
    )


def _part(kind: Kind, field: Field, converters: Mapping[Storage, Convert]) -> Part:
    storage = field.type.storage
    convert = converters[storage]
    search = NOT_SEARCHED
    if field.searched or field.key == kind.title or isinstance(field.type, Reference):
        search = WORDS_AT.get(storage, MADE_FOR_SEARCH)
    absent: Cells = (None,) * _width(field.type)
    if field.key == "currency":
        absent = ()
    elif field.default is not None:
        absent = convert(field.default, Item(kind))
    return Part(field.key, absent, convert, search, isinstance(field.type, Code))


def _width(type: FieldType) -> int:
    return len(list(field_columns("", type)))


def _nothing(value: object, item: Item) -> Cells:
    return ()
