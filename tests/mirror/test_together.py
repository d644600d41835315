"""Several at once: readers never see half, a killed push changes nothing, another one waits."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

from crm_cli.index.postgres import state
from crm_cli.index.postgres.address import read_address
from crm_cli.index.postgres.connection import Connection, connect
from tests.conftest import Crm
from tests.mirror.test_push import rows
from tests.shares import Share

CUSTOMERS = 120
STATEMENTS = 90
"""A push has more."""
ROOT = Path(__file__).parents[2]
DYING = """
import os, signal, sys
import psycopg
left = int(sys.argv[1])
def counted(method):
    def run(self, *given, **more):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return method(self, *given, **more)
    return run
psycopg.Cursor.execute = counted(psycopg.Cursor.execute)
psycopg.Cursor.copy = counted(psycopg.Cursor.copy)
from crm_cli.cli.hook import main
sys.exit(main(sys.argv[2:]))
"""
"""Runs a command line, and kills itself before the statement of a number; 0 for none."""


def written(shop: Path, turn: int) -> None:
    """Give every made customer the tag and the two tasks of a turn."""
    for number in range(CUSTOMERS):
        (shop / f"customers/made-{number}.yaml").write_text(
            f"name: Turn {turn}\ntags: [turn-{turn}]\n"
            f"tasks:\n  - Turn {turn} one\n  - Turn {turn} two\nown: turn {turn}\n",
            encoding="utf-8",
        )


def turns(connection: Connection) -> tuple[set[str], int]:
    """Which turns the rows are of, in one statement; and how many there are."""
    found = connection.execute(
        """SELECT "name", 1 FROM "customer" WHERE "name" LIKE 'Turn %'
        UNION ALL SELECT left("title", 6 + length(split_part("title", ' ', 2)) - 1), 1
        FROM "task" WHERE "title" LIKE 'Turn %'
        UNION ALL SELECT 'T' || substr("value", 2), 1 FROM "extra" WHERE "value" LIKE 'turn %'"""
    ).fetchall()
    connection.rollback()
    return {row[0] for row in found}, len(found)


def test_readers_see_one_state_and_never_half(mirror: str, crm: Crm, shop: Path) -> None:
    written(shop, 0)
    assert crm("mirror", "push", mirror).code == 0
    seen: list[tuple[set[str], int]] = []
    faults: list[BaseException] = []
    over = threading.Event()

    def read() -> None:
        try:
            with closing(connect(read_address(mirror), {}, only_read=True)) as connection:
                while not over.is_set():
                    seen.append(turns(connection))
        except BaseException as error:
            faults.append(error)

    readers = [threading.Thread(target=read) for _ in range(6)]
    for reader in readers:
        reader.start()
    try:
        for turn in range(1, 4):
            written(shop, turn)
            assert crm("mirror", "push", mirror).code == 0
    finally:
        over.set()
        for reader in readers:
            reader.join()
    assert not faults
    assert {len(of) for of, _ in seen} == {1}, "two states at once"
    assert {count for _, count in seen} == {4 * CUSTOMERS}
    assert len({of.copy().pop() for of, _ in seen}) > 1, "nobody read meanwhile"


def killed(mirror: str, statement: int, book: str = "shop") -> bool:
    """Whether a push was killed before so many statements were done; else it went through."""
    ran = subprocess.run(
        [sys.executable, "-c", DYING, str(statement), "mirror", "push", mirror, "--book", book],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False,
    )  # fmt: skip
    assert ran.returncode in (0, -signal.SIGKILL), ran.stderr
    return ran.returncode != 0


def test_a_push_that_is_killed_changes_nothing(
    mirror: str, crm: Crm, shop: Path, share: Share
) -> None:
    """Whichever statement is its last, the mirror is as before; the next push finishes it."""
    for number in range(CUSTOMERS + 10):  # so many more that those who change are merged
        (shop / f"customers/quiet-{number}.yaml").write_text("name: Quiet\n", encoding="utf-8")
    written(shop, 0)
    assert crm("mirror", "push", mirror).code == 0
    last = 0
    with closing(connect(read_address(mirror), {})) as connection:
        for turn in share.of(range(1, 201), 50):
            written(shop, turn)
            assert killed(mirror, turn % STATEMENTS + 1)
            assert turns_of(connection, "shop") == ({f"Turn {last}"}, 4 * CUSTOMERS)
            connection.rollback()
            assert crm("mirror", "push", mirror).code == 0
            assert turns_of(connection, "shop") == ({f"Turn {turn}"}, 4 * CUSTOMERS)
            connection.rollback()
            last = turn
        assert crm("mirror", "push", mirror, "--book", "twin").code == 0
        assert rows(connection, "shop") == rows(connection, "twin")


def test_a_first_push_that_is_killed_leaves_no_mirror(mirror: str, crm: Crm) -> None:
    assert killed(mirror, STATEMENTS)
    with closing(connect(read_address(mirror), {})) as connection:
        assert state.columns(connection, "crm") == {}


def test_a_second_push_waits_and_says_so(mirror: str, crm: Crm, shop: Path) -> None:
    assert crm("mirror", "push", mirror).code == 0
    with closing(connect(read_address(mirror), {})) as connection:
        state.lock(connection, "crm", lambda: None)
        with subprocess.Popen(
            [sys.executable, "-c", DYING, "0", "mirror", "push", mirror],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as second:  # fmt: skip
            assert second.stderr is not None and second.stdout is not None
            assert second.stderr.readline() == b"crm: waiting for another push\n"
            connection.rollback()
            assert second.stdout.read() == b"shop: nothing new\n"
        assert second.returncode == 0


def turns_of(connection: Connection, book: str) -> tuple[set[str], int]:
    """The turns of a book's rows."""
    found = connection.execute(
        """SELECT "name" FROM "customer" WHERE "name" LIKE 'Turn %%' AND "book" = %(book)s
        UNION ALL SELECT left("title", length("title") - 4) FROM "task"
        WHERE "title" LIKE 'Turn %%' AND "book" = %(book)s
        UNION ALL SELECT 'T' || substr("value", 2) FROM "extra"
        WHERE "value" LIKE 'turn %%' AND "book" = %(book)s""",
        {"book": book},
    ).fetchall()
    return {row[0] for row in found}, len(found)
