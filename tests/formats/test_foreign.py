"""What other programs call things, and their files: answered with what to do."""

from __future__ import annotations

import pytest

from crm_cli.formats.registry import exporter, importer, refuse_foreign
from crm_cli.formats.targets import exchanged, kind_of
from crm_cli.model.errors import UsageError


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("contacts", "customers"),
        ("Leads", "customers"),
        ("account", "customers"),
        ("companies", "customers"),
        ("orders", "purchases"),
        ("invoice", "purchases"),
        ("transactions", "payments"),
        ("activities", "interactions"),
        ("todos", "tasks"),
        ("items", "products"),
    ],
)
def test_the_words_of_other_programs_name_the_kind(word: str, kind: str) -> None:
    for asked in (kind_of, exchanged):
        with pytest.raises(UsageError) as refused:
            asked(word)
        assert f"write {kind}" in refused.value.hint


def test_orders_are_told_how_their_kind_is_said() -> None:
    with pytest.raises(UsageError, match="each is a purchase here") as refused:
        kind_of("orders")
    assert "constants: {kind: order}" in refused.value.hint


@pytest.mark.parametrize("name", ["a.XLS", "a.numbers", "a.xlsb", "a.pdf", "a.xml", "a.zip"])
def test_files_that_are_no_tables_are_refused_by_their_ending(name: str) -> None:
    with pytest.raises(UsageError, match=f"^{name} is an? ") as refused:
        importer(kind_of("customers"), path=name)
    assert refused.value.hint


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK\x03\x04....", "workbook"),
        (b"BEGIN:VCARD\r\nVERSION:3.0", "file of vCards"),
        (b"\xef\xbb\xbfbegin:vcard\n", "file of vCards"),
        (b"%PDF-1.7", "document"),
        (b"<!DOCTYPE html>", "document"),
    ],
)
def test_files_that_are_no_tables_are_refused_by_what_they_begin_with(
    data: bytes, what: str
) -> None:
    for name in ("-", "a.csv"):
        with pytest.raises(UsageError, match=f"{name} is a {what}"):
            refuse_foreign(name, data)


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt", "a", "-", "a.dat"])
def test_tables_of_text_are_read_whatever_they_are_called(name: str) -> None:
    assert importer(kind_of("customers"), path=name).name == "csv"
    refuse_foreign(name, b"Name;Vorname\n")


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("x.ods", ""), ("x.pdf", ""), ("x.xls", ""), ("x.ods", "csv"), ("x.pdf", "csv"),
        ("x.xlsx", "csv"), ("x.parquet", "json"), ("x.xlsx", "parquet"),
    ],
)  # fmt: skip
def test_nothing_is_written_under_the_name_of_another_format(name: str, format: str) -> None:
    with pytest.raises(UsageError, match="no format that can be written") as refused:
        exporter(kind_of("customers"), format, name)
    assert "csv, tsv" in refused.value.hint


def test_an_unknown_ending_is_written_only_where_the_format_is_named() -> None:
    with pytest.raises(UsageError):
        exporter(kind_of("customers"), "", "x.dat")
    assert exporter(kind_of("customers"), "csv", "x.dat").name == "csv"
    assert exporter(kind_of("customers"), "", "x").name == "csv"
