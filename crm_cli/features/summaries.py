"""Sums of purchases by customer, product, month …"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from crm_cli.model.errors import Problem
from crm_cli.model.kind import Kind
from crm_cli.model.money import round_money
from crm_cli.model.purchase import LINE, PURCHASE
from crm_cli.workspace import Workspace


class By(StrEnum):
    """What purchases are put together by."""

    CUSTOMER = "customer"
    PRODUCT = "product"
    CATEGORY = "category"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    CITY = "city"
    COUNTRY = "country"
    OWNER = "owner"
    TAG = "tag"

    @property
    def timed(self) -> bool:
        """Whether the groups follow each other in time."""
        return self in (By.MONTH, By.QUARTER, By.YEAR)


class Sums(NamedTuple):
    """A group's sums.

    `group` is its key (a customer's id, a SKU, `2026-q3`), None for what has none; `name`
    what people call it, where that is another. `orders` are its purchases without credit
    notes, `units` their quantities less what was credited. `net` is in the base currency,
    None where no amount of it could be converted; `share` of the whole net, four decimals,
    None where that is 0. `first` and `last` are the days of its orders.
    """

    group: str | None
    name: str | None
    orders: int
    units: Decimal
    net: Decimal | None
    share: Decimal | None
    first: date | None
    last: date | None


class Summary(NamedTuple):
    """The groups, the total of all of them (each order once), the base currency.

    `problems` say which amounts are left out, since their rate is missing.
    """

    groups: tuple[Sums, ...]
    total: Sums
    currency: str
    problems: tuple[Problem, ...]


def summarize(
    workspace: Workspace,
    terms: Sequence[str] = (),
    *,
    by: By | None = None,
    where: str | None = None,
    period: str | None = None,
    everything: bool = False,
) -> Summary:
    """The sums of the purchases that count and that terms, expression and period describe.

    Groups come by their net, the largest first, those of time in its order; without `by`
    there are none but the total. Credit notes take from net and units, and are no orders.
    With `everything` drafts, cancelled purchases and billed orders are summed up, too.
    Raises UsageError for what cannot be asked.
    """
    from crm_cli.query.ast import And
    from crm_cli.query.group import GroupQuery, group, unconverted

    scope = workspace.scope(PURCHASE, everything=everything)
    node = And((workspace.node(scope, terms, where), workspace.within(PURCHASE, period)))
    key = None if by is None else _KEYS[by]
    figures = _FIGURES if key is None or not key.name else (f"one:{key.name} as name", *_FIGURES)
    query = GroupQuery(PURCHASE, (), figures, node)
    if key is not None:
        query = query._replace(by=(f"{key.field} as group",), parts=key.parts)
    found = group(workspace.database, query, scope)
    names = [column.key for column in found.columns]
    currency = workspace.business.currency
    rows = [dict(zip(names, row, strict=True)) for row in found.rows if by is not None]
    total = dict(zip(names, found.total or (), strict=True))
    problems = unconverted(workspace.database, query, scope) if total["unconverted"] else ()
    whole = _sums(total | {"name": None})
    if whole.net is None:
        whole = whole._replace(net=round_money(Decimal(0), currency))
    groups = sorted(map(_sums, rows), key=_in_time if by is not None and by.timed else _by_net)
    return Summary(tuple(groups), whole, currency, tuple(map(_problem, problems)))


class _Key(NamedTuple):
    """What purchases are put together by: a field, what names it to people, of which parts."""

    field: str
    name: str = ""
    parts: Kind | None = None


_KEYS = {
    By.CUSTOMER: _Key("customer", "customer.name"),
    By.PRODUCT: _Key("product", "product.name", LINE),
    By.CATEGORY: _Key("product.category", "", LINE),
    By.MONTH: _Key("date.month"),
    By.QUARTER: _Key("date.quarter"),
    By.YEAR: _Key("date.year"),
    By.CITY: _Key("city"),
    By.COUNTRY: _Key("country"),
    By.OWNER: _Key("owner"),
    By.TAG: _Key("tag"),
}
_FIGURES = (
    "orders",
    "units",
    "spend as net",
    "share:spend as share",
    "first_purchase as first",
    "last_purchase as last",
    "unconverted",
)


def _sums(row: dict[str, Any]) -> Sums:
    return Sums(
        row.get("group"),
        row.get("name"),
        row["orders"],
        row["units"],
        row["net"],
        row["share"],
        row["first"],
        row["last"],
    )


def _in_time(sums: Sums) -> tuple[bool, str]:
    return (sums.group is None, sums.group or "")


def _by_net(sums: Sums) -> tuple[bool, Decimal, bool, str]:
    return (sums.net is None, -(sums.net or Decimal(0)), sums.group is None, sums.group or "")


def _problem(missing: tuple[str, int, date | None]) -> Problem:
    currency, count, day = missing
    several = count != 1
    return Problem(
        "rates.yaml",
        0,
        0,
        "missing-rate",
        f"{count} purchase{'s' if several else ''} in {currency} {'are' if several else 'is'} "
        "left out of the sums: there is no rate"
        + (f" on or before {day}" if day else f" of {currency}"),
        f"add the rate: {day}: {{{currency}: 1.08}}" if day else "add one to rates.yaml",
    )
