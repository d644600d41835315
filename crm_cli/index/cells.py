"""How one value becomes the cells of its columns, by the storage that its type has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from crm_cli.model.business import Business
from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import Storage
from crm_cli.model.item import Item
from crm_cli.model.money import decimal_text, to_minor
from crm_cli.model.purchase import PART_IN_BASE
from crm_cli.model.text import words

Cell = str | int | None
Cells = tuple[Cell, ...]
Convert = Callable[[Any, Item, str], Cells]
"""Makes the cells of a value that an item has, whose money is in a currency; see
`schema.COLUMNS` for their columns."""

WORDS_AT = {Storage.TEXT: 1, Storage.TEXTS: 1}
"""Which of the cells holds the folded words."""


def lines(texts: list[str]) -> str:
    """Texts as one, a line each; a line break within one is U+001E, and read back as one."""
    joined = "\n".join(texts)
    if joined.count("\n") < len(texts):
        return joined
    return "\n".join(text.replace("\n", "\x1e") for text in texts)


def converters(business: Business) -> dict[Storage, Convert]:
    """The conversion of each storage; what depends on the business is looked up once."""
    base = business.currency
    local_days: dict[str, str] = {}
    cents: dict[tuple[Decimal, str], int | None] = {}

    def text(value: str, item: Item, currency: str) -> Cells:
        return value, words(value)

    def texts(value: list[str], item: Item, currency: str) -> Cells:
        return lines(value), " ".join(filter(None, map(words, value)))

    def word(value: object, item: Item, currency: str) -> Cells:
        return (str(value),)

    def whole(value: int, item: Item, currency: str) -> Cells:
        number = int(value)
        return (number if -(2**63) <= number < 2**63 else None,)

    def decimal(value: Decimal, item: Item, currency: str) -> Cells:
        return (decimal_text(value),)

    def day(value: date, item: Item, currency: str) -> Cells:
        return (value.isoformat(),)

    def moment(value: date, item: Item, currency: str) -> Cells:
        if not isinstance(value, datetime):
            written = value.isoformat()
            return written, written
        instant = value.astimezone(UTC).isoformat()[:19] + "Z"
        local = local_days.get(instant)
        if local is None:
            local = value.astimezone(business.time_zone).date().isoformat()
            local_days[instant] = local
        return instant, local

    def minor(value: Decimal, currency: str) -> int | None:
        key = (value, currency)
        try:
            return cents[key]
        except KeyError:
            pass
        try:
            amount: int | None = to_minor(value, currency)
        except Unreadable:
            # Sums of many huge amounts: no answer is better than a wrong one.
            amount = None
        if len(cents) < 100_000:
            cents[key] = amount
        return amount

    def money(value: Decimal, item: Item, currency: str) -> Cells:
        amount = minor(value, currency)
        if currency == base or not value:
            return amount, amount
        converted = item.derived.get(PART_IN_BASE)
        if converted is None:
            converted = business.rates.convert(value, currency, _day_of(item))
        return amount, None if converted is None else minor(converted, base)

    return {
        Storage.TEXT: text,
        Storage.TEXTS: texts,
        Storage.WORD: word,
        Storage.INTEGER: whole,
        Storage.BOOLEAN: whole,
        Storage.DECIMAL: decimal,
        Storage.MONEY: money,
        Storage.DATE: day,
        Storage.MOMENT: moment,
        Storage.PARTIAL_DATE: word,
    }


def currency_of(item: Item, base: str) -> str:
    """The currency of an item's money: its own, else that of the item it stands in."""
    part: Item | None = item
    while part is not None:
        currency = part.values.get("currency") or part.derived.get("currency")
        if currency:
            return str(currency)
        part = part.parent
    return base


def _day_of(item: Item) -> date:
    """The day whose rate counts: the item's, else that of the item it stands in."""
    part: Item | None = item
    while part is not None:
        day = part.values.get("date")
        if isinstance(day, date):
            return day
        part = part.parent
    return date.max
