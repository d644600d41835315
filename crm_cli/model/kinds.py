"""The registry of kinds, which follows from the places of a data directory.

A kind with files of its own is found through its line in `places.py`; a kind whose items
stand in a record is found through the record's own declaration.
"""

from __future__ import annotations

from crm_cli.model.kind import Kind
from crm_cli.model.places import PLACES, Place, Shape


def _of_shape(shape: Shape) -> dict[Kind, Place]:
    return {
        place.kind: place for place in PLACES if place.shape is shape and place.kind is not None
    }


RECORDS: dict[Kind, Place] = _of_shape(Shape.RECORDS)
"""Kinds with a file for each record, and their folders; customers are the first."""

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

BY_NAME: dict[str, Kind] = {}
for _kind in KINDS:
    for _name in (_kind.name, _kind.key, *_kind.aliases):
        BY_NAME.setdefault(_name, _kind)

BY_LETTER: dict[str, Kind] = {kind.letter: kind for kind in KINDS if kind.letter}
