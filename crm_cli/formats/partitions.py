"""Files of Parquet for a folder of partitions: every file of a table has the same types.

Money and other numbers are decimals, never binary fractions. What has a fixed type here has it
whatever the values are, so that DuckDB, Spark and Trino read all files of a table as one.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, NamedTuple

from crm_cli.formats.extras import library
from crm_cli.formats.tables.parquet import EXTRA
from crm_cli.model.fieldtypes.storage import ColumnType

_DIGITS = 38
_MONEY = 4
"""Decimals of money: no currency has more (ISO 4217: CLF)."""
_OTHER = 10
"""Decimals of quantities, prices and rates."""
_EXACT = Context(prec=_DIGITS, rounding=ROUND_HALF_EVEN)
_BLOCK = 10_000
"""Rows of a row group."""
NOWHERE = "__HIVE_DEFAULT_PARTITION__"
"""What Hive calls the partition of rows without a value."""

Convert = Callable[[Any], Any]


class Typed(NamedTuple):
    """A column: its name, and the type of its values."""

    name: str
    type: ColumnType


def write(columns: Sequence[Typed], rows: Iterable[Sequence[Any]], zone: tzinfo) -> bytes:
    """A file with rows of a view. `zone` is that of days where an instant is wanted.

    Raises UsageError without pyarrow.
    """
    parquet = library("pyarrow.parquet", EXTRA, needs="parquet")
    arrow = library("pyarrow", EXTRA, needs="parquet")
    kinds = [_kind(arrow, column, zone) for column in columns]
    pairs = zip(columns, kinds, strict=True)
    schema = arrow.schema([(column.name, type) for column, (type, _) in pairs])
    buffer = io.BytesIO()
    with parquet.ParquetWriter(buffer, schema, compression="zstd") as writer:
        block: list[Sequence[Any]] = []

        def flush() -> None:
            cells = zip(*block, strict=True)
            arrays = [
                arrow.array([None if cell is None else convert(cell) for cell in column], type)
                for (type, convert), column in zip(kinds, cells, strict=True)
            ]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))
            block.clear()

        for row in rows:
            block.append(row)
            if len(block) == _BLOCK:
                flush()
        if block:
            flush()
    return buffer.getvalue()


def _kind(arrow: Any, column: Typed, zone: tzinfo) -> tuple[Any, Convert]:
    """The type of a column, and what makes its values of those of a view."""
    if column.type == "boolean":
        return arrow.bool_(), bool
    if column.type == "integer":
        return arrow.int64(), int
    if column.type == "money":
        return arrow.decimal128(_DIGITS, _MONEY), lambda cell: _decimal(cell, _MONEY)
    if column.type == "decimal":
        return arrow.decimal128(_DIGITS, _OTHER), lambda cell: _decimal(cell, _OTHER)
    if column.type == "day":
        return arrow.date32(), date.fromisoformat
    if column.type == "instant":
        return arrow.timestamp("us", tz="UTC"), lambda cell: _instant(cell, zone)
    return arrow.string(), lambda cell: str(cell).encode("utf-8", "replace").decode()


def _decimal(cell: Any, places: int) -> Decimal:
    """A number of a view, which is a binary fraction nearest to a decimal one."""
    return Decimal(repr(cell)).quantize(Decimal(1).scaleb(-places), context=_EXACT)


def _instant(text: str, zone: tzinfo) -> datetime:
    """An instant in UTC; of a day its beginning, here."""
    if len(text) == len("2026-11-20"):
        return datetime.combine(date.fromisoformat(text), time(), zone).astimezone(UTC)
    return datetime.fromisoformat(text)
