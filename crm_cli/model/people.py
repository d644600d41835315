"""Who belongs to whom, and what is known of a person."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from crm_cli.model.contacts import EMAIL, PHONE, alone
from crm_cli.model.fieldtypes import Choice, Every, ListOf, Moment, Partial, Reference, Text, Word
from crm_cli.model.kind import Field, Finding, Kind

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


class Role(StrEnum):
    """What a person decides at an organization."""

    DECISION_MAKER = "decision_maker"
    EVALUATOR = "evaluator"
    INFLUENCER = "influencer"
    EXECUTIVE_SPONSOR = "executive_sponsor"
    TECHNICAL = "technical"
    BILLING = "billing"
    PRIMARY = "primary"


class RelationKind(StrEnum):
    """How two people are related."""

    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    SIBLING = "sibling"
    COLLEAGUE = "colleague"
    FRIEND = "friend"
    AGENT = "agent"
    CONTACT = "contact"


class AnniversaryKind(StrEnum):
    """What is remembered (vCard 4 BDAY, ANNIVERSARY, DEATHDATE)."""

    BIRTH = "birth"
    WEDDING = "wedding"
    DEATH = "death"
    CUSTOM = "custom"


class Calendar(StrEnum):
    """The calendar a date is written in."""

    GREGORIAN = "gregorian"
    PERSIAN = "persian"


class InterestKind(StrEnum):
    """RFC 6715: hobby, interest, expertise."""

    HOBBY = "hobby"
    INTEREST = "interest"
    EXPERTISE = "expertise"


class _AnyCalendar(Partial):
    """A partial date of the calendar that stands beside it."""

    def read(self, text: str, business: Business) -> Any:
        from crm_cli.model.coming_round import read_any_calendar

        return read_any_calendar(text)


def _check_anniversary(item: Item, business: Business) -> Iterator[Finding]:
    """A day that its own calendar does not have."""
    day = item.values.get("date")
    if day is None:
        return
    from crm_cli.model.coming_round import is_gregorian, is_persian

    if item.get("calendar") == Calendar.PERSIAN:
        if not is_persian(day):
            yield Finding("date", "bad-date", f"the Persian calendar has no day {day}")
    elif not is_gregorian(day):
        hint = "add calendar: persian, if that is meant"
        yield Finding("date", "bad-date", f"there is no day {day}", hint)


CONTACT = Kind(
    "contact",
    "contacts",
    "a person at an organization",
    (
        Field("id", Reference("customer"), "the id of the person's own record"),
        Field("name", Text(), "the name, where there is no record"),
        Field("role", Choice(Role), "what they decide"),
        Field("title", Text(), "their position"),
        Field("emails", ListOf(EMAIL), "their addresses there"),
        Field("phones", ListOf(PHONE), "their numbers there"),
    ),
    shorthand=alone("name"),
    title="name",
)

ORGANIZATION = Kind(
    "organization",
    "organizations",
    "an organization that a person belongs to",
    (
        Field("id", Reference("customer", required=False), "the organization's id"),
        Field("role", Text(), "what the person does there"),
        Field("title", Text(), "their position"),
    ),
    shorthand=alone("id"),
    title="id",
)

RELATION = Kind(
    "relation",
    "relations",
    "a tie to another customer",
    (
        Field("to", Reference("customer"), "the other's id"),
        Field("kind", Choice(RelationKind), "what the other is to this one"),
    ),
    shorthand=alone("to"),
    title="to",
)

ANNIVERSARY = Kind(
    "anniversary",
    "anniversaries",
    "a day to remember",
    (
        Field("kind", Choice(AnniversaryKind), "what it is"),
        Field("label", Text(), "in your words"),
        Field("date", _AnyCalendar(), "2026-11-22, --11-22, 1984-11 or 1984"),
        Field("calendar", Choice(Calendar), "the calendar it is written in", default="gregorian"),
        Field("remind_before", Every(), "how long before to remind"),
    ),
    title="label",
    check=_check_anniversary,
)

INTEREST = Kind(
    "interest",
    "interests",
    "what somebody likes or knows",
    (
        Field("kind", Choice(InterestKind), "hobby, interest or expertise"),
        Field("value", Text(), "what"),
    ),
    shorthand=alone("value"),
    title="value",
)

MEMBERSHIP = Kind(
    "membership",
    "memberships",
    "a club or association",
    (
        Field("organization", Text(), "which"),
        Field("role", Text(), "as what"),
        Field("start", Moment(), "since"),
        Field("end", Moment(), "until"),
    ),
    shorthand=alone("organization"),
    title="organization",
)

PREFERENCE = Kind(
    "preference",
    "preferences",
    "how somebody likes things done",
    (Field("value", Text(), "what"), Field("label", Word(), "about what")),
    shorthand=alone("value"),
    title="value",
)
