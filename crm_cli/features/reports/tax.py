"""`crm report tax`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Choice, Report
from crm_cli.features.reports.table import Row, Table
from crm_cli.model.errors import UsageError
from crm_cli.model.line import LINE
from crm_cli.model.money import EXACT, round_money, rounded_parts
from crm_cli.model.purchase import PURCHASE

_HUNDRED, _NOTHING = Decimal(100), Decimal(0)
_TAXED = "kind in (sale, invoice, credit_note) and is(counted)"
_AMOUNTS = ("net", "tax", "gross")
_OF_LINE = {
    "category": "tax_category", "rate": "tax_rate", "currency": "currency", "month": "date.month",
}  # fmt: skip
"""Keys that are no columns of purchases, and the fields of their lines."""
_SUMS = (Figure("net", "sum:net", ""), Figure("tax", "sum:tax", ""))
_TAX_ID = (Figure("tax_id", "one:customer.tax_id", ""),)
_BILLED = tuple(
    Key(f"billed_{part}", f"bill_to.{part}", "") for part in ("name", "tax_id", "country")
)
"""What a document says of whom it is billed to, whatever they are today."""
_OF_CUSTOMER = Key("tax_id", "bill_to.tax_id", "the customer's tax id")


class _Part(NamedTuple):
    """What a purchase has of one category and rate, in its own currency."""

    category: str | None
    rate: Decimal | None
    net: Decimal
    tax: Decimal


class _Taxed(NamedTuple):
    """A purchase, and the share of it that the report counts: 1, or what was paid by the end of
    the period, without the share before it."""

    path: str
    customer: str
    id: str
    currency: str
    day: date | None
    net: Decimal
    share: Decimal
    before: Decimal
    values: Mapping[str, Any]


def _compute(context: Context) -> Table:
    basis = context.option("basis")
    if basis not in ("date", "paid"):
        raise UsageError(f"--basis {basis} is no basis of tax", "date or paid")
    own = any(key.name == "currency" for key in context.keys)
    figures = [_money(one, own=own) for one in _AMOUNTS]
    if own:
        figures += [_money(f"{one}_base") for one in _AMOUNTS]
    rows: dict[tuple[Any, ...], Row] = {}
    if basis == "paid":
        found = list(_paid(context, list(_purchases(context, _TAXED))))
    else:
        plain = _plain(context)
        _whole(context, rows, plain, own=own)
        found = list(_purchases(context, f"{_TAXED} and not {plain}"))
    lines = _lines(context) if found else {}
    for one in found:
        parts = _parts(lines.get((one.path, one.id), ()), one)
        for part, amounts, bases in _amounts(context, one, parts):
            of = {
                "category": part.category,
                "rate": part.rate,
                "currency": one.currency,
                "month": f"{one.day:%Y-%m}" if one.day else None,
            }
            given = {**one.values, **of}
            row = _row_of(rows, _keys(context), given)
            _add(row, _AMOUNTS, amounts if own else bases)
            if own:
                _add(row, [f"{key}_base" for key in _AMOUNTS], bases)
    table = Table(_keys(context), figures, rows.values(), _total(rows.values(), figures))
    table.sort("")
    return table


def _keys(context: Context) -> list[Key]:
    """What tells rows apart: of one customer also the tax ids that documents say."""
    return [*context.keys, *([_OF_CUSTOMER] if _by_customer(context) else ())]


def _row_of(rows: dict[tuple[Any, ...], Row], keys: Sequence[Key], given: Row) -> Row:
    """The row of a purchase, or of several: by what they say of whom they are billed to, else by
    what that customer is today. Of several names it has the first of those that they say."""
    billed = [given.get(key.name) for key in _BILLED]
    if any(billed):
        name, tax_id, country = billed
        given = {**given, "name": name or given.get("name"), "tax_id": tax_id, "country": country}
    row = rows.setdefault(
        tuple(given[key.name] for key in keys), {key.name: given[key.name] for key in keys}
    )
    if any(key.label for key in keys):
        rank = (not billed[0], given["name"] or "")
        row["name"] = min(row.get("rank", rank), rank)[1]
        row["rank"] = min(row.get("rank", rank), rank)
    return row


def _plain(context: Context) -> str:
    """The expression for purchases whose lines add up as they are: in the base currency, each
    with a price. Where no line lacks one, the lines of each purchase need not be looked at."""
    workspace = context.workspace
    node = workspace.node(workspace.scope(LINE, everything=True), ("no:unit_price",))
    lacking = workspace.rows(LINE, node, ("parent",), everything=True)
    priced = " and not any(lines, unit_price is none)" if lacking else ""
    return f"(currency = {context.currency}{priced})"


def _whole(
    context: Context, rows: dict[tuple[Any, ...], Row], plain: str, *, own: bool
) -> None:
    """Sum up those purchases by the index: nothing of them is converted, or rounded."""
    # All are in one currency, which groups them only where no other key does: without any key
    # there would be a row of no purchases, too.
    one = {"currency": context.currency} if len(context.keys) > 1 else {}
    keys = [
        key.but(field=_OF_LINE.get(key.name, key.field), parts=LINE)
        for key in context.keys
        if key.name not in one
    ]
    if _is_billed(context):
        keys += [key.but(parts=LINE) for key in _BILLED]
    figures = [*_SUMS, *(_TAX_ID if _by_customer(context) else ())]
    found = context.groups(keys, figures, where=f"{_TAXED} and {plain}", totals=False, sort=None)
    for row in found.rows:
        net, tax = (round_money(row[key] or _NOTHING, context.currency) for key in ("net", "tax"))
        amounts = [net, tax, net + tax]
        made = _row_of(rows, _keys(context), {**row, **one})
        _add(made, _AMOUNTS, amounts)
        if own:
            _add(made, [f"{key}_base" for key in _AMOUNTS], amounts)


def _by_customer(context: Context) -> bool:
    return any(key.name == "customer" for key in context.keys)


def _is_billed(context: Context) -> bool:
    """Whether rows are put together by something that documents say themselves."""
    return any(key.name in ("customer", "country") for key in context.keys)


def _purchases(context: Context, where: str) -> Iterator[_Taxed]:
    """The purchases that meet an expression: of the period, or of whatever day where what was
    paid counts."""
    from crm_cli.query.ast import And

    workspace = context.workspace
    scope = workspace.scope(PURCHASE)
    nodes = [context.node, workspace.node(scope, (), where)]
    if context.option("basis") == "date":
        nodes.append(workspace.within(PURCHASE, context.asked.period))
    keys = [key for key in context.keys if key.name not in _OF_LINE]
    names = [key.name for key in keys]
    fields = [key.field for key in keys]
    if _by_customer(context):
        names, fields = [*names, "name", "tax_id"], [*fields, "customer.name", "customer.tax_id"]
    if _is_billed(context):
        names += [key.name for key in _BILLED]
        fields += [key.field for key in _BILLED]
    cols = ("path", "customer", "id", "currency", "date", "net", *fields)
    for path, customer, id, currency, day, net, *values in workspace.rows(
        PURCHASE, And(tuple(nodes)), cols
    ):
        given = dict(zip(names, values, strict=True))
        yield _Taxed(path, customer, id, currency, day, net, Decimal(1), _NOTHING, given)


def _paid(context: Context, found: Sequence[_Taxed]) -> Iterator[_Taxed]:
    """What was paid of them in the period: by its end, less what was before it.

    So what is given back, returned or credited later counts on its own day, and takes nothing
    from a period that is over.
    """
    from crm_cli.model.receivables import shares_paid

    workspace, period = context.workspace, context.period
    last = context.today if period.end is None else min(period.end, context.today)
    days = [last] if period.start is None else [last, period.start - timedelta(days=1)]
    if len(days) > 1 and days[1] >= last:
        return
    bought: dict[str, list[_Taxed]] = {}
    for one in found:
        bought.setdefault(one.customer, []).append(one)
    for customer, of in bought.items():
        record = workspace.record(customer)
        after, *then = (
            shares_paid(record, workspace.business._replace(today=day)) for day in days
        )
        before = then[0] if then else {}
        for one in of:
            share, earlier = (shares.get(one.id, _NOTHING) for shares in (after, before))
            if share != earlier:
                yield one._replace(share=share, before=earlier)


def _lines(context: Context) -> dict[tuple[str, str], list[tuple[Any, ...]]]:
    """Category, rate, net and tax of the lines with a price, by path and id of their purchase."""
    from crm_cli.query.ast import EVERYTHING

    cols = ("path", "id", "tax_category", "tax_rate", "net", "tax")
    found: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for path, id, *values in context.workspace.rows(LINE, EVERYTHING, cols, everything=True):
        if values[-1] is not None:
            found.setdefault((path, id), []).append(tuple(values))
    return found


def _parts(lines: Iterable[tuple[Any, ...]], one: _Taxed) -> list[_Part]:
    """A purchase by category and rate; the tax of each as its lines have it."""
    parts: dict[tuple[str | None, Decimal | None], _Part] = {}
    for category, rate, net, tax in lines:
        before = parts.get((category, rate), _Part(category, rate, _NOTHING, _NOTHING))
        parts[category, rate] = before._replace(net=before.net + net, tax=before.tax + tax)
    return list(parts.values()) or [_Part(None, None, one.net, _NOTHING)]


def _amounts(
    context: Context, one: _Taxed, parts: Sequence[_Part]
) -> Iterator[tuple[_Part, list[Decimal], list[Decimal]]]:
    """Net, tax and gross of each part, in its own and in the base currency; parts add up, and so
    do periods that follow each other."""
    after = _at(context, one, parts, one.share)
    before = _at(context, one, parts, one.before) if one.before else None
    if after is None or (one.before and before is None):
        context.lost(one.currency, one.day)
        return
    for place, part in enumerate(parts):
        own, base = (
            [
                amount - (before[side][2 * place + at] if before else _NOTHING)
                for at, amount in enumerate(after[side][2 * place : 2 * place + 2])
            ]
            for side in (0, 1)
        )
        yield part, [*own, sum(own, _NOTHING)], [*base, sum(base, _NOTHING)]


def _at(
    context: Context, one: _Taxed, parts: Sequence[_Part], share: Decimal
) -> tuple[list[Decimal], list[Decimal]] | None:
    """Net and tax of each part of a share, in its own and in the base currency; None without a
    rate."""
    exact = [EXACT.multiply(amount, share) for part in parts for amount in part[2:]]
    whole = round_money(sum(exact, _NOTHING), one.currency)
    flat = rounded_parts(exact, whole, one.currency)
    bases = context.workspace.business.rates.convert_parts(
        flat, one.currency, one.day or date.max
    )
    return None if bases is None else (flat, bases)


def _add(row: Row, names: Sequence[str], amounts: Sequence[Decimal]) -> None:
    for name, amount in zip(names, amounts, strict=True):
        row[name] = row.get(name, _NOTHING) + amount


def _total(rows: Iterable[Row], figures: Sequence[Figure]) -> Row:
    """Of all; of amounts in several currencies there is none."""
    total: Row = {}
    for row in rows:
        _add(total, [one.key for one in figures], [row[one.key] for one in figures])
    if len({row.get("currency") for row in rows}) > 1:
        for figure in figures:
            if figure.own:
                del total[figure.key]
    return total


def _money(key: str, *, own: bool = False) -> Figure:
    name = key.removesuffix("_base")
    said = {"net": "without tax", "tax": "the tax", "gross": "with tax"}[name]
    where = ", in the base currency" if key != name else ""
    return Figure(key, "", f"{said}{where}", type="money", own=own)


REPORT = Report(
    name="tax",
    answers="Sum up tax by category and rate, as a tax return asks for it.",
    formula="Of posted sales, invoices and credit notes dated in the period: net, tax and gross "
    "by the category (EN 16931) and rate of their lines; tax is rounded for each rate of each "
    "document. Each currency has its rows, with the amounts in the base currency beside them, "
    "converted at the document's date. --basis paid counts of each invoice the share that was "
    "paid in the period, less what was given back, returned or credited of that in it, sales on "
    "their day, and credit notes by what was given back of them. --by customer adds their tax "
    "ids, as a recapitulative statement (EU sales list) wants them: name, tax id and country are "
    "those that an invoice has in bill_to, which stay when the customer moves.",
    example="--period last-month",
    group="Money",
    by=(
        Key("category", "", "S, Z, E, AE, K, G or O (EN 16931 BT-151)", public=True),
        Key("rate", "", "the rate in percent", public=True),
        Key("currency", "currency", "the document's currency", public=True),
        Key("country", "country", "the customer's country", public=True),
        Key("customer", "customer", "who was billed", label="customer.name", ids=True),
        Key("month", "", "the month of the document", timed=True),
    ),
    usual=("category", "rate", "currency"),
    open=False,
    figures=tuple(_money(key) for key in (*_AMOUNTS, *(f"{one}_base" for one in _AMOUNTS))),
    options=(
        Choice("basis", "Count by the document's date, or what was paid: date or paid.",
               metavar="BASIS", default="date"),
    ),
    compute=_compute,
)  # fmt: skip
