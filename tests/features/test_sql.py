"""`crm sql`: what it answers, and all that it will not do."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.features.sql import ask, describe
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.kinds import KINDS
from crm_cli.query.views import statements, views
from crm_cli.workspace import Workspace

from ..conftest import Crm

Opened = Callable[..., Workspace]


def test_every_kind_has_a_view_that_answers(workspace: Opened) -> None:
    described = {one.view for one in describe()}
    assert len(described) == len(KINDS) + 1
    for view in views():
        table = ask(workspace(), f'SELECT * FROM "{view.name}"')
        assert table.columns == tuple(column.name for column in view.columns)


def test_money_is_a_plain_number_and_ids_join(workspace: Opened) -> None:
    table = ask(
        workspace(),
        "SELECT p.number, p.net, p.payment_status, c.city, l.quantity FROM purchases p"
        " JOIN customers c ON c.id = p.customer JOIN lines l ON l.purchase = p.id",
    )
    assert table.rows == [("2026-0007", 160.0, "partly_paid", "Koper", 2.0)]


def test_minor_units_are_the_currencys(shop: Path, workspace: Opened) -> None:
    shop.joinpath("rates.yaml").write_text("2026-01-01: {JPY: 160, KWD: 0.35}\n")
    shop.joinpath("customers/kenji.yaml").write_text(
        "name: Kenji\npurchases:\n"
        "  - {date: 2026-02-01, amount: 16000, currency: JPY}\n"
        "  - {date: 2026-02-02, amount: 3.5050, currency: KWD}\n"
    )
    table = ask(
        workspace(),
        "SELECT currency, net, net_base FROM purchases WHERE customer = 'kenji' ORDER BY date",
    )
    assert table.rows == [("JPY", 16000.0, 100.0), ("KWD", 3.505, 10.01)]


def test_what_is_overdue_goes_by_today(workspace: Opened) -> None:
    late = "SELECT count(*) FROM tasks WHERE overdue"
    assert ask(workspace(), late).rows == [(1,)]
    assert ask(workspace(today="2026-12-24"), late).rows == [(3,)]


def test_parameters(workspace: Opened) -> None:
    found = ask(workspace(), "SELECT id FROM customers WHERE spend >= :min", {"min": "160"})
    assert found.rows == [("maja-kos",)]
    # What is spelled like a number is one; a postcode with a leading zero is not.
    assert ask(workspace(), "SELECT typeof(:a), typeof(:b)", {"a": "7", "b": "07"}).rows == [
        ("integer", "text")
    ]
    for statement, values in (("SELECT :a", {}), ("SELECT 1", {"a": "1"})):
        with pytest.raises(UsageError, match=":a"):
            ask(workspace(), statement, values)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM customer",
        "DELETE FROM customers",
        "UPDATE customer SET name = 'x'",
        "INSERT INTO meta VALUES (1, 2)",
        "DROP TABLE customer",
        "CREATE TEMP TABLE x (a)",
        "ATTACH '{there}' AS y",
        "VACUUM INTO '{there}'",
        "PRAGMA query_only = OFF",
        "PRAGMA writable_schema = ON",
        "SELECT load_extension('x')",
        "BEGIN IMMEDIATE",
        "REINDEX",
        "WITH n AS (SELECT 1) DELETE FROM customer",
        "SELECT * FROM pragma_table_info('customer')",
    ],
)
def test_only_reads(tmp_path: Path, workspace: Opened, statement: str) -> None:
    there = tmp_path / "elsewhere.db"
    with pytest.raises(Refused):
        ask(workspace(), statement.replace("{there}", str(there)))
    assert not there.exists()


def test_long_runs_are_stopped(workspace: Opened) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    with pytest.raises(Refused, match=r"stopped after 0\.2 seconds"):
        ask(workspace(), endless, seconds=0.2)
    with pytest.raises(UsageError, match="too big"):
        ask(workspace(), "SELECT zeroblob(100000000)")


def test_a_damaged_or_absent_cache_changes_nothing(
    workspace: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_CACHE_DIR", "/dev/null/none")
    opened = workspace()
    assert opened.index.path is None
    assert ask(opened, "SELECT count(*) FROM customers").rows == [(3,)]


def test_views_stand_in_the_file_for_other_programs(crm: Crm, workspace: Opened) -> None:
    def shown(path: Path) -> set[str]:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            asked = "SELECT name FROM sqlite_master WHERE type = 'view'"
            return {name for (name,) in connection.execute(asked)}

    path = workspace().index.path
    assert path is not None
    # Every command would read them, and take longer for it.
    assert shown(path) == set()
    for _ in range(2):
        assert crm("index", "path").out == f"{path}\n"
        assert shown(path) == {view.name for view in views()}
    with contextlib.closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT name, spend FROM customers WHERE spend > 0").fetchall()
        assert found == [("Maja Kos", 160.0)]
        # Those of another version go.
        connection.execute("DROP VIEW tasks")
        connection.execute("CREATE VIEW former AS SELECT 1")
    assert crm("index", "path").code == 0
    assert shown(path) == {view.name for view in views()}


def test_what_was_written_before_the_views_got_in_is_seen(
    shop: Path, workspace: Opened
) -> None:
    """The file's new time must not say that the records of then are known."""
    index = workspace().index
    record = shop / "customers/maja-kos.yaml"
    record.write_text(record.read_text().replace("Maja Kos", "Maja Novak"))
    index.put_views(statements())
    names = {name for (name,) in index.connection.execute("SELECT name FROM customer")}
    assert "Maja Novak" in names and "Maja Kos" not in names


def test_views_that_cannot_be_put_in_are_told(
    crm: Crm, workspace: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workspace().index.path
    assert path is not None
    monkeypatch.setattr("crm_cli.index.cache.WAIT", 0.1)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        run = crm("index", "path")
    assert (run.code, run.out) == (0, f"{path}\n")
    assert "could not be put into the index: database is locked" in run.err


def test_faults_name_the_nearest(crm: Crm) -> None:
    for statement, said in (
        ("SELECT id FROM custmers", "did you mean customers?"),
        ("SELECT spnd FROM customers", "did you mean spend"),
        ("SELEC id", "^^^^^"),
        ("SELECT 1; SELECT 2", "one statement at a time"),
    ):
        run = crm("sql", statement)
        assert (run.code, run.out) == (2, "")
        assert said in run.err


def test_command(crm: Crm) -> None:
    wanted = "SELECT name, spend FROM customers WHERE city = :city"
    assert crm("sql", wanted, "-p", "city=Koper", "-o", "tsv").lines == [
        "name\tspend",
        "Maja Kos\t160.0",
    ]
    assert crm("sql", "-", "-o", "jsonl", stdin="SELECT 1 a, 2 a").lines == ['{"a": 1, "a_2": 2}']
    assert crm("sql", "-p", "city", wanted).code == 2
    assert "customer_name" in crm("sql", "tasks").out
    assert crm("sql", "DELETE FROM customer").code == 6


OWN = """\
name: Own
custom: {visits: 9, score: 1.50, joined: 2.2.2025, newsletter: yes, sizes: [38, 40], "T-shirt": L}
tasks:
  - {title: One, effort: 2, custom: {hard: no}}
"""


def test_own_fields_are_columns_of_what_their_values_are(shop: Path, workspace: Opened) -> None:
    shop.joinpath("customers/own.yaml").write_text(OWN)
    shop.joinpath("customers/other.yaml").write_text("name: Other\ncustom: {visits: 100}\n")
    asked = workspace()
    own = "custom_visits, custom_score, custom_joined, custom_newsletter, custom_sizes"
    table = ask(asked, f"SELECT {own}, custom_t_shirt FROM customers WHERE id = 'own'")
    assert table.rows == [(9, 1.5, "2025-02-02", 1, "38; 40", "L")]
    assert ask(asked, "SELECT id FROM customers WHERE custom_visits > 10").rows == [("other",)]
    tasks = "SELECT custom_effort, custom_hard FROM tasks WHERE title = 'One'"
    assert ask(asked, tasks).rows == [(2, 0)]
    types = {one.column: one.type for one in describe("customers", asked)}
    assert (types["custom_visits"], types["custom_joined"]) == ("integer", "date")
    with pytest.raises(UsageError, match="custom_vists") as refused:
        ask(asked, "SELECT custom_vists FROM customers")
    assert "custom_visits" in str(refused.value.hint)


def test_a_declared_field_is_a_column_though_nobody_has_it(shop: Path, workspace: Opened) -> None:
    settings = shop / "crm.yaml"
    settings.write_text(settings.read_text() + "custom: {income: number}\n")
    assert ask(workspace(), "SELECT DISTINCT custom_income FROM customers").rows == [(None,)]


def test_more_keys_than_a_view_has_columns(shop: Path, workspace: Opened) -> None:
    keys = ", ".join(f"k{number}: {number}" for number in range(2100))
    shop.joinpath("customers/many.yaml").write_text(f"name: Many\ncustom: {{{keys}}}\n")
    found = ask(workspace(), "SELECT * FROM customers WHERE id = 'many'")
    assert sum(column.startswith("custom_") for column in found.columns) == 500
    every = "SELECT count(*) FROM own_keys WHERE customer = 'many'"
    assert ask(workspace(), every).rows == [(2100,)]
