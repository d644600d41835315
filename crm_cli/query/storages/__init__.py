"""What queries know of values, by their storage: one class each.

A class says which operators apply, how a value in a query is read, compared, sorted and
summed, and how answers have it. Modules ask `operators(type)`, and never which storage it is.
"""

from __future__ import annotations

from crm_cli.model.fieldtypes import FieldType, Storage
from crm_cli.query.storages.base import Converter, Operators
from crm_cli.query.storages.dates import (
    DateOperators,
    MomentOperators,
    PartialDateOperators,
    Recurring,
)
from crm_cli.query.storages.numbers import (
    DecimalOperators,
    FlagOperators,
    MoneyOperators,
    NumberOperators,
)
from crm_cli.query.storages.texts import (
    FreeOperators,
    TextOperators,
    TextsOperators,
    WordOperators,
)

OPERATORS: dict[Storage, Operators] = {
    Storage.TEXT: TextOperators(),
    Storage.FREE: FreeOperators(),
    Storage.TEXTS: TextsOperators(),
    Storage.WORD: WordOperators(),
    Storage.INTEGER: NumberOperators(),
    Storage.DECIMAL: DecimalOperators(),
    Storage.MONEY: MoneyOperators(),
    Storage.BOOLEAN: FlagOperators(),
    Storage.DATE: DateOperators(),
    Storage.MOMENT: MomentOperators(),
    Storage.PARTIAL_DATE: PartialDateOperators(),
}
"""By storage; items are no values, but collections of their own."""


def operators(type: FieldType) -> Operators:
    """What is known of a type's values."""
    return OPERATORS[type.storage]


__all__ = ["OPERATORS", "Converter", "Operators", "Recurring", "operators"]
