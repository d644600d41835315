"""Agreements: terms of use, contracts and NDAs, with their term and the channels agreed in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from crm_cli.model.aspects import CardLine, Exchange, Happening, Reminder, Row, joined
from crm_cli.model.card import Fact
from crm_cli.model.dates import shifted
from crm_cli.model.duration import read_interval
from crm_cli.model.errors import Severity
from crm_cli.model.fieldtypes import Boolean, Choice, Date, Every, Text, Texts, Word
from crm_cli.model.kind import Derived, Field, Finding, Kind, State, Summary
from crm_cli.model.permission import CHANNELS

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

AGREEMENT_KINDS = ("terms_of_use", "contract", "nda")
"""What is agreed."""

AGREEMENT_STATUSES = ("unsigned", "active", "inactive", "cancelled")
"""How far it is: to be signed, in force, over, given notice of."""

_OPEN = date.max


def _derive(agreement: Item, business: Business) -> None:
    values, derived = agreement.values, agreement.derived
    status = values.get("status")
    end = values.get("end")
    noticed = status == "cancelled" and end is not None
    signed = status is None and "signed_on" in values
    derived["binding"] = status == "active" or noticed or signed
    if end is not None:
        notice = values.get("notice")
        derived["decide_by"] = read_interval(notice).before(end) if notice else end


def _derive_customer(customer: Item, business: Business) -> None:
    """Which agreements another one follows, and the channels that are agreed today."""
    agreements = customer.items("agreements")
    if not agreements:
        return
    for one in agreements:
        one.derived["followed"] = any(_follows(other, one) for other in agreements)
    running = [one for one in agreements if is_in_force(one, business)]
    running.sort(key=lambda one: one.values.get("start") or date.min, reverse=True)
    running.sort(key=lambda one: one.values.get("kind") != "contract")
    channels = (channel for one in running for channel in one.values.get("channels") or ())
    if found := list(dict.fromkeys(channels)):
        customer.derived["agreed_channels"] = found


def is_in_force(agreement: Item, business: Business) -> bool:
    """Whether an agreement binds today."""
    start, end, today = agreement.values.get("start"), agreement.values.get("end"), business.today
    if not agreement.derived["binding"] or today is None:
        return bool(agreement.derived["binding"])
    return (start or today) <= today <= (end or today)


def _follows(other: Item, one: Item) -> bool:
    """Whether an agreement of the same kind, which binds, goes on after another."""
    if other is one or other.values.get("kind") != one.values.get("kind"):
        return False
    end = one.values.get("end")
    return bool(
        other.derived["binding"] and end is not None and (other.values.get("end") or _OPEN) > end
    )


def _turns(agreement: Item) -> Iterator[date]:
    """The days on which it begins and is over."""
    if "start" in agreement.values:
        yield agreement.values["start"]
    if "end" in agreement.values:
        yield shifted(agreement.values["end"], 1)


def _check(agreement: Item, business: Business) -> Iterator[Finding]:
    values = agreement.values
    start, end = values.get("start"), values.get("end")
    if start is not None and end is not None and end < start:
        yield Finding("end", "ends-before-start", f"it ends on {end}, before it starts on {start}",
                      "correct one of them", Severity.WARNING)  # fmt: skip
    unknown = [one for one in values.get("channels") or () if one not in CHANNELS]
    if unknown:
        yield Finding("channels", "unknown-channel", f"'{unknown[0]}' is no channel",
                      f"known: {', '.join(CHANNELS)}", Severity.WARNING)  # fmt: skip


def name_of(row: Row) -> str:
    """What names an agreement: `contract 2026`."""
    return joined(" ", (row["kind"] or "agreement", row["version"]))


def _to_decide(row: Row) -> str:
    """What is due: to renew it, or to give notice in time."""
    ends = f"ends {row['end']}"
    if row["notice"]:
        ends += f", notice {row['notice']}"
    return f"renew or end {name_of(row)}, {ends}"


def _fact(agreement: Item) -> Fact:
    values = {key: agreement.values.get(key) for key in ("kind", "version")}
    start, end = agreement.values.get("start"), agreement.values.get("end")
    term = joined(" ", (start and f"from {start}", end and f"to {end}"))
    channels = ", ".join(agreement.values.get("channels") or ())
    notice = agreement.values.get("notice")
    note = (agreement.values.get("status"), term, notice and f"notice {notice}",
            channels and f"by {channels}")  # fmt: skip
    return Fact("agreement", name_of(values), joined(", ", note))


AGREEMENT = Kind(
    name="agreement",
    key="agreements",
    doc="an agreement with a customer",
    fields=(
        Field("kind", Choice(AGREEMENT_KINDS), "what is agreed", headings="type"),
        Field("status", Choice(AGREEMENT_STATUSES), "how far it is; signed_on alone means active"),
        Field("version", Word(), "which version of it"),
        Field("start", Date(), "the first day of its term", to_come=True),
        Field("end", Date(), "the last day of its term", to_come=True),
        Field("notice", Every(), "how long before the end notice has to be given"),
        Field("signed_on", Date(), "when it was signed"),
        Field("channels", Texts(), "how they agreed to be contacted, the first one preferred"),
        Field("file", Text(), "where it is kept"),
    ),
    title="kind",
    when="start",
    turns=_turns,
    sort="end",
    exchange=Exchange(needed=("kind",), apart=True),
    columns=("customer", "kind", "version", "status", "start", "end", "notice", "channels"),
    card=CardLine(heading="Consents and agreements", fact=_fact),
    timeline=(
        Happening(
            when="signed_on",
            terms=("has:signed_on", "not:signed_on.after:today"),
            columns=("kind", "version"),
            text=lambda row: f"signed: {name_of(row)}",
        ),
    ),
    derive=_derive,
    derived=(
        Derived("binding", Boolean(), "it is active, or given notice of"),
        Derived("decide_by", Date(), "the last day to give notice, or to renew it", to_come=True),
        Derived("followed", Boolean(), "another one of its kind goes on after its end"),
    ),
    states=(
        State("in_force", "binding:yes not:start.after:today not:end.before:today", "binds today"),
        State("over", "binding:yes end.before:today", "its term is over"),
        State(
            "running_out",
            "binding:yes has:end not:followed:yes not:status.is:cancelled",
            "has an end, and nothing follows it",
        ),
    ),
    due=Reminder(
        when="decide_by",
        state="running_out",
        columns=("kind", "version", "end", "notice"),
        text=_to_decide,
    ),
    check=_check,
    summary=Summary(
        derive=_derive_customer,
        derived=(
            Derived("agreed_channels", Texts(), "how they agreed to be contacted, by contract"),
        ),
    ),
)
