"""`crm query`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import FORM, Form, Json, Output, Terms, Where
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs

verbs = Verbs()


@verbs.add
def explain(
    session: Session,
    terms: Terms = None,
    where: Where = None,
    kind: Annotated[
        str, Option("--kind", metavar="KIND", help="The kind to query: customer, task …")
    ] = "customer",
    output: Output = None,
    json: Json = False,
) -> None:
    """Explain a query: its full expression, its dates, its SQL.

    crm query explain +vip spend@12m:1000.. last-contact.before:-60d
    """
    from crm_cli.cli.outputs import TABLE
    from crm_cli.features.explaining import explain as explained

    found = explained(session.workspace, terms or (), where=where, base=kind)
    form = session.format(output, json)
    if form is not TABLE:
        session.show_record(
            {
                "expression": found.expression,
                "dates": dict(found.dates),
                "sql": found.sql,
                "parameters": found.parameters,
            },
            form,
        )
        return
    from crm_cli.model.text import visible

    session.write(f"{visible(found.expression)}\n")
    if found.dates:
        session.write("\ndates:\n")
        width = max(len(visible(text)) for text, _ in found.dates)
        session.write(f"  {visible(text):<{width}}  {meaning}\n" for text, meaning in found.dates)
    session.write(f"\nSQL:\n{visible(found.sql, multiline=True)}\n")
    if found.parameters:
        session.write("\nparameters:\n")
        session.write(
            f"  :{name} = {visible(repr(value))}\n" for name, value in found.parameters.items()
        )


@verbs.add
def fields(
    session: Session,
    kind: Annotated[
        str | None,
        Argument(metavar="[KIND]", help="customer, task, purchase, line …"),
    ] = None,
    how: Form = FORM,
) -> None:
    """List the fields of a kind, each with its type and source.

    crm query fields task
    """
    from crm_cli.features.explaining import fields as known
    from crm_cli.model.rows import Column, Rows

    rows = [(row.name, row.type, row.operators, row.origin, row.doc) for _, row in known(kind)]
    columns = [Column(key) for key in ("field", "type", "operators", "origin", "doc")]
    session.show(
        Rows(columns, rows, ids=[row[0] for row in rows]),
        session.form(how),
        header=not how.no_header,
    )
