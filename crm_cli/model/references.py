"""References: which kind a value refers to, and where that kind lives."""

from __future__ import annotations

from crm_cli.model.fieldtypes import FieldType
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import HOLDERS, HOMES, KINDS

_BY_NAME = {kind.name: kind for kind in KINDS}


def named_kind(type: FieldType) -> Kind | None:
    """The kind of which a value of a type has to name a record; None where anything will do.

    That is so of a type that names nothing, of one whose reference is not required, and
    while the kind it names is not declared, or its items have no ids.
    """
    kind = _BY_NAME.get(type.to) if type.required else None
    return kind if kind is not None and has_id(kind) else None


def has_id(kind: Kind) -> bool:
    """Whether a kind's rows have ids: records, entries of a file, items with a letter."""
    return kind in HOMES or bool(kind.letter)


def own_holder(type: FieldType, kind: Kind) -> Kind | None:
    """The kind of records of which one has to hold both an item and what a value in it names.

    `kind` is that of the item, or of the record itself. None where what is named may stand
    anywhere, or cannot stand in the same record.
    """
    named = named_kind(type)
    if named is None or type.anywhere:
        return None
    holders = HOLDERS[named]
    return next((one for one in (kind, *HOLDERS[kind]) if one in holders), None)
