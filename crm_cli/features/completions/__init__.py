"""Completion candidates: names of the query language, and values from the directory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from crm_cli.features.completions.items import movable, numbered
from crm_cli.features.paths import desk_meant
from crm_cli.index.plan import plan_of
from crm_cli.model.countries import country_codes
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.desk import NAME as DESK_NAME
from crm_cli.model.errors import CrmError
from crm_cli.model.field import Field
from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Code,
    Country,
    Currency,
    Date,
    FieldType,
    Free,
    Ids,
    Moment,
    Reference,
    Texts,
    User,
)
from crm_cli.model.kind import GroupOf, Kind, ListOf, normal
from crm_cli.model.kinds import BY_LETTER, BY_NAME, HOMES, KINDS
from crm_cli.model.money import currencies
from crm_cli.model.own import bare
from crm_cli.model.places import DESK
from crm_cli.query.fault import Unknown
from crm_cli.query.fields import collection, collections, resolve
from crm_cli.query.lookups import different, titled
from crm_cli.query.own_fields import names, own_fields, referred, spelled
from crm_cli.query.owners import of_row, states
from crm_cli.query.ref import Ref, Source, Way
from crm_cli.workspace import Groups, Workspace

_MOST = 200
_LONGEST = 120
"""Characters: longer values are texts, which nobody types again."""
_DAYS = (
    "today", "tomorrow", "yesterday", "this-week", "next-week", "last-week", "this-month",
    "next-month", "last-month", "this-year", "last-year",
)  # fmt: skip


def completions(
    workspace: Workspace, what: str, prefix: str, about: Sequence[str] = ("customer",)
) -> list[str]:
    """Candidates that begin with `prefix`, some as `text<TAB>description`.

    `what` is customer, desk, user, item, kind; item:VERB, the items that a verb can mean;
    numbered, the numbers of invoices, and owed, of those that are not paid; setting and
    setting:KEY; term, field, collection, state and said-state, column, shown, number, key;
    value:FIELD, of rows of the kinds that `about` names; or the name of a kind with a file of
    its own, of the entries there.
    Texts with an invisible character are left out.
    """
    if what == "customer":
        return _customers(workspace, prefix)
    if what == "desk":
        there = "desk".startswith(prefix) and workspace.tree.exists(DESK.path)
        return [f"desk\t{DESK_NAME}"] if there and desk_meant(workspace, "desk") else []
    kinds = [BY_NAME[name] for name in about]
    if what in ("numbered", "owed"):
        return list(numbered(workspace, about, prefix, _MOST, owed=what == "owed"))
    found = list(dict.fromkeys(_found(workspace, what, prefix, kinds)))
    low = prefix.lower()
    if "-" in prefix and what in ("term", "field", "collection", "state", "column", "key"):
        found = [name.replace("_", "-") for name in found]
    return sorted(one for one in found if one.lower().startswith(low))[:_MOST]


def _printable(texts: Iterable[str]) -> list[str]:
    """Texts without invisible characters: of one with a tab, the rest would be a description."""
    return [text for text in texts if text.isprintable()]


def _found(workspace: Workspace, what: str, prefix: str, kinds: Sequence[Kind]) -> Iterable[str]:
    if what.startswith("item:"):
        verb = what.removeprefix("item:")
        lettered = [kind for kind in kinds if kind.letter]
        return (one for kind in lettered for one in movable(workspace, kind, verb, prefix, _MOST))
    if what.startswith("setting:"):
        return _setting_values(workspace, what.removeprefix("setting:"), prefix)
    if what.startswith("value:"):
        name = what.removeprefix("value:")
        return (one for kind in kinds for one in _values(workspace, kind, name, prefix))
    head, dot, _ = prefix.rpartition(".")
    if dot and what in ("term", "field", "column"):
        beyond = [f"{head}.{name}" for kind in kinds for name in _beyond(kind, head)]
        if beyond:
            return beyond
    match what:
        case "item":
            return _items(workspace, prefix, [kind for kind in kinds if kind.letter])
        case "setting":
            return (f"{one.key}\t{one.doc}" for one in _all_settings())
        case "shown":
            return (name for kind in kinds for name in kind.columns)
        case "user":
            return [*_printable(workspace.business.users), "me"]
        case "kind":
            return [kind.name for kind in KINDS]
        case "state":
            return (name for kind in kinds for name in states(kind))
        case "said-state":
            return (f"{one.name}\t{one.doc}" for kind in kinds for one in kind.states)
        case "collection":
            return (name for kind in kinds for name in _collections(kind))
        case "field":
            return (name for kind in kinds for name in _fields(workspace, kind))
        case "term":
            return (name for kind in kinds for name in _terms(workspace, kind, prefix))
        case "column":
            return (name for kind in kinds for name in _columns(workspace, kind))
        case "number":
            return (ref.name for ref in _refs(kinds) if ref.type.storage.is_number)
        case "key":
            return (name for kind in kinds for name in _keys(kind, prefix))
    kind = BY_NAME.get(what)
    return _ids(workspace, kind) if kind in HOMES and kind is not None else ()


def _customers(workspace: Workspace, prefix: str) -> list[str]:
    """The customers whose id, or a word of whose name, begins so: `id<TAB>name`."""
    from crm_cli.query.who import called

    rows = called(workspace.database, prefix, _MOST)
    return [f"{id}\t{name or ''}".rstrip() for id, name in rows if id.isprintable()]


def _ids(workspace: Workspace, kind: Kind) -> list[str]:
    return _printable(different(workspace.database, kind, "id"))


def _items(workspace: Workspace, prefix: str, kinds: Sequence[Kind]) -> Iterator[str]:
    """The ids of items, each with its title; of all kinds once the letter says which."""
    named = BY_LETTER.get(prefix[:1])
    for kind in kinds or ([named] if named is not None else []):
        rows = titled(workspace.database, kind, prefix, _MOST)
        yield from (f"{id}\t{' '.join(str(name or '').split())}".rstrip() for id, name in rows)


# Names


def _refs(kinds: Sequence[Kind]) -> Iterator[Ref]:
    """The fields of rows of the kinds, of what they are part of and of their customers."""
    for kind in kinds:
        for owner in of_row(kind):
            yield from own_fields(owner)


def _fields(workspace: Workspace, kind: Kind) -> Iterator[str]:
    """The names of fields, and of the users' own keys."""
    yield from (ref.name for ref in _refs([kind]))
    for key in _printable(workspace.extra_keys):
        yield from dict.fromkeys((bare(key), key))


def _beyond(kind: Kind, reference: str) -> list[str]:
    """The fields of the record that a reference leads to."""
    ref = _resolved(reference, kind)
    target = referred(ref.type) if ref is not None else None
    return names(target) if target is not None else []


def _terms(workspace: Workspace, kind: Kind, prefix: str) -> Iterator[str]:
    """The names that a term may begin with; aliases where no other name begins so."""
    known = list(_fields(workspace, kind))
    yield from known
    wanted = normal(prefix)
    if any(normal(name).startswith(wanted) for name in known):
        return
    for owner in of_row(kind):
        for name in spelled(owner):
            if name.startswith(wanted) and _resolved(name, kind) is not None:
                yield name


def _collections(kind: Kind) -> Iterator[str]:
    """The names of items that conditions are about: `task/`, `customer/` of an item."""
    for owner in of_row(kind):
        if owner is not kind:
            yield owner.name
        for name in collections(owner):
            found = collection(name, owner)
            # A list may be called otherwise than its items' kind: `stages` of moves.
            of_kind = found is not None and name in (found.kind.key, found.kind.name)
            yield found.kind.name if found is not None and of_kind else name


def _columns(workspace: Workspace, kind: Kind) -> Iterator[str]:
    from crm_cli.query.columns import valid_columns

    yield from valid_columns(kind, _printable(workspace.extra_keys))


def _keys(kind: Kind, prefix: str) -> Iterator[str]:
    """The names that `KEY=VALUE` gives a value to."""
    for field in kind.fields:
        type = field.type
        if isinstance(type, GroupOf):
            yield from (f"{field.key}.{part.key}" for part in type.kind.fields)
        elif isinstance(type, ListOf):
            yield from field.lifts
            if type.kind.shorthand is not None and not type.kind.letter:
                yield field.key
        elif isinstance(type, Free):
            if field.key == "custom":
                yield f"{field.key}."
        else:
            yield field.key
            if prefix:
                yield from field.aliases


# Settings


def _all_settings() -> Iterator[Field]:
    """The settings of crm.yaml, whose declaration is loaded for them alone."""
    from crm_cli.model.settings import SETTINGS

    return _settings(SETTINGS, "")


def _settings(kind: Kind, prefix: str) -> Iterator[Field]:
    """The settings of a group, each with its whole key."""
    for field in kind.fields:
        if isinstance(field.type, GroupOf):
            yield from _settings(field.type.kind, f"{prefix}{field.key}.")
        else:
            yield field.but(key=f"{prefix}{field.key}")


def _setting_values(workspace: Workspace, key: str, prefix: str) -> Iterable[str]:
    """The values that a setting may have, as far as its type knows them."""
    found = next((one for one in _all_settings() if one.key == normal(key)), None)
    if found is None:
        return ()
    if isinstance(found.type, Currency):
        return currencies()
    if isinstance(found.type, Country):
        return country_codes()
    return _declared(workspace, found.type, prefix) or ()


# Values


def _resolved(name: str, kind: Kind, keys: frozenset[str] = frozenset()) -> Ref | None:
    try:
        return resolve(name, kind, keys)
    except Unknown:
        return None


def _values(workspace: Workspace, kind: Kind, name: str, prefix: str) -> Iterable[str]:
    """The known values of a field: a closed list's words, or what the records have."""
    found = collection(name, kind)
    if found is not None and found.kind is CUSTOMER:
        return _customers(workspace, prefix)
    keys = workspace.extra_keys
    # `city.is` asks for values of the city.
    ref = _resolved(name, kind, keys) or _resolved(name.rpartition(".")[0], kind, keys)
    if ref is None or ref.source is Source.TEXT:
        return ()
    if ref.name == "id":
        return _items(workspace, prefix, [kind]) if kind.letter else _ids(workspace, kind)
    told = _declared(workspace, ref.type, prefix)
    return told if told is not None else _held(workspace, kind, ref, prefix)


def _declared(workspace: Workspace, type: FieldType, prefix: str) -> Iterable[str] | None:
    """The values that a type knows of; None where only the records know them."""
    if isinstance(type, User) and workspace.business.users:
        return [*_printable(workspace.business.users), "me"]
    if isinstance(type, Choice):
        return _printable(type.choices(workspace.business))
    if isinstance(type, Boolean):
        return ("yes", "no")
    if isinstance(type, Reference | Texts) and type.to in BY_NAME:
        return _referred(workspace, BY_NAME[type.to], prefix)
    if isinstance(type, Ids):
        return _ids(workspace, BY_NAME[type.of])
    if isinstance(type, Date | Moment):
        return _DAYS
    return () if type.storage.is_number else None


def _referred(workspace: Workspace, kind: Kind, prefix: str) -> Iterable[str]:
    """The ids of records or items; items with a number are named by it as well."""
    if kind is CUSTOMER:
        return _customers(workspace, prefix)
    if not kind.letter:
        return _ids(workspace, kind)
    numbered = kind.by_key.get(kind.title)
    numbers: Iterable[str] = ()
    if numbered is not None and isinstance(numbered.type, Code):
        numbers = _values(workspace, kind, kind.title, prefix)
    return [*numbers, *_items(workspace, prefix, [kind])]


def _column(kind: Kind, ref: Ref) -> tuple[Kind, str] | None:
    """The kind and the column in which a field has one text each; None where it takes a query."""
    ways, storage = [step.way for step in ref.steps], ref.type.storage
    if ref.source is not Source.COLUMN or ref.inherits or not (storage.is_text and storage.single):
        return None
    lift = plan_of(kind).lifts.get(ref.lifted)
    if lift is not None and not lift.several and ways == [Way.ITEMS]:
        return kind, lift.column
    field = plan_of(ref.kind).fields.get(ref.column)
    if field is None or ways not in ([], [Way.ITEMS]) or (ways and storage.folded):
        return None
    return ref.kind, field.value


def _held(workspace: Workspace, kind: Kind, ref: Ref, prefix: str) -> Iterator[str]:
    """The values that rows have, the most frequent ones where there are many."""
    column = _column(kind, ref)
    if column is not None:
        from crm_cli.query.offered import frequent

        found = frequent(workspace.database, *column, prefix, _MOST)
        yield from (text for text in found if 0 < len(text) <= _LONGEST and text.isprintable())
        return
    from crm_cli.query.lexer import quoted

    name = ref.name
    terms = [f"{name}.starts:{quoted(prefix)}"] if prefix else []
    try:
        answer = workspace.select(kind, terms, groups=Groups(by=name), sort="count-", limit=_MOST)
    except CrmError:
        return
    for value, *_ in answer.rows:
        for text in value if isinstance(value, list) else [value]:
            shown = "" if text is None else str(text)
            if shown and len(shown) <= _LONGEST and shown.isprintable():
                yield shown
