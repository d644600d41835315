"""Workbooks as tables: what cells say, where the table is, and files made to do harm."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from crm_cli.formats.decoding import Undecided
from crm_cli.formats.grid import Row, Table
from crm_cli.formats.mapping import Map
from crm_cli.formats.sheets import read_sheet
from crm_cli.formats.sheets.package import Package
from crm_cli.formats.sheets.values import number, percent, renderer
from crm_cli.formats.table_files import table_of
from crm_cli.model.errors import CrmError, DataError, UsageError
from tests.formats import workbooks as made

openpyxl = pytest.importorskip("openpyxl")


def known(heading: str) -> bool:
    return heading in ("name", "city", "amount")


def read(data: bytes, **options: Any) -> Table:
    return read_sheet(data, known=known, **options)


def cells(data: bytes, **options: Any) -> list[list[str]]:
    return [row.cells for row in read(data, **options).rows]


def by_openpyxl(fill: Callable[[Any], None], **options: Any) -> bytes:
    book = openpyxl.Workbook(**options)
    fill(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


# What cells say


def test_cells_are_read_by_their_types() -> None:
    def fill(book: Any) -> None:
        page = book.active
        page.append(["name", "n", "day", "at", "time", "yes", "share", "long", "code"])
        page.append(
            [
                " Ana ", 20.1, date(2026, 11, 3), datetime(2026, 11, 3, 9, 30), time(9, 30), True,
                0.225, 38640123456, 417,
            ]
        )  # fmt: skip
        page["G2"].number_format = "0.0%"
        page["I2"].number_format = "00000"

    assert cells(by_openpyxl(fill)) == [
        [" Ana ", "20.1", "2026-11-03", "2026-11-03 09:30", "09:30", "true", "22.5%",
         "38640123456", "00417"]
    ]  # fmt: skip


def test_shared_and_rich_texts_and_escapes() -> None:
    rich = (
        '<c t="inlineStr"><is><r><t>Ma</t></r><r><t xml:space="preserve">ja </t></r>'
        "<rPh sb='0' eb='1'><t>MAJA</t></rPh></is></c>"
    )
    page = made.sheet(
        made.row("name", "city"),
        made.row('<c t="s"><v>1</v></c>', "_x000D_a_x005F_x0041_"),
        made.row(rich, '<c t="str"><f>A1</f><v>Koper</v></c>'),
    )
    assert cells(made.xlsx(page, texts=("no", "Žiga & <sinovi>"))) == [
        ["Žiga & <sinovi>", "\ra_x0041_"],
        ["Maja ", "Koper"],
    ]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("0.1", "0.1"), ("197.45000000000002", "197.45"), ("0.07000000000000001", "0.07"),
        ("1E-05", "0.00001"), ("38640123456", "38640123456"), ("040", "040"), ("-0", "0"),
        ("1.2345678901234568E+18", "1.23456789012346E+18"), ("1e3", "1000"), ("5.", "5"),
        ("NaN", "NaN"), ("x", "x"), ("", ""),
    ],
)  # fmt: skip
def test_numbers_have_the_digits_that_spreadsheets_have(raw: str, said: str) -> None:
    assert number(raw) == said


@pytest.mark.parametrize(
    ("raw", "said"), [("0.22", "22%"), ("1", "100%"), ("0.095", "9.5%"), ("x", "x")]
)
def test_shares_are_percent(raw: str, said: str) -> None:
    assert percent(raw) == said


@pytest.mark.parametrize(
    ("code", "raw", "said"),
    [
        ("yyyy\\-mm\\-dd", "46329", "2026-11-03"),
        ("d.m.yyyy", "46329.5", "2026-11-03 12:00"),
        ('[$-424]dddd", "d. mmmm yyyy', "46329", "2026-11-03"),
        ("h:mm AM/PM", "0.75", "18:00"),
        ("[h]:mm", "1.5", "36:00"),
        ('#,##0.00 "days"', "46329", "46329"),
        ("#,##0.00\\ [$EUR]", "46329", "46329"),
        ("[Red]-0.0;[Blue]0", "2.5", "2.5"),
        ("General", "46329", "46329"),
        ("0", "7", "7"),
        ("0%", "0.07", "7%"),
        ("m/d/yy", "-1", "-1"),
        ("m/d/yy", "2958466", "2958466"),
        ("m/d/yy", "soon", "soon"),
    ],
)
def test_a_format_tells_days_from_numbers(code: str, raw: str, said: str) -> None:
    assert renderer(200, code, since_1904=False)(raw) == said


def test_days_count_from_1900_as_in_excel_or_from_1904() -> None:
    """1900 has a 29 February there; both ways of counting meet from March 1900 on."""
    day = renderer(14, "", since_1904=False)
    assert [day(str(serial)) for serial in (1, 59, 60, 61)] == [
        "1900-01-01", "1900-02-28", "1900-02-29", "1900-03-01"
    ]  # fmt: skip
    later = renderer(14, "", since_1904=True)
    assert [later(str(serial)) for serial in (0, 1, 44867)] == [
        "1904-01-01", "1904-01-02", "2026-11-03"
    ]  # fmt: skip
    for serial in range(61, 80_000, 997):
        assert day(str(serial)) == (date(1899, 12, 30) + timedelta(serial)).isoformat()
        assert later(str(serial - 1462)) == day(str(serial)) or serial < 1462


def test_a_workbook_says_from_when_its_days_count() -> None:
    page = made.sheet(made.row("name", "day"), made.row("Ana", '<c s="1"><v>44867</v></c>'))
    assert cells(made.xlsx(page, formats=("d/m/yyyy",), since_1904=True)) == [
        ["Ana", "2026-11-03"]
    ]


def test_formulas_are_their_results_and_errors_are_told() -> None:
    page = made.sheet(
        made.row("name", "amount"),
        made.row("Ana", "<c><f>1+1</f><v>2</v></c>"),
        made.row("Bor", '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>'),
        made.row("Cilka", "<c><f>SUM(B2:B3)</f></c>"),
    )
    table = read(made.xlsx(page))
    assert [row.cells for row in table.rows] == [["Ana", "2"], ["Bor", ""], ["Cilka", ""]]
    assert "cells that are an error read as empty: B3 (#DIV/0!)" in table.notes
    assert any("formulas without a result read as empty: B4;" in note for note in table.notes)


def test_numbers_are_written_with_the_sign_that_is_said() -> None:
    page = made.sheet(
        made.row("name", "amount"), made.row("Ana", "<c><v>1.234</v></c>"), made.row("Bor", "84,50")
    )
    table = read(made.xlsx(page))
    assert (table.decimal, table.rows[0].cells[1]) == (".", "1.234")
    table = read(made.xlsx(page), decimal=",")
    assert (table.decimal, table.rows[0].cells[1]) == (",", "1,234")
    whole = made.sheet(made.row("name", "amount"), made.row("Ana", "<c><v>1234</v></c>"))
    assert read(made.xlsx(whole)).decimal == ""


# Where the table is


def test_blank_rows_titles_and_places() -> None:
    page = made.sheet(
        made.row("Customers of 2026", at=3),
        made.row(at=4),
        made.row("", "name", "city", "", at=6),
        made.row("", "Ana", "Koper", at=9),
        made.row('<c r="C10" t="inlineStr"><is><t>Izola</t></is></c>', at=10),
    )
    table = read(made.xlsx(page, names=("O'Hara 1",)))
    assert table.headings == ("name", "city")
    assert list(table.rows) == [Row(9, ["Ana", "Koper"]), Row(10, ["", "Izola"])]
    assert table.sheet is not None
    assert table.sheet.place(9, "city") == "'O''Hara 1'!C9"
    assert table.sheet.place(9) == "'O''Hara 1'!B9"
    assert table.heading_row == 6


def test_the_row_of_the_headings_may_be_named() -> None:
    page = made.sheet(made.row("a", "b"), made.row("c", "d"), made.row("1", "2"))
    assert read(made.xlsx(page), heading_row=2).headings == ("c", "d")
    with pytest.raises(DataError, match="row 7 has no headings"):
        read(made.xlsx(page), heading_row=7)
    assert table_of(b"a,b\nc,d\n1,2\n", Map(heading_row="2")).headings == ("c", "d")


def test_what_stands_beside_the_table_is_left_out_and_told() -> None:
    page = made.sheet(made.row("name"), made.row("Ana", "", "ask her"), made.row("Bor"))
    table = read(made.xlsx(page))
    assert [row.cells for row in table.rows] == [["Ana"], ["Bor"]]
    assert "cells to the right of the headings left out: row 2" in table.notes


def test_merged_cells_stand_in_each_of_their_rows() -> None:
    def fill(book: Any) -> None:
        page = book.active
        for values in (
            ["Orders", None, None],
            ["name", "city", "amount"],
            ["Ana", "Koper", 1],
            [None, None, 2],
            ["Bor", "Izola", 3],
            [None, None, 4],
        ):
            page.append(values)
        page.merge_cells("A1:C1")
        page.merge_cells("A3:A4")
        page.merge_cells("B5:B6")

    table = read(by_openpyxl(fill))
    assert [row.cells for row in table.rows] == [
        ["Ana", "Koper", "1"], ["Ana", "", "2"], ["Bor", "Izola", "3"], ["", "Izola", "4"]
    ]  # fmt: skip
    assert "2 merged cells are read as standing in each of their rows" in table.notes


def test_a_sheet_is_found_by_its_name_by_its_headings_or_asked_for() -> None:
    one = made.sheet(made.row("name", "city"), made.row("Ana", "Koper"))
    other = made.sheet(made.row("x", "y"), made.row("1", "2"))
    empty = made.sheet()
    assert cells(made.xlsx(one, empty)) == [["Ana", "Koper"]]
    assert cells(made.xlsx(other, one)) == [["Ana", "Koper"]]
    two = made.xlsx(one, one, names=("Old", " Customers"))
    assert read(two, called=("customers",)).sheet[1] == " Customers"  # type: ignore[index]
    assert cells(two, sheet="old") == [["Ana", "Koper"]]
    with pytest.raises(Undecided, match="several sheets: Old,  Customers") as asked:
        read(two)
    assert asked.value.setting == "sheet"
    assert asked.value.choices[0] == ("Old", "name, city")
    assert cells(made.xlsx(one, one, hidden=("Sheet2",))) == [["Ana", "Koper"]]
    with pytest.raises(UsageError, match="there is no sheet 'New'"):
        read(two, sheet="New")
    with pytest.raises(DataError, match="no cells"):
        read(made.xlsx(empty, empty))
    with pytest.raises(DataError, match="no headings"):
        read(made.xlsx(empty))


def test_a_workbook_of_many_sheets_is_parsed_no_more_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is unpacked counts, and each sheet of an ODS file is in the one part of them all."""
    inner = "<table:table-cell>" + made.table(made.line("inner")) + "</table:table-cell>"
    pages = [made.table(made.line("x", f"{number}"), name=f"S{number}") for number in range(60)]
    pages[7] = made.table(made.line("name", "city"), *[made.line("Ana", "Koper")] * 150, name="Us")
    pages[8] = made.table(made.line(inner), made.line("x"), name="Odd")
    data = made.ods("".join(pages))
    seen: list[str] = []
    chunks = Package.chunks

    def counted(package: Package, name: str) -> Iterator[bytes]:
        seen.append(name)
        return chunks(package, name)

    monkeypatch.setattr(Package, "chunks", counted)
    table = read(data)
    assert table.sheet is not None and table.sheet[1] == "Us"
    assert [row.cells for row in table.rows] == [["Ana", "Koper"]] * 150
    assert seen.count("content.xml") <= 3
    many = made.ods("".join([*pages[:7], *pages[8:]]))
    with pytest.raises(Undecided) as asked:
        read(many)
    choices = dict(asked.value.choices)
    assert choices["S3"] == "x, 3" and choices["S59"] == "x, 59" and len(choices) == 59


def test_hidden_rows_are_read_and_told() -> None:
    page = made.sheet(made.row("name"), '<row r="2" hidden="1">' + made.text("Ana") + "</row>")
    table = read(made.xlsx(page))
    assert [row.cells for row in table.rows] == [["Ana"]]
    assert "1 hidden row is read as well" in table.notes


def test_the_dimension_that_a_sheet_claims_says_nothing() -> None:
    page = made.sheet(
        made.row("name"), made.row("Ana"), before='<dimension ref="A1:XFD1048576"/>'
    )
    assert cells(made.xlsx(page)) == [["Ana"]]
    page = made.sheet(made.row("name"), made.row("Ana"), before='<dimension ref="A1"/>')
    assert cells(made.xlsx(page)) == [["Ana"]]


def test_strict_workbooks_and_prefixes_are_read() -> None:
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    related = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    data = made.archive(
        {
            "xl/workbook.xml": f'<x:workbook xmlns:x="{strict}" xmlns:r="{related}"><x:sheets>'
            '<x:sheet name="S" r:id="a"/></x:sheets></x:workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{made.PACKAGE}"><Relationship '
            f'Id="a" Type="{related}/worksheet" Target="s.xml"/></Relationships>',
            "xl/s.xml": f'<x:worksheet xmlns:x="{strict}"><x:sheetData><x:row><x:c t="inlineStr">'
            "<x:is><x:t>name</x:t></x:is></x:c></x:row><x:row><x:c><x:v>7</x:v></x:c></x:row>"
            "</x:sheetData></x:worksheet>",
        }
    )
    assert cells(data) == [["7"]]


# LibreOffice


def test_cells_of_an_ods_file() -> None:
    values = made.line(
        "Ana",
        made.value("float", 'office:value="20.10"', "20,10 €"),
        made.value("percentage", 'office:value="0.22"', "22 %"),
        made.value("date", 'office:date-value="2026-11-03"', "3. nov."),
        made.value("date", 'office:date-value="2026-11-03T09:30:00"'),
        made.value("time", 'office:time-value="PT09H05M00S"'),
        made.value("boolean", 'office:boolean-value="true"', "DA"),
        '<table:table-cell office:value-type="string" calcext:value-type="error">'
        "<text:p>#N/A</text:p></table:table-cell>",
        '<table:table-cell table:formula="of:=1+1"/>',
        '<table:table-cell office:value-type="string"><office:annotation><text:p>note</text:p>'
        "</office:annotation><text:p>two<text:s text:c=\"2\"/>  \n <text:span>words</text:span>"
        "<text:tab/><text:line-break/>x</text:p><text:p>more</text:p></table:table-cell>",
    )
    head = made.line("name", *"bcdefghij")
    table = read(made.ods(made.table(head, values)))
    assert table.rows[0].cells == [
        "Ana", "20.1", "22%", "2026-11-03", "2026-11-03 09:30:00", "09:05", "true", "", "",
        "two   words\t\nx\nmore",
    ]  # fmt: skip
    assert "cells that are an error read as empty: H2 (#N/A)" in table.notes
    assert any(note.startswith("formulas without a result") for note in table.notes)


def test_rows_and_cells_that_an_ods_file_repeats() -> None:
    blank = '<table:table-cell table:number-columns-repeated="16383"/>'
    rows = (
        made.line(blank, attributes='table:number-rows-repeated="4"'),
        made.line("name", "city", blank),
        made.line(made.words("x", 'table:number-columns-repeated="2"'), blank),
        made.line(blank, attributes='table:number-rows-repeated="1000"'),
        made.line("Ana", "Koper", attributes='table:number-rows-repeated="2"'),
        made.line(blank, attributes='table:number-rows-repeated="1047000"'),
    )
    table = read(made.ods(made.table(*rows)))
    assert list(table.rows) == [
        Row(6, ["x", "x"]), Row(1007, ["Ana", "Koper"]), Row(1008, ["Ana", "Koper"])
    ]  # fmt: skip


def test_merged_cells_and_sheets_of_an_ods_file() -> None:
    spread = made.words("Ana", 'table:number-rows-spanned="2" table:number-columns-spanned="1"')
    covered = "<table:covered-table-cell><text:p>behind</text:p></table:covered-table-cell>"
    rows = (made.line("name", "city"), made.line(spread, "Koper"), made.line(covered, "Izola"))
    hidden = made.table(*rows, name="Kept", style="ta2")
    styles = (
        '<style:style style:name="ta2"><style:table-properties table:display="false"/>'
        "</style:style>"
    )
    data = made.ods(hidden + made.table(*rows, name="Shown"), styles=styles)
    assert cells(data) == [["Ana", "Koper"], ["Ana", "Izola"]]
    assert read(data).sheet.name == "Shown"  # type: ignore[union-attr]


# Files made to do harm


def refused(data: bytes, match: str) -> None:
    """A file is refused in words, and without the memory that it would like to have."""
    tracemalloc.start()
    try:
        with pytest.raises(CrmError, match=match):
            read(data)
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()


def test_a_row_that_is_there_a_million_times_is_refused() -> None:
    times = 'table:number-rows-repeated="1048576"'
    wide = made.words("x", 'table:number-columns-repeated="16384"')
    data = made.ods(made.table(made.line("name"), made.line(wide, attributes=times)))
    assert len(data) < 1500
    refused(data, "row 2 of the sheet is there 1,048,576 times")


def test_more_cells_than_a_table_has_are_refused() -> None:
    wide = made.words("x", 'table:number-columns-repeated="16384"')
    line = made.line(wide, attributes='table:number-rows-repeated="9999"')
    refused(made.ods(made.table(made.line("name"), line)), "more than 50,000,000 cells")
    line = made.line(made.words("x", 'table:number-columns-repeated="99999"'))
    refused(made.ods(made.table(made.line("name"), line)), "more than 16,384 columns")


def test_a_zip_bomb_is_refused() -> None:
    page = made.sheet(made.row("name"), before=" " * (80 << 20))
    data = made.xlsx(page)
    assert len(data) < 200_000
    refused(data, "unpacks to more than a real one does")


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE lolz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">',
    ],
)
def test_entities_are_refused(doctype: str) -> None:
    page = made.sheet(made.row("name"), made.row("<c><v>&e;</v></c>"))
    refused(made.xlsx(f"{doctype}{page}"), "defines a document type")
    body = made.table(made.line("name"))
    data = made.ods(body)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read("content.xml").decode()
    refused(made.archive({"content.xml": f"{doctype}{content}"}), "defines a document type")


def test_a_tag_without_an_end_is_refused() -> None:
    page = made.sheet(made.row("name"), before=f'<x a="{"y" * (9 << 20)}"/>')
    refused(made.xlsx(page), "has a tag of more than 4 MiB")


@pytest.mark.parametrize("target", ["../../../etc/passwd", "C:\\x.xml", "file:///etc/passwd"])
def test_parts_outside_of_the_archive_are_refused(target: str) -> None:
    relations = (
        f'<Relationships xmlns="{made.PACKAGE}"><Relationship Id="s1" '
        f'Type="{made.RELATIONS}/worksheet" Target="{target}"/></Relationships>'
    )
    data = made.xlsx(made.sheet(), more={"xl/_rels/workbook.xml.rels": relations})
    refused(data, "outside of itself")


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        ('<row r="2"><c r="A2"/></row><row r="1"><c r="A1"/></row>', "no row 1 after row 2"),
        ('<row r="1048577"/>', "no row 1048577"),
        ('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>', "no cell A1 after"),
        ('<row r="1"><c r="ZZZ1"><v>1</v></c></row>', "no cell ZZZ1"),
        ('<row r="1"><c r="§1"><v>1</v></c></row>', "is no cell"),
        ('<row r="1"><c t="s"><v>99</v></c></row>', "a text that there is not"),
        ('<row r="1"><c t="s"><v>-1</v></c></row>', "a text that there is not"),
        ("<row><c></row>", "mismatched tag"),
    ],
)
def test_sheets_that_are_damaged_are_refused(rows: str, match: str) -> None:
    refused(made.xlsx(made.sheet(rows)), match)


def test_a_file_cut_short_and_a_part_that_is_missing() -> None:
    data = made.xlsx(made.sheet(made.row("name"), made.row("Ana")))
    for end in range(4, len(data) - 1, 37):
        refused(data[:end], ".")
    refused(made.archive({"xl/workbook.xml": "<workbook/>"}), "no cells")
    refused(made.archive({"word/document.xml": "<x/>"}), "an archive, and no workbook")
    refused(made.archive({"xl/workbook.bin": b"\0"}), "binary one|no part")
    refused(made.archive({str(at): b"" for at in range(10_001)}), "more than 10,000 parts")


def test_every_byte_changed_is_read_or_refused_in_words() -> None:
    data = made.xlsx(made.sheet(made.row("name", "city"), made.row("Ana", "<c><v>1</v></c>")))
    for at in range(0, len(data), 3):
        for flip in (0x01, 0x80):
            hurt = bytearray(data)
            hurt[at] ^= flip
            try:
                read(bytes(hurt))
            except CrmError as error:
                assert error.message


def test_what_only_a_password_opens_and_old_workbooks_say_what_to_do() -> None:
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)
    with pytest.raises(DataError, match="protected by a password") as asked:
        table_of(start + "EncryptedPackage".encode("utf-16-le"))
    assert "save it without a password" in asked.value.hint
    with pytest.raises(DataError, match=r"before 2007 \(.xls\)") as asked:
        table_of(start)
    assert asked.value.hint == "save it as .xlsx there"
    manifest = '<m:manifest xmlns:m="x"><m:encryption-data/></m:manifest>'
    refused(made.ods("", more={"META-INF/manifest.xml": manifest}), "protected by a password")


def test_a_part_that_is_encrypted_is_refused() -> None:
    data = bytearray(made.xlsx(made.sheet(made.row("name"))))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            (flags,) = struct.unpack_from("<H", data, at + offset)
            struct.pack_into("<H", data, at + offset, flags | 1)
    refused(bytes(data), "protected by a password")


def test_a_cell_that_is_too_long_rejects_its_row_alone() -> None:
    page = made.sheet(made.row("name"), made.row("x" * 1_048_577), made.row("Ana"))
    table = read(made.xlsx(page, names=("S",)))
    assert [row.cells for row in table.rows] == [["Ana"]]
    assert table.rejected[0].reason == "a cell has more than 1,048,576 characters"
