"""The words of documents in each language, and how it writes numbers and days."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from crm_cli.formats.documents.serbian import to_latin
from crm_cli.model.money import decimal_text, minor_unit, round_money

_FOLDER = Path(__file__).parent / "words"
USUAL = "en"
LANGUAGES = ("en", "de", "sl", "bg", "sr", "ka", "fa")
"""The languages that the program's own templates are in."""

_LTR, _OWN, _POP = "\u2066", "\u2068", "\u2069"
"""Isolates (UAX 9): what stands between them runs left to right among what does not."""


class Words:
    """A language: `word("table.price")`, and numbers, amounts and days as it writes them."""

    def __init__(self, tag: str, table: dict[str, dict[str, Any]]) -> None:
        self.tag = tag
        self._table = table
        form = table["form"]
        self.is_rtl = form["direction"] == "rtl"
        self.colon: str = form["colon"]
        self._digits = str.maketrans("0123456789", form.get("digits", "0123456789"))

    def word(self, key: str, **values: str) -> str:
        """A word by its section and key; raises KeyError."""
        section, _, name = key.partition(".")
        text: str = self._table[section][name]
        for place, value in values.items():
            text = text.replace(f"{{{place}}}", value)
        return text

    @property
    def sections(self) -> dict[str, dict[str, str]]:
        """The words by section and key, as templates name them: `words.label.terms`."""
        return {
            section: {key: text for key, text in words.items() if isinstance(text, str)}
            for section, words in self._table.items()
        }

    def has(self, key: str) -> bool:
        """Whether there is such a word."""
        section, _, name = key.partition(".")
        return name in self._table.get(section, {})

    def number(self, value: Decimal) -> str:
        """A number with the decimals it has: `1.234,5`."""
        whole, _, decimals = decimal_text(value).partition(".")
        decimals = decimals.rstrip("0")
        sign = "\u2212" if whole.startswith("-") else ""
        form = self._table["form"]
        shown = f"{int(whole.lstrip('-')):,}".replace(",", form["group"])
        text = f"{sign}{shown}{form['decimal'] + decimals if decimals else ''}"
        return self.isolated(text.translate(self._digits))

    def amount(self, value: Decimal, currency: str) -> str:
        """An amount with its currency's decimals, without its name; more where it has more."""
        exact = round_money(value, currency)
        decimals = minor_unit(currency)
        if value != exact:
            decimals = max(decimals, -int(value.normalize().as_tuple().exponent))
            exact = value
        form = self._table["form"]
        sign = "\u2212" if exact < 0 else ""
        whole, _, rest = f"{abs(exact):,.{decimals}f}".partition(".")
        text = whole.replace(",", form["group"]) + (form["decimal"] + rest if rest else "")
        return self.isolated(f"{sign}{text}".translate(self._digits))

    def money(self, value: Decimal, currency: str) -> str:
        """An amount and its currency (ISO 4217): `1.234,50 EUR`."""
        return self.isolated(f"{self.bare(self.amount(value, currency))}\u00a0{currency}")

    def percent(self, value: Decimal) -> str:
        """A percentage: `9,5 %`."""
        sign = self._table["form"].get("percent", "%")
        number = self.bare(self.number(value))
        # English and Persian write no space before the sign.
        space = "" if self.tag.partition("-")[0] in ("en", "fa") else "\u00a0"
        return self.isolated(f"{number}{space}{sign}")

    def day(self, value: date | None) -> str:
        """A day, as the language writes it; empty for None."""
        if value is None:
            return ""
        form = self._table["form"]
        months = form.get("months")
        text: str = form["date"].format(
            d=value.day,
            dd=f"{value.day:02}",
            m=value.month,
            mm=f"{value.month:02}",
            y=f"{value.year:04}",
            month=months[value.month - 1] if months else "",
        )
        return text.translate(self._digits).replace(" ", "\u00a0")

    def unit(self, unit: str) -> str:
        """A unit of quantity, translated where the language has a word for it."""
        return self.word(f"unit.{unit}") if unit and self.has(f"unit.{unit}") else unit

    def digits(self, text: str) -> str:
        """A text with the language's own digits."""
        return text.translate(self._digits)

    def isolated(self, text: str) -> str:
        """What runs left to right, marked as such where the language runs right to left."""
        return f"{_LTR}{text}{_POP}" if self.is_rtl and text else text

    def own(self, text: str) -> str:
        """What a record says, which runs its own way: `Kava d.o.o.` among Persian."""
        return f"{_OWN}{text}{_POP}" if self.is_rtl and text else text

    def bare(self, text: str) -> str:
        """What `isolated` marked, without the marks: as records have it."""
        return text.replace(_LTR, "").replace(_POP, "")


def known_language(*tags: str) -> str:
    """The first of BCP 47 tags that there are words in, as one of LANGUAGES or `sr-Latn`."""
    for tag in tags:
        main, _, rest = tag.replace("_", "-").partition("-")
        if main.lower() in LANGUAGES:
            latin = main.lower() == "sr" and rest.lower().startswith("latn")
            return "sr-Latn" if latin else main.lower()
    return USUAL


@lru_cache(maxsize=16)
def words_of(language: str) -> Words:
    """The words of one of `known_language`'s answers."""
    main = language.partition("-")[0]
    table = {section: dict(words) for section, words in _table(USUAL).items()}
    if main != USUAL:
        table["form"].pop("months", None)
        for section, words in _table(main).items():
            table[section] |= words
    if language == "sr-Latn":
        table = {
            section: {key: to_latin(one) if isinstance(one, str) else one
                      for key, one in words.items()}
            for section, words in table.items()
        }  # fmt: skip
    return Words(language, table)


@lru_cache(maxsize=16)
def _table(language: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
