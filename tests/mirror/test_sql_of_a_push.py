"""What pushes say to a database is what docs/scale.md lists, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_cli.index.postgres import schema, state
from tests.conftest import Crm

LISTED = Path(__file__).parents[2] / "docs/scale.md"
OURS = {
    "crm_staged", "crm_touched", "c", "t", "s", "w", "word", "words", "v", "n", "a", "r", "p",
    "pk", "pk_end", "entry", "entry_end", "item", "item_end",
    "crm_fold", "fold", "folded", "character", "place", "e", "f",
    "schemaname", "indexname", "table_name", "table_schema",
}  # fmt: skip
"""Our own names, which stand without quotes, and columns of the catalog."""
CATALOG = re.compile(r"\b[acntv]\.[a-z_]+\b")
"""Columns of the catalog, by the alias of its table."""


def listed(flavour: int = 0) -> set[str]:
    """The words of the list's first column; with a flavour those that are left out there."""
    rows = [line.split(" | ") for line in LISTED.read_text("utf-8").splitlines()]
    rows = [row for row in rows if len(row) == 4 and "`" in row[0]]
    assert rows, "the list is gone"
    chosen = (row for row in rows if not flavour or row[flavour].startswith("left out"))
    return {word.lower() for row in chosen for word in re.findall(r"`(\w+)`", row[0])}


def words(statement: str) -> Iterator[str]:
    """A statement's words: without texts, quoted names, parameters and what the catalog has."""
    if statement.startswith("CREATE VIEW"):
        statement = "CREATE VIEW AS SELECT"  # what queries say is another list
    text = re.sub(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|%s", " ", statement)
    text = CATALOG.sub(" ", text)
    yield from (word.lower() for word in re.findall(r"[A-Za-z_]\w*", text))


@pytest.fixture
def said(mirror: str, crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement of a first push, one of changes, one after an upgrade, and a drop."""
    import psycopg

    found = ["BEGIN", "COMMIT"]  # psycopg's own
    execute: Any = psycopg.Cursor.execute
    copy: Any = psycopg.Cursor.copy

    def executed(self: object, query: str, *given: object, **more: object) -> object:
        found.append(query)
        return execute(self, query, *given, **more)

    def copied(self: object, query: str, *given: object, **more: object) -> object:
        found.append(query)
        return copy(self, query, *given, **more)

    monkeypatch.setattr(psycopg.Cursor, "execute", executed)
    monkeypatch.setattr(psycopg.Cursor, "copy", copied)
    for number in range(4):
        (shop / f"customers/c-{number}.yaml").write_text("name: C\nown: x\n", "utf-8")
    assert crm("mirror", "push", mirror).code == 0
    assert crm("set", "maja-kos", "city=Izola").code == 0
    assert crm("mirror", "push", mirror).code == 0
    with psycopg.connect(mirror, autocommit=True) as other:
        alter = "ALTER TABLE crm.customer ADD COLUMN older text, DROP COLUMN name__f"
        execute(other.cursor(), alter)
    assert crm("mirror", "push", mirror).code == 0
    assert crm("mirror", "drop", mirror, "--yes").code == 0
    state.lock(Busy(found), "crm", lambda: None)
    return found


class Busy:
    """A connection by which the lock is never to be had at once."""

    def __init__(self, found: list[str]) -> None:
        self._found = found

    def execute(self, query: str, parameters: object) -> Busy:
        """Note the statement."""
        self._found.append(query)
        return self

    def fetchone(self) -> tuple[bool]:
        """Another one has it."""
        return (False,)


def test_every_word_is_in_the_list_and_every_word_of_the_list_is_said(said: list[str]) -> None:
    spoken = {word for statement in said for word in words(statement)} - OURS
    assert len(said) > 300
    known = listed()
    more = " ".join(sorted(spoken - known))
    assert not more, f"add it to docs/scale.md, with the pages that allow it: {more}"
    assert listed() - spoken == set(), "nobody says that any more"


@pytest.mark.parametrize(("column", "name"), [(1, "CockroachDB"), (2, "YugabyteDB")])
def test_what_is_left_out_elsewhere_is_not_said_there(column: int, name: str) -> None:
    version = {"CockroachDB": "CockroachDB CCL v25.2", "YugabyteDB": "PostgreSQL 15.2-YB-2025.1"}
    flavour = schema.flavour_of(version[name])
    assert flavour.name == name
    made = [schema.table_ddl(table, flavour) for table in schema.tables()]
    made += [statement for _, statement in schema.indexes(flavour)]
    spoken = {word for statement in made for word in words(statement)}
    assert spoken & listed(column) == set()
    assert len(spoken) > 8
