"""Every list is shaped by the same options, and no slip is ever read as everything."""

from __future__ import annotations

import json

import pytest

from ..conftest import Crm

LISTS = (
    ("list", "owner"),
    ("task list", "status"),
    ("interaction list", "kind"),
    ("purchase list", "customer/owner"),
    ("payment list", "method"),
    ("product list", "name"),
    ("segment list", "kind"),
)


@pytest.mark.parametrize(("command", "key"), LISTS)
def test_every_list_groups(crm: Crm, command: str, key: str) -> None:
    words = command.split()
    rows = json.loads(crm(*words, "--json").out)
    run = crm(*words, "--group-by", f"{key} as k", "--agg", "count,share", "--json")
    assert run.code == 0, run.err
    groups = json.loads(run.out)
    assert sum(group["count"] for group in groups) == len(rows)
    assert crm(*words, "--cols", f"{key} as k", "--total").code == 0


def test_a_report(crm: Crm) -> None:
    run = crm(
        "list", "--group-by", "owner", "--agg", "count,sum:spend", "--sort", "sum:spend-", "--total"
    )
    assert run.lines == [
        "owner   count  sum_spend (EUR)",
        "petra       1           160.00",
        "marko       1             0.00",
        "(none)      1             0.00",
        "──────  ─────  ───────────────",
        "total       3           160.00",
    ]
    rows = json.loads(crm("list", "--group-by", "owner", "--total", "--json").out)
    assert len(rows) == 3


@pytest.mark.parametrize(
    "words",
    [
        ("ctiy:Koper",),
        ("city.hsa:Koper",),
        ("city:",),
        ("spend.before:100",),
        ("spend:lots",),
        ("last-contact.before:someday",),
        ("last-contact:3/11/2026",),
        ('city:"New York',),
        ("@lapsd",),
        ("@",),
        ("-city:Koper",),
        ("tsk/status:open",),
        ("task/stauts:open",),
        ("is:overdeu",),
        ("-w", "city = "),
        ("-w", "ctiy = Koper"),
        ("-w", "city == Koper"),
        ("-w", "(city = Koper"),
        ("-w", 'city = "Koper'),
        ("-w", "sum(purchases.nte) > 1"),
        ("-w", "any(tasks, status = opne)"),
        ("-w", "@lapsd"),
        ("-w", "last_contact < today - 9x"),
        ("--cols", "nmae"),
        ("--sort", "nmae"),
        ("--group-by", "ctiy"),
        ("--group-by", ""),
        ("--group-by", "city.month"),
        ("--group-by", "city", "--agg", "sum:name"),
        ("--group-by", "city", "--agg", "total:spend"),
        ("--group-by", "city", "--having", "cuont > 1"),
        ("--group-by", "city", "--sort", "spend"),
        ("--having", "count > 1"),
        ("--pivot", "city"),
    ],
)
def test_a_slip_is_an_error_and_answers_nothing(crm: Crm, words: tuple[str, ...]) -> None:
    run = crm("list", *words)
    assert (run.code, run.out) == (2, ""), run
    assert run.err.startswith("crm: ")
    assert len(run.err.splitlines()) > 1, "no hint"
