"""The declaration of a report, from which everything else about it follows.

The verb `crm report NAME` with its help, its options and their completion, every output
format, the list of reports, the reference page and the refusal of its name for a report
of the user's own all come from it. A report that puts existing figures together says
which; one that computes something has a function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from keyword import iskeyword
from typing import Literal

from crm_cli.features.reports.columns import About, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.table import Table
from crm_cli.model.declaration import Declaration


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

    @property
    def key(self) -> str:
        """What its value is called in Python."""
        name = self.name.replace("-", "_")
        return f"{name}_" if iskeyword(name) else name


class Headline(Declaration, positional=3):
    """A figure of a report that a page shows at its top."""

    figure: str
    """The key of its column, or of what the total alone has."""
    label: str
    """What it is, in a few words."""
    one: str = ""
    """The same of a single one, where the words differ."""
    type: str = ""
    """The name of its type, where no column has it."""
    of: Literal["total", "last", "count"] = "total"
    """The total's value, or that of the only row; the last row's; or how many rows say yes."""
    alert: bool = False
    """Whether more than nothing of it wants attention."""
    with_any: str = ""
    """The key of another column: only where some row has more than nothing of it."""
    dated: bool = False
    """Whether it is of the period, which stands beside it then."""


class Report(About, kw_only=True):
    """A report; see the module."""

    name: str
    """The word after `crm report`."""
    answers: str
    """The question that it answers, as one sentence in the imperative."""
    formula: str
    """How its figures are defined, with the source of the method where there is one."""
    example: str
    """Options that make a real example, after `crm report NAME`."""
    group: Literal["Selling", "Money", "Customers", "Products", "Service", "Data", "Your own"]
    """The heading that it is listed under."""
    by: tuple[Key, ...] = ()
    """What `--by` takes."""
    usual: tuple[str, ...] = ()
    """The keys unless `--by` names others."""
    standing: bool = False
    """Whether it is of today, and of no period: it has no --period, no --compare and no --all."""
    compared: bool = True
    """Whether its rows can stand beside those of another time: it has --compare."""
    open: bool = True
    """Whether `--by` takes any other field, too."""
    options: tuple[Choice, ...] = ()
    """Options of its own."""
    counts: tuple[str, ...] = ()
    """Without groups, the counts of which one has to be above 0: else there is no row."""
    sort: str = ""
    """The order unless another is asked for: what needs attention comes first."""
    bar: str = ""
    """The figure that has bars beside it in a table."""
    ranked: tuple[str, ...] = ()
    """The figures by importance, as far as they are not in the order of the columns: a terminal
    too narrow for all leaves out the last."""
    chart: str = ""
    """The figure that `--chart` draws; the one with bars unless said."""
    shape: str = "bars"
    """The kind of chart, as `formats/html/charts` has them; a terminal draws bars, or a line."""
    whole: tuple[str, str] | None = None
    """What the drawn figure is a part of, by its key in the rows, which needs no column, and what
    the rest of it is called: a page draws both."""
    title: str = ""
    """Its heading on a page; its name unless said."""
    page: str = ""
    """The options that it has on a page, unless crm.yaml or --section say otherwise."""
    headlines: tuple[Headline, ...] = ()
    """What a page shows of it at the top."""
    advice: Callable[[Table, str], Iterator[str]] | None = None
    """Sentences that say what to do first, above the headlines, from the rows and the base
    currency; none where there is nothing to do."""
    compute: Callable[[Context], Table] | None = None
    """Computes what no group of rows says; without it, the groups are the answer."""
    finish: Callable[[Context, Table], None] | None = None
    """Adds to the groups what follows from all of them in their order."""
    leading: bool = False
    """Whether `finish` needs no group after those that are shown: then a limit makes no others."""

    def key(self, name: str) -> Key | None:
        """The declared key of a name."""
        return next((key for key in self.by if key.name == name), None)
