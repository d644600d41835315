"""`crm interaction`."""

from __future__ import annotations

import typer

from crm_cli.cli.options import Cols, Json, Limit, NoHeader, Output, Sort, Terms, Where
from crm_cli.cli.session import of

app = typer.Typer()


@app.command("list")
def list_(
    ctx: typer.Context,
    terms: Terms = None,
    where: Where = None,
    sort: Sort = None,
    limit: Limit = None,
    cols: Cols = None,
    output: Output = None,
    json: Json = False,
    no_header: NoHeader = False,
) -> None:
    """List calls, meetings, mails and notes that query terms describe, newest first.

    crm interaction list customer:ana kind:call at:this-year
    crm interaction list text.has:renewal at:-30d.. -o csv
    """
    from crm_cli.cli.answers import answer_list
    from crm_cli.model.interaction import INTERACTION

    answer_list(
        of(ctx),
        INTERACTION,
        terms,
        where=where,
        sort=sort,
        limit=limit,
        cols=cols,
        output=output,
        json=json,
        header=not no_header,
        default_sort="at-",
    )
