"""Credit terms: limit and days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.aspects import CardLine
from crm_cli.model.card import Fact
from crm_cli.model.cells import cell_text
from crm_cli.model.fieldtypes import Boolean, Choice, Currency, Integer, Money
from crm_cli.model.kind import Field, Kind

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


RISKS = ("none", "low", "medium", "high")
"""How likely the money is not to come."""


def _fact(credit: Item) -> Fact:
    """`limit 3,000.00, terms 30 days, risk low`."""
    from crm_cli.model.money import format_amount

    said = {key: f"{key.replace('_', ' ')} {cell_text(it)}" for key, it in credit.values.items()}
    if (limit := credit.values.get("limit")) is not None:
        said["limit"] = f"limit {format_amount(limit)}"
    if (days := credit.values.get("terms_days")) is not None:
        said["terms_days"] = f"terms {days} day{'' if days == 1 else 's'}"
    return Fact("credit", ", ".join(said.values()))


CREDIT = Kind(
    name="credit",
    key="credit",
    doc="a customer's credit limit and payment terms",
    card=CardLine(heading="At a glance", fact=_fact),
    fields=(
        Field("limit", Money(), "the credit limit", headings="credit_limit"),
        Field("currency", Currency(), "the limit's currency, if not the business's"),
        Field(
            "terms_days",
            Integer(0, 3650, adds=False),
            "days until an invoice is due",
            headings="payment_terms payment_days",
        ),
        Field("end_of_month", Boolean(), "due at the end of the month it falls in"),
        Field("hold", Boolean(), "no further sales on credit"),
        Field("risk", Choice(RISKS), "credit risk"),
    ),
)


def objection(
    customer: Item, owed: Decimal | None, day: date, business: Business
) -> tuple[str, str] | None:
    """Why a customer may not have another invoice on credit: (what, what to do), or None.

    `owed` is what they would owe with it in the base currency, None where a rate is
    missing. A limit in another currency is converted at `day`.
    """
    credit = customer.values.get("credit")
    if credit is None:
        return None
    if credit.values.get("hold"):
        return "is on hold: no further sales on credit", "a sale is paid at once: --kind sale"
    limit: Decimal | None = credit.values.get("limit")
    if limit is None:
        return None
    currency = credit.values.get("currency") or business.currency
    most = business.rates.convert(limit, currency, day)
    if owed is None or most is None:
        return (
            "has a credit limit, and what they owe is not known: a rate is missing",
            "add the rate to rates.yaml",
        )
    if owed <= most:
        return None
    from crm_cli.model.money import format_amount

    base = business.currency
    return (
        f"would owe {format_amount(owed, base)} {base}, more than the credit limit of "
        f"{format_amount(limit, currency)} {currency}",
        "crm balance shows the open invoices",
    )
