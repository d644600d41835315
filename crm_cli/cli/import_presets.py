"""Which presets or which map `crm import` reads a file by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from crm_cli.cli.session import Session

if TYPE_CHECKING:
    from crm_cli.features.importing import Preset, Source
    from crm_cli.formats.mapping import Map


class Way(NamedTuple):
    """A kind that a file holds records of, how they are read, what that is called, and the name
    of the preset that says so."""

    kind: str
    map: Map
    title: str = ""
    preset: str = ""


def list_presets(session: Session) -> None:
    """The exports that need neither a kind nor a map."""
    from crm_cli.features import importing

    session.give(f"{one.name:26} {one.kind:12} {one.title}\n" for one in importing.presets())


def ways_to_read(
    session: Session,
    source: Source,
    kind: str,
    map: Path | None,
    said: Map,
    settled: Callable[[str, Map], Map],
) -> list[Way]:
    """What a file is read as: by the map or preset that is named, else by the presets that fit,
    else by its headings, for a kind that is named. What the command line says wins over a map.

    `settled` adds to a map what the command line says for a kind. Raises UsageError where
    neither a preset nor a kind is known, Undecided where several presets fit as well.
    """
    from crm_cli.features import importing
    from crm_cli.formats.mapping import settings_of

    named = importing.preset_named(str(map)) if map is not None and not map.exists() else None
    if map is not None and named is None:
        kind = kind or importing.kind_said(map) or _no_kind(source, "the map names no kind")
        loaded = importing.load_map(map, kind).with_settings(settings_of(said))
        loaded = replace(loaded, keep_rest=said.keep_rest)
        return [Way(kind, settled(kind, loaded))]
    presets = [named] if named is not None else _fitting(session, source, kind, said)
    for preset in presets:
        importing.refuse_other_kind(preset, kind)
        _tell(session, source, preset, asked=bool(kind))
    if presets:
        maps = [importing.applied(one, settled(one.kind, said)) for one in presets]
        pairs = zip(presets, maps, strict=True)
        return [Way(preset.kind, one, preset.title, preset.name) for preset, one in pairs]
    if not kind and source.fault is not None:
        raise source.fault
    kind = kind or _no_kind(source, f"no preset knows the headings of {source.path}")
    return [Way(kind, settled(kind, said))]


def _fitting(session: Session, source: Source, kind: str, said: Map) -> list[Preset]:
    """The presets that fit; of two for the same rows the one that is picked."""
    from crm_cli.features import importing
    from crm_cli.formats.decoding import Undecided
    from crm_cli.formats.targets import kind_of

    try:
        return [*importing.fitting(source, kind_of(kind).key if kind else "", said)]
    except Undecided as error:
        session.say(error.message) if session.interactive else None
        answer = session.pick("Which preset?", error.choices)
        found = importing.preset_named(answer) if answer is not None else None
        if found is None:
            raise
        return [found]


def _tell(session: Session, source: Source, preset: Preset, *, asked: bool) -> None:
    if asked:
        title = f"{preset.title} (preset {preset.name})"
        session.say(f"read as {title}; --map reads it otherwise")
    else:
        name = f"preset {preset.name}"
        session.say(f"taken for {preset.title} ({name}): crm import {preset.kind} {source.path}")


def _no_kind(source: Source, why: str) -> str:
    from crm_cli.formats.targets import EXCHANGED
    from crm_cli.model.errors import UsageError

    hint = f"say what it holds: crm import KIND {source.path}, with {', '.join(EXCHANGED)}"
    raise UsageError(why, hint)
