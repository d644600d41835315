"""Fitting columns to a terminal: what gives way first, and what last.

Headings go over two lines, an id is shown by its unique beginning, the time of a day and a
column of one currency go; then texts and words are cut; then columns are left out: those with
nothing in them, ids beside the name they stand for, and the least important. Names and e-mail
addresses are cut last, phone numbers never.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

from crm_cli.model.text import visible
from crm_cli.model.width import columns_of, fitted, wrapped
from crm_cli.render.cells import Cells

GAP = "  "
DATES = ("date", "moment", "date or time", "partial date")
READABLE = 12
"""A text that is cut to so many columns still says something."""
TITLE = 20
_TITLES = ("title", "summary", "subject", "text", "description")
_CODE = 12
"""A number of an invoice is not cut to fewer columns."""
_NAME = 24
"""A name, or an e-mail address, is not cut to fewer columns, as long as another column can be left
out."""
_ID = 6
_REFERENCE = 8
"""An id that stands for a name is not cut to fewer columns."""
_WORD = 7
"""A word of a closed list is not cut to fewer columns."""
_NARROWEST = 6
_UNBROKEN = 16
"""A longer word may be broken where texts go over several lines."""
_PHONE = 20
"""A longer phone number may be cut."""
_NOTHING = "0.,-%"
"""What a figure is made of that says nothing."""
_COMPARED = 2000
"""Of more cells it is not asked which ones look alike when they are cut."""
_NAME_OF_FIELD = re.compile(r"[a-z][a-z0-9]*(?:[_.][a-z0-9]+)*(?: \([A-Z]{3}\))?")
_NUMBERED = re.compile(r"[0-9]{4}")
"""What the number of an invoice has, and hardly any other id."""
_DAYS = re.compile(r"\bd([0-9]+) ([0-9]+)\b")
_LONG_WORDS = ("choice", "stage", "word")


class Part:
    """A column while it is fitted: its heading, its cells, and whether it stands right."""

    def __init__(
        self, place: int, key: str, type: str, head: str, cells: Cells, *, right: bool
    ) -> None:
        self.place = place
        """Which of the rows' columns it is."""
        self.key = key
        self.type = type
        self.head = head
        self.cells = cells
        self.right = right
        self.named = False
        """Whether the next column has the names of what this one has the ids of."""
        self.broken = False
        """Whether its texts go over several lines, between their words."""
        self.limit = 0
        """The columns that it gets."""

    @cached_property
    def natural(self) -> int:
        """The columns that it takes with a heading in one line."""
        return max(self.cells.width, columns_of(self.head))

    @cached_property
    def whole(self) -> int:
        """The columns that it takes with a heading over several lines."""
        words = self.head.split(" ") if self.head else [""]
        longest = max(map(columns_of, words))
        half = -(-columns_of(self.head) // 2)
        return max(self.cells.width, longest, half if len(words) > 2 else 0)

    @cached_property
    def least(self) -> int:
        """The fewest columns in which it can be read."""
        if self.right or self.type in (*DATES, "deadline"):
            return self.whole
        if self.type == "phone":
            return min(self.whole, _PHONE)
        if is_name(self.key) or self.type == "e-mail":
            return min(self.whole, max(_NAME, _NARROWEST))
        if self.key == "id" or self.named:
            return min(self.whole, max(_apart(self.cells), _ID, self._word))
        if self.type in ("reference", "user", "country", "currency"):
            numbered = any(map(_NUMBERED.search, self.cells[:_COMPARED]))
            shortest = _CODE if numbered else _REFERENCE
            return min(self.whole, max(_apart(self.cells), shortest, self._word))
        if self.type == "code":
            return min(self.whole, max(_CODE, self._word))
        if self.type in _LONG_WORDS:
            return min(self.whole, max(_WORD, self._word))
        return min(self.whole, max(TITLE if self.key in _TITLES else READABLE, self._word))

    @property
    def _word(self) -> int:
        """The columns of the longest word of its heading, and of texts that are broken."""
        longest = max(map(columns_of, self.head.split(" ")))
        if not self.broken:
            return longest
        found = (columns_of(word) for cell in self.cells for word in cell.split(" "))
        return max(longest, *(size for size in found if size <= _UNBROKEN), 0)

    @cached_property
    def says_nothing(self) -> bool:
        """Whether no cell says anything: it is empty, or an amount of zero."""
        return self.key != "id" and not any(cell.strip(_NOTHING) for cell in self.cells)

    @property
    def heading(self) -> list[str]:
        """The lines of its heading."""
        return wrapped(self.head, max(self.limit, 1))


def is_name(key: str) -> bool:
    """Whether a column has what people call a record."""
    return key == "name" or key.endswith(("_name", ".name"))


def _apart(cells: Sequence[str]) -> int:
    """The columns, with a sign for what is left out, in which different cells differ."""
    if len(cells) > _COMPARED:
        return READABLE
    held = sorted(set(cells))
    shared = 0
    for one, following in pairwise(held):
        pairs = zip(one, following, strict=False)
        same = next(
            (at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(following))
        )
        shared = max(shared, same)
    return shared + 2


def fit(
    parts: Sequence[Part], ranked: Sequence[str], room: int, *, sampled: bool = False
) -> tuple[list[Part], list[Part]]:
    """The columns that are shown, each with its `limit`, and those that are left out.

    `ranked` are keys by importance; where there are none, no column is left out. Where the rows
    are but a sample, a column without anything in it may have something further down.
    """
    if _taken([part.natural for part in parts]) <= room:
        for part in parts:
            part.limit = part.natural
        return list(parts), []
    if not ranked and _taken([part.least for part in parts]) > room:
        # The id is what anything can be done with; the rest is as important as it stands.
        ranked = [part.key for part in sorted(parts, key=lambda part: part.key != "id")]
        ranked = sorted(ranked, key={part.key: part.named for part in parts}.__getitem__)
    order = {key: place for place, key in enumerate(ranked)}
    by_rank = sorted(
        parts,
        key=lambda part: (not sampled and part.says_nothing, order.get(part.key, len(order))),
    )
    kept: list[Part] = []
    for part in by_rank:
        wanted = _taken([one.least for one in (*kept, part)])
        if wanted <= room or len(kept) < 2 or not ranked:
            kept.append(part)
    shown = [part for part in parts if any(part is one for one in kept)]
    for part in shown:
        part.limit = part.least
    _grow(shown, room)
    _shrink(shown, room)
    return shown, [part for part in parts if not any(part is one for one in kept)]


def _taken(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _grow(parts: Sequence[Part], room: int) -> None:
    """Give what is left: to names first, then to words, then to all that is cut."""
    for wanted in (
        [part for part in parts if is_name(part.key)],
        [part for part in parts if part.type in _LONG_WORDS],
        list(parts),
    ):
        left = room - _taken([part.limit for part in parts])
        while left > 0 and (short := [part for part in wanted if part.limit < part.whole]):
            for part in short[:left]:
                part.limit += 1
            left -= len(short[:left])
    left = room - _taken([part.limit for part in parts])
    for part in sorted(parts, key=lambda one: one.natural - one.limit):
        more = part.natural - part.limit
        if 0 < more <= left:
            part.limit += more
            left -= more


def _shrink(parts: Sequence[Part], room: int) -> None:
    """Where even the least is too much: take from the widest, from names last."""
    for spared in (True, False):
        while (over := _taken([part.limit for part in parts]) - room) > 0:
            wide = [
                part
                for part in parts
                if part.limit > _NARROWEST and not (spared and is_name(part.key))
            ]
            if not wide:
                break
            widest = max(part.limit for part in wide)
            places = [part for part in wide if part.limit == widest]
            below = max(
                (part.limit for part in wide if part.limit < widest), default=_NARROWEST
            )
            step = min(widest - below, -(-over // len(places)))
            for part in places:
                part.limit -= max(step, 1)


def cut(part: Part, ellipsis: str) -> Cells:
    """The cells of a column within its limit.

    Cells that would be the same without their ends keep them, and lose their middle.
    """
    cells, limit = part.cells, part.limit
    if cells.width <= limit:
        return cells
    ended = cells.fitted(limit, ellipsis=ellipsis)
    if is_name(part.key) or limit < 2 * _NARROWEST or len(cells) > _COMPARED:
        return ended
    met: dict[str, set[str]] = {}
    for whole, short in zip(cells, ended, strict=True):
        if whole != short:
            met.setdefault(short, set()).add(whole)
    repeated = {short for short, wholes in met.items() if len(wholes) > 1}
    if not repeated:
        return ended
    return Cells(
        [
            _without_middle(whole, limit, ellipsis) if short in repeated else short
            for whole, short in zip(cells, ended, strict=True)
        ]
    )


def _without_middle(text: str, limit: int, ellipsis: str) -> str:
    """The text's beginning and end, with a sign between them."""
    tail = (limit - 1) // 2
    kept, taken = len(text), 0
    while kept > 0 and (size := columns_of(text[kept - 1])) + taken <= tail:
        taken += size
        kept -= 1
    head = fitted(text, limit - taken, ellipsis=ellipsis)
    return head + text[kept:].lstrip()


def short_ids(cells: Sequence[str], unique: Mapping[str, int]) -> Cells:
    """The ids' beginnings that are enough to type, where they are known."""
    return Cells([cell[: unique.get(cell, len(cell))] for cell in cells])


def words(heading: str) -> str:
    """A heading for people: `days_overdue` is `days overdue`, `d1_30` is `1-30 days`."""
    text = visible(heading)
    if not _NAME_OF_FIELD.fullmatch(text):
        return text
    return _DAYS.sub(r"\1-\2 days", re.sub("[_.]", " ", text))


def currency_among(values: Sequence[Any]) -> str:
    """The most frequent currency of a column; empty where there is none."""
    held = Counter(value for value in values if isinstance(value, str) and value)
    return max(held, key=lambda one: (held[one], one), default="")
