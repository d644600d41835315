"""JSON as a table: lines with an object each, or a document with lists of objects.

What web forms, card scanners and other programs' logs write (jsonlines.org), and what exports
and the interfaces of programs answer. How cells are called, and how a map says where the rows
of a document are: `shape.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from crm_cli.formats.decoding import decode
from crm_cli.formats.grid import LONGEST_CELL, Rejected, Row, Table
from crm_cli.formats.header import named
from crm_cli.formats.packed import Packed, PackedTexts
from crm_cli.formats.shape import Rows, Shape
from crm_cli.model.errors import DataError

Cells = dict[str, str]
_SAMPLE = 200
"""Rows whose cells tell what a document is."""
_DEEPEST = 100
"""Levels of lists and objects in each other; no program writes so many."""
_TOO_DEEP = "nested too deep"
_SHOWN = 200
"""Characters of a row that is rejected."""


def read_lines(data: bytes, *, encoding: str = "", shape: Shape | None = None) -> Table:
    """The objects as rows, in the order in which their keys first appear; empty lines are skipped.

    Raises DataError where no line is an object, Undecided where the encoding is not to be known.
    """
    text, encoding, _ = decode(data, encoding)
    found = _of_lines(text, Rows(None, shape or Shape()))
    hint = 'write {"name": "Ana"} on each line'
    return _table(found, encoding, "no line is a JSON object", hint)


def read_document(data: bytes, *, encoding: str = "", shape: Shape | None = None) -> Table:
    """The rows of a document, numbered from 1: of its one list of objects, where no shape says.

    Raises DataError for what is no JSON, and where it has no rows or several lists, Undecided
    where the encoding is not to be known.
    """
    text, encoding, _ = decode(data, encoding)
    document = _loaded(text)
    shape = shape if shape is not None and shape != Shape() else Shape(only_list(document))
    found = enumerate(Rows(document, shape), 1)
    where = f" at {shape.rows}" if shape.rows else ""
    return _table(found, encoding, f"the document has no rows{where}", "rows: a.b in a map")


def headings_at(document: Any, shape: Shape) -> tuple[str, ...]:
    """What the cells of a document's first rows are called, read as `shape` says."""
    rows = islice(Rows(document, shape), _SAMPLE)
    return tuple(dict.fromkeys(name for row in rows if isinstance(row, dict) for name in row))


def headings_of_lines(data: bytes, shape: Shape) -> tuple[str, ...]:
    """What the cells of the first lines are called; the last of `data` may be cut off."""
    text = decode(data[: data.rfind(b"\n") + 1] or data).text
    lines = islice(_of_lines(text, Rows(None, shape)), _SAMPLE)
    return tuple(dict.fromkeys(name for _, row in lines if isinstance(row, dict) for name in row))


def loaded(data: bytes) -> Any:
    """What a document holds, None where it is no JSON."""
    try:
        return _loaded(decode(data).text)
    except (DataError, ValueError):
        return None


def only_list(document: Any) -> str:
    """The path to the one list of objects that a document holds, empty where it is one itself.

    Raises DataError where there are several.
    """
    if not isinstance(document, dict):
        return ""
    lists = dict(_lists(document, "", 0))
    if len(lists) > 1:
        shown = ", ".join(f"{path} ({count:,})" for path, count in list(lists.items())[:8])
        raise DataError(
            f"the document has several lists: {shown}",
            f"a map says which: --map MAP.yaml, rows: {next(iter(lists))}",
        )
    return next(iter(lists), "")


def _lists(value: dict[str, Any], path: str, depth: int) -> Iterator[tuple[str, int]]:
    for key, inner in value.items():
        name = f"{path}.{key}" if path else key
        if isinstance(inner, list) and inner and all(isinstance(one, dict) for one in inner):
            yield name, len(inner)
        elif isinstance(inner, dict) and depth < 4:
            yield from _lists(inner, name, depth + 1)


def _loaded(text: str) -> Any:
    try:
        return _parsed(text)
    except RecursionError:
        raise DataError(f"the document is {_TOO_DEEP}", f"at most {_DEEPEST} levels") from None
    except ValueError as error:
        raise DataError(f"this is not JSON: {error}", "or name the file .jsonl") from None


def _parsed(text: str) -> Any:
    """Numbers stay as they are written: 040 is none, and 1.10 keeps its nought.

    Raises ValueError for what is no JSON, RecursionError for what is nested too deep.
    """
    value = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(_DEEPEST):
        if not level:
            return value
        inner = (one.values() if isinstance(one, dict) else one for one in level)
        level = [one for some in inner for one in some if isinstance(one, dict | list)]
    raise RecursionError


def _of_lines(text: str, rows: Rows) -> Iterator[tuple[int, Cells | ValueError]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = _parsed(line)
        except (ValueError, RecursionError) as error:
            deep = isinstance(error, RecursionError)
            yield number, ValueError(f"it is {_TOO_DEEP if deep else 'not JSON'}", line)
            continue
        try:
            for cells in rows.of(value):
                yield number, cells
        except ValueError as error:
            yield number, ValueError(*error.args, line)


def _table(
    found: Iterable[tuple[int, Cells | ValueError]], encoding: str, nothing: str, hint: str
) -> Table:
    """Rows with the cells that any of them has. Raises DataError where there are none."""
    rows: Packed[tuple[int, Cells]] = Packed()
    rejected: list[Rejected] = []
    headings: dict[str, int] = {}
    for number, cells in found:
        if fault := cells if isinstance(cells, ValueError) else _fault(cells):
            reason, *shown = fault.args
            rejected.append(Rejected(number, reason, tuple(one[:_SHOWN] for one in shown)))
            continue
        assert isinstance(cells, dict)
        rows.append((number, cells))
        for name in cells:
            headings.setdefault(name, len(headings))
    if not headings:
        why = f": {rejected[0].reason}" if rejected else ""
        raise DataError(f"{nothing}{why or ': the file is empty'}", hint)
    names = named(list(headings))
    table: Packed[Row] = PackedTexts(Row._make)
    for number, cells in rows:
        table.append(Row(number, [cells.get(name, "") for name in headings]))
    return Table(names.names, table, rejected, "", encoding, names.notes)


def _fault(cells: Cells) -> ValueError | None:
    for path, text in cells.items():
        if len(text) > LONGEST_CELL:
            return ValueError(f"{path} has more than {LONGEST_CELL:,} characters")
        if "\0" in text:
            return ValueError(f"{path} holds a NUL character")
    return None
