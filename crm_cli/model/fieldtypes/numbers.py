"""Number types: integers, decimals, money, yes or no."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes.base import FieldType
from crm_cli.model.fieldtypes.storage import Storage
from crm_cli.model.money import (
    decimal_literal,
    decimal_text,
    read_amount,
    read_decimal,
    read_percent,
)
from crm_cli.model.node import Scalar

if TYPE_CHECKING:
    from crm_cli.model.business import Business


class Integer(FieldType):
    """A whole number."""

    name = "integer"
    storage = Storage.INTEGER
    example = "12"
    other = "17"
    metavar = "N"

    def __init__(self, low: int = 0, high: int = 10**9, *, adds: bool = True) -> None:
        self.low = low
        self.high = high
        self.adds = adds
        if not low <= int(self.example) < int(self.other) <= high:
            self.example, self.other = str(low), str(high)

    def read(self, text: str, business: Business) -> int:
        bare = text.strip()
        digits = bare[1:] if bare[:1] == "-" else bare
        if not (digits.isascii() and digits.isdigit() and len(digits) < 16):
            raise Unreadable(f"'{text}' is not a whole number", "write digits only, like 12")
        value = int(bare)
        if not self.low <= value <= self.high:
            raise Unreadable(f"{value} is not between {self.low} and {self.high}")
        return value

    def write(self, value: Any) -> Scalar:
        return Scalar(str(value))


class Number(FieldType):
    """A decimal number: a quantity."""

    name = "decimal"
    storage = Storage.DECIMAL
    example = "2.5"
    other = "4"
    metavar = "NUMBER"
    adds = True

    def __init__(self, *, adds: bool | None = None) -> None:
        if adds is not None:
            self.adds = adds

    def read(self, text: str, business: Business) -> Decimal:
        return read_decimal(text)

    def write(self, value: Any) -> Scalar:
        return Scalar(decimal_literal(value))

    def answer(self, value: Any) -> Any:
        return decimal_text(value)


class Percent(Number):
    """A share in percent: `15` and `15%` are the same."""

    name = "percent"
    example = "15"
    other = "20"
    metavar = "PERCENT"
    adds = False

    def read(self, text: str, business: Business) -> Decimal:
        return read_percent(text)


class Money(FieldType):
    """An amount. Its currency is the item's `currency`, unless it is written beside the amount."""

    name = "money"
    storage = Storage.MONEY
    example = "84.50"
    other = "90.25"
    metavar = "AMOUNT"
    priced = True

    def __init__(self, *, adds: bool = True) -> None:
        self.adds = adds

    def read(self, text: str, business: Business) -> Decimal | tuple[Decimal, str]:
        """The amount; with a currency (`200 EUR`) the pair of both."""
        amount = read_amount(text, business.currency)
        return (amount.value, amount.currency) if amount.currency else amount.value

    def write(self, value: Any) -> Scalar:
        return Scalar(decimal_literal(value))

    def answer(self, value: Any) -> Any:
        return decimal_text(value)


class Price(Number):
    """A unit price: decimal text, not rounded to the currency's minor unit."""

    name = "price"
    example = "18.50"
    other = "19.75"
    metavar = "AMOUNT"
    priced = True
    adds = False

    def read(self, text: str, business: Business) -> Any:
        amount = read_amount(text, business.currency)
        return (amount.value, amount.currency) if amount.currency else amount.value


_TRUE = frozenset(("true", "yes", "on", "y", "1"))
_FALSE = frozenset(("false", "no", "off", "n", "0"))


class Boolean(FieldType):
    """Yes or no."""

    name = "yes or no"
    storage = Storage.BOOLEAN
    example = "true"
    other = "false"
    metavar = "yes|no"

    def read(self, text: str, business: Business) -> bool:
        word = text.strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
        raise Unreadable(f"'{text}' is neither yes nor no", "write true or false")

    def write(self, value: Any) -> Scalar:
        return Scalar("true" if value else "false")
