"""Removing items: what hangs on one is said and asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Crm

MAJA = "customers/maja-kos.yaml"


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("2026-0007", "number 2026-0007 will be missing; crm purchase cancel p-2m8ct4h keeps it"),
        ("2026-0007", "100.00 EUR has been paid for it"),
        ("2026-0007", "payment y-7d1wz0e refers to it (for)"),
        ("p-2m8", "payment y-7d1wz0e refers to it (for)"),
        ("y-7d1", "it pays 2026-0007"),
        ("t-3qqqqq1", "task t-3qqqqq2 refers to it (depends_on)"),
    ],
)
def test_what_hangs_on_an_item_is_said_and_asked_about(
    crm: Crm, shop: Path, item: str, said: str
) -> None:
    assert crm("set", "t-3qqqqq2", "depends_on=t-3qqqqq1").code == 0
    before = {path: path.read_bytes() for path in shop.rglob("*.yaml")}
    refused = crm("rm", item)
    assert refused.code == 2
    assert said in refused.err
    assert "--yes" in refused.err
    assert {path: path.read_bytes() for path in shop.rglob("*.yaml")} == before
    removed = crm("rm", item, "--yes")
    assert removed.code == 0
    assert said in removed.err


def test_a_task_of_another_customer_hangs_on_one(crm: Crm) -> None:
    crm("set", "t-9f3kx7d", "depends_on=t-3qqqqq1")
    assert "task t-9f3kx7d refers to it (depends_on)" in crm("rm", "t-3qqqqq1").err


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("rm", "t-9fzzzz1"), "t-9fzzzz1"),
        (("rm", "maja-kos"), "maja-kos"),
        (("product", "rm", "towel"), "towel"),
    ],
)
def test_what_may_hang_on_it_in_a_file_that_cannot_be_read_is_said(
    crm: Crm, shop: Path, words: tuple[str, ...], named: str
) -> None:
    assert crm("product", "add", "towel", "Towel").code == 0
    (shop / "customers/eva.yaml").write_text(f"name: Eva\ntasks: [{{x: {named}\n")
    run = crm(*words)
    assert (run.code, "--yes" in run.err) == (4, True)
    assert "customers/eva.yaml may refer to" in run.err
    (shop / "customers/eva.yaml").write_text(f"name: Eva\ntasks: [{{x: {named}0\n")
    assert "may refer" not in crm(*words, "--yes").err


def test_an_item_on_which_nothing_hangs_is_removed_at_once(crm: Crm) -> None:
    assert crm("rm", "t-9fz").code == 0
    assert crm("rm", "i-4k7").code == 0


def test_a_cancelled_invoice_keeps_its_number(crm: Crm, shop: Path) -> None:
    assert "is allocated to it" in crm("purchase", "cancel", "2026-0007").err
    text = (shop / MAJA).read_text()
    assert text.count("for: ") == 1
    (shop / MAJA).write_text(text.replace('    for: "2026-0007"\n', ""))
    done = crm("purchase", "cancel", "2026-0007")
    assert (done.code, done.out.split(":")[0]) == (0, "cancelled")
    text = (shop / MAJA).read_text()
    assert 'number: "2026-0007"' in text
    assert "status: cancelled" in text
    words = "purchase add maja-kos --amount 5 --kind invoice --number next"
    added = crm(*words.split())
    assert "2026-0008" in added.out
    assert "cancelled already" in crm("purchase", "cancel", "p-2m8").err
