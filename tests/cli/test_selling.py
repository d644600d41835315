"""Purchases, payments, balances, products and segments on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crm_cli.cli import terminal
from tests.conftest import Crm


def test_a_purchase_is_added_shown_and_taken_back(crm: Crm, shop: Path) -> None:
    path = shop / "customers" / "jan-vidmar.yaml"
    before = path.read_bytes()
    done = crm(
        "purchase", "add", "jan-vidmar", "--line", "linen-sheet:2", "--kind", "invoice",
        "--number", "next", "--due", "fri", "owner=petra",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert done.out.startswith(
        "added invoice 2026-0008 of Jan Vidmar (jan-vidmar): 160.00 EUR, with tax 195.20, p-"
    )
    assert done.out.endswith("  (customers/jan-vidmar.yaml)\n")
    assert "due Fri 2026-11-27, in 7 days" in done.err
    shown = json.loads(crm("purchase", "show", "2026-0008", "--json").out)
    assert shown["customer"] == "jan-vidmar"
    assert shown["owner"] == "petra"
    assert shown["lines"][0]["unit_price"] == "80.00"
    assert shown["derived"]["amount_due"] == "195.20"
    assert "2026-0008" in crm("purchase", "show", shown["id"]).out
    assert crm("purchase", "show", "2026-0008", "-o", "paths").out == "customers/jan-vidmar.yaml\n"
    assert crm("undo").code == 0
    assert path.read_bytes() == before


def test_invoices_of_one_day_are_listed_by_their_numbers(crm: Crm) -> None:
    for amount in range(1, 7):
        assert crm("invoice", "add", "jan-vidmar", "--amount", str(amount), "--text", "x").code == 0
    listed = crm("invoice", "list", "date:today", "--cols", "number", "-o", "csv").out.split()
    assert listed == ["number", *sorted(listed[1:])] and len(listed) == 7


def test_a_dry_run_writes_nothing(crm: Crm, shop: Path) -> None:
    path = shop / "customers" / "jan-vidmar.yaml"
    before = path.read_bytes()
    done = crm("purchase", "add", "jan-vidmar", "--amount", "5", "--dry-run")
    assert done.code == 0
    assert "+    amount: 5" in done.out
    assert path.read_bytes() == before


def test_what_comes_back_is_said_with_its_sign(crm: Crm, shop: Path) -> None:
    done = crm("purchase", "add", "jan-vidmar", "--line", "linen-sheet:-1")
    assert "added sale of Jan Vidmar (jan-vidmar): -80.00 EUR" in done.out


def test_scripts_name_customers_exactly(crm: Crm) -> None:
    assert crm("purchase", "add", "jan", "--amount", "5").code == 3
    assert crm("payment", "add", "jan", "5").code == 3
    assert crm("purchase", "add", "--amount", "5").code == 2
    assert crm("purchase", "add", "jan-vidmar", "maja-kos", "--amount", "5").code == 2


def test_credit_is_refused_with_six_and_forced(crm: Crm, shop: Path) -> None:
    with (shop / "customers" / "jan-vidmar.yaml").open("a", encoding="utf-8") as file:
        file.write("credit:\n  limit: 10\n")
    words = ("purchase", "add", "jan-vidmar", "--amount", "11", "--kind", "invoice")
    refused = crm(*words)
    assert refused.code == 6
    assert "more than the credit limit of 10.00 EUR" in refused.err
    assert crm(*words, "--force").code == 0


def test_purchases_are_listed(crm: Crm) -> None:
    rows = json.loads(crm("purchase", "list", "kind:invoice", "--json").out)
    assert [(row["number"], row["customer"], row["gross"]) for row in rows] == [
        ("2026-0007", "maja-kos", "195.20")
    ]
    assert crm("purchase", "is:paid", "--json").out == "[]\n"
    assert crm("purchase", "show", "9999").code == 3


def test_the_summary_has_its_shape(crm: Crm) -> None:
    rows = json.loads(crm("purchase", "summary", "--by", "product", "--json").out)
    assert rows == [
        {
            "product": "linen-sheet", "orders": 1, "units": "2", "net": "160.00",
            "currency": "EUR", "share": "1.0000", "first": "2026-11-05", "last": "2026-11-05",
        }
    ]  # fmt: skip
    (row,) = json.loads(crm("purchase", "summary", "+vip", "--json").out)
    assert list(row) == ["orders", "units", "net", "currency", "share", "first", "last"]
    assert crm("purchase", "summary", "--by", "city", "-o", "csv").lines == [
        "city,orders,units,net,currency,share,first,last",
        "Koper,1,2,160.00,EUR,1.0000,2026-11-05,2026-11-05",
    ]


def test_the_summarys_total_is_for_people(crm: Crm) -> None:
    table = crm("purchase", "summary", "--by", "customer")
    assert table.lines[0].split()[:3] == ["customer", "name", "orders"]
    assert table.lines[1].startswith("maja-kos  Maja Kos")
    assert table.lines[-1].split()[0] == "total"
    assert crm("purchase", "summary", "--by", "customer", "-o", "ids").out == "maja-kos\n"
    picked = crm("purchase", "summary", "--by", "customer", "--cols", "name,net", "-o", "tsv")
    assert picked.out == "name\tnet\nMaja Kos\t160.00\n"
    assert crm("purchase", "summary", "--by", "month", "date:2020").out == ""


def test_the_chart_has_a_bar_for_each_group(crm: Crm) -> None:
    chart = crm("purchase", "summary", "--by", "month", "--chart")
    assert chart.code == 0
    assert chart.lines[0].startswith("2026-11  160.00 EUR  ")


@pytest.mark.parametrize(
    "words",
    [
        ("--by", "colour"),
        ("--chart",),
        ("--by", "month", "--chart", "--json"),
        ("--by", "month", "--cols", "name"),
        ("--by", "month", "-o", "ids"),
        ("--period", "soonish"),
        ("nosuch:field",),
        ("@nosuch",),
    ],
)
def test_a_summary_that_cannot_be(crm: Crm, words: tuple[str, ...]) -> None:
    done = crm("purchase", "summary", *words)
    assert (done.code, done.out) == (2, "")
    assert done.err


def test_a_missing_rate_makes_the_answer_partial(crm: Crm) -> None:
    assert crm("purchase", "add", "jan-vidmar", "--amount", "5 CHF").code == 0
    done = crm("purchase", "summary", "--json")
    assert done.code == 4
    assert json.loads(done.out)[0]["net"] == "160.00"
    assert "1 purchase in CHF is left out of the sums" in done.err


def test_a_number_settles_its_invoice(crm: Crm) -> None:
    done = crm("payment", "add", "2026-0007", "--method", "cash", "--date", "yesterday")
    assert done.code == 0, done.err
    assert done.out.startswith("added payment of Maja Kos (maja-kos): 95.20 EUR for 2026-0007, y-")
    assert "date Thu 2026-11-19, yesterday" in done.err
    assert crm("balance", "--json").out == "[]\n"
    rows = json.loads(crm("payment", "list", "method:cash", "--json").out)
    assert [(row["amount"], row["direction"]) for row in rows] == [("95.20", "in")]
    assert crm("payment", "add", "2026-0007").code == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("p-2m8", "5"), 0),
        (("maja-kos", "5", "--for", "2026-0007"), 0),
        (("maja-kos", "5", "--for", "2m8ct4h"), 0),
        (("jan-vidmar", "5", "--for", "2026-0007"), 3),
        (("2026-0099", "5"), 3),
        (("maja-kos",), 2),
        (("maja-kos", "5", "6"), 2),
        ((), 2),
    ],
)
def test_what_a_payment_is_for(crm: Crm, words: tuple[str, ...], code: int) -> None:
    assert crm("payment", "add", *words).code == code


def test_balance_of_all_and_of_one(crm: Crm) -> None:
    (row,) = json.loads(crm("balance", "--json").out)
    assert row == {
        "id": "maja-kos", "name": "Maja Kos", "balance": "95.20", "overdue": "0.00",
        "currency": "EUR", "oldest_due": "2026-12-05", "days_overdue": 0,
    }  # fmt: skip
    one = json.loads(crm("balance", "maja", "--json").out)
    assert (one["balance"], one["invoices"][0]["amount_due"]) == ("95.20", "95.20")
    assert one["invoices"][0]["status"] == "partly_paid"
    assert "2026-0007" in crm("balance", "maja").out
    assert crm("balance", "maja", "-o", "csv").lines[1].startswith("2026-0007,2026-11-05,2026-12")
    assert crm("balance", "-", stdin="maja-kos\n").lines[1].startswith("maja-kos")
    assert crm("balance", "-", stdin="").out == ""
    assert crm("balance", "+vip", "-o", "ids").out == "maja-kos\n"
    assert crm("balance", "is:overdue").out == ""
    assert crm("balance", "nobody").code == 3


def test_products(crm: Crm) -> None:
    added = crm("product", "add", "towel", "Bath", "towel", "--price", "12,50", "unit=piece")
    assert added.code == 0
    assert crm("product", "add", "towel", "Towel").code == 6
    assert crm("product", "set", "towel", "linen-sheet", "disabled=yes").code == 2
    assert crm("product", "set", "towel", "linen-sheet", "disabled=yes", "--yes").code == 0
    rows = json.loads(crm("product", "list", "is:disabled", "--json").out)
    assert [(row["id"], row["price"]) for row in rows] == [
        ("linen-sheet", "80.00"), ("towel", "12.50"),
    ]  # fmt: skip
    assert crm("product", "set", "towl", "price=3").code == 3


def test_segments(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    assert crm("segment", "save", "best", "+vip", "--description", "Ours").code == 0
    assert crm("segment", "count", "best").out == "1\n"
    assert crm("list", "@best", "-o", "ids").out == "maja-kos\n"
    assert crm("segment", "save", "better", "@best").code == 0
    shown = json.loads(crm("segment", "show", "best", "--json").out)
    assert (shown["query"], shown["customers"], shown["used_by"]) == (["+vip"], 1, ["better"])
    assert crm("segment", "save", "best", "@better").code == 2
    assert crm("segment", "save", "best", "+cold").code == 2
    assert crm("segment", "save", "best", "+cold", "--force").code == 0
    assert crm("segment", "rm", "best").code == 2
    monkeypatch.setattr(terminal, "ask_terminal", lambda prompt: "no")
    assert crm("segment", "rm", "best").code == 130
    monkeypatch.setattr(terminal, "ask_terminal", lambda prompt: "y")
    assert crm("segment", "rm", "best").code == 0
    assert crm("segment", "rm", "better").code == 0
    assert crm("segment", "--json").out == "[]\n"


def test_what_is_dated_later_is_said_to_count_from_then_on(crm: Crm) -> None:
    sold = ("purchase", "add", "jan-vidmar", "--kind", "invoice", "--number", "L-1")
    assert crm(*sold, "--amount", "50", "--date", "2026-12-10").code == 0
    run = crm("payment", "add", "L-1")
    assert run.code == 2
    assert "L-1 is dated 2026-12-10: nothing is owed for it before" in run.err
    run = crm("payment", "add", "L-1", "20")
    assert "it is kept for L-1, which is dated 2026-12-10" in run.err
    assert "warning" not in run.err
    run = crm("payment", "add", "jan-vidmar", "30", "--date", "2026-12-24")
    assert "it counts from 2026-12-24 on" in run.err
    shown = crm("balance", "jan-vidmar", "--json", "--today", "2026-12-10").out
    assert '"30.00"' in shown
    assert '"30.00"' not in crm("balance", "jan-vidmar", "--json", "--today", "2026-12-24").out


def test_values_without_a_customer_name_what_was_meant(crm: Crm) -> None:
    done = crm("set", "city=Koper", "notes=a b", "owner=petra")
    assert (done.code, done.err.splitlines()) == (2, [
        "crm: city=Koper 'notes=a b' owner=petra: no customer is named",
        "  for all that match: crm set city:Koper 'notes:a b' owner=petra",
        "  for one customer: crm set ana city=Koper 'notes=a b' owner=petra",
    ])  # fmt: skip


def test_a_line_of_nothing_is_refused(crm: Crm, shop: Path) -> None:
    invoice = "2026-0007"
    done = crm("set", invoice, "lines.1.quantity=0")
    assert (done.code, "its quantity is 0" in done.err) == (6, True)
    path = shop / "customers" / "maja-kos.yaml"
    path.write_text(path.read_text().replace("quantity: 2", "quantity: 0"))
    done = crm("check", "--json")
    assert "line-of-nothing" in [one["code"] for one in json.loads(done.out)]
