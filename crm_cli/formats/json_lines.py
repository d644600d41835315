"""JSON lines as a table: an object on each line, its keys are the headings.

What web forms, card scanners and other programs' logs write (jsonlines.org). A list of texts is
one cell with `; ` between them; of an object within, each key is a column of its own, `a.b`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from crm_cli.formats.decoding import decode
from crm_cli.formats.header import named
from crm_cli.formats.packed import Packed
from crm_cli.formats.tabular import LONGEST_CELL, Rejected, Row, Table
from crm_cli.model.errors import DataError

_DEEPEST = 8


def read_lines(data: bytes, *, encoding: str = "") -> Table:
    """The objects as rows, in the order in which their keys first appear; empty lines are skipped.

    Raises DataError where no line is an object, Undecided where the encoding is not to be known.
    """
    text, encoding, _ = decode(data, encoding)
    found: list[tuple[int, dict[str, str]]] = []
    rejected: list[Rejected] = []
    headings: dict[str, None] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            cells = _cells(line)
        except ValueError as error:
            rejected.append(Rejected(number, str(error), (line[:200],)))
            continue
        found.append((number, cells))
        headings.update(dict.fromkeys(cells))
    if not headings:
        why = rejected[0].reason if rejected else "the file is empty"
        raise DataError(f"no line is a JSON object: {why}", 'write {"name": "Ana"} on each line')
    names = named(list(headings))
    rows: Packed[Row] = Packed()
    for number, cells in found:
        rows.append(Row(number, [cells.get(heading, "") for heading in headings]))
    return Table(names.names, rows, rejected, "", encoding, names.notes)


def _cells(line: str) -> dict[str, str]:
    try:
        # Numbers stay as they are written: 040 is none, and 1.10 keeps its nought.
        value = json.loads(line, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    if not isinstance(value, dict):
        raise ValueError("it is no JSON object")
    return dict(_flat("", value, 0))


def _flat(path: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, inner in value.items():
            yield from _flat(f"{path}.{key}" if path else key, inner, depth + 1)
        return
    text = _text(value)
    if len(text) > LONGEST_CELL:
        raise ValueError(f"{path} has more than {LONGEST_CELL:,} characters")
    if "\0" in text:
        raise ValueError(f"{path} holds a NUL character")
    yield path, text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(filter(None, map(_text, value)))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
