"""`crm books`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs

if TYPE_CHECKING:
    from crm_cli.features.books import Span

verbs = Verbs()

_REPORTS: tuple[tuple[str, str, dict[str, str], str], ...] = (
    ("tax.csv", "tax", {}, ""),
    ("tax-by-customer.csv", "tax", {}, "customer,category,rate,currency"),
    ("tax-paid.csv", "tax", {"basis": "paid"}, ""),
    ("aging.csv", "aging", {}, ""),
    ("aging-invoices.csv", "aging", {"invoices": "invoices"}, ""),
    ("statements.csv", "statement", {}, ""),
)
"""The reports of the archive: the file, the report, its own options, its keys."""


@verbs.add
def books(
    session: Session,
    period: Annotated[
        str, Argument(metavar="PERIOD", help="A month, a quarter or a year: 2026-10, last-month.")
    ],
    to: Annotated[str, Option("--to", metavar="FILE.zip", help="The archive to write.")],
    force: Annotated[bool, Option("--force", help="Replace the file of --to.")] = False,
) -> None:
    """Write the books of a month into one archive, as they stood at its end.

    Invoices and credit notes as text; purchases, payments, tax (also by customer, and of
    what was paid), aging, statements and the open statement lines as CSV; the ledger.
    The same records give the same bytes. closed_until in crm.yaml then keeps them so.

    crm books 2026-10 --to oct.zip
    crm books last-month --to month.zip --force
    """
    from crm_cli.features.books import refuse_partial, save, span_of

    span = span_of(session.workspace, period)
    if not span.over:
        session.say(f"note: {span.end} is not over; what is dated later is not in the books")
    then = session
    if span.over:
        # As it stood: by the clock of the last day.
        options = session.options._replace(today=span.end.isoformat())
        then = Session(options, environ=session.environ, words=session.words)
    try:
        files = dict(_files(then, span))
        refuse_partial(then.workspace)
        if then is not session:
            session.report(then.problems)
    finally:
        if then is not session:
            then.close()
    save(Path(to), files, force=force)
    from crm_cli.model.text import visible

    session.say(f"written to {visible(to)}: {len(files):,} files")
    if span.over and (session.workspace.business.closed_until or "") < span.end.isoformat():
        session.say(f"crm config set closed_until={span.end} closes the books")


def _files(session: Session, span: Span) -> Iterator[tuple[str, str]]:
    """Each file of the archive, with its text."""
    from crm_cli.features import exporting
    from crm_cli.features.books import documents

    workspace = session.workspace
    yield from documents(workspace, span).items()
    for kind in ("purchases", "payments"):
        terms = [f"date:{span.term}", *(["not:is:draft"] if kind == "purchases" else [])]
        exported = exporting.export(workspace, kind, terms, format="csv")
        yield f"{kind}.csv", "".join(exported.pieces)
    for name, report, options, by in _REPORTS:
        yield name, _report(session, report, span, dict(options), by)
    yield "bank-open.csv", _bank(session, span)
    ledger, problems = exporting.export_ledger(workspace, period=span.term)
    session.report(problems)
    yield "ledger.journal", "".join(ledger.pieces)


def _report(
    session: Session, name: str, span: Span, options: dict[str, str], by: str
) -> str:
    from crm_cli.features.reports import load
    from crm_cli.features.reports.context import Asked
    from crm_cli.features.reports.running import answer
    from crm_cli.features.reports.table import for_programs
    from crm_cli.formats.tables import CSV

    report = load(name)
    period = None if report.standing else span.term
    found = answer(
        session.workspace, report, Asked(period=period, by=by or None, options=options)
    )
    session.report(found.problems)
    return "".join(CSV.write(for_programs(found.table, found.currency, named=True)))


def _bank(session: Session, span: Span) -> str:
    from crm_cli.formats.tables import CSV
    from crm_cli.model.bank import BANK_LINE
    from crm_cli.model.rows import Column, Rows

    answer = session.workspace.select(
        BANK_LINE, ["not:is:booked", f"date:{span.term}"], sort="date", everything=True
    )
    columns = [Column(one.key, one.type.name) for one in answer.columns]
    return "".join(CSV.write(Rows(columns, answer.rows)))
