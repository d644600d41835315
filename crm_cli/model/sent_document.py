"""Documents that were sent: what a purchase said then, so that a later change is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crm_cli.model.bill_to import BILLED
from crm_cli.model.errors import Severity
from crm_cli.model.fieldtypes import Boolean, Code, Date, Text, Word
from crm_cli.model.kind import Derived, Field, Finding, Kind
from crm_cli.model.line import currency_of
from crm_cli.model.purchase_amounts import is_tax_included

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

_SAID = (
    "kind", "number", "date", "due_date", "valid_until", "payment_terms", "order", "deposit_of",
    "corrects", "amount", "text",
)  # fmt: skip
_OF_LINES = (
    "product", "description", "quantity", "unit", "unit_price", "discount", "tax_category",
    "tax_rate", "tax_reason",
)  # fmt: skip
_OF_INSTALMENTS = ("due_date", "amount", "percent", "text")
_DIGITS = 32


def digest_of(purchase: Item, business: Business) -> str:
    """A digest of what a purchase says as a document: the same for the same amounts, dates and
    texts, however they are written."""
    from hashlib import sha256

    values = purchase.values
    billed = values.get("bill_to")
    said = [
        [_plain(values.get(key, purchase.get(key) if key == "kind" else None)) for key in _SAID],
        [currency_of(purchase, business), is_tax_included(purchase, business)],
        sorted((key, _plain(value)) for key, value in billed.values.items()) if billed else [],
        [[_plain(one.values.get(key)) for key in _OF_LINES] for one in purchase.items("lines")],
        [[_plain(one.values.get(key)) for key in _OF_INSTALMENTS]
         for one in purchase.items("instalments")],
        *(_plain(values[key]) for key in ("buyer_reference", "rounding") if key in values),
    ]  # fmt: skip
    return sha256(repr(said).encode()).hexdigest()[:_DIGITS]


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def last_sent(purchase: Item) -> Item | None:
    """The last entry of what was sent of a purchase itself, not of a reminder of it."""
    kind = purchase.get("kind")
    own = [one for one in purchase.items("documents") if one.values.get("kind", kind) == kind]
    return own[-1] if own else None


def _derive(sent: Item, business: Business) -> None:
    purchase = sent.parent
    if purchase is None or "digest" not in sent.values or last_sent(purchase) is not sent:
        return
    sent.derived["changed"] = sent.values["digest"] != digest_of(purchase, business)


def _check(sent: Item, business: Business) -> Iterator[Finding]:
    purchase = sent.parent
    if purchase is None or not sent.derived.get("changed"):
        return
    kind = str(purchase.get("kind"))
    called = f"{kind.replace('_', ' ')} {purchase.values.get('number') or purchase.id}"
    cure = f"crm {kind} sent notes it when it was sent again"
    if kind in BILLED:
        cure = "take the change back, and credit it: crm invoice correct"
    yield Finding(
        "digest",
        "changed-since-sent",
        f"{called} was changed after it was sent on {sent.values.get('sent')}",
        cure,
        Severity.WARNING,
    )


SENT_DOCUMENT = Kind(
    name="sent_document",
    key="documents",
    doc="a document that was sent of a purchase",
    fields=(
        Field("kind", Word(), "what was sent: invoice, reminder"),
        Field("sent", Date(), "when it was sent"),
        Field("digest", Code(), "a digest of what it said"),
        Field("file", Text(), "the file in documents/ that was kept of it"),
    ),
    title="kind",
    notes=False,
    derived=(Derived("changed", Boolean(), "the purchase was changed after it was sent"),),
    derive=_derive,
    check=_check,
)
