"""`crm mirror`: push, status and drop, as people call them."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from crm_cli.index.postgres.address import read_address
from crm_cli.index.postgres.connection import connect
from tests.conftest import Crm, Git
from tests.postgres import Server

pytestmark = pytest.mark.turns(2)


def test_push_status_and_drop(mirror: str, crm: Crm, shop: Path) -> None:
    first = crm("mirror", "push", mirror)
    assert (first.code, first.out) == (0, "shop: pushed everything: 5 files\n")
    assert crm("mirror", "push", mirror).out == "shop: nothing new\n"
    assert crm("set", "maja-kos", "city=Izola").code == 0
    assert crm("mirror", "push", mirror, "--book", "shop").out == "shop: pushed 1 file\n"
    (shop / "customers/jan-vidmar.yaml").unlink()
    assert crm("mirror", "push", mirror).out == "shop: pushed 0 files, 1 gone\n"
    told = json.loads(crm("mirror", "status", mirror, "--json").out)
    assert [(one["book"], one["customers"], one["state"]) for one in told] == [
        ("shop", 2, "work tree")
    ]
    asked = crm("mirror", "drop", mirror)
    assert asked.code == 2 and "--yes" in asked.err
    assert crm("mirror", "drop", mirror, "--book", "elsewhere", "--yes").code == 3
    assert crm("mirror", "drop", mirror, "--yes").code == 0
    assert crm("mirror", "status", mirror).code == 3
    with closing(connect(read_address(mirror), {})) as connection:
        asked_for = "SELECT 1 FROM information_schema.schemata WHERE schema_name = 'crm'"
        assert connection.execute(asked_for).fetchone() is None


def test_books_stand_beside_each_other(mirror: str, crm: Crm) -> None:
    for book in ("koper", "bled"):
        assert crm("mirror", "push", mirror, "--book", book).code == 0
    assert crm("mirror", "status", mirror, "-o", "ids").out == "bled\nkoper\n"
    assert crm("mirror", "drop", mirror, "--book", "koper", "--yes").code == 0
    with closing(connect(read_address(mirror), {})) as connection:
        for table in ("customer", "file", "task", "text", "search", "extra"):
            found = connection.execute(f'SELECT DISTINCT "book" FROM "{table}"').fetchall()
            assert [row for row in found if row != ("bled",)] == []


def test_a_commit_is_pushed(mirror: str, crm: Crm, git: Git) -> None:
    git("add", "-A")
    git("commit", "-q", "--allow-empty", "-m", "before")
    head = git("rev-parse", "HEAD").strip()
    assert crm("set", "maja-kos", "name=Maja Novak").code == 0
    assert crm("mirror", "push", mirror, "--as-of", head).code == 0
    with closing(connect(read_address(mirror), {})) as connection:
        asked = """SELECT "name" FROM "customer" WHERE "id" = 'maja-kos'"""
        assert connection.execute(asked).fetchone() == ("Maja Kos",)
        connection.rollback()
        found = connection.execute('SELECT "commit", "work_tree" FROM "crm_meta"').fetchone()
        assert found == (head, False)
        connection.rollback()
        assert crm("mirror", "push", mirror).out == "shop: pushed 1 file\n"
        assert connection.execute(asked).fetchone() == ("Maja Novak",)


def test_the_address_comes_from_the_environment_or_the_settings(
    mirror: str, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert crm("mirror", "push").code == 2
    assert crm("config", "set", f"mirror.url={mirror}", "mirror.book=koper").code == 0
    assert crm("mirror", "push").out.startswith("koper: pushed")
    monkeypatch.setenv("CRM_MIRROR", f"{mirror}&schema=other")
    assert crm("mirror", "push").out.startswith("koper: pushed everything")
    assert crm("mirror", "status", "-o", "ids").out == "koper\n"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://crm:s3cret@db.example/crm",
        "postgresql://db.example/crm?password=s3cret",
        "postgresql://crm:s3cret@[db.example/crm",
        "mysql://crm:s3cret@db.example/crm",
        "postgresql://db.example/crm?schema=s3cret;drop",
        "postgresql://db example/crm",
        "postgresql://db.example/crm?no_such_option=1",
        "s3cret",
    ],
)
def test_an_address_that_will_not_do_is_refused_and_shows_no_password(
    address: str, crm: Crm
) -> None:
    ran = crm("mirror", "push", address)
    assert ran.code in (2, 6)
    assert "s3cret" not in (ran.out + ran.err).replace("'s3cret;drop'", "")
    assert "Traceback" not in ran.err


def test_a_server_that_is_not_there_is_said(crm: Crm, tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    ran = crm("mirror", "push", f"postgresql://crm@/crm?host={tmp_path}")
    assert ran.code == 7
    assert "does not answer" in ran.err


def test_a_refusal_tells_the_login_from_the_server_and_can_be_pasted(mirror: str, crm: Crm) -> None:
    gone = crm("mirror", "status", f"{mirror}&dbname=nowhere")
    assert gone.code == 7 and "refuses the connection" in gone.err
    other = crm("mirror", "status", f"{mirror}&schema=other")
    assert other.code == 3 and f"crm mirror push '{mirror}&schema=other' makes one" in other.err


def test_what_cannot_be_seen_is_not_dropped_from_the_mirror(
    mirror: str, crm: Crm, shop: Path
) -> None:
    """Where the settings cannot be read, or a folder is none, the mirror stays as it is."""
    assert crm("mirror", "push", mirror).code == 0
    (shop / "customers").rename(shop / "aside")
    (shop / "customers").write_text("", "utf-8")
    ran = crm("mirror", "push", mirror)
    assert ran.code == 4 and "stays as it is" in ran.err
    (shop / "customers").unlink()
    (shop / "aside").rename(shop / "customers")
    (shop / "crm.yaml").write_text("business: [", "utf-8")
    assert crm("mirror", "push", mirror, "--book", "shop").code == 4
    assert json.loads(crm("mirror", "status", mirror, "--json").out)[0]["customers"] == 3


def test_a_password_comes_from_the_users_own_configuration(
    postgres: Server, mirror: str, crm: Crm, shop: Path
) -> None:
    """It is asked for only where its host is that of the address."""
    config = shop.parent / "home/.config/crm/config.yaml"
    config.parent.mkdir(parents=True)
    said = shop.parent / "asked"
    config.write_text(
        f"mirror: {{host: db.example, password_command: touch {said}}}\n", encoding="utf-8"
    )
    assert crm("mirror", "push", mirror).code == 0
    assert not said.exists()
    config.write_text(
        f"mirror: {{host: {postgres.folder}, password_command: touch {said}}}\n", encoding="utf-8"
    )
    assert crm("mirror", "push", mirror).code == 2
    assert said.exists()


def test_a_mirror_that_is_asked_names_itself(
    mirror: str, crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--on` stands for the address, and the book in it for `--book`."""
    for book in ("koper", "bled"):
        assert crm("mirror", "push", mirror, "--book", book).code == 0
    other = f"{mirror}&schema=other"
    monkeypatch.setenv("CRM_MIRROR", other)
    monkeypatch.chdir(tmp_path)
    assert crm("--on", mirror, "mirror", "status", "-o", "ids").out == "bled\nkoper\n"
    assert crm("--on", f"{mirror}&book=bled", "mirror", "status", "-o", "ids").out == "bled\n"
    assert crm("--on", other, "mirror", "roles").out.startswith(crm("mirror", "roles").out)
    twice = crm("--on", mirror, "mirror", "status", other)
    assert twice.code == 2 and "named twice" in twice.err
    assert "without --on" in crm("--on", mirror, "mirror", "push").err
    assert crm("--on", f"{mirror}&book=bled", "mirror", "drop", "--yes").code == 0
    assert crm("--on", mirror, "mirror", "status", "-o", "ids").out == "koper\n"


def test_a_book_is_looked_for_before_it_is_asked_about(mirror: str, crm: Crm) -> None:
    missing = crm("mirror", "drop", mirror)
    assert missing.code == 3 and "there is no mirror" in missing.err
    assert crm("mirror", "push", mirror).code == 0
    missing = crm("mirror", "drop", mirror, "--book", "elsewhere")
    assert missing.code == 3 and "no book 'elsewhere'" in missing.err
