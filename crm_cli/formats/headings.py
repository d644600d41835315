"""Recognizing headings without a map: our own keys, and their usual names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from crm_cli.formats.mapping import Column, Map
from crm_cli.formats.targets import CUSTOMER, Target, belongs, find, id_name, rows_of
from crm_cli.model.errors import UsageError
from crm_cli.model.kind import GroupOf, Kind, ListOf
from crm_cli.model.text import fold

OWNER_NAME = "customer_name"
"""The heading of our own exports for a customer's name, which means nothing on the way in."""


class Guessed(NamedTuple):
    """A map made from headings, and the headings that mean nothing to it."""

    map: Map
    left_out: tuple[str, ...]


def default_map(kind: Kind, headings: tuple[str, ...]) -> Guessed:
    """The map of a file whose headings speak for themselves.

    Our own names go before synonyms. Raises UsageError where two headings mean the
    same, and where none means anything.
    """
    known = synonyms(kind)
    computed = (OWNER_NAME, kind.amount) if belongs(kind) else ()
    columns: list[Column] = []
    left_out: list[str] = []
    taken: dict[Target, str] = {}
    meant: dict[str, tuple[str, Target]] = {}
    own = {heading: found for heading in headings if (found := find(kind, _own(heading)))}
    for heading in headings:
        word = _word(heading)
        if heading in own:
            meant[heading] = (_own(heading), own[heading])
        elif word not in computed and word in known:
            found = find(kind, known[word])
            if found is not None and found not in own.values():
                meant[heading] = (known[word], found)
    for heading in headings:
        if heading not in meant:
            left_out.append(heading)
            continue
        key, target = meant[heading]
        if target in taken:
            raise UsageError(
                f"{taken[target]!r} and {heading!r} both mean {key}",
                "choose one in a map: --map MAP.yaml, columns: {HEADING: field}",
            )
        taken[target] = heading
        columns.append(Column(heading, key, beside=_beside(key, heading)))
    if not columns:
        raise UsageError(
            f"no heading is known: {', '.join(headings)}",
            "map them: --map MAP.yaml, columns: {HEADING: field}",
        )
    return Guessed(Map(tuple(columns)), tuple(left_out))


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
        yield CUSTOMER.key, CUSTOMER.headings
    for field in kind.fields:
        type = field.type
        if field is rows_of(kind) and isinstance(type, ListOf):
            yield from ((part.key, part.headings) for part in type.kind.fields)
        elif isinstance(type, GroupOf):
            yield from ((f"{field.key}.{part.key}", part.headings) for part in type.kind.fields)
        elif isinstance(type, ListOf):
            first, *others = field.headings.split(";")
            name = next((name for name, key in field.lifts.items() if key == "value"), field.key)
            yield name, first
            yield from ((f"{name}.{place}", words) for place, words in enumerate(others, 2))
            yield from ((key, type.kind.by_key[key].headings) for key in field.hoists)
        else:
            yield field.key, field.headings


def _own(heading: str) -> str:
    """A heading as one of our names is written."""
    return heading.strip() if "." in heading else _word(heading)


def _word(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", fold(heading)).strip("_")


def _beside(key: str, heading: str) -> tuple[tuple[str, str], ...]:
    """The label of a second or third number, which is what its heading says."""
    return {"phone.2": (("label", "mobile"),), "phone.3": (("label", "fax"),)}.get(key, ())


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
