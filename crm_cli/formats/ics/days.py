"""Birthdays and anniversaries as yearly events, and back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from crm_cli.formats.content_lines import clean, parted
from crm_cli.formats.ics.entries import Reader, is_day
from crm_cli.formats.ics.moments import LAST_YEAR
from crm_cli.formats.ics.reminders import alarm, remind_before
from crm_cli.formats.ics.texts import text_value, texts_value
from crm_cli.formats.ics.words import (
    ANNIVERSARIES,
    Around,
    day_title,
    name_of,
    with_foot,
    without_foot,
)
from crm_cli.model.anniversaries import rounds
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import FIRST_YEAR, PartialDate
from crm_cli.model.people import ANNIVERSARY

if TYPE_CHECKING:
    from icalendar import Event

    from crm_cli.model.item import Item

_NO_YEAR = 1604
"""Stands for a year that is not known, as in Apple's address books; it has a 29 February."""
_OMIT = "X-APPLE-OMIT-YEAR"
_AHEAD = 20
"""So many years of the Persian calendar are told day by day: no program has rules for it."""


def origin_of(item: Item) -> PartialDate | None:
    """The day of an anniversary, or the birth date of a customer."""
    found: PartialDate | None = item.values.get(
        "birth_date" if item.kind.name == "customer" else "date"
    )
    return found


def has_a_day(item: Item) -> bool:
    """Whether it can stand in a calendar: its month and day are known, and it may come round."""
    origin = origin_of(item)
    if origin is None or origin.month is None or origin.day is None:
        return False
    return origin.year is None or origin.year < LAST_YEAR


def fill(event: Event, item: Item, around: Around) -> None:
    """What iCalendar has words for; the year that is not known is 1604.

    29 February comes round on the last day of February, as it is told here too.
    """
    from icalendar import vDDDLists, vRecur

    record, origin = item.owner, origin_of(item)
    assert origin is not None
    assert origin.month is not None
    assert origin.day is not None
    kind = "birth" if item is record else str(item.values.get("kind") or "")
    label = None if item is record else item.values.get("label")
    title = day_title(kind, label, name_of(record))
    event.add("SUMMARY", text_value(title))
    if item is not record and item.get("calendar") == "persian":
        days = list(_persian(origin, around.now.date()))
        event.add("DTSTART", days[0])
        if days[1:]:
            event.add("RDATE", vDDDLists(days[1:]), parameters={"VALUE": "DATE"})
        first = days[0]
    else:
        # What no calendar goes back to has its year in a line of ours beside it.
        year = origin.year if origin.year and origin.year >= FIRST_YEAR else None
        first = date(year or _NO_YEAR, origin.month, origin.day)
        event.add("DTSTART", first, parameters={} if year else {_OMIT: str(_NO_YEAR)})
        leap = (origin.month, origin.day) == (2, 29)
        rule = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1" if leap else "FREQ=YEARLY"
        event.add("RRULE", vRecur.from_ical(rule))
    event.add("TRANSP", "TRANSPARENT")
    if kind in ANNIVERSARIES:
        event.add("CATEGORIES", texts_value([ANNIVERSARIES[kind]]))
    notes = None if item is record else item.values.get("notes")
    event.add("DESCRIPTION", text_value(with_foot(notes, record)))
    if item is not record and item.values.get("remind_before"):
        zone = around.business.time_zone
        made = alarm(item.values["remind_before"], first, title, zone, of_end=False)
        if made is not None:
            event.add_component(made)


def read(reader: Reader, *, birthday: bool) -> str:
    """The values of an event that comes round; answers the customer its foot names."""
    values = reader.values
    at = reader.moment("DTSTART")
    zone = reader.around.business.time_zone
    reader.used |= {"RRULE", "RDATE", "STATUS", "DTEND", "DURATION"}
    notes, customer, name = without_foot(reader.text("DESCRIPTION") or "")
    if at is not None and is_day(at) and reader.block.first("RRULE") is not None:
        line = reader.line("DTSTART")
        assert line is not None
        unknown = at.year == _NO_YEAR or _OMIT in line.params
        values["date"] = PartialDate(None if unknown else at.year, at.month, at.day)
    if birthday:
        if "date" in values:
            values["birth_date"] = values.pop("date")
        reader.used |= {"SUMMARY", "CATEGORIES"}
        reader.own(CUSTOMER, only=("birth_date",))
        return customer
    texts = [text for one in reader.block.all("CATEGORIES") for text in parted(one.raw)]
    for kind, word in ANNIVERSARIES.items():
        if word.casefold() in (text.strip().casefold() for text in texts):
            values["kind"] = kind
    if len(texts) == ("kind" in values):
        reader.used.add("CATEGORIES")
    title = reader.text("SUMMARY") or ""
    plain = day_title(values.get("kind", ""), None, name)
    if name and title != plain and title.endswith(f": {name}"):
        values["label"] = title.removesuffix(f": {name}")
    elif not name and title:
        values["label"] = title
    if notes.strip():
        values["notes"] = notes
    remind = remind_before(reader.triggers(), at, None, zone)
    if remind is not None:
        values["remind_before"] = remind
    reader.own(ANNIVERSARY)
    return customer


def comes_round(reader: Reader) -> bool:
    """Whether an event of another calendar is a day that comes round every year, and no more."""
    line = reader.line("RRULE")
    if line is None or not is_day(reader.moment("DTSTART")):
        return False
    parts = dict(part.partition("=")[::2] for part in line.raw.upper().strip().split(";"))
    plain = {"FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "WKST"}
    return (
        parts.get("FREQ") == "YEARLY"
        and parts.get("INTERVAL", "1") == "1"
        and not (parts.keys() - plain)
    )


def written(item: Item) -> dict[str, Any]:
    """The values of an anniversary as a calendar can say them at all."""
    if item.kind.name == "customer":
        return {"birth_date": item.values["birth_date"]}
    said = {key: value for key, value in item.values.items() if value not in (None, "", [])}
    for key in ("label", "notes"):
        if key in said:
            said[key] = clean(said[key])
            if not said[key].strip():
                del said[key]
    return said


def _persian(origin: PartialDate, today: date) -> list[date]:
    """The day it happened, where the year is known, and those on which it comes round."""
    start = date(today.year - 1, 1, 1)
    end = date(min(today.year + _AHEAD, 9998), 12, 31)
    found = [one.day for one in rounds(origin, start, end, persian=True)]
    if origin.year is not None:
        first = date(min(max(origin.year + 621, 1), 9997), 1, 1)
        whole = rounds(origin, first, date(first.year + 2, 12, 31), persian=True)
        found = [*[one.day for one in whole if one.times == 0], *found]
    return sorted(set(found))
