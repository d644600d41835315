"""Consents: what customers agreed to and refused, purpose by purpose and channel by channel.

Entries are only ever added: a correction, a confirmation, a withdrawal is an entry of its own.
What they come to is one rule, `model/permission.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from crm_cli.model.aspects import CardLine, Exchange, Happening, Row, joined
from crm_cli.model.bounces import derive_bounces
from crm_cli.model.card import Fact
from crm_cli.model.errors import Severity
from crm_cli.model.fieldtypes import Choice, Date, Moment, Text, User, Word
from crm_cli.model.kind import Derived, Field, Finding, Kind, State, Summary
from crm_cli.model.permission import ACTIONS, BASES, CHANNELS, PURPOSES, Uses, is_opt_in, verdicts

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

_DID = {
    "opt_in": "agreed to",
    "confirmed_opt_in": "confirmed",
    "opt_out": "refused",
    "withdrawn": "withdrew",
}


def _derive_customer(customer: Item, business: Business) -> None:
    derive_bounces(customer, business)
    customer.derived["verdicts"] = verdicts(customer, business)


def _turns(entry: Item) -> Iterator[date]:
    """The day on which it is no longer in force."""
    until = entry.values.get("expires")
    if until is not None and until < date.max:
        yield until + timedelta(days=1)


def _check(entry: Item, business: Business) -> Iterator[Finding]:
    """What an entry lacks, so that it permits nothing or forbids more than was meant."""
    values = entry.values
    for key, meaning in (
        ("action", "it counts as a refusal"),
        ("purpose", "it permits nothing; a refusal holds for all purposes"),
        ("at", "a refusal without a date holds for good"),
    ):
        if key not in values:
            yield Finding(
                "purpose", "consent-incomplete", f"this consent has no {key}: {meaning}",
                f"add {key}", Severity.WARNING, key,
            )  # fmt: skip
    basis = values.get("lawful_basis")
    if values.get("purpose") == "marketing" and basis in BASES[1:5]:
        yield Finding(
            "lawful_basis", "consent-basis", f"marketing cannot rest on {basis}",
            "consent, legitimate_interest or existing_customer", Severity.WARNING,
        )  # fmt: skip


def said(row: Row) -> str:
    """What an entry says, in a line: `agreed to marketing by email`."""
    did = _DID.get(str(row["action"]), "said nothing of")
    by = f"by {row['channel']}" if row["channel"] else ""
    what = str(row["purpose"] or "all purposes").replace("_", " ")
    return joined(" ", (did, what, by))


def is_refusal(values: Mapping[str, object]) -> bool:
    """Whether an entry that is to be written says no."""
    action = values.get("action")
    return action is not None and not is_opt_in(str(action))


def _fact(entry: Item) -> Fact:
    values = {key: entry.values.get(key) for key in ("action", "purpose", "channel")}
    basis = str(entry.values.get("lawful_basis") or "").replace("_", " ")
    until = entry.values.get("expires")
    at = entry.values.get("at")
    note = joined(", ", (at and at.isoformat()[:10], basis, until and f"until {until}"))
    return Fact("consent", said(values), note)


CONSENT = Kind(
    name="consent",
    key="consents",
    doc="what a customer agreed to, or refused",
    fields=(
        Field("at", Moment(), "when", aliases=("date",), headings="date timestamp datum"),
        Field("purpose", Choice(PURPOSES), "what for"),
        Field("channel", Choice(CHANNELS), "how they may be reached; without one, in all ways"),
        Field("action", Choice(ACTIONS), "what they did", headings="status"),
        Field("lawful_basis", Choice(BASES), "what the use rests on", aliases=("basis",)),
        Field("source", Text(), "where they said it: shop, web form", headings="origin"),
        Field("text_version", Word(), "the file in consents/ that they read, and its digest"),
        Field("evidence", Text(), "what proves it: a form, a recording, an address"),
        Field("by", User(), "who recorded it"),
        Field("expires", Date(), "the last day on which it holds"),
    ),
    title="purpose",
    append_only=True,
    when="at",
    effective="at",
    turns=_turns,
    sort="at-",
    exchange=Exchange(needed=("at", "purpose", "action"), apart=True),
    columns=("at", "customer", "purpose", "channel", "action", "lawful_basis", "source", "expires"),
    card=CardLine(heading="Consents and agreements", fact=_fact),
    timeline=(
        Happening(
            terms=("not:at.after:today",),
            columns=("action", "purpose", "channel"),
            text=said,
        ),
    ),
    states=(
        State(
            "in_force",
            "not:at.after:today not:expires.before:today",
            "has begun and has not expired",
        ),
    ),
    check=_check,
    summary=Summary(
        derive=_derive_customer,
        derived=(
            Derived("verdicts", Word(), "what each use comes to, a letter each", inner=True),
            Derived(
                "may",
                Uses(),
                "what they may be contacted for: marketing/email; may.marketing.email says why not",
                overall="permitted",
            ),
        ),
    ),
)

