"""Tables in plain text, aligned, the same for terminals and pipes.

Only a terminal's width and colours make a difference: there, long cells are cut
with `…`; a pipe gets every cell whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain, repeat
from typing import Any

from crm_cli.model.cells import cell_text, numeric
from crm_cli.model.rows import Few, by_column
from crm_cli.model.text import visible
from crm_cli.render.cells import Cells
from crm_cli.render.screen import Screen
from crm_cli.render.values import grouped, percent
from crm_cli.render.width import (
    columns_of,
    fitted,
    padded,
    wrapped,
)

GAP = "  "
NARROWEST = 6
"""A column is not cut below so many columns."""
READABLE = 16
"""A text that is cut to so many columns still says something."""


def table_lines(
    labels: Sequence[str],
    types: Sequence[str],
    rows: Sequence[Sequence[Any]],
    screen: Screen,
    *,
    header: bool = True,
    tones: Sequence[str] | None = None,
    total: Sequence[Any] | None = None,
    groups: Sequence[str] | None = None,
    unique: Mapping[int, Sequence[int]] | None = None,
    ranked: Sequence[int] = (),
) -> Iterator[str]:
    """The lines of a table, each with its line feed.

    `tones` gives each row's tone (an empty text for none); `total` is a last row
    below a rule. On a terminal each row's heading in `groups` is shown where it changes;
    `unique` has columns whose cells' first characters stand out in colour, so many in
    each row. A table has no columns where `labels` is empty: then no lines. `ranked` are
    the columns' places, the most important first: on a terminal those that do not fit are
    left out, and named below the table.
    """
    if not labels:
        return
    body = [*rows, total] if total is not None else rows
    columns = [
        texts(values, kind)
        for values, kind in zip(by_column(body, len(labels)), types, strict=True)
    ]
    right = [
        numeric(values, kind)
        for values, kind in zip(by_column(rows, len(labels)), types, strict=True)
    ]
    heads = [visible(label) for label in labels]
    widths = [
        max(cells.width, columns_of(head) if header else 0)
        for cells, head in zip(columns, heads, strict=True)
    ]
    hidden: list[str] = []
    if screen.width is not None and ranked:
        kept = _fitting(widths, right, ranked, screen.width)
        hidden = [head for place, head in enumerate(heads) if place not in kept]
        columns = [columns[place] for place in kept]
        right = [right[place] for place in kept]
        heads = [heads[place] for place in kept]
        widths = [widths[place] for place in kept]
        unique = {kept.index(at): found for at, found in (unique or {}).items() if at in kept}
    if screen.width is not None:
        ellipsis = "…" if screen.unicode else "~"
        limits = _shrunk(widths, screen.width - len(GAP) * (len(widths) - 1))
        for place, (limit, width) in enumerate(zip(limits, widths, strict=True)):
            if limit < width:
                columns[place] = columns[place].fitted(limit, ellipsis=ellipsis)
                heads[place] = fitted(heads[place], limit, ellipsis=ellipsis)
        widths = limits
    if header:
        line = _line(heads, widths, right)
        yield screen.paint(line, "head") + "\n"
    # What stands at a line's end needs no padding.
    aligned = [
        cells
        if place == len(widths) - 1 and not stands_right
        else cells.padded(width, right=stands_right)
        for place, (cells, width, stands_right) in enumerate(
            zip(columns, widths, right, strict=True)
        )
    ]
    if unique and screen.color:
        for place, lengths in unique.items():
            aligned[place] = [
                _begun(cell, length)
                for cell, length in zip(aligned[place], chain(lengths, repeat(0)), strict=False)
            ]
    lines = map(GAP.join, zip(*aligned, strict=True))
    if screen.width is None and total is None and not (tones and screen.color):
        yield from [line.rstrip(" ") + "\n" for line in lines]
        return
    above = ""
    for number, line in enumerate(lines):
        if groups and screen.width is not None and number < len(rows) and groups[number] != above:
            above = groups[number]
            yield ("\n" if header or number else "") + screen.paint(visible(above), "head") + "\n"
        if total is not None and number == len(rows):
            rule = "─" if screen.unicode else "-"
            yield screen.paint(GAP.join(rule * width for width in widths), "muted") + "\n"
            yield screen.paint(line.rstrip(" "), "strong") + "\n"
            continue
        tone = tones[number] if tones else ""
        text = line.rstrip(" ")
        yield (screen.paint(text, tone) if tone else text) + "\n"
    if hidden:
        said = f"not shown for want of room: {', '.join(hidden)} (--cols picks, -o csv has all)"
        yield from (
            screen.paint(line, "muted") + "\n" for line in wrapped(said, screen.drawn_width)
        )


def shown(value: Any, kind: str = "") -> str:
    """One value as people read it, without control characters."""
    return visible(_text(value, kind))


def texts(values: Sequence[Any], kind: str = "") -> Cells:
    """The values of a column as people read them; checked as a whole, for speed."""
    if isinstance(values, Cells):
        return values
    cells = Cells([value if type(value) is str else _text(value, kind) for value in values])
    if "".join(cells).isprintable():
        return cells
    return Cells([visible(cell) for cell in cells])


def _text(value: Any, kind: str) -> str:
    if type(value) is str:
        return value
    if isinstance(value, datetime):
        # Its offset is the business's own: programs get it, people need not read it.
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal) and kind in ("share", "rate"):
        return percent(value) + ("*" if isinstance(value, Few) else "")
    if isinstance(value, Decimal) and kind not in ("percent", "decimal"):
        return grouped(value)
    if type(value) is int and kind in ("money", "integer", "count"):
        return grouped(value)
    return cell_text(value, ", ")


def _begun(cell: str, length: int) -> str:
    """A cell with its beginning in bold, whatever colour the line has."""
    return f"\x1b[1m{cell[:length]}\x1b[22m{cell[length:]}" if length else cell


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    pieces = [
        padded(cell, width, right=stands_right)
        for cell, width, stands_right in zip(cells, widths, right, strict=True)
    ]
    return GAP.join(chain(pieces)).rstrip(" ")


def _fitting(
    widths: Sequence[int], right: Sequence[bool], ranked: Sequence[int], room: int
) -> list[int]:
    """The places of the columns that fit while they can be read, in their own order."""
    kept: list[int] = []
    used = -len(GAP)
    for place in ranked:
        wanted = widths[place] if right[place] else min(widths[place], READABLE)
        if used + len(GAP) + wanted <= room or len(kept) < 2:
            kept.append(place)
            used += len(GAP) + wanted
    return sorted(kept)


def _shrunk(widths: list[int], room: int) -> list[int]:
    """Widths that fit into `room` together, taken from the widest columns."""
    limits = list(widths)
    over = sum(limits) - room
    while over > 0:
        widest = max(limits)
        if widest <= NARROWEST:
            break
        places = [place for place, limit in enumerate(limits) if limit == widest]
        below = max((limit for limit in limits if limit < widest), default=NARROWEST)
        step = min(widest - max(below, NARROWEST), -(-over // len(places)))
        for place in places:
            taken = min(step, over)
            limits[place] -= taken
            over -= taken
    return limits
