"""`crm report audit`: what was forgotten, found in a small shop, with commands that there are."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from crm_cli.cli.app import Noun, load
from crm_cli.cli.commands import named
from crm_cli.features.due import due
from crm_cli.workspace import Workspace

from .reporting import of_files, rows, table

# Today is 2026-11-20. Each finding has one that is to be found, and one that is not yet.
SHOP = {
    "crm.yaml": "currency: EUR\nusers: {petra: {}}\n",
    "customers/ana.yaml": """\
name: Ana
owner: petra
email: ana@ana.example
credit: {limit: 100}
purchases:
  - {id: p-0000001, kind: order, number: O1, date: 2026-10-01, shipped: 2026-10-05, amount: 40,
     delivery: delivered}
  - {id: p-0000002, kind: order, number: O2, date: 2026-10-01, amount: 50, delivery: delivered}
  - {id: p-0000003, kind: invoice, number: I2, date: 2026-10-02, amount: 50, order: O2}
  - {id: p-0000004, kind: order, number: O3, date: 2026-10-01, amount: 60, delivery: in_transit}
  - {id: p-0000005, kind: invoice, date: 2026-11-12, amount: 5, status: draft}
  - {id: p-0000006, kind: invoice, date: 2026-11-13, amount: 6, status: draft}
  - {id: p-0000007, kind: invoice, number: I3, date: 2026-10-03, amount: 60, promised: 2026-11-19}
  - {id: p-0000008, kind: invoice, number: I4, date: 2026-10-03, amount: 1, promised: 2026-11-20}
  - {id: p-0000009, kind: sale, date: 2026-10-04}
  - {id: p-000000a, kind: sale, date: 2026-10-04, amount: 7, currency: JPY}
  - {id: p-000000b, kind: sale, date: 2026-10-04, amount: 8, deal: d-0000001}
deals:
  - {id: d-0000001, name: Billed, stage: won, amount: 8, closed_at: 2026-10-01}
  - {id: d-0000002, name: Beans, stage: won, amount: 9, closed_at: 2026-10-02}
  - {id: d-0000003, name: Cups, stage: proposal, next_step: 'Send "it"', created: 2026-10-03}
  - {id: d-0000004, name: Mugs, stage: proposal, next_step: Call, created: 2026-10-03}
tasks: [{title: Call, due: 2026-12-01, deal: d-0000004}]
""",
    "customers/bor.yaml": """\
name: Bor
credit: {limit: 100}
purchases:
  - {id: p-0000010, kind: invoice, number: I5, date: 2026-11-19, amount: 100}
""",
    "customers/cilka.yaml": """\
name: Cilka
payments: [{id: y-0000001, date: 2026-10-09, amount: 12}]
""",
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    with of_files(tmp_path, SHOP) as workspace:
        yield workspace


def test_what_is_found(shop: Workspace) -> None:
    found = rows(table(shop, "audit"), "finding", "customer", "since", "amount", "id")
    assert found == [
        ("not_invoiced", "ana", "2026-10-05", "40.00", "p-0000001"),
        ("won_deal", "ana", "2026-10-02", "9.00", "d-0000002"),
        ("draft", "ana", "2026-11-12", "5.00", "p-0000005"),
        ("no_price", "ana", "2026-10-04", "", "p-0000009"),
        ("no_rate", "ana", "2026-10-04", "7", "p-000000a"),
        ("unreachable", "bor", "", "100.00", ""),
        ("payment", "cilka", "2026-10-09", "12.00", "y-0000001"),
        ("over_limit", "ana", "", "111.00", ""),
        ("promise", "ana", "2026-11-19", "60.00", "p-0000007"),
        ("next_step", "ana", "2026-10-03", "", "d-0000003"),
    ]


def test_a_won_deal_may_be_one_of_the_purchases_since(tmp_path: Path) -> None:
    """Nobody is told to bill again what may have been billed without a word of the deal."""
    bills = ("id: p-0000001, date: 2026-09-30", "id: p-0000002, date: 2026-10-02",
             "id: p-0000003, date: 2026-10-09")  # fmt: skip
    said = {
        1: ("won, no purchase found: Beans",
            "crm purchase add ana --kind invoice deal=d-0000001 --amount 9.00"),
        2: ("won, but the purchase since then does not name it: Beans",
            "crm set p-0000002 deal=d-0000001"),
        3: ("won, but none of 2 purchases since then names it: Beans",
            "crm set p-0000002 deal=d-0000001"),
    }  # fmt: skip
    for count, told in said.items():
        listed = "".join(f"  - {{{one}, kind: sale, amount: 5}}\n" for one in bills[:count])
        deal = "{id: d-0000001, name: Beans, stage: won, amount: 9, closed_at: 2026-10-02}"
        files = {"customers/ana.yaml": f"name: Ana\npurchases:\n{listed}deals: [{deal}]\n"}
        with of_files(tmp_path / str(count), {"crm.yaml": "currency: EUR\n", **files}) as here:
            found = rows(table(here, "audit"), "finding", "what", "mend")
            assert [row[1:] for row in found if row[0] == "won_deal"] == [told]


def test_invoices_that_cannot_be_printed(tmp_path: Path) -> None:
    """Of a business that is taxed: a line says neither a rate nor why there is none."""
    bills = (
        "kind: invoice, number: '1', lines: [{product: a, unit_price: 1, tax_rate: 22},"
        " {description: Delivery, unit_price: 1}]",
        "kind: invoice, number: '2', lines: [{product: a, unit_price: 1, tax_category: E}]",
        "kind: invoice, number: '3', amount: 5",
        "kind: invoice, number: '4', amount: 5, external_id: x",
        "kind: invoice, number: '5', amount: 5, status: draft",
        "kind: sale, number: '6', amount: 5",
    )
    listed = "".join(f"  - {{date: 2026-11-18, {one}}}\n" for one in bills)
    files = {"customers/ana.yaml": f"name: Ana\nemail: a@x.example\npurchases:\n{listed}"}
    settings = "business: {country: SI, tax_id: SI12345679}\n"
    with of_files(tmp_path / "a", {"crm.yaml": settings, **files}) as workspace:
        found = rows(table(workspace, "audit"), "finding", "what")
        said = "cannot be printed: a line has no tax rate"
        assert found == [("untaxed", f"1 {said}"), ("untaxed", f"3 {said}")]
    for other in (settings.replace("SI,", "US,"), "business: {country: SI}\n"):
        with of_files(tmp_path / other[11:24].strip("{}"), {"crm.yaml": other, **files}) as there:
            assert rows(table(there, "audit"), "finding") == []


def test_each_has_a_command_that_there_is(shop: Workspace) -> None:
    for (mend,) in rows(table(shop, "audit"), "mend"):
        if mend.startswith("rates.yaml"):
            continue
        program, noun, verb, *_ = [*shlex.split(mend), ""]
        entry = named(noun)
        assert program == "crm" and entry is not None, mend
        command = load(entry)
        if isinstance(command, Noun):
            assert verb in command.list_commands(None) or noun == "balance", mend


def test_terms_and_owners_choose(shop: Workspace) -> None:
    assert rows(table(shop, "audit", terms=["bor"]), "finding") == [("unreachable",)]
    owned = rows(table(shop, "audit", terms=["owner:petra"]), "customer")
    assert {customer for (customer,) in owned} == {"ana"}
    assert table(shop, "audit", terms=["city:nowhere"]).rows == []


def test_what_concerns_a_day_is_due(shop: Workspace) -> None:
    kinds = "not_invoiced,draft,promise"
    found = [(row.kind, row.id, row.when) for row in due(shop, kind=kinds)]
    assert found == [
        ("not_invoiced", "p-0000001", date(2026, 10, 5)),
        ("draft", "p-0000005", date(2026, 11, 12)),
        ("promise", "p-0000007", date(2026, 11, 19)),
    ]
    assert due(shop, kind=kinds, owner="petra") == due(shop, kind=kinds)
    assert [row.id for row in due(shop, ["amount:5"], kind="draft")] == ["p-0000005"]
