"""`crm trust`."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli.session import of
from crm_cli.model.text import visible

app = typer.Typer()


@app.command()
def trust(
    ctx: typer.Context,
    remove: Annotated[bool, typer.Option("--remove", help="No longer.")] = False,
) -> None:
    """Let git be run in this directory: its configuration can name programs to run.

    crm trust
    crm trust --remove
    """
    from crm_cli.features.repository import set_trust

    session = of(ctx)
    root = visible(str(session.workspace.root))
    changed = set_trust(session.workspace, trusted=not remove)
    if remove:
        session.write(f"{root} is {'no longer' if changed else 'not'} trusted\n")
    else:
        session.write(f"{root} is {'now' if changed else 'already'} trusted\n")
