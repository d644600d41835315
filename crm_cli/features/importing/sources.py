"""What is imported: a file, a folder of notes, or what comes through a pipe, and how it is read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePath
from typing import Any

from crm_cli.formats.json_rows import headings_at, headings_of_lines, loaded
from crm_cli.formats.mapping import Map
from crm_cli.formats.registry import CARDS_FORMAT, WORKBOOKS, format_of, named_format
from crm_cli.formats.sections import is_sections, read_sections
from crm_cli.formats.shape import Shape
from crm_cli.formats.table_files import table_of
from crm_cli.formats.targets import kind_of, sheet_names
from crm_cli.model.errors import CrmError, DataError, Problem, UsageError
from crm_cli.model.node import Mapping, plain
from crm_cli.store import outside
from crm_cli.store.compose import compose, decode

_HEAD = 65_536
"""Bytes of a table that are looked at for its headings."""
_ROWS = 200
"""Rows of a sheet that are looked at."""
_NOTES = (".md", ".markdown")
_FENCE = "---"


class Source:
    """What is imported: its path, its bytes, and the name of its format, empty for a table that
    only its ending tells."""

    def __init__(self, path: Path, format: str = "", kind: str = "") -> None:
        """Read a file or a folder; a sheet of it may be called by the kind, if one is named.

        Raises UsageError where there is none, StorageError.
        """
        self._called = sheet_names(kind_of(kind)) if kind else ()
        self.path = path
        self.data = _notes(path) if _is_folder(path) else outside.read(path)
        self.fault: CrmError | None = None
        """Why the headings of a table cannot be read."""
        self.format = format or ("json" if _is_folder(path) else _format_of(path, self.data))
        self.headings = cache(self._headings)
        self._document: Any = None

    def _headings(self, shape: Shape, known: frozenset[str], said: Map) -> tuple[str, ...]:
        """The headings as far as the beginning shows them; none where it cannot be read so."""
        try:
            return self._read_headings(shape, known, said)
        except CrmError as error:
            if shape == Shape():
                self.fault = error
            return ()

    def _read_headings(self, shape: Shape, known: frozenset[str], said: Map) -> tuple[str, ...]:
        if self.format == "json":
            if self._document is None:
                self._document = loaded(self.data)
            return headings_at(self._document, shape)
        if self.format == "jsonl":
            return headings_of_lines(self.data[: 16 * _HEAD], shape)
        if shape != Shape():
            return ()
        if self.format in WORKBOOKS:
            return table_of(
                self.data, said, called=self._called, known=known.__contains__, most=_ROWS
            ).headings
        if self.format == "abook":
            return read_sections(self.data, encoding=said.encoding).headings
        return table_of(_head(self.data), said, known=known.__contains__).headings

    def forget(self) -> None:
        """Let go of what was looked at to tell what the file is."""
        self._document = None
        self.headings.cache_clear()


def _head(data: bytes) -> bytes:
    """The first rows of a table of text, up to where a quoted cell goes on, or is never closed."""
    head = data[:_HEAD]
    end = position = 0
    is_open = False
    for line in head.splitlines(keepends=True):
        position += len(line)
        is_open ^= line.count(b'"') % 2 == 1
        if not is_open and (position < len(head) or len(head) == len(data)):
            end = position
    return head[:end] or head


def _is_folder(path: Path) -> bool:
    return str(path) != "-" and path.is_dir()


def _format_of(path: Path, data: bytes) -> str:
    """The format that a file's name or beginning tells; empty for a table of text."""
    if workbook := format_of(data):
        return workbook
    named = named_format(str(path))
    if named:
        return named
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:11].upper() == b"BEGIN:VCARD":
        return CARDS_FORMAT
    if is_sections(start):
        return "abook"
    if start[:1] in (b"{", b"[") and loaded(data) is not None:
        return "json"
    return "jsonl" if start[:1] == b"{" else ""


def _notes(folder: Path) -> bytes:
    """The notes of a folder as one JSON document: `files`, each with its front matter.

    `file.path`, `file.name` and `file.body` are the note's, `file.1` and so on the names of the
    folders that it lies in. Raises UsageError for a folder without notes, DataError for those
    whose front matter cannot be read.
    """
    found: list[Any] = []
    problems: list[Problem] = []
    for path in _paths(folder):
        decoded = decode(outside.read(folder / path), str(folder / path))
        if isinstance(decoded, Problem):
            problems.append(decoded)
            continue
        head, body = _parted(decoded.text)
        parts = PurePath(path).parts
        values: dict[str, Any] = {}
        if head:
            composed = compose(head, str(folder / path))
            problems += composed.problems if composed.root is None else ()
            if isinstance(composed.root, Mapping):
                held = plain(composed.root)
                values = held if isinstance(held, dict) else {}
        names = {str(number): name for number, name in enumerate(parts[:-1], 1)}
        file = {"path": PurePath(path).as_posix(), "name": PurePath(path).stem, **names}
        found.append({**values, "file": {**file, "body": body.strip()}})
    if problems:
        raise DataError(f"notes of {folder} cannot be read", "", tuple(problems))
    if not found:
        raise UsageError(
            f"{folder} holds nothing that can be imported",
            "a folder of vCards (.vcf), of calendar entries (.ics) or of notes (.md) can be",
        )
    return json.dumps({"files": found}, ensure_ascii=False).encode()


def _paths(folder: Path) -> Iterator[str]:
    """The notes of a folder and of those within, by their paths from there, in their order."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(files):
            if name.lower().endswith(_NOTES) and not name.startswith("."):
                yield str(Path(root, name).relative_to(folder))


def _parted(text: str) -> tuple[str, str]:
    """The front matter of a note and what stands below it."""
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].rstrip() != _FENCE:
        return "", text
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() in (_FENCE, "..."):
            # The line above keeps the places of mistakes.
            return "\n" + "".join(lines[1:number]), "".join(lines[number + 1 :])
    return "", text
