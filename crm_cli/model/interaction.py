"""Interactions: every contact on every channel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from crm_cli.model.aspects import (
    CardColumn,
    CardTable,
    Exchange,
    Happening,
    Reminder,
    Row,
    joined,
    since,
)
from crm_cli.model.card import Fact
from crm_cli.model.channels import derive_attempts
from crm_cli.model.dates import local_date
from crm_cli.model.effect import is_ahead
from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Date,
    Duration,
    Moment,
    Reference,
    Text,
    Texts,
    User,
    Word,
)
from crm_cli.model.kind import Derived, Field, Kind, Move, State, Summary

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


INTERACTION_KINDS = (
    "call",
    "meeting",
    "email",
    "sms",
    "chat",
    "letter",
    "visit",
    "social",
    "web",
    "note",
)
"""The channel."""

DIRECTIONS = ("inbound", "outbound")
"""Who began it: the customer (inbound) or we."""

INTERACTION_STATUSES = ("planned", "held", "not_held")
"""Whether it took place."""

OUTCOMES = ("reached", "no_answer", "busy", "voicemail", "replied", "bounced")
"""What came of it."""

SENTIMENTS = ("positive", "neutral", "negative")
"""How the customer felt about it."""


NOT_REACHED = frozenset(("no_answer", "busy", "voicemail", "bounced"))
"""Outcomes after which nobody has been in contact."""

_DIRECTIONS = {
    "in": "inbound",
    "inbound": "inbound",
    "out": "outbound",
    "outbound": "outbound",
}
_DATE = (
    r"(?s)(?P<date>\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\s?\d{1,2}\.\s?\d{4}|\d{1,2}/\d{1,2}/\d{4})"
    r"(?:[T ]+(?P<time>\d{1,2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?))?(?P<rest>.*)"
)


def begins(key: str) -> bool:
    """Whether a key is the head of a one-line interaction: it begins with a date."""
    return re.match(_DATE, key) is not None


def read_line(text: str, business: Business) -> dict[str, Any]:
    """`2026-11-03 10:30 call in: Asked for beans`; all but date and text may be left out."""
    found = re.match(_DATE, text.strip())
    if found is None:
        raise Unreadable(
            f"'{text}' does not begin with a date",
            "write it as 2026-11-03 call in: what was said",
            code="interaction-line",
        )
    at = found["date"] + (f" {found['time']}" if found["time"] else "")
    values: dict[str, Any] = {"at": at}
    rest = found["rest"].strip()
    head, colon, tail = rest.partition(":")
    words = head.lower().split()
    kinds = {*INTERACTION_KINDS, *business.vocabulary.get("interaction_kind", ())}
    if colon and len(words) <= 2 and all(word in _DIRECTIONS or word in kinds for word in words):
        for word in words:
            if word in _DIRECTIONS:
                values["direction"] = _DIRECTIONS[word]
            else:
                values["kind"] = word
        rest = tail.strip()
    if rest:
        values["summary"] = rest.removeprefix(":").strip()
    return values


def _happened(row: Row) -> str:
    text = joined(": ", (row["subject"], row["summary"])) or row["outcome"]
    return joined(": ", ("not held" if row["status"] == "not_held" else "", text))


def _planned(row: Row) -> str:
    return joined(": ", (str(row["kind"]).replace("_", " "), row["subject"] or row["summary"]))


def _day(row: Row) -> date | None:
    at: date | None = row["at"]
    return at.date() if isinstance(at, datetime) else at


def _way(row: Row) -> str:
    way = {"inbound": "in", "outbound": "out"}.get(row["direction"] or "")
    return joined(" ", (row["kind"], way, row["status"] if row["status"] != "held" else ""))


def _text(row: Row) -> str:
    return str(row["summary"] or row["subject"] or row["outcome"] or "")


def _glance(values: Row, day: date) -> Iterator[Fact]:
    yield Fact("last contact", since(values.get("last_contact"), day) or "never")


def _derive(interaction: Item, business: Business) -> None:
    id = interaction.values.get("message_id")
    if id:
        from crm_cli.model.mail import link_to

        interaction.derived["link"] = link_to(id)


def _derive_customer(customer: Item, business: Business) -> None:
    latest: date | None = None
    for item in customer.items("interactions"):
        if (
            "at" not in item.values
            or item.get("status") != "held"
            or item.get("kind") == "note"
            or item.values.get("outcome") in NOT_REACHED
            or is_ahead(item, business)
        ):
            continue
        day = local_date(item.values["at"], business.time_zone)
        if latest is None or day > latest:
            latest = day
    customer.derived["last_contact"] = latest
    derive_attempts(customer, business)


INTERACTION = Kind(
    name="interaction",
    key="interactions",
    doc="a contact with a customer, on any channel",
    fields=(
        Field(
            "at",
            Moment(),
            "when",
            aliases=("date", "when"),
            headings="date time datetime datum cas when",
        ),
        Field(
            "kind",
            Choice(INTERACTION_KINDS, vocabulary="interaction_kind"),
            "the channel",
            aliases=("channel",),
            default="note",
            headings="type channel vrsta",
        ),
        Field("direction", Choice(DIRECTIONS), "who contacted whom"),
        Field("status", Choice(INTERACTION_STATUSES), "planned, held or not held", default="held"),
        Field("outcome", Choice(OUTCOMES, vocabulary="outcome"), "the outcome"),
        Field("duration", Duration(), "duration; in minutes in output"),
        Field(
            "subject",
            Text(),
            "subject line",
            private=False,
            headings="title zadeva betreff",
        ),
        Field(
            "summary",
            Text(),
            "what was said",
            headings="text note notes body description opis vsebina",
        ),
        Field(
            "owner",
            User(),
            "user who made the contact",
            inherits="owner",
            headings="employee sales_rep seller prodajalec",
        ),
        Field("touchpoint", Text(), "where it took place: shop, fair, web form"),
        Field(
            "participants",
            Texts("customer", required=False),
            "others who took part: customers' ids, or names",
        ),
        Field("sentiment", Choice(SENTIMENTS), "how the customer felt"),
        Field("campaign", Reference("campaign"), "the campaign it belongs to"),
        Field("deal", Reference("deal"), "the deal it is about"),
        Field("case", Reference("case"), "the case it is about"),
        Field("message_id", Word(), "the e-mail's Message-ID, without angle brackets"),
        Field("thread", Word(), "Message-ID of the e-mail that began the conversation"),
        Field("attachments", Texts(), "the names of the files that came with it"),
        Field("uid", Word(), "UID in the calendar it was imported from"),
        Field("by", Word(), "the rule that made it: rule/welcome", searched=False),
    ),
    letter="i",
    exchange=Exchange(needed=("at",), keys=(("message_id",),)),
    calendar="is:planned",
    shorthand=read_line,
    begins=begins,
    title="summary",
    when="at",
    effective="at",
    counted="not:is:ahead",
    sort="at-",
    sought=("status",),
    live=lambda interaction: interaction.get("status") == "planned",
    moves=(
        Move(
            "held",
            "Note that planned meetings, calls … took place.",
            done="held",
            sets={"status": "held"},
            of=("planned",),
            past="at",
            takes=("at", "outcome", "duration", "summary"),
        ),
        Move(
            "not_held",
            "Note that planned meetings, calls … did not take place.",
            done="not held",
            sets={"status": "not_held"},
            of=("planned",),
            takes=("summary",),
        ),
    ),
    card=CardTable(
        heading="Latest contacts",
        terms=("has:at",),
        columns=(
            CardColumn("at", ("at",), _day, type="date"),
            CardColumn("kind", ("kind", "direction", "status"), _way),
            CardColumn("summary", ("summary", "subject", "outcome"), _text),
            "id",
        ),
    ),
    timeline=(
        Happening(
            terms=("not:is:planned",),
            others="participants",
            word_from="kind",
            columns=("subject", "summary", "outcome", "status"),
            text=_happened,
        ),
    ),
    # Until it is recorded as held, or not held, it is due, also after its time.
    due=Reminder(
        when="at",
        state="planned",
        word="planned",
        columns=("kind", "subject", "summary"),
        text=_planned,
        minutes={"planned": 60},
        duration="duration",
    ),
    derived=(
        Derived("link", Word(), "the link that opens the e-mail in a mail program"),
        Derived("via", Word(), "the channel: a call is phone, a meeting visit"),
        Derived("attempt", Boolean(), "we tried to reach them: outbound, held or tried"),
        Derived(
            "answered",
            Boolean(),
            "of an attempt: reached, replied, or they spoke within 7 days, before the next one",
        ),
    ),
    columns=("at", "customer", "kind", "status", "direction", "outcome", "summary", "owner", "id"),
    ranked=("at", "customer", "kind", "summary", "direction", "outcome", "id", "owner"),
    derive=_derive,
    summary=Summary(
        derive=_derive_customer,
        glance=_glance,
        derived=(
            Derived("last_contact", Date(), "date of the latest contact that reached somebody"),
        ),
    ),
    states=(
        State("planned", "status.is:planned", "still to come"),
        State("held", "status.is:held", "took place"),
        State("ahead", "not:is:planned at.after:today", "dated after today, though not as planned"),
    ),
)
