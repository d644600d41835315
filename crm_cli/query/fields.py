"""Name resolution: what a name in a query means for rows of a kind.

A name is sought in the item itself, then in the item that it is part of, then in the
record that it stands in (mostly the customer's), then among the users' own keys.
"""

from __future__ import annotations

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.kind import GroupOf, Kind, ListOf, normal
from crm_cli.model.kinds import HOMES, RECORDS, parent_kind
from crm_cli.query.fault import Unknown
from crm_cli.query.own import OwnKeys
from crm_cli.query.own_fields import (
    BOOK,
    book_of,
    id_of,
    names,
    own_field,
    own_key,
    referred,
    spelled,
)
from crm_cli.query.owners import owners, record_of, up
from crm_cli.query.ref import NEVER, Collection, Ref, Source, Step, Way

_STEPS = 20
"""A name with more is not explained step by step."""


def resolve(name: str, kind: Kind, extra_keys: frozenset[str] = frozenset()) -> Ref:
    """The field that a name means for rows of `kind`; raises `Unknown` with the nearest names."""
    found = _resolved(name, kind, extra_keys)
    if found.source is not Source.EXTRA or not isinstance(extra_keys, OwnKeys):
        return found
    if found.column.endswith("."):
        return found._replace(several=True)
    column = normal(found.column)
    if not _is_held(column, extra_keys):
        from crm_cli.model.text import did_you_mean

        held = [key.removeprefix("custom.") for key in extra_keys]
        near = did_you_mean(found.column.removeprefix("custom."), sorted(held))
        return found._replace(origin=NEVER, doc=near)
    if all(normal(key) != column for key in extra_keys):
        return found._replace(column=f"{column}.", several=True)  # what stands below it
    type, several = extra_keys.type(found.column), extra_keys.several(found.column)
    return found._replace(type=type, several=several)


def _is_held(key: str, extra_keys: frozenset[str]) -> bool:
    """Whether files have a key of the users' own, or one below it, or the settings declare it."""
    return any(f"{normal(held)}.".startswith(f"{key}.") for held in extra_keys)


def _resolved(name: str, kind: Kind, extra_keys: frozenset[str]) -> Ref:
    wanted = normal(name)
    if wanted == BOOK and isinstance(extra_keys, OwnKeys) and extra_keys.books:
        return book_of(kind)
    record = record_of(kind) or kind
    if wanted.startswith((f"{record.name}/", f"{record.name}.")) and record in HOMES:
        rest = wanted[len(record.name) + 1 :]
        found = _of_record(rest, kind, record, extra_keys)
        if found is not None:
            return found if kind is record else found._replace(name=f"{record.name}.{found.name}")
        raise _unknown(rest, record, extra_keys)
    found = own_field(wanted, kind)
    if found is None and (outer := parent_kind(kind)) is not None:
        found = _at(own_field(wanted, outer), Step(Way.PARENT, outer))
    if found is None and kind is not record and wanted.startswith("custom."):
        found = _extra(wanted, kind, extra_keys)
    if found is None and kind is not record:
        found = _of_record(wanted, kind, record, frozenset()) or _its_id(wanted, record)
    found = found or _extra(wanted, kind, extra_keys)
    if found is None:
        raise _unknown(name, kind, extra_keys)
    return found


def summed(ref: Ref) -> Ref:
    """What functions of several items go over where a field is asked for."""
    field = ref.kind.by_key.get(ref.column) if ref.source is Source.COLUMN else None
    if field is None or not field.sums:
        return ref
    return ref._replace(column=field.sums)


def summed_name(name: str, kind: Kind) -> str:
    """The name of what functions of several rows go over where a field of theirs is asked for."""
    field = kind.by_name.get(normal(name))
    return (field.sums if field is not None else "") or name


def resolves_near(name: str, kind: Kind, extra_keys: frozenset[str] = frozenset()) -> bool:
    """Whether a name is a field of the kind itself or of what its items are part of."""
    wanted = normal(name)
    if own_field(wanted, kind) is not None or _extra(wanted, kind, extra_keys) is not None:
        return True
    outer = parent_kind(kind)
    return outer is not None and own_field(wanted, outer) is not None


def collection(name: str, kind: Kind) -> Collection | None:
    """The items that a name means for rows of `kind`, or None where it means none."""
    wanted = normal(name)
    record = record_of(kind) or kind
    if wanted == record.name and (record is not kind or kind in RECORDS):
        return Collection(record.name, record, () if kind is record else (up(record),))
    if wanted in (kind.name, kind.key, *kind.aliases):
        return Collection(kind.key, kind, ())
    found = _list(wanted, kind)
    if found is not None:
        return found
    outer = parent_kind(kind)
    if outer is not None and wanted in (outer.name, outer.key, *outer.aliases):
        return Collection(outer.key, outer, (Step(Way.PARENT, outer),))
    if kind is not record:
        found = _list(wanted, record)
        return found and Collection(found.name, found.kind, (up(record), *found.steps))
    return None


def record_items(name: str, kind: Kind) -> Collection | None:
    """The items that figures for a row of `kind` go over: as `collection`, but of a name that
    means the row itself, or what it is part of, all such items of its record."""
    found = collection(name, kind)
    record = record_of(kind)
    if found is None or record is None or not all(step.way.single for step in found.steps):
        return found
    of_record = _list(normal(name), record)
    if of_record is None:
        return found
    return of_record._replace(steps=(up(record), *of_record.steps))


def collections(kind: Kind) -> list[str]:
    """The names of the collections that rows of `kind` have themselves."""
    names = [field.key for field, _ in kind.lists]
    names += [deep.key for deep in kind.walk() if deep is not kind]
    return list(dict.fromkeys(names))


def _at(ref: Ref | None, step: Step) -> Ref | None:
    return ref and ref._replace(steps=(step, *ref.steps), origin=f"of its {step.kind.name}")


def _of_record(wanted: str, kind: Kind, record: Kind, extra_keys: frozenset[str]) -> Ref | None:
    found = own_field(wanted, record) or _extra(wanted, record, extra_keys)
    return found if kind is record else _at(found, up(record))


def _its_id(wanted: str, record: Kind) -> Ref | None:
    """`visit:v1`, of items in visits; a customer is told by more than the id (`customer:WHO`)."""
    if wanted != record.name or record is CUSTOMER:
        return None
    return _at(id_of(record), up(record))


def _extra(wanted: str, kind: Kind, extra_keys: frozenset[str]) -> Ref | None:
    for key in sorted(extra_keys, key=lambda key: (key.startswith("custom."), key)):
        if normal(key) in (wanted, f"custom.{wanted}"):
            return own_key(key, kind)._replace(name=wanted)
    return None


def _list(wanted: str, kind: Kind) -> Collection | None:
    field = kind.by_name.get(wanted)
    if field is not None and isinstance(field.type, ListOf):
        return Collection(field.key, field.type.kind, (Step(Way.ITEMS, field.type.kind),))
    for deep in kind.walk():
        if deep is not kind and wanted in (deep.name, deep.key, *deep.aliases):
            direct = any(part is deep for _, part in kind.lists)
            way = Way.ITEMS if direct else Way.DEEP
            return Collection(deep.key, deep, (Step(way, deep),))
    return None


def _target(name: str, kind: Kind) -> Kind | None:
    """The kind that a name of a reference leads to."""
    try:
        return referred(resolve(name, kind).type)
    except Unknown:
        return None


def _unknown(name: str, kind: Kind, extra_keys: frozenset[str]) -> Unknown:
    from crm_cli.model.text import a_or_an, did_you_mean

    bare = normal(name)
    found = collection(bare, kind)
    if found is not None and found.steps and found.kind.title:
        one = found.kind.name
        return Unknown(
            f"{found.name} are items, not a field",
            f"write {one}/{found.kind.title}:VALUE, has:{one} or no:{one}",
        )
    field = kind.by_name.get(bare)
    if field is not None and isinstance(field.type, GroupOf):
        inner = ", ".join(f"{field.key}.{part.key}" for part in field.type.kind.fields)
        return Unknown(f"{field.key} is a group of fields", f"write one of {inner}")
    head, dot, rest = bare.rpartition(".")
    # Each step of a long one would be looked up once more for the next.
    target = _target(head, kind) if dot and head.count(".") < _STEPS else None
    if target is not None:
        near = did_you_mean(rest, [*names(target), *spelled(target)])
        listed = f"crm query fields {target.name} lists them all"
        message = f"{a_or_an(target.name)} has no field '{rest}'"
        return Unknown(message, f"{near} {listed}".strip())
    return Unknown(f"there is no field '{name}'", lambda: _nearest(bare, kind, extra_keys))


def _nearest(bare: str, kind: Kind, extra_keys: frozenset[str]) -> str:
    """The hint for a name that is no field's."""
    from crm_cli.model.text import did_you_mean

    known = [*names(kind)]
    for owner, _ in owners(kind):
        known += [*names(owner), *spelled(owner)]
    near = did_you_mean(bare, [*dict.fromkeys(known), *collections(kind), *extra_keys])
    listed = f"crm query fields {kind.name} lists them all"
    return f"{near} {listed}" if near else listed
