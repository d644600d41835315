"""What a case holds: the products it is about, the statuses it entered, how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crm_cli.model.aspects import Happening, joined
from crm_cli.model.case_kinds import CASE_STATUSES
from crm_cli.model.errors import Severity, Unreadable
from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Currency,
    Date,
    Moment,
    Money,
    Number,
    Reference,
    Text,
    User,
)
from crm_cli.model.kind import Derived, Field, Finding, Kind

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

RESOLUTIONS = ("refund", "exchange", "repair", "store_credit", "explanation", "none")
"""What the customer had in the end."""


def read_line(text: str, business: Business) -> dict[str, Any]:
    """`PRODUCT[:QUANTITY[:REASON]]`."""
    parts = [part.strip() for part in text.split(":", 2)]
    if not parts[0]:
        raise Unreadable(
            f"'{text}' is not a line of a case",
            "write PRODUCT:QUANTITY:REASON, as beans-1kg:2:stale",
        )
    pairs = zip(("product", "quantity", "reason"), parts, strict=False)
    return {key: part for key, part in pairs if part}


def _check_line(line: Item, business: Business) -> Iterator[Finding]:
    quantity = line.values.get("quantity")
    if quantity is not None and quantity <= 0:
        yield Finding(
            "quantity",
            "line-of-nothing",
            f"this line is of nothing: its quantity is {quantity}",
            "write how many there are, or remove the line",
            Severity.WARNING,
        )


CASE_LINE = Kind(
    name="case_line",
    key="case_lines",
    doc="a product that a case is about",
    fields=(
        Field("product", Reference("product"), "the product's SKU", aliases=("sku",)),
        Field("quantity", Number(), "how many of them", default=Decimal(1)),
        Field("reason", Text(), "what is wrong with it"),
        Field("received", Date(), "the day on which it came back to us"),
    ),
    shorthand=read_line,
    check=_check_line,
    title="product",
    exchange=None,
    derived=(
        Derived(
            "returned",
            Number(),
            "how many came back that no credit note of the case takes off what was sold",
        ),
    ),
)

CASE_MOVE = Kind(
    name="case_move",
    key="case_moves",
    doc="a status that a case has entered",
    fields=(
        Field("status", Choice(CASE_STATUSES), "the status"),
        Field("at", Moment(), "when"),
        Field("by", User(), "who changed it"),
    ),
    title="status",
    when="at",
    notes=False,
    timeline=(
        Happening(
            terms=("not:at.after:today", "not:status.is:new", "not:reopens:yes"),
            word="case",
            columns=("subject", "status"),
            text=lambda row: joined(": ", (row["status"], row["subject"])),
        ),
        Happening(
            terms=("not:at.after:today", "reopens:yes"),
            word="case",
            columns=("subject",),
            text=lambda row: joined(": ", ("opened again", row["subject"])),
        ),
    ),
    derived=(Derived("reopens", Boolean(), "opens the case again"),),
)

RESOLUTION = Kind(
    name="resolution",
    key="resolution",
    doc="what the customer had in the end",
    fields=(
        Field("kind", Choice(RESOLUTIONS), "what it was", option="resolution"),
        Field("amount", Money(), "how much, where it is money"),
        Field("currency", Currency(), "its currency, if not the business's"),
    ),
    title="kind",
    notes=False,
)
