"""`crm link` and `crm unlink`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import WHO, DryRun, On
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out

verbs = Verbs()

_Person = Annotated[str, Argument(metavar="WHO", help=f"The person: {WHO}.")]
_Organization = Annotated[str, Argument(metavar="ORG", help=f"The organization: {WHO}.")]


@verbs.add
def link(
    session: Session,
    who: _Person,
    organization: _Organization,
    role: Annotated[
        str | None,
        Option("--role", metavar="ROLE", help="primary, billing, technical, decision_maker …"),
    ] = None,
    title: Annotated[str | None, Option("--title", metavar="TEXT", help="The job title.")] = None,
    start: Annotated[str | None, Option("--since", metavar="DATE", help="Since when.")] = None,
    end: Annotated[str | None, Option("--until", metavar="DATE", help="Until when.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Note that somebody is at an organization, and as what. Both records show it.

    crm link giulia hotel-adler --role billing --since today
    """
    from crm_cli.features.linking import link as plan

    given = {"role": role, "title": title, "start": start, "end": end}
    ids = [session.who(one, writes=True) for one in (who, organization)]
    carry_out(session, plan(session.workspace, ids[0], ids[1], given), dry_run=dry_run)


@verbs.add
def unlink(
    session: Session,
    who: _Person,
    organization: _Organization,
    date: On = None,
    dry_run: DryRun = False,
) -> None:
    """Note that somebody has left an organization; that they were there stays known.

    crm unlink giulia bar-aurora
    crm unlink giulia bar-aurora --date 2026-10-31
    """
    from crm_cli.features.linking import unlink as plan

    ids = [session.who(one, writes=True) for one in (who, organization)]
    carry_out(session, plan(session.workspace, ids[0], ids[1], date), dry_run=dry_run)
