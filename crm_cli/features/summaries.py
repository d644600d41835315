"""Sums of purchases by customer, product, month …

Money is summed as whole minor units of the base currency, as the index keeps it;
quantities as millionths, the finest that a file can say.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from crm_cli.model.errors import DataError, Problem, Unreadable, UsageError
from crm_cli.model.money import EXACT, from_minor
from crm_cli.model.periods import Period, read_window
from crm_cli.model.purchase import PURCHASE
from crm_cli.workspace import Workspace

_MILLION = 1_000_000


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
) -> Summary:
    """The sums of the purchases that count and that terms, expression and period describe.

    Groups come by their net, the largest first, those of time in its order; without `by`
    there are none but the total. Credit notes take from net and units, and are no orders.
    Raises UsageError for what cannot be asked.
    """
    chosen, parameters = _chosen(workspace, terms, where, period)
    connection = workspace.index.connection
    currency = workspace.business.currency
    missing: list[Sequence[object]] = []
    groups: list[Sums] = []
    try:
        *figures, unknown = connection.execute(f"{chosen} {_TOTAL}", parameters).fetchone()
        total = _sums((None, None, *figures), currency, None)
        if total.net is None:
            total = total._replace(net=from_minor(0, currency))
        if by is not None:
            # What the parts add up to may differ by a cent from whole purchases where
            # they are converted line by line.
            sql = f"{chosen}, part AS ({_PARTS[by]}) {_grouped(by)}"
            found = connection.execute(sql, parameters).fetchall()
            groups = [_sums(row, currency, total.net) for row in found]
        if unknown:
            missing = connection.execute(f"{chosen} {_MISSING}", parameters).fetchall()
    except sqlite3.OperationalError as error:
        if "overflow" not in str(error):
            raise
        raise DataError("the sums are too large to compute") from error
    total = total._replace(share=_share(total.net, total.net))
    groups.sort(key=_in_time if by is not None and by.timed else _by_net)
    return Summary(tuple(groups), total, currency, tuple(map(_problem, missing)))


def _chosen(
    workspace: Workspace, terms: Sequence[str], where: str | None, period: str | None
) -> tuple[str, dict[str, object]]:
    """`WITH chosen`: the keys of the purchases to be summed, and the statement's parameters."""
    from crm_cli.query import dialect
    from crm_cli.query.compile import Compiler

    scope = workspace.scope(PURCHASE)
    compiler = Compiler(scope)
    row = compiler.frame.base
    wanted = [row.column("counts"), compiler.condition(workspace.node(scope, terms, where), row)]
    window = _window(workspace, period)
    if window.start is not None:
        wanted.append(f"{row.column('date')} >= {compiler.frame.bind(window.start.isoformat())}")
    if window.end is not None:
        wanted.append(f"{row.column('date')} <= {compiler.frame.bind(window.end.isoformat())}")
    dialect.prepare(workspace.index.connection)
    # Joins of a query never have more than one row for each of its own.
    bought = f"{_BOUGHT.format(t=row.alias)} {row.source()} WHERE {' AND '.join(wanted)}"
    return f"WITH bought AS ({bought})", compiler.frame.parameters


def _window(workspace: Workspace, period: str | None) -> Period:
    if period is None:
        return Period(None, None)
    try:
        return read_window(period, workspace.clock.today)
    except Unreadable as error:
        raise UsageError(f"--period: {error.message}", error.hint) from error


_MICRO = f"CAST(ROUND(CAST({{}} AS REAL) * {_MILLION}) AS INTEGER)"

_BOUGHT = (
    "SELECT {t}.pk, {t}.customer, {t}.date, {t}.owner, {t}.net__b AS net, {t}.net AS own,"
    f" {_MICRO.format('{t}.units')} AS units, {{t}}.kind <> 'credit_note' AS sale, {{t}}.currency"
)

_WHOLE = "b.pk, b.sale, b.net, b.units, b.date FROM bought b"
_OF_CUSTOMER = f"{_WHOLE} JOIN customer c ON c.pk = b.customer"
_LINES = (
    # A purchase without lines is one part of its own, of no product.
    "b.pk, b.sale, CASE WHEN l.pk IS NULL THEN b.net WHEN l.net IS NULL THEN 0 ELSE l.net__b END"
    " AS net,"
    " CASE WHEN l.pk IS NULL THEN b.units"
    f" ELSE {_MICRO.format('l.quantity')} * CASE WHEN b.sale THEN 1 ELSE -1 END END AS units,"
    " b.date FROM bought b LEFT JOIN line l ON l.parent = b.pk"
    " LEFT JOIN product r ON r.id = l.product"
)

_PARTS = {
    By.CUSTOMER: f"SELECT c.id AS grp, c.name AS name, {_OF_CUSTOMER}",
    By.PRODUCT: f"SELECT l.product AS grp, r.name AS name, {_LINES}",
    By.CATEGORY: f"SELECT r.category AS grp, NULL AS name, {_LINES}",
    By.MONTH: f"SELECT substr(b.date, 1, 7) AS grp, NULL AS name, {_WHOLE}",
    By.QUARTER: "SELECT substr(b.date, 1, 4) || '-q' ||"
    f" ((CAST(substr(b.date, 6, 2) AS INTEGER) + 2) / 3) AS grp, NULL AS name, {_WHOLE}",
    By.YEAR: f"SELECT substr(b.date, 1, 4) AS grp, NULL AS name, {_WHOLE}",
    By.CITY: f"SELECT c.city AS grp, NULL AS name, {_OF_CUSTOMER}",
    By.COUNTRY: f"SELECT c.country AS grp, NULL AS name, {_OF_CUSTOMER}",
    By.OWNER: f"SELECT COALESCE(b.owner, c.owner) AS grp, NULL AS name, {_OF_CUSTOMER}",
    By.TAG: f"SELECT g.value AS grp, NULL AS name, {_WHOLE}"
    " LEFT JOIN (SELECT DISTINCT customer, value FROM tag WHERE parent IS NULL) g"
    " ON g.customer = b.customer",
}
"""For each group: its key, its name, and what of each purchase goes into it."""

_FIGURES = (
    "COALESCE(SUM({t}.units), 0), SUM({t}.net),"
    " MIN(CASE WHEN {t}.sale THEN {t}.date END), MAX(CASE WHEN {t}.sale THEN {t}.date END)"
)
_TOTAL = (
    f"SELECT COALESCE(SUM(b.sale), 0), {_FIGURES.format(t='b')},"
    " SUM(b.net IS NULL AND b.own IS NOT NULL) FROM bought b"
)


def _grouped(by: By) -> str:
    """The statement that sums the parts up; only of lines has a purchase several in a group."""
    orders = "SUM(x.sale)"
    if by in (By.PRODUCT, By.CATEGORY):
        orders = "COUNT(DISTINCT CASE WHEN x.sale THEN x.pk END)"
    figures = _FIGURES.format(t="x")
    return f"SELECT x.grp, MAX(x.name), {orders}, {figures} FROM part x GROUP BY x.grp"


_MISSING = (
    "SELECT b.currency, COUNT(*), MIN(b.date) FROM bought b WHERE b.net IS NULL"
    " AND b.own IS NOT NULL GROUP BY b.currency ORDER BY b.currency"
)


def _sums(row: Sequence[object], currency: str, whole: Decimal | None) -> Sums:
    group, name, orders, units, cents, first, last = row
    net = None if cents is None else from_minor(int(str(cents)), currency)
    return Sums(
        None if group is None else str(group),
        None if name is None else str(name),
        int(str(orders)),
        _units(int(str(units))),
        net,
        _share(net, whole),
        _day(first),
        _day(last),
    )


def _units(millionths: int) -> Decimal:
    """The quantity, without zeros behind the decimal sign."""
    whole, rest = divmod(millionths, _MILLION)
    if not rest:
        return Decimal(whole)
    return Decimal(millionths).scaleb(-6, context=EXACT).normalize(EXACT)


def _share(net: Decimal | None, whole: Decimal | None) -> Decimal | None:
    if net is None or not whole:
        return None
    return EXACT.divide(net, whole).quantize(Decimal("0.0001"), context=EXACT)


def _day(text: object) -> date | None:
    return None if text is None else date.fromisoformat(str(text))


def _in_time(sums: Sums) -> tuple[bool, str]:
    return (sums.group is None, sums.group or "")


def _by_net(sums: Sums) -> tuple[bool, Decimal, bool, str]:
    return (sums.net is None, -(sums.net or Decimal(0)), sums.group is None, sums.group or "")


def _problem(row: Sequence[object]) -> Problem:
    currency, count, day = row
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
