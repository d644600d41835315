"""Measures: figures over many items, declared by their kind.

`spend` and `orders` of purchases, for example. Whoever asks for a figure by its name,
over a window (`spend@12m`), for groups (`--agg orders,spend`) or in a report, gets the
same one.
"""

from __future__ import annotations

from typing import Literal

from crm_cli.model.declaration import Declaration


class Measure(Declaration, positional=3):
    """A function over the items that count."""

    name: str
    """The word for it."""
    function: Literal["count", "sum", "min", "max", "distinct", "ratio", "converted", "unconverted"]
    """How many there are, or a function of one of their fields; `distinct` is the number of
    different customers, or of different items that they are part of, `ratio` one measure divided
    by another, `converted` how many amounts are known in the base currency, `unconverted` how many
    have no rate."""
    doc: str
    """What it is, in a few words."""
    of: str = ""
    """The field; of `distinct` the kind that is counted, of `ratio` a measure."""
    per: str = ""
    """Of `ratio`: the measure that is divided by."""
    each: str = ""
    """Of `distinct` and `converted`: the field whose different values are counted, in place of
    the items; `distinct` needs no `of` then."""
    place: str = ""
    """Beside `each`: the derived value that numbers its values, of each customer from 0 on; whole
    numbers are counted in half the time of texts."""
    unless: str = ""
    """The states of the items that it leaves out, with commas between them."""
    kept: str = ""
    """The derived value of customers that comes to the same over all their items: of `distinct` of
    them, those count of whom it is more than nothing; else it adds up."""
