"""Rows that a map leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_cli.formats.mapping import Column, Map
from crm_cli.formats.skipping import Skipped
from crm_cli.formats.tabular import read_table
from crm_cli.formats.targets import kind_of
from crm_cli.model.errors import UsageError
from tests.conftest import Crm

Skip = tuple[tuple[str, tuple[str, ...]], ...]


def left(text: str, skip: Skip, kind: str = "payments") -> tuple[list[str], list[str]]:
    """The first cells of the rows that stay, and what is told."""
    table = read_table(text.encode())
    columns = (Column("Id", "number"),) if kind == "purchases" else ()
    skipped = Skipped(table, kind_of(kind), Map(columns, skip=skip))
    stay = [row.cells[0] for row in table.rows if not skipped.takes(row)]
    return stay, list(skipped.told())


ROWS = (
    "Id,Status,Amount\na,paid,5\nb,Failed,5\nc, pending ,5\nd,,5\ne,paid,-5\nf,paid in part,(5)\n"
)


@pytest.mark.parametrize(
    ("skip", "stay"),
    [
        ((), ["a", "b", "c", "d", "e", "f"]),
        ((("Status", ("failed", "pending")),), ["a", "d", "e", "f"]),
        ((("Status", ("",)),), ["a", "b", "c", "e", "f"]),
        ((("Amount", ("-*", "(*)")),), ["a", "b", "c", "d"]),
        ((("Status", ("paid*",)), ("Amount", ("-*",))), ["b", "c", "d"]),
        ((("Status", ("p",)),), ["a", "b", "c", "d", "e", "f"]),
        ((("Status", ("p.*",)),), ["a", "b", "c", "d", "e", "f"]),
    ],
)
def test_rows_are_left_out_by_whole_cells(skip: Skip, stay: list[str]) -> None:
    assert left(ROWS, skip)[0] == stay


def test_what_is_left_out_is_counted_by_what_it_said() -> None:
    _, told = left(ROWS, (("Status", ("failed", "pending", "")),))
    assert told == [
        "3 rows are left out, as the map says: Status is Failed (1), Status is pending (1), "
        "Status is empty (1)"
    ]


def test_the_rows_of_an_order_are_left_out_with_the_one_that_says_so() -> None:
    text = "Id,Status\n1,cancelled\n1,\n2,paid\n2,\n,cancelled\n,paid\n"
    assert left(text, (("Status", ("cancelled",)),), "purchases")[0] == ["2", "2", ""]


def test_a_column_that_the_file_has_not_is_refused() -> None:
    with pytest.raises(UsageError, match="skip: the file has no column State"):
        left(ROWS, (("State", ("failed",)),))


def test_a_map_leaves_out_rows_of_a_file(crm: Crm, shop: Path) -> None:
    (shop.parent / "m.yaml").write_text(
        "columns: {Day: date, Sum: amount, Invoice: for}\nskip: {State: [failed, pending]}\n"
    )
    file = shop.parent / "p.csv"
    file.write_text(
        "Day,Sum,Invoice,State\n2026-11-10,5.00,2026-0007,ok\n2026-11-11,6.00,2026-0007,Failed\n"
    )
    run = crm("import", "payments", file, "--map", shop.parent / "m.yaml", "--yes")
    assert run.code == 0, run.err
    assert "1 row is left out, as the map says: State is Failed (1)" in run.err
    assert "payments: 1 new" in run.err
    assert "NOT IMPORTED" not in run.err
    saved = shop.parent / "s.yaml"
    crm("import", "payments", file, "--map", shop.parent / "m.yaml", "--save-map", saved, "--yes")
    assert "skip:\n  State:\n    - failed\n    - pending\n" in saved.read_text()
