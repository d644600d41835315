"""`crm mirror roles`: what each group sees, asked with real roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crm_cli.index.postgres import schema
from crm_cli.index.postgres.address import read_address
from crm_cli.index.postgres.connection import connect, quoted
from crm_cli.model.errors import Refused
from tests.conftest import Crm

pytestmark = pytest.mark.turns(2)

Ask = Callable[[str, str], list[Any]]


@pytest.fixture
def ask(mirror: str, crm: Crm, shop: Path) -> Iterator[Ask]:
    """Asks as a role: petra has her customers in koper, marko all of bled, eva nothing."""
    import psycopg

    (shop / "customers/maja-kos.yaml").open("a").write("own: of petra\n")
    (shop / "customers/hotel-breg.yaml").open("a").write("own: of marko\n")
    (shop / "desk.yaml").write_text("tasks:\n  - Tidy up\n", "utf-8")
    for book in ("koper", "bled"):
        crm("mirror", "push", mirror, "--book", book)
    printed = crm("mirror", "roles", mirror)
    assert printed.code == 0
    address = read_address(mirror)
    with psycopg.connect(address.url, autocommit=True) as owner:
        for _ in range(2):  # it can be run again
            owner.execute(printed.out.encode())
        owner.execute(
            "DROP ROLE IF EXISTS petra; DROP ROLE IF EXISTS marko; DROP ROLE IF EXISTS eva;"
            "DROP ROLE IF EXISTS ana; CREATE ROLE petra LOGIN IN ROLE crm_seller;"
            "CREATE ROLE marko LOGIN IN ROLE crm_seller; CREATE ROLE eva LOGIN IN ROLE crm_seller;"
            "CREATE ROLE ana LOGIN IN ROLE crm_reader;"
            "DROP ROLE IF EXISTS bi; CREATE ROLE bi LOGIN IN ROLE crm_analyst;"
            "INSERT INTO crm.crm_access VALUES ('petra', 'koper', 'petra'), ('marko', 'bled', NULL)"
        )

    def asked(role: str, sql: str) -> list[Any]:
        as_role = read_address(mirror.replace("crm@", f"{role}@"))
        with closing(connect(as_role, {}, only_read=True)) as connection:
            return list(connection.execute(sql).fetchall())

    yield asked
    with psycopg.connect(address.url, autocommit=True) as owner:
        owner.execute("DROP ROLE petra, marko, eva, ana, bi")


def test_a_seller_sees_their_own_customers_with_all_of_them(ask: Ask) -> None:
    assert ask("petra", 'SELECT "book", "id" FROM "customer"') == [("koper", "maja-kos")]
    tasks = 'SELECT DISTINCT "book", "title" FROM "task" ORDER BY "title"'
    assert ask("petra", tasks) == [
        ("koper", "Ask about the flat"), ("koper", "Send the samples")
    ]  # fmt: skip
    own = """SELECT "value" FROM "extra" WHERE "key" = 'custom.own'"""
    assert ask("petra", own) == [("of petra",)]
    assert ask("petra", 'SELECT "path" FROM "file"') == [("customers/maja-kos.yaml",)]
    assert len(ask("petra", 'SELECT "words" FROM "search"')) == 1
    assert ask("petra", 'SELECT "book", "id" FROM "product"') == [("koper", "linen-sheet")]
    assert ask("petra", 'SELECT "book" FROM "crm_meta"') == [("koper",)]


def test_a_seller_asks_the_mirror_with_crm(ask: Ask, mirror: str, crm: Crm) -> None:
    own = mirror.replace("crm@", "petra@")
    assert crm("--on", own, "list", "-o", "ids").out == "maja-kos\n"
    assert crm("--on", own, "task", "list", "--all", "-o", "csv").code == 0
    assert crm("--on", own, "list", "name:maja", "-o", "ids").out == "maja-kos\n"
    assert crm("--on", mirror.replace("crm@", "eva@"), "list").code != 0


def test_a_book_and_all_books(ask: Ask) -> None:
    assert {row[0] for row in ask("marko", 'SELECT "book" FROM "task"')} == {"bled"}
    assert ask("marko", 'SELECT COUNT(*) FROM "customer"') == [(3,)]
    assert ask("marko", """SELECT COUNT(*) FROM "task" WHERE "desk" IS NOT NULL""") == [(1,)]
    assert ask("ana", 'SELECT COUNT(*) FROM "customer"') == [(6,)]


def test_who_was_given_nothing_sees_nothing(ask: Ask) -> None:
    for table in schema.tables():
        assert ask("eva", f"SELECT 1 FROM {quoted(table.name)} LIMIT 1") == [], table.name


def test_an_analyst_sees_the_views_alone(ask: Ask) -> None:
    import psycopg

    assert ask("bi", 'SELECT COUNT(*), COUNT(DISTINCT "book") FROM "customers"') == [(6, 2)]
    assert ask("bi", 'SELECT COUNT(*) FROM "tasks"') != [(0,)]
    for table in schema.tables():
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask("bi", f"SELECT 1 FROM {quoted(table.name)}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask("petra", 'SELECT 1 FROM "customers"')


def test_nobody_but_the_owner_writes(ask: Ask, mirror: str, crm: Crm) -> None:
    for role in ("petra", "ana"):
        url = mirror.replace("crm@", f"{role}@")
        assert crm("mirror", "push", url, "--book", "koper").code == 6
        assert crm("mirror", "drop", url, "--yes").code == 6
    assert crm("mirror", "push", mirror, "--book", "koper").out == "koper: nothing new\n"
    assert Refused.exit_code == 6


def test_an_analysts_login_is_told_that_it_may_not_read_the_tables(
    ask: Ask, mirror: str, crm: Crm
) -> None:
    """The mirror is there; only its views are theirs."""
    assert ask("bi", 'SELECT count(*) FROM "customers"') == [(6,)]
    found = crm("--on", mirror.replace("crm@", "bi@"), "list")
    assert found.code == 6 and "permission denied for table crm_meta" in found.err


def test_a_mirror_with_roles_can_be_dropped(ask: Ask, mirror: str, crm: Crm) -> None:
    """Its policies look from one table into others."""
    assert crm("mirror", "drop", mirror, "--yes").out == "removed the mirror, with all its books\n"
    assert crm("mirror", "status", mirror).code == 3
