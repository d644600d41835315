"""The business terms of an EN 16931 invoice: what every syntax of one says.

The numbers in brackets are those of the standard: BT a business term, BG a group of them.
Amounts are in the invoice's currency and have at most two decimals (BR-DEC).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from crm_cli.model.paper import Account

INVOICE, PREPAYMENT, CREDIT_NOTE = "380", "386", "381"
"""Kinds of documents (BT-3, UNTDID 1001)."""
ZERO = Decimal(0)


class Endpoint(NamedTuple):
    """An electronic address (BT-34, BT-49): its scheme is of the list EAS."""

    scheme: str
    value: str


class Trader(NamedTuple):
    """The seller (BG-4) or the buyer (BG-7).

    `vat_id` begins with the prefix of its country (BT-31, BT-48); `tax_id` is another number that
    the seller's tax office gave (BT-32); `id` stands where there is no other (BT-29).
    """

    name: str
    street: str = ""
    city: str = ""
    postcode: str = ""
    region: str = ""
    country: str = ""
    vat_id: str = ""
    tax_id: str = ""
    registration_id: str = ""
    id: str = ""
    legal: str = ""
    email: str = ""
    phone: str = ""
    endpoint: Endpoint | None = None


class Allowance(NamedTuple):
    """What a line takes off its price, or puts on it (BG-27, BG-28); `percent` of `base`."""

    amount: Decimal
    base: Decimal
    percent: Decimal
    is_charge: bool = False


class Line(NamedTuple):
    """A line (BG-25): `net` is quantity × price less the allowance; `unit` is of UN/ECE
    Recommendation 20. `rate` is None for category O alone."""

    id: str
    name: str
    description: str
    sku: str
    quantity: Decimal
    unit: str
    price: Decimal
    net: Decimal
    category: str
    rate: Decimal | None
    allowance: Allowance | None = None


class Breakdown(NamedTuple):
    """The tax of one rate of a category (BG-23), and why there is none (BT-120, BT-121)."""

    category: str
    rate: Decimal | None
    base: Decimal
    tax: Decimal
    reason: str = ""
    reason_code: str = ""


class Invoice(NamedTuple):
    """An invoice or a credit note.

    `net` is the sum of the lines (BT-106, BT-109), `gross` has the tax (BT-112), `paid` was paid
    before it was issued (BT-113), `payable` is gross less paid plus rounding (BT-115).
    """

    type_code: str
    number: str
    day: date
    currency: str
    seller: Trader
    buyer: Trader
    lines: Sequence[Line]
    taxes: Sequence[Breakdown]
    net: Decimal
    tax: Decimal
    gross: Decimal
    payable: Decimal
    paid: Decimal = ZERO
    rounding: Decimal = ZERO
    due: date | None = None
    supplied: date | None = None
    deliver_to: str = ""
    terms: str = ""
    buyer_reference: str = ""
    sales_order: str = ""
    corrects: str = ""
    means: str = ""
    accounts: Sequence[Account] = ()
    remittance: str = ""

    @property
    def is_credit_note(self) -> bool:
        """Whether it takes away."""
        return self.type_code == CREDIT_NOTE
