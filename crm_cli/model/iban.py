"""International bank account numbers (ISO 13616), and their check digits."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}", re.ASCII)


def iban_of(text: str) -> str:
    """A text as an IBAN is compared: capitals, without spaces; it need not be one."""
    return "".join(text.split()).upper()


def is_iban(text: str) -> bool:
    """Whether a text has the shape and the check digits of an IBAN."""
    bare = iban_of(text)
    return _SHAPE.fullmatch(bare) is not None and checks(bare)


def checks(text: str) -> bool:
    """Whether the check digits of an IBAN or of a creditor's reference, in capitals and digits,
    are right (ISO 7064, mod 97-10)."""
    turned = text[4:] + text[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1
