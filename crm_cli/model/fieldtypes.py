"""The types a field can have: how its text is read, written, kept and answered.

A type knows four things: `read` casts the text of a file to a value or raises
`Unreadable`; `write` gives the canonical spelling; `answer` gives what JSON shows;
`storage` says how the index keeps it and so which query operators apply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any

from crm_cli.model.errors import Unreadable
from crm_cli.model.node import DOUBLE, PLAIN, Scalar

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.kind import Kind


class Storage(Enum):
    """How the index keeps a value; the query compiler chooses operators by it."""

    TEXT = "text"
    """The text, and its folded words in `KEY__f`."""
    WORD = "word"
    """One word of a closed list, an id or a code: compared whole, folded."""
    INTEGER = "integer"
    DECIMAL = "decimal"
    """Decimal text; compared as a number."""
    MONEY = "money"
    """Minor units of the item's currency; `KEY__b` in the base currency, NULL without a rate."""
    DATE = "date"
    """ISO text."""
    MOMENT = "moment"
    """A date, or an instant as UTC text; `KEY__d` is its date in the business's time zone."""
    PARTIAL_DATE = "partial date"
    """ISO text whose year or day may be missing (`--11-22`, `1984-11`)."""
    BOOLEAN = "boolean"
    """0 or 1."""
    TEXTS = "texts"
    """Several texts, one a line; their folded words in `KEY__f`."""
    NESTED = "nested"
    """Items with a table of their own, or a group whose fields are columns."""
    FREE = "free"
    """Kept as written; queried as text under its own name."""


class FieldType:
    """A text as it stands: the base of all types."""

    name = "text"
    storage = Storage.TEXT
    example = "Ana Novak"

    def read(self, text: str, business: Business) -> Any:
        """The value that `text` spells; raises Unreadable."""
        return text

    def write(self, value: Any) -> Scalar:
        """The canonical spelling of a value."""
        from crm_cli.model.quoting import style_for

        text = str(value)
        return Scalar(text, style_for(text))

    def answer(self, value: Any) -> Any:
        """What JSON shows: text, number, boolean or null."""
        return value


class Text(FieldType):
    """Free text, on one line or several."""


class Code(FieldType):
    """Text that looks like a number and is none: phone, postcode, tax id. Always quoted."""

    name = "code"
    example = "SI12345678"

    def write(self, value: Any) -> Scalar:
        return Scalar(str(value), DOUBLE)


class Word(FieldType):
    """One token compared whole: a user, a language, a message id."""

    name = "word"
    storage = Storage.WORD
    example = "petra"

    def read(self, text: str, business: Business) -> str:
        return text.strip()


class Integer(FieldType):
    """A whole number."""

    name = "integer"
    storage = Storage.INTEGER
    example = "12"

    def __init__(self, low: int = 0, high: int = 10**9) -> None:
        self.low = low
        self.high = high

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

    def read(self, text: str, business: Business) -> Decimal:
        from crm_cli.model.money import read_decimal

        return read_decimal(text)

    def write(self, value: Any) -> Scalar:
        from crm_cli.model.money import decimal_literal

        return Scalar(decimal_literal(value))

    def answer(self, value: Any) -> Any:
        from crm_cli.model.money import decimal_text

        return decimal_text(value)


class Percent(Number):
    """A share in percent: `15` and `15%` are the same."""

    name = "percent"
    example = "15"

    def read(self, text: str, business: Business) -> Decimal:
        from crm_cli.model.money import read_percent

        return read_percent(text)


class Money(FieldType):
    """An amount. Its currency is the item's `currency`, unless it is written beside the amount."""

    name = "money"
    storage = Storage.MONEY
    example = "84.50"

    def read(self, text: str, business: Business) -> Decimal | tuple[Decimal, str]:
        """The amount; with a currency (`200 EUR`) the pair of both."""
        from crm_cli.model.money import read_amount

        amount = read_amount(text)
        return (amount.value, amount.currency) if amount.currency else amount.value

    def write(self, value: Any) -> Scalar:
        from crm_cli.model.money import decimal_literal

        return Scalar(decimal_literal(value))

    def answer(self, value: Any) -> Any:
        from crm_cli.model.money import decimal_text

        return decimal_text(value)


class Price(Number):
    """A unit price: decimal text, not rounded to the currency's minor unit."""

    name = "price"
    example = "18.50"

    def read(self, text: str, business: Business) -> Any:
        from crm_cli.model.money import read_amount

        amount = read_amount(text)
        return (amount.value, amount.currency) if amount.currency else amount.value


class Date(FieldType):
    """A calendar day."""

    name = "date"
    storage = Storage.DATE
    example = "2026-11-03"

    def read(self, text: str, business: Business) -> date:
        if len(text) == 10 and text[4] == "-" and text.isascii():
            try:
                day = date.fromisoformat(text)
            except ValueError:
                pass
            else:
                if day.year >= 1000:
                    return day
        from crm_cli.model.dates import read_date

        return read_date(text)

    def write(self, value: Any) -> Scalar:
        return Scalar(value.isoformat())

    def answer(self, value: Any) -> Any:
        return value.isoformat()


class Moment(FieldType):
    """A day, or an instant with its offset."""

    name = "date or time"
    storage = Storage.MOMENT
    example = "2026-11-03T10:30+01:00"

    def read(self, text: str, business: Business) -> date | datetime:
        if len(text) in (10, 22, 25) and text[4] == "-" and text.isascii():
            try:
                if len(text) == 10:
                    day = date.fromisoformat(text)
                    if day.year >= 1000:
                        return day
                elif text[10] == "T":
                    instant = datetime.fromisoformat(text)
                    if instant.tzinfo is not None and 1000 < instant.year < 9999:
                        return instant
            except ValueError:
                pass
        from crm_cli.model.dates import read_moment

        return read_moment(text, business.time_zone)

    def write(self, value: Any) -> Scalar:
        from crm_cli.model.dates import write_moment

        return Scalar(write_moment(value))

    def answer(self, value: Any) -> Any:
        from crm_cli.model.dates import write_moment

        return write_moment(value)


class Partial(FieldType):
    """A day whose year, or month and day, may be unknown (vCard 4 / ISO 8601:2000)."""

    name = "partial date"
    storage = Storage.PARTIAL_DATE
    example = "--11-22"

    def read(self, text: str, business: Business) -> Any:
        from crm_cli.model.dates import read_partial_date

        return read_partial_date(text)

    def write(self, value: Any) -> Scalar:
        return Scalar(str(value))

    def answer(self, value: Any) -> Any:
        return str(value)


class Duration(FieldType):
    """A length of time, in minutes (ISO 8601 or `1h30min`)."""

    name = "duration"
    storage = Storage.INTEGER
    example = "45min"

    def read(self, text: str, business: Business) -> int:
        from crm_cli.model.duration import read_duration

        return read_duration(text)

    def write(self, value: Any) -> Scalar:
        from crm_cli.model.duration import write_duration

        return Scalar(write_duration(value))


class Every(FieldType):
    """An interval in words or ISO 8601: `30 days`, `P30D`."""

    name = "interval"
    example = "30 days"

    def read(self, text: str, business: Business) -> str:
        from crm_cli.model.duration import read_interval

        read_interval(text)
        return text


_TRUE = frozenset(("true", "yes", "on", "y", "1"))
_FALSE = frozenset(("false", "no", "off", "n", "0"))


class Boolean(FieldType):
    """Yes or no."""

    name = "yes or no"
    storage = Storage.BOOLEAN
    example = "true"

    def read(self, text: str, business: Business) -> bool:
        word = text.strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
        raise Unreadable(f"'{text}' is neither yes nor no", "write true or false")

    def write(self, value: Any) -> Scalar:
        return Scalar("true" if value else "false")


class Choice(FieldType):
    """One of a list of words; `vocabulary` in crm.yaml may extend an open one."""

    name = "choice"
    storage = Storage.WORD

    def __init__(self, words: type[StrEnum] | Iterable[str], *, vocabulary: str = "") -> None:
        self.words = tuple(str(word) for word in words)
        self.vocabulary = vocabulary
        self.example = self.words[0]

    def choices(self, business: Business) -> tuple[str, ...]:
        """The words of the list, with those that the settings add."""
        if not self.vocabulary:
            return self.words
        return self.words + tuple(business.vocabulary.get(self.vocabulary, ()))

    def read(self, text: str, business: Business) -> str:
        if text in self.words:
            return text
        word = text.strip().lower().replace("-", "_").replace(" ", "_")
        choices = self.choices(business)
        for choice in choices:
            if choice.lower().replace("-", "_").replace(" ", "_") == word:
                return choice
        from crm_cli.model.text import nearest

        near = nearest(word, choices)
        hint = f"did you mean {near[0]}? " if near else ""
        raise Unreadable(
            f"'{text}' is not one of the known values",
            f"{hint}known: {', '.join(choices)}",
            code="unknown-value",
        )


class Country(FieldType):
    """A country by its ISO 3166-1 alpha-2 code; names are understood."""

    name = "country"
    storage = Storage.WORD
    example = "SI"

    def read(self, text: str, business: Business) -> str:
        if len(text) == 2 and text.isascii() and text.isupper():
            return text
        from crm_cli.model.countries import country_code

        return country_code(text) or text


class Currency(FieldType):
    """A currency by its ISO 4217 code."""

    name = "currency"
    storage = Storage.WORD
    example = "EUR"

    def read(self, text: str, business: Business) -> str:
        if len(text) == 3 and text.isascii() and text.isupper():
            return text
        from crm_cli.model.money import read_currency

        return read_currency(text)


class Reference(FieldType):
    """The id of a record of another kind; `rename` and `merge` rewrite it."""

    name = "reference"
    storage = Storage.WORD
    example = "ana-novak"

    def __init__(self, to: str, *, required: bool = True) -> None:
        self.to = to
        self.required = required
        """Whether a reference to nobody is a problem; a name may stand where it is not."""

    def read(self, text: str, business: Business) -> str:
        return text.strip()

    def write(self, value: Any) -> Scalar:
        """Plain, as ids are; the number of an invoice is quoted wherever it stands."""
        text = str(value)
        if self.to == "purchase" and not text.startswith("p-"):
            return Scalar(text, DOUBLE)
        return super().write(text)


class Texts(FieldType):
    """Several texts: a list, or `a, b`."""

    name = "list of texts"
    storage = Storage.TEXTS
    example = "[a, b]"

    def __init__(self, to: str = "") -> None:
        self.to = to
        """The kind that the texts refer to, where they are ids."""

    def read(self, text: str, business: Business) -> list[str]:
        """The texts of a scalar; a sequence's items are taken as they are."""
        return [part.strip() for part in text.split(",") if part.strip()]

    def answer(self, value: Any) -> Any:
        return list(value)


class ListOf(FieldType):
    """A list of items of a kind."""

    storage = Storage.NESTED
    example = ""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.name = f"list of {kind.name}"


class GroupOf(FieldType):
    """A mapping with the fields of a kind; queried as `GROUP.FIELD`."""

    storage = Storage.NESTED
    example = ""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.name = kind.name


class MapOf(FieldType):
    """A mapping from a key to items of a kind: products by SKU, segments by name."""

    storage = Storage.NESTED
    example = ""

    def __init__(self, kind: Kind, key: str) -> None:
        self.kind = kind
        self.key = key
        self.name = f"{kind.name} by {key}"


class Free(FieldType):
    """Whatever stands there: the user's own keys, and lists of kinds that come later."""

    name = "free"
    storage = Storage.FREE
    example = ""

    def answer(self, value: Any) -> Any:
        return value


Shorthand = Callable[[str, "Business"], dict[str, Any]]
"""Reads a one-line item (`beans-1kg:20:18.50`) as texts by key; raises Unreadable."""

__all__ = [
    "PLAIN",
    "Boolean",
    "Choice",
    "Code",
    "Country",
    "Currency",
    "Date",
    "Duration",
    "Every",
    "FieldType",
    "Free",
    "GroupOf",
    "Integer",
    "ListOf",
    "MapOf",
    "Moment",
    "Money",
    "Number",
    "Partial",
    "Percent",
    "Price",
    "Reference",
    "Shorthand",
    "Storage",
    "Text",
    "Texts",
    "Word",
]
