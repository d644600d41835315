"""No row too many and none too few: queries against a plain walk over the same records."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.index.database import open_index
from crm_cli.model.errors import CrmError
from crm_cli.model.text import words
from crm_cli.store.tree import Folder

from .conftest import TODAY, Shop

Record = dict[str, Any]
CITIES = ("Koper", "Šmarje", "Novo mesto", "Novo Polje")
TAGS = ("vip", "Čaj", "cold")
STATUSES = ("open", "in_progress", "completed")


def _records() -> dict[str, Record]:
    random = Random(7)
    records = {}
    for number in range(60):
        record: Record = {"name": f"Customer {number}"}
        record["tags"] = random.sample(TAGS, random.randrange(3))
        record["addresses"] = [{"city": random.choice(CITIES)} for _ in range(random.randrange(3))]
        record["tasks"] = [_task(random) for _ in range(random.randrange(4))]
        record["purchases"] = [
            {
                "date": str(TODAY - timedelta(days=random.randrange(400))),
                "amount": random.choice(("10", "99.5", "100", "250")),
                "status": random.choice(("posted", "posted", "draft")),
            }
            for _ in range(random.randrange(4))
        ]
        if random.random() < 0.5:
            record["owner"] = random.choice(("petra", "miha"))
        records[f"c{number:02}"] = {key: value for key, value in record.items() if value}
    return records


def _task(random: Random) -> Record:
    task: Record = {"title": "x", "status": random.choice(STATUSES)}
    if random.random() < 0.8:
        task["due"] = str(TODAY + timedelta(days=random.randrange(-5, 6)))
    return task


RECORDS = _records()


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    root = tmp_path_factory.mktemp("many")
    Path(root, "customers").mkdir()
    Path(root, "crm.yaml").write_text("currency: EUR\n")
    for id, record in RECORDS.items():
        text = json.dumps(record, ensure_ascii=False)
        Path(root, "customers", f"{id}.yaml").write_text(text, encoding="utf-8")
    with open_index(Folder(root), None) as index:
        assert index.problems() == []
        yield Shop(index)


class Case(NamedTuple):
    """A condition in both spellings, and the same in Python."""

    term: str
    where: str
    holds: Callable[[Record], bool]


def _tag(tag: str) -> Case:
    return Case(f"+{tag}", f"tag = {tag}", lambda record: tag in record.get("tags", ()))


def _city(word: str) -> Case:
    def holds(record: Record) -> bool:
        return any(words(word) in words(a["city"]) for a in record.get("addresses", ()))

    return Case(f"city:{word}", f'city = "{word}"', holds)


def _not_city(word: str) -> Case:
    def holds(record: Record) -> bool:
        cities = [words(address["city"]) for address in record.get("addresses", ())]
        return bool(cities) and not any(words(word) in city for city in cities)

    return Case(f"city.not:{word}", f'city != "{word}"', holds)


def _owner(user: str) -> Case:
    return Case(f"owner:{user}", f"owner = {user}", lambda record: record.get("owner") == user)


def _task_case(status: str, days: int, how: str) -> Case:
    day = TODAY + timedelta(days=days)

    def meets(task: Record) -> bool:
        return bool(
            task["status"] == status and "due" in task and date.fromisoformat(task["due"]) <= day
        )

    def holds(record: Record) -> bool:
        found = [meets(task) for task in record.get("tasks", ())]
        return {"any": any(found), "all": all(found), "none": not any(found)}[how]

    dot = "" if how == "any" else f".{how}"
    return Case(
        f"task{dot}/status:{status}/due:..{day}",
        f"{how}(tasks, status = {status} and due <= {day})",
        holds,
    )


def _bought(record: Record, days: int) -> list[float]:
    first = TODAY - timedelta(days=days - 1)
    return [
        float(purchase["amount"])
        for purchase in record.get("purchases", ())
        if purchase["status"] == "posted" and first <= date.fromisoformat(purchase["date"]) <= TODAY
    ]


def _spend(days: int, low: str) -> Case:
    return Case(
        f"spend@{days}d:{low}..",
        f"sum(purchases.net where date >= today - {days - 1}d) >= {low}",
        lambda record: sum(_bought(record, days)) >= float(low),
    )


def _orders(days: int, number: int) -> Case:
    return Case(
        f"orders@{days}d:{number}",
        f"count(purchases during last-{days}d) = {number}",
        lambda record: len(_bought(record, days)) == number,
    )


CASES = st.one_of(
    st.builds(_tag, st.sampled_from(TAGS)),
    st.builds(_city, st.sampled_from(("Koper", "smarje", "Novo", "mesto", "Nov"))),
    st.builds(_not_city, st.sampled_from(("Koper", "novo"))),
    st.builds(_owner, st.sampled_from(("petra", "miha"))),
    st.builds(
        _task_case,
        st.sampled_from(STATUSES),
        st.integers(-5, 5),
        st.sampled_from(("any", "all", "none")),
    ),
    st.builds(_spend, st.sampled_from((30, 90, 365)), st.sampled_from(("0", "99.5", "100.01"))),
    st.builds(_orders, st.sampled_from((30, 90, 365)), st.integers(0, 2)),
)


def _negated(case: Case) -> Case:
    return Case(f"not:{case.term}", f"not ({case.where})", lambda record: not case.holds(record))


SIGNED = st.one_of(CASES, CASES.map(_negated))


def _met(cases: list[Case]) -> list[str]:
    return [id for id, record in RECORDS.items() if all(case.holds(record) for case in cases)]


@settings(max_examples=60, deadline=None)
@given(cases=st.lists(SIGNED, min_size=1, max_size=3))
def test_terms_find_what_a_walk_finds(many: Shop, cases: list[Case]) -> None:
    assert many.ids(*(case.term for case in cases)) == _met(cases)


@settings(max_examples=40, deadline=None)
@given(cases=st.lists(SIGNED, min_size=1, max_size=3), other=SIGNED)
def test_expressions_find_what_a_walk_finds(many: Shop, cases: list[Case], other: Case) -> None:
    where = " and ".join(case.where for case in cases)
    wanted = sorted({*_met(cases), *_met([other])})
    assert many.ids(where=f"({where}) or {other.where}") == wanted


@settings(max_examples=30, deadline=None)
@given(cases=st.lists(SIGNED, min_size=1, max_size=2), more=SIGNED)
def test_another_term_never_widens(many: Shop, cases: list[Case], more: Case) -> None:
    terms = [case.term for case in cases]
    assert set(many.ids(*terms, more.term)) <= set(many.ids(*terms))


WILD = st.text(alphabet="ab:/.@+,-_\"'!()[]*=<>~%#\\ čЖ\u202e\x00019", max_size=12)


@settings(max_examples=150, deadline=None)
@given(
    text=st.one_of(WILD, st.builds("{}{}".format, st.sampled_from(("city:", "+", "task/")), WILD))
)
def test_any_text_is_answered_or_refused(many: Shop, text: str) -> None:
    """Whatever is typed: rows or a usage error, never a crash."""
    for terms, where in (([text], ""), ([], text)):
        try:
            many.ids(*terms, where=where)
        except CrmError as error:
            assert error.message
