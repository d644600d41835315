"""Who owes what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

from crm_cli.features.balances import account, owing
from crm_cli.workspace import Workspace

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


def test_who_is_even_or_ahead_does_not_owe(workspace: Opened, shop: Path) -> None:
    bought(
        shop,
        "jan-vidmar",
        "  - {kind: invoice, date: 2026-09-01, amount: 10}\n"
        "payments:\n  - {date: 2026-09-02, amount: 30}\n",
    )
    assert [one.id for one in owing(workspace())[0]] == ["maja-kos"]
    found = account(workspace(), "jan-vidmar")
    assert (found.balance, found.invoices) == (Decimal("-20.00"), ())
    assert found.unallocated == ((Decimal("20.00"), "EUR"),)
    assert str(found.unallocated[0][0]) == "20.00"


def test_one_customers_open_invoices(workspace: Opened) -> None:
    found = account(workspace(today="2026-12-10"), "maja-kos")
    (invoice,) = found.invoices
    assert invoice == (
        "p-2m8ct4h", "2026-0007", date(2026, 11, 5), date(2026, 12, 5), Decimal("195.20"),
        Decimal("100.00"), Decimal("95.20"), "EUR", "overdue", 5,
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


def test_what_is_paid_ahead_has_its_decimals(workspace: Opened, shop: Path) -> None:
    bought(shop, "jan-vidmar", "  []\npayments:\n  - {date: 2026-09-02, amount: 30}\n")
    assert str(account(workspace(), "jan-vidmar").unallocated[0][0]) == "30.00"
