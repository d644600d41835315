"""Interactions as VEVENT (RFC 5545, section 3.6.1), and back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from crm_cli.formats.content_lines import clean, parted
from crm_cli.formats.ics.entries import Reader, Told, is_day
from crm_cli.formats.ics.moments import placed
from crm_cli.formats.ics.texts import text_value, texts_value
from crm_cli.formats.ics.words import (
    Around,
    event_title,
    is_in_foot,
    name_of,
    with_foot,
    without_foot,
    word_among,
)
from crm_cli.model.address import addresses_on
from crm_cli.model.address import said as address_line
from crm_cli.model.dates import local_date
from crm_cli.model.errors import Unreadable
from crm_cli.model.interaction import INTERACTION

if TYPE_CHECKING:
    from icalendar import Event

    from crm_cli.model.item import Item

_DAY = 24 * 60
_LONGEST = 366 * _DAY
"""Minutes; what is longer is no meeting."""


def fill(event: Event, interaction: Item, around: Around) -> None:
    """What iCalendar has words for: `at`, `duration`, subject, summary, place, notes; of a
    visit without a place the customer's address.

    Nobody is an ATTENDEE: calendar programs would send them invitations.
    """
    said = interaction.values
    record = interaction.owner
    at = said["at"]
    subject = clean(said["subject"]) if said.get("subject") else ""
    title = subject if subject.strip() else event_title(interaction.get("kind"), name_of(record))
    event.add("SUMMARY", text_value(title))
    event.add("DTSTART", placed(at, around.business.time_zone, recurring=False))
    minutes = said.get("duration")
    if minutes and (isinstance(at, datetime) or minutes % _DAY == 0):
        event.add("DURATION", timedelta(minutes=minutes))
    event.add("STATUS", "CANCELLED" if said.get("status") == "not_held" else "CONFIRMED")
    if said.get("kind"):
        event.add("CATEGORIES", texts_value([said["kind"]]))
    home = "" if said.get("touchpoint") else _home(interaction, around)
    if place := said.get("touchpoint") or home:
        event.add("LOCATION", text_value(place))
    event.add("DESCRIPTION", text_value(with_foot(said.get("summary"), record, home)))
    if said.get("notes"):
        event.add("COMMENT", text_value(said["notes"]))


def _home(interaction: Item, around: Around) -> str:
    """The customer's address of that day, for a visit."""
    if interaction.get("kind") != "visit":
        return ""
    day = local_date(interaction.values["at"], around.business.time_zone)
    held = addresses_on(interaction.owner, day)
    return address_line(held[0]) if held else ""


def read(reader: Reader) -> str:
    """The values of a VEVENT by iCalendar's own words; answers the customer its foot names."""
    values = reader.values
    at = reader.moment("DTSTART")
    if at is not None:
        values["at"] = at
        _duration(reader, at)
    line = reader.line("STATUS")
    word = line.raw.strip().upper() if line is not None else ""
    if word in ("CANCELLED", "TENTATIVE"):
        values["status"] = "not_held" if word == "CANCELLED" else "planned"
    texts = [text for one in reader.block.all("CATEGORIES") for text in parted(one.raw)]
    kind = word_among(texts, INTERACTION, reader.around.business)
    if kind is not None:
        values["kind"] = kind
    if len(texts) == (kind is not None):
        reader.used.add("CATEGORIES")
    description = reader.text("DESCRIPTION") or ""
    summary, customer, name = without_foot(description)
    if summary.strip():
        values["summary"] = summary
    subject = reader.text("SUMMARY")
    plain = INTERACTION.by_key["kind"].default
    if subject is not None and not (name and subject == event_title(kind or plain, name)):
        values["subject"] = subject
    for key, other in (("touchpoint", "LOCATION"), ("notes", "COMMENT")):
        text = reader.text(other)
        if text is not None and not (other == "LOCATION" and is_in_foot(text, description)):
            values[key] = text
    reader.own(INTERACTION)
    return customer


def written(interaction: Item) -> dict[str, Any]:
    """The values of an interaction as a calendar can say them at all."""
    said = {
        key: value for key, value in interaction.values.items() if value not in (None, "", [], 0)
    }
    for key in ("subject", "summary", "touchpoint", "notes"):
        if key in said:
            said[key] = clean(said[key])
            if not said[key].strip():
                del said[key]
    return said


def _duration(reader: Reader, at: Any) -> None:
    """Minutes; one whole day is what an event without a time takes anyway."""
    length, end = reader.length("DURATION"), reader.moment("DTEND")
    if length is None and end is not None and is_day(end) is is_day(at):
        length = end - at
    if length is None:
        return
    minutes = length // timedelta(minutes=1)
    if not 0 <= minutes <= _LONGEST:
        line = reader.line("DURATION") or reader.line("DTEND")
        assert line is not None
        with Told(line):
            raise Unreadable("the end is before the beginning, or years after it")
    if minutes and not (is_day(at) and minutes == _DAY):
        reader.values["duration"] = minutes
