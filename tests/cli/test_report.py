"""`crm report`: what every report has in common, from its declaration alone."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import crm_cli
from crm_cli.cli import report
from crm_cli.features.reports import REPORTS, TAKEN, load
from tests import copies
from tests.conftest import Crm, Git, Run

FORMATS = ("table", "tsv", "csv", "json", "jsonl", "yaml", "markdown")

EVERY = tuple(REPORTS)

DEALS = """\
deals:
  - id: d-5w0nn1x
    name: Towels
    stage: won
    amount: 400
    created: 2026-10-05
    closed_at: 2026-11-10
  - id: d-5p3nn1x
    name: Sheets
    stage: proposal
    amount: 900
    created: 2026-11-02
    expected_close: 2026-12-15
purchases:
  - {id: p-5b0nn1x, date: 2026-10-05, lines: [beans-1kg:1:9, mug:1:9], every: year}
  - {id: p-5b0nn2x, date: 2026-10-19, lines: [beans-1kg:1:9, mug:1:9]}
  - {id: p-5b0nn3x, date: 2026-11-03, lines: [beans-1kg:1:9, mug:1:9]}
cases:
  - {id: c-5c0nn1x, subject: Torn, kind: complaint, opened: 2026-11-03, lines: [mug]}
feedback:
  - {id: f-5f0nn1x, at: 2026-11-04, kind: nps, score: 4, body: Late}
campaign_responses:
  - {campaign: spring, status: targeted, at: 2026-11-02, channel: email}
  - {campaign: spring, status: responded, at: 2026-11-04, channel: email}
interactions:
  - {id: i-5i0nn1x, at: 2026-11-03, kind: call, direction: outbound, outcome: reached}
losses:
  - {at: 2026-11-05, reason: price, competitor: Tkalnica, won_back: 2026-11-06}
"""


@pytest.fixture
def deals(
    shop: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the hotel two deals, purchases, a complaint, a score, a campaign, a call, a loss; for
    slippage a history, in which the open one was to close two months earlier."""
    path = shop / "customers" / "hotel-breg.yaml"
    before = path.read_text(encoding="utf-8")
    if request.node.callspec.params["name"] == "slippage":
        git: Git = request.getfixturevalue("git")
        path.write_text(before + DEALS.replace("2026-12-15", "2026-10-15"), encoding="utf-8")
        day = "2026-09-20T10:00:00+02:00"
        with monkeypatch.context() as then:
            then.setenv("GIT_COMMITTER_DATE", day)
            git("commit", "-q", "-a", "--amend", "--no-edit", "--no-verify", "--date", day)
    path.write_text(before + DEALS, encoding="utf-8")
    (shop / "campaigns").mkdir()
    (shop / "campaigns/spring.yaml").write_text("name: Spring\nstart: 2026-11-01\n")
    (shop / "profiles.yaml").write_text("hotels:\n  rules:\n    - query: kind:organization\n")


@pytest.mark.usefixtures("deals")
@pytest.mark.parametrize("name", EVERY)
def test_every_report_answers_in_every_format(crm: Crm, name: str) -> None:
    rows = json.loads(crm("report", name, "--json").out)
    assert rows, name
    assert all(list(row) == list(rows[0]) for row in rows)
    for form in FORMATS:
        run = crm("report", name, "-o", form)
        assert run.code == 0 and run.out, (name, form, run.err)
    text = crm("report", name, "-o", "csv").out
    assert next(csv.DictReader(io.StringIO(text))).keys() == rows[0].keys()


@pytest.mark.usefixtures("deals")
@pytest.mark.parametrize("name", EVERY)
def test_nothing_to_report(crm: Crm, name: str) -> None:
    words = ("report", name, "id:nobody") if name != "sales" else ("report", name, "id:nobody",
                                                                   "--by", "month")  # fmt: skip
    run = crm(*words, "--json")
    assert (run.code, run.out) == (0, "[]\n"), run.err
    run = crm(*words, "-o", "csv")
    assert run.code == 0 and len(run.lines) == 1
    assert crm(*words) == Run(0, "", "")


@pytest.mark.usefixtures("deals")
@pytest.mark.parametrize("name", EVERY)
def test_every_report_has_help_with_an_example_that_runs(crm: Crm, name: str) -> None:
    declared = load(name)
    assert report.verbs[name].doc.startswith(f"{declared.answers}\n")
    assert declared.answers.endswith(".")
    words = declared.example.split()
    run = crm("report", name, *(word for word in words if word not in ("--owner", "me")))
    assert run.code == 0, run.err
    shown = crm("report", name, "--help").out
    for choice in declared.options:
        assert f"--{choice.name}" in shown
    for key in declared.by:
        assert key.name in " ".join(shown.split())


@pytest.mark.usefixtures("deals")
@pytest.mark.parametrize("name", [name for name in EVERY if load(name).by])
def test_every_key_answers(crm: Crm, name: str) -> None:
    for key in load(name).by:
        run = crm("report", name, "--by", key.name, "--json")
        assert run.code == 0, (key.name, run.err)


@pytest.mark.usefixtures("deals")
@pytest.mark.parametrize("name", EVERY)
def test_every_report_is_compared(crm: Crm, name: str) -> None:
    # No customer of the shop says when it was recorded.
    others = {"completeness": ("--compare", "2025")}
    compared = others.get(name, ("--period", "2026-q4", "--compare", "previous"))
    if not load(name).compared:
        assert crm("report", name, *compared).code == 2
        return
    if load(name).standing:
        assert crm("report", name, *compared).code == 2
        compared = ("--compare-as-of", "now")
    run = crm("report", name, *compared, "--json")
    assert run.code == 0, run.err
    rows = json.loads(run.out)
    assert any(column.endswith("_change") for column in rows[0])
    if not load(name).standing:
        assert crm("report", name, "--compare", "2025", "--json").code == 0


@pytest.mark.usefixtures("deals")
@pytest.mark.parametrize("name", EVERY)
def test_charts(crm: Crm, name: str) -> None:
    by = {"sales": "month", "win-loss": "owner", "velocity": "owner", "dso": "month"}.get(name)
    run = crm("report", name, "--chart", *(("--by", by) if by else ()))
    declared = load(name)
    assert run.code == (0 if declared.chart or declared.bar else 2), run.err


def test_a_comparison_has_the_change_and_the_change_as_a_fraction(crm: Crm) -> None:
    assert crm("purchase", "add", "maja-kos", "--amount", "100", "--date", "2026-08-05").code == 0
    run = crm("report", "top", "--period", "2026-q4", "--compare", "previous", "--json")
    (row,) = json.loads(run.out)
    assert {key: row[key] for key in row if key.startswith("net")} == {
        "net": "160.00", "net_compared": "100.00", "net_change": "60.00", "net_growth": "0.6000",
    }  # fmt: skip
    run = crm("report", "top", "--period", "2026-q4", "--compare", "year-ago", "--json")
    (row,) = json.loads(run.out)
    assert (row["net_compared"], row["net_change"], row["net_growth"]) == ("0.00", "160.00", None)


def test_months_stand_beside_the_same_months_of_the_other_year(crm: Crm) -> None:
    for day, amount in (("2025-11-30", "40"), ("2025-10-01", "7")):
        assert crm("purchase", "add", "maja-kos", "--amount", amount, "--date", day).code == 0
    run = crm("report", "sales", "--by", "month", "--period", "2026-q4", "--compare", "year-ago",
              "--json")  # fmt: skip
    rows = [(row["month"], row["net"], row["net_compared"]) for row in json.loads(run.out)]
    assert rows == [("2026-10", "0.00", "7.00"), ("2026-11", "160.00", "40.00")]


def test_beside_the_files_of_then(crm: Crm, git: Git, shop: Path) -> None:
    first = git("rev-parse", "HEAD").strip()
    assert crm("purchase", "add", "jan-vidmar", "--amount", "40", "--date", "2026-11-06").code == 0
    git("add", "-A")
    git("commit", "-qm", "later", "--no-verify", "--allow-empty")
    (row,) = json.loads(crm("report", "sales", "--compare-as-of", first, "--json").out)
    assert (row["net"], row["net_compared"], row["net_change"]) == ("200.00", "160.00", "40.00")
    words = ("--as-of", first, "--compare-as-of", "now", "--today", "2026-11-20", "--json")
    (row,) = json.loads(crm("report", "sales", *words).out)
    assert (row["net"], row["net_compared"]) == ("160.00", "200.00")


def test_as_of_has_the_clock_of_then(
    crm: Crm, git: Git, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was recorded for later does not count yet, by the files and the day of then."""
    text = (shop / "customers/maja-kos.yaml").read_text()
    (shop / "customers/maja-kos.yaml").write_text(text.replace("2026-11-05", "2026-07-05"))
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-06-30T12:00:00+02:00")
    git("commit", "-qa", "--amend", "--no-edit", "--no-verify", "--reset-author")
    for day, net in (("2026-07-04", "0.00"), ("2026-07-05", "160.00")):
        run = crm("report", "sales", "--as-of", day, "--json")
        assert run.code == 0, run.err
        (row,) = json.loads(run.out)
        assert row["net"] == net, day
    (row,) = json.loads(crm("report", "sales", "--as-of", "HEAD", "--json").out)
    assert row["net"] == "0.00", "a revision has the day of its commit"
    words = ("--as-of", "2026-07-04", "--today", "2026-12-01", "--json")
    (row,) = json.loads(crm("report", "sales", *words).out)
    assert row["net"] == "160.00", "unless the command line says otherwise"


def test_into_a_file(crm: Crm, shop: Path, tmp_path: Path) -> None:
    target = tmp_path / "top.csv"
    run = crm("report", "top", "--to", str(target))
    assert (run.code, run.out) == (0, ""), run.err
    assert target.read_text().startswith("customer,orders,net,currency,share,cumulative\n")
    assert crm("report", "top", "--to", str(target)).code == 2
    assert crm("report", "top", "--to", str(target), "--force", "-o", "tsv").code == 0
    assert target.read_text().startswith("customer\torders")
    chart = tmp_path / "chart.txt"
    assert crm("report", "top", "--chart", "--to", str(chart)).code == 0
    assert "160.00 EUR" in chart.read_text()
    assert crm("report", "top", "--to", "-").out.startswith("customer")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("top", "--by", "colour"), "top has no --by colour"),
        (("top", "--by", "city,city"), "twice"),
        (("activity", "--by", "city"), "there are: owner, week"),
        (("activity", "--by", "week,month"), "not both"),
        (("cohort", "--by", "month,year"), "one month"),
        (("cohort", "--periods", "0"), "--periods 0"),
        (("top", "--period", "soonish"), "--period"),
        (("top", "--compare", "previous"), "add --period"),
        (("top", "--compare", "soonish"), "--compare"),
        (("top", "--sort", "nte"), "did you mean net"),
        (("top", "--cols", "nte"), "did you mean net"),
        (("sales", "--chart"), "--by month"),
        (("completeness", "--customers", "--by", "owner"), "leave out --by"),
        (("top", "nosuch:field"), "there is no field"),
    ],
)
def test_what_cannot_be_asked(crm: Crm, words: tuple[str, ...], said: str) -> None:
    run = crm("report", *words)
    assert (run.code, run.out) == (2, ""), run
    assert said in run.err


def test_order_limit_columns_and_people(crm: Crm) -> None:
    assert crm("purchase", "add", "jan-vidmar", "--amount", "40", "--date", "2026-11-06").code == 0
    assert crm("report", "top", "--sort", "net", "-n", "1", "-o", "ids").out == "jan-vidmar\n"
    assert crm("report", "top", "--cols", "name,share", "-o", "tsv").lines[1] == "Maja Kos\t0.8000"
    table = crm("report", "top")
    assert table.lines[1].split()[-4:] == ["EUR", "█" * 10, "80.0%", "80.0%"]
    assert table.lines[-1].split()[:2] == ["total", "2"]
    assert crm("report", "top", "--by", "industry").lines[1].startswith("(none)")
    assert crm("report", "sources").lines[-1] == "* of fewer than 5"


def test_by_any_other_field(crm: Crm) -> None:
    rows = json.loads(crm("report", "top", "--by", "date.week,product.name", "--json").out)
    assert [(row["date_week"], row["product_name"], row["net"]) for row in rows] == [
        ("2026-w45", "Linen sheet", "160.00")
    ]


FOREIGN = "name: Z\npurchases:\n- {date: 2026-01-02, amount: 30, currency: USD}\n"


def test_by_currency_each_amount_is_in_its_own(crm: Crm, shop: Path) -> None:
    (shop / "customers" / "z.yaml").write_text(FOREIGN)
    (shop / "rates.yaml").write_text("2026-01-01: {USD: 1.25}\n")
    run = crm("report", "sales", "--by", "currency", "--json")
    rows = {row["currency"]: row for row in json.loads(run.out)}
    assert rows["USD"]["net"] == "30.00" and "base_currency" not in rows["USD"]
    table = crm("purchase", "summary", "--by", "currency").lines
    assert table[0].split()[:4] == ["currency", "orders", "units", "net"]
    assert table[-1].split()[0] == "total" and table[-1].split()[3].endswith("%")
    assert "several currencies" in crm("report", "sales", "--by", "currency", "--chart").err


def test_what_is_computed_of_all_groups_is_in_the_base_currency_and_says_so(
    crm: Crm, shop: Path
) -> None:
    (shop / "customers" / "z.yaml").write_text(FOREIGN)
    (shop / "rates.yaml").write_text("2026-01-01: {USD: 1.25}\n")
    rows = json.loads(crm("report", "top", "--by", "currency", "--json").out)
    assert {row["currency"]: (row["net"], row["base_currency"]) for row in rows}["USD"] == (
        "24.00", "EUR",
    )  # fmt: skip


def test_a_column_in_the_base_currency_says_so_beside_others(crm: Crm, shop: Path) -> None:
    (shop / "customers" / "z.yaml").write_text(FOREIGN)
    by = ("purchase", "list", "--group-by", "currency", "--agg", "sum:net,max:customer.spend")
    assert crm(*by).lines[0].split() == ["currency", "sum_net", "max_customer_spend", "(EUR)"]
    dollars = {row["currency"]: row for row in json.loads(crm(*by, "--json").out)}["USD"]
    assert (dollars["sum_net"], dollars["base_currency"]) == ("30.00", "EUR")


def test_a_sum_says_whether_it_is_in_the_base_currency(crm: Crm, shop: Path) -> None:
    (shop / "customers" / "z.yaml").write_text(FOREIGN)
    (shop / "rates.yaml").write_text("2026-01-01: {USD: 1.25}\n")

    def head(*words: str) -> str:
        return " ".join(crm(*words).lines[0].split())

    of = ("purchase", "list", "--agg", "sum:net", "--group-by")
    assert head(*of, "currency") == "currency sum_net"
    assert head(*of, "customer.owner") == "customer.owner sum_net (EUR)"
    assert head(*of, "currency", "--pivot", "date.year") == "currency 2026 total"
    assert head(*of, "customer", "--pivot", "currency") == "customer EUR USD total (EUR)"
    assert head("list", "--cols", "id,spend") == "id spend (EUR)"
    assert head("list", "--cols", "id,spend,currency") == "id spend currency"
    assert head("list", "--cols", "id,sum(purchases.net)") == "id sum(purchases.net) (EUR)"
    assert head("payment", "list", "--by", "date.year", "--agg", "sum:amount").endswith("(EUR)")
    # Without the currency that they are in beside them, amounts are in the base one.
    shown = ("--cols", "sum:net", "--sort", "sum:net")
    assert crm(*of, "currency", *shown, "-n", "1").lines == ["sum_net (EUR)", "        24.00"]
    assert json.loads(crm(*of, "currency", *shown, "--json").out)[0] == {"sum_net": "24.00"}
    assert "base_currency" not in crm(*of, "currency", "--json").out


def test_owner_and_me(crm: Crm) -> None:
    assert json.loads(crm("report", "top", "--owner", "marko", "--json").out) == []
    mine = crm("report", "top", "--owner", "me", "--as", "petra", "--json")
    assert len(json.loads(mine.out)) == 1


def test_a_missing_rate_is_told(crm: Crm, git: Git) -> None:
    assert crm("purchase", "add", "jan-vidmar", "--amount", "5 CHF").code == 0
    for name in EVERY:
        run = crm("report", name, "--json")
        assert run.code == 4, name
    run = crm("report", "top", "--json")
    assert "1 purchase in CHF is left out" in run.err
    assert [row["net"] for row in json.loads(run.out)] == ["160.00", None]


def test_names_that_are_no_reports() -> None:
    assert not {*REPORTS} & {*TAKEN}


def test_who_was_recorded_when_by_the_first_commit(
    crm: Crm, git: Git, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record without `created` counts from its first commit, under whatever name."""
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2026-02-02T12:00:00+01:00")
    git("commit", "-q", "--amend", "--no-edit", "--no-verify", "--reset-author")
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2026-05-05T12:00:00+02:00")
    git("mv", "customers/jan-vidmar.yaml", "customers/jan.yaml")
    (shop / "customers/nova.yaml").write_text("name: Nova\nsource: partner\n")
    git("add", "-A")
    git("commit", "-qm", "later", "--no-verify")
    run = crm("report", "sources", "--period", "2026-02", "--json")
    assert [(row["source"], row["customers"]) for row in json.loads(run.out)] == [(None, 3)]
    run = crm("report", "sources", "--period", "2026-05", "--json")
    assert [(row["source"], row["customers"]) for row in json.loads(run.out)] == [("partner", 1)]


def test_a_new_report_is_a_file_and_a_line(shop: Path, tmp_path: Path) -> None:
    """What CONTRIBUTING.md says, done to a copy of the program."""
    package = Path(crm_cli.__file__).parent
    page = (package.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    module, line = re.findall(r"```python\n(.*?)```", page.split("## To add a report\n")[1],
                              re.DOTALL)[:2]  # fmt: skip
    source = tmp_path / "source"
    reports = copies.copied(source) / "features" / "reports"
    (reports / "contacts.py").write_text(module, encoding="utf-8")
    registry = (reports / "__init__.py").read_text(encoding="utf-8")
    changed = registry.replace('    "products",\n', f'    "products",\n{line}')
    assert changed != registry
    (reports / "__init__.py").write_text(changed, encoding="utf-8")

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "crm_cli", *words],
            cwd=shop,
            env={**os.environ, "PYTHONPATH": str(source)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert json.loads(run("report", "contacts", "--json")) == [
        {"kind": "call", "contacts": 1, "reached": "1.0000"},
        {"kind": "note", "contacts": 1, "reached": "0.0000"},
    ]
    assert "contacts" in run("report")
    assert "--period last-12m --by kind,owner" in run("report", "contacts", "--help")
    assert run("__complete", "fish", "report", "conta").startswith("contacts\t")
    assert "kind" in run("__complete", "fish", "report", "contacts", "--by", "k")


def test_a_chart_by_week_and_owner_has_the_weeks_in_order_below_each_owner(
    crm: Crm, shop: Path
) -> None:
    for name, owner in (("one", "petra"), ("two", "miha")):
        (shop / "customers" / f"{name}.yaml").write_text(
            f"name: {name}\nowner: {owner}\ninteractions:\n"
            "- {at: 2026-11-17 10:00, kind: call}\n- {at: 2026-10-06 10:00, kind: call}\n"
        )
    words = ("report", "activity", "--period", "2026-10..2026-11")
    below: dict[str, list[str]] = {}
    for line in crm(*words, "--chart").out.splitlines():
        if not line.startswith(" "):
            assert line not in below, "an owner stands once"
            weeks = below[line] = []
        else:
            weeks.append(line.split()[0])
    assert {"petra", "miha"} <= below.keys()
    assert all(one and one == sorted(set(one)) for one in below.values())
    weeks = [one["week"] for one in json.loads(crm(*words, "--json").out)]
    assert len(weeks) > 2 and weeks == sorted(weeks)
