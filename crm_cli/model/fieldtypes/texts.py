"""Text types: free text, choices, references, and raw values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes.base import FieldType
from crm_cli.model.fieldtypes.storage import Storage
from crm_cli.model.node import DOUBLE, Scalar

if TYPE_CHECKING:
    from crm_cli.model.business import Business


USER = "user"
"""What a value of `User` names; users are no kind, but entries of crm.yaml."""


class Text(FieldType):
    """Free text, on one line or several."""


class Code(FieldType):
    """Text that looks like a number and is none: phone, postcode, tax id. Always quoted."""

    name = "code"
    example = "SI12345678"
    other = "0049"

    def write(self, value: Any) -> Scalar:
        return Scalar(str(value), DOUBLE)


class Word(FieldType):
    """One token compared whole: a user, a language, a message id."""

    name = "word"
    storage = Storage.WORD
    example = "petra"
    other = "marko"
    metavar = "WORD"

    def read(self, text: str, business: Business) -> str:
        return text.strip()


class Email(Text):
    """An e-mail address; `Ana <ana@x.example>` and `mailto:` are read as the address."""

    name = "e-mail"
    example = "ana@novak.example"
    other = "bor@kos.example"
    doubts = True

    def read(self, text: str, business: Business) -> str:
        from crm_cli.model.reachable import bare_address

        return bare_address(text)

    def doubt(self, value: Any, business: Business) -> tuple[str, str, str] | None:
        from crm_cli.model.reachable import email_fault

        return email_fault(value)

    def same(self, value: Any, business: Business) -> Any:
        return value.casefold()


class WebAddress(Word):
    """A web address, with or without `https://`."""

    name = "web address"
    example = "https://reviews.example/kava"
    other = "reviews.example/kos"
    doubts = True

    def doubt(self, value: Any, business: Business) -> tuple[str, str, str] | None:
        from crm_cli.model.reachable import web_address_fault

        return web_address_fault(value)


class Phone(Code):
    """A telephone number, as it was typed."""

    name = "phone"
    example = "+386 40 123 456"
    other = "+386 41 222 333"
    doubts = True

    def doubt(self, value: Any, business: Business) -> tuple[str, str, str] | None:
        from crm_cli.model.reachable import phone_fault

        return phone_fault(value, business.country or None)

    def same(self, value: Any, business: Business) -> Any:
        from crm_cli.model.phones import dialled

        return dialled(value, business.country or None)


class Language(Word):
    """A language by its BCP 47 tag."""

    name = "language"
    example = "sl"
    other = "de-AT"
    doubts = True

    def doubt(self, value: Any, business: Business) -> tuple[str, str, str] | None:
        from crm_cli.model.reachable import language_fault

        return language_fault(value)


class TimeZone(Word):
    """An IANA time zone."""

    name = "time zone"
    example = "Europe/Ljubljana"
    other = "Europe/Vienna"
    doubts = True

    def doubt(self, value: Any, business: Business) -> tuple[str, str, str] | None:
        from crm_cli.model.reachable import zone_fault

        return zone_fault(value)


class User(Word):
    """One of the users that crm.yaml names; anybody where it names none."""

    name = "user"
    metavar = "USER"
    to = USER


class Choice(FieldType):
    """One of a list of words; `vocabulary` in crm.yaml may extend an open one."""

    name = "choice"
    storage = Storage.WORD
    setting = ""
    """The setting that has the words, where they are the company's own."""
    keeps = False
    """Whether a word that is none of them is kept; the kind's check tells of it."""

    def __init__(self, words: Iterable[str], *, vocabulary: str = "") -> None:
        self.words = tuple(words)
        self.vocabulary = vocabulary
        self.example = self.words[0]
        self.other = self.words[-1]
        listed = "|".join(self.words)
        self.metavar = listed if not vocabulary and len(listed) <= 40 else "WORD"

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
        own = f"; crm config set vocabulary.{self.vocabulary}+={word} adds it"
        raise Unreadable(
            f"'{text}' is not one of the known values",
            f"{hint}known: {', '.join(choices)}{own if self.vocabulary and not near else ''}",
            code="unknown-value",
        )


class Country(FieldType):
    """A country by its ISO 3166-1 alpha-2 code; names are understood."""

    name = "country"
    storage = Storage.WORD
    example = "SI"
    other = "AT"
    metavar = "COUNTRY"
    doubts = True

    def read(self, text: str, business: Business) -> str:
        if len(text) == 2 and text.isascii() and text.isupper() and text != "UK":
            return text
        from crm_cli.model.countries import country_code

        return country_code(text) or text

    def doubt(self, value: Any, business: Business) -> tuple[str, str, str] | None:
        from crm_cli.model.reachable import country_fault

        return country_fault(value)


class Currency(FieldType):
    """A currency by its ISO 4217 code."""

    name = "currency"
    storage = Storage.WORD
    example = "EUR"
    other = "USD"
    metavar = "EUR"
    doubts = True

    def read(self, text: str, business: Business) -> str:
        if len(text) == 3 and text.isascii() and text.isupper():
            return text
        from crm_cli.model.money import read_currency

        return read_currency(text, business.currency)

    def doubt(self, value: Any, business: Business) -> tuple[str, str, str] | None:
        from crm_cli.model.reachable import currency_fault

        return currency_fault(value)


class Reference(FieldType):
    """The id of a record of another kind; `rename` and `merge` rewrite it."""

    name = "reference"
    storage = Storage.WORD
    example = "ana-novak"
    other = "bor-kos"

    def __init__(self, to: str, *, required: bool = True) -> None:
        self.to = to
        self.metavar = {"customer": "WHO", "product": "PRODUCT"}.get(to, "ID")
        self.required = required

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
    other = "[a, c]"

    def __init__(self, to: str = "", *, anywhere: bool = False, required: bool = True) -> None:
        self.to = to
        self.anywhere = anywhere
        self.required = required

    def read(self, text: str, business: Business) -> list[str]:
        """The texts of a scalar; a sequence's items are taken as they are."""
        return [part.strip() for part in text.split(",") if part.strip()]

    def answer(self, value: Any) -> Any:
        return list(value)


class Ids(Texts):
    """The ids of several records of a kind, in a value that is computed: each compared whole."""

    name = "list of ids"

    def __init__(self, of: str) -> None:
        super().__init__()
        self.of = of


class Free(FieldType):
    """Whatever stands there: the user's own keys, and lists of kinds that come later."""

    name = "free"
    storage = Storage.FREE
    example = ""
