"""`crm index`."""

from __future__ import annotations

import typer

from crm_cli.cli.options import Json, Output
from crm_cli.cli.session import of

app = typer.Typer()


@app.command()
def status(ctx: typer.Context, output: Output = None, json: Json = False) -> None:
    """Say where the cache lies and what it holds.

    crm index status
    """
    session = of(ctx)
    session.workspace.checking = True
    session.show_record(session.workspace.index.status(), session.format(output, json))


@app.command()
def rebuild(ctx: typer.Context) -> None:
    """Make the cache anew from the files. It changes no answer.

    crm index rebuild
    """
    session = of(ctx)
    index = session.workspace.index
    index.rebuild()
    session.write(f"read {index.status()['customers']:,} customers\n")


@app.command()
def path(ctx: typer.Context) -> None:
    """Print the path of the cache's file; nothing where it is kept in memory.

    crm index path
    sqlite3 -readonly "$(crm index path)" .tables
    """
    session = of(ctx)
    session.workspace.checking = True
    found = session.workspace.index.status()["path"]
    if found is None:
        session.say("the index is kept in memory: there is no folder for a cache")
        session.negative = True
    else:
        session.give(f"{found}\n")
