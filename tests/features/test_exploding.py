"""A definition that would explode is refused, and no other query is any the worse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_cli.index import matching
from crm_cli.query import segment_conditions
from crm_cli.query.segments import segment_node
from crm_cli.store.document import Document
from tests.conftest import Crm

LEVELS = 30
CATASTROPHIC = "^(a+)+$"


@pytest.fixture(autouse=True)
def little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "SECONDS", 0.05)


def doubling(levels: int) -> str:
    """Segments of which each asks twice for the next."""
    asked = "".join(f'd{n}:\n  query: "@d{n + 1} @d{n + 1}"\n' for n in range(levels))
    return f"{asked}d{levels}:\n  query: +vip\n"


def test_a_segment_is_compiled_once_however_often_it_is_asked_for(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / "segments.yaml").write_text(doubling(LEVELS))
    read: list[str] = []

    def counted(name: str, *words: object) -> object:
        read.append(name)
        assert len(read) <= LEVELS + 1
        return segment_node(name, *words)  # type: ignore[arg-type]

    monkeypatch.setattr(segment_conditions, "segment_node", counted)
    for kind, ids in (("list", ["maja-kos"]), ("task", ["t-9f3kx7d", "t-9fzzzz1"])):
        read.clear()
        words = ("list", "@d0") if kind == "list" else ("task", "list", "@d0")
        assert crm(*words, "-o", "ids").lines == ids
        assert sorted(read) == sorted({f"d{n}" for n in range(LEVELS + 1)})


def test_segments_that_multiply_are_refused_and_the_others_answer(crm: Crm, shop: Path) -> None:
    text = "few:\n  query: +vip\n"
    for n in range(LEVELS):
        text += f'd{n}:\n  query: ["@d{n + 1}", "not:@e{n + 1}"]\n'
        text += f'e{n}:\n  query: ["@e{n + 1}", "not:@d{n + 1}"]\n'
    text += f"d{LEVELS}:\n  query: +vip\ne{LEVELS}:\n  query: city:Bled\n"
    (shop / "segments.yaml").write_text(text)
    run = crm("list", "@d0")
    assert (run.code, run.out) == (2, "")
    assert "in segment @" in run.err and "too often" in run.err
    assert crm("list", "@few", f"@d{LEVELS}", "-o", "ids").lines == ["maja-kos"]
    assert "segment @d0" in crm("check").out


def test_a_chain_of_segments_has_an_end(crm: Crm, shop: Path) -> None:
    (shop / "segments.yaml").write_text(doubling(3000))
    run = crm("list", "@d0")
    assert (run.code, "in segment @d0" in run.err) == (2, True)


@pytest.fixture
def slow(shop: Path) -> Iterator[Path]:
    """A shop with a text and a segment that together would never end."""
    (shop / "segments.yaml").write_text(
        f'slow:\n  query: "notes.re:{CATASTROPHIC}"\nslower:\n  query: "@slow"\n'
        "few:\n  query: +vip\n"
    )
    (shop / "customers/zora.yaml").write_text(f"name: Zora\nnotes: {'a' * 60}!\n")
    yield shop


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("list", "@slow"), "in segment @slow: "),
        (("list", "@slower"), "in segment @slow: "),
        (("list", f"notes.re:{CATASTROPHIC}"), ""),
        (("list", "--where", f"notes ~ '{CATASTROPHIC}'"), ""),
        (("segment", "count", "slow"), "in segment @slow: "),
        (("set", "@slow", "city=Bled", "--yes"), "in segment @slow: "),
    ],
)
def test_an_expression_that_never_ends_is_stopped_and_named(
    crm: Crm, slow: Path, words: tuple[str, ...], named: str
) -> None:
    run = crm(*words)
    assert (run.code, run.out) == (2, "")
    assert f"crm: {named}the regular expression {CATASTROPHIC} takes too long" in run.err
    assert crm("list", "@few", "-o", "ids").lines == ["maja-kos"]


def test_check_names_the_segment_and_goes_on(crm: Crm, slow: Path) -> None:
    (slow / "customers/bad.yaml").write_text("name: Bad\nemail: nobody\n")
    run = crm("check")
    assert "segments.yaml:2:" in run.out + run.err
    assert "takes too long" in run.out + run.err
    assert "customers/bad.yaml" in run.out + run.err
    assert "customers" in crm("segment", "show", "few").out
    assert "takes too long" in crm("segment", "show", "slow").out


def test_counting_all_segments_goes_on_after_one_that_never_ends(crm: Crm, slow: Path) -> None:
    run = crm("segment", "count", "-o", "csv")
    assert (run.code, run.lines) == (4, ["segment,customers", "few,1", "slow,", "slower,"])
    assert "segments.yaml:2:" in run.err and "segments.yaml:4:" in run.err


def test_each_statement_has_its_time_anew(crm: Crm, slow: Path) -> None:
    for _ in range(2):
        assert crm("list", "@slow").code == 2
        assert crm("list", "name.re:^Z", "-o", "ids").lines == ["zora"]


@pytest.mark.parametrize(
    "cols",
    [
        ",".join(f"spend@{months}m" for months in range(1, 250)),
        ",".join(["name"] * 3000),
    ],
    ids=["joins", "columns"],
)
@pytest.mark.parametrize("more", [(), ("--total",)], ids=["rows", "total"])
def test_more_columns_than_the_database_takes_are_refused(
    crm: Crm, shop: Path, cols: str, more: tuple[str, ...]
) -> None:
    run = crm("list", "--cols", cols, *more)
    assert (run.code, run.out) == (2, "")
    assert "too large" in run.err


def test_more_conditions_and_groups_than_the_database_takes_are_refused(
    crm: Crm, shop: Path
) -> None:
    where = " and ".join(f"spend@{months}m > 1" for months in range(1, 400))
    by = ",".join(["name"] + [f"name as n{n}" for n in range(2500)])
    agg = ",".join(f"sum:spend as s{n}" for n in range(2500))
    for words in (("--where", where), ("--group-by", by), ("--group-by", "city", "--agg", agg)):
        run = crm("list", *words)
        assert run.code in (0, 2), run.err
        assert "internal" not in run.err


def test_text_that_is_no_utf8_is_refused_by_sql(crm: Crm, shop: Path) -> None:
    run = crm("sql", "SELECT CAST(x'ff' AS TEXT)")
    assert (run.code, run.out) == (2, "")
    assert "not UTF-8" in run.err and "hex(" in run.err
    assert crm("sql", "SELECT hex(CAST(x'ff' AS TEXT)) AS x", "-o", "tsv").lines == ["x", "FF"]


def test_what_is_owed_beyond_64_bits_is_answered(crm: Crm, shop: Path) -> None:
    items = "".join(
        f"  - {{id: p-{n:07}, date: 2026-01-01, due_date: 2026-02-01,"
        " amount: 999999999999999.99, kind: invoice}\n"
        for n in range(150)
    )
    (shop / "customers/rich.yaml").write_text(f"name: Rich\npurchases:\n{items}")
    run = crm("balance", "-o", "tsv", "--cols", "id,balance,overdue")
    # The row stands, and that a list's sums are without it is told.
    assert (run.code, run.err.count("more than 64 bits hold")) == (4, 2)
    assert "rich\t149999999999999998.50\t149999999999999998.50" in run.lines
    run = crm("purchase", "list", "--total", "--cols", "id,net")
    assert (run.code, "larger than can be computed" in run.err) == (4, True)
    assert "--sort net- -n 5" in run.err


def test_memory_that_runs_out_is_told_in_a_line(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Document, "__init__", none)
    run = crm("show", "maja-kos")
    assert (run.code, run.out) == (7, "")
    assert run.err == "crm: there is not enough memory for this (ulimit -v, free)\n"
