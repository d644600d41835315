"""E-invoices of ours from another program, read as purchases."""

from __future__ import annotations

import re
import tracemalloc
import zlib
from pathlib import Path

import pytest

from crm_cli.formats.einvoice import reading
from crm_cli.formats.einvoice.reading import read_invoice
from crm_cli.model.errors import DataError
from tests.conftest import Crm
from tests.features.test_documents import ok
from tests.features.test_einvoices import (
    made,
    number,
    office,
    value,
)

__all__ = ["office"]
EMPTY = "name: Kaffee GmbH\nkind: organization\ntax_id: DE 123 456 789\n"
FORMATS = ("ubl", "facturx")


def record(office: Path) -> Path:
    return office / "customers/kaffee.yaml"


def write(crm: Crm, office: Path, format: str) -> dict[str, bytes]:
    """What there is as files: as UBL all, as PDFs, which take their time, some."""
    if format == "ubl":
        return made(crm, office, format)
    pytest.importorskip("pikepdf")
    pytest.importorskip("typst")
    return made(crm, office, format, f"{number('S')},{number('K')},{number('final')},C-1")


@pytest.mark.parametrize("format", FORMATS)
def test_our_own_export_read_back_changes_nothing(crm: Crm, office: Path, format: str) -> None:
    files = write(crm, office, format)
    before = record(office).read_bytes()
    run = crm("import", "invoices", f"{office}/out", "--yes")
    assert run.code == 0 and "nothing changed" in run.err
    assert run.err.count("here already") == len(files)
    assert record(office).read_bytes() == before


@pytest.mark.parametrize("format", FORMATS)
def test_those_of_another_program_become_purchases(crm: Crm, office: Path, format: str) -> None:
    files = write(crm, office, format)
    (office / "out").rename(office / "read")
    before = {name: value(data, "PayableAmount") for name, data in made(crm, office, "ubl").items()
              if name in files}  # fmt: skip
    (office / "out").rename(office / "before")
    record(office).write_text(EMPTY, encoding="utf-8")
    ran = crm("import", "invoices", f"{office}/read", "--yes")
    assert ran.code == 0, ran.err
    if number("paid") in files:
        told = "was paid before it was issued; crm payment add NUMBER AMOUNT notes it"
        assert told in ran.err
    text = record(office).read_text(encoding="utf-8")
    assert "unit: kg" in text and "discount: 12.5" in text and "tax_category: K" in text
    assert text.count("country: DE") == len(files)
    # They say the same as they did there, but that what was paid there is no money here.
    after = {name: value(data, "PayableAmount") for name, data in made(crm, office, "ubl").items()}
    assert after == before | ({number("paid"): "45.20"} if number("paid") in files else {})
    assert "nothing changed" in crm("import", "invoices", f"{office}/read", "--yes").err


def foreign(office: Path, crm: Crm, name: str = "S") -> str:
    """An e-invoice as UBL, of which nothing is here."""
    text = ok(crm("invoice", "render", number(name), "--format", "ubl"))
    record(office).write_text(EMPTY, encoding="utf-8")
    return text


def imported(office: Path, crm: Crm, text: str, *options: str) -> tuple[int, str]:
    (office / "one.xml").write_text(text, encoding="utf-8")
    run = crm("import", "invoices", f"{office}/one.xml", "--yes", *options)
    return run.code, run.err + run.out


def test_what_a_supplier_wrote_is_refused(crm: Crm, office: Path) -> None:
    text = foreign(office, crm).replace("SI12345678", "IT00743110157")
    code, said = imported(office, crm, text)
    assert code == 6 and "and not we" in said and "suppliers" in said
    assert record(office).read_text(encoding="utf-8") == EMPTY


def test_an_invoice_that_is_here_is_not_changed(crm: Crm, office: Path) -> None:
    text = ok(crm("invoice", "render", number("Z"), "--format", "ubl"))
    before = record(office).read_bytes()
    code, said = imported(office, crm, text.replace("37.05", "38.05"))
    assert code == 6 and "here it comes to 37.05" in said
    code, said = imported(office, crm, text.replace("2026-09-01", "2026-09-03"))
    assert code == 6 and "is of 2026-09-03" in said
    assert record(office).read_bytes() == before


def test_what_does_not_add_up_is_refused(crm: Crm, office: Path) -> None:
    text = foreign(office, crm, "Z")
    head, _, tail = text.partition("<cac:InvoiceLine>")
    code, said = imported(office, crm, head + "<cac:InvoiceLine>" + tail.replace("37.05", "36.05"))
    assert code == 6 and "its lines come to 36.05" in said


def test_the_customer_is_told_by_tax_id_then_by_name_or_said(crm: Crm, office: Path) -> None:
    text = foreign(office, crm)
    (office / "customers/kaffee-2.yaml").write_text("name: Kaffee GmbH\n", encoding="utf-8")
    assert imported(office, crm, text)[0] == 0
    assert number("S") in record(office).read_text(encoding="utf-8")
    record(office).write_text(EMPTY.replace("tax_id", "registration_id"), encoding="utf-8")
    code, said = imported(office, crm, text)
    assert code == 6 and "could be kaffee, kaffee-2" in said
    assert imported(office, crm, text, "--who", "kaffee-2")[0] == 0
    assert number("S") in (office / "customers/kaffee-2.yaml").read_text(encoding="utf-8")
    code, said = imported(office, crm, text.replace("R-1<", "R-77<").replace("Kaffee", "Tee"))
    assert code == 6 and "no customer is Tee GmbH" in said


def test_allowances_of_the_whole_become_lines(crm: Crm, office: Path) -> None:
    text = foreign(office, crm, "AE")
    allowance = """<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
      <cbc:AllowanceChargeReason>Loyalty</cbc:AllowanceChargeReason>
      <cbc:Amount currencyID="EUR">7.05</cbc:Amount><cac:TaxCategory><cbc:ID>AE</cbc:ID>
      <cbc:Percent>0</cbc:Percent></cac:TaxCategory></cac:AllowanceCharge><cac:TaxTotal>"""
    for key in ("TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount"):
        text = re.sub(f"({key} [^>]*>)37.05", r"\g<1>30.00", text)
    assert imported(office, crm, text.replace("<cac:TaxTotal>", allowance, 1))[0] == 0
    kept = record(office).read_text(encoding="utf-8")
    assert "description: Loyalty" in kept and "quantity: -1" in kept and "7.05" in kept


def test_a_folder_is_taken_whole_or_without_what_is_bad(crm: Crm, office: Path) -> None:
    text = foreign(office, crm)
    (office / "in").mkdir()
    (office / "in/a.xml").write_text(text, encoding="utf-8")
    (office / "in/b.xml").write_text("<html/>", encoding="utf-8")
    run = crm("import", "invoices", f"{office}/in", "--yes")
    assert run.code == 6 and "b.xml: not taken" in run.err
    assert record(office).read_text(encoding="utf-8") == EMPTY
    run = crm("import", "invoices", f"{office}/in", "--yes", "--skip-bad")
    assert run.code == 0 and number("S") in record(office).read_text(encoding="utf-8")


_INVOICE = '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">'
_ENTITY = '<!DOCTYPE a [<!ENTITY x "boom"><!ENTITY y SYSTEM "file:///etc/passwd">]>'
HOSTILE = {
    "document type": f"{_ENTITY}{_INVOICE}<ID>&x;&y;</ID></Invoice>",
    "nested too deep": _INVOICE + "<a>" * 500,
    "too many elements": _INVOICE + "<a/>" * 1000,
    "not valid XML": _INVOICE,
    "is no date": f"{_INVOICE}<IssueDate>never</IssueDate></Invoice>",
    "no date of issue": f"{_INVOICE}</Invoice>",
    "is no currency": f"{_INVOICE}<IssueDate>2026-09-01</IssueDate>"
    "<DocumentCurrencyCode>XXZ</DocumentCurrencyCode></Invoice>",
    "is no e-invoice": "<html/>",
}


@pytest.mark.parametrize("said", HOSTILE)
def test_hostile_xml_is_refused(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_MOST_NODES", 1000)
    words = "there is no currency" if said == "is no currency" else said
    with pytest.raises(DataError, match=words):
        read_invoice(HOSTILE[said].encode())


@pytest.mark.parametrize("amount", ["1e400", "NaN", "1_0", "٣", "9" * 40, "1.0000000000001", "-"])
def test_numbers_that_are_none_are_refused(crm: Crm, office: Path, amount: str) -> None:
    text = ok(crm("invoice", "render", number("Z"), "--format", "ubl"))
    with pytest.raises(DataError, match="is no number"):
        read_invoice(text.replace(">12.35<", f">{amount}<").encode())


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 1000)
    with pytest.raises(DataError, match="more than 32 MiB"):
        read_invoice((_INVOICE + " " * 1000).encode())


def test_cii_is_read_as_the_same_invoice_as_ubl(crm: Crm, office: Path) -> None:
    from crm_cli.formats.einvoice.as_cii import cii_of

    for name, data in made(crm, office, "ubl").items():
        invoice = read_invoice(data)
        again = read_invoice(cii_of(invoice))
        assert again.lines == invoice.lines, name
        assert again._replace(lines=(), remittance="") == invoice._replace(lines=(), means="",
                                                                           remittance=""), name


def test_a_pdf_that_packs_much_into_little_fills_no_memory() -> None:
    bomb = zlib.compress(b"<" + b" " * (24 * 1024 * 1024), 9)
    head = b"%PDF-1.7\n1 0 obj\n<< /Type /EmbeddedFile /Filter /FlateDecode >>\nstream\n"
    tracemalloc.start()
    with pytest.raises(DataError, match="more than 8 MiB"):
        read_invoice(head + bomb + b"\nendstream\nendobj\n")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 1024 * 1024
    with pytest.raises(DataError, match="carries no invoice"):
        read_invoice(b"%PDF-1.7\n" + b"/EmbeddedFile stream\nnothing endstream\n" * 1000)


def test_a_file_without_a_kind_is_taken_for_what_it_is(crm: Crm, office: Path) -> None:
    (office / "one.xml").write_text(foreign(office, crm), encoding="utf-8")
    run = crm("import", f"{office}/one.xml", "--yes")
    assert run.code == 0 and "taken for an e-invoice" in run.err
    assert number("S") in record(office).read_text(encoding="utf-8")


def test_what_may_stand_in_a_file_with_errors_is_not_added_beside_it(
    crm: Crm, office: Path
) -> None:
    text = foreign(office, crm)
    other = office / "customers/other.yaml"
    other.write_text(f"name: Other\npurchases:\n  - number: {number('S')}\n    date: [", "utf-8")
    code, said = imported(office, crm, text)
    assert code == 4 and "other.yaml has errors, and may be about R-1" in said
    other.write_text("name: Other\npurchases: [", encoding="utf-8")
    assert imported(office, crm, text)[0] == 0


def test_a_table_of_invoices_is_still_one_of_purchases(crm: Crm, office: Path) -> None:
    (office / "a.csv").write_text("number,date\n1,2026-01-01\n", encoding="utf-8")
    run = crm("import", "invoices", f"{office}/a.csv")
    assert run.code == 2 and "purchases" in run.err
