"""docs/reference/reports.md: every built-in report, from its declaration."""

from __future__ import annotations

from collections.abc import Iterator

from markdown import MADE, code, codes, sentence, table

from crm_cli.features.reports import REPORTS, TAKEN, load
from crm_cli.features.reports.columns import Figure
from crm_cli.features.reports.report import Report

_INTRODUCTION = f"""\
# Reports

{MADE}

`crm report` lists the reports, `crm report NAME` makes one. All of them take query terms
and `--where`, which choose what they are about, and `--owner`. `--period` bounds the time,
`--by KEY[,KEY]` says what makes a row. `--compare` puts the figures of another period beside
each (`previous` is the one before, as long; `year-ago` the same days a year before), with
the change and the change as a fraction; `--compare-as-of` those of the same time by other
files. `--as-of` answers from the files of a day, with that day's clock. `--chart` draws,
`--to FILE` writes into a file.

Amounts are in the base currency, converted at each purchase's own date; one without a rate is
left out, said on stderr, and makes the exit code 4. What is dated after today does not count
yet. Shares and rates are fractions with four decimals in formats for programs, and percent
with one decimal in tables. A rate stands beside the number of cases that it is of, and is
marked with `*` where there are fewer than {Figure.few}, or as many as the report says. A rate of
nothing is missing. What has no key is a group of its own: null, in tables `(none)`. The total
is for people.

No report of your own can be called as a built-in one, nor {codes(TAKEN)}.
"""


def reports_page() -> str:
    """The page."""
    reports = [load(name) for name in REPORTS]
    parts = [_INTRODUCTION]
    for group in dict.fromkeys(report.group for report in reports):
        held = [report for report in reports if report.group == group]
        links = " · ".join(f"[{one.name}](#{one.name})" for one in held)
        parts.append(f"## {group}\n\n{links}\n")
        for report in held:
            parts += _report(report)
    return "\n".join(parts)


def _report(report: Report) -> Iterator[str]:
    yield f"### {report.name}\n\n{report.answers}\n"
    yield f"```console\n$ crm report {report.name} {report.example}".rstrip() + "\n```\n"
    yield f"{report.formula}\n"
    if report.by:
        usual = [key for key in report.by if key.name in report.usual]
        said = f" Without it, {codes(key.name for key in usual)}." if usual else ""
        keys = ", ".join(f"{code(key.name)} ({key.doc})" for key in report.by)
        yield f"`--by` takes {keys}.{said}\n"
    if report.options:
        rows = ((code(f"--{one.name} {one.metavar}".rstrip()), one.doc) for one in report.options)
        yield table(("option", ""), rows)
    columns = [(code(one.key), sentence(one.doc)) for one in report.figures]
    yield table(("column", ""), columns)
