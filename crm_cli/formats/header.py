"""The row of headings in a table: which row it is, and a name for each column.

Reports have lines of their own above it, spreadsheets leave columns without a heading
behind, and two columns of one heading are common where a list has two of a thing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

Known = Callable[[str], bool]
"""True if a heading means something."""


class Headings(NamedTuple):
    """A name for each column, and what people are told about them.

    `unnamed` are the places of columns without a heading.
    """

    names: tuple[str, ...]
    notes: tuple[str, ...]
    unnamed: tuple[int, ...]


def heading_place(rows: Sequence[Sequence[str]], known: Known) -> int:
    """The place of the headings among the first rows of a file; 0 where that is not clear.

    The rows above have fewer cells than most rows do, and none of them is a heading that means
    something; in those below one is, or the rows above have half as many cells.
    """
    widths = [_width(cells) for cells in rows]
    counts = Counter(width for width in widths if width)
    if not counts:
        return 0
    usual = max(counts, key=lambda one: (counts[one], one))
    place = next(place for place, width in enumerate(widths) if width >= usual)
    above = [cell for cells in rows[:place] for cell in cells if cell.strip()]
    if any(map(known, above)) or place + 1 == len(rows):
        return 0
    if any(known(cell) for cell in rows[place] if cell.strip()):
        return place
    return place if max(widths[:place], default=0) <= max(1, usual // 2) else 0


def _width(cells: Sequence[str]) -> int:
    """The number of cells without the empty ones at the end."""
    return max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)


def named(cells: Sequence[str]) -> Headings:
    """The columns by their headings; one that stands there again is `Phone 2`."""
    names: list[str] = []
    notes: list[str] = []
    unnamed: list[int] = []
    taken = {cell.strip() for cell in cells}
    first: dict[str, int] = {}
    for place, cell in enumerate(cells):
        heading = cell.strip()
        if not heading:
            unnamed.append(place)
            heading = _free(f"column {place + 1}", taken)
        elif heading in first:
            again = _free(f"{heading} 2", taken)
            notes.append(
                f"{heading} heads columns {first[heading] + 1} and {place + 1}: "
                f"the latter is read as {again}"
            )
            heading = again
        first.setdefault(heading, place)
        taken.add(heading)
        names.append(heading)
    return Headings(tuple(names), tuple(notes), tuple(unnamed))


def _free(name: str, taken: set[str]) -> str:
    stem, _, number = name.rpartition(" ")
    count = int(number)
    while f"{stem} {count}" in taken:
        count += 1
    return f"{stem} {count}"
