"""Who owes what."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from crm_cli.features.balances import account, owing
from crm_cli.workspace import Workspace
from tests.conftest import Crm

Opened = Callable[..., Workspace]


def bought(shop: Path, who: str, text: str) -> None:
    with (shop / "customers" / f"{who}.yaml").open("a", encoding="utf-8") as file:
        file.write(f"purchases:\n{text}")


def test_the_oldest_due_comes_first(workspace: Opened, shop: Path) -> None:
    bought(shop, "jan-vidmar", "  - {kind: invoice, date: 2026-09-01, amount: 10}\n")
    bought(
        shop,
        "hotel-breg",
        "  - {kind: invoice, date: 2026-11-01, amount: 7, due_date: 2026-11-19}\n"
        "  - {kind: invoice, date: 2026-11-01, amount: 5}\n",
    )
    found, problems = owing(workspace())
    assert [tuple(one[2:]) for one in found] == [
        ("Jan Vidmar", Decimal("10.00"), Decimal("10.00"), "EUR", date(2026, 10, 1), 50),
        ("Hotel Breg", Decimal("12.00"), Decimal("7.00"), "EUR", date(2026, 11, 19), 1),
        ("Maja Kos", Decimal("95.20"), Decimal("0.00"), "EUR", date(2026, 12, 5), 0),
    ]
    assert not problems
    late, _ = owing(workspace(), ["is:overdue", "owner:marko"])
    assert [one.id for one in late] == ["hotel-breg"]
    assert [one.id for one in owing(workspace(), where="balance > 50")[0]] == ["maja-kos"]


def test_whom_we_owe_comes_last(workspace: Opened, shop: Path) -> None:
    bought(
        shop,
        "jan-vidmar",
        "  - {kind: invoice, date: 2026-09-01, amount: 10}\n"
        "payments:\n  - {date: 2026-09-02, amount: 30}\n",
    )
    bought(
        shop,
        "hotel-breg",
        "  - {kind: invoice, date: 2026-09-01, amount: 10}\n"
        "payments:\n  - {date: 2026-09-02, amount: 10}\n",
    )
    assert [(one.id, one.balance, one.oldest_due) for one in owing(workspace())[0]] == [
        ("maja-kos", Decimal("95.20"), date(2026, 12, 5)),
        ("jan-vidmar", Decimal("-20.00"), None),
    ]
    found = account(workspace(), "jan-vidmar")
    assert (found.balance, found.invoices) == (Decimal("-20.00"), ())
    assert found.unallocated == ((Decimal("20.00"), "EUR"),)
    assert str(found.unallocated[0][0]) == "20.00"


def test_the_total_is_that_of_aging(crm: Crm) -> None:
    assert crm("payment", "add", "hotel-breg", "40").code == 0
    totals = [
        next(line for line in crm(*words).lines if line.startswith("total"))
        for words in (("balance",), ("report", "aging"))
    ]
    assert [line.split()[1] for line in totals] == ["55.20", "55.20"]
    assert "hotel-breg" not in crm("balance", "is:overdue").out


def test_one_customers_open_invoices(workspace: Opened) -> None:
    found = account(workspace(today="2026-12-10"), "maja-kos")
    (invoice,) = found.invoices
    assert invoice == (
        "p-2m8ct4h", "2026-0007", date(2026, 11, 5), date(2026, 12, 5), Decimal("195.20"),
        Decimal("100.00"), Decimal("0.00"), Decimal("95.20"), "EUR", "overdue", 5, Decimal("95.20"),
    )  # fmt: skip
    assert (found.balance, found.overdue) == (Decimal("95.20"), Decimal("95.20"))
    assert account(workspace(), "maja-kos").invoices[0].status == "partly_paid"


def test_a_missing_rate_is_told(workspace: Opened, shop: Path) -> None:
    bought(shop, "jan-vidmar", "  - {kind: invoice, date: 2026-09-01, amount: 10, currency: USD}\n")
    found, problems = owing(workspace())
    assert [(one.id, one.balance) for one in found] == [
        ("jan-vidmar", None),
        ("maja-kos", Decimal("95.20")),
    ]
    assert [problem.path for problem in problems] == ["customers/jan-vidmar.yaml"]
    alone = account(workspace(), "jan-vidmar")
    assert alone.balance is None
    assert len(alone.problems) == 1
    assert alone.invoices[0].amount_due == Decimal("10.00")


def test_a_balance_of_more_than_64_bits_is_known(
    shop: Path, workspace: Callable[..., Workspace]
) -> None:
    invoice = "  - {date: 2026-01-01, due_date: 2027-02-01, kind: invoice, amount: %s}\n"
    text = "name: Rich\npurchases:\n" + invoice % "999999999999999.99" * 150
    (shop / "customers" / "rich.yaml").write_text(text)
    found, problems = owing(workspace(), ["name:Rich"])
    assert [one.balance for one in found] == [Decimal("149999999999999998.50")]
    assert problems == []


@pytest.mark.parametrize("words", [
    ("list", "name:Rich", "--cols", "name,spend", "--total"),
    ("list", "--group-by", "kind", "--agg", "sum:spend", "--total"),
    ("show", "rich"),
])  # fmt: skip
def test_a_sum_of_more_than_64_bits_is_not_left_out_silently(
    shop: Path, crm: Crm, words: tuple[str, ...]
) -> None:
    sale = "  - {date: 2026-01-01, amount: 999999999999999.99}\n"
    (shop / "customers" / "rich.yaml").write_text("name: Rich\npurchases:\n" + sale * 150)
    told = crm(*words)
    assert told.code == 4
    assert (
        "customers/rich.yaml:1:1: spend comes to 149,999,999,999,999,998.50 EUR, more than 64 bits "
        "hold: it is left out of sums" in told.err
    )
    (shop / "customers" / "rich.yaml").write_text("name: Rich\npurchases:\n" + sale * 90)
    assert crm(*words).code == 0


def test_a_purchase_beyond_64_bits_in_the_base_currency_is_told(shop: Path, crm: Crm) -> None:
    (shop / "rates.yaml").write_text("2026-01-01: {KWD: 0.001}\n")
    (shop / "customers" / "rich.yaml").write_text(
        "name: Rich\npurchases:\n"
        "  - {date: 2026-01-01, amount: 900000000000000, currency: KWD}\n"
    )
    told = crm("purchase", "list", "customer:rich", "--total")
    assert told.code == 4
    assert "net comes to 900,000,000,000,000.000 KWD, more than 64 bits hold" in told.err


def test_what_is_paid_ahead_has_its_decimals(workspace: Opened, shop: Path) -> None:
    bought(shop, "jan-vidmar", "  []\npayments:\n  - {date: 2026-09-02, amount: 30}\n")
    assert str(account(workspace(), "jan-vidmar").unallocated[0][0]) == "30.00"


def test_what_is_past_due_goes_by_the_day_on_which_it_is_asked(crm: Crm) -> None:
    """Also from the index of the day before, and in the other direction."""
    late = ("purchase", "list", "past_due:1..", "-o", "ids", "--today")
    for _ in range(2):
        assert crm(*late, "2026-12-05").out == ""
        assert crm(*late, "2026-12-06").out == "p-2m8ct4h\n"


def test_the_figures_of_an_invoice_add_up(crm: Crm) -> None:
    """Also where a part of it was credited."""
    assert crm("payment", "add", "2026-0007", "20").code == 0
    assert crm("purchase", "add", "maja-kos", "--kind", "credit_note", "--amount", "10",
               "corrects=2026-0007").code == 0  # fmt: skip
    (row,) = json.loads(crm("balance", "maja-kos", "--json").out)["invoices"]
    figures = [Decimal(row[key]) for key in ("gross", "paid", "credited", "amount_due")]
    assert figures[2] > 0 and figures[0] - figures[1] - figures[2] == figures[3], row


def test_a_day_has_what_is_given_back_after_what_was_paid(
    workspace: Opened, shop: Path
) -> None:
    bought(
        shop,
        "jan-vidmar",
        "  - {id: p-000000z, kind: invoice, number: A1, date: 2026-11-01, amount: 10}\n"
        "  - {id: p-0000001, kind: credit_note, corrects: A1, date: 2026-11-01, amount: 10}\n"
        "payments:\n  - {id: y-000000z, date: 2026-11-01, amount: 10, for: A1}\n"
        "  - {id: y-0000001, date: 2026-11-01, amount: 10, direction: refund}\n",
    )
    lines = account(workspace(), "jan-vidmar").lines
    assert [line.word for line in lines] == [
        "opening", "invoice", "credit_note", "payment", "refund", "closing",
    ]  # fmt: skip
    assert [str(line.balance) for line in lines[1:]] == ["10.00", "0.00", "-10.00", "0.00", "0.00"]
