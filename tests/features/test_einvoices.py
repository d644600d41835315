"""E-invoices of records: valid by the standard's own schemas and rules, in every tax category."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from crm_cli.formats.documents.words import LANGUAGES
from tests.conftest import Crm
from tests.einvoices import faults, needs_standard
from tests.features.test_documents import SETTINGS, ok

BUYER = "bill_to: {name: Kaffee GmbH, street: Weg 1, postcode: '10115', city: Berlin, "
BUYER += "country: DE, tax_id: DE123456789}"
LINE = "{description: Beans, quantity: 3, unit: kg, unit_price: 12.35, "
MADE = {
    "S": f"""lines:
      - {LINE}discount: 12.5, tax_rate: 22}}
      - {{description: "Advice\\n& more <b>", quantity: 1.5, unit: hour,
         unit_price: 0.333, tax_rate: 9.5}}
      - {{description: Shipping, quantity: 1, unit_price: 4.90, discount: -10, tax_rate: 22}}""",
    "Z": f"lines: [{LINE}tax_category: Z, tax_rate: 0}}]",
    "E": f"""lines:
      - {LINE}tax_category: E, tax_reason: Small business}}
      - {LINE}tax_category: E, tax_rate: 0, tax_reason: Medical care}}
      - {LINE}tax_rate: 22}}""",
    "AE": f"lines: [{LINE}tax_category: AE}}]",
    "K": f"lines: [{LINE}tax_category: K, tax_rate: 0}}]",
    "G": f"shipped: 2026-09-02\n    lines: [{LINE}tax_category: G}}]",
    "O": f"lines: [{LINE}tax_category: O}}]",
    "JPY": """currency: JPY
    tax_included: true
    lines:
      - {description: Advice, quantity: 7, unit_price: 333, tax_rate: 10}
      - {description: Advice, quantity: 3, unit_price: 1220, discount: 15, tax_rate: 8}""",
    "KWD": """currency: KWD
    lines: [{description: Advice, quantity: 4, unit_price: 2.5000, tax_rate: 5}]""",
    "included": """tax_included: true
    lines: [{description: Cups, quantity: 997, unit_price: 1.99, tax_rate: 22}]""",
    "deposit": f"deposit_of: p-0000001\n    lines: [{LINE}tax_rate: 22}}]",
    "final": f"""order: p-0000001
    lines:
      - {LINE}tax_rate: 22}}
      - {{description: Deposit, quantity: -1, unit_price: 10.00, discount: 10, tax_rate: 22}}""",
    "instalments": f"""instalments:
      - {{due_date: 2026-10-01, percent: 50}}
      - {{due_date: 2026-11-01, percent: 50}}
    lines: [{LINE}tax_rate: 22}}]""",
    "paid": f"lines: [{LINE}tax_rate: 22}}]",
    "nothing": "lines: [{description: Sample, quantity: 1, unit_price: 0, tax_rate: 22}]",
}
CREDITED = ("S", "E", "K", "O", "JPY", "KWD", "included")


def number(name: str) -> str:
    return f"R-{[*MADE].index(name) + 1}"


def _purchases() -> str:
    made = []
    for place, (name, rest) in enumerate(MADE.items(), 1):
        made.append(f"""  - id: p-10000{place:02}
    kind: invoice
    number: {number(name)}
    date: 2026-09-01
    {BUYER}
    {rest}
""")
    for name in CREDITED:
        place = [*MADE].index(name) + 1
        made.append(f"""  - id: p-20000{place:02}
    kind: credit_note
    number: C-{place}
    date: 2026-09-10
    corrects: {number(name)}
    {BUYER}
    {MADE[name]}
""")
    return "".join(made)


CUSTOMER = """\
name: Kaffee GmbH
kind: organization
language: de
social: [{service: peppol, value: "9930:DE123456789"}]
payments:
  - {id: y-0000001, date: 2026-08-30, amount: 10.00, for: PAID, bounced: {at: 2026-09-25}}
  - {id: y-0000002, date: 2026-09-20, amount: 5.00, for: PAID}
purchases:
  - id: p-0000001
    kind: order
    number: N-1
    date: 2026-08-20
    lines: [{description: Beans, quantity: 3, unit_price: 12.35, tax_rate: 22}]
"""


@pytest.fixture
def office(shop: Path) -> Path:
    (shop / "crm.yaml").write_text(SETTINGS + "units: {sack: XSA}\n", encoding="utf-8")
    (shop / "rates.yaml").write_text("2026-01-01: {JPY: 160, KWD: 0.35}\n", encoding="utf-8")
    text = CUSTOMER.replace("PAID", number("paid")) + _purchases()
    (shop / "customers/kaffee.yaml").write_text(text, encoding="utf-8")
    return shop


def made(crm: Crm, office: Path, format: str, numbers: str = "") -> dict[str, bytes]:
    """Invoices and credit notes as files of a format, by number; without numbers all of them."""
    which = ["kind:invoice,credit_note", "customer:kaffee"]
    which += [f"number.is:{numbers}"] if numbers else []
    ok(crm("purchase", "render", *which, "--format", format, "--to", f"{office}/out/"))
    files = sorted((office / "out").iterdir())
    return {one.stem.rpartition("note-")[2].removeprefix("invoice-"): one.read_bytes()
            for one in files}  # fmt: skip


def value(data: bytes, name: str) -> str:
    found = re.search(rb"<(?:\w+:)?%s\b[^>]*>([^<]*)<" % name.encode(), data)
    return found[1].decode() if found else ""


@needs_standard
def test_ubl_is_valid_in_every_category_and_currency(crm: Crm, office: Path) -> None:
    files = made(crm, office, "ubl")
    assert len(files) == len(MADE) + len(CREDITED)
    assert {name: found for name, data in files.items() if (found := faults(data))} == {}
    # The check sees what is wrong: 95 is no amount of these lines.
    broken = files[number("Z")].replace(b"37.05", b"95.00", 1)
    assert any("BR-" in one for one in faults(broken))


@pytest.mark.usefixtures("office")
def test_instalments_come_to_what_is_payable(crm: Crm) -> None:
    for part in ("2.60", "30"):
        paid = crm("payment", "add", number("instalments"), part, "--date", "2026-08-01")
        assert paid.code == 0, paid.err
    data = ok(crm("invoice", "render", number("instalments"), "--format", "ubl")).encode()
    payable = Decimal(value(data, "PayableAmount"))
    parts = [one.partition(": ")[2].split()[0] for one in value(data, "Note").splitlines()]
    assert sum(map(Decimal, parts)) == payable < Decimal("45.20")


def test_the_amounts_of_an_invoice_are_those_of_the_record(crm: Crm, office: Path) -> None:
    def of(name: str, *keys: str) -> list[str]:
        data = ok(crm("invoice", "render", number(name), "--format", "ubl")).encode()
        return [value(data, key) for key in keys]

    # 3 × 12.35 less 12.5 %, 1.5 × 0.333, 4.90 and a tenth: each line rounded, then the sum.
    assert of("S", "LineExtensionAmount", "TaxAmount", "TaxInclusiveAmount") == [
        "38.31", "8.37", "46.68"
    ]  # fmt: skip
    # What was paid up to its day is taken off, what came later is not: the bytes stay the same.
    assert of("paid", "TaxInclusiveAmount", "PrepaidAmount", "PayableAmount") == [
        "45.20", "10.00", "35.20"
    ]  # fmt: skip
    # People read the same in the document.
    text = ok(crm("invoice", "render", number("paid"))).replace("\u00a0", " ")
    for label, amount in (("Gesamtbetrag", "45,20 EUR"), ("Bereits bezahlt", "−10,00"),
                          ("Offener Betrag", "35,20 EUR")):  # fmt: skip
        assert any(
            line.startswith(label) and line.endswith(f" {amount}") for line in text.splitlines()
        ), text
    assert "Bereits bezahlt" not in ok(crm("invoice", "render", number("S")))
    assert of("instalments", "DueDate", "Note") == [
        "2026-10-01", "2026-10-01: 22.60 EUR\n2026-11-01: 22.60 EUR"
    ]  # fmt: skip
    assert of("deposit", "InvoiceTypeCode") == ["386"]
    assert of("JPY", "TaxInclusiveAmount") == ["5442"]
    assert of("K", "ActualDeliveryDate", "TaxExemptionReasonCode") == [
        "2026-09-01", "VATEX-EU-IC"
    ]  # fmt: skip
    assert of("E", "TaxExemptionReason") == ["Small business; Medical care"]


def test_tax_that_the_standard_does_not_take_is_made_up_for_by_rounding(
    crm: Crm, office: Path
) -> None:
    # Rounded line by line, 300 times 0.004 is nothing; of the sum it is 1.20.
    lines = "      - {description: Pin, quantity: 1, unit_price: 0.04, tax_rate: 10}\n" * 300
    text = f"""name: Pins GmbH
purchases:
  - id: p-3000001
    kind: invoice
    number: P-1
    date: 2026-09-01
    {BUYER}
    lines:
{lines}"""
    (office / "customers/pins.yaml").write_text(text, encoding="utf-8")
    (office / "crm.yaml").write_text(SETTINGS + "rounding: line\n", encoding="utf-8")
    data = ok(crm("invoice", "render", "P-1", "--format", "ubl")).encode()
    keys = ("TaxAmount", "TaxInclusiveAmount", "PayableRoundingAmount", "PayableAmount")
    assert [value(data, key) for key in keys] == ["1.20", "13.20", "-1.20", "12.00"]


def test_a_price_of_money_without_decimals_comes_to_its_net(crm: Crm, office: Path) -> None:
    # 7 × 333 yen with 10 % of tax in them: 2,119 without. Its net price is not 302.73.
    data = ok(crm("invoice", "render", number("JPY"), "--format", "ubl")).encode()
    prices = re.findall(rb"PriceAmount c[^>]*>([^<]+)<", data)
    nets = re.findall(rb"InvoicedQuantity u[^>]*>([^<]+)<[^>]*>\s*<cbc:Line[^>]*>([^<]+)<", data)
    for price, (quantity, net) in zip(prices, nets, strict=True):
        assert abs(Decimal(price.decode()) * Decimal(quantity.decode())
                   - Decimal(net.decode())) <= Decimal("0.02")  # fmt: skip


def test_a_credit_note_is_one_of_its_own(crm: Crm, office: Path) -> None:
    data = ok(crm("purchase", "render", "C-1", "--format", "ubl")).encode()
    assert b"<CreditNote\n" in data and value(data, "CreditNoteTypeCode") == "381"
    assert value(data, "PayableAmount") == "46.68" and b"PaymentMeans>" not in data
    assert value(data, "Note").endswith(number("S"))


def test_a_file_of_that_ending_is_an_e_invoice_and_always_the_same(
    crm: Crm, office: Path
) -> None:
    for name in ("a.xml", "b.xml"):
        ok(crm("invoice", "render", number("S"), "--to", str(office / name)))
    first = (office / "a.xml").read_bytes()
    assert first == (office / "b.xml").read_bytes() and first.startswith(b"<?xml")
    # The buyer is whom it was billed to, whatever the customer is called today.
    text = (office / "customers/kaffee.yaml").read_text(encoding="utf-8")
    renamed = text.replace("name: Kaffee GmbH\nkind", "name: Tee AG\nemail: a@tee.example\nkind")
    (office / "customers/kaffee.yaml").write_text(renamed, encoding="utf-8")
    ok(crm("invoice", "render", number("S"), "--to", str(office / "c.xml")))
    assert (office / "c.xml").read_bytes() == first


def test_units_are_those_of_the_settings_then_known_ones(crm: Crm, office: Path) -> None:
    kept = (office / "customers/kaffee.yaml").read_text(encoding="utf-8")
    for unit, code in (("sack", "XSA"), ("kg", "KGM"), ("XBG", "XBG"), ("crate", "")):
        text = kept.replace("unit: kg", f"unit: {unit}")
        (office / "customers/kaffee.yaml").write_text(text, encoding="utf-8")
        run = crm("invoice", "render", number("Z"), "--format", "ubl")
        if code:
            assert f'unitCode="{code}"' in ok(run)
        else:
            assert run.code == 6 and "units.crate in crm.yaml" in run.err
            assert "crm config set units.crate=" in run.err
            ok(crm("config", "set", "units.crate=XCR"))
            assert 'unitCode="XCR"' in ok(crm("invoice", "render", number("Z"), "--to", "-",
                                              "--format", "ubl"))  # fmt: skip


WRONG = {
    "tax_category: E, tax_reason: ''": "lines.1.tax_reason",
    "tax_category: AE, tax_rate: 22": "lines.1.tax_rate",
    "tax_category: S, tax_rate: 0": "lines.1.tax_rate",
    "tax_rate: 22, unit_price: 0.005, quantity: 1": "",
}


@pytest.mark.parametrize("line", WRONG)
def test_what_the_standard_wants_is_named_by_our_fields(crm: Crm, office: Path, line: str) -> None:
    text = CUSTOMER.replace("PAID", "N-1") + f"""  - id: p-1
    kind: invoice
    number: W-1
    date: 2026-09-01
    {BUYER}
    lines: [{{description: Beans, {'' if 'unit_price' in line else 'unit_price: 1, '}{line}}}]
"""
    (office / "customers/kaffee.yaml").write_text(text, encoding="utf-8")
    run = crm("invoice", "render", "W-1", "--format", "ubl")
    assert (run.code == 6) == bool(WRONG[line]), run.err
    if WRONG[line]:
        assert f"crm set W-1 {WRONG[line]}=" in run.err


def test_an_amount_alone_is_made_a_line_by_the_command_that_is_named(
    crm: Crm, office: Path
) -> None:
    text = CUSTOMER.replace("PAID", "N-1") + f"""  - id: p-1000001
    kind: invoice
    number: W-1
    date: 2026-09-01
    {BUYER}
    amount: 100
    text: Advice
"""
    (office / "customers/kaffee.yaml").write_text(text, encoding="utf-8")
    run = crm("invoice", "render", "W-1", "--format", "ubl")
    found = re.search(r"crm (set W-1 amount= lines\+=TEXT:1:100.00 lines.1.tax_rate=)…", run.err)
    assert run.code == 6 and found is not None, run.err
    ok(crm(*found[1].replace("TEXT", "Advice").split()[:-1], "lines.1.tax_rate=22"))
    assert value(ok(crm("invoice", "render", "W-1", "--format", "ubl")).encode(),
                 "PayableAmount") == "122.00"  # fmt: skip


def test_factur_x_is_kept_of_what_was_sent(crm: Crm, office: Path) -> None:
    pytest.importorskip("pikepdf")
    pytest.importorskip("typst")
    ok(crm("config", "set", "documents.keep=facturx"))
    ok(crm("invoice", "sent", number("S"), "--date", "2026-09-01"))
    (kept,) = (office / "documents/2026").iterdir()
    assert b"factur-x.xml" in kept.read_bytes()


def test_three_decimals_are_refused_since_the_standard_has_two(crm: Crm, office: Path) -> None:
    text = (office / "customers/kaffee.yaml").read_text(encoding="utf-8")
    text = text.replace("unit_price: 2.5000", "unit_price: 2.5010")
    (office / "customers/kaffee.yaml").write_text(text, encoding="utf-8")
    run = crm("invoice", "render", number("KWD"), "--format", "ubl")
    assert run.code == 6 and "at most two decimals" in run.err


def test_only_posted_invoices_are_e_invoices(crm: Crm, office: Path) -> None:
    run = crm("order", "render", "N-1", "--format", "ubl")
    assert run.code == 2 and "an order is no e-invoice" in run.err
    run = crm("invoice", "render", number("S"), "--format", "ubl", "--draft")
    assert run.code == 2 and "no draft" in run.err
    ok(crm("set", number("S"), "status=draft"))
    run = crm("invoice", "render", number("S"), "--format", "ubl")
    assert run.code == 2 and "is a draft" in run.err


@needs_standard
def test_what_peppol_wants_beside_the_standard(crm: Crm, office: Path) -> None:
    run = crm("invoice", "render", number("S"), "--format", "peppol")
    assert run.code == 6 and "R003" in run.err and "buyer_reference" in run.err
    ok(crm("set", number("S"), "buyer_reference=PO-7"))
    assert re.search("Ihr Zeichen +PO-7", ok(crm("invoice", "render", number("S"))))
    data = ok(crm("invoice", "render", number("S"), "--format", "peppol")).encode()
    assert faults(data) == []
    assert value(data, "BuyerReference") == "PO-7" and value(data, "ProfileID")
    assert b'<cbc:EndpointID schemeID="9949">SI12345678<' in data
    assert b'<cbc:EndpointID schemeID="9930">DE123456789<' in data
    # An order of ours will do, too.
    data = ok(crm("invoice", "render", number("final"), "--format", "peppol")).encode()
    assert value(data, "SalesOrderID") == "N-1"


@pytest.mark.parametrize(
    ("endpoint", "rule"),
    [("0088:7300010000001", ""), ("0088:7300010000002", "COMMON"), ("1234:1", "CL008"),
     ("0192:974760673", ""), ("0208:0202239951", ""), ("0208:0202239952", "COMMON")],
)  # fmt: skip
def test_electronic_addresses_are_checked(
    crm: Crm, office: Path, endpoint: str, rule: str
) -> None:
    ok(crm("set", number("S"), "buyer_reference=PO-7"))
    ok(crm("config", "set", f"business.endpoint={endpoint}"))
    run = crm("invoice", "render", number("S"), "--format", "peppol")
    assert (run.code == 6 and rule in run.err) if rule else endpoint[5:] in ok(run)


@needs_standard
def test_factur_x_carries_a_valid_invoice_of_each_category(crm: Crm, office: Path) -> None:
    from io import BytesIO

    pikepdf = pytest.importorskip("pikepdf")
    pytest.importorskip("typst")
    files = made(crm, office, "facturx")
    found: dict[str, list[str]] = {}
    for name, data in files.items():
        with pikepdf.open(BytesIO(data)) as pdf:
            found[name] = faults(pdf.attachments["factur-x.xml"].get_file().read_bytes())
    assert len(found) == len(MADE) + len(CREDITED)
    assert {name: one for name, one in found.items() if one} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_factur_x_in_each_language(crm: Crm, office: Path, language: str) -> None:
    # PDF/A takes no page with a sign that the fonts do not have.
    pytest.importorskip("pikepdf")
    pytest.importorskip("typst")
    to = str(office / "a.pdf")
    ok(crm("invoice", "render", number("final"), "--format", "facturx", "--language", language,
           "--to", to))  # fmt: skip
    assert (office / "a.pdf").read_bytes().startswith(b"%PDF")


def test_factur_x_is_marked_as_such_and_holds_what_pdf_a_wants(crm: Crm, office: Path) -> None:
    from io import BytesIO

    pikepdf = pytest.importorskip("pikepdf")
    pytest.importorskip("typst")
    for name in ("a.pdf", "b.pdf"):
        to = str(office / name)
        ok(crm("invoice", "render", number("S"), "--format", "facturx", "--to", to))
    data = (office / "a.pdf").read_bytes()
    assert data == (office / "b.pdf").read_bytes()
    with pikepdf.open(BytesIO(data)) as pdf:
        (file,) = pdf.Root.AF
        assert file.AFRelationship == "/Alternative" and file.UF == "factur-x.xml"
        assert file.EF.F.Subtype == "/text/xml" and file.EF.F.Params.ModDate
        (intent,) = pdf.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1" and len(intent.DestOutputProfile.read_bytes()) > 100
        assert "/Filter" not in pdf.Root.Metadata
        meta = pdf.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("3", "B")
        space = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
        keys = ("DocumentFileName", "DocumentType", "Version", "ConformanceLevel")
        assert [meta[space + key] for key in keys] == [
            "factur-x.xml", "INVOICE", "1.0", "EN 16931"
        ]  # fmt: skip
        xmp = pdf.Root.Metadata.read_bytes().decode()
        assert all(f"<pdfaProperty:name>{key}<" in xmp for key in keys)
        fonts = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary)
                 and one.get("/Type") == "/FontDescriptor"]  # fmt: skip
        assert fonts and all(any(key in one for key in ("/FontFile2", "/FontFile3"))
                             for one in fonts)  # fmt: skip
        assert not pdf.is_encrypted and pdf.trailer.ID is not None
