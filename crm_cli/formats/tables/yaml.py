"""YAML: block style; text is quoted only where a reader could take it for something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from crm_cli.model.plain import plain
from crm_cli.model.quoting import quoted


def write(records: Iterable[Mapping[str, Any]], *, ascii_only: bool = False) -> Iterator[str]:
    """A list of mappings; of none it is `[]`."""
    empty = True
    for record in records:
        empty = False
        yield "\n".join(_listed(_block(plain(record), 1), 0)) + "\n"
    if empty:
        yield "[]\n"


def write_one(record: Mapping[str, Any], *, ascii_only: bool = False) -> Iterator[str]:
    """One mapping."""
    yield "\n".join(_block(plain(record), 0)) + "\n"


def _block(value: Any, depth: int) -> list[str]:
    """The lines of a value, each indented by two spaces a level."""
    indent = "  " * depth
    if isinstance(value, dict) and value:
        lines = []
        for key, held in value.items():
            if isinstance(held, dict | list) and held:
                lines += [f"{indent}{_key(key)}:", *_block(held, depth + 1)]
            else:
                lines.append(f"{indent}{_key(key)}: {_flow(held)}".rstrip())
        return lines
    if isinstance(value, list) and value:
        lines = []
        for held in value:
            lines += _listed(_block(held, depth + 1), depth)
        return lines
    return [indent + _flow(value)]


def _listed(lines: list[str], depth: int) -> list[str]:
    """The lines of one item, with its dash in place of the first line's last indentation."""
    place = 2 * depth
    first = lines[0]
    return [f"{first[:place]}- {first[place + 2 :]}", *lines[1:]]


_text = lru_cache(maxsize=4096)(quoted)


@lru_cache(maxsize=4096)
def _key(key: str) -> str:
    return quoted(key, key=True)


def _flow(value: Any) -> str:
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    return "{}" if isinstance(value, dict) else "[]"
