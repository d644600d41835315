"""The fields that a kind has itself, by their names."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.index.plan import has_id
from crm_cli.model.fieldtypes import Choice, FieldType, Free, Reference, Text, Word
from crm_cli.model.kind import Derived, Field, GroupOf, Kind, ListOf, singular
from crm_cli.model.kinds import BY_NAME
from crm_cli.model.permission import VERDICTS, use_named
from crm_cli.query.ref import Ref, Source, Step, Way

_TEXT = Text()
_ID = Reference("")
_WORD = Word()
BOOK = "book"
"""The field of every row that a mirror answers with."""
_VERDICT = Choice(VERDICTS)


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


def own_fields(kind: Kind) -> Iterator[Ref]:
    """Every field of the kind itself: id, stored, lifted, in groups, derived, text."""
    if has_id(kind):
        yield id_of(kind)
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
        if not derived.inner:
            yield _derived(derived, kind)
    if "text" not in kind.by_name:
        yield _text(kind)


def titled(kind: Kind) -> Ref | None:
    """The field that names rows of a kind, where it is a text."""
    field = kind.by_key.get(kind.title)
    text = field is not None and field.type.storage.folded and field.type.storage.single
    return stored(field, kind) if field is not None and text else None


def own_field(wanted: str, kind: Kind) -> Ref | None:
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
        if (wanted == derived.key or wanted in derived.aliases) and not derived.inner:
            return _derived(derived, kind)
    if wanted and wanted in ("id", kind.id_name) and has_id(kind):
        return id_of(kind)
    if wanted == "text":
        return _text(kind)
    head, dot, rest = wanted.partition(".")
    outer = kind.by_name.get(head) if dot else None
    if outer is None:
        return _of_part(wanted, kind) if dot else None
    if isinstance(outer.type, GroupOf):
        return _in_group(rest, outer.type.kind, kind, f"{outer.key}.")
    if isinstance(outer.type, ListOf):
        return _down(own_field(rest, outer.type.kind), outer, outer.type.kind)
    if isinstance(outer.type, Reference):
        return _through(rest, outer)
    return own_key(wanted, kind) if isinstance(outer.type, Free) else None


def _field(field: Field, kind: Kind) -> Ref | None:
    if isinstance(field.type, ListOf):
        inner = field.type.kind
        if field.asked:
            return _down(own_field(field.asked, inner), field, inner)
        if inner.letter or not _titled(field):
            return None
        if len(field.lifts) == 1:
            return _lifted(field, inner, next(iter(field.lifts)), kind)
        return _down(own_field(inner.title, inner), field, inner)
    if isinstance(field.type, GroupOf):
        return None
    if isinstance(field.type, Free):
        return _kept(field.key, kind, field.doc)
    return stored(field, kind)


def _kept(path: str, kind: Kind, doc: str) -> Ref:
    """What is kept as it is written: all that stands below its key."""
    return Ref(path, _TEXT, kind, Source.EXTRA, f"{path}.", doc=doc)


def own_key(key: str, kind: Kind) -> Ref:
    """A key of the users' own."""
    return Ref(key, _TEXT, kind, Source.EXTRA, key, doc="a key of your own", origin="own key")


def _titled(field: Field) -> bool:
    return isinstance(field.type, ListOf) and bool(field.type.kind.title)


def stored(field: Field, kind: Kind, group: str = "") -> Ref:
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
            yield stored(field, kind, path)
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
        return own_key(f"{at}.{rest}", kind) if rest else _kept(at, kind, field.doc)
    return None if rest else stored(field, kind, path)


def _lifted(field: Field, inner: Kind, lift: str, kind: Kind) -> Ref:
    ref = stored(inner.by_key[field.lifts[lift]], inner)
    return ref._replace(
        name=lift,
        steps=(Step(Way.ITEMS, inner, answering=bool(inner.answering)),),
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
    ref = own_field(wanted, target) if target is not None else None
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


def _of_part(wanted: str, kind: Kind) -> Ref | None:
    """`fit.wholesale`, `may.marketing.email`: what is derived, of one profile or use; which
    profiles there are shows when it is asked."""
    head, _, part = wanted.partition(".")
    for derived in kind.derived:
        if not derived.overall or head not in (derived.key, *derived.aliases):
            continue
        found = _derived(derived, kind)._replace(name=wanted, column=f"{derived.key}.{part}")
        if derived.overall == "profiles" and part:
            return found._replace(doc=f"how well they fit the profile {part}, 0 to 100")
        if derived.overall == "permitted" and (use := use_named(part)) is not None:
            return found._replace(type=_VERDICT, doc=f"whether {use} is allowed, or why not")
    return None


def book_of(kind: Kind) -> Ref:
    """The directory that a row of a mirror comes from."""
    return Ref(BOOK, _WORD, kind, Source.BOOK, BOOK, doc="its directory", origin="of the mirror")


def id_of(kind: Kind) -> Ref:
    """The id of a record, an entry or an item."""
    return Ref("id", _ID, kind, Source.COLUMN, "id", doc="its id", origin="stored")


def _text(kind: Kind) -> Ref:
    return Ref("text", _TEXT, kind, Source.TEXT, "", doc="all its text", origin="derived")
