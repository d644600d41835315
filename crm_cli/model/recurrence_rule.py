"""The grammar of a recurrence rule (RFC 5545, section 3.3.10): its parts, and what is none."""

from __future__ import annotations

import re
from datetime import datetime

from crm_cli.model.errors import Unreadable
from crm_cli.model.named_tuple import NamedTuple

_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
_OFTEN = _FREQUENCIES[4:]
_DAYS = "MO|TU|WE|TH|FR|SA|SU"
_UNTIL = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z?)?", re.ASCII)


class _List(NamedTuple):
    """A part that lists numbers: from where to where, also from the end on, and with what."""

    first: int
    last: int
    negative: bool = False
    not_with: tuple[str, ...] = ()


_LISTS = {
    "BYSECOND": _List(0, 60),
    "BYMINUTE": _List(0, 59),
    "BYHOUR": _List(0, 23),
    "BYMONTHDAY": _List(1, 31, True, ("WEEKLY",)),
    "BYYEARDAY": _List(1, 366, True, ("DAILY", "WEEKLY", "MONTHLY")),
    "BYWEEKNO": _List(1, 53, True, tuple(_FREQUENCIES[1:])),
    "BYMONTH": _List(1, 12),
    "BYSETPOS": _List(1, 366, True),
}


def rule_parts(rule: str) -> dict[str, str]:
    """The parts of a rule by their names, in capitals; raises Unreadable for what is no rule."""
    parts: dict[str, str] = {}
    text = rule.strip().upper().removeprefix("RRULE:")
    for part in text.removesuffix(";").split(";"):
        name, _, value = part.strip().partition("=")
        if name in parts:
            raise _no_rule(rule, f"{name} is there twice")
        parts[name] = value
    if parts.get("FREQ") not in _FREQUENCIES:
        raise _no_rule(rule)
    for name, value in parts.items():
        fault = _fault(name, value, parts)
        if fault is not None:
            raise _no_rule(rule, fault)
    if "COUNT" in parts and "UNTIL" in parts:
        raise _no_rule(rule, "COUNT and UNTIL exclude each other")
    return parts


def check_rule(rule: str) -> None:
    """Raises Unreadable for what is no rule, and for what comes more than once a day."""
    parts = rule_parts(rule)
    if parts["FREQ"] in _OFTEN:
        raise Unreadable(
            f"'{rule}' comes {parts['FREQ'].lower()}, which is too often",
            "the shortest is every day",
            code="bad-recurrence",
        )
    if any("," in parts.get(name, "") for name in ("BYHOUR", "BYMINUTE", "BYSECOND")):
        raise _no_rule(rule, "it comes more than once a day")


def _fault(name: str, value: str, parts: dict[str, str]) -> str | None:
    """What is wrong with one part, None where nothing is."""
    freq = parts["FREQ"]
    if name == "FREQ":
        return None
    if name in ("INTERVAL", "COUNT"):
        good = re.fullmatch(r"\d{1,9}", value, re.ASCII) and int(value) > 0
        return None if good else f"{name} is a number from 1 on"
    if name == "UNTIL":
        return None if _is_until(value) else "UNTIL is a day, as 20261231, or 20261231T120000Z"
    if name == "WKST":
        return None if re.fullmatch(_DAYS, value) else "WKST is MO, TU, WE, TH, FR, SA or SU"
    if name == "BYDAY":
        return _fault_of_days(value, parts)
    if name not in _LISTS:
        return f"there is no {name}" if name else "a part is empty"
    wanted = _LISTS[name]
    if freq in wanted.not_with:
        return f"{name} does not go with FREQ={freq}"
    if name == "BYSETPOS" and not any(one[:2] == "BY" and one != name for one in parts):
        return "BYSETPOS chooses among the days of another part, such as BYDAY"
    for text in value.split(","):
        match = re.fullmatch(r"([+-]?)(\d{1,3})", text, re.ASCII)
        inside = match is not None and wanted.first <= int(match[2]) <= wanted.last
        if match is None or not inside or (match[1] == "-" and not wanted.negative):
            return f"{name} is from {wanted.first} to {wanted.last}, not '{text}'"
    return None


def _fault_of_days(value: str, parts: dict[str, str]) -> str | None:
    freq = parts["FREQ"]
    for text in value.split(","):
        match = re.fullmatch(rf"(?:[+-]?(\d{{1,2}}))?({_DAYS})", text, re.ASCII)
        if match is None:
            return f"BYDAY is MO, TU, WE, TH, FR, SA or SU, not '{text}'"
        if match[1] is None:
            continue
        if freq not in ("MONTHLY", "YEARLY") or (freq == "YEARLY" and "BYWEEKNO" in parts):
            return f"'{text}' counts the days of a month or year, and goes with no other FREQ"
        if not 1 <= int(match[1]) <= (5 if freq == "MONTHLY" else 53):
            return f"there is no day '{text}'"
    return None


def _is_until(text: str) -> bool:
    match = _UNTIL.fullmatch(text)
    if match is None:
        return False
    try:
        numbers = [int(part) for part in match.groups() if part is not None]
        # A leap second is a second of the minute before.
        datetime(*[*numbers[:5], *(min(one, 59) for one in numbers[5:])])  # type: ignore[arg-type]
    except ValueError:
        return False
    return True


def _no_rule(rule: str, why: str = "") -> Unreadable:
    return Unreadable(
        f"'{rule}' is no rule of recurrence" + (f": {why}" if why else ""),
        "write every 2 weeks, every 3rd monday, or FREQ=WEEKLY;INTERVAL=2",
        code="bad-recurrence",
    )
