"""`crm user`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from crm_cli.cli.options import DryRun, Json, NoHeader, Output, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out, carry_out_asked

if TYPE_CHECKING:
    from crm_cli.features.staff import Member

verbs = Verbs()

WhichUser = Annotated[str, Argument(metavar="USER", help="A user of crm.yaml.")]


@verbs.add
def list_(
    session: Session, output: Output = None, json: Json = False, no_header: NoHeader = False
) -> None:
    """List users with what is theirs: customers, and what is still to be done.

    Of interactions, those that are planned. Who is away is shown with the days, and with
    the user who stands in.

    crm user list
    """
    from crm_cli.features.staff import duties, members
    from crm_cli.model.rows import Column, Rows

    kinds = [duty.kind.key for duty in duties()]
    keys = ("user", "name", "email", *kinds, "away_from", "away_until", "deputy")
    types = {**dict.fromkeys(kinds, "integer"), "away_from": "date", "away_until": "date"}
    columns = [Column(key, types.get(key, "text")) for key in keys]
    found = members(session.workspace)
    rows = Rows(
        columns,
        [_row(one, kinds) for one in found],
        ids=[one.id for one in found],
        none="crm.yaml names no users; crm user add petra adds one",
        ranked=("user", *kinds, "away_until", "deputy"),
    )
    session.show(rows, session.format(output, json), header=not no_header)


def _row(one: Member, kinds: list[str]) -> list[Any]:
    from datetime import date

    away = one.absence
    days = (away.start, away.until) if away is not None else ("", "")
    return [
        one.id, one.name or None, one.email or None, *(one.counts.get(key, 0) for key in kinds),
        *(date.fromisoformat(day) if day else None for day in days),
        (away.deputy or None) if away is not None else None,
    ]  # fmt: skip


@verbs.add
def add(
    session: Session,
    user: Annotated[str, Argument(metavar="USER", help="A short name, as petra.")],
    name: Annotated[str, Argument(metavar="[NAME]", help="Their full name.")] = "",
    email: Annotated[
        str | None, Option("--email", metavar="ADDRESS", help="Where digests go.")
    ] = None,
    quota: Annotated[
        str | None, Option("--quota", metavar="AMOUNT", help="What they are to win each month.")
    ] = None,
    called: Annotated[
        str | None, Option("--name", metavar="NAME", help="Their full name, as the second word.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Add a user to crm.yaml.

    crm user add petra "Petra Zajc" --email petra@kava.example
    """
    from crm_cli.features.staff import add as plan
    from crm_cli.model.errors import UsageError

    if name and called:
        raise UsageError("their name is given twice", "leave --name out")
    planned = plan(session.workspace, user, called or name, {"email": email, "quota": quota})
    carry_out(session, planned, dry_run=dry_run)


@verbs.add
def away(
    session: Session,
    user: WhichUser,
    start: Annotated[
        str | None, Option("--from", metavar="DATE", help="The first day; default today.")
    ] = None,
    until: Annotated[
        str | None, Option("--until", metavar="DATE", help="The last day; default open.")
    ] = None,
    deputy: Annotated[
        str | None,
        Option("--deputy", metavar="USER", help="Who stands in; default who did last time."),
    ] = None,
    back: Annotated[bool, Option("--back", help="They are not away, or no longer.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Note when a user is away, and who stands in for them.

    What falls due on those days is shown to the deputy: by due and agenda with --owner,
    and in the digests of notify. The records stay as they are.

    crm user away petra --from mon --until 2026-12-04 --deputy marko
    crm user away petra --back
    """
    from crm_cli.features import staff
    from crm_cli.model.errors import UsageError

    if not back:
        plan = staff.away(session.workspace, user, start=start, until=until, deputy=deputy)
    elif (start, until, deputy) == (None, None, None):
        plan = staff.back(session.workspace, user)
    else:
        raise UsageError("--back goes with no other option", f"crm user away {user} --back")
    carry_out(session, plan, dry_run=dry_run)


@verbs.add
def rm(
    session: Session,
    user: WhichUser,
    to: Annotated[
        str | None, Option("--to", metavar="USER", help="Who takes over their work.")
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Remove a user, and hand over what they still have to do.

    Their customers, open tasks, deals and cases, planned meetings, drafts and unanswered
    quotes get the other user; so do saved queries that name them. Who sold something, or
    spoke with somebody, stays who they were.

    crm user rm petra --to marko --dry-run
    """
    from crm_cli.features.handing_over import remove

    plan = remove(session.workspace, user, to)
    asked = plan if len(plan.records) > 1 else plan._replace(question="")
    carry_out_asked(session, asked._replace(records=()), dry_run=dry_run, yes=yes)
