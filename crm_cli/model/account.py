"""A customer's account: what they were billed and paid, with the balance after each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.money import round_money
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.receivables import Entry

if TYPE_CHECKING:
    from crm_cli.model.item import Item

OPENING, CLOSING = "opening balance", "closing balance"


class Line(NamedTuple):
    """A line of an account; amounts are in its currency.

    `charged` is what the customer owes more by it, `settled` what they owe less; `open` is
    what of it is still owed today. `word` is what `what` begins with: a kind of purchase,
    payment, refund, returned, written_off, opening or closing; `number` what it is about.
    """

    day: date | None
    what: str
    currency: str
    balance: Decimal
    due: date | None = None
    charged: Decimal | None = None
    settled: Decimal | None = None
    open: Decimal | None = None
    word: str = ""
    number: str = ""


def account_lines(entries: Sequence[Entry], start: date | None, end: date) -> Iterator[Line]:
    """The account in each currency: the balance before, each entry, the balance after."""
    for currency in dict.fromkeys(one.currency for one in entries):
        known = [one for one in entries if one.currency == currency and one.day <= end]
        yield from _of_currency(known, currency, start, end)


def _of_currency(
    of: Sequence[Entry], currency: str, start: date | None, end: date
) -> Iterator[Line]:
    balance = round_money(Decimal(0), currency)
    before = [one for one in of if start is not None and one.day < start]
    balance += sum((one.amount for one in before), Decimal(0))
    if start is not None:
        yield Line(start, OPENING, currency, balance, word="opening")
    for one in of[len(before) :]:
        balance += one.amount
        owed = round_money(one.amount, currency)
        day = one.day if one.day < date.max else None
        word, number = _word(one)
        said = f"{_SAID.get(word, word.replace('_', ' '))} {number}".strip()
        line = Line(
            day, said, currency, round_money(balance, currency), word=word, number=number
        )
        if one.amount > 0:
            derived = one.source.derived
            line = line._replace(
                due=derived.get("due"), charged=owed, open=derived.get("amount_due") or None
            )
        else:
            line = line._replace(settled=-owed)
        yield line
    yield Line(end, CLOSING, currency, round_money(balance, currency), word="closing")


_SAID = {"returned": "returned payment", "written_off": "written off"}


def _word(entry: Entry) -> tuple[str, str]:
    """What an entry is, and the number that it is about; see `Line`."""
    item: Item = entry.source
    if item.kind.name == "purchase":
        return str(item.get("kind")), str(item.values.get("number") or item.id)
    if item.get("method") == "write_off":
        what = "written_off"
    elif entry.amount > 0:
        what = "returned" if "bounced" in item.values else "refund"
    else:
        what = "payment"
    return what, str(item.values.get("for") or item.values.get("reference") or "")
