"""Parquet: a type for each column, as its values have it."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from crm_cli.cli.outputs import OUTPUTS
from crm_cli.model.errors import UsageError
from crm_cli.model.rows import Column, Rows

parquet = pytest.importorskip("pyarrow.parquet", reason="the extra parquet is not installed")
PARQUET = OUTPUTS["parquet"]


def read(*tables: Rows) -> Any:
    return parquet.read_table(io.BytesIO(b"".join(PARQUET.write_book(tables))))


def column(values: list[Any], kind: str = "text") -> tuple[str, list[Any]]:
    """The type of a column of values, and what it holds."""
    found = read(Rows([Column("it", kind)], [(value,) for value in values]))
    return str(found.schema.field("it").type), found.column("it").to_pylist()


@pytest.mark.parametrize(
    ("values", "kind", "type", "said"),
    [
        (["a", None, "+1"], "text", "string", ["a", None, "+1"]),
        (["+386 40", "1"], "phone", "string", ["+386 40", "1"]),
        ([True, None], "yes or no", "bool", [True, None]),
        ([1, None, -2], "integer", "int64", [1, None, -2]),
        (["20.10", None], "price", "decimal128(38, 2)", [Decimal("20.10"), None]),
        ([Decimal("1E+2"), 3], "number", "decimal128(38, 0)", [Decimal(100), Decimal(3)]),
        ([date(2026, 1, 2), None], "date", "date32[day]", [date(2026, 1, 2), None]),
        (["2026-01-02"], "date", "date32[day]", [date(2026, 1, 2)]),
        (["2026-01-02", "2026-01-02T09:00Z"], "date or time", "string",
         ["2026-01-02", "2026-01-02T09:00Z"]),
        ([None], "date", "date32[day]", [None]),
        ([["a", "b"], None, []], "list of texts", "list<element: string>", [["a", "b"], None, []]),
        ([1.5, 2], "number", "double", [1.5, 2.0]),
        ([1, "x"], "text", "string", ["1", "x"]),
        ([2**70], "integer", "decimal128(38, 0)", [Decimal(2**70)]),
        ([10**40], "integer", "string", [str(10**40)]),
        ([None], "text", "string", [None]),
        (["a\ud800b"], "text", "string", ["a?b"]),
        ([{"a": 1}], "free", "string", ['{"a": 1}']),
        ([datetime(2026, 1, 1, 9, tzinfo=UTC)], "date or time", "timestamp[us, tz=UTC]",
         [datetime(2026, 1, 1, 9, tzinfo=UTC)]),
    ],
)  # fmt: skip
def test_a_column_has_the_type_of_its_values(
    values: list[Any], kind: str, type: str, said: list[Any]
) -> None:
    assert column(values, kind) == (type, said)


def test_a_file_has_one_table() -> None:
    rows = Rows([Column("a"), Column("b")], [("x", 1)])
    assert read(rows).to_pylist() == [{"a": "x", "b": 1}]
    assert read(rows.but(rows=[])).num_rows == 0
    assert b"".join(PARQUET.write_book([rows])) == b"".join(PARQUET.write_book([rows]))
    with pytest.raises(UsageError, match="holds one table"):
        read(rows, rows)
