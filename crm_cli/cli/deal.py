"""`crm deal`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.items import add_verb, move_verbs, show_verb
from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import (
    AsOf,
    DryRun,
    Force,
    Json,
    Limit,
    NoHeader,
    Output,
    Owner,
    Terms,
    Where,
    Yes,
)
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.errors import UsageError

if TYPE_CHECKING:
    from crm_cli.features.board import Board
    from crm_cli.formats.tables import TableFormat

verbs = Verbs()

add_verb(verbs, "deal")
list_verb(
    verbs,
    "deal",
    """List deals that match query terms, open ones first, by when they are to close.

    crm deal list is:open --owner me
    crm deal list stage:proposal,negotiation value.over:5000
    crm deal list is:open --group-by stage --agg count,sum:value,sum:weighted
    """,
)
show_verb(verbs, "deal")
move_verbs(verbs, "deal")


@verbs.add
def win(
    session: Session,
    items: Annotated[
        list[str],
        Argument(
            metavar="ID…|WHO…|TERM…",
            help="Deals by id; a customer with one open deal; terms select open deals; "
            "- reads ids.",
        ),
    ],
    amount: Annotated[
        str | None, Option("--amount", metavar="AMOUNT", help="What it is worth.")
    ] = None,
    date: Annotated[
        str | None,
        Option("--date", "--closed-at", metavar="DATE", help="When it was won; now unless given."),
    ] = None,
    invoice: Annotated[
        bool,
        Option("--invoice", help="Make the invoice: of its order, quote, lines or amount."),
    ] = False,
    force: Force = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Note that deals are won; for one, make its invoice, too.

    crm deal win d-9f3
    crm deal win ana --invoice
    """
    from crm_cli.cli.asking import asked_for
    from crm_cli.cli.items import change, picked
    from crm_cli.features.moves import move as plan
    from crm_cli.model.deal import DEAL

    how = next(one for one in DEAL.moves if one.name == "win")
    given = {"amount": amount, "closed_at": date}
    if not invoice:
        change(
            session,
            DEAL,
            items,
            lambda workspace, found: plan(
                workspace, DEAL, how, found, asked_for(session, how, found, "", given), force=force
            ),
            among=how.among,
            state="open",
            dry_run=dry_run,
            yes=yes,
        )
        return
    from crm_cli.cli.numbered import carry_out_numbered
    from crm_cli.features.purchases.winning import win as with_invoice

    if len(items) != 1:
        raise UsageError("an invoice is of one deal", "win them one by one")
    one = picked(session, DEAL, items[0], strict=not session.interactive, among=how.among)
    given = asked_for(session, how, [one], "", given)
    carry_out_numbered(
        session,
        lambda: with_invoice(session.workspace, one, how, given, force=force),
        dry_run=dry_run,
    )


@verbs.add
def board(
    session: Session,
    terms: Terms = None,
    where: Where = None,
    owner: Owner = None,
    pipeline: Annotated[
        str | None, Option("--pipeline", metavar="PIPELINE", help="This pipeline only.")
    ] = None,
    limit: Limit = None,
    as_of: AsOf = None,
    output: Output = None,
    json: Json = False,
    no_header: NoHeader = False,
) -> None:
    """Show the deals in play in columns by stage, those longest in their stage first.

    Each column has the number of its deals, what they are worth, and (~) by probability.

    crm deal board
    crm deal board --owner me value.over:1000
    """
    from crm_cli.cli.outputs import TABLE
    from crm_cli.features.board import boards
    from crm_cli.model.deal import DEAL
    from crm_cli.render import shapes

    session.look_back(as_of)
    asked = [*session.terms(terms, DEAL), *([f"owner:{owner}"] if owner is not None else [])]
    found = boards(session.workspace, asked, where=where, pipeline=pipeline, limit=limit)
    form = session.format(output, json)
    if form is TABLE:
        session.draw(shapes.boards, found)
        return
    _show_board(session, found, form, header=not no_header)


@verbs.add
def stages(
    session: Session,
    words: Annotated[
        list[str] | None,
        Argument(metavar="[rename OLD NEW]", help="Give a stage another id wherever it is named."),
    ] = None,
    pipeline: Annotated[
        str | None, Option("--pipeline", metavar="PIPELINE", help="Of this pipeline only.")
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    output: Output = None,
    json: Json = False,
    no_header: NoHeader = False,
) -> None:
    """List the stages of deals; with rename, give one another id, in all deals too.

    learned is (won + 20 × the stage's share) ÷ (closed + 20), of the closed deals that
    ever reached the stage; forecast_by: learned in crm.yaml weighs deals by it.

    crm deal stages
    crm deal stages rename tasting sampling
    """
    from crm_cli.features.stages import rename

    if not words:
        _list(session, pipeline, output, json=json, header=not no_header)
        return
    if words[0] != "rename" or len(words) != 3:
        raise UsageError(
            "stages are listed, or one is renamed",
            "crm deal stages rename OLD NEW; labels are changed in crm.yaml",
        )
    plan = rename(session.workspace, words[1], words[2], pipeline=pipeline)
    carry_out(session, plan, dry_run=dry_run, yes=yes)


def _show_board(
    session: Session, found: list[Board], form: TableFormat, *, header: bool
) -> None:
    """A row for each deal, in the order of the board."""
    from crm_cli.model.rows import Column, Rows

    columns = [
        Column("pipeline"),
        Column("stage"),
        Column("id"),
        Column("name"),
        Column("customer"),
        Column("value", "money"),
        Column("currency"),
        Column("days_in_stage", "integer"),
        Column("marks"),
        Column("owner"),
    ]
    rows = [
        (
            column.pipeline,
            column.stage,
            card.id,
            card.name,
            card.customer,
            card.value,
            card.currency,
            card.age,
            list(card.marks),
            card.owner,
        )
        for board in found
        for column in board.columns
        for card in column.cards
    ]
    session.show(Rows(columns, rows, ids=[str(row[2]) for row in rows]), form, header=header)


def _list(
    session: Session, pipeline: str | None, output: str | None, *, json: bool, header: bool
) -> None:
    from decimal import Decimal

    from crm_cli.features.stages import stages as listed
    from crm_cli.model.rows import Column, Rows

    columns = (
        Column("pipeline"),
        Column("stage"),
        Column("label"),
        Column("type"),
        Column("probability", "decimal"),
        Column("learned", "decimal"),
        Column("closed", "integer"),
        Column("rot_after"),
        Column("forecast"),
        Column("requires"),
        Column("deals", "integer"),
    )
    rows = [
        (
            one.pipeline.id,
            one.stage.id,
            one.stage.label,
            one.stage.type,
            one.stage.probability,
            one.learned.probability.quantize(Decimal("0.1")) if one.learned is not None else None,
            one.learned.closed if one.learned is not None else None,
            one.stage.rot_after or None,
            one.stage.category if one.stage.type == "open" else None,
            list(one.stage.requires),
            one.deals,
        )
        for one in listed(session.workspace)
        if pipeline is None or one.pipeline.is_called(pipeline)
    ]
    found = Rows(columns, rows, ids=[str(row[1]) for row in rows])
    session.show(found, session.format(output, json), header=header)
