"""`crm lose` and `crm win-back`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import DryRun, On, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out

verbs = Verbs()

Which = Annotated[
    list[str], Argument(metavar="WHO…|TERM…", help="The customers; terms select several.")
]


@verbs.add
def lose(
    session: Session,
    who: Which,
    competitor: Annotated[
        str | None, Option("--competitor", metavar="NAME", help="To whom.")
    ] = None,
    reason: Annotated[
        str | None,
        Option("--reason", metavar="REASON", help="price, competitor, timing, poor_fit …"),
    ] = None,
    text: Annotated[str | None, Option("--text", metavar="TEXT", help="In words.")] = None,
    date: On = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Note that customers are lost, to whom and why; they become former customers.

    crm lose ana --competitor "Pražarna Sever" --reason price
    crm lose last-purchase.before:-2y --reason unresponsive --yes
    """
    from crm_cli.features.losses import lose as plan

    given = {"competitor": competitor, "reason": reason, "text": text}
    ids = session.whos(who, writes=True)
    carry_out(session, plan(session.workspace, ids, given, on=date), dry_run=dry_run, yes=yes)


@verbs.add
def win_back(
    session: Session,
    who: Which,
    date: On = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Note that lost customers came back; the loss stays in their record.

    crm win-back ana
    """
    from crm_cli.features.losses import win_back as plan

    ids = session.whos(who, writes=True)
    carry_out(session, plan(session.workspace, ids, on=date), dry_run=dry_run, yes=yes)
