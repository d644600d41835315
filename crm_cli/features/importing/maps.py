"""Import maps as files: read with the place of each mistake, and written for editing."""

from __future__ import annotations

from pathlib import Path

from crm_cli.formats.mapping import Map, map_answer, read_map
from crm_cli.formats.targets import kind_of
from crm_cli.model.errors import DataError, Problem, Severity
from crm_cli.model.kind import Kind
from crm_cli.model.node import Mapping, Scalar, Sequence
from crm_cli.model.writing import free_node
from crm_cli.store import outside
from crm_cli.store.compose import compose, decode
from crm_cli.store.emit import emit


def load_map(path: Path, kind: str | Kind) -> Map:
    """The map that a file holds, to a kind or the name of one that is imported. Raises
    UsageError, StorageError, DataError."""
    to = kind_of(kind) if isinstance(kind, str) else kind
    return read_map(_root(path), to, str(path))


def read_preset(path: Path) -> tuple[str, str, tuple[tuple[str, ...], ...], Map]:
    """What a preset reads, its kind, the headings that show it, and its map; see `presets`."""
    root = _root(path)
    title, kind, when = root.get("preset"), root.get("kind"), root.get("when")
    assert isinstance(title, Scalar) and isinstance(kind, Scalar) and isinstance(when, Sequence)
    ways = [one for one in when.items if isinstance(one, Sequence)] or [when]
    headings = tuple(
        tuple(one.text for one in way.items if isinstance(one, Scalar)) for way in ways
    )
    return title.text, kind.text, headings, read_map(root, kind_of(kind.text), str(path))


def kind_said(path: Path) -> str:
    """The kind that a map names, empty where it names none. Raises UsageError, DataError."""
    found = _root(path).get("kind")
    return found.text if isinstance(found, Scalar) else ""


def _root(path: Path) -> Mapping:
    decoded = decode(outside.read(path), str(path))
    if isinstance(decoded, Problem):
        raise _unusable(path, (decoded,))
    composed = compose(decoded.text, str(path))
    if composed.root is None:
        errors = [one for one in composed.problems if one.severity is Severity.ERROR]
        raise _unusable(path, tuple(errors))
    return composed.root


def save_map(path: Path, map: Map) -> None:
    """Write a map into a new file. Raises UsageError where there is one already."""
    node = free_node(map_answer(map))
    assert isinstance(node, Mapping)
    outside.write(path, [emit(node)])


def _unusable(path: Path, problems: tuple[Problem, ...]) -> DataError:
    return DataError(f"{path} cannot be used as a map", "", problems)
