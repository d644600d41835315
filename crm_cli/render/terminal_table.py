"""Tables of rows on a terminal: fitted to its width, painted by what the cells mean.

Drawn by our own code, since there may be thousands of rows; the theme is that of what rich
draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Any

from crm_cli.model.cells import numeric
from crm_cli.model.meanings import TONE_OF_COLUMN, TONE_OF_WORD
from crm_cli.model.money import minor_unit
from crm_cli.model.rows import Column, Rows, by_column
from crm_cli.model.text import visible
from crm_cli.model.width import columns_of, fitted, padded, wrapped
from crm_cli.render.cells import Cells
from crm_cli.render.columns import DATES, GAP, Part, currency_among, cut, fit, short_ids, words
from crm_cli.render.links import file_uri, linked, uri_of
from crm_cli.render.screen import Screen
from crm_cli.render.table import begun, texts

_ALERT = "alert"
_MARK = "! "
"""What stands before a row that needs attention."""
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}
"""The signs that are of one currency alone, at least to most people."""
_IDS = ("reference", "text", "code", "word")
_SAMPLE = 500
"""Of more rows the first ones say which columns are shown."""
_WHOLE = "--cols, -o csv"
"""What shows the columns that there is no room for, of a list."""
AMOUNTS = ("money", "price")
_DEADLINE = "deadline"


def terminal_lines(
    rows: Rows, screen: Screen, *, header: bool = True, indent: str = "", whole: str = ""
) -> Iterator[str]:
    """The lines of a table on a terminal, each with its line feed.

    What there is no room for is named below it, with what shows the `whole`; without a header
    only where that is given.
    """
    if not rows.columns:
        return
    width = (screen.width or screen.drawn_width) - len(indent)
    marked = rows.tones is not None and _ALERT in rows.tones
    gutter = len(_MARK) if marked else 0
    shown, hidden = _fitted(rows, width - gutter, header=header)
    _named_anyway(rows, shown, hidden)
    ellipsis = "…" if screen.unicode else "~"
    lead = indent + " " * gutter
    if header:
        yield from _header(shown, lead, screen)
    if _goes_over_lines(rows):
        rows = _broken(rows, shown)
    columns = [
        _painted(part, cut(part, ellipsis), rows, screen, last=part is shown[-1])
        for part in shown
    ]
    yield from _body(rows, columns, shown, lead, screen, header=header)
    if whole:
        for part in hidden:
            part.head = part.head or words(part.key)
    if named := [part for part in hidden if part.head.strip()]:
        sampled = len(rows.rows) > _SAMPLE
        tail = f" ({whole or _WHOLE})"
        yield from _left_out(named, indent, width, screen, sampled=sampled, tail=tail)


def _named_anyway(rows: Rows, shown: Sequence[Part], hidden: Sequence[Part]) -> None:
    """Where ids have no room, a row without a name (`total`, `(none)`) shows its id for one."""
    body = [*rows.rows, rows.total] if rows.total is not None else rows.rows
    ids = {part.place + 1: part.place for part in hidden if part.named}
    for part in shown:
        if part.place in ids:
            column = [visible(str(row[ids[part.place]] or "")) for row in body]
            names = zip(part.cells, column, strict=True)
            part.cells = Cells([name or id for name, id in names])


def _broken(rows: Rows, shown: Sequence[Part]) -> Rows:
    """The rows, those with a text that does not fit over several lines, and so the columns."""
    texts_of = [part for part in shown if not part.right and part.key != "id"]
    if all(part.cells.width <= part.limit for part in texts_of):
        return rows
    made: list[list[str]] = [[] for _ in shown]
    origins: list[int] = []
    for number in range(len(rows.rows)):
        cells = [
            wrapped(part.cells[number], max(part.limit, 1), after="|")
            if any(part is one for one in texts_of)
            else [part.cells[number]]
            for part in shown
        ]
        height = max(map(len, cells))
        origins += [number, *[-1] * (height - 1)]
        for column, lines in zip(made, cells, strict=True):
            column += [*lines, *[""] * (height - len(lines))]
    for part, column in zip(shown, made, strict=True):
        part.cells = Cells(column)
        part.limit = min(part.limit, max(part.cells.width, *map(columns_of, part.heading), 1))
    nothing = [None] * len(rows.columns)
    above = list(accumulate(origins, max))
    return rows.but(
        rows=[rows.rows[one] if one >= 0 else nothing for one in origins],
        tones=rows.tones and [rows.tones[one] if one >= 0 else "" for one in origins],
        files=rows.files and [rows.files[one] if one >= 0 else "" for one in origins],
        groups=rows.groups and [rows.groups[one] for one in above],
    )


def _fitted(rows: Rows, room: int, *, header: bool) -> tuple[list[Part], list[Part]]:
    """The columns as they fit into the room, and those that do not."""
    room = max(room, 1)
    if len(rows.rows) <= _SAMPLE:
        return _fit(rows, range(len(rows.columns)), room, header=header)
    # The first rows say which columns there is room for; of the others nothing is made.
    first = rows.but(rows=rows.rows[:_SAMPLE], total=None)
    shown, hidden = _fit(first, range(len(rows.columns)), room, header=header, sampled=True)
    places = {part.place for part in shown}
    if hidden or any(part.limit < part.natural for part in shown):
        places |= {place for place, key in enumerate(rows.keys) if key == "currency"}
    shown, more = _fit(rows, sorted(places), room, header=header, sampled=True)
    return shown, [*hidden, *(part for part in more if part.place not in places)]


def _fit(
    rows: Rows, places: Sequence[int], room: int, *, header: bool, sampled: bool = False
) -> tuple[list[Part], list[Part]]:
    """The columns in those places as they fit into the room, and those that do not."""
    parts = _parts(rows, places, header=header)
    shown, hidden = fit(parts, rows.ranked, room, sampled=sampled)
    if not hidden and all(part.limit == part.natural for part in shown):
        return shown, hidden
    narrower = _narrower(rows, parts, header=header)
    return fit(narrower, rows.ranked, room, sampled=sampled)


def _goes_over_lines(rows: Rows) -> bool:
    """Whether a text that does not fit goes over several lines, rather than being cut."""
    return rows.wrap or (not rows.ranked and rows.total is None)


def _parts(rows: Rows, places: Sequence[int], *, header: bool) -> list[Part]:
    body = [*rows.rows, rows.total] if rows.total is not None else rows.rows
    columns = by_column(body, len(rows.columns))
    alone = by_column(rows.rows, len(rows.columns))
    currencies = _currencies(rows, columns)
    parts = [
        Part(
            place,
            rows.columns[place].key,
            "reference" if _named(rows, place) else rows.columns[place].type,
            _head(rows.columns[place]) if header else "",
            texts(
                _in_decimals(columns[place], rows.columns[place].type, currencies),
                rows.columns[place].type,
            ),
            right=numeric(alone[place], rows.columns[place].type),
        )
        for place in places
    ]
    for part in parts:
        part.named = _named(rows, part.place)
        part.broken = _goes_over_lines(rows)
    return parts


def _head(column: Column) -> str:
    """A heading in words, with what its numbers are counted in."""
    said = words(column.heading)
    return f"{said} ({column.unit})" if column.unit else said


def _named(rows: Rows, place: int) -> bool:
    """Whether a column has the ids of what the next one names."""
    column, following = rows.columns[place], rows.columns[place + 1 : place + 2]
    if column.key == "id" or column.type not in _IDS or not following:
        return False
    return following[0].key in ("name", f"{column.key}_name")


def _currencies(rows: Rows, columns: Sequence[Sequence[Any]]) -> Sequence[Any]:
    """The currency of each row, where a column says it."""
    keys = rows.keys
    return columns[keys.index("currency")] if "currency" in keys else ()


def _in_decimals(values: Sequence[Any], type: str, currencies: Sequence[Any]) -> Sequence[Any]:
    """Amounts with the decimals of their currency at least, two where none is known."""
    if type not in AMOUNTS:
        return values
    of = currencies if len(currencies) == len(values) else [None] * len(values)
    return [
        at_least(value, currency) if type_of is Decimal else value
        for value, currency, type_of in zip(values, of, map(_type, values), strict=True)
    ]


def _type(value: Any) -> Any:
    return value.__class__


def at_least(value: Decimal, currency: Any) -> Decimal:
    """An amount with the decimals of its currency at least; two where that is not known."""
    decimals = minor_unit(currency) if isinstance(currency, str) and currency else 2
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent <= -decimals:
        return value
    return value.quantize(Decimal(1).scaleb(-decimals))


def _narrower(rows: Rows, parts: Sequence[Part], *, header: bool) -> list[Part]:
    """The columns where room is scarce: short ids, days without a time, currency in headings."""
    found = []
    merged = _merged_currency(rows, parts, header=header)
    for part in parts:
        if merged and part.key == "currency":
            continue
        cells, head = part.cells, part.head
        if part.key in merged:
            cells, head = merged[part.key]
        elif part.key == "id" and rows.unique:
            cells = short_ids(cells, rows.unique)
        elif part.type in DATES:
            cells = Cells([cell[:10] for cell in cells])
        narrow = Part(part.place, part.key, part.type, head, cells, right=part.right)
        narrow.named, narrow.broken = part.named, part.broken
        found.append(narrow)
    return found


def _merged_currency(
    rows: Rows, parts: Sequence[Part], *, header: bool
) -> Mapping[str, tuple[Cells, str]]:
    """Of the columns of amounts the cells and heading that say their currency themselves."""
    keys = [part.key for part in parts]
    if "currency" not in keys:
        return {}
    currencies = parts[keys.index("currency")].cells
    usual = currency_among(currencies) if header else ""
    found = {}
    for part in parts:
        if part.type in AMOUNTS and not part.head.endswith(")"):
            cells = [
                _said(cell, currency) if currency != usual else cell
                for cell, currency in zip(part.cells, currencies, strict=True)
            ]
            head = f"{part.head} ({usual})" if header else ""
            found[part.key] = (Cells(cells), head)
    return found


def _said(amount: str, currency: str) -> str:
    """An amount with its currency, unless it is nothing."""
    if not currency or not amount.strip("-0.,"):
        return amount
    sign = _SIGNS.get(currency)
    if sign is None:
        return f"{amount} {currency}"
    return f"-{sign}{amount[1:]}" if amount.startswith("-") else f"{sign}{amount}"


def _header(shown: Sequence[Part], lead: str, screen: Screen) -> Iterator[str]:
    heads = [part.heading for part in shown]
    height = max(map(len, heads), default=0)
    for row in range(height):
        cells = [
            padded(
                fitted(lines[at], part.limit) if (at := row - height + len(lines)) >= 0 else "",
                part.limit,
                right=part.right,
            )
            for part, lines in zip(shown, heads, strict=True)
        ]
        yield screen.paint((lead + GAP.join(cells)).rstrip(" "), "head") + "\n"


def _painted(
    part: Part, cells: Cells, rows: Rows, screen: Screen, *, last: bool
) -> Sequence[str]:
    """A column's cells, padded, in the tones of what they mean."""
    bare = last and not part.right
    padded_cells: Sequence[str] = cells if bare else cells.padded(part.limit, right=part.right)
    if not screen.color:
        return padded_cells
    if part.key == "id":
        return _ids(cells, padded_cells, rows, screen)
    if part.type in ("e-mail", "phone") and screen.links:
        return [
            _around(cell, within, linked(cell, uri_of(part.type, whole)))
            for cell, within, whole in zip(cells, padded_cells, part.cells, strict=True)
        ]
    if tone := TONE_OF_COLUMN.get(part.key, ""):
        return [
            screen.paint(within, tone) if cell.strip("0.,%") else within
            for cell, within in zip(cells, padded_cells, strict=True)
        ]
    if part.type == "choice" or part.key in ("status", "kind"):
        known = {cell: TONE_OF_WORD.get(cell, "") for cell in set(part.cells)}
        return [
            screen.paint(within, known[whole]) if known[whole] else within
            for within, whole in zip(padded_cells, part.cells, strict=True)
        ]
    if part.key in ("currency", "owner", "assignee"):
        return [screen.paint(within, "muted") for within in padded_cells]
    if part.type in (*DATES, _DEADLINE) and rows.tones is not None:
        tones = [*rows.tones, *[""] * (len(padded_cells) - len(rows.tones))]
        return [
            screen.paint(within, "overdue") if tone == _ALERT else within
            for within, tone in zip(padded_cells, tones, strict=True)
        ]
    if part.type == "bar":
        return [screen.paint(within, "upcoming") for within in padded_cells]
    return padded_cells


def _ids(
    cells: Sequence[str], within: Sequence[str], rows: Rows, screen: Screen
) -> Sequence[str]:
    """Ids with what is enough to type of them in bold, and as links to their files."""
    unique = rows.unique or {}
    if not unique and not (screen.links and rows.files):
        return [screen.paint(text, "id") for text in within]
    whole = list(map(str, rows.values("id")))
    files = rows.files if screen.links and rows.files else [""] * len(whole)
    found = []
    for number, (cell, text) in enumerate(zip(cells, within, strict=True)):
        if number >= len(whole) or not cell:
            found.append(text)
            continue
        length = min(unique.get(whole[number], 0), len(cell))
        drawn = screen.paint(begun(cell, length), "id")
        found.append(_around(cell, text, linked(drawn, file_uri(files[number]))))
    return found


def _around(cell: str, within: str, drawn: str) -> str:
    """What is drawn in place of a cell, with the blanks that it had around it."""
    blanks = len(within) - len(cell)
    if blanks <= 0:
        return drawn
    return " " * blanks + drawn if within.startswith(" ") else drawn + " " * blanks


def _body(
    rows: Rows,
    columns: Sequence[Sequence[str]],
    shown: Sequence[Part],
    lead: str,
    screen: Screen,
    *,
    header: bool,
) -> Iterator[str]:
    marked = rows.tones is not None and _ALERT in rows.tones
    mark = lead.removesuffix(" " * len(_MARK)) + screen.paint(_MARK, "overdue") if marked else lead
    above = ""
    for number, line in enumerate(map(GAP.join, zip(*columns, strict=True))):
        if rows.groups and number < len(rows.rows) and rows.groups[number] != above:
            above = rows.groups[number]
            blank = "\n" if header or number else ""
            yield blank + lead + screen.paint(visible(above), "head") + "\n"
        if number == len(rows.rows):
            rule = "─" if screen.unicode else "-"
            drawn = GAP.join(rule * part.limit for part in shown)
            yield lead + screen.paint(drawn, "muted") + "\n"
            yield screen.paint((lead + line).rstrip(" "), "strong") + "\n"
            continue
        alert = rows.tones is not None and rows.tones[number] == _ALERT
        yield ((mark if alert else lead) + line).rstrip(" ") + "\n"


def _left_out(
    hidden: Sequence[Part], indent: str, width: int, screen: Screen, *, sampled: bool, tail: str
) -> Iterator[str]:
    """Which columns there was no room for, and which of them have nothing in them."""
    heads = [part.head for part in hidden if sampled or not part.says_nothing]
    empty = [part.head for part in hidden if part.head not in heads]
    for lead, named, end in (("not shown", heads, tail), ("nothing in", empty, "")):
        if named:
            said = _listed(f"{lead}: ", named, end, width)
            yield indent + screen.paint(fitted(said, width), "muted") + "\n"


def _listed(lead: str, names: Sequence[str], tail: str, width: int) -> str:
    """A line with as many of the names as fit, and how many more there are."""
    for count in range(len(names), 0, -1):
        more = len(names) - count
        rest = f" and {more} more" if more else ""
        said = f"{lead}{', '.join(names[:count])}{rest}{tail}"
        if columns_of(said) <= width:
            break
    return said
