"""Documents that were sent: noted, kept where wanted, and told when they change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Crm
from tests.features.test_documents import SETTINGS, office, ok

__all__ = ["office"]
RECORD = "customers/tina-kos.yaml"
UNCHANGED = (
    ("2, unit_price: 10.00, tax_rate: 22}", "2.0, unit_price: 10, tax_rate: 22%}"),
    ("city: Koper", "city: Izola"),
    ("name: Tina Kos", "name: Tina Zorko"),
)  # fmt: skip


def changed(crm: Crm) -> bool:
    return "was changed after it was sent on 2026-11-20" in crm("check").out


def test_an_invoice_that_is_changed_after_it_was_sent_is_told(office: Path, crm: Crm) -> None:
    ok(crm("invoice", "sent", "2026-0102"))
    assert not changed(crm)
    text = (office / RECORD).read_text()
    # Whom it is billed to is written down, if it was not: the customer may move.
    assert "digest:" in text and "name: Tina Kos" in text.split('"2026-0102"')[1]
    ok(crm("set", "2026-0102", "due_date=2026-12-24"))
    assert changed(crm)
    shown = ok(crm("invoice", "show", "2026-0102"))
    assert "changed" in shown.split("Documents")[1] and "yes" in shown.split("Documents")[1]
    refused = crm("invoice", "sent", "2026-0102")
    assert refused.code == 6 and "crm invoice correct" in refused.err
    ok(crm("undo"))
    assert not changed(crm)
    again = crm("invoice", "sent", "2026-0102")
    assert again.code == 0 and "sent already" in again.err


@pytest.mark.parametrize(("before", "after"), UNCHANGED)
def test_how_it_is_written_is_no_change(
    office: Path, crm: Crm, before: str, after: str
) -> None:
    ok(crm("purchase", "sent", "D-1"))
    path = office / RECORD
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    assert not changed(crm)


@pytest.mark.parametrize(
    ("before", "after"),
    [("quantity: 2, unit_price: 10.00", "quantity: 2, unit_price: 11.00"),
     ("number: D-1", "number: D-2"), ('corrects: "2026-0102"', 'corrects: "2026-0101"'),
     ("date: 2026-09-10", "date: 2026-09-11"), ("towel, quantity: 2", "towel, quantity: 3")],
)  # fmt: skip
def test_what_it_says_is(office: Path, crm: Crm, before: str, after: str) -> None:
    ok(crm("purchase", "sent", "D-1"))
    path = office / RECORD
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
    assert changed(crm)


def test_the_document_is_kept_where_that_is_wanted(office: Path, crm: Crm) -> None:
    (office / "crm.yaml").write_text(f"{SETTINGS}documents: {{keep: pdf}}\n", encoding="utf-8")
    ok(crm("invoice", "sent", "2026-0101", "2026-0102", "--yes"))
    kept = office / "documents/2026/invoice-2026-0102.pdf"
    assert kept.read_bytes().startswith(b"%PDF-")
    assert "file: documents/2026/invoice-2026-0102.pdf" in (office / RECORD).read_text()
    ok(crm("undo"))
    assert not kept.exists()


def test_each_file_that_is_kept_has_a_name_of_its_own(office: Path, crm: Crm) -> None:
    (office / "crm.yaml").write_text(f"{SETTINGS}documents: {{keep: text}}\n", encoding="utf-8")
    path = office / RECORD
    text = path.read_text().replace('"2026-0101"', '"7/1"').replace('"2026-0102"', '"7_1"')
    path.write_text(text)
    ok(crm("invoice", "sent", "7/1", "7_1", "--yes"))
    for _ in range(2):
        ok(crm("invoice", "sent", "7/1", "--force"))
    kept = office / "documents/2026"
    names = ["invoice-7_1-2.txt", "invoice-7_1-3.txt", "invoice-7_1-4.txt", "invoice-7_1.txt"]
    assert sorted(one.name for one in kept.iterdir()) == names
    assert all(f"file: documents/2026/{name}" in path.read_text() for name in names)


def test_a_draft_is_not_sent_and_the_law_is_asked(office: Path, crm: Crm) -> None:
    assert crm("invoice", "sent", "2026-0104").code == 6
    ok(crm("invoice", "sent", "2026-0104", "--force"))
    ok(crm("invoice", "add", "tina-kos", "--line", ":Advice:1:5", "--tax", "22", "--draft"))
    draft = crm("invoice", "list", "is:draft", "-o", "ids").out.strip()
    refused = crm("invoice", "sent", draft)
    assert refused.code == 6 and "is a draft" in refused.err
    assert crm("invoice", "sent", "2026-0101", "--date", "2027-01-01").code == 2


def test_a_quote_that_was_sent_is_noted_too(office: Path, crm: Crm) -> None:
    ok(crm("quote", "add", "tina-kos", "--line", ":Advice:1:5", "--number", "Q-1"))
    ok(crm("quote", "sent", "Q-1"))
    assert not changed(crm)
    ok(crm("quote", "accept", "Q-1"))
    assert not changed(crm)
    ok(crm("set", "Q-1", "valid_until=2026-12-31"))
    assert changed(crm)
