"""Presets: maps that come with the program, chosen by the headings of a file.

A preset is a map (see `formats/mapping.py`) with three more keys: `preset`, what it reads;
`kind`, what that is here; and `when`, headings that only such a file has, or several lists of
them, one of which it has. Columns that a file lacks are left out of it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from crm_cli.features.importing.maps import read_preset
from crm_cli.features.importing.sources import Source
from crm_cli.formats.decoding import Undecided
from crm_cli.formats.mapping import Map, settings_of
from crm_cli.formats.targets import IMPORTED
from crm_cli.model.consent import CONSENT
from crm_cli.model.errors import UsageError

_FOLDER = Path(__file__).parents[2] / "formats" / "presets"
_ORGANIZATIONS = ("kind", "organization")


class Preset(NamedTuple):
    """A map that comes with the program: its name, what it reads, and for what kind."""

    name: str
    title: str
    kind: str
    when: tuple[tuple[str, ...], ...]
    map: Map


@cache
def presets() -> tuple[Preset, ...]:
    """The presets that there are, by name."""
    found = []
    for path in sorted(_FOLDER.glob("*.yaml")):
        title, kind, when, map = read_preset(path)
        found.append(Preset(path.stem, title, kind, when, map))
    return tuple(found)


def preset_named(name: str) -> Preset | None:
    """The preset of a name."""
    return next((one for one in presets() if one.name == name), None)


def fitting(source: Source, kind: str = "", said: Map | None = None) -> tuple[Preset, ...]:
    """The presets for what a source holds: of those for the same rows the one with most of the
    headings. Several are for other rows each, and stand in the order in which they are imported:
    organizations, people, and what belongs to them.

    Raises Undecided where two for the same rows fit as well.
    """
    known = frozenset(heading for one in presets() for way in one.when for heading in way)
    found: dict[tuple[str, str, bool], list[tuple[int, Preset]]] = defaultdict(list)
    for one in presets():
        if kind and one.kind != kind:
            continue
        there = {*source.headings(one.map.shape, known, said or Map())}
        fits = max((len(way) for way in one.when if there.issuperset(way)), default=0)
        if fits:
            beside = one.kind == CONSENT.key  # of the same rows, once their customers are here
            found[one.map.shape.rows, one.map.shape.each, beside].append((fits, one))
    chosen = [_best(ranked, source) for ranked in found.values()]
    return tuple(sorted(chosen, key=_order))


def _best(ranked: list[tuple[int, Preset]], source: Source) -> Preset:
    most = max(fits for fits, _ in ranked)
    best = [one for fits, one in ranked if fits == most]
    if len(best) == 1:
        return best[0]
    names = " or ".join(f"{one.name} ({one.title})" for one in best)
    raise Undecided(
        f"{source.path} may be {names}",
        f"say which: --map {best[0].name}",
        setting="preset",
        choices=tuple((one.name, one.title) for one in best),
    )


def _order(preset: Preset) -> tuple[int, bool, str]:
    people = _ORGANIZATIONS not in preset.map.constants
    return IMPORTED.index(preset.kind), people, preset.name


def applied(preset: Preset, said: Map) -> Map:
    """The preset's map with the settings that were said."""
    constants = (*preset.map.constants, *said.constants)
    chosen = replace(preset.map, constants=constants, lenient=True, keep_rest=said.keep_rest)
    return chosen.with_settings(settings_of(said))


def refuse_other_kind(preset: Preset, kind: str) -> None:
    """Raise UsageError where a preset that was named is of another kind."""
    if kind and preset.kind != kind:
        raise UsageError(
            f"preset {preset.name} reads {preset.kind}, not {kind}", f"crm import {preset.kind}"
        )
