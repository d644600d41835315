"""Ids: a customer's from the name, an item's at random or from its content.

Randomness comes in from outside, as a function from a number of bytes to bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable

from crm_cli.model.text import fold

LONGEST = 80
"""Characters of a customer's id at most."""

_CUSTOMER_ID = r"[a-z0-9][a-z0-9._-]{0,79}"
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32: no i, l, o (taken for 1, 1, 0 when read) and no u."""
_ITEM_LENGTH = 7
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
)


def is_customer_id(text: str) -> bool:
    """Whether a text is an id as the program makes them, and safe as a file's name anywhere."""
    return re.fullmatch(_CUSTOMER_ID, text) is not None and not _reserved(text)


def slug(name: str) -> str:
    """The id that a name gives: `Ana Šuštar` → `ana-sustar`, `Kava d.o.o.` → `kava-doo`.

    Names that Windows reserves for devices get `-1`. Empty where nothing of the
    name can be read in Latin letters.
    """
    folded = re.sub("['\"`]", "", fold(name))
    folded = re.sub(r"\b(?:[a-z]\.)+[a-z]\b\.?", lambda match: match[0].replace(".", ""), folded)
    made = "-".join(re.findall("[a-z0-9]+", folded))[:LONGEST].rstrip("-")
    return f"{made}-1" if _reserved(made) else made


def unique(made: str, taken: Container[str]) -> str:
    """The id itself, or with the first of `-2`, `-3` … that is not taken."""
    if made not in taken:
        return made
    number = 2
    while True:
        ending = f"-{number}"
        candidate = f"{made[: LONGEST - len(ending)].rstrip('-')}{ending}"
        if candidate not in taken:
            return candidate
        number += 1


def new_customer_id(
    name: str, kind: str, taken: Container[str], random_bytes: Callable[[int], bytes]
) -> str:
    """A free id for a new customer: from the name, else like `person-7k2mq`.

    `kind` is person, organization, or empty where it is unknown.
    """
    made = slug(name)
    if made:
        return unique(made, taken)
    while True:
        candidate = f"{kind or 'customer'}-{_base32(random_bytes(8), 5)}"
        if candidate not in taken:
            return candidate


def new_item_id(letter: str, taken: Container[str], random_bytes: Callable[[int], bytes]) -> str:
    """A free id for an item of a list: its letter and seven characters, like `t-9f3kx7d`."""
    while True:
        candidate = f"{letter}-{_base32(random_bytes(8), _ITEM_LENGTH)}"
        if candidate not in taken:
            return candidate


def derived_item_id(letter: str, customer: str, list_key: str, content: str, ordinal: int) -> str:
    """The id of an item that has none written: the same as long as its content is.

    `content` is what the item says, as one text; `ordinal` counts the equal items
    before it in its list.
    """
    from hashlib import sha256

    said = "\0".join((customer, list_key, content, str(ordinal)))
    digest = sha256(said.encode("utf-8", "surrogatepass")).digest()
    return f"{letter}-{_base32(digest, _ITEM_LENGTH)}"


def occasion_item_id(letter: str, maker: str, subject: str, occasion: str) -> str:
    """The id of an item that a rule or a pattern makes for a subject on an occasion.

    It follows from the three alone: two clones that both make the item make the same one.
    """
    from hashlib import sha256

    said = "\0".join((maker, subject, occasion))
    return f"{letter}-{_base32(sha256(said.encode()).digest(), _ITEM_LENGTH)}"


def is_item_id(text: str) -> bool:
    """Whether a text is a whole item's id: a letter, a hyphen, seven characters."""
    return (
        len(text) == _ITEM_LENGTH + 2
        and text[1] == "-"
        and "a" <= text[0] <= "z"
        and all(char in _DIGITS for char in text[2:])
    )


def item_prefix(text: str) -> str | None:
    """What a user typed for an item's id, as ids are spelt; None where it cannot be one.

    Case does not matter, and `o`, `i`, `l` are read as 0, 1, 1 (Crockford). With a
    letter and hyphen it stays so: `T-9F3` → `t-9f3`; without, `9F3` → `9f3`.
    """
    text = text.strip().lower()
    letter, digits = (text[:2], text[2:]) if text[1:2] == "-" else ("", text)
    digits = digits.translate(str.maketrans("oil", "011"))
    if len(digits) > _ITEM_LENGTH or not (digits or letter):
        return None
    if (letter and not "a" <= letter[0] <= "z") or any(char not in _DIGITS for char in digits):
        return None
    return letter + digits


def shortest_unique(ids: Iterable[str], *, least: int = 1) -> dict[str, int]:
    """For each id how many of its first characters tell it from all the others.

    At least `least`; the whole length where an id is the beginning of another.
    """
    ordered = sorted(set(ids))
    lengths: dict[str, int] = {}
    shared = 0
    for place, one in enumerate(ordered):
        following = ordered[place + 1] if place + 1 < len(ordered) else ""
        ahead = _common(one, following)
        lengths[one] = min(max(shared, ahead, least - 1) + 1, len(one))
        shared = ahead
    return lengths


def _common(one: str, other: str) -> int:
    count = 0
    for mine, its in zip(one, other, strict=False):
        if mine != its:
            break
        count += 1
    return count


def _reserved(stem: str) -> bool:
    """Whether Windows takes the name for a device, whatever follows a first dot."""
    return stem.partition(".")[0] in _DEVICES


def _base32(data: bytes, length: int) -> str:
    """The first `length` digits of five bits each."""
    number = int.from_bytes(data, "big") >> (len(data) * 8 - length * 5)
    return "".join(_DIGITS[number >> shift & 31] for shift in range(length * 5 - 5, -1, -5))
