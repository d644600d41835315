"""Phone numbers: kept as they are typed, matched by their E.164 form."""

from __future__ import annotations

import re
from functools import lru_cache

_SHAPE = r"(?:tel:)?[+(0-9][0-9 ()/.,\u00a0\u2010-\u2015-]*(?:(?:;ext=|ext\.? ?|x ?|#)\d{1,7})?"
_ISO_DATE = r"\d{4}-\d{1,2}-\d{1,2}"


def looks_like_phone(text: str) -> bool:
    """Whether a text can be a phone number: 5 to 17 digits with what is written between them."""
    text = text.strip()
    if not text or not (text[0] in "+(" or text[0].isdigit() or text[:4].lower() == "tel:"):
        return False
    if not re.fullmatch(_SHAPE, text, re.ASCII | re.IGNORECASE):
        return False
    if re.fullmatch(_ISO_DATE, text):
        return False
    bare = re.sub("(?:ext|x|;|#).*", "", text, flags=re.IGNORECASE)
    return 5 <= sum(char.isdigit() for char in bare) <= 17


@lru_cache(maxsize=4096)
def e164(text: str, country: str | None) -> str | None:
    """The number as `+38640123456`, or None where a text is not a possible number.

    `country` (ISO 3166-1 alpha-2) is where a number without a country's prefix is
    dialled; without it only numbers with `+` or `00` have a form. An extension is
    left out.
    """
    if not looks_like_phone(text):
        return None
    # Loading these tables takes tens of milliseconds: never where no new phone is read.
    from phonenumbers import (
        NumberParseException,
        PhoneNumberFormat,
        ValidationResult,
        format_number,
        is_possible_number_with_reason,
        parse,
    )

    text = text.strip()
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


def phones_version() -> str:
    """Changes whenever `e164` may answer differently; asked when an index is built."""
    from importlib.metadata import version

    return version("phonenumberslite")
