"""Workbooks of Excel (ECMA-376), read as they stream by."""

from __future__ import annotations

import posixpath
import re
from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice

from crm_cli.formats.grid import LONGEST_CELL
from crm_cli.formats.sheets.book import (
    MOST_COLUMNS,
    MOST_ROWS,
    Remarks,
    SheetName,
    add_sheet,
)
from crm_cli.formats.sheets.markup import Attributes, Locals, parse, stream
from crm_cli.formats.sheets.package import Package, inside
from crm_cli.formats.sheets.values import Render, number, renderer
from crm_cli.model.errors import DataError

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships id"
_USUAL = "xl/workbook.xml"
_MOST_TEXT = 1 << 28
"""Bytes of the texts that cells share."""


class Workbook:
    """A workbook; `since_1904` is whether its days count from 1904."""

    format = "xlsx"

    def __init__(self, package: Package, decimal: str = "") -> None:
        self._package = package
        self._decimal = decimal
        self._local = Locals()
        self.since_1904 = False
        self._sheets: list[SheetName] = []
        self._paths: list[str] = []
        path = self._main()
        if path.endswith(".bin"):
            raise DataError("the workbook is a binary one (.xlsb)", "save it as .xlsx there")
        self._folder = posixpath.dirname(path)
        self._targets = self._related(path)
        parse(package.chunks(path), path, start=self._of_workbook)

    @property
    def sheets(self) -> tuple[SheetName, ...]:
        """The sheets in their order."""
        return tuple(self._sheets)

    def rows(self, name: str, remarks: Remarks) -> Iterator[tuple[int, list[str]]]:
        """The rows of a sheet that have a cell, with their numbers."""
        path = self._paths[[sheet.name for sheet in self._sheets].index(name)]
        reading = _Rows(self._texts, self._renders, remarks, self._decimal)
        chunks = self._package.chunks(path)
        for _ in stream(
            chunks, path, start=reading.start, end=reading.end, text=reading.characters
        ):
            if reading.ready:
                yield from reading.ready
                reading.ready = []

    def heads(self, names: Sequence[str], most: int) -> dict[str, list[list[str]]]:
        """The first rows of sheets; see `Book`."""
        return {
            name: [cells for _, cells in islice(self.rows(name, Remarks()), most)]
            for name in names
        }

    def _main(self) -> str:
        """The part that lists the sheets."""
        found = self._related("") if "_rels/.rels" in self._package.names else {}
        main = [path for kind, path in found.values() if kind.endswith("/officeDocument")]
        return main[0] if main else _USUAL

    def _related(self, path: str) -> dict[str, tuple[str, str]]:
        """What a part points to within the archive: (kind, name) by id."""
        folder, name = posixpath.split(path)
        part = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}

        def start(name: str, attributes: Attributes) -> None:
            if self._local(name) == "Relationship" and attributes.get("TargetMode") != "External":
                target = inside(folder, attributes.get("Target", ""))
                found[attributes.get("Id", "")] = attributes.get("Type", ""), target

        if part in self._package.names:
            parse(self._package.chunks(part), part, start=start)
        return found

    def _of_workbook(self, name: str, attributes: Attributes) -> None:
        local = self._local(name)
        if local == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true", "on")
        elif local == "sheet":
            id = attributes.get(_RELATIONS) or attributes.get(_STRICT) or ""
            kind, path = self._targets.get(id, ("", ""))
            if kind.endswith("/worksheet"):
                hidden = attributes.get("state", "visible") != "visible"
                add_sheet(self._sheets, SheetName(attributes.get("name", ""), hidden))
                self._paths.append(path)

    def _part(self, kind: str) -> str:
        """The part of a kind that the workbook points to; empty where there is none."""
        return next((path for of, path in self._targets.values() if of.endswith(f"/{kind}")), "")

    @cached_property
    def _texts(self) -> _Texts:
        """The texts that cells share."""
        texts = _Texts()
        if path := self._part("sharedStrings"):
            reading = _Shared(texts)
            parse(
                self._package.chunks(path),
                path,
                start=reading.start,
                end=reading.end,
                text=reading.characters,
            )
        return texts

    @cached_property
    def _renders(self) -> list[Render]:
        """How numbers are read, by the styles of cells."""
        codes: dict[int, str] = {}
        ids: list[int] = []
        within = False

        def start(name: str, attributes: Attributes) -> None:
            nonlocal within
            local = self._local(name)
            if local == "numFmt":
                codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
            elif local == "cellXfs":
                within = True
            elif local == "xf" and within:
                ids.append(_whole(attributes.get("numFmtId")))

        def end(name: str) -> None:
            nonlocal within
            within = within and self._local(name) != "cellXfs"

        if path := self._part("styles"):
            parse(self._package.chunks(path), path, start=start, end=end)
        since_1904 = self.since_1904
        known = {id: renderer(id, codes.get(id, ""), since_1904=since_1904) for id in {*ids}}
        return [known[id] for id in ids]


class _Texts:
    """Many texts in little memory, by their numbers."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", [0])

    def append(self, text: str) -> None:
        if len(self._bytes) > _MOST_TEXT:
            raise DataError("the workbook has more than 256 MiB of texts", "split it")
        self._bytes += text.encode()
        self._ends.append(len(self._bytes))

    def __getitem__(self, place: int) -> str:
        if not 0 <= place < len(self._ends) - 1:
            raise IndexError
        return self._bytes[self._ends[place] : self._ends[place + 1]].decode()


class _Gathering:
    """Texts of `t` within an item, but not those that say how others are pronounced."""

    def __init__(self) -> None:
        self._local = Locals()
        self.parts: list[str] = []
        self._length = 0
        self._open = False
        self._spoken = False

    def start_text(self, local: str) -> None:
        if local == "rPh":
            self._spoken = True
        elif local == "t":
            self._open = not self._spoken

    def end_text(self, local: str) -> None:
        if local == "rPh":
            self._spoken = False
        elif local == "t":
            self._open = False

    def characters(self, text: str) -> None:
        # Of a text that is too long so much is kept that it is seen to be.
        if self._open and self._length <= LONGEST_CELL:
            self.parts.append(text)
            self._length += len(text)

    def taken(self) -> str:
        text = "".join(self.parts)
        self.parts.clear()
        self._length = 0
        return _ESCAPED.sub(_character, text) if "_x" in text else text


class _Shared(_Gathering):
    """The table of texts."""

    def __init__(self, texts: _Texts) -> None:
        super().__init__()
        self._texts = texts

    def start(self, name: str, attributes: Attributes) -> None:
        self.start_text(self._local(name))

    def end(self, name: str) -> None:
        local = self._local(name)
        self.end_text(local)
        if local == "si":
            self._texts.append(self.taken())


class _Rows(_Gathering):
    """The rows of a sheet while they are parsed; `ready` are those that are whole."""

    def __init__(
        self, texts: _Texts, renders: list[Render], remarks: Remarks, decimal: str
    ) -> None:
        super().__init__()
        self._decimal = decimal
        self.ready: list[tuple[int, list[str]]] = []
        self._texts = texts
        self._renders = renders
        self._remarks = remarks
        self._row = 0
        self._column = 0
        self._cells: list[str] = []
        self._type = "n"
        self._style = 0
        self._formula = False
        self._valued = False

    def start(self, name: str, attributes: Attributes) -> None:
        local = self._local(name)
        if local == "c":
            self._start_cell(attributes)
        elif local == "v":
            self._open = self._valued = True
        elif local == "f":
            self._formula = True
        elif local == "row":
            self._row = _position(attributes.get("r"), self._row, MOST_ROWS, "row")
            self._column = 0
            self._cells = []
            self._remarks.hidden += attributes.get("hidden") in ("1", "true")
        elif local == "mergeCell":
            self._merge(attributes.get("ref", ""))
        else:
            self._valued = self._valued or local == "is"
            self.start_text(local)

    def end(self, name: str) -> None:
        local = self._local(name)
        if local == "c":
            text = self._text()
            self.parts.clear()
            self._length = 0
            if text:
                blank = self._column - len(self._cells) - 1
                self._remarks.count(blank + 1)
                self._cells += [""] * blank
                self._cells.append(text)
        elif local == "v":
            self._open = False
        elif local == "row":
            if self._cells:
                self.ready.append((self._row, self._cells))
        else:
            self.end_text(local)

    def _start_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        column = _column(reference) if reference is not None else self._column + 1
        if not self._column < column <= MOST_COLUMNS:
            raise DataError(f"there is no cell {reference} after the one before it in its row")
        self._column = column
        self._type = attributes.get("t", "n")
        self._style = _whole(attributes.get("s"))
        self._formula = self._valued = False

    def _text(self) -> str:
        """The text of the cell that ends."""
        if not self._valued:
            if self._formula:
                self._remarks.unvalued.add(self._row, self._column)
            return ""
        kind = self._type
        if kind in ("str", "inlineStr"):
            return self.taken()
        raw = "".join(self.parts)
        if kind == "s":
            try:
                return self._texts[int(raw)]
            except (ValueError, IndexError):
                raise DataError(
                    f"a cell in row {self._row} names a text that there is not: it is damaged"
                ) from None
        if kind == "n":
            return self._number(raw)
        if kind == "b":
            return "true" if raw.strip() in ("1", "true") else "false"
        if kind == "e":
            self._remarks.errors.add(self._row, self._column, raw[:20])
            return ""
        return raw.replace("T00:00:00", "") if kind == "d" else raw

    def _number(self, raw: str) -> str:
        if not raw:
            return ""
        render = self._renders[self._style] if self._style < len(self._renders) else number
        text = render(raw)
        if render is number and "." in text:
            self._remarks.fractions = True
            return text.replace(".", self._decimal or ".")
        return text

    def _merge(self, reference: str) -> None:
        corners = [_REFERENCE.fullmatch(part) for part in reference.replace("$", "").split(":")]
        if len(corners) == 2 and corners[0] and corners[1]:
            first, last = int(corners[0][2]), int(corners[1][2])
            if first < last:
                self._remarks.merge(_column(corners[0][0]), first, last)


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if code == 0 or 0xD800 <= code < 0xE000 else chr(code)


_COLUMNS: dict[str, int] = {}
"""The columns of names of letters, as far as they were met."""


def _column(reference: str) -> int:
    """The column that a reference such as `C12` names, from 1."""
    name = reference.rstrip("0123456789")
    found = _COLUMNS.get(name)
    if found is None:
        if not (name.isascii() and name.isalpha() and len(name) <= 3):
            raise DataError(f"{reference!r} is no cell")
        found = 0
        for char in name.upper():
            found = found * 26 + ord(char) - 64
        _COLUMNS[name] = found
    return found


def _position(text: str | None, before: int, most: int, what: str) -> int:
    """The number of a row: as it says, else the next one."""
    place = _whole(text) if text is not None else before + 1
    if not before < place <= most:
        raise DataError(f"there is no {what} {text or place} after {what} {before}")
    return place


def _whole(text: str | None) -> int:
    """A whole number of the file's own; what is none is 0."""
    return int(text) if text and text.isdigit() and text.isascii() and len(text) < 10 else 0
