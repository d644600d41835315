"""Recurrence in words: `every 2 weeks`, `every 3rd monday`."""

from __future__ import annotations

import re
from datetime import date

from crm_cli.model.dates import MONTHS, WEEKDAYS, read_partial_date
from crm_cli.model.errors import Unreadable
from crm_cli.model.recurrence_rule import check_rule

HINT = (
    "write every 2 weeks, every 3rd monday, monthly on 1, weekdays, yearly on 24.12., "
    "with until 2027-06-30 or 10 times after it, or an RRULE such as FREQ=WEEKLY;INTERVAL=2"
)
_CODES = {name[:3].lower(): name[:2].upper() for name in WEEKDAYS}
_DAY = "|".join(f"{name[:3].lower()}(?:{name[3:]})?s?" for name in WEEKDAYS) + "|tues|thurs?"
_DAYS = rf"(?:{_DAY})(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*/\s*|\s+)(?:{_DAY}))*"
_NTH = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1,
    "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "second to last": -2, "2nd last": -2,
}  # fmt: skip
_ORDINAL = "|".join(sorted(_NTH, key=len, reverse=True))
_SIMPLE = {
    "daily": ("DAILY", 1), "weekly": ("WEEKLY", 1), "biweekly": ("WEEKLY", 2),
    "fortnightly": ("WEEKLY", 2), "monthly": ("MONTHLY", 1), "bimonthly": ("MONTHLY", 2),
    "quarterly": ("MONTHLY", 3), "yearly": ("YEARLY", 1), "annually": ("YEARLY", 1),
}  # fmt: skip
_UNIT = {
    "d": ("DAILY", 1), "w": ("WEEKLY", 1), "m": ("MONTHLY", 1), "q": ("MONTHLY", 3),
    "y": ("YEARLY", 1),
}  # fmt: skip
_MONTH = {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)}
_WORKDAYS = "MO,TU,WE,TH,FR"


def read_rhythm(text: str, first: date, *, kept: bool = True) -> str:
    """The RRULE that words mean, or that a text is; `first` is the day it begins.

    Months that lack the day have their last one: `every month` from the 31st on is the
    last day of each, and 29 February is the 28th in common years. (A raw RRULE passes
    them over, as RFC 5545 has it.) Not so without `kept`: what counts from its completion
    has no day of the month to keep to. Raises Unreadable.
    """
    if "=" in text:
        rule = text.strip().upper().removeprefix("RRULE:")
        check_rule(rule)
        return rule
    words, end = _ended(" ".join(text.lower().replace("_", " ").split()), first)
    found = _rule(words.strip(), first if kept else None)
    if found is None:
        raise Unreadable(f"'{text}' is no rhythm", HINT, code="bad-recurrence")
    return found + end


def _rule(words: str, first: date | None) -> str | None:
    bare = re.sub(r"^(?:every|each)\s+", "", words)
    if bare in ("weekday", "weekdays", "workday", "workdays", "working day", "business day"):
        return f"FREQ=WEEKLY;BYDAY={_WORKDAYS}"
    if bare in ("weekend", "weekends"):
        return "FREQ=WEEKLY;BYDAY=SA,SU"
    if re.fullmatch(_DAYS, bare):
        return f"FREQ=WEEKLY;BYDAY={_codes(bare)}"
    if nth := _nth(bare):
        return f"FREQ=MONTHLY;{nth}"
    if yearly := _yearly(bare):
        return f"FREQ=YEARLY;{yearly}"
    return _spaced(bare, first)


def _spaced(words: str, first: date | None) -> str | None:
    """`every 2 weeks`, `monthly`, with `on …` after it."""
    head, _, on = words.partition(" on ")
    frequency = _frequency(head.strip())
    if frequency is None:
        return None
    freq, interval = frequency
    rule = f"FREQ={freq}" + (f";INTERVAL={interval}" if interval > 1 else "")
    on = on.strip().removeprefix("the ").strip()
    if not on:
        kept = _kept_at_month_end(freq, first) if first is not None else ""
        return f"{rule};{kept}" if kept else rule
    found: str | None
    if freq == "WEEKLY" and re.fullmatch(_DAYS, on):
        found = f"BYDAY={_codes(on)}"
    elif freq == "WEEKLY" and on in ("weekdays", "workdays"):
        found = f"BYDAY={_WORKDAYS}"
    elif freq == "MONTHLY":
        found = _nth(on) or _month_days(on)
    elif freq == "YEARLY":
        found = _yearly(on)
    else:
        found = None
    return f"{rule};{found}" if found else None


def _frequency(head: str) -> tuple[str, int] | None:
    if head in _SIMPLE:
        return _SIMPLE[head]
    unit = r"(d|w|m|q|y|days?|weeks?|months?|quarters?|years?)"
    match = re.fullmatch(rf"(?:(\d{{1,3}}) ?|(other|second|2nd|third|3rd) )?{unit}", head)
    if match is None:
        return None
    freq, times = _UNIT[match[3][0]]
    number = {"other": 2, "second": 2, "2nd": 2, "third": 3, "3rd": 3}.get(match[2] or "", 1)
    number = int(match[1]) if match[1] else number
    return (freq, number * times) if number else None


def _nth(text: str) -> str | None:
    """`3rd monday`, `last friday of the month`, `last day`, `last workday`."""
    text = re.sub(r"(?<!\s)\s+of (?:the|each|every) month$", "", text.removeprefix("the "))
    match = re.fullmatch(rf"({_ORDINAL}) (.+)", text)
    if match is None:
        return None
    place, what = _NTH[match[1]], match[2]
    if what in ("day", "day of month"):
        return f"BYMONTHDAY={place}"
    if what in ("weekday", "workday", "working day", "business day"):
        return f"BYDAY={_WORKDAYS};BYSETPOS={place}"
    return f"BYDAY={place}{_codes(what)}" if re.fullmatch(_DAY, what) else None


def _month_days(text: str) -> str | None:
    """`1`, `15th`, `1 and 15`; of a short month its last day stands for the 29th to 31st."""
    parts = re.split(r"(?<!\s)\s*,\s*|(?<!\s)\s+and\s+", text)
    days = []
    for part in parts:
        match = re.fullmatch(r"(\d{1,2})(?:\.|st|nd|rd|th)?", part)
        if match is None or not 1 <= int(match[1]) <= 31:
            return None
        days.append(int(match[1]))
    if len(days) == 1 and days[0] > 28:
        return _at_most(days[0])
    return f"BYMONTHDAY={','.join(map(str, sorted(set(days))))}"


def _yearly(text: str) -> str | None:
    """`24.12.`, `--12-24`, `24 december`, `december 24`."""
    match = re.fullmatch(r"(?:the )?(\d{1,2})(?:\.|st|nd|rd|th)? (?:of )?([a-z]{3,9})", text)
    day, month = (match[1], match[2]) if match else ("", "")
    if match is None and (match := re.fullmatch(r"([a-z]{3,9}) (\d{1,2})(?:st|nd|rd|th)?", text)):
        day, month = match[2], match[1]
    if match is not None:
        number = _MONTH.get(month[:3])
        if number is None or not MONTHS[number - 1].lower().startswith(month):
            return None
        text = f"--{number:02}-{int(day):02}"
    try:
        found = read_partial_date(text)
    except Unreadable:
        return None
    if found.month is None or found.day is None or found.year is not None:
        return None
    if (found.month, found.day) == (2, 29):
        return f"BYMONTH=2;{_at_most(29)}"
    return f"BYMONTH={found.month};BYMONTHDAY={found.day}"


def _kept_at_month_end(freq: str, first: date) -> str:
    if freq == "MONTHLY" and first.day > 28:
        return _at_most(first.day)
    if freq == "YEARLY" and (first.month, first.day) == (2, 29):
        return f"BYMONTH=2;{_at_most(29)}"
    return ""


def _at_most(day: int) -> str:
    """That day of a month, else its last."""
    if day == 31:
        return "BYMONTHDAY=-1"
    return f"BYMONTHDAY={','.join(map(str, range(28, day + 1)))};BYSETPOS=-1"


def _ended(words: str, first: date) -> tuple[str, str]:
    """The words without their end, and the end as a part of a rule."""
    if match := re.search(r"(?<![ ,])[ ,]+(?:for )?(\d{1,4}) times$", words):
        if not int(match[1]):
            raise Unreadable("0 times is never", HINT, code="bad-recurrence")
        return words[: match.start()], f";COUNT={int(match[1])}"
    if match := re.search(r"(?<![ ,])[ ,]+until (.+)$", words):
        from crm_cli.model.periods import Lean, read_days

        last = read_days(match[1], first, lean=Lean.FUTURE).end
        if last < first:
            raise Unreadable(f"it ends on {last}, before it begins", code="bad-recurrence")
        return words[: match.start()], f";UNTIL={last:%Y%m%d}"
    return words, ""


def _codes(text: str) -> str:
    found = {_CODES[name[:3]] for name in re.findall(_DAY, text)}
    return ",".join(code for code in _CODES.values() if code in found)
