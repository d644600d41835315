"""The columns of a report: its grouping keys and its figures."""

from __future__ import annotations

from typing import Any

from crm_cli.model.declaration import Declaration
from crm_cli.model.kind import Kind
from crm_cli.model.purchase import PURCHASE


class Key(Declaration, positional=3):
    """Something that rows are put together by."""

    name: str
    """The word for `--by`, and the column's key."""
    field: str
    """The field, as `--group-by` takes it."""
    doc: str
    """What it is, in a few words."""
    label: str = ""
    """The field that names a value to people, where that is another."""
    ids: bool = False
    """Whether values are ids, which `-o ids` prints."""
    timed: bool = False
    """Whether the groups follow each other in time."""
    parts: Kind | None = None
    """The kind of parts that rows are taken apart into first: a purchase's lines."""
    public: bool = False
    """Whether its values name neither people nor their places; those of a time never do. All
    others have labels in their place where a report goes to strangers."""


class Figure(Declaration, positional=3):
    """A column of figures."""

    key: str
    """Its name in every format."""
    ask: str
    """The aggregate, as `--agg` takes it; `{@}` is where the period of `--period` goes.
    Empty for what the report's function computes."""
    doc: str
    """What it is, in a few words."""
    type: str = ""
    """The name of its type, where no aggregate tells it."""
    cases: str = ""
    """Of a rate: the figure that is the number of cases it is of."""
    few: int = 5
    """Of a rate, and of a mean: of fewer cases it is marked, since it may be chance."""
    ratio: tuple[str, str] | None = None
    """The two figures of the row that it divides; by 0 there is none."""
    part_of: str = ""
    """Of a share: the figure of whose total it is the row's part."""
    start: Any = None
    """The value where there are no rows; of counts and sums 0."""
    compared: bool = True
    """Whether `--compare` puts that of the other period beside it."""
    own: bool = False
    """Whether amounts are in the currency of their group, not in the base currency."""
    unit: str = ""
    """What it is counted in, such as `days`, where its name does not say it."""
    drawn: bool = False
    """Whether a chart with several series draws it: a part of a stack, a line, a cell."""
    label: str = ""
    """Its heading on a page, where its key would not be understood there."""
    public: bool = False
    """Of a text: whether it names nobody; see `Key.public`."""
    across: str = ""
    """Where its key is a value of records, as in a pivot: the key whose values they are."""


class About(Declaration, kw_only=True):
    """What a report says of the rows that it is about."""

    base: Kind = PURCHASE
    """The kind of the rows that terms and `-w` choose among."""
    figures: tuple[Figure, ...] = ()
    """The columns after the keys, in their order."""
    terms: tuple[str, ...] = ()
    """Query terms that choose among the rows, whatever is asked."""
    where: str = ""
    """A full expression that does."""
    having: str = ""
    """A full expression over the columns that chooses among the groups."""
    period: str = ""
    """The date that `--period` goes by; the kind's own unless said. `-` for none: then the
    period is for the report's own use."""
