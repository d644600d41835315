"""The arguments and options that several commands share, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crm_cli.render.output import Format

WHO = "id, e-mail, phone or name"

Who = Annotated[str, typer.Argument(metavar="WHO", help=f"A customer: {WHO}.")]
MaybeWho = Annotated[
    str | None, typer.Argument(metavar="[WHO]", help=f"A customer: {WHO}.", show_default=False)
]
Whos = Annotated[
    list[str],
    typer.Argument(metavar="WHO…", help=f"Customers: {WHO}; or query terms; - reads ids."),
]
WhosAndValues = Annotated[
    list[str],
    typer.Argument(
        metavar="WHO… KEY=VALUE…", help="Whom to change, and what: city=Koper tags+=vip."
    ),
]
Terms = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[TERM…]", help="Query terms: city:Koper +vip novak.", show_default=False
    ),
]
Texts = Annotated[
    list[str] | None, typer.Argument(metavar="[TEXT…]", help="The text.", show_default=False)
]
Words = Annotated[list[str], typer.Argument(metavar="TEXT…", help="The words.")]
Item = Annotated[str, typer.Argument(metavar="ID", help="An item's id, or a unique part of it.")]

Output = Annotated[
    Format | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FORMAT",
        help="table, tsv, csv, json, jsonl, yaml, ids or paths.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="The same as -o json.")]
Cols = Annotated[
    str | None,
    typer.Option("--cols", metavar="A,B", help="The fields to show.", show_default=False),
]
NoHeader = Annotated[bool, typer.Option("--no-header", help="CSV, TSV and tables without header.")]
Sort = Annotated[
    str | None,
    typer.Option("--sort", metavar="A,B-", help="Order by fields; - after one turns it round."),
]
Limit = Annotated[
    int | None,
    typer.Option("--limit", "-n", metavar="N", min=0, help="At most so many.", show_default=False),
]
Where = Annotated[
    str | None,
    typer.Option("--where", "-w", metavar="EXPR", help="A full expression: 'spend > 1000'."),
]
GroupBy = Annotated[
    str | None,
    typer.Option(
        "--group-by",
        "--by",
        metavar="A,B",
        help="One row for each value: city, tag, date.quarter.",
    ),
]
Agg = Annotated[
    str | None,
    typer.Option(
        "--agg", metavar="A,B", help="count, sum:F, avg:F, min:F, max:F, median:F, share:F."
    ),
]
Having = Annotated[
    str | None,
    typer.Option("--having", metavar="EXPR", help="Which groups: 'count > 1 and sum:spend > 0'."),
]
Pivot = Annotated[
    str | None,
    typer.Option("--pivot", metavar="KEY", help="A column for each value: date.year."),
]
Total = Annotated[bool, typer.Option("--total", help="A last line with the sums.")]
Chart = Annotated[bool, typer.Option("--chart", help="Draw bars.")]

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show before and after, write nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Force = Annotated[bool, typer.Option("--force", help="Even if a rule advises against it.")]

Owner = Annotated[
    str | None,
    typer.Option("--owner", metavar="USER|me", help="Whose it is.", show_default=False),
]
Assignee = Annotated[
    str | None, typer.Option("--assignee", metavar="USER", help="Who does it.", show_default=False)
]
Within = Annotated[
    str | None, typer.Option("--within", metavar="7d", help="So far ahead.", show_default=False)
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATE|REV", help="As it was then, by the history.", show_default=False
    ),
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="DATE", help="From then on.", show_default=False)
]
PeriodOf = Annotated[
    str | None,
    typer.Option("--period", metavar="2026-q3", help="Only in this time.", show_default=False),
]
On = Annotated[
    str | None,
    typer.Option("--date", metavar="DATE", help="The day, today if absent.", show_default=False),
]
Due = Annotated[
    str | None,
    typer.Option(
        "--due", metavar="DATE", help="Until when: fri, +2w, 2026-11-30.", show_default=False
    ),
]
Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="TAG[,TAG]", help="Tags to put on.", show_default=False),
]
Currency = Annotated[
    str | None, typer.Option("--currency", metavar="EUR", help="In this currency.")
]
To = Annotated[
    Path | None, typer.Option("--to", metavar="FILE", help="Write there.", show_default=False)
]
