"""`crm report html`: figures as in the reports, no names where none are to be, the same bytes."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crm_cli.features.reports import PAGE, REPORTS, load
from tests import copies
from tests.conftest import Crm, Git, Run
from tests.pages import Page

EXAMPLE = Path(__file__).resolve().parents[2] / "data-example"
FROM_HISTORY = ("slippage", "prices")
"""They have nothing to show where git is not run."""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def example(crm: Crm, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Crm:
    """Runs a command on the example business."""
    monkeypatch.setenv("CRM_CACHE_DIR", str(cache))

    def run(*words: str | Path, stdin: str = "") -> Run:
        return crm("-C", EXAMPLE, *words, stdin=stdin)

    return run


def as_cell(value: Any) -> str:
    """A value of JSON as the cell of a page has it."""
    if isinstance(value, list):
        return "; ".join(as_cell(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


@pytest.mark.turns(3)
@pytest.mark.parametrize("name", [one for one in REPORTS if one not in FROM_HISTORY])
def test_a_page_has_the_figures_of_the_report(name: str, example: Crm) -> None:
    answer = example("report", name, *shlex.split(load(name).page), "--json")
    assert answer.code == 0, answer.err
    rows = json.loads(answer.out)
    page = example("report", "html", "--section", name)
    assert page.code == 0, page.err
    shown = Page(page.out).tables.get(name, [])
    assert bool(shown) == bool(rows)
    timed = len(rows) > len(shown) and f"and {len(rows) - len(shown):,} earlier" in page.out
    wanted = rows[-len(shown):] if timed else rows[: len(shown)]
    for row, told in zip(shown, wanted, strict=True):
        left_out = told.keys() - row.keys() - {"currency", "base_currency"}
        assert all(told[key] is None for key in left_out if rows == wanted), left_out
        for key, cell in row.items():
            known = as_cell(told[key])
            assert cell == known or (known == "" and cell == "(none)"), (key, row, told)
    assert f"crm report {name}" in page.out


def test_the_usual_page(example: Crm) -> None:
    page = example("report", "html")
    assert page.code == 0, page.err
    for name in PAGE:
        assert f'<article id="{name}">' in page.out
    assert example("report", "html").out == page.out, "the same bytes"
    read = Page(page.out)
    assert not {"script", "link", "img", "iframe", "form", "object"} & read.tags
    assert not any(one.startswith("on") for one in read.attributes)
    assert not re.findall(r'(?:href|src)="(?!#)', page.out)
    assert "default-src 'none'" in page.out and "style=" not in page.out
    due = json.loads(example("due", "--json").out)
    told = [(row["when"], row["kind"], row["name"]) for row in read.tables["due"]]
    assert told == [(one["when"], one["kind"], one["who"]) for one in due[: len(told)]]


def test_a_report_with_nothing_to_say_is_one_line(example: Crm) -> None:
    page = example("report", "html", "--section", "aging nobody-at-all").out
    article = page[page.index("<article") : page.index("</article>")]
    assert article.startswith('<article id="aging"><div class="empty"><h3>')
    assert "crm report aging nobody-at-all" in article
    assert "<table" not in article and "<details" not in article


def test_sections_are_chosen(example: Crm) -> None:
    page = example("report", "html", "--section", "aging,due", "--section", "sales --by city")
    assert re.findall(r'<article id="([^"]+)"', page.out) == ["aging", "due", "sales"]
    assert "Sales by city" in page.out
    twice = example("report", "html", "--section", "sales", "--section", "sales --by city")
    assert re.findall(r'<article id="([^"]+)"', twice.out) == ["sales", "sales-2"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--section", "agin"), 3, "did you mean aging"),
        (("--section", ""), 2, "names no section"),
        (("--section", "dso --by mouth"), 2, "section dso: dso has no --by mouth"),
        (("--section", "dso --nosuch"), 2, "crm report dso --help"),
        (("--section", "due --all"), 2, "takes no options"),
        (("--section", "top --json"), 2, "--json is not for a page"),
        (("--section", "top 'x"), 2, "a quote is not closed"),
        (("--watch",), 2, "--to report.html"),
        (("nosuch:1",), 2, "nosuch"),
    ],
)
def test_what_cannot_be_asked(
    words: tuple[str, ...], code: int, said: str, example: Crm
) -> None:
    page = example("report", "html", *words)
    assert (page.code, page.out) == (code, "")
    assert said in page.err


def test_terms_and_periods_go_to_the_sections(example: Crm) -> None:
    page = example("report", "html", "+horeca", "--period", "2026-q3", "--section", "top,aging")
    answer = example("report", "top", "+horeca", "--period", "2026-q3", "--json")
    shown = Page(page.out).tables["top"]
    assert [row["customer"] for row in shown] == [one["customer"] for one in json.loads(answer.out)]
    assert "crm report top --period 2026-q3" not in page.out
    assert "crm report top +horeca --period 2026-q3" in page.out
    assert "crm report aging +horeca</code>" in page.out


def test_what_is_overdue_stands_at_the_top(example: Crm) -> None:
    rows = json.loads(example("report", "aging", "--json").out)
    late = sum(
        Decimal(row[key]) for row in rows for key in ("d1_30", "d31_60", "d61_90", "over_90")
    )
    owing = json.loads(example("list", "--cols", "overdue", "--json").out)
    assert late == sum(Decimal(one["overdue"] or 0) for one in owing) > 0
    page = example("report", "html", "--section", "aging").out
    assert f"of it overdue</a></dt><dd>{late:,} EUR</dd>" in page
    page = example("report", "html", "--section", "aging --by-date issue").out
    assert "overdue</a>" not in page


def advice(page: str) -> list[tuple[str, str, str]]:
    """What a page says to do first: section, sentence, line."""
    found = re.findall(r'<li><a href="#([^"]+)">(.+?)</a> <code>(.+?)</code></li>', page)
    return [(section, re.sub("</?bdi>", "", text), line) for section, text, line in found]


def test_what_to_do_first_comes_from_the_reports_rows(example: Crm) -> None:
    first = advice(example("report", "html").out)
    assert [section for section, *_ in first] == [
        "aging", "audit", "due", "due", "product-quality"
    ]  # fmt: skip
    invoices = json.loads(example("report", "aging", "--invoices", "--json").out)
    late = [one for one in invoices if (one["days"] or 0) > 0]
    owed, oldest = sum(Decimal(one["total"]) for one in late), max(one["days"] for one in late)
    assert first[0][1] == (
        f"{owed:,} EUR is overdue: 770.53 EUR at Bistro Lipa and 598.00 EUR at Hotel Jadran; "
        f"the oldest for {oldest} days, at Hotel Jadran."
    )
    for _, text, line in first:
        told = example(*shlex.split(line)[1:], "--json")
        assert told.code == 0, line
        if line.endswith("--kind reorder"):
            assert text.startswith(f"{len(json.loads(told.out))} customers are late to reorder")
    assert "4,200.00 EUR at Hotel Jadran may have been forgotten" in first[1][1]


def test_sections_with_nothing_to_do_say_nothing_first(example: Crm) -> None:
    for chosen in ("top,sales", "aging nobody-at-all", "churn", "service"):
        page = example("report", "html", "--section", chosen).out
        assert advice(page) == [] and "What to do first" not in page, chosen
    by_owner = example("report", "html", "--section", "aging --by owner")
    assert advice(by_owner.out) == []


def test_who_is_silent_and_has_something_at_stake_comes_first(crm: Crm, shop: Path) -> None:
    (shop / "customers" / "quiet.yaml").write_text(
        "name: Quiet\npurchases:\n"
        + "".join(f"  - {{date: 2026-0{n}-01, amount: 10, currency: EUR}}\n" for n in range(1, 5))
    )
    page = crm("report", "html", "--section", "churn")
    assert page.code == 0, page.err
    assert advice(page.out) == [
        ("churn", "40.00 EUR a year is at stake with Quiet, who has been silent for longer than "
         "usual.", "crm report churn --at-risk")
    ]  # fmt: skip


def test_months_in_part_are_marked(example: Crm) -> None:
    page = example("report", "html", "--section", "sales --by month --period last-12m").out
    assert "in part: 2025-11 from 2025-11-21, 2026-11 to 2026-11-20" in page
    assert page.count('class="s0 part"><title>') == 2
    assert "2025-11: 203.00 EUR, from 2025-11-21" in page
    whole = example("report", "html", "--section", "sales --by month --period 2026-01..2026-10")
    assert "in part:" not in whole.out and 'class="s0 part"' not in whole.out
    assert 'class="s0"><title>2026-03: 611.01 EUR</title>' in whole.out


def test_cohorts_stand_once_in_a_shaded_table(example: Crm) -> None:
    page = example("report", "html", "--section", "cohort").out
    assert "<figure" not in page
    rows = json.loads(example("report", "cohort", "--json").out)
    again = [Decimal(row[key]) for row in rows for key in row
             if re.fullmatch(r"m\d+", key) and row[key] and Decimal(row[key]) > 0]  # fmt: skip
    assert page.count('<td class="n h') == len(again) > 0
    assert page.count('<td class="n h5">') == sum(one == max(again) for one in again)


def test_what_is_nothing_has_no_bar_and_stays_in_the_table(example: Crm) -> None:
    page = example("report", "html", "--section", "product-quality").out
    rows = json.loads(example("report", "product-quality", "--json").out)
    drawn = [row for row in rows if Decimal(row["returned_100"] or 0)]
    chart = page[page.index("<figure") : page.index("</figure>")]
    assert chart.count("<rect") == len(drawn) == 2
    shown = Page(page).tables["product-quality"]
    assert any(Decimal(row["returned_100"]) == 0 for row in shown)


def test_a_score_of_few_answers_says_so(example: Crm) -> None:
    page = example("report", "html", "--section", "satisfaction").out
    assert "Net Promoter Score, of 3</a></dt><dd>66.7%</dd>" in page


def test_it_is_written_to_a_file(example: Crm, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    assert example("report", "html", "--section", "aging", "--to", file).code == 0
    assert file.read_text().startswith("<!DOCTYPE html>")
    assert example("report", "html", "--section", "aging", "--to", file).code == 2
    assert example("report", "html", "--section", "dso", "--to", file, "--force").code == 0
    assert 'id="dso"' in file.read_text()


NAMES = re.compile(
    r"jadran|novak|lipa|pisarna|acme|aurora|roza|роза|šuštar|sustar|fitnes|@|petra|marko|nina"
    r"|koper|split|ljubljana|maribor|\b[a-z]-(?=\w*\d)[0-9a-z]{7}\b|protein",
    re.IGNORECASE,
)


@pytest.mark.turns(3)
@pytest.mark.parametrize("name", [*REPORTS, "due"])
def test_an_anonymous_page_names_nobody(name: str, example: Crm) -> None:
    page = example("report", "html", "--anonymous", "--section", name)
    assert page.code == 0, page.err
    body = page.out.partition("</style>")[2]
    assert NAMES.findall(body) == []


def test_labels_are_the_same_in_all_sections(example: Crm) -> None:
    page = example("report", "html", "--anonymous", "--section", "aging,top,due")
    names = Page(example("report", "html", "--section", "aging,top,due").out).tables
    labels = Page(page.out).tables
    pairs = {
        (row["customer"], label["customer"])
        for name in ("aging", "top")
        for row, label in zip(names[name], labels[name], strict=True)
    }
    pairs |= {(row["name"], label["name"])
              for row, label in zip(names["due"], labels["due"], strict=True)}  # fmt: skip
    assert len({label for _, label in pairs}) == len({name for name, _ in pairs}) == len(pairs)
    chosen = example("report", "html", "--anonymous", "--section", "aging", "bistro@lipa.example")
    assert "lipa" not in chosen.out and "a part of the customers" in chosen.out


def test_what_chooses_is_not_shown_either(crm: Crm, shop: Path) -> None:
    (shop / "reports").mkdir()
    (shop / "reports" / "across.yaml").write_text(
        "title: Across\nkind: purchase\ngroup_by: date.year\npivot: customer\nagg: sum:net\n"
    )
    (shop / "reports" / "years.yaml").write_text(
        "title: Years\nkind: purchase\ngroup_by: kind\npivot: date.year\nagg: sum:net\n"
    )
    sections = ("statement maja@kos.example", "top -w 'name ~ \"kos\"'",
                "sales --owner petra --by month", "across,years")  # fmt: skip
    words = [word for one in sections for word in ("--section", one)]
    shown = crm("report", "html", *words)
    assert shown.code == 0, shown.err
    assert "maja-kos" in shown.out and "petra" in shown.out
    page = crm("report", "html", "--anonymous", *words)
    assert page.code == 0, page.err
    body = page.out.partition("</style>")[2].lower()
    assert not re.findall("maja|kos|petra", body)
    assert "Customer 1" in page.out and "160.00" in page.out and "2026" in page.out
    assert "crm report sales --by month" in page.out


def test_a_broken_balance_names_nobody(crm: Crm, shop: Path) -> None:
    (shop / "customers" / "far-away.yaml").write_text(
        "name: Far Away\npurchases:\n"
        "  - {date: 2026-11-01, kind: invoice, amount: 5, currency: NOK}\n"
    )
    for words, told in (((), True), (("--anonymous",), False)):
        page = crm("report", "html", "--section", "aging,dso,top", *words)
        assert page.code == 4
        assert ("left out" in page.out) and (("Far Away" in page.out) == told)


OWN = """\
title: Towns & <b>people</b>
describe: who lives where
query: has:city
group_by: city
agg: [count, sum:spend as spend]
"""
SQL = "title: Ids\nsql: SELECT id, name, spend FROM customers ORDER BY id\n"


def test_own_reports_are_sections(crm: Crm, shop: Path) -> None:
    (shop / "reports").mkdir()
    (shop / "reports" / "towns.yaml").write_text(OWN)
    (shop / "reports" / "ids.yaml").write_text(SQL)
    page = crm("report", "html", "--section", "towns,ids")
    assert page.code == 0, page.err
    assert "Towns &amp; &lt;b&gt;people&lt;/b&gt;" in page.out
    shown = Page(page.out).tables
    for name in ("towns", "ids"):
        told = json.loads(crm("report", name, "--json").out)
        assert [row.get("spend") for row in shown[name]] == [
            as_cell(one["spend"]) for one in told
        ]
    hidden = crm("report", "html", "--anonymous", "--section", "towns,ids").out
    assert "Koper" not in hidden and "City 1" in hidden
    assert "Kos" not in hidden and "maja" not in hidden
    refused = crm("report", "html", "city:Koper", "--section", "ids")
    assert refused.code == 2 and "section ids: ids is SQL" in refused.err


def test_settings_choose_the_sections(crm: Crm, shop: Path) -> None:
    with (shop / "crm.yaml").open("a") as file:
        file.write("reports:\n  html: [due, 'top --by country']\n")
    assert re.findall(r'<article id="([^"]+)"', crm("report", "html").out) == ["due", "top"]
    named = crm("report", "html", "--section", "aging").out
    assert re.findall(r'<article id="([^"]+)"', named) == ["aging"]


def test_what_changed_comes_from_history(crm: Crm, shop: Path, git: Git) -> None:
    assert crm("set", "maja-kos", "city=Izola", "--yes").code == 0
    page = crm("report", "html", "--section", "changes", "--since", "2020-01-01")
    told = json.loads(crm("changes", "--since", "2020-01-01", "--json").out)
    shown = Page(page.out).tables["changes"]
    assert [row["what"] for row in shown] == [one["what"] for one in told[: len(shown)]]
    assert "Izola" in page.out and "crm changes --since 2020-01-01" in page.out
    commit = git("rev-parse", "HEAD").strip()
    assert f"commit {commit[:10]}" in page.out
    hidden = crm("report", "html", "--section", "changes", "--since", "2020-01-01", "--anonymous")
    assert "Izola" not in hidden.out and "maja" not in hidden.out.lower()


def test_long_tables_are_cut(crm: Crm, shop: Path) -> None:
    for number in range(40):
        (shop / "customers" / f"made-{number}.yaml").write_text(
            f"name: Made {number}\ntasks:\n  - {{title: Ring, due: 2026-11-{number % 18 + 1:02}}}\n"
            f"purchases:\n  - {{date: 2026-10-01, kind: invoice, amount: {number + 1}}}\n"
        )
    page = crm("report", "html")
    assert page.code == 0, page.err
    shown = Page(page.out)
    due = json.loads(crm("due", "--json").out)
    assert len(due) > 40 and len(shown.tables["due"]) == 15
    assert f"and {len(due) - 15} more" in page.out
    assert len(shown.tables["aging"]) == 10 and "and 31 more" in page.out
    whole = json.loads(crm("report", "aging", "--json").out)
    total = sum(Decimal(one["total"]) for one in whole)
    assert shown.totals["aging"]["total"] == str(total), "the total is of all"
    assert len(page.out) < 200_000


def test_what_cannot_be_read_is_told(crm: Crm, shop: Path) -> None:
    (shop / "customers" / "torn.yaml").write_text("name: [half")
    page = crm("report", "html", "--section", "top")
    assert page.code == 4
    assert "in part: 1 file has errors, which crm check shows" in page.out


def test_amounts_without_a_rate_are_told(crm: Crm, shop: Path) -> None:
    (shop / "customers" / "abroad.yaml").write_text(
        "name: Far\npurchases:\n  - {date: 2026-11-01, amount: 5, currency: NOK}\n"
    )
    page = crm("report", "html", "--section", "top")
    assert page.code == 4
    assert "1 purchase in NOK is left out of the sums" in page.out




def test_a_terminal_gets_no_page(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    from crm_cli.cli import report_page

    monkeypatch.setattr(report_page, "_is_terminal", lambda session: True)
    page = crm("report", "html", "--section", "aging")
    assert (page.code, page.out) == (2, "")
    assert "--to report.html" in page.err


def test_it_is_written_again_when_records_change(crm: Crm, shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    (shop / "reports").mkdir()
    (shop / "reports" / "towns.yaml").write_text(OWN)
    words = ("report", "html", "--section", "due,towns", "--watch", "--to", str(file))
    watching = subprocess.Popen(
        [sys.executable, "-m", "crm_cli", *words],
        stderr=subprocess.PIPE,
        encoding="utf-8",
        # Whoever runs the tests in the background may have it ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert watching.stderr is not None
    try:
        assert watching.stderr.readline().startswith("written to ")
        assert "Send the samples" in file.read_text() and "Ring twice" not in file.read_text()
        assert crm("task", "add", "maja-kos", "Ring twice", "--due", "2026-11-19").code == 0
        assert watching.stderr.readline().startswith("written to ")
        assert "Ring twice" in file.read_text()
        (shop / "reports" / "towns.yaml").write_text("title: [half")
        assert "the page stays as it was" in watching.stderr.readline()
        watching.send_signal(signal.SIGINT)
        assert watching.wait(60) == 130
        assert "Traceback" not in watching.stderr.read()
    finally:
        watching.kill()
        watching.wait()
    (shop / "reports" / "towns.yaml").write_text(OWN)
    taken = crm(*words)
    assert taken.code == 2 and "exists" in taken.err


def test_a_new_kind_of_chart_is_a_file_and_a_line(shop: Path, tmp_path: Path) -> None:
    """What CONTRIBUTING.md says, done to a copy of the program."""
    page = (EXAMPLE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = page.split("## To add a kind of chart\n")[1]
    module, line = re.findall(r"```python\n(.*?)```", section, re.DOTALL)[:2]
    package = copies.copied(tmp_path / "source")
    charts, top = package / "formats/html/charts", package / "features/reports/top.py"
    (charts / "dots.py").write_text(module, encoding="utf-8")
    for path, before, after in (
        (charts / "__init__.py", '    "bars",\n', f'    "bars",\n{line}'),
        (top, 'shape="pareto"', 'shape="dots"'),
    ):
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
    (shop / "customers" / "other.yaml").write_text(
        "name: Other\npurchases:\n  - {date: 2026-11-02, amount: 5}\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "crm_cli", "report", "html", "--section", "top"],
        cwd=shop, env={**os.environ, "PYTHONPATH": str(package.parent)},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("<circle") == 2 and "<rect" not in done.stdout


def test_sections_are_completed(crm: Crm) -> None:
    offered = crm("__complete", "fish", "report", "html", "--section", "aging,pi").out
    assert offered.startswith("aging,pipeline")


def test_a_reader_may_go_away(example: Crm) -> None:
    words = [sys.executable, "-m", "crm_cli", "-C", str(EXAMPLE), "report", "html"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None and run.stderr is not None
        run.stdout.read(10)
        run.stdout.close()
        assert run.wait(60) == 0
        assert b"Traceback" not in run.stderr.read()


def test_a_single_one_is_said_as_one(crm: Crm, shop: Path) -> None:
    for other in (shop / "customers").rglob("*.yaml"):
        other.unlink()
    (shop / "customers" / "quiet.yaml").write_text(
        "name: Quiet\nlifecycle_stage: former\ntasks:\n"
        "- {title: Call, due: 2026-11-19}\n- {title: Write, due: 2026-11-20}\n"
        "cases:\n- {subject: Broken, opened: 2026-11-20}\npurchases:\n"
        + "".join(f"- {{date: 2025-0{n}-01, amount: 10, currency: EUR}}\n" for n in range(1, 5))
    )
    page = crm("report", "html", "--section", "churn,service,due,cohort,rfm")
    assert page.code == 0, page.err
    for label in ("customer at risk or lost", "open case", "thing overdue", "thing due today"):
        assert re.search(rf"{label}</a></dt><dd>1</dd>", page.out), label
    words = re.sub("<style>.*?</style>|<[^>]+>", " ", page.out, flags=re.DOTALL)
    assert re.findall(r"(?<![\w.,-])1 (?:customers|[a-z]+s later)", words) == []
    assert "only 1 customer has bought" in page.err


def test_who_is_gone_and_bought_nothing_for_a_year_is_no_alarm(crm: Crm, shop: Path) -> None:
    def told(year: int) -> str:
        (shop / "customers/quiet.yaml").write_text(
            "name: Quiet\npurchases:\n"
            + "".join(f"- {{date: {year}-0{n}-01, amount: 10}}\n" for n in range(1, 5)), "utf-8"
        )  # fmt: skip
        page = crm("report", "html", "--section", "churn").out
        (found,) = re.findall(r"<div[^>]*>\s*<dt>[^/]*at risk or lost", page)
        return str(found)

    assert "alert" in told(2026) and "alert" not in told(2024)


def test_the_forecast_stacks_what_is_weighted_with_the_rest(example: Crm) -> None:
    rows = json.loads(example("report", "forecast", "--json").out)
    months = [
        (Decimal(row["weighted"]), sum(Decimal(row[key]) for key in ("commit", "pipeline")))
        for row in rows
    ]
    for words in ((), ("--anonymous",)):
        page = example("report", "html", "--section", "forecast", *words).out
        chart = page[page.index("<figure") : page.index("</figure>")]
        assert re.findall('</svg> ([^<]+)</li>', chart) == ["weighted", "rest of the full value"]
        drawn = re.findall(r'class="(s0|rest)"><title>[^:]+: ([\d,.]+) EUR<', chart)
        assert drawn == [
            (shade, f"{value:,}")
            for weighted, whole in months
            for shade, value in (("s0", weighted), ("rest", whole - weighted))
        ]
        assert "10,200 of 14,400" in chart
        assert set(Page(page).tables["forecast"][0]) <= {*rows[0], "month"}
