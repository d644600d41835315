"""Reports of one's own, in reports/: run, listed, completed, checked with places, committed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crm_cli.cli.complete import candidates
from tests.conftest import Crm, Git

BY_CITY = """\
title: By city
describe: who lives where, and buys how much
query: has:city
group_by: city
agg: [count, sum:spend as spend, rate(where has(phone)) as reachable]
having: spend > 0
sort: spend-
"""
BY_MONTH = """\
title: By month
kind: purchase
query: is:posted
group_by: date.month
agg: orders, spend
chart: line
"""
BY_KIND = """\
kind: purchase
group_by: kind
pivot: date.year
agg: sum:net
"""
SQL = """\
title: Large customers
sql: |
  SELECT id, spend, orders FROM customers
  WHERE spend >= :least ORDER BY spend DESC
params: {least: 100}
"""


@pytest.fixture
def reports(shop: Path) -> Path:
    folder = shop / "reports"
    folder.mkdir()
    for name, text in (("by-city", BY_CITY), ("by-month", BY_MONTH), ("kinds", BY_KIND),
                       ("large", SQL)):  # fmt: skip
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_query_of_ones_own(crm: Crm, reports: Path) -> None:
    run = crm("report", "by-city", "--json")
    assert run.code == 0, run.err
    assert json.loads(run.out) == [
        {"city": "Koper", "count": 1, "spend": "160.00", "currency": "EUR", "reachable": "1.0000"}
    ]
    assert crm("report", "by-city", "not:+vip", "--json").out == "[]\n"
    assert crm("report", "by-month", "--chart").code == 0
    rows = json.loads(crm("report", "by-month", "--json", "--period", "2026-11").out)
    assert rows == [{"date_month": "2026-11", "orders": 1, "spend": "160.00", "currency": "EUR"}]
    assert crm("report", "by-month", "--json", "--period", "2025").out == "[]\n"
    rows = json.loads(crm("report", "kinds", "--json").out)
    assert rows == [{"kind": "invoice", "2026": "160.00", "currency": "EUR", "total": "160.00"}]


def test_sql_of_ones_own(crm: Crm, reports: Path) -> None:
    rows = json.loads(crm("report", "large", "--json").out)
    assert rows == [{"id": "maja-kos", "spend": "160.0", "orders": 1}]
    assert crm("report", "large", "-o", "csv", "--param", "least=500").out == "id,spend,orders\n"
    assert crm("report", "large", "-p", "most=5").code == 2
    assert crm("report", "large", "+vip").code == 2
    assert crm("report", "large", "--period", "2026").code == 2
    text = SQL.replace(":least", "0 AND last_purchase BETWEEN :start AND :end")
    (reports / "large.yaml").write_text(text.replace("params: {least: 100}\n", ""))
    assert json.loads(crm("report", "large", "--period", "2026", "--json").out)[0]["orders"] == 1


def test_they_are_listed_and_completed(crm: Crm, reports: Path) -> None:
    rows = {row["name"]: row for row in json.loads(crm("report", "--json").out)}
    assert rows["by-city"] == {
        "name": "by-city",
        "group": "Your own",
        "answers": "By city: who lives where, and buys how much",
    }
    assert list(rows)[-1] == "large" and "top" in rows
    assert "by-month" in [one.split("\t")[0] for one in candidates(["report"], "by-")]
    assert "category" in candidates(["report", "top", "--by"], "cat")
    assert "country,category" in candidates(["report", "top", "--by"], "country,ca")
    assert "previous" in candidates(["report", "top", "--compare"], "prev")


def test_names_that_there_are_not(crm: Crm, reports: Path) -> None:
    run = crm("report", "by-ctiy")
    assert run.code == 3 and "did you mean by-city?" in run.err
    run = crm("report", "tpo")
    assert run.code == 3 and "did you mean top?" in run.err
    (reports / "broken.yaml").write_text("title: [")
    assert crm("report", "broken").code == 4


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("title: A\nquery: +vip\ncolour: red\n", 3, 9, "a report has no 'colour'"),
        ("title: A\nquery: +vip\nsql: SELECT 1\n", 2, 8, "both sql and query"),
        ("title: A\n", 1, 8, "asks for nothing"),
        ("title: A\nquery: +vip ctiy:Koper\n", 2, 13, "no field 'ctiy'"),
        ('title: A\nwhere: "spend > lots"\n', 2, 17, "is not a number"),
        ("title: A\ngroup_by: ctiy\n", 2, 11, "no column 'ctiy'"),
        ("title: A\ngroup_by: city\nagg: sum:name\n", 3, 6, "name is a text"),
        ("title: A\ngroup_by: city\nhaving: spend > 3\n", 3, 9, "no field 'spend'"),
        ("title: A\ngroup_by: city\nsort: spend\n", 3, 7, "no column 'spend'"),
        ("title: A\nquery: +vip\nhaving: count > 1\n", 3, 9, "having needs groups"),
        ("title: A\nkind: purchse\nquery: +vip\n", 2, 7, "no kind 'purchse'"),
        ("title: A\nsql: SELECT nme FROM customers\n", 2, 6, "no column 'nme'"),
        ("title: A\nsql: SELECT 1\nparams: {least: 3}\n", 3, 9, "no parameter :least"),
        ("title: A\nquery: +vip\nchart: pie\n", 3, 8, "not one of the known values"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    crm: Crm, shop: Path, text: str, line: int, column: int, said: str
) -> None:
    (shop / "reports").mkdir()
    (shop / "reports/mine.yaml").write_text(text)
    run = crm("check", "--json")
    assert run.code == 1
    (found,) = json.loads(run.out)
    assert (found["path"], found["line"], found["column"]) == ("reports/mine.yaml", line, column)
    assert said in found["message"]


@pytest.mark.parametrize("name", ["top", "html", "list"])
def test_a_built_in_name_is_refused(crm: Crm, shop: Path, name: str) -> None:
    (shop / "reports").mkdir()
    (shop / "reports" / f"{name}.yaml").write_text("title: A\nquery: +vip\n")
    (found,) = json.loads(crm("check", "--json").out)
    assert found["path"] == f"reports/{name}.yaml" and f"the name {name}" in found["message"]
    assert crm("list", "-o", "ids").code == 0, "other answers are whole"


def test_customers_have_no_date_to_be_bounded_by(crm: Crm, shop: Path) -> None:
    folder = shop / "reports"
    folder.mkdir()
    (folder / "towns.yaml").write_text("group_by: city\nagg: count, sum:spend\n", "utf-8")
    (folder / "all.yaml").write_text("sort: spend-\n", "utf-8")
    for name in ("towns", "all"):
        run = crm("report", name, "--period", "2026")
        assert (run.code, run.out) == (2, ""), run
        assert "customers have no date of their own" in run.err and "sum:spend@" in run.err


def test_a_list_says_its_currency_once(crm: Crm, shop: Path) -> None:
    (shop / "reports").mkdir()
    (shop / "reports/all.yaml").write_text("sort: spend-\n", "utf-8")
    header = crm("report", "all", "-o", "csv").lines[0].split(",")
    assert header.count("currency") == 1 and "spend" in header


def test_they_are_committed_like_other_files(crm: Crm, reports: Path, git: Git) -> None:
    assert "reports/by-city.yaml" in git("ls-files")
    (reports / "by-city.yaml").write_text(BY_CITY.replace("spend > 0", "spend > 9"))
    git("commit", "-qam", "by hand", "--no-verify")
    rows = json.loads(crm("history", "reports/by-city.yaml", "--json").out)
    assert any("having" in row["what"] for row in rows)
