"""Database cells: one codec per storage class, with its columns, cells and view."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

from crm_cli.index.dialect import Dialect
from crm_cli.model import own
from crm_cli.model.billing import PART_IN_BASE
from crm_cli.model.business import Business
from crm_cli.model.errors import Unreadable
from crm_cli.model.exchange import rate_day
from crm_cli.model.fieldtypes import FieldType, Storage
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind
from crm_cli.model.money import MINOR_UNITS, decimal_text, to_minor
from crm_cli.model.text import composed, words

_NO_ITEM = Item(Kind(name="own", key="own", doc="", fields=()))
Cell = str | int | None
Cells = tuple[Cell, ...]
Convert = Callable[[Any, Item, str], Cells]
"""Makes the cells of a value that an item has, whose money is in a currency."""


SqlType = Literal["key", "integer", "boolean", "decimal", "date", "moment", "text"]
"""What a column holds, in the index's own words; `schema.py` has SQLite's for them.

`key` is the number of a row, `decimal` decimal text, `date` an ISO date or what is known of
one, `moment` an ISO date or an instant in UTC.
"""

Role = Literal[
    "key", "link", "ordinal", "id", "file",
    "value", "words", "base", "day", "currency", "lifted", "search",
]  # fmt: skip
"""What a column is for.

Of the row itself: `key` is its own number, `link` that of the row that it is part of,
`ordinal` its place in its list, `id` the id of its record or item, `file` the path of its file.
Of a field: `value`, its folded `words`, an amount in the `base` currency (NULL without a rate),
the `day` of an instant in the business's time zone, the `currency` of the amounts beside it.
Of several: `lifted` from the first item of a list or from all, `search` has all their words.
"""


class Codec:
    """How values of a storage stand in a table."""

    type: SqlType = "text"
    beside: tuple[tuple[Role, SqlType], ...] = ()
    """Further columns of a value, in the order of its cells."""
    sql_type = "text"
    """What those who read the views are told."""
    note = ""
    """What is to be said of the view's column."""
    shown_beside: tuple[tuple[Role, str, str], ...] = ()
    """Further columns of the view: the column's role, the suffix of the name, what it says."""

    def converter(self, business: Business) -> Convert:
        """What makes cells of values; what depends on the business is looked up once."""

        def cells(value: object, item: Item, currency: str) -> Cells:
            return (composed(str(value)),)

        return cells

    def shown(self, sql: str, currency: str, dialect: Dialect) -> str:
        """The column as people and programs read it; `currency` is SQL for that of money."""
        return sql


class TextCodec(Codec):
    """Text, and its folded words."""

    beside = (("words", "text"),)

    def converter(self, business: Business) -> Convert:
        """See `Codec`."""

        def cells(value: str, item: Item, currency: str) -> Cells:
            return composed(value), words(value)

        return cells


class TextsCodec(Codec):
    """Several texts, one a line, and their folded words."""

    beside = (("words", "text"),)

    def converter(self, business: Business) -> Convert:
        """See `Codec`."""

        def cells(value: list[str], item: Item, currency: str) -> Cells:
            return lines(list(map(composed, value))), " ".join(filter(None, map(words, value)))

        return cells

    def shown(self, sql: str, currency: str, dialect: Dialect) -> str:
        """The texts with `; ` between them."""
        return f"replace({sql}, {dialect.line_break}, '; ')"


class IntegerCodec(Codec):
    """A whole number; of one that has more than 64 bits nothing."""

    type: SqlType = "integer"
    sql_type = "integer"

    def converter(self, business: Business) -> Convert:
        """See `Codec`."""

        def cells(value: int, item: Item, currency: str) -> Cells:
            number = int(value)
            return (number if -(2**63) <= number < 2**63 else None,)

        return cells


class BooleanCodec(IntegerCodec):
    """0 or 1."""

    type = "boolean"
    sql_type = "0 or 1"


class DecimalCodec(Codec):
    """A number as text, with the decimals it was written with."""

    type = "decimal"
    sql_type = "number"

    def converter(self, business: Business) -> Convert:
        """See `Codec`."""

        def cells(value: Decimal, item: Item, currency: str) -> Cells:
            return (decimal_text(value),)

        return cells

    def shown(self, sql: str, currency: str, dialect: Dialect) -> str:
        """The number."""
        return dialect.number(sql)


class MoneyCodec(Codec):
    """Minor units of the amount's currency, and of the base currency."""

    type = "integer"
    beside = (("base", "integer"),)
    sql_type = "number"
    shown_beside = (("base", "_base", "the same in the base currency"),)

    def converter(self, business: Business) -> Convert:
        """See `Codec`."""
        base = business.currency
        cents: dict[tuple[Decimal, str], int | None] = {}

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

        def cells(value: Decimal, item: Item, currency: str) -> Cells:
            amount = minor(value, currency)
            if currency == base or not value:
                return amount, amount
            converted = item.derived.get(PART_IN_BASE)
            if converted is None:
                converted = business.rates.convert(value, currency, rate_day(item))
            return amount, None if converted is None else minor(converted, base)

        return cells

    def shown(self, sql: str, currency: str, dialect: Dialect) -> str:
        """The amount as a number with its decimals."""
        whens = " ".join(
            f"WHEN '{name}' THEN {10.0**decimals}" for name, decimals in sorted(MINOR_UNITS.items())
        )
        return f"({sql} / CASE {currency} {whens} ELSE 100.0 END)"


class DateCodec(Codec):
    """ISO text."""

    type = "date"
    sql_type = "date"

    def converter(self, business: Business) -> Convert:
        """See `Codec`."""

        def cells(value: date, item: Item, currency: str) -> Cells:
            return (value.isoformat(),)

        return cells


class PartialDateCodec(Codec):
    """What is known of a date, as it is written."""

    type = "date"
    sql_type = "date"


class MomentCodec(Codec):
    """A date, or an instant in UTC; and its date in the business's time zone."""

    type = "moment"
    beside = (("day", "date"),)
    sql_type = "date"
    note = "times are in UTC"
    shown_beside = (("day", "_day", "its day, here"),)

    def converter(self, business: Business) -> Convert:
        """See `Codec`."""
        local_days: dict[str, str] = {}

        def cells(value: date, item: Item, currency: str) -> Cells:
            if not isinstance(value, datetime):
                written = value.isoformat()
                return written, written
            instant = value.astimezone(UTC).isoformat()[:19] + "Z"
            local = local_days.get(instant)
            if local is None:
                local = value.astimezone(business.time_zone).date().isoformat()
                local_days[instant] = local
            return instant, local

        return cells


CODECS: dict[Storage, Codec] = {
    Storage.TEXT: TextCodec(),
    Storage.TEXTS: TextsCodec(),
    Storage.WORD: Codec(),
    Storage.INTEGER: IntegerCodec(),
    Storage.BOOLEAN: BooleanCodec(),
    Storage.DECIMAL: DecimalCodec(),
    Storage.MONEY: MoneyCodec(),
    Storage.DATE: DateCodec(),
    Storage.MOMENT: MomentCodec(),
    Storage.PARTIAL_DATE: PartialDateCodec(),
}
"""By storage; items have rows of their own, and what is kept as written has rows of `extra`."""


def codec(type: FieldType) -> Codec | None:
    """The codec of a type's values; None where they have no columns."""
    return CODECS.get(type.storage)


class OwnCells:
    """Makes the cells of values of people's own fields: type, whole, exact and day."""

    def __init__(self, business: Business) -> None:
        self._business = business
        self._moment = CODECS[Storage.MOMENT].converter(business)
        self._known: dict[tuple[str, str], list[Cell]] = {}

    def __call__(self, key: str, text: str) -> list[Cell]:
        type = self._business.own.get(own.bare(key), "") if self._business.own else ""
        found = self._known.get((type, text))
        if found is None:
            found = self._cells(text, type)
            if len(self._known) < 100_000:
                self._known[type, text] = found
        return found

    def _cells(self, text: str, type: str) -> list[Cell]:
        found = own.read(text, self._business, type)
        if found is None:
            return [type or (None if text else own.EMPTY), None, None, None]
        value = found.value
        if found.type == "date":
            return [found.type, None, *self._moment(value, _NO_ITEM, "")]
        if found.type == "number":
            return [found.type, None, decimal_text(value), None]
        exact = None if found.type == "yes_no" else str(value)
        return [found.type, int(value), exact, None]


def lines(texts: list[str]) -> str:
    """Texts as one, a line each; a line break within one is U+001E, and read back as one."""
    joined = "\n".join(texts)
    if joined.count("\n") < len(texts):
        return joined
    return "\n".join(text.replace("\n", "\x1e") for text in texts)
