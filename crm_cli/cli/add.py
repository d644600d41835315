"""`crm add`."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli.assignments import split_values
from crm_cli.cli.options import DryRun, Force, Owner, Tags
from crm_cli.cli.session import of
from crm_cli.cli.writing import carry_out

app = typer.Typer()


@app.command()
def add(
    ctx: typer.Context,
    name: Annotated[
        list[str], typer.Argument(metavar="NAME… [KEY=VALUE…]", help="The name, then fields.")
    ],
    email: Annotated[
        list[str] | None, typer.Option("--email", metavar="ADDRESS", help="An e-mail address.")
    ] = None,
    phone: Annotated[
        list[str] | None, typer.Option("--phone", metavar="NUMBER", help="A telephone number.")
    ] = None,
    tag: Tags = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="person|organization", help="What they are.")
    ] = None,
    owner: Owner = None,
    id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="The id, else made from the name.")
    ] = None,
    force: Force = False,
    dry_run: DryRun = False,
) -> None:
    """Add a customer. A name is enough.

    crm add "Ana Novak" --email ana@novak.example --phone "040 123 456" --tag vip
    crm add Kava d.o.o. city=Ljubljana country=SI credit.limit=2000
    """
    from crm_cli.features.adding import add as plan

    session = of(ctx)
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
