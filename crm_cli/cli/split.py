"""`crm unmerge` and `crm split`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import WHO, DryRun, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.errors import UsageError

verbs = Verbs()


@verbs.add
def unmerge(
    session: Session,
    id: Annotated[str, Argument(metavar="ID", help="The id that was merged into another one.")],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Take an older merge apart again, from history; items go back as they are now.

    crm unmerge ana-novak-2
    """
    from crm_cli.features.parting import unmerge as plan

    carry_out(session, plan(session.workspace, id.strip()), dry_run=dry_run, yes=yes)


@verbs.add
def split(
    session: Session,
    words: Annotated[
        list[str],
        Argument(
            metavar="WHO NAME ITEM…|TERM…",
            help=f"A customer ({WHO}), the new one's name; items by id, number or terms.",
        ),
    ],
    dry_run: DryRun = False,
) -> None:
    """Make a new customer of a part of another one's items. They keep their ids.

    crm split bistro-lipa "Lipa Beta" purchase/date:2026-07..
    crm split ana "Ana Kos" t-9f3 i-4k7
    """
    from crm_cli.features.moving import split as plan

    if len(words) < 3:
        raise UsageError(
            "split needs a customer, a name and items",
            'crm split bistro-lipa "Lipa Beta" purchase/date:2026-07..',
        )
    who, name, *items = words
    customer = session.who(who, writes=True)
    items = session.expand(items, items=True)
    if not items:
        session.say("stdin names no item; nothing changed")
        return
    made = plan(session.workspace, customer, name, items)
    carry_out(session, made, dry_run=dry_run)
