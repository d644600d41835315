"""Tables: what a file's bytes are taken to be, and what is refused with its line."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.formats.decoding import Undecided, decode
from crm_cli.formats.grid import LONGEST_CELL, Rejected, Row
from crm_cli.formats.tables import CSV
from crm_cli.formats.tabular import read_table
from crm_cli.model.errors import DataError, UsageError
from crm_cli.model.rows import Column, Rows

CASES = Path(__file__).parent.parent / "cases" / "csv"


def case(name: str) -> bytes:
    return (CASES / f"{name}.csv").read_bytes()


# The hostile cases


def test_what_two_encodings_read_alike_is_found() -> None:
    table = read_table(case("cp1250_semicolon"))
    assert (table.encoding, table.delimiter) == ("cp1250", ";")
    assert list(table.rows) == [Row(2, ["Žiga", "1.234,50"])]


def test_a_byte_order_mark_decides() -> None:
    table = read_table(case("utf16"), encoding="cp1250")
    assert table.encoding == "utf-16-le"
    assert table.headings == ("name", "mail")
    assert list(table.rows) == [Row(2, ["Ž", "x@y"])]


def test_headings_that_are_missing_or_stand_twice_get_a_name() -> None:
    table = read_table(case("bom_dup_header"))
    assert table.headings == ("name", "name 2", "column 3")
    assert table.notes == ("name heads columns 1 and 2: the latter is read as name 2",)


@pytest.mark.parametrize("text", ["a,b,\n1,2,\n", "a,b,\n1,2\n", "a,b,\n1,2, \n", "a,,b\n1,,2\n"])
def test_a_column_with_nothing_in_it_is_left_out(text: str) -> None:
    table = read_table(text.encode())
    assert (table.headings, list(table.rows)) == (("a", "b"), [Row(2, ["1", "2"])])
    assert table.notes[-1] == "a column with neither a heading nor a value left out"


def test_a_column_without_a_heading_keeps_its_values() -> None:
    table = read_table(b"a,\n1,2\n")
    assert (table.headings, list(table.rows)) == (("a", "column 2"), [Row(2, ["1", "2"])])


def test_short_rows_are_read_and_told() -> None:
    table = read_table(case("ragged"))
    assert list(table.rows) == [Row(2, ["1", "2", ""])]
    assert table.notes == (
        "a row is shorter than the headings, the missing cells are empty: line 2",
    )
    assert [(row.line, row.reason) for row in table.rejected] == [
        (3, "4 cells where the headings are 3")
    ]


def test_empty_cells_beyond_the_headings_mean_nothing() -> None:
    assert list(read_table(b"a,b\n1,2,,\n").rows) == [Row(2, ["1", "2"])]


@pytest.mark.parametrize(
    "text",
    [
        "Customers\n\na,b,c\n1,2,3\n",
        "Customers,,\nMade on 1 May,,\na,b,c\n1,2,3\n",
        "IBAN,SI56\nPeriod,May\na,b,c,d\n1,2,3,4\n",
        "Report; May\n\na;b;c\n1;2;3\n",
        'Notes:\n"Made for you, on 1 May"\n\na;b;c\n1;2;3\n4;5;6\n',
    ],
)
def test_lines_of_a_title_are_left_out_and_told(text: str) -> None:
    table = read_table(text.encode(), known=lambda heading: heading == "b")
    assert table.headings[:3] == ("a", "b", "c")
    assert table.rows[0].cells[0] == "1"
    assert "above the headings left out" in table.notes[0]


def test_a_heading_that_means_something_is_no_title() -> None:
    table = read_table(b"name\nNovak, Ana\nKos, Bor\n", known=lambda heading: heading == "name")
    assert table.headings == ("name",)
    assert len(table.rejected) == 2


def test_an_unclosed_quote_is_told_where_it_opens() -> None:
    with pytest.raises(DataError, match=r"^line 2: the quote that opens there is never closed"):
        read_table(case("unterminated"))


def test_formulas_are_texts() -> None:
    table = read_table(case("formula"))
    assert [row.cells for row in table.rows] == [
        ['=HYPERLINK("http://e")', "+1"],
        ["@SUM(1)", "-2+3"],
        ["\t=1", "\r=1"],
    ]


def test_nul_is_an_error_of_its_row() -> None:
    table = read_table(case("nul"))
    assert list(table.rows) == []
    assert table.rejected == [Rejected(2, "a cell holds a NUL character", ("1", "\x002"))]


def test_rejected_rows_are_texts_as_well() -> None:
    """Else the file of rejects would guard them a second time."""
    table = read_table(b'a,b\n"\'=1",2,3\n')
    assert table.rejected == [Rejected(2, "3 cells where the headings are 2", ("=1", "2", "3"))]


def test_a_cell_may_be_longer_than_pythons_limit() -> None:
    assert csv.field_size_limit() < 200_000
    table = read_table(b'a\n"' + b"x" * 200_000 + b'"\n')
    assert len(table.rows[0].cells[0]) == 200_000
    assert csv.field_size_limit() < 200_000


def test_a_cell_has_a_limit_that_is_said() -> None:
    table = read_table(b"a,b\n1," + b"x" * (LONGEST_CELL + 1) + b"\n2,y\n")
    assert [row.line for row in table.rows] == [3]
    assert table.rejected[0].reason == "a cell has more than 1,048,576 characters"


# Quotes and lines


def test_a_quote_left_open_in_the_middle_spoils_only_its_row() -> None:
    table = read_table(b'a,b\n"x,1\ny,"2"\nz,3\n')
    assert [row.cells for row in table.rows] == [["z", "3"]]
    assert table.rejected[0].line == 2
    assert "a quote within a cell is written twice" in table.rejected[0].reason


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a,b\n1,2\n"x\ny",z\n1,"open\n3,4\n', 5),
        ('a,b\nhe said "x,1\n"a ""quoted"" one","open\n', 3),
        ('a,b\n"closed","open ""\n', 2),
        ('a\n"', 2),
    ],
)
def test_where_the_open_quote_stands(text: str, line: int) -> None:
    with pytest.raises(DataError, match=f"^line {line}: "):
        read_table(text.encode())


def test_a_cell_of_several_lines_counts_them() -> None:
    table = read_table(b'a,b\r\n"one\r\ntwo",1\r\nx,2\r\n')
    assert list(table.rows) == [Row(2, ["one\r\ntwo", "1"]), Row(4, ["x", "2"])]


def test_lines_end_where_csv_says_and_nowhere_else() -> None:
    table = read_table("a,b\nx\u2028y,\x0b1\x0c\nz,\x85\n".encode())
    assert [row.cells for row in table.rows] == [["x\u2028y", "\x0b1\x0c"], ["z", "\x85"]]


def test_rows_without_any_text_are_skipped() -> None:
    table = read_table(b"\n\na,b\n\n,\n1,2\n\n")
    assert table.headings == ("a", "b")
    assert list(table.rows) == [Row(6, ["1", "2"])]


@pytest.mark.parametrize("data", [b"", b"\n\n", b",,\n"])
def test_a_file_without_headings_is_refused(data: bytes) -> None:
    with pytest.raises(DataError, match="no headings"):
        read_table(data)


# What parts the columns


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2\n", ";"),
        ("a\tb\n1,5\t2;3\n", "\t"),
        ("a|b\n", "|"),
        ("name\nNovak, Ana\n", ","),
        ('"a;b",c\n1,2\n', ","),
        ("a;b, c\n1;2\n3;4\n", ";"),
        ("sep=;\na;b,c\n1;2\n", ";"),
    ],
)
def test_the_delimiter_is_found(text: str, delimiter: str) -> None:
    assert read_table(text.encode()).delimiter == delimiter


def test_lines_are_counted_with_the_separator_line() -> None:
    assert list(read_table(b"sep=;\r\na;b\r\n1;2\r\n").rows) == [Row(3, ["1", "2"])]


def test_a_delimiter_that_cannot_be_known_is_asked_for() -> None:
    with pytest.raises(Undecided) as caught:
        read_table(b"a;b,c\n1;2,3\n")
    assert caught.value.setting == "delimiter"
    assert {sign for sign, _ in caught.value.choices} == {";", ","}
    assert read_table(b"a;b,c\n1;2,3\n", delimiter=";").headings == ("a", "b,c")


@pytest.mark.parametrize(("name", "sign"), [("tab", "\t"), ("semicolon", ";"), ("\\t", "\t")])
def test_a_delimiter_may_be_named(name: str, sign: str) -> None:
    assert read_table(f"a{sign}b\n".encode(), delimiter=name).headings == ("a", "b")


@pytest.mark.parametrize("sign", ['"', "ab", "x", "\n"])
def test_not_every_sign_parts_columns(sign: str) -> None:
    with pytest.raises(UsageError, match="cannot separate columns"):
        read_table(b"a,b\n", delimiter=sign)


# Encodings


def test_encodings_that_read_differently_are_asked_for() -> None:
    data = "ime\nMiha Čuk\n".encode("cp1250")
    with pytest.raises(Undecided) as caught:
        decode(data)
    assert caught.value.setting == "encoding"
    assert caught.value.choices == (("cp1250", "Miha Čuk"), ("cp1252", "Miha Èuk"))
    assert "--encoding cp1250" in caught.value.hint
    assert decode(data, "cp1250").text == "ime\nMiha Čuk\n"


def test_utf16_without_a_mark_is_no_guess() -> None:
    with pytest.raises(Undecided, match="UTF-16"):
        decode("name,mail\nAna,a@x\n".encode("utf-16-le"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_marked_files_are_read(encoding: str) -> None:
    assert decode("name\nŽ\n".encode(encoding)).text == "name\nŽ\n"


def test_bytes_that_are_not_of_the_encoding_are_placed() -> None:
    with pytest.raises(DataError, match="byte 8, in line 2"):
        decode(b"name\nAn\xff\n", "utf-8")


@pytest.mark.parametrize("encoding", ["nonesuch", "rot13", "base64"])
def test_an_encoding_must_be_one_of_texts(encoding: str) -> None:
    with pytest.raises(UsageError, match="there is no encoding"):
        decode(b"x", encoding)


# What is written reads back

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=6))
def test_every_text_survives(rows: list[tuple[str, str]]) -> None:
    rows = [row for row in rows if any(row)]
    text = "".join(CSV.write(Rows([Column("a"), Column("b")], rows)))
    table = read_table(text.encode(), delimiter=",")
    assert [tuple(row.cells) for row in table.rows] == rows
    assert table.rejected == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "'=1", "''", "'x"])
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    written = "".join(CSV.write(Rows([Column("a"), Column("b")], [(text, "1")])))
    line = written.split("\n", 1)[1]
    assert line.strip('"')[0] == "'"
    assert read_table(("a,b\n" + line).encode()).rows[0].cells[0] == text
