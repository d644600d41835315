"""The documented views in a mirror: what other tools see, a book beside another one."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crm_cli.index.postgres.address import read_address
from crm_cli.index.postgres.connection import connect, quoted
from crm_cli.query.views import statements, views
from crm_cli.workspace import open_workspace
from tests.conftest import Crm

pytestmark = pytest.mark.turns(2)

EXAMPLE = Path(__file__).parents[2] / "data-example"


def plain(rows: Iterable[tuple[Any, ...]]) -> list[str]:
    """Rows in an order of their own, with flags as 0 and 1 and numbers as SQLite has them."""
    return sorted(repr([_plain(value) for value in row]) for row in rows)


def _plain(value: Any) -> Any:
    return round(float(value), 6) if isinstance(value, (int, float, Decimal)) else value


def test_each_view_of_a_book_says_what_the_index_says(
    mirror: str, crm: Crm, shop: Path, tmp_path: Path
) -> None:
    """Of two books, one of them in a currency without minor units."""
    settings = shop / "crm.yaml"
    settings.write_text(settings.read_text("utf-8").replace("EUR", "JPY"), "utf-8")
    assert crm("mirror", "push", mirror, "--book", "shop").code == 0
    assert crm("-C", EXAMPLE, "mirror", "push", mirror, "--book", "example").code == 0
    with closing(connect(read_address(mirror), {}, only_read=True)) as connection:
        for book, directory in (("shop", shop), ("example", EXAMPLE)):
            index = open_workspace(directory=directory).index
            index.put_views(statements())
            for view in views():
                names = ", ".join(quoted(column.name) for column in view.columns)
                asked = f"SELECT {names} FROM {quoted(view.name)}"
                there = connection.execute(f'{asked} WHERE "book" = %s', [book]).fetchall()
                here = index.connection.execute(asked).fetchall()
                assert plain(there) == plain(here), f"{book}: {view.name}"
                assert here or book == "shop" or view.name not in ("customers", "lines", "tasks")


def test_views_are_made_anew_where_they_should_be_others(
    mirror: str, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crm_cli.features import mirroring

    assert crm("mirror", "push", mirror).code == 0
    of = mirroring._views
    monkeypatch.setattr(
        mirroring, "_views", lambda flavour: [*of(flavour), 'CREATE VIEW "more" AS SELECT book'
                                              ' FROM "customer"']
    )  # fmt: skip
    assert crm("mirror", "push", mirror).code == 0
    monkeypatch.undo()
    with closing(connect(read_address(mirror), {}, only_read=True)) as connection:
        assert len(connection.execute('SELECT "book" FROM "more"').fetchall()) == 3


def test_a_view_that_others_stand_on_is_not_dropped_unseen(mirror: str, crm: Crm) -> None:
    assert crm("mirror", "push", mirror).code == 0
    with closing(connect(read_address(mirror), {})) as connection:
        connection.execute('CREATE VIEW public.theirs AS SELECT "name" FROM "customers"')
        connection.commit()
    ran = crm("mirror", "drop", mirror, "--yes")
    assert ran.code == 6 and "depend" in ran.err
    assert crm("mirror", "status", mirror, "-o", "ids").out == "shop\n"
