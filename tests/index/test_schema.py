from __future__ import annotations

import sqlite3

import pytest

from crm_cli.index import schema
from crm_cli.index.plan import plan_of
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.kind import Field
from crm_cli.model.kinds import KINDS


def test_each_kind_has_a_table_with_its_columns() -> None:
    connection = sqlite3.connect(":memory:")
    for statement in (*schema.ddl(), *schema.indexes()):
        connection.execute(statement)
    for kind in KINDS:
        rows = connection.execute(f'PRAGMA table_info("{kind.name}")').fetchall()
        assert [row[1] for row in rows] == plan_of(kind).names


def forget() -> None:
    """Let the plans and what follows from them be made anew."""
    plan_of.cache_clear()
    schema.version.cache_clear()


def test_another_declaration_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = schema.version()
    forget()
    assert schema.version() == before
    monkeypatch.setattr(CUSTOMER, "fields", (*CUSTOMER.fields, Field("shoe_size")))
    forget()
    changed = schema.version()
    monkeypatch.undo()
    forget()
    assert changed != before == schema.version()


def test_what_folds_texts_is_part_of_the_version() -> None:
    parts = schema.version().splitlines()[-3:]
    assert [part.split(" ")[0] for part in parts] == ["unicode", "anyascii", "phonenumbers"]
    assert "missing" not in schema.version()
