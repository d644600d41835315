"""The version of the tables as it is remembered in the cache folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crm_cli.index import edition, schema


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the program is made of, which a test may change; the version is `made N`."""
    of, made = ["one"], iter(range(9))
    monkeypatch.setattr(edition, "_made_of", lambda: of[0])
    monkeypatch.setattr(schema, "version", lambda: f"made {next(made)}\nof lines")
    return of


def test_it_is_put_together_once(compiled: list[str], tmp_path: Path) -> None:
    assert edition.version(tmp_path) == edition.version(tmp_path) == "made 0\nof lines"
    assert [path.name for path in tmp_path.iterdir()] == ["tables.txt"]


def test_another_program_makes_its_own(compiled: list[str], tmp_path: Path) -> None:
    edition.version(tmp_path)
    compiled[0] = "two"
    assert edition.version(tmp_path) == edition.version(tmp_path) == "made 1\nof lines"


@pytest.mark.parametrize("held", [b"", b"\xff", b"one", b"one\0"])
def test_what_is_damaged_is_made_anew(compiled: list[str], tmp_path: Path, held: bytes) -> None:
    (tmp_path / "tables.txt").write_bytes(held)
    assert edition.version(tmp_path) == edition.version(tmp_path) == "made 0\nof lines"


def test_nothing_is_remembered_where_it_cannot_be(compiled: list[str], tmp_path: Path) -> None:
    assert edition.version(None) == "made 0\nof lines"
    assert edition.version(tmp_path / "none") == "made 1\nof lines"
    compiled[0] = ""
    assert edition.version(tmp_path) == "made 2\nof lines"
    assert not list(tmp_path.iterdir())


def test_a_real_run_remembers_it(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from crm_cli.finder import install; install()\n"
        "from crm_cli.index import edition, schema; folder = Path(sys.argv[1])\n"
        "print(edition._made_of() != '', edition.version(folder) == schema.version())\n"
        "schema.version = None; print(edition.version(folder).count('CREATE TABLE') > 20)"
    )
    words = [sys.executable, "-c", code, str(tmp_path)]
    environ = {key: value for key, value in os.environ.items() if "BYTECODE" not in key}
    # The first may have to compile them.
    subprocess.run(words, capture_output=True, env=environ, check=True)
    done = subprocess.run(words, capture_output=True, env=environ, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "True"]
