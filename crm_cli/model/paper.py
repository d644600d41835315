"""Documents as they go out: who writes to whom, about what, for how much.

A `Paper` is gathered once from the records (`paper_of`), and every format is made of it: text,
HTML, pages, invoices for machines. It holds plain values only, amounts as `Decimal`, days as
`date`; nothing in it depends on a language or on the clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from crm_cli.model.countries import country_name

ZERO = Decimal(0)


class Party(NamedTuple):
    """A seller or a buyer (EN 16931 BG-4, BG-7); `country` is ISO 3166-1 alpha-2.

    `called` is how a person is addressed: their given name, else their name; empty for others.
    `endpoint` is an electronic address with its scheme, `0088:1234567890128` (BT-34, BT-49).
    """

    name: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    tax_id: str = ""
    registration_id: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    called: str = ""
    given_name: str = ""
    family_name: str = ""
    endpoint: str = ""

    @property
    def town(self) -> str:
        """Postcode and city."""
        return f"{self.postcode} {self.city}".strip()

    def lines(self, home: str) -> list[str]:
        """The lines of an address; the country where it is not `home` (UPU S42)."""
        lines = [self.name, self.street, self.town, self.region]
        if self.country and self.country != home:
            lines.append(shown_country(self.country))
        return [" ".join(line.split()) for line in lines if line.strip()]


def shown_country(code: str) -> str:
    """A country as the last line of an address has it."""
    return (country_name(code) or code).upper()


class Account(NamedTuple):
    """A bank account that is paid to (BG-17)."""

    iban: str
    bic: str = ""
    bank: str = ""


class PaperLine(NamedTuple):
    """A line (BG-25): `price` is that of a unit, without tax and before the discount.

    `discount` is percent; `net`, `tax` and `gross` are in the paper's currency. `price` and the
    amounts are None where the record has no price.
    """

    sku: str
    text: str
    quantity: Decimal
    unit: str
    price: Decimal | None
    discount: Decimal | None
    category: str
    rate: Decimal | None
    reason: str
    net: Decimal | None
    tax: Decimal
    with_tax: Decimal | None = None
    """The price of a unit as it was agreed, where that is with tax."""


class TaxSum(NamedTuple):
    """What was taxed at one rate of one category (BG-23), and the tax; `reason` where none is."""

    category: str
    rate: Decimal | None
    reason: str
    base: Decimal
    tax: Decimal


class Instalment(NamedTuple):
    """A part of an invoice that is due on a day of its own; `owed` is what of it is still owed,
    None for all."""

    due: date | None
    amount: Decimal
    text: str
    owed: Decimal | None = None


class Entry(NamedTuple):
    """A row of a statement or of a payment reminder, in one currency.

    `what` is a kind of purchase, `payment`, `refund`, `returned`, `written_off`, `opening` or
    `closing`; of a reminder `balance` is what is owed, and `days` how long it is late.
    """

    day: date | None
    what: str
    number: str
    currency: str
    balance: Decimal
    due: date | None = None
    charged: Decimal | None = None
    settled: Decimal | None = None
    days: int | None = None


class Paper(NamedTuple):
    """A document; what does not apply to its kind is empty.

    `kind` is that of the purchase, or `delivery_note`, `statement`, `reminder`, `letter`,
    `contract`, `survey`, `email` or `sms`. Amounts of a credit note are positive: it is the kind
    that makes them take away. `number` is empty where there is none. `owed` is what of an invoice
    is still owed, None for all; `prepaid` is what was paid up to its day, which the instalments
    are without: they are in the order in which they are due.
    """

    kind: str
    seller: Party
    buyer: Party
    language: str = ""
    customer: str = ""
    id: str = ""
    number: str = ""
    status: str = "posted"
    day: date | None = None
    due: date | None = None
    valid_until: date | None = None
    supplied: date | None = None
    currency: str = ""
    buyer_reference: str = ""
    order: str = ""
    quote: str = ""
    corrects: str = ""
    deposit_of: str = ""
    deliver_to: Party | None = None
    lines: Sequence[PaperLine] = ()
    taxes: Sequence[TaxSum] = ()
    net: Decimal = ZERO
    tax: Decimal = ZERO
    gross: Decimal = ZERO
    owed: Decimal | None = None
    prepaid: Decimal = ZERO
    instalments: Sequence[Instalment] = ()
    entries: Sequence[Entry] = ()
    level: int = 0
    fee: Decimal | None = None
    accounts: Sequence[Account] = ()
    terms: str = ""
    notes: str = ""
    footer: str = ""
    logo: str = ""

    @property
    def is_tax_included(self) -> bool:
        """Whether its prices were agreed with tax."""
        return any(one.with_tax is not None and one.rate for one in self.lines)

    @property
    def is_billed(self) -> bool:
        """Whether it is an invoice or a credit note, which the law has its rules for."""
        return self.kind in ("invoice", "credit_note")

    @property
    def payable(self) -> Decimal:
        """What is to be paid for it: of an invoice its gross, of a reminder all that is owed; for
        one that is cancelled nothing."""
        if self.status == "cancelled":
            return ZERO
        if self.kind == "invoice":
            return max(self.gross, ZERO)
        if self.kind == "reminder":
            owed = sum((one.balance for one in self.entries), ZERO)
            return owed + (self.fee or ZERO)
        return ZERO

    @property
    def next_payment(self) -> tuple[Decimal, date | None]:
        """What is to be paid next and by when: of instalments the first that is not paid. Zero
        where nothing is owed any more."""
        if not self.payable:
            return ZERO, None
        if not self.instalments:
            owed = self.payable if self.owed is None else self.owed
            return min(max(owed, ZERO), self.payable), self.due
        for part in self.instalments:
            left = part.amount if part.owed is None else part.owed
            if left > 0:
                return left, part.due
        return ZERO, None
