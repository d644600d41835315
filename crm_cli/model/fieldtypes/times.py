"""Time types: dates, instants, durations."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from crm_cli.model.dates import (
    FIRST_DAY,
    read_date,
    read_moment,
    read_partial_date,
    write_moment,
    zone_named,
)
from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes.base import FieldType
from crm_cli.model.fieldtypes.storage import Storage
from crm_cli.model.fieldtypes.texts import Texts, Word
from crm_cli.model.node import Scalar

if TYPE_CHECKING:
    from crm_cli.model.business import Business


class Date(FieldType):
    """A calendar day."""

    name = "date"
    storage = Storage.DATE
    example = "2026-11-03"
    other = "2026-11-12"
    metavar = "DATE"

    def read(self, text: str, business: Business) -> date:
        if len(text) == 10 and text[4] == "-" and text.isascii():
            try:
                day = date.fromisoformat(text)
            except ValueError:
                pass
            else:
                if day.year >= 1000:
                    return day
        return read_date(text)

    def write(self, value: Any) -> Scalar:
        return Scalar(value.isoformat())

    def answer(self, value: Any) -> Any:
        return value.isoformat()


class Moment(FieldType):
    """A day, or an instant with its offset."""

    name = "date or time"
    storage = Storage.MOMENT
    example = "2026-11-03T10:30+01:00"
    other = "2026-11-12"
    metavar = "DATE"

    def read(self, text: str, business: Business) -> date | datetime:
        if len(text) in (10, 22, 25) and text[4] == "-" and text.isascii():
            try:
                if len(text) == 10:
                    day = date.fromisoformat(text)
                    if day.year >= 1000:
                        return day
                elif text[10] == "T":
                    instant = datetime.fromisoformat(text)
                    if instant.tzinfo is not None and 1000 < instant.year < 9999:
                        return instant
            except ValueError:
                pass
        return read_moment(text, business.time_zone)

    def write(self, value: Any) -> Scalar:
        return Scalar(write_moment(value))

    def answer(self, value: Any) -> Any:
        return write_moment(value)


class Partial(FieldType):
    """A day whose year, or month and day, may be unknown (vCard 4 / ISO 8601:2000)."""

    name = "partial date"
    storage = Storage.PARTIAL_DATE
    example = "--11-22"
    other = "1984-11-23"
    metavar = "DATE"

    def read(self, text: str, business: Business) -> Any:
        return read_partial_date(text)

    def write(self, value: Any) -> Scalar:
        return Scalar(str(value))

    def answer(self, value: Any) -> Any:
        return str(value)


class Duration(FieldType):
    """A length of time, in minutes (ISO 8601 or `1h30min`)."""

    name = "duration"
    storage = Storage.INTEGER
    adds = True
    example = "45min"
    other = "90min"
    metavar = "TIME"

    def read(self, text: str, business: Business) -> int:
        from crm_cli.model.duration import read_duration

        return read_duration(text)

    def write(self, value: Any) -> Scalar:
        from crm_cli.model.duration import write_duration

        return Scalar(write_duration(value))


class Every(FieldType):
    """An interval in words or ISO 8601: `30 days`, `P30D`."""

    name = "interval"
    example = "30 days"
    other = "2 weeks"
    metavar = "INTERVAL"

    def read(self, text: str, business: Business) -> str:
        from crm_cli.model.duration import read_interval

        read_interval(text)
        return text


class Rhythm(FieldType):
    """How often something comes again: an RRULE (RFC 5545), or words."""

    name = "recurrence"
    example = "FREQ=WEEKLY;INTERVAL=2"
    other = "FREQ=DAILY"
    metavar = "RHYTHM"

    def read(self, text: str, business: Business) -> str:
        """The rule; words as they are, since some count from the day on which it begins."""
        from crm_cli.model.rhythm import read_rhythm

        rule = read_rhythm(text, FIRST_DAY)
        return rule if "=" in text else " ".join(text.split())


class Deadline(Moment):
    """A moment by which something has to be done, of which a narrow screen keeps the hour."""

    name = "deadline"


class Moments(Texts):
    """Several days, or instants, as their texts."""

    name = "list of dates"
    example = "2026-11-30"
    other = "2026-12-07"

    def read(self, text: str, business: Business) -> list[str]:
        texts = super().read(text, business)
        return [write_moment(read_moment(one, business.time_zone)) for one in texts]


class Zone(Word):
    """An IANA time zone."""

    name = "time zone"
    example = "Europe/Ljubljana"
    other = "America/New_York"

    def read(self, text: str, business: Business) -> str:
        if zone_named(text.strip()) is None:
            raise Unreadable(f"'{text}' is not a time zone", "write it as Europe/Ljubljana or UTC")
        return text.strip()
