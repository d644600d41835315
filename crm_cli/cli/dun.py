"""`crm dun`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.documents import MAKING, Making, make
from crm_cli.cli.options import SHAPE, DryRun, Force, On, Owner, Shape, Terms, Where, Yes, of_owner
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs

verbs = Verbs()


@verbs.add
def list_(
    session: Session,
    terms: Terms = None,
    where: Where = None,
    owner: Owner = None,
    all: Annotated[
        bool,
        Option("--all", help="All late invoices: disputed, promised or to be reminded later, too."),
    ] = False,
    shape: Shape = SHAPE,
) -> None:
    """List the payment reminders to send, by the levels in crm.yaml.

    Each invoice goes from level to level; a dispute holds it up, a promise to pay until
    the day after. crm dun sent notes what was sent.

    crm dun
    crm dun --owner me
    crm dun list customer:hotel-jadran --all
    """
    from crm_cli.cli.columns import only
    from crm_cli.features.dunning import died, reminders
    from crm_cli.model.rows import Column, Rows

    session.look_back(shape.as_of)
    form = session.form(shape)
    workspace = session.workspace
    found = reminders(
        workspace, [*session.terms(terms), *of_owner(owner)], where=where, everything=all
    )
    if not workspace.business.dunning:
        session.say("crm.yaml has no dunning levels: 7, 21 and 35 days past due are used")
    today = workspace.clock.today
    shown = found[: shape.limit]
    for note in died(workspace, shown):
        session.say(note)
    base = workspace.business.currency
    columns = [Column(key, type) for key, type in _COLUMNS]
    rows = Rows(
        columns,
        [(*one[:11], one.fee, base if one.fee is not None else None, one.paused or None, one.id)
         for one in shown],
        ids=[one.id for one in shown],
        tones=["alert" if one.is_due(today) else "" for one in shown],
        none="no reminder is to be sent",
        ranked=_RANKED,
    )  # fmt: skip
    session.show(only(rows, shape.cols), form, header=not shape.no_header)


_COLUMNS = (
    ("customer", "text"),
    ("name", "text"),
    ("number", "text"),
    ("due", "date"),
    ("days_overdue", "integer"),
    ("past_due", "money"),
    ("currency", "text"),
    ("level", "integer"),
    ("when", "date"),
    ("last", "integer"),
    ("sent", "date"),
    ("fee", "money"),
    ("fee_currency", "text"),
    ("paused", "text"),
    ("id", "text"),
)
_RANKED = (
    "number", "name", "level", "past_due", "when", "paused", "days_overdue", "currency", "id",
    "customer", "due", "sent", "last", "fee", "fee_currency",
)  # fmt: skip


@verbs.add
def sent(
    session: Session,
    invoices: Annotated[
        list[str],
        Argument(
            metavar="NUMBER…|WHO…|TERM…",
            help="Invoices; a customer with one to be reminded of; terms select those.",
        ),
    ],
    date: On = None,
    level: Annotated[
        int | None, Option("--level", metavar="N", help="The level, if not the next one.")
    ] = None,
    text: Annotated[
        str | None, Option("--text", metavar="TEXT", help="What was sent, or how.")
    ] = None,
    force: Force = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Note that payment reminders were sent: the level and the day, at each invoice.

    crm dun sent 2026-0031
    crm dun sent is:overdue --yes
    crm dun sent 2026-0031 --date mon --text "by e-mail"
    """
    from crm_cli.cli.items import change
    from crm_cli.features.dunning import is_dunned, note_sent
    from crm_cli.model.purchase import PURCHASE

    change(
        session,
        PURCHASE,
        invoices,
        lambda workspace, found: note_sent(workspace, found, date, level, text, force=force),
        among=is_dunned(session.workspace),
        state="invoice to remind them of",
        dry_run=dry_run,
        yes=yes,
    )


@verbs.add
def render(
    session: Session,
    which: Annotated[
        list[str],
        Argument(
            metavar="NUMBER…|WHO…|TERM…",
            help="Late invoices, or customers: all their late ones; terms select invoices.",
        ),
    ],
    level: Annotated[
        int | None, Option("--level", metavar="N", help="The level, if not the next one.")
    ] = None,
    making: Making = MAKING,
) -> None:
    """Make the payment reminder for an invoice, or for all late ones of a customer.

    Each customer has one. It is that of the next level, even before its day has come.

    crm dun render 2026-0031 --to reminder.pdf
    crm dun render hotel-jadran --level 2
    crm dun render is:overdue --to reminders/ --format pdf
    """
    from crm_cli.features.documents.gathering import early, late_by_customer, of_late
    from crm_cli.model.purchase import PURCHASE

    workspace = session.workspace
    groups = late_by_customer(workspace, session.expand(which, PURCHASE))
    made = [of_late(workspace, invoices, level) for invoices in groups]
    for note in early(workspace, groups) if level is None else ():
        session.say(note)
    papers, templates = [paper for paper, _ in made], [template for _, template in made]
    make(session, papers, making, template=templates)
