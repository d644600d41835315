"""Reading cells: the notation of dates and numbers is detected for a whole file first.

Half the world writes 3 April as 03/04, and a thousand as 1.000. A file is taken to be
of one mind: one cell that can be read in only one way decides for all; where none
does, the file is refused with both readings, and the map has to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from crm_cli.formats.decoding import Undecided
from crm_cli.model.business import Business
from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import Date, FieldType, Moment, Money, Number, Partial, Price

DATE_ORDERS = {
    "ymd": "year, month, day",
    "dmy": "day, month, year",
    "mdy": "month, day, year",
}
DECIMALS = (".", ",")

_OPEN = r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})"
"""A date whose first two parts may be day and month or the reverse."""
_DOTTED = r"(\d{1,2})(\.) ?(\d{1,2})\. ?(\d{4})"
_YEAR_FIRST = r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})"
_MONTH = r"[^\W\d_]{3,}\.?"
_NAMED = (
    rf"(?:\w+,? +)?(?:\d{{1,2}}\.?[ -]+{_MONTH},?[ -]+\d{{4}}"
    rf"|{_MONTH} +\d{{1,2}}\w{{0,2}},? +\d{{4}})"
)
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?\s*(?:Z|[+-]\d{2}:?\d{2})?"
_CLOCK = rf"(.*?\d)(?:[T ]+({_TIME}))?"


class Line(NamedTuple):
    """A cell with its place."""

    line: int
    heading: str
    text: str


class Found(NamedTuple):
    """A setting of a file, and the cell that decided it (None: it was said, or all agree)."""

    value: str
    by: Line | None = None


class Reading(NamedTuple):
    """How a file's cells are read. `date` is empty where no cell needs an order."""

    business: Business
    date: str = ""
    decimal: str = "."


# Dates


def find_date_order(cells: Iterable[Line]) -> Found:
    """The order of dates such as 03/04/2025, by the cells of all date columns.

    Empty where there are none. Raises Undecided where every one of them can be read
    both ways, and where two contradict each other.
    """
    evidence: dict[str, Line] = {}
    open_cell: Line | None = None
    for cell in cells:
        match = re.match(_OPEN, cell.text.strip(), re.ASCII)
        if match is None:
            continue
        first, second = int(match[1]), int(match[3])
        if first > 12 >= second:
            evidence.setdefault("dmy", cell)
        elif second > 12 >= first:
            evidence.setdefault("mdy", cell)
        elif first != second:
            open_cell = open_cell or cell
    if len(evidence) == 2:
        one, other = evidence["dmy"], evidence["mdy"]
        raise Undecided(
            f"line {one.line} writes the day first ({one.text}), line {other.line} the month "
            f"({other.text})",
            "choose one: --dates dmy or mdy; the other rows are then rejected",
            setting="date",
            choices=_orders(one),
        )
    for order, cell in evidence.items():
        return Found(order, cell)
    if open_cell is None:
        return Found("")
    readings = dict(_orders(open_cell))
    raise Undecided(
        f"line {open_cell.line}, {open_cell.heading}: {open_cell.text} is {readings['dmy']} or "
        f"{readings['mdy']}",
        "choose: --dates dmy or --dates mdy, or date in the map",
        setting="date",
        choices=_orders(open_cell),
    )


def _orders(cell: Line) -> tuple[tuple[str, str], ...]:
    from crm_cli.model.dates import in_words

    shown = []
    for order in ("dmy", "mdy"):
        try:
            shown.append((order, in_words(_day(cell.text.strip()[:10], order))))
        except Unreadable:
            shown.append((order, f"no date in line {cell.line}"))
    return tuple(shown)


def _day(text: str, order: str) -> date:
    """The day that a text says, its two first parts in `order` (dmy where none is known)."""
    from crm_cli.model.dates import read_date, real_date

    if match := re.fullmatch(_YEAR_FIRST, text, re.ASCII):
        return real_date(int(match[1]), int(match[3]), int(match[4]))
    match = re.fullmatch(_OPEN, text, re.ASCII) or re.fullmatch(_DOTTED, text, re.ASCII)
    if match is not None:
        first, sign, second, year = int(match[1]), match[2], int(match[3]), int(match[4])
        if order == "ymd" and sign != ".":
            raise Unreadable(f"{text!r} does not begin with the year, as dates: ymd says")
        if order == "mdy":
            return real_date(year, first, second)
        if order == "dmy" or sign == "." or first == second:
            return real_date(year, second, first)
    if re.fullmatch(_NAMED, text):
        return _named(text)
    return read_date(text)


def _named(text: str) -> date:
    """A date with its month in English words: `3 Apr 2025`, `April 3rd, 2025`."""
    from dateutil import parser

    try:
        return parser.parse(text.replace("-", " "), default=datetime(1, 1, 1)).date()
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"{text!r} is not a date", "write it as 2025-04-03") from error


def _moment(text: str, reading: Reading) -> date | datetime:
    """A day or an instant; without an offset it is in the business's time zone."""
    from crm_cli.model.dates import read_moment

    match = re.fullmatch(_CLOCK, text.strip(), re.ASCII)
    if match is None or not match[2]:
        return _day(text.strip(), reading.date)
    day = _day(match[1], reading.date)
    return read_moment(f"{day.isoformat()} {_clock(match[2])}", reading.business.time_zone)


def _clock(text: str) -> str:
    """A time of day in 24 hours: `2:30 PM` is `14:30`."""
    half = re.search(r" ?([AaPp])\.?[Mm]\.?", text)
    if half is None:
        return text
    hour, rest = text[: half.start()].split(":", 1)
    if not 1 <= int(hour) <= 12:
        raise Unreadable(f"there is no time {text}", "hours run from 1 to 12 with am and pm")
    hours = int(hour) % 12 + (12 if half[1] in "Pp" else 0)
    return f"{hours:02}:{rest}{text[half.end() :]}"


# Numbers


def find_decimal(cells: Iterable[Line]) -> Found:
    """The sign before decimals, by the cells of all number columns; `.` where none has any.

    Raises Undecided where every number with a sign may part thousands or decimals
    (`1.234`), and where two contradict each other.
    """
    evidence: dict[str, Line] = {}
    open_cell: Line | None = None
    for cell in cells:
        sign = decimal_of(cell.text)
        if sign == "?":
            open_cell = open_cell or cell
        elif sign:
            evidence.setdefault(sign, cell)
    if len(evidence) == 2:
        point, comma = evidence["."], evidence[","]
        raise Undecided(
            f"line {point.line} writes decimals with a point ({point.text}), line {comma.line} "
            f"with a comma ({comma.text})",
            "choose one: --decimal . or ,; the other rows are then rejected",
            setting="decimal",
            choices=((".", point.text), (",", comma.text)),
        )
    for sign, cell in evidence.items():
        return Found(sign, cell)
    if open_cell is None:
        return Found(".")
    choices = []
    for sign in DECIMALS:
        value = read_number(open_cell.text, sign)
        choices.append((sign, f"{value:f}"))
    shown = dict(choices)
    raise Undecided(
        f"line {open_cell.line}, {open_cell.heading}: {open_cell.text} is {shown['.']} or "
        f"{shown[',']}",
        "choose the decimal sign: --decimal . or --decimal ,",
        setting="decimal",
        choices=tuple(choices),
    )


def decimal_of(text: str) -> str:
    """`.` or `,` where a number can only be read so, `?` where both can be, else empty."""
    number = re.search(r"[.,]?\d(?:[\d.,' \u00a0\u202f’]*\d)?", text, re.ASCII)
    bare = number[0] if number else ""
    signs = [char for char in bare if char in ".,"]
    if not signs:
        return ""
    if len(set(signs)) == 2:
        return signs[-1] if signs.count(signs[-1]) == 1 else ""
    other = "," if signs[0] == "." else "."
    if len(signs) > 1:
        return other
    match = re.search(r"(?<!\d)(\d*)[.,](\d*)", bare)
    if match is not None and re.fullmatch(r"[1-9]\d{0,2}", match[1]) and len(match[2]) == 3:
        return "?"
    return signs[0]


def read_number(text: str, decimal: str) -> Decimal:
    """A number as a file writes it that uses `decimal`: `1.234,50`. Raises Unreadable."""
    from crm_cli.model.money import read_localized

    bare = text.strip()
    # A plain number, by far the commonest, has one sign at most and is read at once.
    whole, _, part = bare.partition(decimal)
    if whole.isascii() and whole.isdigit() and len(whole) < 16:
        if not part and bare == whole:
            return Decimal(whole)
        if part.isascii() and part.isdigit() and len(part) < 7:
            return Decimal(f"{whole}.{part}")
    if bare.startswith("(") and bare.endswith(")"):  # how bookkeepers write what is negative
        return -read_localized(bare[1:-1], decimal)
    return read_localized(bare.removeprefix("+"), decimal)


def _amount(text: str, decimal: str) -> Any:
    """An amount; the pair of it and its currency where one stands beside it."""
    from crm_cli.model.money import read_currency

    match = re.fullmatch(r"\s*([-(]?)\s*([^\d\s.,+()'-]+)\s*(.*\d.*)", text)
    if match is not None:
        return read_number(match[1] + match[3], decimal), read_currency(match[2])
    match = re.fullmatch(r"(.*[\d)])\s*([^\d\s.,+()'-]+)\s*", text)
    if match is not None:
        return read_number(match[1], decimal), read_currency(match[2])
    return read_number(text, decimal)


# Cells


def wants_dates(type: FieldType) -> bool:
    """Whether a field's cells may say how a file writes dates."""
    return isinstance(type, Date | Moment | Partial)


def wants_numbers(type: FieldType) -> bool:
    """Whether a field's cells may say how a file writes decimals."""
    return isinstance(type, Number | Money | Price)


def read_cell(type: FieldType, text: str, reading: Reading) -> Any:
    """The value of a cell, by its field's type and the file's ways. Raises Unreadable.

    An amount with its currency beside it is the pair of both; a time of day in a
    column of dates is left out.
    """
    if isinstance(type, Price | Money):
        return _amount(text, reading.decimal)
    if isinstance(type, Number):
        bare = text.strip()
        return read_number(bare[:-1] if bare.endswith("%") else bare, reading.decimal)
    if isinstance(type, Date):
        found = _moment(text, reading)
        if not isinstance(found, datetime):
            return found
        from crm_cli.model.dates import local_date

        return local_date(found, reading.business.time_zone)
    if isinstance(type, Moment):
        return _moment(text, reading)
    if isinstance(type, Partial):
        return _partial(text.strip(), reading)
    return type.read(text, reading.business)


def _partial(text: str, reading: Reading) -> Any:
    from crm_cli.model.dates import PartialDate, read_partial_date

    if re.match(rf"{_OPEN}|{_YEAR_FIRST}|{_NAMED}|{_DOTTED}", text):
        day = _moment(text, reading)
        return PartialDate(day.year, day.month, day.day)
    return read_partial_date(text)


def lines_of(heading: str, cells: Iterable[tuple[int, str]]) -> Iterator[Line]:
    """The cells of a column that have a text, with their places."""
    return (Line(line, heading, text) for line, text in cells if text.strip())
