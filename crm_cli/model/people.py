"""People: relations between customers, and personal profiles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from crm_cli.model.aspects import CardLine, Exchange, Mirrored, joined
from crm_cli.model.card import Fact
from crm_cli.model.contacts import EMAIL, PHONE, alone
from crm_cli.model.fieldtypes import Choice, Every, Free, Moment, Partial, Reference, Text, Word
from crm_cli.model.kind import Field, Finding, Kind, ListOf, State

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.dates import PartialDate
    from crm_cli.model.item import Item


ROLES = (
    "decision_maker",
    "evaluator",
    "influencer",
    "executive_sponsor",
    "technical",
    "billing",
    "primary",
)
"""What a person decides at an organization."""

RELATION_KINDS = ("spouse", "child", "parent", "sibling", "colleague", "friend", "agent", "contact")
"""How two people are related."""

OTHER_WAY = {"child": "parent", "parent": "child", "agent": "agent of"}
"""What the one who states a relation is to the other, where it is another word."""

ANNIVERSARY_KINDS = ("birth", "wedding", "death", "custom")
"""What is remembered (vCard 4 BDAY, ANNIVERSARY, DEATHDATE)."""

CALENDARS = ("gregorian", "persian")
"""The calendar a date is written in."""

INTEREST_KINDS = ("hobby", "interest", "expertise")
"""RFC 6715: hobby, interest, expertise."""


class _AnyCalendar(Partial):
    """A partial date of the calendar that stands beside it."""

    def read(self, text: str, business: Business) -> Any:
        from crm_cli.model.anniversaries import read_any_calendar

        return read_any_calendar(text)


def _check_anniversary(item: Item, business: Business) -> Iterator[Finding]:
    """A day that its own calendar does not have."""
    day = item.values.get("date")
    if day is None:
        return
    from crm_cli.model.anniversaries import is_persian, maybe_persian, not_gregorian

    if item.get("calendar") == "persian":
        if not is_persian(day):
            yield Finding("date", "bad-date", f"the Persian calendar has no day {day}")
    elif fault := not_gregorian(day):
        persian = "add calendar: persian, if it is a Persian date"
        hint = persian if maybe_persian(day) else fault.hint
        yield Finding("date", "bad-date", fault.message, hint)


def death_of(customer: Item) -> Item | None:
    """The entry of a customer that says that they died."""
    for one in customer.items(ANNIVERSARY.key):
        if one.values.get("kind") == "death":
            return one
    return None


def has_died(customer: Item, by: date) -> bool:
    """Whether a customer had died before a day; so it is where the day of death is not known."""
    death = death_of(customer)
    return death is not None and is_after(by, died_on(death))


def died_on(death: Item) -> date | None:
    """The day of a death, None where it is not known as a whole."""
    day: PartialDate | None = death.values.get("date")
    if day is None or None in day or death.get("calendar") == "persian":
        return None
    return day.in_year(day.year or 1)


def is_after(day: date, died: date | None) -> bool:
    """Whether a day is after that of a death, or that one is not known."""
    return died is None or day > died


def _as(item: Item, otherwise: str) -> str:
    """What somebody is, as a label."""
    return str(item.get("role") or item.get("kind") or otherwise).replace("_", " ")


def _contact(item: Item) -> Fact:
    reach = (*item.texts("emails"), *item.texts("phones"))
    name = item.get("name") or item.get("id")
    told = (item.get("title"), *reach, *time_there(item.get("start"), item.get("end")))
    return Fact(_as(item, "contact"), name, joined(", ", told))


def _organization(item: Item) -> Fact:
    told = (item.get("title"), item.get("role"), *time_there(item.get("start"), item.get("end")))
    return Fact("organization", item.get("id"), joined(", ", told))


def time_there(start: date | None, end: date | None) -> Iterator[str]:
    """`since 2024-03-01`, `until 2026-11-20`: as far as it is known."""
    for word, when in (("since", start), ("until", end)):
        if when is not None:
            yield f"{word} {str(when)[:10]}"


def _relation(item: Item) -> Fact:
    return Fact(_as(item, "relation"), item.get("to"))


def _anniversary(item: Item) -> Fact:
    day = item.get("date")
    return Fact(item.get("label") or _as(item, "day"), None if day is None else str(day))


def _membership(item: Item) -> Fact:
    return Fact("member of", item.get("organization"), item.get("role") or "")


_STATES = (
    State("current", "not:start.after:today not:end:..today", "still there, and there already"),
    State("past", "end:..today", "there no longer"),
)

CONTACT = Kind(
    name="contact",
    key="contacts",
    doc="a person at an organization",
    fields=(
        Field("id", Reference("customer"), "the id of the person's own record"),
        Field("name", Text(), "the name, if there is no record"),
        Field("role", Choice(ROLES, vocabulary="role"), "role in decisions"),
        Field("title", Text(), "job title", headings="contact_title"),
        Field("start", Moment(), "since", aliases=("since",)),
        Field("end", Moment(), "until", to_come=True, aliases=("until",)),
        Field("emails", ListOf(EMAIL), "e-mail addresses there"),
        Field("phones", ListOf(PHONE), "phone numbers there"),
        Field("custom", Free(), "your own fields"),
    ),
    shorthand=alone("name"),
    linked="id",
    title="name",
    states=_STATES,
    mirrored=Mirrored("organization", wins=True, named="name"),
    card=CardLine(heading="People", tree=True, fact=_contact),
)

ORGANIZATION = Kind(
    name="organization",
    key="organizations",
    doc="an organization that a person belongs to",
    fields=(
        Field("id", Reference("customer"), "the organization's id"),
        Field("role", Choice(ROLES, vocabulary="role"), "role in decisions there"),
        Field("unit", Text(), "department; several are parted by semicolons"),
        Field(
            "title",
            Text(),
            "job title",
            headings="job_title position organization_title delovno_mesto",
        ),
        Field("start", Moment(), "since", aliases=("since",)),
        Field("end", Moment(), "until", to_come=True, aliases=("until",)),
    ),
    shorthand=alone("id"),
    title="id",
    states=_STATES,
    mirrored=Mirrored("contact"),
    card=CardLine(heading="People", tree=True, fact=_organization),
    exchange=Exchange(
        also=(Field("external", Text(), "the organization's id in the file's system"),)
    ),
)

RELATION = Kind(
    name="relation",
    key="relations",
    doc="a relation to another customer",
    fields=(
        Field("to", Reference("customer"), "the other's id", aliases=("id",)),
        Field("kind", Choice(RELATION_KINDS), "what the other customer is to this one"),
    ),
    shorthand=alone("to"),
    title="to",
    card=CardLine(heading="People", tree=True, fact=_relation),
)

ANNIVERSARY = Kind(
    name="anniversary",
    key="anniversaries",
    doc="an anniversary or other date to remember",
    fields=(
        Field("kind", Choice(ANNIVERSARY_KINDS), "what it is"),
        Field("label", Text(), "a label of your own"),
        Field(
            "date",
            _AnyCalendar(),
            "2026-11-22, --11-22, 1984-11 or 1984",
            headings="anniversary wedding_anniversary wedding_day",
            calendar="calendar",
            private=True,
        ),
        Field("calendar", Choice(CALENDARS), "the calendar it is written in", default="gregorian"),
        Field("remind_before", Every(), "how long before to remind"),
    ),
    title="label",
    card=CardLine(heading="Personal", fact=_anniversary),
    calendar="",
    check=_check_anniversary,
)

INTEREST = Kind(
    name="interest",
    key="interests",
    doc="a hobby, an interest or an expertise",
    card=CardLine(heading="Personal", joined=True),
    fields=(
        Field("kind", Choice(INTEREST_KINDS), "hobby, interest or expertise"),
        Field("value", Text(), "what", commas=False),
    ),
    shorthand=alone("value"),
    title="value",
)

MEMBERSHIP = Kind(
    name="membership",
    key="memberships",
    doc="a club or association",
    fields=(
        Field("organization", Text(), "which", private=True),
        Field("role", Text(), "role in the organization"),
        Field("start", Moment(), "since"),
        Field("end", Moment(), "until", to_come=True),
    ),
    shorthand=alone("organization"),
    title="organization",
    card=CardLine(heading="Personal", fact=_membership),
)

PREFERENCE = Kind(
    name="preference",
    key="preferences",
    doc="a preference",
    card=CardLine(heading="Personal", joined=True),
    fields=(Field("value", Text(), "what"), Field("label", Word(), "subject")),
    shorthand=alone("value"),
    title="value",
)
