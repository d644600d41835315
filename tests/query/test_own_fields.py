"""Fields of people's own compare as what their values are, or as crm.yaml declares them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from crm_cli.index.database import open_index
from crm_cli.model.errors import UsageError
from crm_cli.query.group import GroupQuery, group
from crm_cli.query.select import Query, compile_query
from crm_cli.store.tree import Folder

from .conftest import Shop

CUSTOMERS = {
    "a": "{visits: 9, score: 1.5, joined: 2026-03-01, newsletter: yes, code: '007', mood: 5}",
    "b": "{visits: 10, score: 12, joined: 2.2.2025, newsletter: no, code: '12', mood: good}",
    "c": "{visits: 100, score: 0.25, joined: 2026-11-03 10:30, newsletter: true, code: '7'}",
    "d": "{}",
}


@contextmanager
def opened(settings: str = "", **records: str) -> Iterator[Shop]:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "customers").mkdir()
        (root / "crm.yaml").write_text(f"currency: EUR\n{settings}")
        for name, text in records.items():
            (root / "customers" / f"{name}.yaml").write_text(text)
        with open_index(Folder(root), None) as index:
            yield Shop(index)


@pytest.fixture(scope="module")
def own() -> Iterator[Shop]:
    records = {name: f"name: {name}\ncustom: {held}\n" for name, held in CUSTOMERS.items()}
    with opened(**records) as found:
        yield found


@pytest.mark.parametrize(
    ("term", "wanted"),
    [
        ("custom.visits:10..", ["b", "c"]),
        ("visits:10..", ["b", "c"]),
        ("custom.visits.over:10", ["c"]),
        ("custom.visits:9,100", ["a", "c"]),
        ("custom.visits.not:9", ["b", "c"]),
        ("no:visits", ["d"]),
        ("custom.score:..1.5", ["a", "c"]),
        ("custom.score.under:1.50", ["c"]),
        ("custom.joined:2026", ["a", "c"]),
        ("custom.joined.before:2026-03", ["b"]),
        ("custom.joined:2026-11-03", ["c"]),
        ("custom.newsletter:yes", ["a", "c"]),
        ("custom.newsletter:false", ["b"]),
        ("custom.code:7", ["c"]),
        ("custom.mood:good", ["b"]),
    ],
)
def test_own_fields_compare_as_what_they_are(own: Shop, term: str, wanted: list[str]) -> None:
    assert own.ids(term) == wanted


def test_two_fields_of_ones_own_are_compared(own: Shop) -> None:
    assert own.ids(where="custom.visits > custom.score") == ["a", "c"]


def test_own_numbers_are_sorted_and_answered_as_numbers(own: Shop) -> None:
    assert own.values("custom.visits", sort="custom.visits-") == [100, 10, 9, None]
    assert own.values("custom.score", sort="score") == [
        Decimal("0.25"), Decimal("1.5"), Decimal("12"), None,
    ]  # fmt: skip
    assert own.values("custom.joined", sort="joined")[0] == date(2025, 2, 2)
    assert own.values("custom.newsletter") == [True, False, True, None]


def test_own_numbers_are_summed(own: Shop) -> None:
    scope = own.scope()
    asked = ("sum:custom.visits", "avg:custom.score", "max:custom.joined")
    found = group(own.database, GroupQuery(scope.base, ("custom.newsletter",), asked), scope)
    rows: dict[Any, Any] = {row[0]: row[1:] for row in found.rows}
    assert rows[True] == (109, Decimal("0.875"), date(2026, 11, 3))
    assert rows[False] == (10, Decimal("12"), date(2025, 2, 2))


def test_a_text_among_numbers_makes_no_silent_answer(own: Shop) -> None:
    """`5..` of what is text would find nothing; how it can be asked is said."""
    for term in ("custom.mood:5..", "custom.mood.over:4"):
        with pytest.raises(UsageError) as caught:
            own.ids(term)
        assert "custom" in str(caught.value.hint) and "number" in str(caught.value.hint)
    assert own.ids('custom.mood:"5.."') == ["a"]


@pytest.mark.parametrize("term", ["custom.vists:5..", "custom.vists.over:4"])
def test_a_key_that_nobody_has_is_not_called_text(own: Shop, term: str) -> None:
    with pytest.raises(UsageError) as caught:
        own.ids(term)
    assert "nothing has custom.vists so far" in str(caught.value)
    assert "did you mean visits?" in str(caught.value.hint)
    assert "not all of its values" not in str(caught.value.hint)
    assert own.ids("custom.vists:5") == []


def test_settings_declare_the_types_of_own_fields() -> None:
    settings = "custom: {code: integer, mood: number, size: text, never: date}\n"
    a = "name: A\ncustom: {code: '007', mood: 5, size: 10}\n"
    b = "name: B\ncustom: {code: '12', mood: good, size: 9}\n"
    with opened(settings, a=a, b=b) as shop:
        assert shop.ids("code:..7") == ["a"]
        assert shop.ids("mood:4..") == ["a"]
        assert shop.values("size", sort="size") == ["10", "9"]
        assert shop.ids("custom.never:2026") == []


def test_every_kind_has_fields_of_ones_own() -> None:
    record = """
name: A
custom: {effort: 1}
tasks:
  - {title: One, effort: 2, custom: {hard: yes}, status: open}
  - {title: Two, effort: 11, status: open}
purchases:
  - {date: 2026-01-01, amount: 5, weight: 1.5, lines: []}
"""
    with opened(a=record) as shop:
        assert shop.values("title", "effort:3..", base="task") == ["Two"]
        assert shop.values("title", "custom.hard:yes", base="task") == ["One"]
        assert shop.ids("task/effort:2/status:open", "purchase/weight:1..2") == ["a"]
        assert shop.ids("task/status:open/effort:3..") == ["a"]
        assert shop.ids(where="sum(tasks.effort) = 13 and max(purchases.weight) < 2") == ["a"]


def test_several_values_of_one_record_are_any_of_them() -> None:
    with opened(a="name: A\ncustom: {sizes: [38, 40]}\n") as shop:
        assert shop.ids("sizes:39..") == ["a"]
        assert shop.values("sizes") == ["38; 40"]


def test_own_fields_are_sought_by_their_record(own: Shop) -> None:
    """Not by their key: then each of thousands of records would read the values of all."""
    node = own.node(["custom.visits:10..", "no:code", "custom.mood:good"])
    query = Query(own.scope().base, node, ("id", "custom.visits", "custom.mood"), "custom.score")
    statement = compile_query(query, own.scope())
    rows = own.connection.execute(f"EXPLAIN QUERY PLAN {statement.sql}", statement.parameters)
    lines = [str(row[3]) for row in rows if " x " in f"{row[3]} "]
    assert len(lines) > 5
    for line in lines:
        assert "INDEX extra.item (item=? AND kind=? AND key=?)" in line, line


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [("(?s)^t-1.*t-2$", ["both"]), ("(?x)^t-2$ # a note", ["both"]), ("^t-2$", ["both"])],
)
def test_an_expression_on_a_list_may_begin_with_flags(pattern: str, wanted: list[str]) -> None:
    texts = {"both": "[t-1, t-2]", "one": "[t-1]", "none": "[]"}
    tasks = "\n".join(f"  - {{title: {name}, depends_on: {held}}}" for name, held in texts.items())
    with opened(ana=f"name: Ana\ntasks:\n{tasks}\n") as shop:
        where = f"depends_on ~ '{pattern}'"
        assert shop.values("title", where=where, base="task") == wanted
