"""`crm sql`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import FORM, Form, Limit
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.model.errors import UsageError

verbs = Verbs()


@verbs.add
def sql(
    session: Session,
    statement: Annotated[
        str | None,
        Argument(
            metavar="[SELECT…|VIEW]",
            help="A statement, - for stdin, or a view to describe; default: list the views.",
        ),
    ] = None,
    parameters: Annotated[
        list[str] | None,
        Option("--param", "-p", metavar="NAME=VALUE", help="The value of :NAME."),
    ] = None,
    limit: Limit = None,
    timeout: Annotated[
        float, Option("--timeout", metavar="SECONDS", min=0.1, help="Cancel it after this time.")
    ] = 30.0,
    how: Form = FORM,
) -> None:
    """Run a SELECT over the views, read-only.

    crm sql "SELECT city, sum(spend) FROM customers GROUP BY city ORDER BY 2 DESC"
    crm sql "SELECT id, net FROM purchases WHERE date > :day" -p day=2026-01-01 -o csv
    crm sql purchases
    """
    from crm_cli.cli.stdin import text_of_stdin
    from crm_cli.features.sql import ask, describe
    from crm_cli.model.rows import Column, Rows

    form = session.form(how)
    if statement is None or statement.isidentifier():
        described = describe(statement or "", session.workspace)
        columns = [Column(key) for key in ("view", "column", "type", "doc")]
        session.show(Rows(columns, described), form, header=not how.no_header)
        return
    text = text_of_stdin() if statement == "-" else statement
    found = ask(session.workspace, text, _named(parameters or ()), limit=limit, seconds=timeout)
    rows = Rows([Column(name) for name in found.columns], found.rows, none="no rows")
    session.show(rows, form, header=not how.no_header)


def _named(texts: list[str] | tuple[str, ...]) -> dict[str, str]:
    values: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.isidentifier():
            raise UsageError(f"'{text}' is no parameter", "write -p since=2026-01-01")
        values[name] = value
    return values
