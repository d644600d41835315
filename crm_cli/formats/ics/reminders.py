"""Reminders: our `remind_before` in whole days, and the VALARMs of calendars."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from typing import TYPE_CHECKING

from crm_cli.formats.ics.moments import CENTURY, Moment, Trigger, days_ahead, days_before
from crm_cli.formats.ics.texts import text_value
from crm_cli.model.dates import local_date
from crm_cli.model.duration import read_interval
from crm_cli.model.errors import Unreadable

if TYPE_CHECKING:
    from icalendar import Alarm


def alarm(text: str, about: Moment, said: str, zone: tzinfo, *, of_end: bool) -> Alarm | None:
    """The alarm that `remind_before` means; None where it cannot be read.

    It only shows a text: alarms that send mail or run programs are never written.
    """
    try:
        day = local_date(about, zone)
        days = (day - read_interval(text).before(day)).days
    except (Unreadable, ValueError, OverflowError):
        return None
    from icalendar import Alarm, vDuration

    made = Alarm()
    made.add("ACTION", "DISPLAY")
    made.add("DESCRIPTION", text_value(said))
    parameters = {"RELATED": "END"} if of_end else {}
    made.add("TRIGGER", vDuration(days_ahead(days, about)), parameters=parameters)
    return made


def remind_before(
    triggers: Iterable[Trigger], begin: Moment | None, end: Moment | None, zone: tzinfo
) -> str | None:
    """How long before the first alarm that rings a day or more ahead; None where none does."""
    for trigger in triggers:
        days = days_before(trigger, begin, end, zone)
        if 0 < days <= CENTURY:
            return "1 day" if days == 1 else f"{days} days"
    return None
