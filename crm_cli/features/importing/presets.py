"""Presets: maps that come with the program, chosen by the headings of a file.

A preset is a map (see `formats/mapping.py`) with three more keys: `preset`, what it reads;
`kind`, what that is here; and `when`, headings that only such a file has. Columns that a file
lacks are left out of it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from crm_cli.features.importing.maps import read_preset
from crm_cli.formats.mapping import Map
from crm_cli.formats.tabular import read_table
from crm_cli.model.errors import CrmError

_FOLDER = Path(__file__).parents[2] / "formats" / "presets"
_HEAD = 65_536
"""Bytes of a file that are looked at for its headings."""


class Preset(NamedTuple):
    """A map that comes with the program: its name, what it reads, and for what kind."""

    name: str
    title: str
    kind: str
    when: tuple[str, ...]
    map: Map


@cache
def presets() -> tuple[Preset, ...]:
    """The presets that there are, by name."""
    found = []
    for path in sorted(_FOLDER.glob("*.yaml")):
        title, kind, when, map = read_preset(path)
        found.append(Preset(path.stem, title, kind, when, map))
    return tuple(found)


def headings_of(data: bytes, map: Map | None = None) -> tuple[str, ...]:
    """The headings of a file as far as its beginning shows them; none where it cannot be read."""
    head = data[:_HEAD]
    if len(data) > _HEAD:
        head = head[: head.rfind(b"\n") + 1]
    said = map or Map()
    known = {heading for one in presets() for heading in one.when}
    try:
        table = read_table(
            head,
            encoding=said.encoding,
            delimiter=said.delimiter,
            known=lambda heading: heading in known,
        )
    except CrmError:
        return ()
    return table.headings


def fitting(headings: tuple[str, ...], kind: str = "") -> Preset | None:
    """The preset for a file with these headings; the one with most of them where several fit."""
    there = set(headings)
    found = [
        one for one in presets() if there.issuperset(one.when) and (not kind or one.kind == kind)
    ]
    return max(found, key=lambda one: len(one.when), default=None)


def applied(preset: Preset, headings: tuple[str, ...], said: Map) -> Map:
    """The preset's map for a file with these headings, with the settings that were said."""
    there = set(headings)
    columns = tuple(column for column in preset.map.columns if column.heading in there)
    settings = {
        key: getattr(said, key)
        for key in ("date", "decimal", "delimiter", "encoding", "source_system")
    }
    constants = (*preset.map.constants, *said.constants)
    skip = tuple(one for one in preset.map.skip if one[0] in there)
    chosen = replace(preset.map, columns=columns, constants=constants, skip=skip)
    return chosen.with_settings(settings)
