"""The arguments and options that several commands share, declared once."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.outputs import OUTPUTS
from crm_cli.cli.verbs import Argument, Option
from crm_cli.model.named_tuple import NamedTuple

WHO = "id, e-mail, phone or name"

Who = Annotated[str, Argument(metavar="WHO", help=f"A customer: {WHO}.")]
WhoOrTerm = Annotated[str, Argument(metavar="WHO|TERM", help=f"A customer: {WHO}; or a term.")]
MaybeWhoOrTerm = Annotated[
    str | None, Argument(metavar="[WHO|TERM]", help=f"A customer: {WHO}; or a term.")
]
MaybeWho = Annotated[str | None, Argument(metavar="[WHO]", help=f"A customer: {WHO}.")]
Whos = Annotated[
    list[str],
    Argument(metavar="WHO…", help=f"Customers: {WHO}; or query terms; - reads ids."),
]
WhosAndValues = Annotated[
    list[str],
    Argument(metavar="WHO… KEY=VALUE…", help="Customers and new values: city=Koper tags+=vip."),
]
Terms = Annotated[
    list[str] | None,
    Argument(metavar="[TERM…]", help="Query terms: city:Koper +vip novak."),
]
Words = Annotated[list[str], Argument(metavar="TEXT…", help="Words to find.")]
Item = Annotated[str, Argument(metavar="ID", help="An item's id, or a unique part of it.")]

Output = Annotated[
    str | None,
    Option(
        "--output",
        "-o",
        metavar="FORMAT",
        choices=tuple(OUTPUTS),
        help=f"{' or '.join(', '.join(OUTPUTS).rsplit(', ', 1))}.",
    ),
]
Json = Annotated[bool, Option("--json", help="The same as -o json.")]
Cols = Annotated[
    str | None,
    Option("--cols", metavar="A,B", help="The fields to show."),
]
NoHeader = Annotated[bool, Option("--no-header", help="Omit the header from CSV, TSV and tables.")]
Sort = Annotated[
    str | None,
    Option("--sort", metavar="A,B-", help="Sort by fields; a trailing - reverses one."),
]
Limit = Annotated[
    int | None,
    Option("--limit", "-n", metavar="N", min=0, help="Show at most N."),
]
Where = Annotated[
    str | None,
    Option("--where", "-w", metavar="EXPR", help="A full expression: 'spend > 1000'."),
]
GroupBy = Annotated[
    str | None,
    Option(
        "--group-by",
        "--by",
        metavar="A,B",
        help="One row for each value: city, tag, date.quarter.",
    ),
]
Agg = Annotated[
    str | None,
    Option(
        "--agg",
        metavar="A,B",
        help="count, sum:F, avg:F, min:F, max:F, median:F, share:F; orders, spend of purchases.",
    ),
]
Having = Annotated[
    str | None,
    Option("--having", metavar="EXPR", help="Keep these groups: 'count > 1 and sum:spend > 0'."),
]
Pivot = Annotated[
    str | None,
    Option("--pivot", metavar="KEY", help="A column for each value: date.year."),
]
Total = Annotated[bool, Option("--total", help="Add a line of totals.")]
All = Annotated[
    bool,
    Option("--all", help="Include drafts, cancelled and billed ones in sums and counts."),
]
Chart = Annotated[bool, Option("--chart", help="Draw a bar chart.")]

Alone = Annotated[
    bool, Option("--alone", help="An organization without what its people have and do.")
]
Desk = Annotated[
    bool, Option("--desk", help="The business's own, of no customer; kept in desk.yaml.")
]
DryRun = Annotated[bool, Option("--dry-run", help="Show what would change; write nothing.")]
Yes = Annotated[bool, Option("--yes", "-y", help="Do not ask.")]
Force = Annotated[bool, Option("--force", help="Override duplicate and credit checks.")]
Basis = Annotated[
    str | None,
    Option(
        "--basis",
        metavar="BASIS",
        help="Contact those who did not agree, too, on this basis; needs --reason.",
    ),
]
Reason = Annotated[
    str | None,
    Option("--reason", metavar="TEXT", help="Why the basis applies; noted with each of them."),
]

Owner = Annotated[
    str | None,
    Option("--owner", metavar="USER|me", help="The user responsible; A,B: any of them."),
]
"""Whose records are asked for."""
NewOwner = Annotated[
    str | None, Option("--owner", metavar="USER|me", help="The user responsible.")
]
"""Who gets a record that is added."""
Assignee = Annotated[str | None, Option("--assignee", metavar="USER", help="The user who does it.")]
Within = Annotated[
    str | None,
    Option("--within", metavar="7d", help="How far ahead to look (7d, 2w)."),
]
AsOf = Annotated[
    str | None,
    Option(
        "--as-of",
        metavar="DATE|REV",
        help="The records, and the clock, as of then, from git history.",
    ),
]
Since = Annotated[str | None, Option("--since", metavar="DATE", help="Only since this date.")]
PeriodOf = Annotated[
    str | None,
    Option("--period", metavar="2026-q3", help="Only this period."),
]
On = Annotated[
    str | None,
    Option("--date", metavar="DATE", help="The date; default today."),
]
Due = Annotated[
    str | None,
    Option("--due", metavar="DATE", help="Due date: fri, +2w, 2026-11-30."),
]
Tags = Annotated[
    list[str] | None,
    Option("--tag", metavar="TAG[,TAG]", help="Tags to add."),
]
Currency = Annotated[str | None, Option("--currency", metavar="EUR", help="The currency.")]
To = Annotated[str | None, Option("--to", metavar="FILE", help="Write to FILE; - is stdout.")]


def of_owner(owner: str | None) -> list[str]:
    """The query term that `--owner` stands for; none without it."""
    return [] if owner is None else [f"owner:{owner}"]


class Form(NamedTuple):
    """How rows are written."""

    output: Output = None
    json: Json = False
    no_header: NoHeader = False


class Shape(NamedTuple):
    """What every command that answers with rows of its own takes: which, as of when, and how."""

    limit: Limit = None
    cols: Cols = None
    as_of: AsOf = None
    output: Output = None
    json: Json = False
    no_header: NoHeader = False


FORM = Form()
SHAPE = Shape()
