"""The text of a calendar as blocks of lines, each with its place; broken ones reported.

The library reads a calendar whole, and refuses all of it for one bad line. Here each entry
stands for itself, and the library takes a line to its parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from crm_cli.formats.content_lines import (
    LONGEST_LINE,
    QUOTED_PRINTABLE,
    escaped,
    from_quoted_printable,
    unescaped,
    unfolded,
)
from crm_cli.model.errors import DataError

_DEEPEST = 8
_BETWEEN = frozenset(("VCALENDAR",))


class Line(NamedTuple):
    """A content line: where it begins, its name in capitals, parameters, the value as it stands."""

    number: int
    name: str
    params: Mapping[str, str]
    raw: str

    @property
    def text(self) -> str:
        """The value as TEXT."""
        return unescaped(self.raw)

    @property
    def address(self) -> str:
        """The e-mail address of a CAL-ADDRESS, or what stands in its place."""
        return re.sub(r"(?i)\Amailto:", "", self.raw.strip())


@dataclass(slots=True)
class Block:
    """A component: its lines, those within it, and what is wrong with it (line, why)."""

    name: str
    number: int
    lines: list[Line] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    source: list[str] = field(default_factory=list)
    fault: tuple[int, str] | None = None

    def first(self, name: str) -> Line | None:
        """The first line of a name."""
        return next((line for line in self.lines if line.name == name), None)

    def all(self, name: str) -> list[Line]:
        """The lines of a name."""
        return [line for line in self.lines if line.name == name]

    def text(self, name: str) -> str | None:
        """The text of the first line of a name that has one."""
        line = self.first(name)
        return line.text if line is not None and line.text.strip() else None


def blocks_of(text: str) -> Iterator[Block]:
    """The components of a text, in their order, of one calendar or of several.

    A broken one has a `fault`; what follows it is read all the same. Raises DataError
    where the text is no calendar.
    """
    stack: list[Block] = []
    calendars = 0
    for number, line in unfolded(text):
        if not line.strip():
            continue
        head, _, rest = line.partition(":")
        word = head.strip().upper()
        if word == "BEGIN" and rest.strip().upper() in _BETWEEN:
            calendars += 1
            if stack:
                stack[0].fault = stack[0].fault or _open(stack[0])
                yield stack[0]
                stack = []
            continue
        if not calendars:
            raise DataError(f"line {number}: this is no calendar", "it begins with BEGIN:VCALENDAR")
        if word == "BEGIN":
            block = Block(rest.strip().upper(), number)
            if len(stack) > _DEEPEST:
                stack[0].fault = stack[0].fault or (number, "it is nested too deeply")
                block = stack[-1]
            elif stack:
                stack[-1].blocks.append(block)
            stack.append(block)
            stack[0].source.append(line)
        elif word == "END" and rest.strip().upper() in _BETWEEN:
            if stack:
                stack[0].fault = stack[0].fault or _open(stack[0])
                yield stack[0]
                stack = []
        elif word == "END":
            if stack:
                yield from _ended(stack, number, line)
        elif stack:
            stack[0].source.append(line)
            _read(stack, number, line)
    if not calendars:
        raise DataError("this is no calendar", "it begins with BEGIN:VCALENDAR")
    if stack:
        stack[0].fault = stack[0].fault or _open(stack[0])
        yield stack[0]


def _open(block: Block) -> tuple[int, str]:
    return block.number, f"{block.name} is not ended"


def _ended(stack: list[Block], number: int, line: str) -> Iterator[Block]:
    outer, block = stack[0], stack.pop()
    outer.source.append(line)
    name = line.partition(":")[2].strip().upper()
    if name != block.name:
        outer.fault = outer.fault or (number, f"{block.name} ends as {name}")
    if not stack:
        yield outer


def _read(stack: list[Block], number: int, line: str) -> None:
    """One line into the innermost block."""
    outer = stack[0]
    if outer.fault is not None:
        return
    try:
        if len(line) > LONGEST_LINE:
            raise ValueError(f"it has more than {LONGEST_LINE:,} characters")
        if "\0" in line:
            raise ValueError("it holds a NUL character")
        stack[-1].lines.append(_line(number, line))
    except ValueError as error:
        shown = line if len(line) <= 40 else f"{line[:40]}…"
        reason = str(error) if len(line) > LONGEST_LINE or "\0" in line else "no NAME:VALUE"
        outer.fault = (number, f"the line '{shown}' cannot be read: {reason}")


def _line(number: int, line: str) -> Line:
    name, colon, value = line.partition(":")
    # Most lines have no parameters, and need no more than this.
    if colon and name.replace("-", "").isalnum() and name.isascii():
        return Line(number, name.upper(), {}, value)
    if QUOTED_PRINTABLE.search(name):
        return _quoted_printable(number, name, value)
    from icalendar.parser import Contentline

    name, params, value = Contentline(line).raw_parts()  # type: ignore[no-untyped-call]
    said = {
        key.upper(): part if isinstance(part, str) else ",".join(part)
        for key, part in params.items()
    }
    return Line(number, name.upper(), said, value)


def _quoted_printable(number: int, head: str, value: str) -> Line:
    """A line of vCalendar 1.0, whose values may be written as bytes: `=C5=BD`."""
    name, *params = head.split(";")
    said = dict(part.upper().partition("=")[::2] for part in params)
    text = from_quoted_printable(value, said.get("CHARSET", ""))
    kept = {key: word for key, word in said.items() if word and key not in ("ENCODING", "CHARSET")}
    return Line(number, name.upper(), kept, escaped(text))
