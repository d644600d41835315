"""Customers who may be one: found in blocks that have something in common, then compared."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, groupby
from typing import NamedTuple

from crm_cli.features.plan import Plan
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.likeness import LEAST, RARE, Profile, likeness, skeleton
from crm_cli.query.likeness import profiles
from crm_cli.query.own_fields import BOOK
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_MANY = 12
"""So many have a name and a town in common by chance: each is compared with none of the others."""
_MOST = 60
"""No block is larger: an e-mail that hundreds have identifies nobody."""
_NAMED = 26
"""The bit of a block's number that says whether it is of a name; the place is below."""
_PLACE = (1 << _NAMED) - 1
_HASH = (1 << 64 - _NAMED - 1) - 1


class Pair(NamedTuple):
    """Two customers who may be one: `score` is from 0 to 100, the weightiest reason first."""

    id: str
    name: str
    other: str
    other_name: str
    score: int
    reasons: tuple[str, ...]


def duplicates(
    workspace: Workspace,
    terms: Sequence[str] = (),
    *,
    where: str | None = None,
    least: int = LEAST,
) -> list[Pair]:
    """The pairs that are alike, the likeliest first; with terms, those of which one matches.

    Pairs that `not_same` tells apart, on either side, are left out. In a mirror of several books
    somebody of one may be somebody of another: `koper/ana-novak`.
    """
    if not 1 <= least <= 100:
        raise UsageError(f"--min is a score from 1 to 100, not {least}")
    known = profiles(workspace.database)
    asked = None
    if terms or where is not None:
        cols = ("id", BOOK) if workspace.database.dialect.several else ("id",)
        rows = workspace.select(CUSTOMER, terms, where=where, cols=cols, ordered=False).rows
        asked = {tuple(map(str, row)) for row in rows}
    common = Counter(one.full for one in known)
    found = []
    for mine, theirs in _candidates(known):
        one, other = known[mine], known[theirs]
        if asked is not None and _key(one) not in asked and _key(other) not in asked:
            continue
        if one.tells_apart(other) or other.tells_apart(one):
            continue
        rare = max(common[one.full], common[other.full]) <= RARE
        score, reasons = likeness(one, other, rare=rare)
        if score >= least:
            found.append(Pair(one.named, one.name, other.named, other.name, score, reasons))
    found.sort(key=lambda pair: (-pair.score, pair.id, pair.other))
    return found


def paths(workspace: Workspace, pairs: Sequence[Pair]) -> list[str] | None:
    """The file of the first of each pair; None where a mirror has them, of several books."""
    if workspace.database.dialect.several:
        return None
    return [workspace.path_of(one.id) for one in pairs]


def tell_apart(workspace: Workspace, ids: Sequence[str]) -> Plan:
    """Plan to remember that customers are not the same, in the record of each.

    Raises UsageError for fewer than two.
    """
    if len(ids) < 2:
        raise UsageError(
            "--not-same needs two customers", "crm duplicates --not-same ana-novak ana-novak-2"
        )

    def noting(id: str) -> Edit:
        others = [other for other in ids if other != id]

        def update(document: Document) -> None:
            document.add_texts("not_same", others)

        return Edit(workspace.path_of(id), update)

    listed = ", ".join(ids)
    return Plan(
        Change(f"tell {listed} apart", tuple(noting(id) for id in ids)),
        f"noted that {listed} are not the same",
        ids,
        f"Note that {listed} are not the same?",
    )


def _key(one: Profile) -> tuple[str, ...]:
    """A customer's id, and the book where there are several."""
    return (one.id, one.book) if one.book else (one.id,)


def _candidates(known: Sequence[Profile]) -> Iterator[tuple[int, int]]:
    """The places of customers who share a block, each pair once."""
    many = len(known)
    pairs = {
        mine * many + theirs
        for places, most in _shared(known)
        if len(places) <= most
        for mine, theirs in combinations(places, 2)
    }
    return (divmod(pair, many) for pair in sorted(pairs))


def _shared(known: Sequence[Profile]) -> Iterator[tuple[list[int], int]]:
    """The places of customers who share a block, and how many may share one like it.

    Each is a number in an array, of a hash of the block in place of its words, and of the place:
    sorted, they stand together. Two hashes that meet cost a comparison.
    """
    entries = array("Q")
    for place, one in enumerate(known):
        for block in _blocks(one):
            named = block[0].startswith("name")
            entries.append((hash(block) & _HASH) << _NAMED + 1 | named << _NAMED | place)
    for number, group in groupby(sorted(entries), lambda entry: entry >> _NAMED):
        places = [entry & _PLACE for entry in group]
        if len(places) > 1:
            yield places, _MANY if number & 1 else _MOST


def _blocks(one: Profile) -> Iterator[tuple[str, ...]]:
    """What a customer shares with whoever they may be, in the forms that errors leave alone."""
    if one.tax_id:
        yield "tax", one.tax_id
    if one.registration_id:
        yield "registration", one.registration_id
    if one.external[1]:
        yield "external", *one.external
    for email in one.emails:
        yield "email", email
    for phone in one.phones:
        yield "phone", phone
    full = one.full
    sounds = sorted(skeleton(word) for word in full if len(word) > 1)
    places = [one.postcode, one.city, *one.domains]
    for where in filter(None, places):
        yield "name", " ".join(sounds), where
        for word in full:
            if len(word) > 2:
                # The other words may be mistyped, or missing.
                yield "name word", word, where, one.street[:4]
    if one.street:
        for sound in sounds:
            yield "name street", sound, one.street
    if full:
        yield "name alone", " ".join(sounds)
    if one.birth_date:
        for sound in sounds:
            yield "name born", sound, one.birth_date
