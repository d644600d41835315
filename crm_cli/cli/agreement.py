"""`crm agreement`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import DryRun, On, Who
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out

verbs = Verbs()

Kind = Annotated[
    str | None, Option("--kind", metavar="KIND", help="terms_of_use, contract or nda.")
]
Version = Annotated[
    str | None, Argument(metavar="[VERSION]", help="Which version of it: 2027, v3.")
]


@verbs.add
def add(
    session: Session,
    who: Who,
    version: Version = None,
    kind: Kind = None,
    start: Annotated[
        str | None, Option("--start", metavar="DATE", help="The first day of its term.")
    ] = None,
    end: Annotated[
        str | None, Option("--end", metavar="DATE", help="The last day of its term.")
    ] = None,
    notice: Annotated[
        str | None,
        Option("--notice", metavar="INTERVAL", help="How long before the end it is to be given."),
    ] = None,
    channels: Annotated[
        str | None,
        Option("--channels", metavar="A,B", help="How to contact them, the preferred way first."),
    ] = None,
    file: Annotated[
        str | None, Option("--file", metavar="FILE", help="Where it is kept.")
    ] = None,
    signed: Annotated[
        str | None, Option("--signed", metavar="DATE", help="When it was signed.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Add an agreement with a customer: a contract unless --kind says otherwise.

    Whether to renew it, or to give notice, is due in time.

    crm agreement add kava 2027 --start 2027-02-01 --end 2028-01-31 --notice "3 months"
    crm agreement add ana --kind nda --signed today --channels email,phone
    """
    from crm_cli.features.agreements import add as plan

    given = {
        "kind": kind, "version": version, "start": start, "end": end, "notice": notice,
        "signed_on": signed, "channels": channels, "file": file,
    }  # fmt: skip
    id = session.who(who, writes=True)
    carry_out(session, plan(session.workspace, id, given), dry_run=dry_run)


list_verb(
    verbs,
    "agreement",
    """List the agreements that match query terms, by their end.

    crm agreement list is:in_force
    crm agreement list is:running_out decide-by:next-90d
    """,
)


@verbs.add
def sign(
    session: Session,
    who: Who,
    version: Version = None,
    kind: Kind = None,
    date: On = None,
    dry_run: DryRun = False,
) -> None:
    """Note that a customer's agreement was signed; it is active from then on.

    crm agreement sign ana
    crm agreement sign kava 2027 --date mon
    """
    from crm_cli.features.agreements import sign as plan

    named = {"kind": kind, "version": version}
    id = session.who(who, writes=True)
    carry_out(session, plan(session.workspace, id, named, on=date), dry_run=dry_run)


@verbs.add
def end(
    session: Session,
    who: Who,
    version: Version = None,
    kind: Kind = None,
    date: Annotated[
        str | None,
        Option("--date", metavar="DATE", help="Its last day; default as soon as notice allows."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Note that notice was given of an agreement, by us or by the customer.

    crm agreement end kava
    crm agreement end kava 2026 --date 2027-01-31
    """
    from crm_cli.features.agreements import end as plan

    named = {"kind": kind, "version": version}
    id = session.who(who, writes=True)
    carry_out(session, plan(session.workspace, id, named, on=date), dry_run=dry_run)
