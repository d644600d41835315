"""Plain values of e-invoices that are read: numbers, days, texts, and what a line comes to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from crm_cli.formats.einvoice.invoice import ZERO, Allowance, Line
from crm_cli.model.errors import DataError
from crm_cli.model.money import EXACT, MINOR_UNITS, currencies
from crm_cli.model.text import cleaned

_LONGEST = 1000
_MOST_LINES = 10_000
HUNDRED = Decimal(100)


def said(text: str) -> str:
    """A text without control characters, of a bounded length."""
    return cleaned(text).strip()[:_LONGEST]


def number(text: str, what: str, default: Decimal | None = None) -> Decimal:
    """A number of XML Schema (`xs:decimal`); raises DataError."""
    text = text.strip()
    if not text and default is not None:
        return default
    if not re.fullmatch(r"[+-]?\d{1,15}(?:\.\d{0,12})?", text, re.ASCII):
        raise DataError(f"{what} is no number: {said(text)[:40]!r}")
    return Decimal(text) + ZERO


def day(text: str, what: str) -> date | None:
    """A day as UBL writes it, or as CII does (`102`); None without one. Raises DataError."""
    text = text.strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise DataError(f"{what} is no date: {said(text)[:40]!r}") from None


def issued(text: str) -> date:
    """The day of issue; raises DataError without one."""
    found = day(text, "the date of issue")
    if found is None:
        raise DataError("the invoice has no date of issue (BT-2)")
    return found


def currency(text: str) -> str:
    """An ISO 4217 code; raises DataError for another."""
    if text not in currencies() and text not in MINOR_UNITS:
        raise DataError(f"there is no currency {said(text)[:10]!r}")
    return text


def bounded(lines: Iterable[Line]) -> list[Line]:
    """The lines; raises DataError for none, and for more than any invoice has."""
    found: list[Line] = []
    for one in lines:
        if len(found) >= _MOST_LINES:
            raise DataError(f"the invoice has more than {_MOST_LINES:,} lines")
        found.append(one)
    if not found:
        raise DataError("the invoice has no lines (BR-16)")
    return found


def unit_price(price: Decimal, base: Decimal) -> Decimal:
    """The price of one where it is given for several (BT-149)."""
    return EXACT.divide(price, base) if base not in (ZERO, Decimal(1)) else price


def allowance_of(parts: list[tuple[bool, Decimal, Decimal]], whole: Decimal) -> Allowance | None:
    """What a line takes off in all, of (is a charge, amount, percent); None for nothing."""
    taken = sum((-amount if charge else amount for charge, amount, _ in parts), ZERO)
    if not taken:
        return None
    percent = parts[0][2] if len(parts) == 1 else ZERO
    return Allowance(abs(taken), whole, percent, taken < 0)
