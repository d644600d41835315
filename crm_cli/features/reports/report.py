"""What a report is: a declaration, from which everything else about it follows.

The verb `crm report NAME` with its help, its options and their completion, every output
format, the list of reports, the reference page and the refusal of its name for a report
of the user's own all come from it. A report that puts existing figures together says
which; one that computes something has a function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from crm_cli.model.declaration import Declaration
from crm_cli.model.kind import Kind
from crm_cli.model.purchase import PURCHASE

if TYPE_CHECKING:
    from crm_cli.features.reports.context import Context
    from crm_cli.features.reports.table import Table


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
    ratio: tuple[str, str] | None = None
    """The two figures of the row that it divides; by 0 there is none."""
    start: Any = None
    """The value where there are no rows; of counts and sums 0."""
    compared: bool = True
    """Whether `--compare` puts that of the other period beside it."""


class Choice(Declaration, positional=2):
    """An option that one report has besides those of all reports."""

    name: str
    """The word after `--`."""
    doc: str
    """What it does: a sentence for the help."""
    metavar: str = ""
    """What its value is called; a flag has none."""
    default: str = ""
    """The value unless it is given."""


class Report(Declaration, kw_only=True):
    """A report; see the module."""

    name: str
    """The word after `crm report`."""
    answers: str
    """The question that it answers, as one sentence in the imperative."""
    formula: str
    """How its figures are defined, with the source of the method where there is one."""
    example: str
    """Options that make a real example, after `crm report NAME`."""
    group: Literal["Selling", "Customers", "Products", "Data"]
    """The heading that it is listed under."""
    base: Kind = PURCHASE
    """The kind of the rows that terms and `-w` choose among."""
    by: tuple[Key, ...] = ()
    """What `--by` takes."""
    usual: tuple[str, ...] = ()
    """The keys unless `--by` names others."""
    open: bool = True
    """Whether `--by` takes any other field, too."""
    figures: tuple[Figure, ...] = ()
    """The columns after the keys, in their order."""
    where: str = ""
    """A full expression that chooses among the rows, whatever is asked."""
    period: str = ""
    """The date that `--period` goes by; the kind's own unless said. `-` for none: then the
    period is for the report's own use."""
    options: tuple[Choice, ...] = ()
    """Options of its own."""
    sort: str = ""
    """The order unless another is asked for: what needs attention comes first."""
    total: bool = True
    """Whether people see a last row over everything."""
    bar: str = ""
    """The figure that has bars beside it in a table."""
    chart: str = ""
    """The figure that `--chart` draws; the one with bars unless said."""
    line: bool = False
    """Whether the chart is a line through time."""
    compute: Callable[[Context], Table] | None = None
    """Computes what no group of rows says; without it, the groups are the answer."""
    finish: Callable[[Context, Table], None] | None = None
    """Adds to the groups what follows from all of them in their order."""

    def key(self, name: str) -> Key | None:
        """The declared key of a name."""
        return next((key for key in self.by if key.name == name), None)
