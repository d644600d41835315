"""`crm export`."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli.options import Sort, Terms, To, Where
from crm_cli.cli.session import of

app = typer.Typer()

Kind = Annotated[
    str,
    typer.Argument(
        metavar="KIND", help="customers, products, purchases, payments, tasks or interactions."
    ),
]


@app.command()
def export(
    ctx: typer.Context,
    kind: Kind,
    terms: Terms = None,
    format: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="csv|json|jsonl",
            help="How it is written; else as the file's name ends, else CSV.",
        ),
    ] = "",
    to: To = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file if there is one.")
    ] = False,
    where: Where = None,
    sort: Sort = None,
) -> None:
    """Write records for other programs; what CSV says, crm import reads back.

    crm export customers city:Koper +vip --to koper.csv
    crm export purchases date:2026 --format json
    """
    from crm_cli.features import exporting
    from crm_cli.model.text import visible

    session = of(ctx)
    exported = exporting.export(
        session.workspace, kind, terms or (), where=where, sort=sort, format=format, to=to
    )
    if to is not None:
        exporting.save(to, exported, force=force)
        session.say(f"written to {visible(str(to))}")
    elif session.screen.width is not None:
        session.write(visible(piece, multiline=True) for piece in exported.pieces)
    else:
        session.write(exported.pieces)
    if exported.left_out:
        keys = ", ".join(visible(key) for key in sorted(exported.left_out))
        session.say(f"not in this format: {keys}; --format json has all")
