"""Values of cells as texts: numbers as they are, days as ISO 8601, a share as percent.

A spreadsheet's day is a number: how a cell is formatted tells it from others (ECMA-376 part 1,
18.8.30 and 18.17.4.1).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

Render = Callable[[str], str]
"""The text of a cell's number."""

_DAY = 86_400
_LAST = 2_958_465
"""The number of 31 December 9999."""
_EPOCH_1900 = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
_NO_SUCH_DAY = 60
"""29 February 1900, which Lotus 1-2-3 had, and Excel since."""

_DATES = {*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)}
_ELAPSED, _PERCENTS = {46}, {9, 10}
"""The numbers of formats that every workbook has without saying so."""
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
"""What stands in a format for itself: texts, spaces, colours, conditions, currencies."""


def number(raw: str) -> str:
    """A number in as many digits as spreadsheets have, 15, without an exponent if it has few."""
    if raw.isdigit() and raw.isascii() and len(raw) <= 15:
        return raw
    try:
        value = float(raw)
    except ValueError:
        return raw
    if not math.isfinite(value):
        return raw
    text = f"{value:.15G}"
    if "E" in text and "E+" not in text:
        text = f"{Decimal(text):f}"
    return "0" if text == "-0" else text


def percent(raw: str) -> str:
    """A share that is shown as percent: 0.22 is `22%`."""
    try:
        share = Decimal(number(raw))
    except ArithmeticError:
        return raw
    text = f"{share * 100:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def padded(width: int) -> Render:
    """How numbers are shown with noughts in front, as postcodes are."""

    def render(raw: str) -> str:
        text = number(raw)
        return text.zfill(width) if text.isdigit() else text

    return render


def moment(raw: str, *, since_1904: bool = False) -> str:
    """The day of a number, with its time of day if it has one; below 1 the time alone."""
    try:
        value = float(raw)
    except ValueError:
        return raw
    if not 0 <= value < _LAST + 1:
        return number(raw)
    days, seconds = divmod(round(value * _DAY), _DAY)
    time = _clock(seconds) if seconds else ""
    if days == 0 and not since_1904:
        return time or "00:00"
    if since_1904:
        day = (_EPOCH_1904 + timedelta(days)).isoformat()
    elif days == _NO_SUCH_DAY:
        day = "1900-02-29"
    else:
        day = (_EPOCH_1900 + timedelta(days + (days < _NO_SUCH_DAY))).isoformat()
    return f"{day} {time}" if time else day


def moment_of_1904(raw: str) -> str:
    """As `moment`, in a workbook whose days count from 1904."""
    return moment(raw, since_1904=True)


def elapsed(raw: str) -> str:
    """Hours and minutes that are no time of day: `36:30`."""
    try:
        seconds = round(float(raw) * _DAY)
    except (ValueError, OverflowError):
        return raw
    return f"{'-' if seconds < 0 else ''}{_clock(abs(seconds))}"


def _clock(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}" + (f":{second:02}" if second else "")


def renderer(id: int, code: str, *, since_1904: bool) -> Render:
    """How the numbers of a format are to be read: by its code, else by its built-in number."""
    day = moment_of_1904 if since_1904 else moment
    if not code:
        if id in _ELAPSED:
            return elapsed
        return day if id in _DATES else percent if id in _PERCENTS else number
    bare = _LITERAL.sub("", code).split(";")[0]
    if re.search(r"\[(h+|m+|s+)\]", bare, re.IGNORECASE):
        return elapsed
    if re.search("[dhmsy]", bare, re.IGNORECASE) and "general" not in bare.lower():
        return day
    if "%" in bare:
        return percent
    if re.fullmatch("0{2,}", bare):
        return padded(len(bare))
    return number
