"""What a file's cells show of the way it is written, and which cell showed it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Line(NamedTuple):
    """A cell with its place. `partial` is whether its column holds dates without a year, too."""

    line: int
    heading: str
    text: str
    partial: bool = False


class Found(NamedTuple):
    """A setting of a file, and the cell that decided it (None: it was said, or all agree)."""

    value: str
    by: Line | None = None


def lines_of(
    heading: str, cells: Iterable[tuple[int, str]], *, partial: bool = False
) -> Iterator[Line]:
    """The cells of a column that have a text, with their places."""
    return (Line(line, heading, text, partial) for line, text in cells if text.strip())
