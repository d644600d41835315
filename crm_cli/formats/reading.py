"""Reading cells by their field's type and by the ways of their file, which are found first.

Half the world writes 3 April as 03/04, and a thousand as 1.000. A file is taken to be of one
mind: one cell that can be read in only one way decides for all; where none does, the file is
refused with the readings, and the map has to say. The rules are in `cells`, by sort of value.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from crm_cli.formats.cells.days import DATE_ORDERS, Order, find_date_order
from crm_cli.formats.cells.evidence import Found, Line, lines_of
from crm_cli.formats.cells.moments import Clock, is_utc, read_partial, read_when
from crm_cli.formats.cells.numbers import (
    DECIMALS,
    decimal_of,
    find_decimal,
    read_amount,
    read_number,
    read_share,
    read_whole,
)
from crm_cli.formats.cells.texts import bare
from crm_cli.model.business import Business
from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import (
    Choice,
    Date,
    FieldType,
    Integer,
    Moment,
    Money,
    Number,
    Partial,
    Percent,
    Price,
)

__all__ = [
    "DATE_ORDERS",
    "DECIMALS",
    "Found",
    "Line",
    "Reading",
    "decimal_of",
    "find_date_order",
    "find_decimal",
    "lines_of",
    "read_cell",
    "read_number",
    "wants_dates",
    "wants_numbers",
]


class Reading(NamedTuple):
    """How cells are read.

    `date` is an order or a pattern, empty where no cell needs one. `utc` is whether times are
    UTC, `idle` whether all are midnight.
    """

    business: Business
    date: str = ""
    decimal: str = "."
    utc: bool = False
    idle: bool = False

    def of_column(self, heading: str, *, idle: bool) -> Reading:
        """How the cells below a heading are read."""
        return self._replace(utc=is_utc(heading), idle=idle)


def wants_dates(type: FieldType) -> bool:
    """Whether a field's cells may say how a file writes dates."""
    return isinstance(type, Date | Moment | Partial)


def wants_numbers(type: FieldType) -> bool:
    """Whether a field's cells may say how a file writes decimals."""
    return isinstance(type, Number | Money | Price)


def read_cell(type: FieldType, text: str, reading: Reading) -> Any:
    """The value of a cell, by its field's type and the file's ways. Raises Unreadable.

    An amount with its currency beside it is the pair of both; a time of day in a
    column of dates is left out.
    """
    text = bare(type, text.strip())
    if isinstance(type, Price | Money):
        return read_amount(text, reading.decimal, reading.business)
    if isinstance(type, Percent):
        return read_share(text, reading.decimal)
    if isinstance(type, Number):
        return read_number(text, reading.decimal)
    if isinstance(type, Integer):
        return read_whole(type, text, reading.decimal, reading.business)
    if wants_dates(type):
        return _date(type, text, reading)
    value = type.read(text, reading.business)
    if isinstance(type, Choice) and type.keeps and value not in type.choices(reading.business):
        known = ", ".join(type.choices(reading.business))
        raise Unreadable(f"'{text}' is none of the {type.setting} in crm.yaml", f"known: {known}")
    return value


def _date(type: FieldType, text: str, reading: Reading) -> Any:
    clock = Clock(UTC if reading.utc else reading.business.time_zone, reading.idle)
    if isinstance(type, Partial):
        return read_partial(text, Order(reading.date, True, reading.business.today), clock)
    found: date | datetime = read_when(text, Order(reading.date), clock)
    if isinstance(type, Date) and isinstance(found, datetime):
        from crm_cli.model.dates import local_date

        return local_date(found, reading.business.time_zone)
    return found
