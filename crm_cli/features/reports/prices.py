"""`crm report prices`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.table import Row, Table
from crm_cli.model.errors import CrmError, Unreadable
from crm_cli.model.item import Item
from crm_cli.model.money import EXACT
from crm_cli.model.places import PRODUCTS
from crm_cli.model.prices import read_prices
from crm_cli.model.product import PRODUCT
from crm_cli.model.rows import fraction

_PRODUCT = Key("product", "id", "the product", label="name", ids=True, public=True)
_FIGURES = (
    Figure("since", "", "the day of the change", type="date"),
    Figure("list", "", "the price list; none where it is the product's own price", type="word"),
    Figure("start", "", "the quantity from which it holds", type="decimal"),
    Figure("before", "", "the price before", type="decimal"),
    Figure("price", "", "the price from then on", type="decimal"),
    Figure("change", "", "the change, by the price before", type="share"),
    Figure("by", "", "who changed it", type="word"),
)

Priced = dict[tuple[str, str | None, Decimal], Decimal]
"""Prices by product, price list and the quantity from which they hold."""


def _compute(context: Context) -> Table:
    workspace, zone = context.workspace, context.workspace.business.time_zone
    names = dict(workspace.rows(PRODUCT, context.node, ("id", "name"), everything=True))
    notes: list[str] = []
    rows: list[Row] = []
    before: Priced = {}
    try:
        states = list(_states(context))
    except CrmError as error:
        notes.append(f"prices are those of today alone: {error.message}")
        states = []
    for day, who, prices in states:
        rows += _changes(names, before, prices, day.astimezone(zone).date(), who)
        before = prices
    if not workspace.as_of:
        rows += _changes(names, before, _prices(workspace.products()), context.today, None)
    rows = [row for row in rows if row["since"] in context.period]
    rows.reverse()  # of one day the latest stands first, too
    rows.sort(key=lambda row: (row["product"], row["list"] or "", row["start"] or 0))
    rows.sort(key=lambda row: row["since"], reverse=True)
    return Table((_PRODUCT,), _FIGURES, rows, notes=notes)


def _changes(
    names: Mapping[str, Any], before: Priced, now: Priced, day: date, who: str | None
) -> Iterator[Row]:
    """A row for each price of a product that is there today, and was another one before."""
    for key, price in now.items():
        sku, listed, start = key
        old = before.get(key)
        if sku not in names or price == old:
            continue
        yield {
            "product": sku,
            "name": names[sku],
            "list": listed,
            "start": start or None,
            "since": day,
            "price": price,
            "before": old,
            "change": fraction(EXACT.divide(price - old, old)) if old else None,
            "by": who,
        }


def _prices(products: Mapping[str, Item]) -> Priced:
    found: Priced = {}
    for sku, product in products.items():
        if "price" in product.values:
            found[sku, None, Decimal(0)] = product.values["price"]
        table = product.values.get("prices")
        for name, value in table.items() if isinstance(table, dict) else ():
            try:
                found |= {(sku, name, start): price for start, price in read_prices(value)}
            except Unreadable:
                continue
    return found


def _states(context: Context) -> Iterator[tuple[Any, str, Priced]]:
    """(when, by whom, prices) of each state that the product directory has had, oldest first;
    raises GitFailed."""
    from crm_cli.store.blobs import Blobs
    from crm_cli.store.log import log

    workspace = context.workspace
    commits = log(workspace.git, workspace.as_of or "HEAD", paths=[PRODUCTS.path])
    blobs = Blobs(workspace.git, many=True)
    try:
        for commit in reversed(commits):
            for file in commit.files:
                if file.path != PRODUCTS.path or not file.after:
                    continue
                try:
                    data = blobs.read(file.after, file.path, commit.id)
                    records = workspace.open(file.path, data).records
                except CrmError:
                    continue  # a state that nobody could read says nothing
                yield commit.when, commit.author, _prices(records)
    finally:
        blobs.close()


REPORT = Report(
    name="prices",
    answers="List the changes of prices, the latest first, as git has them.",
    formula="Each price of a product, and of it in a price list, from the day of the commit that "
    "changed products.yaml; what is not committed is of today. change is the difference ÷ the "
    "price before.",
    example="beans-1kg --period last-12m",
    group="Products",
    base=PRODUCT,
    by=(_PRODUCT,),
    usual=("product",),
    open=False,
    compared=False,
    figures=_FIGURES,
    period="-",
    compute=_compute,
)
