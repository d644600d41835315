"""Parquet, for DuckDB, pandas and Spark: typed columns, compressed.

A column has the type that all of its values have: `bool`, `int64`, `decimal128`, `date32`,
`timestamp` in UTC, a list of texts; where they differ, it is text.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from crm_cli.formats.extras import library
from crm_cli.model.cells import machine_text, typed
from crm_cli.model.errors import UsageError
from crm_cli.model.rows import Column, Rows, by_column

EXTRA = "parquet"
_MOST_DIGITS = 38
_LARGEST = 2**63


def write_book(tables: Iterable[Rows], *, header: bool = True) -> Iterator[bytes]:
    """The one table as a file. Raises UsageError for several, and without pyarrow.

    The names of columns are part of the format: `header` changes nothing.
    """
    parquet = library("pyarrow.parquet", EXTRA, needs="parquet")
    arrow = library("pyarrow", EXTRA, needs="parquet")
    rows, *others = tables
    if others:
        raise UsageError("a file of Parquet holds one table", "export one kind, or as xlsx")
    columns = by_column(rows.rows, len(rows.columns))
    arrays = [_array(arrow, *pair) for pair in zip(rows.columns, columns, strict=True)]
    buffer = io.BytesIO()
    parquet.write_table(arrow.table(arrays, names=rows.keys), buffer, compression="zstd")
    yield buffer.getvalue()


def _array(arrow: Any, column: Column, values: Sequence[Any]) -> Any:
    """The values as an array of the one type that all of them have, else of texts."""
    values = [typed(value, column.type) for value in values]
    types = {type(value) for value in values if value is not None}
    if types == {bool}:
        return arrow.array(values, arrow.bool_())
    if types == {int} and all(value is None or abs(value) < _LARGEST for value in values):
        return arrow.array(values, arrow.int64())
    if float in types and types <= {int, float, Decimal}:
        return arrow.array([None if one is None else float(one) for one in values])
    if types and all(issubclass(one, Decimal | int) and one is not bool for one in types):
        numbers = [None if value is None else Decimal(value) for value in values]
        if (exact := _decimal(arrow, numbers)) is not None:
            return arrow.array(numbers, exact)
    if types == {date} or (not types and column.type == "date"):
        return arrow.array(values, arrow.date32())
    if types == {datetime} and all(value is None or value.tzinfo for value in values):
        return arrow.array(values, arrow.timestamp("us", tz="UTC"))
    if types and types <= {list, tuple}:
        texts = [None if one is None else [_text(part) for part in one] for one in values]
        return arrow.array(texts, arrow.list_(arrow.string()))
    return arrow.array([None if one is None else _text(one) for one in values], arrow.string())


def _decimal(arrow: Any, numbers: Sequence[Decimal | None]) -> Any:
    """The type with as many decimals as there are; None where it has no room for all digits."""
    whole = scale = 0
    for number in numbers:
        if number is not None:
            _, digits, exponent = number.as_tuple()
            assert isinstance(exponent, int)
            scale = max(scale, -exponent)
            whole = max(whole, len(digits) + exponent)
    return arrow.decimal128(_MOST_DIGITS, scale) if whole + scale <= _MOST_DIGITS else None


def _text(value: Any) -> str:
    return machine_text(value).encode("utf-8", "replace").decode()
