"""What is pushed: the mirror's rows are those of the index, whatever changed in between."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crm_cli.index.postgres import schema
from crm_cli.index.postgres.address import read_address
from crm_cli.index.postgres.connection import Connection, connect, quoted
from crm_cli.index.postgres.local import taken
from crm_cli.index.postgres.push import Origin, Pushed, push
from crm_cli.index.schema import ITEM_BITS
from crm_cli.model.kinds import KINDS
from crm_cli.workspace import Workspace

Opened = Callable[..., Workspace]
ORIGIN = Origin("shop", "", True, "2026-11-20", "2026-11-20T11:00:00Z")
HOSTILE = (
    'a \\"quoted\\", text', "back\\\\slash \\\\N \\\\.", "line\\n\\\\.\\nline",
    "tab\\tand\\rreturn", "\\0nul",
    "עברית 😀", "%s {x} $1", "", " ", "NULL",
)  # fmt: skip


def pushed(
    url: str, workspace: Workspace, book: str = "koper", texts: dict[str, bytes] | None = None
) -> Pushed:
    """Push the directory as it is."""
    address = read_address(url)
    with closing(connect(address, {})) as connection, taken(workspace.index, book) as local:
        return push(connection, address.schema, local, ORIGIN, texts or {}, waiting=lambda: None)


def rows(connection: Connection, book: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a book, with paths in place of the files' numbers, and numbers within these."""
    found = connection.execute('SELECT "pk", "path" FROM "file" WHERE "book" = %s', [book])
    paths = dict(found.fetchall())
    held = {}
    for table in schema.tables():
        if table in (schema.STATE, schema.META, schema.TEXT):
            continue
        columns = [field.name for field in table.fields if field.type != "tsvector"]
        shown = ", ".join(map(quoted, columns))
        answer = connection.execute(
            f'SELECT {shown} FROM {quoted(table.name)} WHERE "book" = %s', [book]
        )
        held[table.name] = sorted(
            (tuple(_told(table, *one, paths) for one in zip(columns, row, strict=True))
             for row in answer.fetchall()), key=repr,
        )  # fmt: skip
    return held


def _told(table: schema.Table, column: str, value: Any, paths: dict[int, str]) -> Any:
    numbers = {kind.name for kind in KINDS} | {"pk", "parent", "item", "record"}
    if table is schema.PROBLEM or not isinstance(value, int) or isinstance(value, bool):
        return None if column == "pk" and table is schema.PROBLEM else value
    if column not in numbers or (column == "order" and table.kind is not None):
        return value
    levels, part = 0, []
    while value not in paths and levels < 2:
        part.append(value & ((1 << ITEM_BITS) - 1))
        value >>= ITEM_BITS
        levels += 1
    return (paths.get(value), *part)


@pytest.fixture
def other(mirror: str) -> Iterator[Callable[[str], dict[str, list[tuple[Any, ...]]]]]:
    """The rows of a book of the mirror."""
    address = read_address(mirror)

    def asked(book: str) -> dict[str, list[tuple[Any, ...]]]:
        with closing(connect(address, {}, only_read=True)) as connection:
            return rows(connection, book)

    yield asked


def test_every_row_of_the_index_is_there(
    mirror: str, workspace: Opened, other: Callable[[str], dict[str, list[tuple[Any, ...]]]]
) -> None:
    opened = workspace()
    assert pushed(mirror, opened).whole
    held = other("koper")
    for table in schema.tables():
        if table.kind is None:
            continue
        columns = ", ".join(quoted(field.name) for field in table.fields)
        expected = opened.index.connection.execute(
            f"SELECT {columns} FROM {quoted(table.name)}"
        ).fetchall()
        assert len(held[table.name]) == len(expected), table.name
    names = {row[1:3] for row in held["customer"]}
    assert ("maja-kos", "customers/maja-kos.yaml") in names


def test_changes_are_pushed_by_difference(
    mirror: str,
    shop: Path,
    workspace: Opened,
    other: Callable[[str], dict[str, list[tuple[Any, ...]]]],
) -> None:
    """After each of many changes the mirror has what a push into an empty book would give it."""
    chance = random.Random(25)
    for number in range(8):
        (shop / f"customers/new-{number}.yaml").write_text(
            f'name: "{HOSTILE[number]} x"\ncustom:\n  b: [1, 2]\ntasks:\n  - One\n  - Two\n',
            encoding="utf-8",
        )
    assert pushed(mirror, workspace()).whole
    for turn in range(6):
        files = sorted((shop / "customers").iterdir())
        chosen = chance.choice(files)
        if turn % 3 == 0:
            chosen.unlink()
            text = f"name: Again {turn}\ntags: [a, b]\n"
            (shop / f"customers/aa-{turn}.yaml").write_text(text, encoding="utf-8")
        elif turn % 3 == 1:
            with chosen.open("a", encoding="utf-8") as file:
                file.write(f"own_key_{turn}: [x, '{turn}']\nnotes: turn {turn}\n")
        else:
            with (shop / "products.yaml").open("a", encoding="utf-8") as file:
                file.write(f"thing-{turn}:\n  name: Thing\n  price: {turn}.50\n")
        done = pushed(mirror, workspace())
        assert not done.whole
        assert done.changed + done.gone <= 2
        again = workspace()
        again.index.rebuild()
        pushed(mirror, again, f"fresh-{turn}")
        assert other("koper") == other(f"fresh-{turn}")


def test_texts_stay_as_they_are(mirror: str, shop: Path, workspace: Opened) -> None:
    lines = "".join(f'  - "{text}"\n' for text in HOSTILE)
    (shop / "customers/odd.yaml").write_text(f"name: Odd\ntags:\n{lines}own:\n{lines}", "utf-8")
    opened = workspace()
    pushed(mirror, opened)
    with closing(connect(read_address(mirror), {})) as connection:
        for table, column in (("extra", "value"), ("tag", "value"), ("search", "words")):
            asked = f'SELECT {quoted(column)} FROM "{table}"'
            there = sorted(str(row[0]) for row in connection.execute(asked).fetchall())
            here = sorted(
                str(row[0]).replace("\0", "\ufffd")
                for row in opened.index.connection.execute(asked).fetchall()
            )
            assert there == here


def test_nothing_new_is_nothing_to_do(mirror: str, workspace: Opened) -> None:
    pushed(mirror, workspace())
    assert pushed(mirror, workspace()) == Pushed(0, 0, False)


def test_settings_that_change_push_all(mirror: str, shop: Path, workspace: Opened) -> None:
    pushed(mirror, workspace())
    path = shop / "crm.yaml"
    path.write_text(path.read_text("utf-8").replace("EUR", "USD"), "utf-8")
    assert pushed(mirror, workspace()).whole


def test_a_row_that_is_the_same_is_not_written(mirror: str, shop: Path, workspace: Opened) -> None:
    for number in range(4):
        (shop / f"customers/c-{number}.yaml").write_text("name: C\ntags: [a, b]\n", "utf-8")
    pushed(mirror, workspace())
    asked = 'SELECT xmin::text, "pk" FROM "tag" ORDER BY "pk"'
    with closing(connect(read_address(mirror), {})) as connection:
        before = connection.execute(asked).fetchall()
    (shop / "customers/c-1.yaml").write_text("name: D\ntags: [a, b]\n", "utf-8")
    assert pushed(mirror, workspace()).changed == 1
    with closing(connect(read_address(mirror), {})) as connection:
        assert connection.execute(asked).fetchall() == before


def test_a_long_text_is_pushed_and_not_indexed(mirror: str, shop: Path, workspace: Opened) -> None:
    words = " ".join(f"word{number}" for number in range(60_000))
    (shop / "customers/long.yaml").write_text(f"name: {'n' * 30_000}\nnotes: {words}\n", "utf-8")
    drawn = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=1_990))
    (shop / "customers/word.yaml").write_text(f"name: Word\nnotes: {drawn}\n", "utf-8")
    both = f"{drawn} {drawn}1234"
    (shop / "customers/words.yaml").write_text(f"name: Words\nnotes: {both}\n", "utf-8")
    pushed(mirror, workspace())
    with closing(connect(read_address(mirror), {})) as connection:
        found = connection.execute('SELECT COUNT(*), COUNT("indexed") FROM "search"').fetchone()
        assert found == (6, 5)
        asked = """SELECT COUNT(*) FROM "search" WHERE "indexed" @@ CAST(%s AS tsquery)"""
        assert connection.execute(asked, [drawn]).fetchone() == (2,)


def test_columns_that_no_row_has_a_value_in_are_left_out(
    mirror: str, shop: Path, workspace: Opened
) -> None:
    """Save those that would not be empty by themselves."""
    (shop / "customers/ana.yaml").write_text("name: Ana\ntasks: [{title: Call}]\n", "utf-8")
    opened = workspace()
    table = next(one for one in schema.tables() if one.name == "task")
    with taken(opened.index, "koper") as local:
        names = [field.name for field in local.filled(table)]
        (line,) = local.lines(table, local.filled(table))
        assert len(line.splitlines()[0].split(b",")) == 1 + len(names)
    assert {"pk", "customer", "title", "status", "priority"} <= {*names}
    assert {"desk", "rrule", "percent_complete"}.isdisjoint(names)
