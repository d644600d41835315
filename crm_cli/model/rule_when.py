"""When a rule acts: how often it does the same, and on what event."""

from __future__ import annotations

import re
from datetime import date, timedelta

from crm_cli.model.duration import Interval, read_interval
from crm_cli.model.errors import Unreadable
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.text import did_you_mean

ONCE = ("ever", "item", "change", "year", "month", "week", "day")
"""Once for a customer, for an item, for a change; or in each calendar year, month, week, day."""
EVENTS = ("added", "changed", "stage", "paid", "lost")
"""What rules act on."""
# Compiled where a rule is read, as below: every command loads this, and few have one.
_CHANGED = r"(?s)([\w.-]+)(?:\s+from\s+(.+?))?(?:\s+(?:to|→|->)\s+(.+))?"
_FROM_TO = r"(?s)([\w.-]+)\s+(\S.*?)\s*(?:→|->)\s*(\S.*)"


class Once(NamedTuple):
    """How often the same is done: a word of ONCE, or an interval in which it is not done again."""

    word: str
    interval: Interval | None = None

    def period(self, day: date) -> str:
        """The calendar period that a day is in; empty of words that mean none."""
        if self.word == "year":
            return f"{day.year:04}"
        if self.word == "month":
            return f"{day.year:04}-{day.month:02}"
        if self.word == "week":
            year, week, _ = day.isocalendar()
            return f"{year:04}-W{week:02}"
        return day.isoformat() if self.word == "day" else ""

    def next(self, day: date) -> date | None:
        """The first day after one of its periods, or its interval, that began on `day`; None where
        it never does the same again."""
        if self.interval is not None:
            return self.interval.after(day)
        if self.word == "year":
            return date(day.year + 1, 1, 1)
        if self.word == "month":
            return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        if self.word == "week":
            return day + timedelta(days=7 - day.weekday())
        return day + timedelta(days=1) if self.word == "day" else None


def read_once(text: str) -> Once:
    """How often, in a word of ONCE or as `30 days`, `every 2 weeks`. Raises Unreadable."""
    word = text.strip().lower().removeprefix("every ").removeprefix("per ").strip()
    if word in ONCE:
        return Once(word)
    try:
        return Once("", read_interval(word))
    except Unreadable:
        near = did_you_mean(word, ONCE)
        raise Unreadable(
            f"'{text}' does not say how often", near or f"write {', '.join(ONCE)}, or 30 days"
        ) from None


class Event(NamedTuple):
    """What has to happen: a word of EVENTS; the field that is changed, from and to what, where
    that is said; `to` is the stage that is reached, too."""

    word: str
    field: str = ""
    before: str = ""
    to: str = ""


def read_event(text: str) -> Event:
    """An event: `added`, `changed owner from petra to marko`, `changed owner petra → marko`,
    `stage proposal`, `paid`, `lost`. Raises Unreadable."""
    word, _, rest = text.strip().partition(" ")
    word, rest = word.lower().rstrip(":"), rest.strip()
    if word not in EVENTS:
        near = did_you_mean(word, EVENTS)
        raise Unreadable(f"'{text}' is no event", near or f"write {', '.join(EVENTS)}")
    if word == "changed":
        match = re.fullmatch(_FROM_TO, rest)
        if match is None:
            match = re.fullmatch(_CHANGED, rest)
        if match is None:
            raise Unreadable(f"'{text}' does not say what is changed", "write changed owner")
        field, before, to = (part or "" for part in match.groups())
        return Event(word, field, before.strip(), to.strip())
    if word == "stage":
        if not rest:
            raise Unreadable(f"'{text}' does not say which stage", "write stage proposal")
        return Event(word, "", "", rest)
    if rest:
        raise Unreadable(f"'{text}' says more than {word}", f"write {word}")
    return Event(word)


class Until(NamedTuple):
    """A condition that ends a sequence: that the customer has `replied`, or query terms."""

    terms: tuple[str, ...] = ()

    @property
    def replied(self) -> bool:
        """Whether it is that they wrote to us since the first step."""
        return not self.terms


def read_until(text: str) -> tuple[Until, ...]:
    """Conditions with `or` between them; any of them will do. Raises Unreadable."""
    import shlex

    try:
        words = shlex.split(text)
    except ValueError:
        raise Unreadable(f"a quote in '{text}' is not closed", "close it") from None
    parts: list[list[str]] = [[]]
    for word in words:
        if word == "or":
            parts.append([])
        else:
            parts[-1].append(word)
    if not all(parts):
        raise Unreadable(f"'{text}' lacks a condition", "write replied or stage:customer")
    return tuple(Until() if part == ["replied"] else Until(tuple(part)) for part in parts)
