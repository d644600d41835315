"""Names of people and organizations: whether two of them may be the same one's."""

from __future__ import annotations

import re
from functools import lru_cache

from crm_cli.model.text import fold, tokens

_UMLAUTS = re.compile("(?<=[aou])e")
_RUN = re.compile(r"[^\W_]+")
_FORMS = frozenset((
    "doo", "dd", "sp", "d", "o", "s", "p", "gmbh", "ag", "kg", "ug", "ltd", "limited", "llc",
    "inc", "srl", "spa", "sas", "bv", "nv", "kft", "sro", "as", "oy", "ab", "aps", "mr", "mrs",
    "herr", "frau", "gospod", "gospa",
))  # fmt: skip
"""Words of a name that say nothing of who it is."""


@lru_cache(maxsize=8192)
def name_words(name: str) -> frozenset[str]:
    """The folded words of a name; letters on their own are one word: `d.o.o.` is `doo`.

    `ae`, `oe` and `ue` are `a`, `o` and `u`, so that Müller and Mueller are one.
    """
    return frozenset(folded_words(name))


def folded_words(name: str) -> list[str]:
    """As `name_words`, in their order, each as often as it stands there."""
    found: list[str] = []
    letters = ""
    for word in tokens(name):
        if len(word) == 1:
            letters += word
            continue
        found += [letters, word]
        letters = ""
    return [_UMLAUTS.sub("", word) for word in (*found, letters) if word]


def folded_name(name: str) -> str:
    """A name as a bank's line is compared: no case, no accents, no legal form, words in any order.

    `ae`, `oe` and `ue` are `a`, `o` and `u`: SEPA has no umlauts, and banks write them so.
    """
    words = [word for word in _RUN.findall(fold(name)) if word not in _FORMS]
    named = len(words) > 1 or sum(map(len, words)) > 3
    return " ".join(sorted(_UMLAUTS.sub("", word) for word in words)) if named else ""


def names_agree(one: str, other: str) -> bool:
    """Whether two names may be of one: the same words in any order, or one within the other.

    `Novak, Ana` agrees with `Ana Marija Novak`; `Ana Novak` with neither `Ana Kos` nor `A. Novak`.
    """
    mine, theirs = name_words(one), name_words(other)
    if not mine or not theirs:
        return one.strip() == other.strip()
    return mine <= theirs or theirs <= mine


def is_address(name: str) -> bool:
    """Whether what stands for a name is an e-mail address or a number, and no name."""
    return "@" in name or not any(map(str.isalpha, name))
