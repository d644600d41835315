"""Phone numbers: kept as typed, matched by their E.164 form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from crm_cli.model.named_tuple import NamedTuple

_SHAPE = (
    r"(?:tel:)?(?:\(\+|[+(0-9])[0-9 ()/.,\u00a0\u2010-\u2015-]*"
    r"(?:(?:;ext=|ext\.? ?|x ?|#)\d{1,7})?"
)
_RULES = 1
"""Counts the changes of the rules below."""
_ISO_DATE = r"\d{4}-\d{1,2}-\d{1,2}"


def looks_like_phone(text: str) -> bool:
    """Whether a text can be a phone number: 5 to 17 digits with what is written between them."""
    text = text.strip()
    digits = text[1:].replace(" ", "")
    if text[:1] == "+" and digits.isdigit() and digits.isascii():  # as most are, in a tenth
        return 5 <= len(digits) <= 17
    if not text or not (text[0] in "+(" or text[0].isdigit() or text[:4].lower() == "tel:"):
        return False
    if not re.fullmatch(_SHAPE, text, re.ASCII | re.IGNORECASE):
        return False
    if re.fullmatch(_ISO_DATE, text):
        return False
    bare = re.sub("(?:ext|x|;|#).*", "", text, flags=re.IGNORECASE)
    return 5 <= sum(char.isdigit() for char in bare) <= 17


_known: dict[tuple[str, str | None], str | None] = {}


def remember(country: str | None, forms: Iterable[tuple[str, str | None]]) -> None:
    """Have `e164` answer these texts so: what it said before, and an index has kept.

    Loading the tables of all countries takes longer than an edit.
    """
    for text, form in forms:
        _known[text, country] = form


def e164(text: str, country: str | None) -> str | None:
    """The number as `+38640123456`, or None where a text is not a possible number.

    `country` (ISO 3166-1 alpha-2) is where a number without a country's prefix is
    dialled; without it only numbers with `+` or `00` have a form. An extension is
    left out.
    """
    try:
        return _known[text, country]
    except KeyError:
        return _e164(text, country)


def dialled(text: str, country: str | None) -> str:
    """What spellings of one number have in common: `e164`, else what is dialled of it (`*123#`)."""
    found = e164(text, country)
    return found or "".join(char for char in text if char.isalnum() or char in "*#")


@lru_cache(maxsize=4096)
def _e164(text: str, country: str | None) -> str | None:
    if not looks_like_phone(text):
        return None
    whole = _international(text)
    if whole is not None:
        return whole
    # Loading these tables takes tens of milliseconds: never where no new phone is read.
    from phonenumbers import (
        NumberParseException,
        PhoneNumberFormat,
        ValidationResult,
        format_number,
        is_possible_number_with_reason,
        parse,
    )

    text = re.sub(r"^\(([+0]\d+)\)", r"\1 ", text.strip())  # (+386) 40 123 456
    if text.startswith("00") and country is None:
        text = f"+{text[2:]}"
    try:
        number = parse(text, country)
    except NumberParseException:
        return None
    # A number that can only be dialled within its own town has no international form.
    if is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    return format_number(number, PhoneNumberFormat.E164)


def _international(text: str) -> str | None:
    """The form of a number that is written whole, as `+386 40 123 456`, or None if unsure.

    It asks the same tables as the library does, without its many other cases: a tenth
    of the time, and an index of thousands of customers has thousands of new numbers.
    """
    if not re.fullmatch(r"\+[1-9][0-9 ]+", text, re.ASCII):
        return None
    digits = text[1:].replace(" ", "")
    for length in (1, 2, 3):
        rules = _numbering(int(digits[:length]))
        if rules is not None:
            national = digits[length:]
            if len(national) in rules.lengths and not rules.trunk(national):
                return f"+{digits}"
            return None
    return None


class _Numbering(NamedTuple):
    """A country's rules: how long its numbers are, and what of one may be no part of it."""

    lengths: frozenset[int]
    trunk: Callable[[str], object]


@lru_cache(maxsize=1024)
def _numbering(code: int) -> _Numbering | None:
    """The rules of a calling code (ITU-T E.164); None where it is no country's."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    regions = COUNTRY_CODE_TO_REGION_CODE.get(code)
    if regions is None:
        return None
    if regions[0] == "001":
        rules = PhoneMetadata.metadata_for_nongeo_region(code)
    else:
        rules = PhoneMetadata.metadata_for_region(regions[0])
    if rules is None or rules.general_desc is None:
        return None
    # Shorter ones can only be dialled within their own town.
    lengths = set(rules.general_desc.possible_length)
    lengths.difference_update(rules.general_desc.possible_length_local_only)
    trunk = re.compile(rules.national_prefix_for_parsing or r"(?!)")
    return _Numbering(frozenset(lengths), trunk.match)


def phones_version() -> str:
    """Changes whenever `e164` may answer differently; asked when an index is built."""
    from importlib.metadata import version

    return f"{_RULES}/{version('phonenumberslite')}"


def number_of(text: str, country: str | None) -> str:
    """A number as programs that dial or send take it: in international form where it has one,
    else its digits."""
    return e164(text, country or None) or "".join(char for char in text if char in "+0123456789")
