"""Documents of records: rendered, checked as the law wants it, by templates of one's own."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from crm_cli.features.documents.gathering import of_purchase
from crm_cli.formats.documents.making import KINDS
from crm_cli.formats.documents.views import block
from crm_cli.formats.documents.words import words_of
from crm_cli.workspace import open_workspace
from tests.conftest import Crm, Run

SETTINGS = """\
business:
  name: Kava
  legal_name: Kava d.o.o.
  street: Slovenska cesta 2
  postcode: "1000"
  city: Ljubljana
  country: SI
  tax_id: SI12345678
  accounts:
    - SI56 0110 0600 0000 023
currency: EUR
country: SI
language: en
terms_days: 30
users:
  petra: {name: Petra Zajc, email: petra@kava.example}
"""
TINA = """\
name: Tina Kos
kind: person
given_name: Tina
language: sl
emails: [tina@example.com]
addresses:
  - {street: Pot 1, city: Koper, postcode: "6000", country: SI}
purchases:
  - id: p-0000001
    kind: order
    number: N-1
    date: 2026-08-20
    lines:
      - {product: towel, quantity: 10, unit_price: 10.00, tax_rate: 22}
  - id: p-0000002
    kind: invoice
    number: "2026-0101"
    date: 2026-08-21
    order: p-0000001
    deposit_of: p-0000001
    lines:
      - {description: Deposit, quantity: 1, unit_price: 30.00, tax_rate: 22}
  - id: p-0000003
    kind: invoice
    number: "2026-0102"
    date: 2026-09-01
    order: p-0000001
    lines:
      - {product: towel, quantity: 10, unit_price: 10.00, tax_rate: 22}
      - {description: Deposit, quantity: -1, unit_price: 30.00, tax_rate: 22}
  - id: p-0000004
    kind: credit_note
    number: D-1
    date: 2026-09-10
    corrects: "2026-0102"
    lines:
      - {product: towel, quantity: 2, unit_price: 10.00, tax_rate: 22}
  - id: p-0000005
    kind: invoice
    number: "2026-0103"
    date: 2026-09-12
    currency: JPY
    tax_included: true
    lines:
      - {description: Advice, quantity: 1.5, unit: hour, unit_price: 1220, tax_rate: 22}
  - id: p-0000006
    kind: invoice
    number: "2026-0104"
    date: 2026-09-12
    bill_to: {name: Tina of old, street: Old street 1, city: Maribor}
    instalments:
      - {due_date: 2026-10-01, percent: 50, text: Half}
      - {due_date: 2026-11-01, percent: 50}
    lines:
      - {description: "Advice *new*", quantity: 1, unit_price: 100}
"""


LETTERS = ("letter", "contract", "survey", "email", "sms")


@pytest.fixture
def office(shop: Path) -> Path:
    (shop / "crm.yaml").write_text(SETTINGS, encoding="utf-8")
    (shop / "products.yaml").write_text("towel: {name: Towel, price: 10}\n", encoding="utf-8")
    (shop / "rates.yaml").write_text("2026-01-01: {JPY: 160}\n", encoding="utf-8")
    (shop / "customers/tina-kos.yaml").write_text(TINA, encoding="utf-8")
    return shop


def ok(run: Run) -> str:
    assert run.code == 0, run.err
    return run.out


def test_an_invoice_is_in_the_language_of_the_customer(office: Path, crm: Crm) -> None:
    text = ok(crm("invoice", "render", "2026-0102"))
    assert "Račun 2026-0102" in text and "Kava d.o.o." in text and "6000 Koper" in text
    # The deposit is taken off: 10 x 10 - 30, and 22 % of it.
    assert "70,00" in text and "85,40\u00a0EUR" in text and "\u22121" in text
    assert "Invoice 2026-0102" in ok(crm("invoice", "render", "2026-0102", "--language", "en"))


def test_a_deposit_and_a_credit_note_are_called_so(office: Path, crm: Crm) -> None:
    deposit = ok(crm("invoice", "render", "2026-0101"))
    assert "Račun za predplačilo 2026-0101" in deposit and "N-1" in deposit
    credited = ok(crm("purchase", "render", "D-1"))
    assert "Dobropis D-1" in credited and "2026-0102" in credited
    assert "24,40\u00a0EUR" in credited and "\u2212" not in credited
    assert "IBAN" not in credited


def test_prices_with_tax_are_shown_so_and_add_up(office: Path, crm: Crm) -> None:
    """On an invoice beside those without, which the law asks for; a receipt has them alone."""
    path = office / "customers/tina-kos.yaml"
    lines = (
        "    date: 2026-09-13\n    tax_included: true\n    lines:\n"
        "      - {description: Repair, quantity: 2, unit_price: 39.99, tax_rate: 22}\n"
        "      - {description: Oil, unit_price: 5.0050, tax_rate: 9.5}\n"
    )
    path.write_text(
        f"{path.read_text()}  - id: p-0000007\n    kind: invoice\n    number: '2026-0105'\n{lines}"
        f"  - id: p-0000008\n    number: S-1\n{lines}"
    )
    text = ok(crm("invoice", "render", "2026-0105", "--language", "en"))
    assert "Price excl. VAT" in text and "Price incl. VAT" in text and "Amount incl. VAT" in text
    assert "39.99" in text and "79.98" in text and "32.78" in text and "32.77" not in text
    assert "84.99\u00a0EUR" in text  # 79.98 + 5.01
    receipt = ok(crm("purchase", "render", "S-1", "--language", "en"))
    assert "39.99" in receipt and "79.98" in receipt and "Price excl." not in receipt
    assert "32.78" not in receipt and "84.99\u00a0EUR" in receipt


def test_prices_with_tax_are_shown_without(office: Path, crm: Crm) -> None:
    text = ok(crm("invoice", "render", "2026-0103", "--language", "en"))
    # 1.5 x 1,220 yen with 22 % are 1,500 without, and the price of an hour is 1,000.
    assert "1.5\u00a0h" in text and "1,000" in text and "1,500" in text and "1,830\u00a0JPY" in text


def test_what_the_law_wants_is_asked_for(office: Path, crm: Crm) -> None:
    refused = crm("invoice", "render", "2026-0104")
    assert refused.code == 6 and refused.out == ""
    assert "lines.1.tax_rate" in refused.err and "--draft" in refused.err
    text = ok(crm("invoice", "render", "2026-0104", "--draft"))
    assert text.startswith("*** Osnutek ***")
    assert "Tina of old" in text and "Old street 1" in text and "Pot 1" not in text
    assert "Half" in text and "Advice *new*" in text and "50,00" in text
    (office / "crm.yaml").write_text("currency: EUR\n")
    refused = crm("invoice", "render", "2026-0102")
    assert refused.code == 6 and "business.tax_id in crm.yaml" in refused.err


def test_a_folder_gets_all_or_none(office: Path, crm: Crm, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    words = ("invoice", "render", "customer:tina-kos", "--format", "html", "--to", f"{folder}/")
    refused = crm(*words)
    assert refused.code == 6 and not folder.exists()
    done = crm(*words, "number:2026-0101,2026-0102,2026-0103")
    assert done.code == 0 and "3 files written" in done.err
    assert sorted(one.name for one in folder.iterdir()) == [
        "invoice-2026-0101.html", "invoice-2026-0102.html", "invoice-2026-0103.html",
    ]  # fmt: skip
    again = crm(*words, "number:2026-0101")
    assert again.code == 2 and "exists" in again.err
    several = crm("invoice", "render", "number:2026-0101,2026-0102", "--format", "pdf")
    assert several.code == 2 and "--to" in several.err


def test_numbers_that_are_alike_get_files_of_their_own(
    office: Path, crm: Crm, tmp_path: Path
) -> None:
    path = office / "customers/tina-kos.yaml"
    text = path.read_text().replace('"2026-0101"', '"7/1"').replace('"2026-0102"', '"7_1"')
    path.write_text(text.replace("2026-0103", "Š/1"))
    folder = tmp_path / "out"
    ok(crm("invoice", "render", "7/1", "7_1", "Š/1", "--to", f"{folder}/"))
    assert sorted(one.name for one in folder.iterdir()) == [
        "invoice-7_1-2.txt", "invoice-7_1.txt", "invoice-S_1.txt",
    ]  # fmt: skip


def test_a_statement_of_a_time_to_come_is_refused(office: Path, crm: Crm) -> None:
    refused = crm("statement", "tina-kos", "--period", "2027")
    assert refused.code == 2 and "begins after today" in refused.err


def test_a_pdf_is_written_as_its_name_says(office: Path, crm: Crm, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    ok(crm("invoice", "render", "2026-0102", "--to", str(file)))
    first = file.read_bytes()
    assert first.startswith(b"%PDF-")
    ok(crm("invoice", "render", "2026-0102", "--to", str(file), "--force", "--today", "2027-05-01"))
    assert file.read_bytes() == first


def test_a_delivery_note_has_no_prices(office: Path, crm: Crm) -> None:
    text = ok(crm("order", "render", "N-1", "--delivery-note"))
    assert "Dobavnica N-1" in text and "Towel" in text and "10,00" not in text
    # The order is billed in whole, and the document still is of all of it.
    assert "122,00\u00a0EUR" in ok(crm("order", "render", "N-1"))


def test_a_statement_has_the_figures_of_the_report(office: Path, crm: Crm) -> None:
    text = ok(crm("statement", "tina-kos", "--language", "en", "--period", "2026-09"))
    assert "Credit note D-1" in text and "Invoice 2026-0102" in text
    report = ok(crm("report", "statement", "tina-kos", "--period", "2026-09", "-o", "csv"))
    rows = list(csv.DictReader(io.StringIO(report)))
    assert {row["currency"] for row in rows} == {"EUR", "JPY"} and len(rows) == 8
    english = words_of("en")
    lines = [line.replace("\u00a0", " ").split() for line in text.splitlines()]
    for row in rows:
        figures = [english.amount(Decimal(row[key]), row["currency"])
                   for key in ("charged", "settled", "balance") if row[key]]  # fmt: skip
        day = english.day(date.fromisoformat(row["date"]))
        closing = row["what"] == "closing balance"
        wanted = ["Closing", "balance", *figures, row["currency"]] if closing else figures
        first = [] if closing else day.split()
        assert any(
            line[: len(first)] == first and line[-len(wanted) :] == wanted for line in lines
        ), row
    assert crm("statement", "nobody").code == 3


def test_a_reminder_names_what_is_late(office: Path, crm: Crm) -> None:
    text = ok(crm("dun", "render", "2026-0102", "--language", "en", "--today", "2026-10-15"))
    assert "Payment reminder" in text and "2026-0102" in text and "14" in text
    second = ok(crm("dun", "render", "2026-0102", "--level", "2", "--today", "2026-10-15"))
    assert "Drugi opomin" in second
    early = crm("dun", "render", "2026-0102", "--today", "2026-09-02")
    assert early.code == 2 and "is not late" in early.err
    assert crm("dun", "render", "tina-kos", "--today", "2026-09-02").code == 3


def test_own_templates_take_the_place_of_the_programs(office: Path, crm: Crm) -> None:
    said = crm("template", "new", "reminder.sl")
    assert said.code == 0, said.err
    path = office / "templates/reminder.sl.md"
    assert "kind: reminder" in path.read_text()
    ok(crm("template", "check"))
    path.write_text("---\nkind: reminder\nsubject: Plačaj!\n---\n{{ customer.given_name }}, "
                    "{{ document.payable }} do jutri. {{ email }}\n")  # fmt: skip
    text = ok(crm("dun", "render", "2026-0102", "--today", "2026-10-15"))
    # 85.40, of which the credit note took 24.40.
    assert "Plačaj!" in text and "Tina, 61,00\u00a0EUR do jutri. tina@example.com" in text
    english = ok(crm("dun", "render", "2026-0102", "--today", "2026-10-15", "--language", "en"))
    assert "Payment reminder" in english
    path.write_text("---\nkind: reminder\nstatus: draft\n---\nunfinished\n")
    assert "unfinished" not in ok(crm("dun", "render", "2026-0102", "--today", "2026-10-15"))
    again = crm("template", "new", "reminder.sl")
    assert again.code == 2 and "exists" in again.err


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("---\nkind: leter\n---\nx", 1, "did you mean letter"),
        ("---\nkind: letter\nstatus: old\n---\nx", 1, "there is no status 'old'"),
        ("---\nkind: letter\n---\n\nDear {{ customer.nmae }}", 5, "did you mean customer.name"),
        ("a\n{{ custmer.name }}", 2, "there is no field custmer.name"),
        ("a\n{{ words.label.dew }}", 2, "words.label.due"),
        ("a\n{% include 'x' %}", 2, "'include' is not for templates"),
        ("{{ x", 1, "unexpected end"),
        ("{{ 'a' * 10**10 }}", 1, "'pow' is not for templates"),
        ("{{ lastpurchase }}", 1, "last_purchase"),
        ("{% for one in lines %}{{ one.text }}{% endfor %}", 1, "did you mean document.lines?"),
    ],
)
def test_check_tells_what_is_wrong_and_where(
    office: Path, crm: Crm, text: str, line: int, message: str
) -> None:
    (office / "templates").mkdir()
    (office / "templates/mine.md").write_text(text)
    found = crm("template", "check")
    assert found.code == 1
    assert found.out.startswith(f"templates/mine.md:{line}:") and message in found.out
    assert crm("template", "check", "mine").out == found.out
    if "status" not in text:
        assert crm("letter", "tina-kos", "--template", "mine").code == 4


@pytest.mark.parametrize("name", ["../crm", "/etc/passwd", "a/../../crm", ".git/config", ".."])
def test_a_template_is_of_its_folder(office: Path, crm: Crm, name: str) -> None:
    for words in (("letter", "tina-kos", "--template", name), ("template", "show", name),
                  ("template", "new", name)):  # fmt: skip
        run = crm(*words)
        assert run.code in (2, 3), run
        assert "currency" not in run.out and "root:" not in run.out
    assert not (office.parent / "crm.md").exists()


def test_a_link_out_of_the_folder_is_not_followed(office: Path, crm: Crm, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("a secret")
    (office / "templates").mkdir()
    (office / "templates/mine.md").symlink_to(tmp_path / "secret.md")
    assert "a secret" not in crm("letter", "tina-kos", "--template", "mine").out
    logo = "  name: Kava\n  logo: ../secret.md\n"
    (office / "crm.yaml").write_text(SETTINGS.replace("  name: Kava\n", logo))
    shown = crm("invoice", "render", "2026-0102", "--format", "html")
    assert shown.code != 0 and "secret" not in shown.out


def test_a_letter_names_who_writes(office: Path, crm: Crm) -> None:
    text = ok(crm("letter", "tina-kos", "--as", "petra", "--date", "2026-10-02"))
    assert "Petra Zajc" in text and "2.\u00a010.\u00a02026" in text
    contract = ok(crm("letter", "tina-kos", "--template", "contract", "--purchase", "N-1"))
    assert "Pogodba o dobavi" in contract and "Towel" in contract


@pytest.mark.parametrize("kind", [one for one in KINDS if one not in LETTERS])
def test_a_letter_is_nothing_that_another_command_makes(office: Path, crm: Crm, kind: str) -> None:
    refused = crm("letter", "tina-kos", "--template", kind, "--purchase", "2026-0102")
    assert refused.code == 2 and refused.out == ""
    command = refused.err.split("crm ")[-1]
    command = command.replace("NAME", kind).replace("WHO", "tina-kos")
    number = {"order": "N-1", "delivery_note": "N-1", "credit_note": "D-1"}.get(kind, "2026-0102")
    ok(crm(*command.replace("NUMBER", number).split()))


def test_nor_is_a_message_about_that(office: Path, crm: Crm) -> None:
    """As a letter an e-mail about an invoice would have another day, and nothing to pay."""
    for words, name in ((("--purchase", "2026-0102"), "invoice-mail"), ((), "reminder-sms")):
        refused = crm("letter", "tina-kos", "--template", name, *words)
        assert refused.code == 2 and " render NUMBER --template NAME" in refused.err
    sms = ok(crm("dun", "render", "2026-0102", "--template", "reminder-sms", "--today",
                 "2026-10-15"))  # fmt: skip
    assert "61,00" in sms


def test_what_an_own_template_is_about_is_declared(office: Path, crm: Crm) -> None:
    (office / "templates").mkdir()
    path = office / "templates/nudge.md"
    words = ("template", "render", "nudge", "tina-kos", "--today", "2026-10-15")
    path.write_text("---\nkind: sms\nof: reminder\n---\n{{ document.payable|default('?') }}\n")
    # 2026-0101 with 36.60, 2026-0102 with 61 and the first half of 2026-0104.
    assert ok(crm(*words)) == "147.60\u00a0EUR\n".replace(".", ",")
    path.rename(office / "templates/reminder-nudge.md")
    again = path.with_name("reminder-nudge.md")
    again.write_text("---\nkind: sms\n---\n{{ document.payable|default('?') }}\n")
    assert ok(crm("template", "render", "reminder-nudge", *words[3:])) == "?\n"
    again.write_text("---\nkind: sms\nof: remainder\n---\nx")
    assert "did you mean reminder" in crm("template", "check").out


@pytest.mark.parametrize(
    "words",
    [("--to", "OUT/a.pdf"), ("--to", "OUT/a.html"), ("--format", "pdf"), ("--format", "html"),
     ("--format", "html", "--to", "OUT/")],
)  # fmt: skip
@pytest.mark.parametrize("name", ["invoice-mail", "reminder-sms"])
def test_a_message_is_no_page(
    office: Path, crm: Crm, tmp_path: Path, name: str, words: tuple[str, ...]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    made = [word.replace("OUT", str(out)) for word in words]
    refused = crm("invoice", "render", "2026-0102", "--template", name, *made)
    assert refused.code == 2 and "which is text" in refused.err and refused.out == ""
    assert list(out.iterdir()) == []
    ok(crm("invoice", "render", "2026-0102", "--template", name, "--to", str(out / "a.txt")))
    assert (out / "a.txt").read_text().strip()


def test_no_label_is_made_for_the_dead_and_who_wants_no_letter(crm: Crm, shop: Path) -> None:
    for id, more in (
        ("ida", "anniversaries: [{kind: death, date: 2026-05-20}]"),
        ("eva", "do_not_contact: yes"),
        ("tom", ""),
    ):
        (shop / f"customers/{id}.yaml").write_text(
            f"name: {id.title()} Moll\ntags: post\naddresses:\n  - {{street: A 1, city: Ulm}}\n"
            f"{more}\n"
        )
    run = crm("labels", "+post", "--format", "text")
    assert "Tom Moll" in run.out and "Ida" not in run.out and "Eva" not in run.out
    assert "left out: 2 customers" in run.err and "deceased" in run.err and "ida" in run.err
    run = crm("letter", "ida", "--format", "text")
    assert "who is to get none: deceased" in run.err


def test_labels_are_of_those_who_have_an_address(
    office: Path, crm: Crm, tmp_path: Path
) -> None:
    run = crm("labels", "tina", "--sort", "name")
    assert run.out == "Tina Kos\nPot 1\n6000 Koper\n"
    assert crm("labels", "--sheet", "0x8").code == 2
    file = tmp_path / "labels.html"
    for terms in ("city:Nowhere", "id.is:jan-vidmar"):
        refused = crm("labels", terms, "--to", str(file))
        assert refused.code == 3 and "no label" in refused.err and not file.exists()
    assert "no address: jan-vidmar" in refused.err
    assert '<div dir="auto">Tina Kos<br>' in ok(crm("labels", "tina", "--format", "html"))


def test_an_sms_and_a_mail_are_plain_text(office: Path, crm: Crm) -> None:
    words = ("template", "render", "invoice-mail", "tina-kos", "--purchase", "2026-0102")
    mail = ok(crm(*words))
    assert mail.startswith("Račun 2026-0102\n\nSpoštovani") and "85,40" in mail
    sms = ok(crm("template", "render", "reminder-sms", "tina-kos", "--today", "2026-10-15"))
    assert sms.count("\n") == 1 and "Kava d.o.o." in sms


def test_what_is_to_be_paid_next_is_of_the_record(office: Path) -> None:
    path = office / "customers/tina-kos.yaml"
    path.write_text(
        path.read_text(encoding="utf-8")
        + "payments: [{id: v-0000001, date: 2026-09-20, amount: 60, for: p-0000006}]\n"
    )
    workspace = open_workspace(directory=office)
    found = {one.id: of_purchase(workspace, one)
             for one in workspace.record("tina-kos").items("purchases")}  # fmt: skip
    assert found["p-0000006"].next_payment == (Decimal(40), date(2026, 11, 1))
    # Of 85.40 the credit note took 24.40.
    assert found["p-0000003"].next_payment[0] == Decimal("61.00")
    path.write_text(path.read_text().replace("    date: 2026-09-01", "    date: 2026-09-01\n"
                                             "    status: cancelled"))  # fmt: skip
    again = open_workspace(directory=office).document("tina-kos").find("p-0000003")
    paper = of_purchase(workspace, again)
    assert paper.status == "cancelled" and not paper.next_payment[0]
    assert list(block("payment", paper, words_of("sl"))) == []


def test_a_paper_has_what_an_invoice_for_machines_needs(office: Path) -> None:
    workspace = open_workspace(directory=office)
    invoice = workspace.document("tina-kos").find("p-0000003")
    paper = of_purchase(workspace, invoice)
    assert [(one.category, one.rate, one.base, one.tax) for one in paper.taxes] == [
        ("S", Decimal(22), Decimal(70), Decimal("15.40"))
    ]
    assert paper.order == "N-1" and paper.gross == paper.net + paper.tax
    assert [one.quantity for one in paper.lines] == [10, -1]
    assert paper.due is not None and paper.accounts[0].iban == "SI56011006000000023"
