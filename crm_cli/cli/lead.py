"""`crm lead`."""

from __future__ import annotations

from typing import Annotated, Any

from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import DryRun, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out

verbs = Verbs()

Which = Annotated[
    list[str], Argument(metavar="WHO…|TERM…", help="The leads; terms select several.")
]
Reason = Annotated[str | None, Option("--reason", metavar="TEXT", help="Why; noted with them.")]

list_verb(
    verbs,
    "customer",
    """List leads: customers in the stage lead or qualified, unless given up.

    crm lead list source:trade_show --owner me
    crm lead list no:last-contact --sort created
    """,
    among=("lifecycle_stage:lead,qualified", "not:lead_status:dead"),
)


@verbs.add
def qualify(
    session: Session,
    who: Which,
    reason: Reason = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Note that leads are worth pursuing.

    crm lead qualify ana
    crm lead qualify source:trade_show fit.wholesale:80.. --yes
    """
    from crm_cli.features.leads import qualify as plan

    ids = session.whos(who, writes=True)
    carry_out(session, plan(session.workspace, ids, reason=reason), dry_run=dry_run, yes=yes)


@verbs.add
def drop(
    session: Session,
    who: Which,
    reason: Reason = None,
    recycle: Annotated[
        bool, Option("--recycle", help="Not now: to come back to later, not dead.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Give leads up, and note why; they stay in the records.

    crm lead drop ana --reason "No budget this year"
    crm lead drop ana --reason "Moves in spring" --recycle
    """
    from crm_cli.features.leads import drop as plan

    made = plan(session.workspace, session.whos(who, writes=True), reason=reason, recycle=recycle)
    carry_out(session, made, dry_run=dry_run, yes=yes)


@verbs.add
def convert(
    session: Session,
    who: Which,
    deal: Annotated[
        str | None, Option("--deal", metavar="NAME", help="Add a deal of this name.")
    ] = None,
    amount: Annotated[
        str | None, Option("--amount", metavar="AMOUNT", help="What the deal is worth.")
    ] = None,
    close: Annotated[
        str | None, Option("--close", metavar="DATE", help="When it is expected to be decided.")
    ] = None,
    organization: Annotated[
        str | None,
        Option("--organization", metavar="ID|NAME", help="Where they are; a new name adds one."),
    ] = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Make customers of leads; of one, also a deal and their organization.

    The deal is the organization's if there is one, where they work or that is named; the
    source is kept.

    crm lead convert ana
    crm lead convert ana --deal "Beans 2027" --amount 2400 --organization "Novak d.o.o."
    """
    from crm_cli.features.leads import convert as plan
    from crm_cli.model.errors import UsageError

    given: dict[str, Any] | None = None
    if deal is not None:
        given = {"name": deal, "amount": amount, "expected_close": close}
    elif amount is not None or close is not None:
        raise UsageError("--amount and --close are of a deal", "name it with --deal")
    ids = session.whos(who, writes=True)
    made = plan(session.workspace, ids, reason=reason, deal=given, organization=organization)
    carry_out(session, made, dry_run=dry_run, yes=yes)
