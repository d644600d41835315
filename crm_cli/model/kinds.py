"""The registry of kinds, derived from the places of a data directory.

A kind with files of its own is found through its line in `places.py`; a kind whose items
stand in a record is found through the record's own declaration.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from crm_cli.model.kind import Kind
from crm_cli.model.places import PLACES, Place, Shape


def _of_shape(shape: Shape) -> dict[Kind, Place]:
    return {
        place.kind: place for place in PLACES if place.shape is shape and place.kind is not None
    }


SINGLE: dict[Kind, Place] = _of_shape(Shape.RECORD)
"""Kinds of which there is one record, and its file."""

RECORDS: dict[Kind, Place] = {**_of_shape(Shape.RECORDS), **SINGLE}
"""Kinds with a file for each record, and their folders or file; customers are the first."""

ENTRIES: dict[Kind, Place] = _of_shape(Shape.MAP)
"""Kinds whose entries share one file, and that file."""

HOMES: dict[Kind, Place] = {**RECORDS, **ENTRIES}
"""Kinds with files of their own, and where they are."""

HOLDERS: dict[Kind, tuple[Kind, ...]] = {}
"""Every kind with rows of its own, and the kinds of records and entries in which its items
stand, at any depth; none for records and entries themselves."""
for _home in HOMES:
    for _kind in dict.fromkeys(_home.walk()):
        HOLDERS[_kind] = HOLDERS.get(_kind, ()) + ((_home,) if _kind is not _home else ())

KINDS: tuple[Kind, ...] = tuple(HOLDERS)
"""Every kind with rows of its own: records, entries and the items in them, each kind once."""


def by_name(kinds: Iterable[Kind]) -> dict[str, Kind]:
    """Kinds by singular, plural and aliases; raises ValueError where two have the same one.

    An alias that is another kind's name means that kind.
    """
    found: dict[str, Kind] = {}
    for kind in kinds:
        for name in {kind.name, kind.key}:
            _add(found, name, kind, "name")
    for kind in kinds:
        for alias in kind.aliases:
            found.setdefault(alias, kind)
    return found


def by_letter(kinds: Iterable[Kind]) -> dict[str, Kind]:
    """Kinds by the letter of their ids; raises ValueError where two have the same one."""
    found: dict[str, Kind] = {}
    for kind in kinds:
        if kind.letter:
            _add(found, kind.letter, kind, "letter")
    return found


def _add(found: dict[str, Kind], key: str, kind: Kind, what: str) -> None:
    other = found.setdefault(key, kind)
    if other is not kind:
        raise ValueError(f"{kind.name} and {other.name} both have the {what} {key!r}")


BY_NAME = by_name(KINDS)
BY_LETTER = by_letter(KINDS)


@cache
def single_place(kind: Kind) -> Place | None:
    """The file of the one record that holds items of a kind as well as the kind's first holders."""
    return next((SINGLE[one] for one in HOLDERS[kind][1:] if one in SINGLE), None)


@cache
def single_paths() -> frozenset[str]:
    """The files of records that are there once, whose path is their id: `desk.yaml`."""
    return frozenset(place.path for place in SINGLE.values())


@cache
def parent_kind(kind: Kind) -> Kind | None:
    """The kind whose items hold these: a line's is the purchase; None where it is a record."""
    found = _having_lists(kind)
    return found[0] if len(found) == 1 and found[0] not in HOMES else None


@cache
def stands_in_items(kind: Kind) -> bool:
    """Whether items of the kind stand in other items as well, not only in the record itself."""
    return any(one not in HOMES for one in _having_lists(kind))


def _having_lists(kind: Kind) -> list[Kind]:
    """The kinds whose records, entries or items have a list of these."""
    return [one for one in KINDS if any(part is kind for _, part in one.lists)]
