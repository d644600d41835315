"""Recognizing headings without a map: our own keys, and their usual names.

Headings are compared by their letters and digits alone: `invoiceNumber`, `Invoice Number`
and `INVOICE_NUMBER` are one. `State/Region` is what one of its parts is, `Amount (EUR)` what
it is without the remark, `Phone 2` the second phone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from crm_cli.formats import languages
from crm_cli.formats.mapping import Column, Map
from crm_cli.formats.numbered import item_of
from crm_cli.formats.targets import (
    CUSTOMER,
    OWNERS,
    Target,
    also,
    belongs,
    find,
    id_name,
    names,
    rows_of,
)
from crm_cli.model.errors import UsageError
from crm_cli.model.kind import Field, GroupOf, Kind, ListOf, Nested, singular
from crm_cli.model.text import fold

_EXTERNAL = "external_id"
_INSTEAD = {"organizations": "name", "contacts": "name"}
"""A table that names organizations, and nobody at them, is about the organizations; one that
names contact persons alone is about them."""
_NAMES = ("name", "given_name", "family_name")
_HALVES = (
    ("given_name", "family_name", ("ime",), ()),
    ("family_name", "given_name", ("name",), ("vorname",)),
)
"""`Ime, Priimek` and `Name, Vorname`: (what a column is, what another has, its headings, and
those of the other, if only some)."""
_BESIDE = {
    "phone.2": (("label", "mobile"),),
    "phone.3": (("label", "fax"),),
    "anniversary.date": (("kind", "wedding"),),
}
"""What a heading says of an item beside the value: the label of a second or third number."""
_OWN, _USUAL, _PART, _BARE_ID = range(4)
"""How surely a heading means a field; of two that mean the same, the surer one has it."""


class Guessed(NamedTuple):
    """A map made from headings, and the headings that mean nothing to it."""

    map: Map
    left_out: tuple[str, ...]


class Meaning(NamedTuple):
    """The field that a heading means, by name, and how surely."""

    key: str
    target: Target
    rank: int
    label: str = ""


def default_map(kind: Kind, headings: tuple[str, ...]) -> Guessed:
    """The map of a file whose headings speak for themselves.

    Our own names go before synonyms. Raises UsageError where two headings mean the
    same, and where none means anything.
    """
    meant = {heading: meaning(kind, heading) for heading in headings}
    meant = _one_id(kind, _instead(kind, _parted(kind, meant)))
    columns: list[Column] = []
    left_out: list[str] = []
    taken: dict[Target, str] = {}
    best = _best(meant)
    for heading, found in meant.items():
        if found is None or best[found.target] < found.rank:
            left_out.append(heading)
            continue
        key, target = found.key, found.target
        if target in taken and target.list:
            key, target = _next(kind, found, taken)
        if target in taken and target.field in OWNERS:
            left_out.append(heading)  # Any of them says whose it is.
            continue
        if target in taken:
            raise UsageError(
                f"{taken[target]!r} and {heading!r} both mean {key}",
                "choose one in a map: --map MAP.yaml, columns: {HEADING: field}",
            )
        taken[target] = heading
        columns.append(Column(heading, key, beside=_beside(found)))
    if not columns:
        raise UsageError(
            f"no heading is known: {', '.join(headings)}",
            "map them: --map MAP.yaml, columns: {HEADING: field}",
        )
    return Guessed(Map(tuple(columns)), tuple(left_out))


def meaning(kind: Kind, heading: str) -> Meaning | None:
    """What a heading means for records of a kind, None where it means nothing."""
    if "." in heading and (found := find(kind, heading.strip())) is not None:
        return Meaning(heading.strip(), found, _OWN)
    if _letters(heading) == "id":
        return _id(kind, heading)
    for rank, text in ((_USUAL, heading), *((_PART, part) for part in _parts(heading))):
        word = _letters(text)
        entry = _known(kind).get(word) or _foreign(kind).get(word)
        if entry is not None:
            key, own = entry
            found = find(kind, key)
            if found is not None and found.field is CUSTOMER:
                # A column Customer may hold names: one of ids beside it says more.
                return Meaning(key, found, _OWN if word.endswith("id") else rank)
            if found is not None:
                return Meaning(key, found, _OWN if own and rank == _USUAL else rank)
    return _numbered(kind, heading)


def _id(kind: Kind, heading: str) -> Meaning | None:
    """A heading `id`: ours, as our exports have it, else that of the other system."""
    if heading.strip() == "id":
        found = find(kind, "id")
        return Meaning("id", found, _OWN) if found is not None else None
    found = find(kind, _EXTERNAL)
    return Meaning(_EXTERNAL, found, _BARE_ID) if found is not None else None


def _parts(heading: str) -> Iterator[str]:
    """A heading without its remark in parentheses, and then each of what slashes part."""
    bare = re.sub(r"[(\[].*?[)\]]", " ", heading)
    if bare != heading:
        yield bare
    if "/" in bare:
        yield from bare.split("/")


def _numbered(kind: Kind, heading: str) -> Meaning | None:
    """What a heading means that speaks of one of several items: `Phone 2`, `Phone 1 - Type`."""
    item = item_of(heading)
    found = meaning(kind, item.heading) if item is not None else None
    if item is None or found is None or not found.target.list:
        return None
    listed = kind.by_key[found.target.list]
    name, number = singular(listed.key), item.number or max(found.target.position + 1, 1)
    if item.part:
        key = f"{name}.{number}.{_part(listed, item.part)}"
    elif found.target != find(kind, listed.key):
        return None  # The street of a second address may be the second line of the first.
    elif item.label:
        return found._replace(rank=_PART, label=item.label)
    else:
        key = f"{name}.{number}"
    target = find(kind, key)
    return Meaning(key, target, _PART) if target is not None else None


def _part(listed: Field, word: str) -> str:
    """The key of a field of a list's items by what it is called."""
    assert isinstance(listed.type, ListOf)
    letters = _letters(word)
    for field in listed.type.kind.fields:
        if letters in (_letters(field.key), *map(_letters, field.headings.split())):
            return field.key
    return letters


def _parted(kind: Kind, meant: dict[str, Meaning | None]) -> dict[str, Meaning | None]:
    """The meanings, with a name as one half of it where another column has the other half."""
    by_key = {one.key: heading for heading, one in meant.items() if one is not None}
    for key, other, words, beside in _HALVES:
        half = _letters(by_key.get(other, ""))
        target = find(kind, key)
        if not half or key in by_key or target is None or (beside and half not in beside):
            continue
        for heading, one in meant.items():
            if one is not None and one.key == "name" and _letters(heading) in words:
                return {**meant, heading: Meaning(key, target, one.rank)}
    return meant


def _instead(kind: Kind, meant: dict[str, Meaning | None]) -> dict[str, Meaning | None]:
    """The meanings, with organizations as the records themselves where nobody is named."""
    found = [one for one in meant.values() if one is not None]
    if any(not one.target.list and one.key in _NAMES for one in found):
        return meant
    for listed, key in _INSTEAD.items():
        whole, target = find(kind, listed), find(kind, key)
        for heading, one in meant.items():
            if one is not None and target is not None and one.target == whole:
                return {**meant, heading: Meaning(key, target, one.rank)}
    return meant


def _one_id(kind: Kind, meant: dict[str, Meaning | None]) -> dict[str, Meaning | None]:
    """The meanings, with `id` as that of the other system where a column has ours: `sku, id`."""
    ids = [heading for heading, one in meant.items() if one is not None and one.key != _EXTERNAL
           and one.target == find(kind, "id")]  # fmt: skip
    external = find(kind, _EXTERNAL)
    if len(ids) < 2 or external is None:
        return meant
    other = Meaning(_EXTERNAL, external, _BARE_ID)
    return {**meant, **{one: other for one in ids if one.strip() == "id"}}


def _best(meant: dict[str, Meaning | None]) -> dict[Target, int]:
    best: dict[Target, int] = {}
    for one in meant.values():
        if one is not None:
            # Several columns may fill a list; of two for one field the surer one counts.
            rank = _BARE_ID if one.target.list else one.rank
            best[one.target] = min(rank, best.get(one.target, rank))
    return best


def _next(kind: Kind, found: Meaning, taken: dict[Target, str]) -> tuple[str, Target]:
    """The next free item of a list of texts, for another column of the same meaning."""
    key, target = found.key, found.target
    if target.field.key != "value":
        return key, target
    name = key.split(".")[0]
    for number in range(2, 100):
        following = find(kind, f"{name}.{number}")
        if following is not None and following not in taken:
            return f"{name}.{number}", following
    return key, target


@lru_cache(maxsize=64)
def _known(kind: Kind) -> dict[str, tuple[str, bool]]:
    """Fields by the letters of their headings, and whether it is our own name for it."""
    found: dict[str, tuple[str, bool]] = {}
    own = [id_name(kind), *names(kind), *kind.by_name]
    own += [field.key for field in OWNERS if belongs(kind)]
    for name in own:
        if "." not in name and name != "id" and find(kind, name) is not None:
            found.setdefault(_letters(name), (name, True))
    computed = kind.amount if belongs(kind) else ""
    for word, key in synonyms(kind).items():
        if word != computed:
            found.setdefault(_letters(word), (key, False))
    return found


@lru_cache(maxsize=64)
def _foreign(kind: Kind) -> dict[str, tuple[str, bool]]:
    """Fields by the letters of their headings in other languages."""
    found: dict[str, tuple[str, bool]] = {}
    for heading in languages.headings(kind.key):
        if find(kind, heading.key) is not None:
            found.setdefault(_letters(heading.text), (heading.key, False))
    return found


def synonyms(kind: Kind) -> dict[str, str]:
    """The names of columns by what other programs call them, from the declarations.

    Where two fields are called the same, the first one has it.
    """
    found: dict[str, str] = {}
    for name, words in _declared(kind):
        for word in words.split():
            found.setdefault(word, name)
    return found


def _declared(kind: Kind) -> Iterator[tuple[str, str]]:
    """The names of a kind's columns, each with its headings."""
    yield id_name(kind), kind.id_headings
    if belongs(kind):
        yield from ((field.key, field.headings) for field in OWNERS)
    for field in kind.fields:
        type = field.type
        if field is rows_of(kind) and isinstance(type, ListOf):
            yield from ((part.key, part.headings) for part in type.kind.fields)
            yield from ((name, part.headings) for name, part in also(type.kind).items())
        elif isinstance(type, GroupOf):
            yield from ((f"{field.key}.{part.key}", part.headings) for part in type.kind.fields)
        elif isinstance(type, ListOf):
            first, *others = field.headings.split(";")
            name = next((name for name, key in field.lifts.items() if key == "value"), field.key)
            yield name, first
            yield from ((f"{name}.{place}", words) for place, words in enumerate(others, 2))
            if not type.kind.apart:
                yield from _inner(field, type.kind, name)
        else:
            yield field.key, field.headings
    yield from ((name, field.headings) for name, field in also(kind).items())


def _inner(field: Field, kind: Kind, name: str) -> Iterator[tuple[str, str]]:
    """The headings of the fields of a list's first item."""
    for part in kind.fields:
        key = part.key if part.key in field.hoists else f"{singular(name)}.{part.key}"
        if part.key != "notes" and not isinstance(part.type, Nested):
            yield key, part.headings


def _letters(heading: str) -> str:
    return re.sub(r"[\W_]+", "", fold(heading))


def _beside(found: Meaning) -> tuple[tuple[str, str], ...]:
    return (("label", found.label),) if found.label else _BESIDE.get(found.key, ())


def unknown_headings(map: Map, headings: tuple[str, ...]) -> tuple[str, ...]:
    """The headings of a file that a map says nothing about.

    Raises UsageError where the map names one that the file has not.
    """
    there = set(headings)
    missing = [column.heading for column in map.columns if column.heading not in there]
    if missing:
        raise UsageError(
            f"the file has no column {', '.join(dict.fromkeys(missing))}",
            f"its headings are {', '.join(headings)}",
        )
    named = {column.heading for column in map.columns}
    return tuple(heading for heading in headings if heading not in named)
