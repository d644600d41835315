from __future__ import annotations

import sqlite3

import pytest

from crm_cli.index import schema
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import Boolean, Date, Money, Text
from crm_cli.model.kind import Derived, Field, GroupOf, Kind, ListOf
from crm_cli.model.kinds import KINDS


def test_each_kind_has_a_table_with_its_columns() -> None:
    connection = sqlite3.connect(":memory:")
    for statement in (*schema.ddl(), *schema.indexes()):
        connection.execute(statement)
    for kind in KINDS:
        rows = connection.execute(f'PRAGMA table_info("{kind.name}")').fetchall()
        assert [row[1] for row in rows] == [name for name, _ in schema.columns(kind)]


def test_columns_follow_from_the_storage() -> None:
    part = Kind(name="part", key="parts", doc="", fields=(Field("limit", Money()),), notes=False)
    kind = Kind(
        name="order",
        key="orders",
        doc="",
        fields=(
            Field("to", Text()),
            Field("end", Date()),
            Field("open", Boolean(), default=True),
            Field("credit", GroupOf(part)),
            Field("parts", ListOf(part)),
        ),
        letter="o",
        columns=("id",),
        derived=(
            Derived("net", Money(), "", base=True),
            Derived("gross", Money(), ""),
            Derived("late", Boolean(), "", sql="1"),
        ),
        notes=False,
    )
    names = [name for name, _ in schema.columns(kind)]
    assert names == [
        "pk", "customer", "parent", "ordinal", "id", "to", "to__f", "end", "open",
        "credit_limit", "credit_limit__b", "currency", "net", "gross", "gross__b", "all__f",
    ]  # fmt: skip
    assert '"open" INTEGER DEFAULT 1' in schema.table_ddl(kind)


def test_another_declaration_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = schema.version()
    schema.version.cache_clear()
    assert schema.version() == before
    monkeypatch.setattr(CUSTOMER, "fields", (*CUSTOMER.fields, Field("shoe_size")))
    schema.version.cache_clear()
    changed = schema.version()
    monkeypatch.undo()
    schema.version.cache_clear()
    assert changed != before == schema.version()


def test_what_folds_texts_is_part_of_the_version() -> None:
    parts = schema.version().splitlines()[-3:]
    assert [part.split(" ")[0] for part in parts] == ["unicode", "anyascii", "phonenumbers"]
    assert "missing" not in schema.version()
