"""What to offer a customer next: `crm suggest`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.offers import Offer
from crm_cli.query.suggesting import suggestions
from crm_cli.workspace import Workspace


class Next(NamedTuple):
    """A customer's next purchase by their own rhythm, and what to offer them.

    `interval` is the median of the days between days with a purchase; None of fewer than two.
    """

    id: str
    name: str
    path: str
    last: date | None
    interval: int | None
    next: date | None
    offers: tuple[Offer, ...]
    prices: dict[str, tuple[Decimal, str]]
    """The list price and its currency, of the products that have one."""


def suggest(workspace: Workspace, customer: str, *, within: str = "14d") -> Next:
    """What to offer one customer; what is due again in a time, such as `14d` or `1m`, counts.

    Raises UsageError for a time that cannot be read.
    """
    from crm_cli.model.product import PRODUCT

    columns = ("name", "path", "last_purchase", "purchase_interval", "next_purchase")
    terms = [f"id.is:{customer}"]
    (row,) = workspace.select(CUSTOMER, terms, cols=columns).rows
    name, path, last, interval, following = row
    found = suggestions(workspace.database, customer, _through(workspace, within))
    listed = workspace.select(PRODUCT, cols=("id", "price", "currency"), ordered=False).rows
    base = workspace.business.currency
    prices = {id: (price, currency or base) for id, price, currency in listed if price is not None}
    return Next(
        customer, str(name or customer), path, last, interval, following, tuple(found), prices
    )


def _through(workspace: Workspace, within: str) -> date:
    from crm_cli.model.duration import read_interval
    from crm_cli.model.errors import Unreadable

    today = workspace.clock.today
    if within.strip() in ("0", "0d", "today"):
        return today
    try:
        return read_interval(within).after(today)
    except Unreadable as error:
        raise UsageError(f"--within: {error.message}", error.hint) from error
