"""Service promises: how soon customers have an answer and a solution, as `service` in crm.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm_cli.model.errors import Severity, Unreadable
from crm_cli.model.fieldtypes import Choice, Reference, Word
from crm_cli.model.kind import Field, Finding, Kind
from crm_cli.model.priorities import PRIORITIES
from crm_cli.model.promise import HOURS, Promised, read_target

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

_SOME_YEAR = 2026
"""Any year: whether a country is known does not depend on it."""


class Allowance(Word):
    """A length of working time: `4h`, `30min`, or working days, `2d`."""

    name = "working time"
    example = "4h"
    other = "2d"
    metavar = "TIME"

    def read(self, text: str, business: Business) -> str:
        """The text; raises Unreadable where it is no length of time."""
        read_target(text)
        return " ".join(text.split())


class SegmentName(Reference):
    """A saved segment by its name, with or without the @."""

    name = "segment"
    example = "wholesale"

    def __init__(self) -> None:
        super().__init__("segment")
        self.metavar = "SEGMENT"

    def read(self, text: str, business: Business) -> str:
        """The name."""
        return text.strip().removeprefix("@")


SERVICE = Kind(
    name="service_promise",
    table=False,
    key="service",
    doc="a promise of how soon customers are answered",
    fields=(
        Field("segment", SegmentName(), "the customers it is for; all, unless it says"),
        Field("priority", Choice(PRIORITIES), "the cases it is for; all, unless it says"),
        Field("hours", Choice(HOURS), "the hours that count: working hours, or all",
              default="working"),
        Field("respond", Allowance(), "time until the first response"),
        Field("next", Allowance(), "time until each later response, while the customer waits"),
        Field("resolve", Allowance(), "time until it is resolved"),
    ),
    notes=False,
)


def service_rows(settings: Item) -> tuple[Promised, ...]:
    """The promises that settings make, as texts, in their order."""
    keys = ("segment", "priority", "hours", "respond", "next", "resolve")
    rows = (
        tuple(str(item.values.get(key) or "") for key in keys)
        for item in settings.items("service")
    )
    return tuple(row for row in rows if any(row[3:]))  # type: ignore[misc]


def check_service(settings: Item) -> Iterator[Finding]:
    """Promises that promise nothing, or that never apply since one before them always does."""
    covered: set[str] = set()
    for item in settings.items("service"):
        values = item.values
        if not any(key in values for key in ("respond", "next", "resolve")):
            message = "this promises nothing"
            hint = "write respond, next or resolve: {respond: 4h}"
            yield Finding("segment", "service", message, hint, Severity.WARNING, item=item)
            continue
        priority = str(values.get("priority") or "")
        if covered & {"", priority}:
            message = "this is never used: a promise before it is for the same cases"
            hint = "put it before that one; the first that matches counts"
            yield Finding("segment", "service", message, hint, Severity.WARNING, item=item)
        elif "segment" not in values:
            covered.add(priority)


def holiday_names(texts: list[str] | None) -> tuple[str, ...]:
    """The days and countries that `holidays` names, those that can be read."""
    return tuple(name for text in texts or () if (name := _holiday(text)))


def _holiday(text: str) -> str:
    """The ISO date, or the code of the country; empty where it is neither."""
    from crm_cli.model.dates import read_date

    bare = text.strip()
    if re.fullmatch(r"(?a)[A-Za-z]{2}(-[A-Za-z0-9]{1,3})?", bare):
        return bare.upper()
    try:
        return read_date(bare).isoformat()
    except Unreadable:
        return ""


def check_holidays(settings: Item) -> Iterator[Finding]:
    """What is neither a day nor a country whose holidays are known."""
    from crm_cli.model.working_time import holidays_of

    for text in settings.values.get("holidays") or ():
        name = _holiday(text)
        if not name:
            yield Finding(
                "holidays",
                "bad-holiday",
                f"'{text}' is neither a day nor a country",
                "write 2026-12-25, SI, or DE-BY for a part of a country",
            )
        elif not name[0].isdigit() and holidays_of(name, _SOME_YEAR) is None:
            yield Finding(
                "holidays",
                "unknown-country",
                f"the holidays of {name} are not known",
                "list the days: [2026-12-25, 2027-01-01]",
            )
