"""`crm books`: one archive of a month, the same for the same records."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

from tests.conftest import Crm

BOUGHT = """\
  - {kind: invoice, number: "2026-0001", date: 2026-10-05, due_date: 2026-10-20, amount: 40}
  - {kind: credit_note, number: "D/1", date: 2026-10-31, amount: 4, corrects: "2026-0001"}
  - {kind: invoice, number: "2026-0002", date: 2026-10-06, amount: 9, status: cancelled}
  - {kind: invoice, date: 2026-10-06, amount: 9, status: draft}
  - {kind: invoice, number: "2026-0000", date: 2026-09-30, amount: 7}
"""


@pytest.fixture
def october(shop: Path) -> None:
    path = shop / "customers" / "jan-vidmar.yaml"
    text = path.read_text(encoding="utf-8")
    assert "purchases:" not in text
    path.write_text(f"{text}purchases:\n{BOUGHT}payments: [{{date: 2026-11-02, amount: 36}}]\n")


def books(crm: Crm, path: Path, *words: str) -> dict[str, str]:
    run = crm("books", "2026-10", "--to", path, "--force", *words)
    assert run.code == 0, run.err
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.usefixtures("october")
def test_what_is_in_the_archive(crm: Crm, tmp_path: Path) -> None:
    files = books(crm, tmp_path / "oct.zip")
    assert [name for name in files if "/" in name] == [
        "credit-notes/D_1.txt", "invoices/2026-0001.txt", "invoices/2026-0002.txt",
    ]  # fmt: skip
    assert set(files) > {
        "purchases.csv", "payments.csv", "tax.csv", "tax-by-customer.csv", "tax-paid.csv",
        "aging.csv", "statements.csv", "bank-open.csv", "ledger.journal",
    }  # fmt: skip
    invoice = files["invoices/2026-0001.txt"].replace("\u00a0", " ")
    assert "Invoice 2026-0001" in invoice and "20 October 2026" in invoice
    assert files["invoices/2026-0002.txt"].startswith("*** Cancelled ***")
    numbers = [row["number"] for row in csv.DictReader(io.StringIO(files["purchases.csv"]))]
    assert sorted(numbers) == ["2026-0001", "2026-0002", "D/1"]
    # At the end of October the payment of November has not come.
    (aged,) = csv.DictReader(io.StringIO(files["aging.csv"]))
    assert (aged["customer"], aged["total"]) == ("jan-vidmar", "43.00")
    assert "2026-11-02" not in files["payments.csv"]
    assert "2026-09-30" not in files["ledger.journal"]


@pytest.mark.usefixtures("october")
def test_the_same_records_give_the_same_bytes(crm: Crm, tmp_path: Path) -> None:
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    books(crm, first)
    books(crm, second, "--today", "2027-05-01")
    assert first.read_bytes() == second.read_bytes()
    assert crm("books", "2026-10", "--to", first).code == 2, "it is there"
    assert crm("log", "jan-vidmar", "Rang").code == 0
    books(crm, second)
    assert first.read_bytes() == second.read_bytes()
    assert crm("purchase", "add", "jan-vidmar", "--amount", "1", "--date", "2026-10-07").code == 0
    books(crm, second)
    assert first.read_bytes() != second.read_bytes()


def test_months_that_are_none(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    for words in (("2026-12",), ("..2026-10",), ("2026-10..",), ("soon",), ()):
        run = crm("books", *words, "--to", path)
        assert run.code == 2 and not path.exists(), (words, run)
    run = crm("books", "2026-11", "--to", path)
    assert run.code == 0 and "is not over" in run.err
    assert "closed_until" not in run.err
    closing = crm("books", "2026-10", "--to", path, "--force")
    assert "crm config set closed_until=2026-10-31" in closing.err


def test_books_are_whole_or_there_are_none(crm: Crm, shop: Path, tmp_path: Path) -> None:
    (shop / "customers/broken.yaml").write_text("name: [\n")
    run = crm("books", "2026-10", "--to", tmp_path / "x.zip")
    assert run.code == 4 and "nothing was written" in run.err
    assert not (tmp_path / "x.zip").exists()
