"""A page: what of a document is to be drawn, in words of a language, for every format alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

Run = tuple[str, bool]
"""A piece of text, and whether it is bold."""
Pair = tuple[str, str]
"""A label and a value."""


class Prose(NamedTuple):
    """A paragraph, a heading or an item of a list: `bullet`, or `number` with its label."""

    kind: str
    runs: Sequence[Run]
    label: str = ""

    @property
    def text(self) -> str:
        """The text without its styles."""
        return "".join(text for text, _ in self.runs)


class Column(NamedTuple):
    """A column of a table; `wide` is that of texts, the others hold short ones."""

    label: str
    end: bool = False
    wide: bool = False


class Total(NamedTuple):
    """A line below a table: a label, an amount, and whether it is what matters."""

    label: str
    amount: str
    strong: bool = False


class Grid(NamedTuple):
    """A table with its sums; a cell may have several lines."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    totals: Sequence[Total] = ()


class Square(NamedTuple):
    """A square code: its caption, what it holds, and how that is encoded; see `codes`."""

    caption: str
    name: str
    text: str
    encoding: str


class Payment(NamedTuple):
    """How it is paid: the account in words, and codes to scan."""

    heading: str
    details: Sequence[Pair]
    squares: Sequence[Square]


Block = Prose | Grid | Payment


class Page(NamedTuple):
    """A document in a language. `mark` is written across it: that it is a draft, or cancelled."""

    language: str
    is_rtl: bool
    title: str
    number: str
    mark: str
    sender: Sequence[str]
    addressee: Sequence[str]
    facts: Sequence[Pair]
    blocks: Sequence[Block]
    footer: Sequence[str]
    paging: str
    logo: bytes = b""
    day: str = ""
