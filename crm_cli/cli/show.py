"""`crm show`."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli.options import AsOf, Json, Output
from crm_cli.cli.session import of

app = typer.Typer()


@app.command()
def show(
    ctx: typer.Context,
    who: Annotated[
        str, typer.Argument(metavar="WHO|ID", help="A customer, or the id of one of their items.")
    ],
    as_of: AsOf = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """Show a customer at a glance, or one of their items.

    crm show ana
    crm show "+386 40 123 456" --json
    crm show t-9f3
    """
    from crm_cli.cli.choosing import chosen
    from crm_cli.features.showing import as_object
    from crm_cli.features.showing import show as find
    from crm_cli.render.customer import customer_card, item_card
    from crm_cli.render.output import Format

    session = of(ctx)
    session.look_back(as_of)
    shown = chosen(session, lambda text: find(session.workspace, text), who)
    form = session.format(output, json)
    if form is Format.TABLE:
        if shown.item is not None:
            card = item_card(shown.record, shown.item, shown.path, shown.line)
        else:
            day = session.workspace.clock.today
            card = customer_card(shown.record, shown.path, shown.today, day)
        session.show_card(card)
    elif form is Format.PATHS:
        session.write(shown.path + "\n")
    else:
        session.show_record(as_object(shown), form)
