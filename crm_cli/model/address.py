"""Postal addresses: where customers are, were, and will be after a move."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from crm_cli.model.aspects import CardLine, joined
from crm_cli.model.card import Fact
from crm_cli.model.errors import Severity
from crm_cli.model.fieldtypes import Boolean, Code, Country, Date, Text, Word
from crm_cli.model.kind import Derived, Field, Finding, Kind, State

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


def holds(address: Item, day: date | None) -> bool:
    """Whether an address is in use on a day; without one, whether it has no end."""
    start, end = address.values.get("start"), address.values.get("end")
    if day is None:
        return end is None
    return (start is None or start <= day) and (end is None or day <= end)


def addresses_on(customer: Item, day: date | None) -> list[Item]:
    """The addresses that a customer has on a day, in the order of the file."""
    return [one for one in customer.items(ADDRESS.key) if holds(one, day)]


def _derive(address: Item, business: Business) -> None:
    address.derived["current"] = holds(address, business.today)


def _turns(address: Item) -> Iterator[date]:
    """The day after the last one."""
    end = address.values.get("end")
    if end is not None and end < date.max:
        yield end + timedelta(days=1)


def _check(address: Item, business: Business) -> Iterator[Finding]:
    start, end = address.values.get("start"), address.values.get("end")
    if start is not None and end is not None and end < start:
        yield Finding(
            "end",
            "ends-before-start",
            f"this address ends on {end}, before its start on {start}",
            "mend one of the two",
            Severity.WARNING,
        )


def said(address: Item) -> str:
    """An address in one line: `Trubarjeva 5, 1000 Ljubljana, SI`."""
    town = joined(" ", (address.get("postcode"), address.get("city")))
    return joined(", ", (address.get("street"), town, address.get("region"),
                         address.get("country")))  # fmt: skip


def _fact(address: Item) -> Fact:
    start, end = address.values.get("start"), address.values.get("end")
    span = joined(" ", (start and f"from {start}", end and f"until {end}"))
    muted = "" if address.derived.get("current", True) else "muted"
    return Fact("address", said(address), joined(", ", (address.get("label"), span)), tone=muted)


ADDRESS = Kind(
    name="address",
    key="addresses",
    doc="a postal address",
    fields=(
        Field("label", Word(), "office, home, billing, delivery or your own word"),
        Field(
            "street",
            Text(),
            "street and number",
            headings="address street_address address_line_1 address1 naslov ulica adresa strasse "
            "via indirizzo",
        ),
        Field(
            "city",
            Text(),
            "town",
            headings="town mesto kraj ort stadt citta grad ville posta_kraj",
        ),
        Field(
            "region",
            Text(),
            "state, province or region",
            headings="state province county regija",
        ),
        Field(
            "postcode",
            Code(),
            "postal code, as text",
            aliases=("postal_code", "zip"),
            headings="zip zip_code zipcode postal_code plz postna_stevilka posta cap",
        ),
        Field(
            "country",
            Country(),
            "ISO 3166-1 alpha-2; names are understood",
            headings="drzava land nation pays paese",
        ),
        Field("start", Date(), "the first day there", to_come=True, aliases=("since",)),
        Field("end", Date(), "the last day there", to_come=True, aliases=("until",)),
    ),
    title="city",
    derived=(Derived("current", Boolean(), "in use today: it has begun, and is not over"),),
    states=(
        State("current", "current:yes", "in use today"),
        State("past", "end.before:today", "no longer in use"),
        State("coming", "start.after:today", "not in use yet"),
    ),
    columns=(
        "customer", "label", "street", "postcode", "city", "region", "country", "start", "end",
    ),
    ranked=(
        "customer", "street", "city", "postcode", "start", "end", "country", "label", "region",
    ),
    answering="current",
    effective="start",
    turns=_turns,
    derive=_derive,
    check=_check,
    card=CardLine(heading="", fact=_fact),
)
