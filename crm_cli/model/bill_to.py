"""Whom an invoice is billed to, as it was when it got its number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from crm_cli.model.address import addresses_on
from crm_cli.model.fieldtypes import Code, Country, Text
from crm_cli.model.kind import Field, Kind
from crm_cli.model.line import CREDIT_NOTE

if TYPE_CHECKING:
    from crm_cli.model.item import Item

BILLED = ("invoice", CREDIT_NOTE)
"""The kinds of purchases that are documents of their own, and may not change with the customer."""

_ADDRESS = ("street", "city", "postcode", "country")

BILL_TO = Kind(
    name="bill_to",
    key="bill_to",
    doc="whom an invoice is billed to (EN 16931 BG-7), as it was when it got its number",
    fields=(
        Field("name", Text(), "the name on it"),
        Field("street", Text(), "street and number"),
        Field("city", Text(), "city"),
        Field("postcode", Code(), "postcode"),
        Field("country", Country(), "country (ISO 3166-1)"),
        Field("tax_id", Code(), "their tax id"),
    ),
    title="name",
    notes=False,
)


def bill_to(record: Item, purchase: Mapping[str, Any]) -> dict[str, Any]:
    """What is written down of the customer when a purchase gets its number: of a credit note
    what its invoice says, else the legal name, the billing address of its date and the tax id.
    Nothing
    for a kind that is no such document, has no number, or says it already."""
    number = purchase.get("number")
    if purchase.get("kind") not in BILLED or not number or purchase.get("status") == "draft":
        return {}
    if "bill_to" in purchase:
        return {}
    corrected = _corrected(record, purchase)
    if corrected is not None:
        return dict(corrected.values)
    address = address_of(record, purchase.get("date"))
    found = {
        "name": record.values.get("legal_name") or record.values.get("name"),
        **({key: address.values.get(key) for key in _ADDRESS} if address is not None else {}),
        "tax_id": record.values.get("tax_id"),
    }
    return {key: value for key, value in found.items() if value}


def bill_to_anew(record: Item, purchase: Mapping[str, Any]) -> dict[str, Any]:
    """What is written down of a customer to whom a purchase goes over that was billed to another;
    nothing where it says nobody."""
    if "bill_to" not in purchase:
        return {}
    return bill_to(record, {key: value for key, value in purchase.items() if key != "bill_to"})


def billed_text(billed: Mapping[str, Any]) -> str:
    """Whom a purchase is billed to, in one line."""
    city = " ".join(str(billed[key]) for key in ("postcode", "city") if billed.get(key))
    parts = (billed.get("name"), billed.get("street"), city, billed.get("tax_id"))
    return ", ".join(str(part) for part in parts if part)


def _corrected(record: Item, purchase: Mapping[str, Any]) -> Item | None:
    """Whom the invoice is billed to that a credit note corrects."""
    named = purchase.get("corrects") if purchase["kind"] == CREDIT_NOTE else None
    for one in record.items("purchases") if named else ():
        if named in (one.id, one.values.get("number")):
            found: Item | None = one.values.get("bill_to")
            return found
    return None


def address_of(record: Item, day: date | None) -> Item | None:
    """The address for bills on a day, else the first one then; where none is known, today's."""
    addresses = addresses_on(record, day) if day is not None else []
    addresses = addresses or record.answering("addresses")
    billing = (one for one in addresses if str(one.values.get("label")).lower() == "billing")
    return next(billing, addresses[0] if addresses else None)
