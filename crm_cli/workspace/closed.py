"""Closed books that were changed past all commands: in an editor, or by a merge."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from crm_cli.model.closing import Booked, Books, booked, booked_rates, moved
from crm_cli.model.errors import DataError, Problem, Refused
from crm_cli.model.places import CUSTOMERS, RATES, SETTINGS, place_of
from crm_cli.store.compose import compose, decode
from crm_cli.store.sync import edited

if TYPE_CHECKING:
    from crm_cli.model.node import Mapping
    from crm_cli.store.document import Document
    from crm_cli.store.git import Git
    from crm_cli.store.tree import Tree
    from crm_cli.workspace.anew import Anew

Open = Callable[[str, bytes], "Document"]
Resum = Callable[[date, "bytes | None", "bytes | None"], "Anew"]
_MOST = 3
_CLOSED = re.compile(rb"^[ ]*closed_until[ ]*:.*$", re.M)


class Side(NamedTuple):
    """A file before and after; None: there is none."""

    path: str
    before: bytes | None
    after: bytes | None


class Touched(NamedTuple):
    """What stands in closed books on one side only, and where: in the file after, if it is
    there still."""

    path: str
    what: Booked


def touched(
    sides: Collection[Side], until: date, open: Open, resum: Resum | None = None
) -> list[Touched]:
    """What of closed books is not as it was; each name once, the earliest first. Settings are
    named by which it comes to something else.

    A record that was renamed took its books along; of one that was forgotten the figures have to
    be there, not the words.
    """
    whole = _one_sided(sides, until, open, figures=False)
    figures = {one.what[1:] for one in _one_sided(sides, until, open, figures=True)}
    renamed = {one.path for one in sides if one.before is None or one.after is None}
    found: dict[tuple[date, str], Touched] = {}
    for one in whole:
        if one.path not in renamed or one.what[1:] in figures:
            found.setdefault((one.what.day, one.what.said), one)
    for one in _moved(sides, until, open):
        found.setdefault((one.what.day, one.what.said), one)
    named = [found[key] for key in sorted(found)]
    for side in sides:
        if resum is not None and place_of(side.path) is SETTINGS:
            anew = resum(until, side.before, side.after)
            named += [Touched(side.path, anew.booked(until))] if anew.keys else []
    return named


def _moved(sides: Iterable[Side], until: date, open: Open) -> list[Touched]:
    """What stands in the books of another record than before."""
    read = {
        one.path: Books(
            _books(one.path, one.before, until, open, figures=True),
            _books(one.path, one.after, until, open, figures=True),
            one.before is None, one.after is None,
        )
        for one in sides
        if place_of(one.path) is CUSTOMERS
    }  # fmt: skip
    wrong = moved(read.values())
    return [
        Touched(path, what) for path, of in read.items() for what in wrong if what in of.new
    ]  # fmt: skip


def _one_sided(
    sides: Iterable[Side], until: date, open: Open, *, figures: bool
) -> list[Touched]:
    old: list[Touched] = []
    new: list[Touched] = []
    for one in sides:
        for data, held in ((one.before, old), (one.after, new)):
            read = _books(one.path, data, until, open, figures=figures)
            held += [Touched(one.path, what) for what in read]
    counts = Counter(one.what.content for one in new)
    counts.subtract(one.what.content for one in old)
    return [one for one in (*new, *old) if counts[one.what.content]]


def _books(
    path: str, data: bytes | None, until: date, open: Open, *, figures: bool
) -> list[Booked]:
    """What a file has in the books up to a day; nothing where it cannot be read."""
    place = place_of(path)
    if data is None or place not in (CUSTOMERS, RATES):
        return []
    try:
        if place is RATES:
            return list(booked_rates(_root(path, data), until))
        if b"urchase" not in data and b"ayment" not in data:
            return []
        return list(booked(open(path, data).record, until, figures=figures))
    except (DataError, Refused):
        return []


def closes(before: bytes | None, after: bytes | None) -> bool:
    """Whether settings say another day until which the books are closed."""
    old, new = (_CLOSED.findall(data or b"") for data in (before, after))
    return bool(new) and old != new


def unkept(git: Git, tree: Tree, open: Open) -> list[tuple[str, bytes, bytes]]:
    """The files of books that differ from the last commit and can be read: (path, text, text)."""
    found = []
    for path in edited(git):
        place = place_of(path)
        if place not in (CUSTOMERS, RATES):
            continue
        try:
            data = tree.read(path)
            if place is CUSTOMERS:
                open(path, data)
        except (DataError, FileNotFoundError):
            continue
        if place is CUSTOMERS or _root(path, data) is not None:
            found.append((path, data, data))
    return found


def _root(path: str, data: bytes) -> Mapping | None:
    decoded = decode(data, path)
    return None if isinstance(decoded, Problem) else compose(decoded.text, path).root


def said_of(one: Touched) -> str:
    """What was touched, with its day; settings have none of their own."""
    return one.what.said if place_of(one.path) is SETTINGS else f"{one.what.said} of {one.what.day}"


def told(found: list[Touched], until: date) -> str:
    """A sentence on what was changed by hand."""
    named = ", ".join(said_of(one) for one in found[:_MOST])
    more = f" and {len(found) - _MOST:,} more" if found[_MOST:] else ""
    return (
        f"changed by hand, although the books are closed until {until}: {named}{more} "
        "(crm check says how to put it back)"
    )
