"""Workbooks that are written: types kept, nothing run, the same bytes from the same rows."""

from __future__ import annotations

import io
import re
import time
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.cli.outputs import OUTPUTS
from crm_cli.formats import extras
from crm_cli.formats.sheets import read_sheet
from crm_cli.formats.tables.xlsx import LONGEST_TEXT
from crm_cli.model.cells import machine_text
from crm_cli.model.errors import DataError, UsageError
from crm_cli.model.rows import Column, Rows

pytest.importorskip("xlsxwriter")
openpyxl = pytest.importorskip("openpyxl")
XLSX = OUTPUTS["xlsx"]

ROWS = Rows(
    (
        Column("id"), Column("phone", "phone"), Column("postcode"), Column("spend", "money"),
        Column("price", "price"), Column("last", "date"), Column("due", "date or time"),
        Column("birth", "partial date"), Column("vip"), Column("tags", "list of texts"),
        Column("orders", "integer"),
    ),
    [
        ("ana", "+386 40 123 456", "04120", Decimal("1265793.20"), "20.10", date(2026, 3, 9),
         "2026-11-03T09:00+01:00", "1890-05-01", True, ["a", "b"], 3),
        ("bor", None, None, None, None, None, "2026-11-04", "--03-09", None, [], None),
    ],
    name="customers",
)  # fmt: skip


def book(*tables: Rows, header: bool = True) -> bytes:
    return b"".join(XLSX.write_book(tables, header=header))


def opened(*tables: Rows, header: bool = True) -> Any:
    return openpyxl.load_workbook(io.BytesIO(book(*tables, header=header)))


def one(value: Any, kind: str = "text") -> Any:
    """The cell that a value becomes."""
    return opened(Rows([Column("it", kind)], [(value,)]))["Sheet"]["A2"]


def test_types_are_kept_and_texts_stay_texts() -> None:
    page = opened(ROWS)["customers"]
    first, second = list(page.iter_rows(min_row=2, values_only=True))
    assert first == (
        "ana", "+386 40 123 456", "04120", 1265793.2, 20.1, datetime(2026, 3, 9),
        "2026-11-03T09:00+01:00", "1890-05-01", True, "a; b", 3,
    )  # fmt: skip
    assert second[6:8] == (datetime(2026, 11, 4), "--03-09")
    assert [page[f"{letter}2"].data_type for letter in "ABCDFI"] == ["s", "s", "s", "n", "d", "b"]
    formats = [page[f"{letter}2"].number_format for letter in "BCDFK"]
    assert formats == ["@", "@", "#,##0.00", "yyyy-mm-dd", "General"]


def test_headings_are_frozen_and_filtered_and_columns_fit() -> None:
    page = opened(ROWS)["customers"]
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", "A1:K3")
    assert page["A1"].font.bold
    widths = [page.column_dimensions[letter].width for letter in "ABK"]
    assert 8 <= widths[0] < widths[1] < 25
    bare = opened(ROWS, header=False)["customers"]
    assert (bare["A1"].value, bare.freeze_panes, bare.auto_filter.ref) == ("ana", None, None)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", '=HYPERLINK("http://x.example","y")', "{=1}", "+1", "-1", "@x", "http://x.example",
        "mailto:x@y.example", "internal:Sheet1!A1", "<r>bold</r>", "<r></r>",
        "<r><t>x</t></r></is><f>1</f><r></r>", "0123", "1e5", "TRUE", "#N/A", " \t x \n",
        "_x0041_", "\x1b[31m", "a\r\nb",
    ],
)  # fmt: skip
def test_no_text_becomes_anything_else(text: str) -> None:
    cell = one(text)
    assert (cell.data_type, cell.hyperlink) in (("s", None), ("inlineStr", None))
    data = book(Rows([Column(text)], [(text,)]))
    found = read_sheet(data, heading_row=1)
    assert found.rows[0].cells == [text]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in page and b"hyperlink" not in page
    assert not any("rels" in name for name in archive.namelist() if "worksheets" in name)


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (Decimal("123456789012345"), "number", 123456789012345),
        (Decimal("1234567890123456"), "number", "1234567890123456"),
        (Decimal("0.1234567890123456"), "number", "0.1234567890123456"),
        (12345678901234567, "integer", "12345678901234567"),
        (-5, "integer", -5),
        (Decimal("0.00"), "money", 0),
        (float("nan"), "number", "nan"),
        (date(1900, 2, 28), "date", "1900-02-28"),
        (date(1900, 3, 1), "date", datetime(1900, 3, 1)),
        (date(9999, 12, 31), "date", datetime(9999, 12, 31)),
        ("2026-02-30", "date", "2026-02-30"),
        (datetime(2026, 1, 1, tzinfo=UTC), "date or time", "2026-01-01T00:00:00+00:00"),
        ({"a": 1}, "free", '{"a": 1}'),
    ],
)
def test_what_a_number_or_day_would_lose_stays_text(value: Any, kind: str, said: Any) -> None:
    found = one(value, kind).value
    assert found == said or machine_text(value) == found


def test_the_same_rows_are_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = book(ROWS)
    later = time.time() + 400 * 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    assert book(ROWS) == first


def test_a_sheet_for_each_table_under_a_name_that_it_may_have() -> None:
    names = ("a/b:c", "A b c", "x" * 40, "'", "customers")
    made = opened(*(ROWS.but(name=name) for name in names))
    assert made.sheetnames == ["a b c", "A b c 2", "x" * 28, "Sheet", "customers"]
    assert opened().sheetnames == ["Sheet1"]
    assert opened(Rows([], []))["Sheet"].dimensions == "A1:A1"


def test_what_no_cell_has_room_for_is_refused_with_its_place() -> None:
    with pytest.raises(DataError, match="row 2, it: 32,768 characters") as refused:
        book(Rows([Column("it")], [("x" * (LONGEST_TEXT + 1),)]))
    assert "csv has no such limit" in refused.value.hint
    with pytest.raises(DataError, match="1,048,576 rows are more than"):
        book(Rows([Column("it")], [()] * 1_048_576))


def test_without_the_library_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(extras, "import_module", missing)
    for name in ("xlsx", "parquet"):
        with pytest.raises(UsageError, match="which is not installed") as refused:
            list(OUTPUTS[name].write_book([ROWS]))
        assert f"'crm-plaintext[{name}]'" in refused.value.hint


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**17), 10**17),
    st.decimals(-(10**9), 10**9, places=4),
    st.dates(),
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff"), max_size=30
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=8))
def test_our_own_reader_reads_back_what_was_written(rows: list[tuple[Any, Any]]) -> None:
    data = book(Rows([Column("a"), Column("b", "number")], [("x", "y"), *rows]))
    found = {row.line: row.cells for row in read_sheet(data, heading_row=1).rows}
    for line, row in enumerate(rows, 3):
        for said, value in zip(found.get(line, ["", ""]), row, strict=True):
            assert said == _plain(value)


def _plain(value: Any) -> str:
    """A value as the text of a cell, numbers without noughts at their end."""
    text = machine_text(value)
    if isinstance(value, Decimal):
        text = f"{value.normalize():f}"
        text = "0" if text == "-0" else text
    if isinstance(value, str) and re.search("[\ud800-\udfff]", value):
        return re.sub("[\ud800-\udfff]", "\ufffd", value)
    return text
