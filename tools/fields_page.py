"""docs/reference/fields.md and settings.md: what is kept, from the kinds."""

from __future__ import annotations

from collections.abc import Iterator

from markdown import MADE, code, codes, sentence, table

from crm_cli.model.fieldtypes import Choice, Code, Integer, Reference, Text, Texts, Word
from crm_cli.model.kind import Derived, Field, GroupOf, Kind, ListOf, MapOf
from crm_cli.model.kinds import ENTRIES, KINDS, RECORDS, SINGLE
from crm_cli.model.settings import SETTINGS

_PLAIN = (Choice, Code, Integer, Text, Word)
"""Types whose name says enough."""

_FIELDS = f"""\
# Fields

{MADE}

What a record holds. Only `name` is required; unknown keys are kept and can be queried
by their own name. `-` and `_` are the same in keys, and so are a list's name and its
singular (`tags`, `tag`) in what you type.
"""

_SETTINGS = f"""\
# Settings

{MADE}

The keys of `crm.yaml`. `crm config list` shows those of a folder, `crm config set`
changes them.
"""


def fields_page() -> str:
    """The page on the kinds of records and of their items."""
    parts = [_FIELDS]
    for kind in _kinds():
        parts += _kind(kind, f"## {kind.key}", _place(kind))
    return "\n".join(parts)


def settings_page() -> str:
    """The page on `crm.yaml` and the tables beside it."""
    parts = [_SETTINGS, _table(SETTINGS)]
    done: set[str] = set()
    todo = list(SETTINGS.fields)
    for field in todo:
        kind = getattr(field.type, "kind", None)
        if not isinstance(field.type, (GroupOf, MapOf, ListOf)) or kind is None:
            continue
        heading = kind.key if isinstance(field.type, ListOf) else field.key
        if heading in done:
            continue
        done.add(heading)
        todo += kind.fields
        where = f"`{field.key}.KEY`" if isinstance(field.type, MapOf) else f"`{field.key}`"
        said = f"Each of `{field.key}` has" if isinstance(field.type, ListOf) else f"Under {where}"
        parts += [f"## {heading}\n", f"{said}:\n", _table(kind)]
    parts.append(f"## Words of your own\n\n{_vocabulary()}")
    return "\n".join(parts)


def _kinds() -> Iterator[Kind]:
    """Every kind in the order of the declarations, followed by its groups."""
    for kind in KINDS:
        yield kind
        yield from (group for _, group in kind.groups)


def _place(kind: Kind) -> str:
    if kind in SINGLE:
        return f"In `{SINGLE[kind].path}`."
    if kind in RECORDS:
        return f"One file each, `{RECORDS[kind].file('ID')}`."
    if kind in ENTRIES:
        return f"In `{ENTRIES[kind].path}`, each under its {ENTRIES[kind].key}."
    owners = [
        f"{code(field.key)} of {_a(owner.name)}"
        for owner in KINDS
        for field, part in (*owner.lists, *owner.groups)
        if part is kind
    ]
    ids = f" Their ids begin with `{kind.letter}-`." if kind.letter else ""
    return f"In {', '.join(owners)}.{ids}"


def _kind(kind: Kind, heading: str, place: str) -> Iterator[str]:
    yield f"{heading}\n"
    yield f"{sentence(kind.doc)} {place}\n"
    yield _table(kind)
    shown = [one for one in kind.derived if not one.inner]
    derived = table(("derived", "type", "meaning", "also"), map(_derived, shown))
    if derived:
        yield f"Computed, never stored:\n\n{derived}"
    states = table(
        ("state", "meaning"), ((code(f"is:{state.name}"), state.doc) for state in kind.states)
    )
    if states:
        yield states


def _table(kind: Kind) -> str:
    return table(("key", "type", "meaning", "also"), map(_field, kind.fields))


def _field(field: Field) -> tuple[str, str, str, str]:
    meaning = field.doc
    if isinstance(field.type, Choice):
        words = codes(field.type.words)
        more = ", or your own words" if field.type.vocabulary else ""
        if field.type.setting:
            more = f", unless {code(field.type.setting)} in crm.yaml names others"
        meaning = f"{meaning}: {words}{more}"
    if field.default is not None and field.default is not False:
        meaning = f"{meaning} ({field.type.answer(field.default)} if absent)"
    if field.inherits:
        meaning = f"{meaning} (the customer's {field.inherits} if absent)"
    return code(field.key), _type(field), meaning, codes(field.aliases)


def _derived(derived: Derived) -> tuple[str, str, str, str]:
    return code(derived.key), derived.type.name, derived.doc, codes(derived.aliases)


def _type(field: Field) -> str:
    type = field.type
    if isinstance(type, ListOf):
        return f"list of [{type.kind.key}](#{type.kind.key})"
    if isinstance(type, Reference):
        return f"id of {_a(type.to)}"
    if isinstance(type, Texts) and type.to:
        return f"list of ids of {type.to}s"
    if isinstance(type, (GroupOf, MapOf)):
        return f"[{type.name}](#{type.kind.key})"
    example = field.example or ("" if type.__class__ in _PLAIN else type.example)
    return f"{type.name}, as `{example}`" if example else type.name


def _vocabulary() -> str:
    rows = [
        (code(field.type.vocabulary), f"{field.key} of {_a(kind.name)}")
        for kind in KINDS
        for field in kind.fields
        if isinstance(field.type, Choice) and field.type.vocabulary
    ]
    return (
        "`vocabulary` adds words to these lists: `vocabulary: {source: [farmers_market]}`.\n\n"
        + table(("name", "the words of"), rows)
    )


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
