"""`crm list`."""

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
    """List the customers that query terms describe; all of them without any.

    crm list +vip spend@12m:1000.. last-contact.before:-60d --sort spend-
    crm list city:Koper,Piran --cols name,phone,spend -o csv
    """
    from crm_cli.cli.answers import answer_list
    from crm_cli.model.customer import CUSTOMER

    answer_list(
        of(ctx),
        CUSTOMER,
        terms,
        where=where,
        sort=sort,
        limit=limit,
        cols=cols,
        output=output,
        json=json,
        header=not no_header,
    )
