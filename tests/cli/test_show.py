"""`crm show`, of customers and items, with the columns that are asked for."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Crm


def test_any_fields_of_a_customer(crm: Crm) -> None:
    cols = ("--cols", "name,city,spend@12m,open_tasks")
    assert crm("show", "maja", *cols).lines[-1].split() == ["Maja", "Kos", "Koper", "160.00", "1"]
    assert json.loads(crm("show", "maja", *cols, "--json").out) == {
        "name": "Maja Kos", "city": "Koper", "spend@12m": "160.00", "open_tasks": 1,
    }  # fmt: skip
    assert crm("show", "maja", "--cols", "name,city", "-o", "csv").lines == [
        "name,city", "Maja Kos,Koper",
    ]  # fmt: skip
    assert crm("show", "maja", "--cols", "city", "-o", "ids").out == "maja-kos\n"
    assert crm("show", "maja", "--cols", "city", "-o", "paths").out == "customers/maja-kos.yaml\n"


def test_any_fields_of_an_item(crm: Crm) -> None:
    cols = ("--cols", "title,due,city", "-o", "tsv")
    wanted = ["title\tdue\tcity", "Send the samples\t2026-11-20\tKoper"]
    assert crm("show", "t-9f3", *cols).lines == wanted
    assert crm("task", "show", "maja-kos", *cols).lines == wanted
    purchase = crm("purchase", "show", "2026-0007", "--cols", "net,owner", "--json")
    assert json.loads(purchase.out) == {"net": "160.00", "owner": "petra"}


def test_an_unknown_column_is_told_with_the_nearest_and_the_most_usual(crm: Crm) -> None:
    for words, kind in (
        (["show", "maja"], ""),
        (["list"], ""),
        (["task", "show", "maja"], " task"),
        (["task", "list"], " task"),
    ):
        done = crm(*words, "--cols", "kindd")
        assert (done.code, done.out) == (2, "")
        first, near, *rest = done.err.splitlines()
        assert first == "crm: there is no column 'kindd'"
        assert near == "  did you mean kind?"
        assert rest[0].startswith("  valid: ")
        assert done.err.endswith(f" more: crm query fields{kind}\n")
        assert len(rest) <= 5
        assert max(map(len, rest)) <= 80


def test_an_empty_word_names_nobody(crm: Crm, shop: Path) -> None:
    """Of a shell's variable that is not set."""
    for words in (("show", ""), ("show", "", "--tree")):
        done = crm(*words)
        assert (done.code, done.out, "no customer is named" in done.err) == (2, "", True), words
