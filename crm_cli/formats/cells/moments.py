"""Days and times of day in cells of other programs.

A time without an offset is by the clock of the column's time zone: UTC where its heading
says so, else the business's. In a column that tells midnight in every row the times say
nothing, and the days count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from crm_cli.formats.cells.days import Order, by_pattern, is_pattern, read_day
from crm_cli.model.dates import PartialDate, read_date, read_moment, read_partial_date
from crm_cli.model.errors import Unreadable

_ZONE = r"(?:Z|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|UTC|GMT)"
_TIME = rf"\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?\s*{_ZONE}?"
_TIMED = rf"(.*?\w\.?)(?:T|,?[ \u00a0\u202f]+(?:at )?)({_TIME})"
_BASIC = r"(\d{8})T(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{2}:?\d{2})?"
_MIDNIGHT = (
    r".*[^\d:]0?0:00(?::00(?:[.,]0+)?)?\s*(?:Z|UTC|GMT|[+-]00:?00)?"
    r"|.*\D12:00(?::00)? ?[Aa]\.?[Mm]\.?"
)


class Clock(NamedTuple):
    """The time zone of a column's times; `idle` where they all are midnight."""

    zone: tzinfo
    idle: bool = False


def is_utc(heading: str) -> bool:
    """Whether a heading says that the times below it are UTC."""
    return re.search(r"\b(UTC|GMT)\b", heading.replace("_", " "), re.IGNORECASE) is not None


def are_idle(texts: Iterable[str]) -> bool:
    """Whether the cells of a column have times of day, all of them midnight."""
    found = False
    for text in texts:
        if text := text.strip():
            if not re.fullmatch(_MIDNIGHT, text, re.ASCII):
                return False
            found = True
    return found


def read_when(text: str, order: Order, clock: Clock) -> date | datetime:
    """A day, or an instant. Raises Unreadable."""
    day, time = _split(text, order)
    if day is None or day.year is None:
        return _unread(text)
    assert day.month is not None and day.day is not None
    whole = date(day.year, day.month, day.day)
    if not time or clock.idle:
        return whole
    return read_moment(f"{whole.isoformat()} {_in_24_hours(time)}", clock.zone)


def read_partial(text: str, order: Order, clock: Clock) -> PartialDate:
    """A day of which the year, or month and day, may be unknown. Raises Unreadable."""
    day, time = _split(text, order)
    if day is None:
        return read_partial_date(text)
    if day.year is None or not time or clock.idle:
        return day
    found = read_when(text, order, clock)
    return PartialDate(found.year, found.month, found.day)


def _split(text: str, order: Order) -> tuple[PartialDate | None, str]:
    """The day of a text, None where it says none, and its time of day, empty without one."""
    if is_pattern(order.text) and (found := by_pattern(text, order)):
        return found
    if match := re.fullmatch(_BASIC, text, re.ASCII):
        zone = match[5] or ""
        return read_day(match[1], order), f"{match[2]}:{match[3]}:{match[4] or '00'}{zone}"
    match = re.fullmatch(_TIMED, text)
    if match is None:
        return read_day(text, order), ""
    return read_day(match[1], order), match[2]


def _unread(text: str) -> date:
    """What other forms there are of a date; raises Unreadable."""
    if re.fullmatch(r"[2-5]\d{4}(?:\.\d+)?", text, re.ASCII):
        raise Unreadable(
            f"{text} is a spreadsheet's number of a day",
            "format the column as dates there, or write it as 2025-04-03",
        )
    return read_date(text)


def _in_24_hours(text: str) -> str:
    """A time of day in 24 hours, its zone as an offset: `2:30 PM UTC` is `14:30Z`."""
    text = re.sub(r"(?<!\s)\s*(?:UTC|GMT)([+-])", r"\1", text)
    text = re.sub(r"(?<!\s)\s*(?:UTC|GMT)$", "Z", text)
    text = re.sub(r"(?<!\s)\s*([+-])(\d)(?!\d)", r"\g<1>0\2", text)
    half = re.search(r" ?([AaPp])\.?[Mm]\.?", text)
    if half is None:
        return text
    hour, rest = text[: half.start()].split(":", 1)
    if not 0 <= int(hour) <= 12:
        raise Unreadable(f"there is no time {text}", "hours run from 1 to 12 with am and pm")
    hours = int(hour) % 12 + (12 if half[1] in "Pp" else 0)
    return f"{hours:02}:{rest}{text[half.end() :]}"

