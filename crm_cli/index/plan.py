"""What becomes of a kind's items in the index, worked out once from its declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from crm_cli.index.cells import WORDS_AT, Cells, Convert
from crm_cli.index.schema import (
    field_columns,
    has_currency,
    has_id,
    lift_column,
    lifted,
    listed,
)
from crm_cli.model.fieldtypes import Code, Reference, Storage
from crm_cli.model.item import Item
from crm_cli.model.kind import Derived, Field, GroupOf, Kind
from crm_cli.model.kinds import RECORDS

NOT_SEARCHED = -1
MADE_FOR_SEARCH = -2


class Part(NamedTuple):
    """One field or derived value: its columns, and how a value's cells are made.

    `search` is the place of the words for the search among the cells, or one of the two
    constants above. `run_together` makes one word of a number's parts, too: `040 123` is
    found by `040123`. `group` is the plan of a group's fields, which are columns here.
    """

    columns: tuple[str, ...]
    convert: Convert
    search: int = NOT_SEARCHED
    run_together: bool = False
    group: Plan | None = None
    missing: Cells = ()
    """The cells where a derived value is missing."""


class Layout(NamedTuple):
    """What is made of the items of a kind that say the same keys, in the same order."""

    columns: tuple[str, ...]
    """Those of the values and the derived ones; a group's own come after them."""
    parts: tuple[tuple[str, Part], ...]
    groups: tuple[tuple[str, Plan], ...]


class Plan(NamedTuple):
    """All of a kind. A group's columns and keys begin with `prefix` and stand with `kind`'s."""

    kind: Kind
    prefix: str
    parts: dict[str, Part]
    free: tuple[str, ...]
    derived: tuple[tuple[str, Part], ...]
    lists: tuple[tuple[str, Kind], ...]
    lifts: tuple[tuple[str, str, str], ...]
    """(column, list, the items' field) of what is answered from a list's first item."""
    lifted: tuple[str, ...]
    """The columns of those."""
    has_id: bool
    currency: str
    """The column of the currency, or an empty text."""
    listed: bool
    layouts: dict[tuple[str, ...], Layout]
    """By the keys of an item's values; made as such items come."""


def layout_of(plan: Plan, keys: tuple[str, ...]) -> Layout:
    """The layout of items whose values have these keys."""
    known = [(key, plan.parts[key]) for key in keys if key in plan.parts]
    parts = tuple((key, part) for key, part in known if part.group is None)
    columns = [plan.currency] if plan.currency else []
    for _, part in (*parts, *plan.derived):
        columns += part.columns
    groups = tuple((key, part.group) for key, part in known if part.group is not None)
    return Layout(tuple(columns), parts, groups)


def plan_of(
    kind: Kind, converters: Mapping[Storage, Convert], owner: Kind | None = None, prefix: str = ""
) -> Plan:
    """The plan of a kind, or of a group of `owner` whose keys begin with `prefix`."""
    currency = f"{prefix}currency" if has_currency(kind) else ""
    parts = {}
    for field in kind.fields:
        if isinstance(field.type, GroupOf):
            group = plan_of(field.type.kind, converters, owner or kind, f"{prefix}{field.key}_")
            parts[field.key] = Part((), _nothing, group=group)
        elif field.key != "currency" and field.type.storage not in _ELSEWHERE:
            parts[field.key] = _part(kind, field, converters, prefix)
    return Plan(
        kind=owner or kind,
        prefix=prefix,
        parts=parts,
        free=tuple(f.key for f in kind.fields if f.type.storage is Storage.FREE),
        derived=tuple(
            (derived.key, _derived(kind, derived, converters))
            for derived in kind.derived
            if not derived.sql and not (currency and derived.key == "currency")
        ),
        lists=tuple((field.key, items) for field, items in kind.lists),
        lifts=tuple((name, field.key, value.key) for name, field, value in lifted(kind))
        if kind in RECORDS
        else (),
        lifted=tuple(lift_column(name) for name, _, _ in lifted(kind)) if kind in RECORDS else (),
        has_id=has_id(kind),
        currency=currency,
        listed=listed(kind),
        layouts={},
    )


_ELSEWHERE = (Storage.NESTED, Storage.FREE)


def _part(kind: Kind, field: Field, converters: Mapping[Storage, Convert], prefix: str) -> Part:
    storage = field.type.storage
    search = NOT_SEARCHED
    if field.searched or field.key == kind.title or isinstance(field.type, Reference):
        search = WORDS_AT.get(storage, MADE_FOR_SEARCH)
    columns = tuple(name for name, _ in field_columns(prefix + field.key, field.type))
    return Part(columns, converters[storage], search, isinstance(field.type, Code))


def _derived(kind: Kind, derived: Derived, converters: Mapping[Storage, Convert]) -> Part:
    columns = tuple(name for name, _ in field_columns(derived.key, derived.type))
    convert = converters[derived.type.storage]
    if derived.base:
        columns, convert = columns[:1], _first(convert)
    missing = (None,) * len(columns)
    search = MADE_FOR_SEARCH if derived.searched else NOT_SEARCHED
    return Part(columns, convert, search, missing=missing)


def _first(convert: Convert) -> Convert:
    def first(value: object, item: Item, currency: str) -> Cells:
        return convert(value, item, currency)[:1]

    return first


def _nothing(value: object, item: Item, currency: str) -> Cells:
    return ()
