"""`crm bank`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import SHAPE, DryRun, Shape, Terms, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out, carry_out_asked

verbs = Verbs()

_COLUMNS = (
    ("date", "date"),
    ("amount", "money"),
    ("currency", "text"),
    ("name", "text"),
    ("text", "text"),
    ("reference", "text"),
    ("reason", "text"),
    ("candidates", "texts"),
    ("id", "text"),
)
_RANKED = (
    "date", "amount", "name", "candidates", "id", "text", "reason", "currency", "reference",
)  # fmt: skip


@verbs.add
def open_(session: Session, terms: Terms = None, shape: Shape = SHAPE) -> None:
    """List the statement lines that are still open, with what each may pay.

    They come from crm import bank; crm bank book says what a line pays.

    crm bank open
    crm bank open date:this-month -o csv
    """
    from crm_cli.cli.columns import only
    from crm_cli.features.banking import open_lines
    from crm_cli.model.bank import BANK_LINE
    from crm_cli.model.rows import Column, Rows

    form = session.form(shape)
    found = open_lines(session.workspace, session.terms(terms, BANK_LINE))[: shape.limit]
    rows = Rows(
        [Column(key, type) for key, type in _COLUMNS],
        [
            (one.day, *one[2:8], list(one.candidates) or None, one.id)
            for one in found
        ],
        ids=[one.id for one in found],
        none="no statement line is open",
        ranked=_RANKED,
    )
    session.show(only(rows, shape.cols), form, header=not shape.no_header)


list_verb(
    verbs,
    "bank_line",
    """List the lines of bank statements that match query terms.

    crm bank list date:last-month is:booked
    crm bank list amount:100.. -o csv
    """,
)


@verbs.add
def book(
    session: Session,
    line: Annotated[str, Argument(metavar="LINE", help="The line, by its id.")],
    paid: Annotated[
        list[str],
        Argument(metavar="NUMBER…|WHO", help="The invoices that it pays, or the customer."),
    ],
    date: Annotated[
        str | None,
        Option("--date", metavar="DATE", help="The day to book it on; default the line's own."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Book a statement line as a payment: of invoices, or of a customer on account.

    Invoices are paid in the order given; what is left stays on account. A line that was
    taken from the account is a refund. What was found out after its month was closed is
    booked later, by --date.

    crm bank book b-9f3 2026-0042
    crm bank book b-9f3 2026-0035 2026-0041
    crm bank book b-9f3 ana
    """
    from crm_cli.features.banking import book_line, kept
    from crm_cli.features.numbers import numbered

    def who(word: str) -> tuple[str, str | None]:
        found = numbered(session.workspace, word)
        return found if found is not None else (session.who(word, writes=True), None)

    plan = book_line(session.workspace, kept(session.workspace, line), paid, who, date)
    carry_out(session, plan, dry_run=dry_run)


@verbs.add
def ignore(
    session: Session,
    lines: Annotated[list[str], Argument(metavar="LINE…", help="Lines, by their ids.")],
    reopen: Annotated[bool, Option("--reopen", help="Open them again.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Mark statement lines that are not payments of customers.

    crm bank ignore b-9f3 b-x41
    crm bank ignore b-9f3 --reopen
    """
    from crm_cli.features.banking import kept, set_status

    found = [kept(session.workspace, line) for line in dict.fromkeys(lines)]
    plan = set_status(session.workspace, found, "open" if reopen else "ignored")
    carry_out(session, plan, dry_run=dry_run)


@verbs.add
def match(session: Session, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Match the open lines again, with today's invoices, and book what is certain.

    crm bank match
    """
    from crm_cli.cli.import_bank import line_text
    from crm_cli.features.banking import plan_match

    taken, plan = plan_match(session.workspace)
    for one in taken:
        session.say(line_text(one))
    if not taken:
        session.say("no open line is certain; nothing changed")
        return
    carry_out_asked(session, plan, dry_run=dry_run, yes=yes)
