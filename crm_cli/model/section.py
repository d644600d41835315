"""A report as a part of a page: its rows, its chart and where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from crm_cli.model.declaration import Declaration
from crm_cli.model.plot import Plot
from crm_cli.model.rows import Rows


class Named(str):
    """A name that knows the id of what it names."""

    __slots__ = ("id",)
    id: str

    def __new__(cls, name: str, id: str) -> Named:
        made = super().__new__(cls, name)
        made.id = id
        return made


class Fact(NamedTuple):
    """A figure that stands at the top of a page: as people read it, and what it is."""

    text: str
    label: str
    alert: bool = False


class Advice(NamedTuple):
    """A sentence that says what to do first, and the line that shows more."""

    text: str
    command: str = ""


def and_more(names: Sequence[str]) -> str:
    """The first of names, and how many more there are: `Bistro Lipa and 2 more`."""
    more = len(names) - 1
    return f"{names[0]} and {more:,} more" if more > 0 else "".join(names)


class Explained(NamedTuple):
    """A column of a section, and what it is in a few words."""

    heading: str
    doc: str


class Section(Declaration, kw_only=True):
    """A part of a page."""

    name: str
    """A word for it, of letters, digits and dashes; unique on its page."""
    group: str
    """The heading that it stands under, with others."""
    title: str
    answers: str
    """What it answers, as a sentence."""
    rows: Rows
    """What stands in its table, below the chart."""
    command: str = ""
    """The line that makes the same figures."""
    formula: str = ""
    """How its figures are defined."""
    columns: Sequence[Explained] = ()
    plot: Plot | None = None
    shaded: Sequence[str] = ()
    """The keys of columns whose cells are shaded, the darker the larger, in place of a chart."""
    left: int = 0
    """How many more rows there are."""
    earlier: bool = False
    """Whether those come before the rows that are shown, in time."""
    notes: Sequence[str] = ()
    """What is to be known beside it, such as what it leaves out."""
    advice: Sequence[Advice] = ()
    """What to do first, at the very top of the page."""
    facts: Sequence[Fact] = ()
    """What of it stands at the top of the page."""


class Sheet(Declaration, kw_only=True):
    """A page of sections."""

    title: str
    """Whose it is: the business's name, or the customer's."""
    day: str
    """The day that it is of, in words."""
    about: Sequence[str] = ()
    """Lines below the title: what it is about, where it comes from."""
    made: str = ""
    """The line that makes the page."""
    sections: Sequence[Section] = ()
