"""`crm add`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import DryRun, Force, NewOwner, Tags
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.assignments import split_values

verbs = Verbs()


@verbs.add
def add(
    session: Session,
    name: Annotated[
        list[str], Argument(metavar="NAME… [KEY=VALUE…]", help="The name, then fields.")
    ],
    email: Annotated[
        list[str] | None, Option("--email", metavar="ADDRESS", help="An e-mail address.")
    ] = None,
    phone: Annotated[
        list[str] | None, Option("--phone", metavar="NUMBER", help="A telephone number.")
    ] = None,
    tag: Tags = None,
    kind: Annotated[
        str | None, Option("--kind", metavar="person|organization", help="Person or organization.")
    ] = None,
    owner: NewOwner = None,
    id: Annotated[
        str | None, Option("--id", metavar="ID", help="The id; default: made from the name.")
    ] = None,
    force: Force = False,
    dry_run: DryRun = False,
) -> None:
    """Add a customer. A name is enough.

    crm add "Ana Novak" --email ana@novak.example --phone "040 123 456" --tag vip
    crm add Kava d.o.o. city=Ljubljana country=SI credit.limit=2000
    """
    from crm_cli.features.adding import add as plan

    words, values = split_values(name)
    carry_out(
        session,
        plan(
            session.workspace,
            " ".join(words),
            id=id,
            kind=kind,
            emails=email or (),
            phones=phone or (),
            tags=tag or (),
            owner=owner,
            values=values,
            force=force,
        ),
        dry_run=dry_run,
    )
