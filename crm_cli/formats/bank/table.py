"""Tables of banks, as CSV: rows that were read by their headings, as lines of accounts."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from crm_cli.formats.bank.statement import Statement, StatementLine, bounded, clean
from crm_cli.formats.drafts import Draft, Drafts
from crm_cli.formats.targets import CUSTOMER
from crm_cli.model.errors import DataError

_RETURNS = ("retour", "return", "rücklast", "ruecklast", "rückläuf", "zavrnj", "vračilo", "storno")
"""What a bank writes in the text of a line that gives a payment back."""


def lines_of(drafts: Drafts, currency: str) -> Statement:
    """The lines that rows are; raises DataError where no column has the day or the amount."""
    keys = {column.key for column in drafts.map.columns}
    if "date" not in keys or not keys & {"amount", "debit", "credit"}:
        raise DataError(
            "no column says the day and the amount of each line",
            f"there are: {', '.join(map(clean, drafts.headings))}; a map says what they mean: "
            "--map MAP.yaml with columns: {Booked: date, Sum: amount}",
        )
    if drafts.rejected:
        first = drafts.rejected[0]
        more = f", and {len(drafts.rejected) - 1:,} more" if drafts.rejected[1:] else ""
        raise DataError(f"line {first.line}: {clean(first.reason)}{more}", "correct the file")
    return Statement("table", bounded(_lines(drafts, currency)))


def _lines(drafts: Drafts, currency: str) -> Iterator[StatementLine]:
    for row in drafts.rows:
        amount = _amount(row)
        if "date" not in row.values or amount is None:
            continue
        texts = {key: clean(str(row.values.get(key) or "")) for key in _TEXTS}
        account = clean(str(row.values.get("account") or row.values.get(CUSTOMER.key) or ""))
        said = f"{texts['text']} {texts['name']}".lower()
        yield StatementLine(
            account.replace(" ", ""),
            row.values["date"],
            amount,
            str(row.values.get("currency") or currency),
            texts["name"],
            texts["iban"].replace(" ", ""),
            texts["text"],
            texts["reference"],
            texts["external_id"],
            returned=amount < 0 and any(word in said for word in _RETURNS),
        )


_TEXTS = ("name", "iban", "text", "reference", "external_id")


def _amount(row: Draft) -> Decimal | None:
    amount: Decimal | None = row.values.get("amount")
    if amount is not None:
        return amount
    credit, debit = row.values.get("credit"), row.values.get("debit")
    if credit:
        return Decimal(credit)
    return None if debit is None else -abs(Decimal(debit))
