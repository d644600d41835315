"""`crm report aging`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from crm_cli.features.reports.advice import amount, counted, whom
from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.owing import Debtor, OpenInvoice, debtors
from crm_cli.features.reports.report import Choice, Headline, Report
from crm_cli.features.reports.table import Row, Table
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.money import round_money

_CUSTOMER = Key("customer", "id", "who owes", label="name", ids=True)
_INVOICE = Key("invoice", "", "the invoice")
_USUAL = "30,60,90"


class _Buckets(NamedTuple):
    """Ranges of days past a date: the last day of each but the last, which has no end."""

    ends: tuple[int, ...]
    issued: bool
    """Whether days count from the invoice's date, so that none is not yet due."""

    @property
    def keys(self) -> tuple[str, ...]:
        first = 0 if self.issued else 1
        starts = (first, *(end + 1 for end in self.ends))
        spans = [f"d{start}_{end}" for start, end in zip(starts, self.ends, strict=False)]
        return (*(() if self.issued else ("not_due",)), *spans, f"over_{self.ends[-1]}")

    def key(self, days: int | None) -> str:
        """The column of what is so many days past the date; what is never due is not due."""
        if not self.issued and (days is None or days <= 0):
            return "not_due"
        days = max(days or 0, 0)
        place = next((n for n, end in enumerate(self.ends) if days <= end), len(self.ends))
        return self.keys[place + (not self.issued)]


def _buckets(context: Context) -> _Buckets:
    text = context.option("buckets")
    parts = [part.strip() for part in text.split(",")]
    ends = tuple(int(part) for part in parts if part.isascii() and part.isdigit())
    if len(ends) < len(parts) or list(ends) != sorted(set(ends)) or ends[0] < 1 or ends[-1] > 9999:
        raise UsageError(f"--buckets {text} are no ranges of days", "such as --buckets 15,30,60")
    by = context.option("by-date")
    if by not in ("due", "issue"):
        raise UsageError(f"--by-date {by} is no date of an invoice", "due or issue")
    return _Buckets(ends, by == "issue")


def _compute(context: Context) -> Table:
    buckets = _buckets(context)
    figures = [_bucket(key, buckets) for key in buckets.keys]
    columns = [_TOTAL, *figures, _DISPUTED, _ON_ACCOUNT]
    found = debtors(context, *(key.field for key in context.keys if key is not _CUSTOMER), "name")
    if context.option("invoices"):
        return _each(context, found, buckets, columns)
    rows: dict[tuple[object, ...], Row] = {}
    for debtor in found:
        group = _group(context.keys, debtor)
        row = rows.setdefault(tuple(group.values()), _empty(group, columns, context.currency))
        for invoice in debtor.invoices:
            _add(row, _column(invoice, buckets, context), invoice.base)
        _add(row, "on_account", debtor.on_account)
        row["oldest"] = max(row.get("oldest", 0), _oldest(debtor, buckets, context))
        if _CUSTOMER in context.keys:
            row["name"] = debtor.keys[-1]
    return _table(context.keys, columns, rows.values(), context)


def _each(
    context: Context, found: Sequence[Debtor], buckets: _Buckets, columns: Sequence[Figure]
) -> Table:
    """A row for each invoice, and one for what a customer has on account."""
    keys = (_CUSTOMER, _INVOICE)
    rows = []
    for debtor in found:
        group: Row = {"customer": debtor.id, "name": debtor.keys[-1]}
        for invoice in debtor.invoices:
            days = _days(invoice, buckets, context)
            own = {
                "invoice": invoice.number or invoice.id,
                "date": invoice.day,
                "due": invoice.due,
                "days": days,
            }
            row = _empty({**group, **own}, columns, context.currency)
            _add(row, _column(invoice, buckets, context), invoice.base)
            rows.append(row)
        if debtor.on_account:
            row = _empty({**group, "invoice": None}, columns, context.currency)
            _add(row, "on_account", debtor.on_account)
            rows.append(row)
    return _table(keys, [*_DATES, *columns], rows, context)


def _table(
    keys: Sequence[Key], columns: Sequence[Figure], rows: Iterable[Row], context: Context
) -> Table:
    rows = list(rows)
    total = _empty({}, columns, context.currency)
    for row in rows:
        for figure in columns:
            if figure.type == "money":
                total[figure.key] += row[figure.key]
    if any(one.key == "not_due" for one in columns):
        total["late"] = _late(total, columns) + round_money(Decimal(0), context.currency)
        total["oldest"] = max((row.get("oldest", 0) for row in rows), default=0)
        total["late_rows"] = sum(1 for row in rows if _late(row, columns))
    table = Table(keys, columns, rows, total)
    if not keys:
        table.rows = [total]
    table.sort(context.order(_REPORT_SORT))
    return table


def _late(row: Row, columns: Sequence[Figure]) -> Decimal:
    """What is overdue in a row: all ranges of days past due."""
    late = (row[one.key] for one in columns if one.drawn and one.key not in _NOT_LATE)
    return sum(late, Decimal(0))


def _oldest(debtor: Debtor, buckets: _Buckets, context: Context) -> int:
    """Days past due of the oldest invoice that is late; 0 where none is."""
    days = (_days(one, buckets, context) or 0 for one in debtor.invoices if not one.disputed)
    return max(0, *days, 0)


def _advice(table: Table, currency: str) -> Iterator[str]:
    total = table.total or {}
    late = [row for row in table.rows if "late" in total and _late(row, table.columns) > 0]
    if [key.name for key in table.keys] != ["customer"] or not late:
        return
    late.sort(key=lambda row: _late(row, table.columns), reverse=True)
    whole, days = amount(total["late"], currency), counted(total["oldest"], "day")
    if total["late_rows"] == 1:
        yield f"{whole} is overdue at {whom(late)}, for {days}."
        return
    others = total["late_rows"] - len(late[:2])
    parts = [
        f"{amount(_late(row, table.columns), currency)} at {whom([row])}" for row in late[:2]
    ]
    said = f"{', '.join(parts)} and {others:,} more" if others else " and ".join(parts)
    oldest = [row for row in late if row.get("oldest") == total["oldest"]]
    where = f", at {whom(oldest)}" if oldest else ""
    yield f"{whole} is overdue: {said}; the oldest for {days}{where}."


def _days(invoice: OpenInvoice, buckets: _Buckets, context: Context) -> int | None:
    """Days from the date that counts to today; negative before it."""
    day = invoice.day if buckets.issued else invoice.due
    return None if day is None else (context.today - day).days


def _column(invoice: OpenInvoice, buckets: _Buckets, context: Context) -> str:
    return "disputed" if invoice.disputed else buckets.key(_days(invoice, buckets, context))


def _group(keys: Sequence[Key], debtor: Debtor) -> Row:
    values = iter(debtor.keys)
    return {key.name: debtor.id if key is _CUSTOMER else next(values) for key in keys}


def _empty(group: Row, columns: Sequence[Figure], currency: str) -> Row:
    nothing = round_money(Decimal(0), currency)
    return {**group, **{one.key: nothing for one in columns if one.type == "money"}}


def _add(row: Row, key: str, amount: Decimal) -> None:
    row[key] += amount
    row["total"] += amount


def _money(key: str, doc: str) -> Figure:
    return Figure(key, "", doc, type="money")


def _bucket(key: str, buckets: _Buckets) -> Figure:
    words = _said(key, buckets)
    label = "" if key == "not_due" else words.partition(" days")[0].replace(" to ", "–") + " days"
    return _money(key, words).but(drawn=True, label=label)


def _said(key: str, buckets: _Buckets) -> str:
    if key == "not_due":
        return "not due yet, or never"
    since = "since the invoice's date" if buckets.issued else "past due"
    span = key.removeprefix("d").replace("_", " ", 1).replace(" ", " to ", key[0] == "d")
    return f"{span} days {since}"


_REPORT_SORT = "total-"
_TOTAL = _money("total", "what is owed: the balance")
_ON_ACCOUNT = _money("on_account", "paid or credited beyond all invoices: negative").but(drawn=True)
_DISPUTED = _money("disputed", "what customers dispute, however late").but(drawn=True)
_DATES = (
    Figure("date", "", "the invoice's date", type="date"),
    Figure("due", "", "when it is due", type="date"),
    Figure("days", "", "days past that date; negative before it", type="integer"),
)
_NOT_LATE = ("not_due", "disputed", "on_account")
_PLAIN = _Buckets((30, 60, 90), issued=False)

REPORT = Report(
    name="aging",
    answers="Show who owes what, and for how long: by days past due.",
    formula="Of posted invoices dated up to today, what is still owed after the payments and "
    "credit notes up to today, converted at the invoice's date. An invoice that is due today is "
    "not late; instalments are due each on their day, and payments fill the earliest first. "
    "What is disputed stands apart. What was paid or credited beyond all invoices stands on "
    "account, negative; the total of a customer is their balance. --by-date issue counts from "
    "the invoice's date instead; --as-of answers by the files of a past day, "
    "--today by its clock alone.",
    example="--buckets 15,30,60",
    group="Money",
    base=CUSTOMER,
    by=(
        _CUSTOMER,
        Key("owner", "owner", "who of us looks after them"),
        Key("country", "country", "their country", public=True),
        Key("city", "city", "their city"),
    ),
    usual=("customer",),
    figures=(
        _TOTAL,
        *(_bucket(key, _PLAIN) for key in _PLAIN.keys),
        _DISPUTED,
        _ON_ACCOUNT,
    ),
    standing=True,
    options=(
        Choice("buckets", "The last day of each range.", metavar="DAYS", default=_USUAL),
        Choice("by-date", "Count from the due date, or from the invoice's: due or issue.",
               metavar="DATE", default="due"),
        Choice("invoices", "Each invoice, instead of sums."),
    ),
    sort=_REPORT_SORT,
    bar="total",
    shape="deepening",
    title="Who owes us, and for how long",
    headlines=(
        Headline("total", "owed to us"),
        Headline("late", "of it overdue", type="money", alert=True),
    ),
    advice=_advice,
    compute=_compute,
)  # fmt: skip
