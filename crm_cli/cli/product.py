"""`crm product`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import (
    AsOf,
    Cols,
    Currency,
    DryRun,
    Json,
    Output,
    Yes,
)
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.errors import UsageError

verbs = Verbs()

Product = Annotated[str, Argument(metavar="PRODUCT", help="The product's SKU.")]


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
    from crm_cli.features.products import add as plan
    from crm_cli.model.assignments import split_values

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
def show(
    session: Session,
    product: Product,
    cols: Cols = None,
    as_of: AsOf = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """Show all fields of a product.

    crm product show beans-1kg
    """
    from crm_cli.cli.single_record import answer_one
    from crm_cli.features.products import FILE, one
    from crm_cli.features.showing import entry

    session.look_back(as_of)
    shown = entry(one(session.workspace, product), FILE)
    answer_one(session, shown, cols=cols, output=output, json=json)


@verbs.add
def edit(session: Session, product: Product) -> None:
    """Open the products in your editor, at one of them; they are checked when you close it.

    crm product edit beans-1kg
    """
    from crm_cli.cli.edit import in_editor
    from crm_cli.features.editing import begin_entry
    from crm_cli.features.products import FILE, one

    in_editor(session, begin_entry(session.workspace, FILE, one(session.workspace, product)))


@verbs.add
def rm(session: Session, product: Product, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Remove a product from the directory. Asks first if records refer to it.

    crm product rm beans-1kg
    """
    from crm_cli.cli.writing import carry_out_asked
    from crm_cli.features.products import remove

    carry_out_asked(session, remove(session.workspace, product), dry_run=dry_run, yes=yes)


@verbs.add
def set_(
    session: Session,
    words: Annotated[
        list[str],
        Argument(
            metavar="PRODUCT…|TERM… KEY=VALUE…",
            help="Products, or terms, and new values: price=19.50 price+=10% unit=.",
        ),
    ],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Change fields of products. Existing purchases keep their prices.

    += and -= raise and lower prices, by an amount or in percent, rounded to the currency.

    crm product set beans-1kg price=19.50
    crm product set category:beans price+=10%
    crm product set beans-250g beans-500g disabled=yes reorder_every= --yes
    """
    from crm_cli.features.products import change
    from crm_cli.model.assignments import split_assignments
    from crm_cli.model.product import PRODUCT

    skus, assignments = split_assignments(words)
    plan = change(session.workspace, session.expand(skus, PRODUCT), assignments)
    carry_out(session, plan, dry_run=dry_run, yes=yes)
