"""All that names a column reads it from the kind's plan: shown on kinds that have everything."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import crm_cli
from crm_cli.index.extract import Extractor
from crm_cli.index.plan import ColumnPlan, plan_of
from crm_cli.index.schema import table_ddl
from crm_cli.model.business import Business
from crm_cli.model.fieldtypes import Boolean, Date, Money, Reference, Text, User
from crm_cli.model.item import Item
from crm_cli.model.kind import Derived, Field, GroupOf, Kind, ListOf
from crm_cli.model.kinds import KINDS
from crm_cli.query.views import views
from tests.index import specimen

PACKAGE = Path(crm_cli.__file__).parent
SUFFIX = re.compile(r"__[fbd]\b")
LINKS = {"key", "link", "ordinal"}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a program with the specimen among its kinds makes of it."""
    done = subprocess.run(
        [sys.executable, "-m", specimen.__name__, str(tmp_path_factory.mktemp("specimen"))],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def kind(*fields: Field, **given: Any) -> Kind:
    return Kind(name="order", key="orders", doc="", fields=fields, notes=False, **given)


def test_columns_follow_from_the_declaration() -> None:
    part = kind(Field("limit", Money()))
    order = kind(
        Field("to", Text()),
        Field("end", Date()),
        Field("open", Boolean(), default=True),
        Field("credit", GroupOf(part)),
        Field("parts", ListOf(part)),
        letter="o",
        columns=("id",),
        derived=(
            Derived("net", Money(), "", base=True),
            Derived("gross", Money(), ""),
            Derived("late", Boolean(), "", terms="open:yes"),
        ),
    )
    assert plan_of(order).names == [
        "pk", "customer", "parent", "ordinal", "id", "to", "to__f", "end", "open",
        "credit_limit", "credit_limit__b", "credit_currency",
        "currency", "net", "gross", "gross__b", "all__f",
    ]  # fmt: skip
    assert '"open" INTEGER DEFAULT 1' in table_ddl("order", plan_of(order).columns)


def test_an_amount_says_where_its_currency_is() -> None:
    inner = kind(Field("amount", Money()))
    group = kind(Field("amount", Money()), Field("inner", GroupOf(inner)))
    fields = plan_of(kind(Field("amount", Money()), Field("group", GroupOf(group)))).fields
    assert {path: field.currency for path, field in fields.items()} == {
        "amount": "currency",
        "group.amount": "group_currency",
        "group.inner.amount": "group_inner_currency",
    }


@pytest.mark.parametrize(
    "fields",
    [
        (Field("a_b"), Field("a", GroupOf(kind(Field("b"))))),
        (Field("a", GroupOf(kind(Field("b", ListOf(kind(Field("c"))))))),),
        (Field("customer"),),
    ],
)
def test_a_declaration_that_has_no_table_is_refused(fields: tuple[Field, ...]) -> None:
    with pytest.raises(TypeError, match="order: "):
        ColumnPlan(kind(*fields))


def test_references_are_those_of_groups_too() -> None:
    group = kind(Field("by", User()), Field("about", Reference("customer")))
    found = plan_of(kind(Field("to", Reference("product")), Field("group", GroupOf(group))))
    assert [(field.value, field.type.to) for field in found.references()] == [
        ("to", "product"),
        ("group_by", "user"),
        ("group_about", "customer"),
    ]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_item_that_says_nothing_fills_only_columns_of_the_plan(kind: Kind) -> None:
    extractor = Extractor(Business())
    extractor.entry(Item(kind), 1)
    (shape,) = (shape for shape in extractor.take() if shape[0] == kind.name)
    assert set(shape[1:]) <= {"pk", "id", *plan_of(kind).names}


def test_every_column_of_every_view_is_of_the_plan() -> None:
    by_key = {kind.key: kind for kind in KINDS}
    for view in views():
        if view.name in by_key:
            names = {*plan_of(by_key[view.name]).names}
            used = {name for one in view.columns for name in re.findall(r't\."(\w+)"', one.sql)}
            assert used <= names


def test_no_other_module_puts_a_column_name_together() -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if SUFFIX.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"index/plan.py"}


def test_the_specimen_is_read_without_a_problem(found: dict[str, Any]) -> None:
    assert found["problems"] == []


@pytest.mark.parametrize("kind", specimen.KINDS, ids=lambda kind: kind.name)
def test_plan_table_cells_views_and_queries_agree(found: dict[str, Any], kind: Kind) -> None:
    said = found[kind.name]
    assert said["plan"] == said["table"]
    owned = {name for name, role in said["roles"].items() if role not in LINKS}
    assert {name for name in owned if said["cells"][name] is None} == set()
    assert {path for path, value in said["fields"].items() if value in ("None", "")} == set()
    assert {name for name, cell in said["view"].items() if cell is None} == set()
    used = {name for sql in said["view_sql"] for name in re.findall(r't\."(\w+)"', sql)}
    unseen = {name for name in owned if said["roles"][name] in ("words", "search")}
    assert used == owned - unseen - {"id"}


def test_amounts_in_groups_are_converted_by_their_own_currency(found: dict[str, Any]) -> None:
    cells = found["specimen"]["cells"]
    prefixes = ("", "group_", "group_inner_", "group_inner_innermost_")
    assert [
        tuple(cells[f"{prefix}{name}"] for name in ("money", "currency", "money__b", "twice__b"))
        for prefix in prefixes
    ] == [(11000, "USD", 10000, 20000)] * 2 + [(11000, "CHF", 22000, 44000)] * 2
    (part,) = (found["part"]["cells"],)
    assert (part["money"], part["currency"], part["money__b"]) == (11000, "USD", 10000)


def test_references_and_users_are_checked_wherever_they_stand(found: dict[str, Any]) -> None:
    """In the item, in three groups one in the other, in a list, and in a list in that."""
    codes = Counter((code, message) for _, code, message in found["wrong"])
    assert codes == {
        ("unknown-user", "user: there is no user zoe"): 6,
        ("reference-to-nobody", "customer_named: there is no customer anna"): 6,
        ("reference-to-nobody", "purchase: there is no purchase 2026-2"): 6,
        ("reference-to-nobody", "segment: there is no segment rest"): 6,
        ("reference-to-nobody", "products: there is no product tea"): 6,
    }
    lines = {line for line, code, _ in found["wrong"] if code == "unknown-user"}
    assert len(lines) == 6
