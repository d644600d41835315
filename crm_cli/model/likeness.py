"""How much alike two customers are: reasons, and a score from 0 to 100.

What identifies somebody (tax number, e-mail, phone …) nearly suffices alone; a name counts only
together with an address or a domain; what tells two apart takes away. The points are our own,
set by what they find among made-up customers with known duplicates (bench/duplicates.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from crm_cli.model.legal_forms import FORM_WORDS
from crm_cli.model.names import folded_words
from crm_cli.model.nicknames import CANONICAL

ORGANIZATION = "organization"
LEAST = 50
"""The score from which two are shown."""
RARE = 3
"""A name that at most so many have tells more than a common one."""

_FREE = """
gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com
gmx.net gmx.de gmx.at web.de t-online.de aol.com proton.me protonmail.com siol.net
mail.ru yandex.ru libero.it orange.fr free.fr seznam.cz wp.pl abv.bg
"""
_FREE_MAIL = frozenset(_FREE.split())
"""Domains at which anybody may have an address."""


class Profile(NamedTuple):
    """What tells a customer apart from others, in the forms in which it is compared."""

    id: str
    name: str
    kind: str
    words: tuple[str, ...]
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    tax_id: str
    registration_id: str
    external: tuple[str, str]
    city: str
    street: str
    postcode: str
    birth_date: str
    domains: tuple[str, ...]
    not_same: tuple[str, ...]
    full: tuple[str, ...]
    """The words of the name, nicknames by their full form."""
    book: str = ""
    """The directory that they are in, where several are compared in a mirror."""

    @property
    def named(self) -> str:
        """The id, and before it the book where there are several: `koper/ana-novak`."""
        return f"{self.book}/{self.id}" if self.book else self.id

    def tells_apart(self, other: Profile) -> bool:
        """Whether it is noted here that the other one is somebody else, or it is this one."""
        return self.book == other.book and (other.id in self.not_same or other.id == self.id)


class Likeness(NamedTuple):
    """A score from 0 to 100, and why, the weightiest reason first."""

    score: int
    reasons: tuple[str, ...]


_UNLIKE = Likeness(0, ())


@lru_cache(maxsize=65536)
def compared_words(name: str) -> tuple[str, ...]:
    """The folded words of a name without legal forms, in an order of their own."""
    found = [word for word in folded_words(name) if word not in FORM_WORDS]
    return tuple(sorted(found or folded_words(name)))


def full_forms(words: Iterable[str]) -> tuple[str, ...]:
    """Words of a name, nicknames by their full form, in an order of their own."""
    return tuple(sorted(CANONICAL.get(word, word) for word in words))


def plain_id(text: str | None) -> str:
    """A tax or registration number without signs and without the country before it."""
    bare = re.sub(r"[^0-9a-z]", "", (text or "").casefold())
    return re.sub(r"^[a-z]{2}(?=\d)", "", bare)


def own_domains(emails: Iterable[str], urls: Iterable[str]) -> frozenset[str]:
    """The domains of addresses and pages, without those that anybody may have mail at."""
    found = {text.rpartition("@")[2] for text in emails if "@" in text}
    for text in urls:
        host = re.sub(r"^\w+://", "", text.casefold()).partition("/")[0].partition(":")[0]
        found.add(host.removeprefix("www."))
    return frozenset(one for one in found if "." in one) - _FREE_MAIL


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """What stays of a word however it is spelled: its consonants by sound, none of them twice."""
    for pattern, sound in _SOUNDS:
        word = word.replace(pattern, sound)
    bare = word[:1] + re.sub("[aeiouyhj]", "", word[1:])
    return re.sub(r"(.)\1+", r"\1", bare)


_SOUNDS = (
    ("tsch", "c"), ("sch", "s"), ("sh", "s"), ("ch", "c"), ("ph", "f"), ("th", "t"), ("dj", "d"),
    ("ck", "k"), ("x", "ks"), ("q", "k"), ("w", "v"), ("z", "s"), ("ff", "v"), ("c", "k"),
)  # fmt: skip


def similar(one: str, other: str) -> bool:
    """Whether two words may be one, mistyped or spelled by another rule."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < 3:
        return False
    if len(short) > 3 and skeleton(one) == skeleton(other) and len(skeleton(one)) > 1:
        return True
    most = 0 if len(short) < 4 else 1 if len(short) < 8 else 2
    return len(long) - len(short) <= most and _within(one, other, most)


def likeness(one: Profile, other: Profile, *, rare: bool = False) -> Likeness:
    """How much alike two customers are; `rare` says that few have their name."""
    named = _names(one.words, other.words)
    found = list(_identified(one, other))
    if named is None and not found:
        return _UNLIKE
    renamed = named is None and _is_renamed(one, other)
    if named is not None or renamed:
        found += _placed(one, other)
    # What a household shares does not identify anybody in it.
    related = named is None and not renamed and _are_related(one, other)
    sure = any(points >= 70 for points, _ in found) and not related
    if renamed:
        points, text = 30, "same given name"
    elif related:
        both = _shared(one.emails, other.emails) and _shared(one.phones, other.phones)
        points, text = (-110 if both else -40), ""
    elif named is None:
        points, text = (-15 if one.words and other.words else 0), ""
    else:
        points, text = named
        points += 10 if rare and points >= 25 else 0
    score = points + sum(points for points, _ in found) - _told_apart(one, other, sure=sure)
    if named is not None and not found:
        # A name alone says little of people, and much of organizations.
        score = LEAST if rare and _same_organization(one, other) else min(score, LEAST - 1)
    found.append((points, text))
    found.sort(key=lambda reason: -reason[0])
    return Likeness(max(0, min(100, score)), tuple(text for points, text in found if points > 0))


def _is_renamed(one: Profile, other: Profile) -> bool:
    """Whether two may be a person before and after a change of the family name."""
    if not one.birth_date or one.birth_date != other.birth_date:
        return False
    mine, theirs = folded_words(one.name), folded_words(other.name)
    return len(mine) > 1 < len(theirs) and full_forms(mine[:1]) == full_forms(theirs[:1])


def _are_related(one: Profile, other: Profile) -> bool:
    """Whether two whose names do not agree have the same family name and other given ones: a
    spouse or a child, who has the e-mail and the phone, too. Given names that are nearly alike may
    be one, mistyped, unless the dates of birth differ."""
    if ORGANIZATION in (one.kind, other.kind):
        return False
    mine, theirs = folded_words(one.name), folded_words(other.name)
    if not (len(mine) > 1 < len(theirs) and mine[-1] == theirs[-1]):
        return False
    born = one.birth_date and other.birth_date and one.birth_date != other.birth_date
    return bool(born) or not _within(mine[0], theirs[0], 2)


def _same_organization(one: Profile, other: Profile) -> bool:
    """Whether two organizations have the very same name, and nothing tells them apart."""
    return (
        one.kind == other.kind == "organization"
        and one.name.casefold() == other.name.casefold()
        and not (one.city and other.city and one.city != other.city)
        and not (one.postcode and other.postcode and one.postcode != other.postcode)
        and not _told_apart(one, other, sure=False)
    )


def _identified(one: Profile, other: Profile) -> Iterator[tuple[int, str]]:
    if one.tax_id and one.tax_id == other.tax_id:
        yield 85, "same tax id"
    if one.registration_id and one.registration_id == other.registration_id:
        yield 85, "same registration id"
    if one.external[1] and one.external == other.external:
        yield 85, "same external id"
    if email := _shared(one.emails, other.emails):
        yield 75, f"same e-mail {email}"
    if phone := _shared(one.phones, other.phones):
        yield 70, f"same phone {phone}"
    if one.birth_date and one.birth_date == other.birth_date:
        yield 20, "same date of birth"


def _placed(one: Profile, other: Profile) -> Iterator[tuple[int, str]]:
    """Where they are, which counts with a name that agrees."""
    same_town = bool(one.city and one.city == other.city) or bool(
        one.postcode and one.postcode == other.postcode
    )
    if one.street and same_street(one.street, other.street) and (
        same_town or not (one.city and other.city)
    ):  # fmt: skip
        yield 25, "same address"
    elif same_town:
        yield 10, "same town"
    if domain := _shared(one.domains, other.domains):
        yield 15, f"same domain {domain}"


def _shared(mine: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    """The first text that both have, in the order of the texts; empty where there is none."""
    return next((text for text in mine if text in theirs), "")


@lru_cache(maxsize=65536)
def same_street(one: str, other: str) -> bool:
    """Whether two streets, folded, have the same number and nearly the same words."""
    mine, theirs = one.split(), other.split()
    numbers = [[word for word in words if any(map(str.isdigit, word))] for words in (mine, theirs)]
    if numbers[0] != numbers[1]:
        return False
    pairs = zip(mine, theirs, strict=False)
    return bool(mine) and all(
        similar(word, its) or word.startswith(its) or its.startswith(word) for word, its in pairs
    )


@lru_cache(maxsize=65536)
def _names(mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[int, str] | None:
    """Points for names that agree; None for those that do not."""
    if not mine or not theirs:
        return None
    if full_forms(mine) == full_forms(theirs):
        return 35, "same name"
    short, long = sorted((mine, theirs), key=len)
    left, mistyped, initials = list(long), 0, 0
    for word in short:
        full = CANONICAL.get(word, word)
        match = next((its for its in left if CANONICAL.get(its, its) == full), None)
        if match is None:
            match = next((its for its in left if similar(word, its)), None)
            mistyped += match is not None
        if match is None:
            match = next((its for its in left if _initial(word, its)), None)
            initials += match is not None
        if match is None:
            return None
        left.remove(match)
    exact = len(short) - mistyped - initials
    if len(short) == 1 and (len(long) > 1 or initials):
        return (15, "one name within the other") if exact else None
    if initials:
        return (20, "same name but for an initial") if exact else None
    if mistyped:
        return (25 if not left else 20), "nearly the same name"
    return 28, "one name within the other"


def _initial(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) == 1 and long.startswith(short)


def _told_apart(one: Profile, other: Profile, *, sure: bool) -> int:
    """What speaks against it; less of it where something identifies them."""
    against = 0
    for mine, theirs, points in (
        (one.tax_id, other.tax_id, 40),
        (one.registration_id, other.registration_id, 40),
        (one.birth_date, other.birth_date, 40),
        (one.kind, other.kind, 30),
    ):
        if mine and theirs and mine != theirs:
            against += points
    if sure:
        return against // 2
    if one.external[0] and one.external[0] == other.external[0] and one.external != other.external:
        against += 10
    for held, its in ((one.emails, other.emails), (one.phones, other.phones)):
        if held and its and not _shared(held, its):
            against += 5
    if one.street and other.street and not same_street(one.street, other.street):
        against += 10
    return against


def _within(one: str, other: str, most: int) -> bool:
    """Whether at most so many letters differ, are left out, added or swapped."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, char in enumerate(one, 1):
        new = [row]
        for place, wanted in enumerate(other, 1):
            cost = min(last[place] + 1, new[-1] + 1, last[place - 1] + (char != wanted))
            if row > 1 < place and char == other[place - 2] and one[row - 2] == wanted:
                cost = min(cost, before[place - 2] + 1)
            new.append(cost)
        if min(new) > most:
            return False
        before, last = last, new
    return last[-1] <= most
