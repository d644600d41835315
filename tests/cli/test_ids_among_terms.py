"""`-` among query terms: the ids on stdin, as one condition; and as many values as there may be."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Crm

LISTS = ("list", "task list", "interaction list", "purchase list", "payment list",
         "product list", "segment list")  # fmt: skip


def test_a_list_is_of_those_on_stdin(crm: Crm) -> None:
    both = crm("list", "-", "-o", "ids", stdin="maja-kos\nhotel-breg\n\n").lines
    assert both == ["hotel-breg", "maja-kos"]
    assert crm("list", "+vip", "-", "-o", "ids", stdin="maja-kos\nhotel-breg\n").lines == [
        "maja-kos"
    ]
    done = crm("list", "-", "-o", "ids", stdin="maja-kos\nnobody\n")
    assert (done.code, done.out) == (3, "")
    assert "line 2 of stdin: there is no customer 'nobody'" in done.err


@pytest.mark.parametrize("command", LISTS)
def test_of_none_there_is_no_row(crm: Crm, command: str) -> None:
    """Not all of them, as where nothing is asked for."""
    done = crm(*command.split(), "-", "--json", stdin="")
    assert (done.code, json.loads(done.out)) == (0, [])


def test_what_belongs_to_those_on_stdin(crm: Crm) -> None:
    rows = json.loads(crm("task", "list", "-", "--json", stdin="maja-kos\n").out)
    assert rows and {row["customer"] for row in rows} == {"maja-kos"}
    told = crm("due", "-", "-o", "csv", "--no-header", stdin="maja-kos\n")
    assert told.lines and all(",maja-kos," in line for line in told.lines)
    assert crm("due", "-", stdin="").out == ""
    assert "vip" not in crm("tag", "list", "-", stdin="hotel-breg\n").out
    exported = crm("export", "customers", "-", "--format", "json", stdin="maja-kos\n").out
    assert [one["id"] for one in json.loads(exported)] == ["maja-kos"]
    assert json.loads(crm("export", "customers", "-", "--format", "json", stdin="").out) == []
    assert "maja-kos" not in crm("purchase", "summary", "-", "--by", "customer", stdin="").out


def test_ids_of_the_items_themselves(crm: Crm) -> None:
    ids = crm("task", "list", "-o", "ids").lines
    assert len(ids) > 1
    assert crm("task", "list", "-", "-o", "ids", stdin=f"{ids[0]}\n").lines == ids[:1]
    assert crm("product", "list", "-", "-o", "ids", stdin="linen-sheet\n").lines == ["linen-sheet"]
    done = crm("product", "list", "-", "-o", "ids", stdin="linen-sheet\nnone\n")
    assert (done.code, "there is no product 'none'" in done.err) == (3, True)


def test_customers_and_items_do_not_go_together(crm: Crm) -> None:
    done = crm("task", "list", "-", stdin="t-9f3kx7d\nmaja-kos\n")
    assert done.code == 2
    assert "ids of tasks, as t-9f3kx7d, and of customers, as maja-kos" in done.err


@pytest.mark.parametrize("field", ["id", "email", "city.has", "phone.starts", "customer.id.is"])
def test_thousands_of_values_are_no_fault(crm: Crm, field: str) -> None:
    """SQLite's trees have at most 1,000 levels."""
    many = ",".join(f"x{n}" for n in range(3000))
    done = crm("list", f"{field}:{many},maja", "-o", "ids")
    assert (done.code, done.err) == (0, "")
    where = " or ".join(f'city = "x{n}"' for n in range(1200))
    assert crm("list", "-w", f'{where} or name = "Maja Kos"', "-o", "ids").lines == ["maja-kos"]


@pytest.mark.parametrize("more", [(), ("--by", "city")])
def test_a_limit_beyond_all_numbers_is_none(crm: Crm, more: tuple[str, ...]) -> None:
    all_of_them = crm("list", *more, "-o", "csv")
    assert crm("list", *more, "-o", "csv", "-n", "9" * 30) == all_of_them


@pytest.mark.parametrize("command", ["list", "tag list", "task list", "set"])
def test_ten_thousand_ids(crm: Crm, command: str) -> None:
    more = ["city=Bled", "--dry-run"] if command == "set" else ["--json"]
    words = [*command.split(), "-", *more]
    done = crm(*words, stdin="maja-kos\n" * 40_000)
    assert done.code == 0, done.err
    assert done == crm(*words, stdin="maja-kos\n")
