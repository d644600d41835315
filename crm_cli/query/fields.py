"""Name resolution: what a name in a query means for rows of a kind.

A name is sought in the item itself, then in the item that it is part of, then in the
record that it stands in (mostly the customer's), then among the users' own keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from crm_cli.index.plan import has_id
from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import Choice, FieldType, Free, Integer, Reference, Text
from crm_cli.model.kind import Derived, Field, GroupOf, Kind, ListOf, normal, singular
from crm_cli.model.kinds import BY_NAME, HOLDERS, HOMES, RECORDS, parent_kind
from crm_cli.query.fault import Unknown
from crm_cli.query.own import OwnKeys

_TEXT = Text()
_ID = Reference("")
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

    `key` is the column that holds a reference.
    """

    way: Way
    kind: Kind
    key: str = ""


class Source(Enum):
    """What keeps a field's value."""

    COLUMN = "a column"
    FORMULA = "a query about the row"
    TEXT = "all text of the row"
    EXTRA = "a key of the users' own"


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


_STEPS = 20
"""A name with more is not explained step by step."""


def resolve(name: str, kind: Kind, extra_keys: frozenset[str] = frozenset()) -> Ref:
    """The field that a name means for rows of `kind`; raises `Unknown` with the nearest names."""
    found = _resolved(name, kind, extra_keys)
    if found.source is not Source.EXTRA or not isinstance(extra_keys, OwnKeys):
        return found
    if found.column.endswith("."):
        return found._replace(several=True)
    type, several = extra_keys.type(found.column), extra_keys.several(found.column)
    return found._replace(type=type, several=several)


def _resolved(name: str, kind: Kind, extra_keys: frozenset[str]) -> Ref:
    wanted = normal(name)
    record = record_of(kind) or kind
    if wanted.startswith((f"{record.name}/", f"{record.name}.")) and record in HOMES:
        rest = wanted[len(record.name) + 1 :]
        found = _of_record(rest, kind, record, extra_keys)
        if found is not None:
            return found if kind is record else found._replace(name=f"{record.name}.{found.name}")
        raise _unknown(rest, record, extra_keys)
    found = _own(wanted, kind)
    if found is None and (outer := parent_kind(kind)) is not None:
        found = _at(_own(wanted, outer), Step(Way.PARENT, outer))
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
    if _own(wanted, kind) is not None or _extra(wanted, kind, extra_keys) is not None:
        return True
    outer = parent_kind(kind)
    return outer is not None and _own(wanted, outer) is not None


def collection(name: str, kind: Kind) -> Collection | None:
    """The items that a name means for rows of `kind`, or None where it means none."""
    wanted = normal(name)
    record = record_of(kind) or kind
    if wanted == record.name and (record is not kind or kind in RECORDS):
        return Collection(record.name, record, () if kind is record else (_up(record),))
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
        return found and Collection(found.name, found.kind, (_up(record), *found.steps))
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
    return of_record._replace(steps=(_up(record), *of_record.steps))


def collections(kind: Kind) -> list[str]:
    """The names of the collections that rows of `kind` have themselves."""
    names = [field.key for field, _ in kind.lists]
    return names + [deep.key for deep in kind.walk() if deep is not kind and deep.key not in names]


def state_of(name: str, kind: Kind) -> tuple[str, tuple[Step, ...]] | None:
    """(name, steps) of a state of the row, of what it is part of, or of its record."""
    wanted = normal(name)
    for owner, steps in _owners(kind):
        for state in owner.states:
            if state.name == wanted:
                return state.name, steps
    return None


def choice_of(name: str, kind: Kind, business: Business) -> Ref | None:
    """The kind or status, of the row or of what it belongs to, that has a word as a choice."""
    wanted = normal(name)
    for owner, steps in _owners(kind):
        for field in map(owner.by_key.get, ("kind", "status")):
            type = field.type if field is not None else None
            if field and isinstance(type, Choice) and wanted in type.choices(business):
                return _stored(field, owner)._replace(steps=steps)
    return None


def states(kind: Kind) -> dict[str, str]:
    """The names that `is:` takes for rows of `kind`, and what each says."""
    found: dict[str, str] = {}
    for owner, _ in _owners(kind):
        for state in owner.states:
            found.setdefault(state.name, state.doc)
    return found


def names(kind: Kind) -> list[str]:
    """The canonical names of the kind's own fields, as queries know them."""
    return [ref.name for ref in own_fields(kind)]


def spelled(kind: Kind) -> list[str]:
    """The names of the kind's fields that people may mean: keys, aliases, a list's singular."""
    found: list[str] = []
    for field in kind.fields:
        found += [field.key, *field.aliases]
        if isinstance(field.type, ListOf):
            found.append(singular(field.key))
    return found


def of_row(kind: Kind) -> list[Kind]:
    """The kinds whose fields a row answers to: its own, what it is part of, its customer's."""
    return [owner for owner, _ in _owners(kind)]


def own_fields(kind: Kind) -> Iterator[Ref]:
    """Every field of the kind itself: id, stored, lifted, in groups, derived, text."""
    if has_id(kind):
        yield _id(kind)
    for field in kind.fields:
        if isinstance(field.type, ListOf):
            for lift in field.lifts:
                yield _lifted(field, field.type.kind, lift, kind)
            if field.lifts:
                continue
        if isinstance(field.type, GroupOf):
            yield from _grouped(field.type.kind, kind, f"{field.key}.")
            continue
        ref = _field(field, kind)
        if ref is not None:
            yield ref
    for derived in kind.derived:
        yield _derived(derived, kind)
    if "text" not in kind.by_name:
        yield _text(kind)


def record_of(kind: Kind) -> Kind | None:
    """The kind of the record, or entry, in which items of a kind stand; None for records and
    entries themselves. Of several it is the first: of what customers have, too, the customer."""
    holders = HOLDERS.get(kind)
    return holders[0] if holders else None


def of_customer(kind: Kind) -> bool:
    """Whether it stands in a customer's record, or is the customer: it can be asked by whom."""
    return (record_of(kind) or kind) is CUSTOMER


def titled(kind: Kind) -> Ref | None:
    """The field that names rows of a kind, where it is a text."""
    field = kind.by_key.get(kind.title)
    text = field is not None and field.type.storage.folded and field.type.storage.single
    return _stored(field, kind) if field is not None and text else None


def _up(record: Kind) -> Step:
    return Step(Way.RECORD, record)


def _owners(kind: Kind) -> Iterator[tuple[Kind, tuple[Step, ...]]]:
    yield kind, ()
    outer = parent_kind(kind)
    if outer is not None:
        yield outer, (Step(Way.PARENT, outer),)
    record = record_of(kind)
    if record is not None:
        yield record, (_up(record),)


def _at(ref: Ref | None, step: Step) -> Ref | None:
    return ref and ref._replace(steps=(step, *ref.steps), origin=f"of its {step.kind.name}")


def _of_record(wanted: str, kind: Kind, record: Kind, extra_keys: frozenset[str]) -> Ref | None:
    found = _own(wanted, record) or _extra(wanted, record, extra_keys)
    return found if kind is record else _at(found, _up(record))


def _its_id(wanted: str, record: Kind) -> Ref | None:
    """`visit:v1`, of items in visits; a customer is told by more than the id (`customer:WHO`)."""
    if wanted != record.name or record is CUSTOMER:
        return None
    return _at(_id(record), _up(record))


def _own(wanted: str, kind: Kind) -> Ref | None:
    """The field of the kind itself that a name means."""
    for field, inner in kind.lists:
        for lift, key in field.lifts.items():
            alias = key != "value" and inner.by_name.get(wanted) is inner.by_key[key]
            if wanted == lift or alias:
                return _lifted(field, inner, lift, kind)
    found = kind.by_name.get(wanted)
    if found is not None:
        return _field(found, kind)
    for derived in kind.derived:
        if wanted == derived.key or wanted in derived.aliases:
            return _derived(derived, kind)
    if wanted == "id" and has_id(kind):
        return _id(kind)
    if wanted == "text":
        return _text(kind)
    head, dot, rest = wanted.partition(".")
    outer = kind.by_name.get(head) if dot else None
    if outer is None:
        return None
    if isinstance(outer.type, GroupOf):
        return _in_group(rest, outer.type.kind, kind, f"{outer.key}.")
    if isinstance(outer.type, ListOf):
        return _down(_own(rest, outer.type.kind), outer, outer.type.kind)
    if isinstance(outer.type, Reference):
        return _through(rest, outer)
    return _own_key(wanted, kind) if isinstance(outer.type, Free) else None


def _field(field: Field, kind: Kind) -> Ref | None:
    if isinstance(field.type, ListOf):
        inner = field.type.kind
        if inner.letter or not _titled(field):
            return None
        if len(field.lifts) == 1:
            return _lifted(field, inner, next(iter(field.lifts)), kind)
        return _down(_own(inner.title, inner), field, inner)
    if isinstance(field.type, GroupOf):
        return None
    if isinstance(field.type, Free):
        return _kept(field.key, kind, field.doc)
    return _stored(field, kind)


def _kept(path: str, kind: Kind, doc: str) -> Ref:
    """What is kept as it is written: all that stands below its key."""
    return Ref(path, _TEXT, kind, Source.EXTRA, f"{path}.", doc=doc)


def _own_key(key: str, kind: Kind) -> Ref:
    return Ref(key, _TEXT, kind, Source.EXTRA, key, doc="a key of your own", origin="own key")


def _titled(field: Field) -> bool:
    return isinstance(field.type, ListOf) and bool(field.type.kind.title)


def _stored(field: Field, kind: Kind, group: str = "") -> Ref:
    """A field of a kind, or of a group in it, whose path ends in a dot."""
    path = f"{group}{field.key}"
    origin = f"in {group[:-1]}" if group else "stored"
    return Ref(
        path,
        field.type,
        kind,
        Source.COLUMN,
        path,
        inherits=field.inherits,
        to_come=field.to_come,
        doc=field.doc,
        origin=origin,
    )


def _grouped(group: Kind, kind: Kind, path: str) -> Iterator[Ref]:
    """The fields of a group in a kind, and of the groups in that."""
    for field in group.fields:
        if isinstance(field.type, GroupOf):
            yield from _grouped(field.type.kind, kind, f"{path}{field.key}.")
        elif isinstance(field.type, Free):
            yield _kept(f"{path}{field.key}", kind, field.doc)
        else:
            yield _stored(field, kind, path)
    for derived in group.derived:
        yield _derived(derived, kind, path)


def _in_group(wanted: str, group: Kind, kind: Kind, path: str) -> Ref | None:
    """The field that a name means in a group."""
    head, _, rest = wanted.partition(".")
    field = group.by_name.get(head)
    if field is None:
        found = [derived for derived in group.derived if wanted in (derived.key, *derived.aliases)]
        return _derived(found[0], kind, path) if found else None
    if isinstance(field.type, GroupOf):
        return _in_group(rest, field.type.kind, kind, f"{path}{field.key}.") if rest else None
    if isinstance(field.type, Free):
        at = f"{path}{field.key}"
        return _own_key(f"{at}.{rest}", kind) if rest else _kept(at, kind, field.doc)
    return None if rest else _stored(field, kind, path)


def _lifted(field: Field, inner: Kind, lift: str, kind: Kind) -> Ref:
    ref = _stored(inner.by_key[field.lifts[lift]], inner)
    return ref._replace(
        name=lift,
        steps=(Step(Way.ITEMS, inner),),
        doc=ref.doc or field.doc,
        origin=f"any of {field.key}",
        lifted=lift,
    )


def _down(ref: Ref | None, field: Field, inner: Kind) -> Ref | None:
    return ref and ref._replace(
        name=f"{field.key}.{ref.name}",
        steps=(Step(Way.ITEMS, inner), *ref.steps),
        origin=f"any of {field.key}",
        lifted="",
    )


def referred(type: FieldType) -> Kind | None:
    """The kind of the records that a field refers to; None for what is no reference."""
    return BY_NAME.get(type.to) if isinstance(type, Reference) else None


def _through(wanted: str, field: Field) -> Ref | None:
    """The field that a name means in the record to which a reference leads."""
    target = referred(field.type)
    ref = _own(wanted, target) if target is not None else None
    if target is None or ref is None:
        return None
    return ref._replace(
        name=f"{field.key}.{ref.name}",
        steps=(Step(Way.REFERENCE, target, field.key), *ref.steps),
        origin=f"of its {field.key}",
    )


def _derived(derived: Derived, kind: Kind, group: str = "") -> Ref:
    path = f"{group}{derived.key}"
    return Ref(
        path,
        derived.type,
        kind,
        Source.COLUMN if derived.kept else Source.FORMULA,
        path,
        base=derived.base,
        to_come=derived.to_come,
        doc=derived.doc,
        origin="derived",
    )


def _id(kind: Kind) -> Ref:
    return Ref("id", _ID, kind, Source.COLUMN, "id", doc="its id", origin="stored")


def _text(kind: Kind) -> Ref:
    return Ref("text", _TEXT, kind, Source.TEXT, "", doc="all its text", origin="derived")


def _extra(wanted: str, kind: Kind, extra_keys: frozenset[str]) -> Ref | None:
    for key in sorted(extra_keys, key=lambda key: (key.startswith("custom."), key)):
        if normal(key) in (wanted, f"custom.{wanted}"):
            return _own_key(key, kind)
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
    known = [*names(kind)]
    for owner, _ in _owners(kind):
        known += [*names(owner), *spelled(owner)]
    near = did_you_mean(bare, [*dict.fromkeys(known), *collections(kind), *extra_keys])
    listed = f"crm query fields {kind.name} lists them all"
    return Unknown(f"there is no field '{name}'", f"{near} {listed}" if near else listed)
