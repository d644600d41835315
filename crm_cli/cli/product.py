"""`crm product`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import (
    Currency,
    DryRun,
    Yes,
)
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.errors import UsageError

verbs = Verbs()


@verbs.add
def add(
    session: Session,
    words: Annotated[
        list[str],
        Argument(metavar="SKU NAME… [KEY=VALUE…]", help="SKU, name, then more fields."),
    ],
    price: Annotated[
        str | None, Option("--price", metavar="18.50", help="Unit price without tax.")
    ] = None,
    category: Annotated[
        str | None, Option("--category", metavar="TEXT", help="The category.")
    ] = None,
    unit: Annotated[str | None, Option("--unit", metavar="kg", help="Piece, kg, hour …")] = None,
    tax_rate: Annotated[str | None, Option("--tax-rate", metavar="9.5", help="Percent.")] = None,
    kind: Annotated[
        str | None, Option("--kind", metavar="good|service", help="Good or service.")
    ] = None,
    cost: Annotated[str | None, Option("--cost", metavar="9.20", help="Unit cost.")] = None,
    currency: Currency = None,
    dry_run: DryRun = False,
) -> None:
    """Add a product to the directory, products.yaml.

    crm product add beans-1kg "House blend, 1 kg" --price 18.50 --unit bag --tax-rate 9.5
    crm product add course-1d Barista course kind=service price=126
    """
    from crm_cli.cli.assignments import split_values
    from crm_cli.features.products import add as plan

    named, values = split_values(words)
    if not named:
        raise UsageError("which product?", 'crm product add beans-1kg "House blend, 1 kg"')
    options = {
        "kind": kind,
        "category": category,
        "price": price,
        "cost": cost,
        "currency": currency,
        "tax_rate": tax_rate,
        "unit": unit,
    }
    given = [(key, text) for key, text in options.items() if text is not None]
    carry_out(
        session,
        plan(session.workspace, named[0], " ".join(named[1:]), [*given, *values]),
        dry_run=dry_run,
    )


list_verb(
    verbs,
    "product",
    """List the products that match query terms; default: all.

    crm product list
    crm product list category:beans is:active --sort price- -o csv
    """,
)


@verbs.add
def set_(
    session: Session,
    words: Annotated[
        list[str],
        Argument(metavar="PRODUCT… KEY=VALUE…", help="Products and new values: price=19.50 unit=."),
    ],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Change fields of products. Existing purchases keep their prices.

    crm product set beans-1kg price=19.50
    crm product set beans-250g beans-500g disabled=yes reorder_every= --yes
    """
    from crm_cli.cli.assignments import split_assignments
    from crm_cli.features.products import change

    skus, assignments = split_assignments(words)
    plan = change(session.workspace, session.expand(skus), assignments)
    carry_out(session, plan, dry_run=dry_run, yes=yes)
