"""Promises of service: to which cases they are made, and how long something may take."""

from __future__ import annotations

import re

from crm_cli.model.duration import read_duration
from crm_cli.model.errors import Unreadable
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.response_times import Target

Promised = tuple[str, str, str, str, str, str]
"""A promise as texts: segment, priority, hours, respond, next, resolve; empty where it does not
say."""

HOURS = ("working", "all")
"""The hours that a promise may count."""

_DAYS = r"(?a)(\d{1,4})\s*(?:d|days?)"


class Service(NamedTuple):
    """A promise: to whom and for which cases (all, where it does not say), and what."""

    segment: str
    priority: str
    hours: str
    """A word of HOURS; empty for working hours."""
    respond: Target | None
    next: Target | None
    resolve: Target | None

    @property
    def is_round_the_clock(self) -> bool:
        """Whether all hours of all days count, holidays too."""
        return self.hours == "all"

    def is_for(self, priority: str) -> bool:
        """Whether it is for cases of a priority."""
        return self.priority in ("", priority)


def read_target(text: str) -> Target:
    """The time that `4h`, `1h30min` or `2d` is; raises Unreadable."""
    wanted = text.strip().lower()
    if (match := re.fullmatch(_DAYS, wanted)) is not None:
        found = Target(days=int(match[1]))
    else:
        if wanted.isdigit():
            raise Unreadable(
                f"'{text}' has no unit", f"write {wanted}h, {wanted}min or {wanted}d",
                code="bad-duration",
            )  # fmt: skip
        try:
            found = Target(seconds=read_duration(wanted) * 60)
        except Unreadable:
            raise Unreadable(
                f"'{text}' is not a length of working time",
                "write it as 30min, 4h or 2d (working days)",
                code="bad-duration",
            ) from None
    if not any(found):
        raise Unreadable(f"'{text}' is no time at all", "write at least 1min", code="bad-duration")
    return found


def service_of(row: Promised) -> Service:
    """A promise from its texts."""
    segment, priority, hours, *times = row
    respond, following, resolve = (read_target(text) if text else None for text in times)
    return Service(segment, priority, hours, respond, following, resolve)
