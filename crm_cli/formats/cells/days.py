"""Days in cells of other programs.

Clear in themselves are the year first (`2014-01-31`, `2014/1/31`, `20140131`), dots, which
are day.month.year in every country, and months in words (`31-Jan-14`, `January 31st, 2014`).
`1/2/2014`, `1-2-14` and, where a year may be missing, `1/2` are read in one order, that of
the whole file: the one in which all of them are days. Where several are left, the file is
refused with the readings of one of them. A year of two digits stands last, and first only
where `ymd` is said or the separator is a hyphen and nothing speaks against it. It is of the
last century from 69 on (POSIX), and also where what is past, as a birthday, would else be to
come. A pattern (`%d.%m.%y`, as of strptime) is tried first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from crm_cli.formats.cells.evidence import Found, Line
from crm_cli.formats.cells.months import month_of
from crm_cli.formats.decoding import Undecided
from crm_cli.model.dates import PartialDate, in_words, real_date
from crm_cli.model.errors import Unreadable

DATE_ORDERS = {
    "ymd": "year, month, day",
    "dmy": "day, month, year",
    "mdy": "month, day, year",
}
_FIRSTS = {"ymd": "the year first", "dmy": "the day first", "mdy": "the month first"}

_OPEN = r"(\d{1,2})([/-])(\d{1,2})(?:\2(\d{4}|\d{2}))?"
"""A date whose first two parts may be day and month or the reverse, or begin with the year."""
_DOTTED = r"(\d{1,2})\. ?(\d{1,2})\.(?: ?(\d{4}|\d{2})\.?)?"
_YEAR_FIRST = r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})\.?"
_COMPACT = r"([12]\d{3})(\d{2})(\d{2})"
_WORD = r"([^\W\d_]{3,})\.?"
_WEEKDAY = r"(?:[^\W\d_]+\.?,? +)?"
_YEAR = r"'?(\d{4}|\d{2})"
_DAY_FIRST = (
    rf"{_WEEKDAY}(\d{{1,2}})(?:\.|st|nd|rd|th)?(?: ?- ?| ?/ ?| +)(?:de |of )?{_WORD},?"
    rf"(?:(?: ?- ?| ?/ ?| +)(?:de )?{_YEAR})?"
)
_MONTH_FIRST = rf"{_WEEKDAY}{_WORD} +(\d{{1,2}})(?:st|nd|rd|th)?(?:,? +(\d{{4}}))?"
_YEAR_AND_WORD = rf"(\d{{4}})[ -]{_WORD}[ -](\d{{1,2}})"
_FIRST_OF_1900S = 69
_CODES = {
    "Y": r"(?P<Y>\d{4})", "y": r"(?P<y>\d{2})", "m": r"(?P<m>\d{1,2})", "d": r"(?P<d>\d{1,2})",
    "b": r"(?P<b>[^\W\d_]{3,})\.?", "B": r"(?P<b>[^\W\d_]{3,})", "H": r"(?P<H>\d{1,2})",
    "M": r"(?P<M>\d{2})", "S": r"(?P<S>\d{2})", "f": r"(?P<f>\d{1,9})", "I": r"(?P<H>\d{1,2})",
    "p": r"(?P<p>[AaPp]\.?[Mm]\.?)", "z": r"(?P<z>Z|[+-]\d{2}:?\d{2})", "%": "%",
}  # fmt: skip


class Order(NamedTuple):
    """How the days of a column are read.

    `text` is an order (`dmy`), a pattern, or empty; `partial` is whether a year may be
    missing; `latest` the last day that can be meant, of what is past.
    """

    text: str = ""
    partial: bool = False
    latest: date | None = None


def is_pattern(text: str) -> bool:
    """Whether a setting is a pattern and no order."""
    return "%" in text


def pattern_fault(text: str) -> str:
    """What is wrong with a pattern; empty where nothing is."""
    codes = re.findall("%(.?)", text)
    unknown = [f"%{code}" for code in codes if code not in _CODES]
    if unknown:
        return f"{', '.join(unknown)} means nothing: there are {' '.join(f'%{c}' for c in _CODES)}"
    if len(set(codes)) < len(codes):
        return "each part may stand once"
    if not {"d"} <= set(codes) or not {"m", "b", "B"} & set(codes):
        return "a pattern has a day (%d) and a month (%m or %b)"
    return ""


# Which order


def find_date_order(cells: Iterable[Line]) -> Found:
    """The order of dates such as 03/04/2025, by the cells of all date columns.

    Empty where there are none. Raises Undecided where every one of them can be read in
    several ways, and where two contradict each other.
    """
    left = dict.fromkeys(DATE_ORDERS)
    by: Line | None = None
    open_cell: Line | None = None
    for cell in cells:
        readings = _readings(cell.text, partial=cell.partial)
        if not readings or (len(readings) > 1 and len(set(readings.values())) == 1):
            continue
        kept = [order for order in left if order in readings]
        if not kept:
            raise _contradiction(by or open_cell or cell, cell, list(left), list(readings))
        open_cell = open_cell or cell
        if len(kept) < len(left):
            by = cell
        left = dict.fromkeys(kept)
    if open_cell is None:
        return Found("")
    if len(left) == 1:
        return Found(next(iter(left)), by)
    readings = _readings(open_cell.text, partial=open_cell.partial)
    choices = tuple((order, _words(readings[order])) for order in _FIRSTS if order in left)
    choices = tuple(sorted(choices))
    *some, last = [said for _, said in choices]
    raise Undecided(
        f"line {open_cell.line}, {open_cell.heading}: {open_cell.text} is {', '.join(some)} or "
        f"{last}",
        "choose: --dates dmy or --dates mdy, or date in the map",
        setting="date",
        choices=choices,
    )


def _contradiction(one: Line, other: Line, first: list[str], second: list[str]) -> Undecided:
    way = _FIRSTS[second[0]].removesuffix(" first")
    choices = []
    for order in ("dmy", "mdy"):
        readings = _readings(one.text, partial=one.partial)
        said = _words(readings[order]) if order in readings else f"no date in line {one.line}"
        choices.append((order, said))
    return Undecided(
        f"line {one.line} writes {_FIRSTS[first[0]]} ({one.text}), line {other.line} {way} "
        f"({other.text})",
        "choose one: --dates dmy or mdy; the other rows are then rejected",
        setting="date",
        choices=tuple(choices),
    )


def _words(day: PartialDate) -> str:
    whole = in_words(date(day.year or 2000, day.month or 1, day.day or 1))
    return whole if day.year else whole.removesuffix(" 2000")


def _readings(text: str, *, partial: bool) -> dict[str, PartialDate]:
    """The days that a text may be, by order; none where it needs no order, or is no day."""
    match = re.match(rf"{_OPEN}(?![\d./-])", text.strip(), re.ASCII)
    if match is None or (match[4] is None and not partial):
        return {}
    orders = ["dmy", "mdy"]
    if match[4] is not None and len(match[4]) == 2 and (match[2] == "-" or int(match[1]) > 31):
        orders.append("ymd")
    found = {}
    for order in orders:
        try:
            found[order] = _in_order(match, Order(order, partial))
        except Unreadable:
            continue
    return found


def _in_order(match: re.Match[str], order: Order) -> PartialDate:
    """The day that a match of `_OPEN` is in an order. Raises Unreadable."""
    parts = [match[1], match[3], *([match[4]] if match[4] else [])]
    if len(parts) == 2:
        day, month = map(int, parts if order.text == "dmy" else reversed(parts))
        return _day(None, month, day)
    if order.text == "ymd":
        if len(match[4]) == 4:
            raise Unreadable(f"{match[0]!r} does not begin with the year, as dates: ymd says")
        year, month, day = _full(match[1], order), int(match[3]), int(match[4])
    elif order.text == "mdy":
        month, day, year = int(match[1]), int(match[3]), _full(match[4], order)
    else:
        day, month, year = int(match[1]), int(match[3]), _full(match[4], order)
    return _settled(year, month, day, order, short=len(match[4]) == 2 or order.text == "ymd")


def _full(year: str, order: Order) -> int:
    """A year with its century."""
    if len(year) == 4:
        return int(year)
    return int(year) + (1900 if int(year) >= _FIRST_OF_1900S else 2000)


def _settled(year: int, month: int, day: int, order: Order, *, short: bool) -> PartialDate:
    """A real day; of a year of two digits one that is past, where it has to be."""
    found = _day(year, month, day)
    latest = order.latest
    if short and latest is not None and date(year, month, day) > latest:
        return _day(year - 100, month, day)
    return found


def _day(year: int | None, month: int, day: int) -> PartialDate:
    """A real day, whose year may be unknown. Raises Unreadable."""
    real_date(year or 2000, month, day)
    return PartialDate(year, month, day)


# Reading


def read_day(text: str, order: Order) -> PartialDate | None:
    """The day that a text says; None where it says none. Raises Unreadable for one that
    cannot be, or needs an order that is not known."""
    if is_pattern(order.text):
        order = order._replace(text="")
    if match := re.fullmatch(_YEAR_FIRST, text, re.ASCII):
        year = int(match[1])
        if match[2] != "-" and 1200 <= year < 1500:
            raise Unreadable(
                f"{text} seems to be of the Persian calendar", "write it as 2025-04-03"
            )
        return _day(year, int(match[3]), int(match[4]))
    if match := re.fullmatch(_OPEN, text, re.ASCII):
        if match[4] is None and not order.partial:
            return None
        return _in_order(match, _known(text, order))
    if match := re.fullmatch(_DOTTED, text, re.ASCII):
        if match[3] is None:
            return _day(None, int(match[2]), int(match[1])) if order.partial else None
        year = _full(match[3], order)
        short = len(match[3]) == 2
        return _settled(year, int(match[2]), int(match[1]), order, short=short)
    if match := re.fullmatch(_COMPACT, text, re.ASCII):
        return _day(*map(int, match.groups()))
    return _named(text, order)


def _known(text: str, order: Order) -> Order:
    """The order, if one is known, or none is needed. Raises Unreadable."""
    if order.text:
        return order
    readings = _readings(text, partial=order.partial)
    if len(set(readings.values())) == 1:
        return order._replace(text=next(iter(readings)))
    said = [_words(day) for day in readings.values()]
    if not said:
        raise Unreadable(f"{text!r} is not a date", "write it as 2025-04-03")
    raise Unreadable(f"{text} is {' or '.join(said)}", "choose: --dates dmy or --dates mdy")


def _named(text: str, order: Order) -> PartialDate | None:
    """A date with its month in words: `3 Apr 2025`, `April 3rd, 2025`, `1-Jan-14`."""
    if match := re.fullmatch(_DAY_FIRST, text):
        day, word, year = match.groups()
    elif match := re.fullmatch(_MONTH_FIRST, text):
        word, day, year = match.groups()
    elif match := re.fullmatch(_YEAR_AND_WORD, text):
        year, word, day = match.groups()
    else:
        return None
    month = month_of(word)
    if month is None or (year is None and not order.partial):
        return None
    if year is None:
        return _day(None, month, int(day))
    return _settled(_full(year, order), month, int(day), order, short=len(year) == 2)


def by_pattern(text: str, order: Order) -> tuple[PartialDate, str] | None:
    """The day and the time of day (empty: none) that a text says by the order's pattern."""
    pattern = "".join(
        _CODES[piece[1]] if piece[0] == "%" else r"\s*" if piece.isspace() else re.escape(piece)
        for piece in re.findall("%.|[^%]", order.text)
    )
    match = re.fullmatch(pattern, text)
    if match is None:
        return None
    said = match.groupdict()
    month = month_of(said["b"]) if said.get("b") else int(said["m"])
    if month is None:
        return None
    year = said.get("Y") or said.get("y")
    day = int(said["d"])
    if year is None:
        return (_day(None, month, day), "") if order.partial else None
    found = _settled(_full(year, order), month, day, order, short=len(year) == 2)
    clock = ""
    if said.get("H"):
        clock = f"{said['H']}:{said.get('M') or '00'}:{said.get('S') or '00'}"
        clock += f".{said['f']}" if said.get("f") else ""
        clock += f" {said['p']}" if said.get("p") else ""
        clock += said.get("z") or ""
    return found, clock


