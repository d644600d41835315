"""Commands on a mirror (`--on`): the same bytes as from the files, or a plain refusal."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crm_cli.index.postgres.address import read_address
from crm_cli.index.postgres.connection import connect
from crm_cli.index.postgres.state import books
from crm_cli.model.kinds import BY_LETTER
from crm_cli.query.views import view_name
from tests.conftest import Crm
from tests.postgres import Server
from tests.trust.readers import READING
from tests.trust.writers import WRITERS, Writer

EXAMPLE = Path(__file__).parents[2] / "data-example"
WHO = "hotel-jadran"
REFUSED = "without --on"
ASKED = {
    name: tuple(WHO if word == "{who}" else word for word in words)
    for name, words in READING.items()
    if not any(word.startswith("{") and word != "{who}" for word in words)
}
FROM_FILES = {
    "show", "subject", "search", "pop", "consent check", "survey links", "report statement",
    "report dso", "statement", "letter", "labels", "template list", "template show",
    "template render", "template check", "balance", "config list", "config get", "index status",
    "index path", "doctor", "check", "mail list", "mail address", "export", "notify", "ui",
}  # fmt: skip
"""What is answered from records' files, or acts: all else is answered from the mirror."""
OTHERWISE = {"query explain", "report html", "report prices", "query fields"}
"""What says whence it answers: its SQL, or what it leaves out without the files."""


class Pushed:
    """The example business, and a mirror with it as one book beside another."""

    def __init__(self, root: Path, url: str) -> None:
        self.root = root
        self.url = url


@pytest.fixture(scope="module")
def pushed(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pushed]:
    """The example, pushed once for all tests here."""
    from crm_cli.features.mirroring import push_book
    from crm_cli.workspace import open_workspace

    root = tmp_path_factory.mktemp("pushed") / "example"
    shutil.copytree(EXAMPLE, root)
    url = postgres.database()
    opened = open_workspace(directory=root, today="2026-11-20")
    with closing(opened):
        for book in ("other", "koper"):
            push_book(opened, read_address(url), book, waiting=lambda: None)
    yield Pushed(root, url)


def on(pushed: Pushed, book: str = "koper") -> str:
    """The address of a book."""
    return f"{pushed.url}&book={book}"


@pytest.mark.turns(3)
@pytest.mark.parametrize("command", ASKED)
def test_readers_answer_the_same_bytes_or_are_refused(
    command: str, pushed: Pushed, crm: Crm
) -> None:
    words = ASKED[command]
    found = crm("--on", on(pushed), *words)
    if command in FROM_FILES:
        assert found.code != 0 and REFUSED in found.err, found.err
        assert found.out == ""
        return
    wanted = crm("-C", pushed.root, *words)
    assert found.code == wanted.code, found.err
    if command not in OTHERWISE:
        assert found.out == wanted.out
    if command == "list":
        assert "mirror of 20 Nov 2026 12:00" in found.err


@pytest.mark.turns(8)
@pytest.mark.parametrize("writer", WRITERS, ids=lambda one: one.name)
def test_writers_are_refused(
    writer: Writer, pushed: Pushed, crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(pushed)
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    done = crm("--on", on(pushed), *writer.words)
    # Without what is run before it, a command may find nothing to do.
    assert done.code != 0 or writer.first
    assert list(empty.iterdir()) == []
    assert state(pushed) == before


def state(pushed: Pushed) -> list[tuple[object, ...]]:
    """What the mirror knows of its books."""
    with closing(connect(read_address(pushed.url), {}, only_read=True)) as connection:
        return [*books(connection)]


def test_what_is_no_question_is_refused(pushed: Pushed, crm: Crm) -> None:
    assert "crm init is not for a mirror" in crm("--on", on(pushed), "init", "here").err
    # Of several books, too: no book would make it an answer.
    assert "crm show needs the files" in crm("--on", pushed.url, "show", WHO).err
    assert "crm set needs the files" in crm("--on", pushed.url, "set", WHO, "city=Split").err
    assert crm("--on", "nonsense", "list").code == 2
    missing = crm("--on", on(pushed, "bled"), "list")
    assert missing.code == 3 and "koper, other" in missing.err


def test_json_has_no_word_of_the_mirror(
    pushed: Pushed, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_ON", on(pushed))
    found = crm("list", "-n", "1", "--json")
    assert len(json.loads(found.out)) == 1 and found.err == ""


SQL = (
    "SELECT id, net, is_late FROM purchases WHERE date > :day ORDER BY id",
    "SELECT 5 % 3 AS a, ':x' AS \"50%\", count(*) AS n FROM customers WHERE id LIKE '%a%'",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3)"
    " SELECT i, (SELECT count(*) FROM lines) AS c FROM n",
    *(f"SELECT * FROM {view_name(one)} ORDER BY id" for one in BY_LETTER.values() if one.columns),
)


@pytest.mark.turns(3)
@pytest.mark.parametrize("statement", SQL)
def test_sql_of_people_answers_the_same(statement: str, pushed: Pushed, crm: Crm) -> None:
    words = ["sql", statement, *(("-p", "day=2026-01-01") if ":day" in statement else ())]
    wanted = crm("-C", pushed.root, *words)
    found = crm("--on", on(pushed), *words)
    assert (found.code, found.out) == (wanted.code, wanted.out), found.err


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM customers", "only reads"),
        ("SELECT 1; SELECT 2", "one statement"),
        ("SELECT 1 AS a; COMMIT; DELETE FROM crm.customer", "one statement"),
        ("WITH x AS (DELETE FROM crm.customer RETURNING 1) SELECT * FROM x", "only reads"),
        ("SELECT set_config('transaction_read_only', 'off', false)", "read-write mode"),
        ("SELECT x FROM custmers", "there is no view 'custmers'"),
        ("SELECT nme FROM customers", "nme"),
        ("SELECT :x", "no value"),
    ],
)
def test_sql_that_does_more_is_refused(
    statement: str, said: str, pushed: Pushed, crm: Crm
) -> None:
    before = state(pushed)
    found = crm("--on", on(pushed), "sql", statement)
    assert found.code != 0 and said in found.err
    assert state(pushed) == before


def test_several_books_answer_with_their_names(pushed: Pushed, crm: Crm) -> None:
    counted = "SELECT book, count(*) AS n FROM customers GROUP BY book ORDER BY 1"
    rows = json.loads(crm("--on", pushed.url, "sql", counted, "--json").out)
    assert [row["book"] for row in rows] == ["koper", "other"]
    listed = json.loads(crm("--on", pushed.url, "list", "--json").out)
    assert len(listed) == sum(row["n"] for row in rows)
    assert [*listed[0]][:2] == ["book", "id"]
    for words in (["due"], ["timeline"]):
        assert "book:koper, book:other" in crm("--on", pushed.url, *words).err
    assert crm("--on", pushed.url, "list", "book:koper").out == crm("-C", pushed.root, "list").out
