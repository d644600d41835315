"""`crm export ledger`: accepted by hledger and beancount, and its receivables are the balances."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from crm_cli.features.exporting import export, export_ledger
from crm_cli.formats.ledger import PROGRAMS
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.ledger import Missing, transactions
from crm_cli.model.ledger_accounts import fault, parts_of
from crm_cli.workspace import Workspace
from tests.shares import examples

from .reporting import of_files, opened, rows, table
from .test_dso import BOOKS

CHECKS = {
    "hledger": ("hledger", "-f", "{file}", "check", "--strict"),
    "beancount": ("bean-check", "{file}"),
}
HOSTILE = 'Ana; "Novak" \\ | (x)\u202e\n    Assets:Bank  1 EUR'
SHOP = {
    "crm.yaml": 'business: {name: "Shop; of = things"}\ncurrency: EUR\n'
    "ledger: {receivable: Assets:Debtors}\n",
    "rates.yaml": "2026-01-01: {USD: 1.25}\n2026-06-01: {USD: 1.00}\n",
    "customers/ana.yaml": f"name: {HOSTILE!r}\n".replace("\\n", " ") + """\
purchases:
  - kind: invoice
    number: "A1)(;"
    date: 2026-03-01
    lines:
      - {description: Beans, unit_price: 10.05, tax_rate: 22}
      - {description: Book, unit_price: 20, tax_rate: 9.5}
      - {description: Gift, unit_price: 1}
  - {kind: invoice, number: A2, date: 2026-03-05, amount: 100, currency: USD}
  - {kind: credit_note, number: A3, date: 2026-03-06, amount: 6, corrects: "A1)(;"}
  - {kind: order, number: A4, date: 2026-03-06, amount: 500}
  - {kind: sale, date: 2026-03-07, amount: 9}
  - {kind: invoice, number: A5, date: 2026-12-01, amount: 999}
payments:
  - {date: 2026-03-10, amount: 12.26, for: "A1)(;"}
  - {date: 2026-06-10, amount: 60, currency: USD, for: A2}
  - {date: 2026-03-12, amount: 40, for: A4}
  - {date: 2026-03-13, amount: 2, method: write_off}
  - {date: 2026-03-14, amount: 7, method: cheque, bounced: {at: 2026-04-01, fee: 3}}
  - {date: 2026-04-02, amount: 1.5, direction: refund}
""",
    "customers/a.b.yaml": "name: B\npayments: [{date: 2026-02-01, amount: 8}]\n",
    "customers/a-b.yaml": "name: C\npayments: [{date: 2026-02-01, amount: 9, method: cash}]\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    with of_files(tmp_path, SHOP) as workspace:
        yield workspace


def journal(workspace: Workspace, program: str, **asked: Any) -> str:
    exported, problems = export_ledger(workspace, format=program, **asked)
    assert not problems
    return "".join(exported.pieces)


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_program_accepts_it(shop: Workspace, tmp_path: Path, program: str) -> None:
    text = journal(shop, program)
    assert text == journal(shop, program)
    command = CHECKS[program]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    file = tmp_path / f"shop{PROGRAMS[program][0]}"
    file.write_text(text, encoding="utf-8")
    words = [word.replace("{file}", str(file)) for word in command]
    checked = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)
    assert checked.returncode == 0 and not checked.stderr, checked.stderr


def test_receivables_in_hledger_are_those_of_aging(shop: Workspace, tmp_path: Path) -> None:
    if shutil.which("hledger") is None:
        pytest.skip("hledger is not installed")
    file = tmp_path / "shop.journal"
    file.write_text(journal(shop, "hledger"), encoding="utf-8")
    words = ["hledger", "-f", str(file), "balance", "Debtors", "-O", "csv", "--no-total"]
    told = subprocess.run(words, capture_output=True, encoding="utf-8", check=True).stdout
    held = {line.split(",")[0].strip('"').rpartition(":")[2]: line.split(",")[1].strip('"')
            for line in told.splitlines()[1:]}  # fmt: skip
    aged = {customer: f"{total} EUR" for customer, total in
            rows(table(shop, "aging"), "customer", "total")}  # fmt: skip
    names = parts_of(("a.b", "a-b", "ana"))
    assert held == {names[customer]: total for customer, total in aged.items()}


def test_what_each_transaction_books(shop: Workspace) -> None:
    # 100 USD at 1.25 are 80; the 60 USD paid are 60 at 1.00, and settle 48 of them: 12 gained.
    made = transactions(shop.record("ana"), shop.business)
    found = {
        (one.said, one.day): {
            (posting.account, posting.part): str(posting.amount) for posting in one.postings
        }
        for one in made
    }
    assert found["invoice", date(2026, 3, 1)] == {
        ("receivable", ""): "35.16", ("income", ""): "-31.05",
        ("tax", "22"): "-2.21", ("tax", "9.5"): "-1.90",
    }  # fmt: skip
    assert found["payment", date(2026, 6, 10)] == {
        ("bank", ""): "60.00", ("receivable", ""): "-48.00", ("exchange", ""): "-12.00",
    }  # fmt: skip
    assert found["payment", date(2026, 3, 12)] == {
        ("bank", ""): "40.00", ("prepaid", ""): "-40.00",
    }  # fmt: skip
    assert found["sale", date(2026, 3, 7)] == {("cash", ""): "9.00", ("income", ""): "-9.00"}
    assert found["written off", date(2026, 3, 13)] == {
        ("write_off", ""): "2.00", ("receivable", ""): "-2.00",
    }  # fmt: skip
    assert found["returned", date(2026, 4, 1)] == {
        ("bank", ""): "-10.00", ("receivable", ""): "7.00", ("fees", ""): "3.00",
    }  # fmt: skip
    assert not any(one.code == "A5" for one in made)


def test_payments_of_sales_say_how_the_money_came(tmp_path: Path) -> None:
    files = {
        "crm.yaml": "currency: EUR\nledger: {credit_card: 'Assets:Cards'}\n",
        "customers/ana.yaml": """\
name: Ana
purchases:
  - {kind: sale, number: S1, date: 2026-03-01, amount: 10}
  - {kind: sale, number: S2, date: 2026-03-01, amount: 20}
  - {kind: sale, number: S3, date: 2026-03-01, amount: 30}
  - {kind: sale, number: S4, date: 2026-03-01, amount: 40}
  - {kind: invoice, number: A1, date: 2026-03-01, amount: 50}
payments:
  - {date: 2026-03-02, amount: 10, for: S1, method: credit_card}
  - {date: 2026-03-03, amount: 20, for: S2, method: online}
  - {date: 2026-03-04, amount: 30, for: S3, method: cash}
  - {date: 2026-03-05, amount: 40, for: S4}
  - {date: 2026-03-06, amount: 50, for: A1, method: credit_card}
""",
    }
    with of_files(tmp_path, files) as workspace:
        made = transactions(workspace.record("ana"), workspace.business)
        moved = {
            one.day and one.day.day: {each.account: str(each.amount) for each in one.postings}
            for one in made if one.said == "payment"
        }  # fmt: skip
        assert moved == {
            2: {"credit_card": "10.00", "cash": "-10.00"}, 3: {"bank": "20.00", "cash": "-20.00"},
            4: {}, 5: {}, 6: {"credit_card": "50.00", "receivable": "-50.00"},
        }  # fmt: skip
        text = journal(workspace, "hledger")
    assert "Assets:Cards" in text and text.count("account Assets:Cards") == 1


@examples(30, soak=480)
@given(customers=BOOKS)
def test_receivables_are_the_balance_and_transactions_come_to_nothing(
    customers: list[dict[str, Any]],
) -> None:
    with opened(customers) as (workspace, _):
        for (id,) in workspace.select(CUSTOMER, cols="id").rows:
            record = workspace.record(id)
            balance = record.derived["balance"]
            try:
                made = transactions(record, workspace.business)
            except Missing:
                continue
            postings = [posting for one in made for posting in one.postings]
            owed = [one.amount for one in postings if one.account == "receivable"]
            assert sum(owed, Decimal(0)) == balance
            for one in made:
                assert sum((part.amount for part in one.postings), Decimal(0)) == 0


def test_terms_and_a_period_choose(shop: Workspace) -> None:
    text = journal(shop, "beancount", terms=["ana"], period="2026-04")
    assert text.count("\n2026-04") == 5  # three accounts are opened, and two transactions
    assert "2026-03" not in text.replace("2026-04", "")
    assert journal(shop, "hledger", terms=["city:nowhere"]).count("\n20") == 0


def test_formats_and_accounts_that_are_none_are_refused(shop: Workspace) -> None:
    with pytest.raises(UsageError, match="not exported as"):
        journal(shop, "csv")
    assert fault("assets:debtors", beancount=True) and not fault("assets:debtors", beancount=False)
    assert fault("Assets", beancount=True) and fault("Shop:Cash", beancount=True)
    for account in ("a  b", "a;b", "a\nb", "", " a", "(a)"):
        assert fault(account, beancount=False), account


def test_a_missing_rate_leaves_a_customer_out_and_tells(shop: Workspace) -> None:
    path = shop.root / "customers/jpy.yaml"
    path.write_text("name: J\npurchases: [{kind: invoice, date: 2026-03-01, amount: 5, "
                    "currency: JPY}]\n")  # fmt: skip
    exported, problems = export_ledger(shop)
    assert "J |" not in "".join(exported.pieces)
    assert [one.code for one in problems] == ["missing-rate"]


def test_purchases_have_tax_gross_due_date_and_state(shop: Workspace) -> None:
    exported = export(shop, "purchases", ["customer:ana", "kind.is:invoice"])
    head, first, second, *_ = "".join(exported.pieces).splitlines()
    names = head.split(",")
    cells = dict(zip(names, first.split(","), strict=True))
    shown = {key: cells[key] for key in ("net", "tax", "gross", "payment_status")}
    # A line each; what is of the whole stands in the first row, so that it adds up.
    assert shown == {
        "net": "10.05", "tax": "4.11", "gross": "35.16", "payment_status": "partly_paid",
    }  # fmt: skip
    assert dict(zip(names, second.split(","), strict=True))["gross"] == ""
    json = "".join(export(shop, "purchases", ["number:A2"], format="json").pieces)
    assert '"gross": "100.00"' in json and '"payment_status": "partly_paid"' in json
