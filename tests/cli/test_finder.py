"""The program's own finder: what it finds is what the standard one finds, and nothing stale."""

from __future__ import annotations

import os
import py_compile
import subprocess
import sys
from importlib.machinery import PathFinder
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from crm_cli import finder


@pytest.fixture(params=["beside the source", "elsewhere"])
def program(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder that stands for the program's, with a package and a module, both compiled."""
    elsewhere = str(tmp_path / "compiled") if request.param == "elsewhere" else None
    monkeypatch.setattr(sys, "pycache_prefix", elsewhere)
    folder = tmp_path / "part"
    folder.mkdir()
    for name in ("__init__", "one"):
        (folder / f"{name}.py").write_text(f"NAME = '{name}'\n")
        py_compile.compile(str(folder / f"{name}.py"))
    monkeypatch.setattr(finder, "_ROOT", str(tmp_path))
    return folder


@pytest.mark.parametrize("name", ["crm_cli.part", "crm_cli.part.one"])
def test_it_finds_what_the_standard_finder_finds(program: Path, name: str) -> None:
    found = finder._Finder.find_spec(name)
    search = [str(program if name.count(".") == 2 else program.parent)]
    usual = PathFinder.find_spec(name, search)
    assert found is not None and usual is not None
    for attribute in ("name", "origin", "cached", "submodule_search_locations", "has_location"):
        assert getattr(found, attribute) == getattr(usual, attribute), attribute


def test_what_is_not_plain_is_left_to_the_standard_finder(program: Path) -> None:
    find = finder._Finder.find_spec
    assert find("json") is None
    assert find("crm_cli.part.two") is None
    source = program / "one.py"
    kept = source.stat()
    source.write_text("NAME = 'another'\n")
    assert find("crm_cli.part.one") is None, "another size"
    source.write_text("NAME = 'one'\n")
    os.utime(source, (kept.st_atime, kept.st_mtime + 5))
    assert find("crm_cli.part.one") is None, "another time"
    os.utime(source, (kept.st_atime, kept.st_mtime))
    assert find("crm_cli.part.one") is not None
    source.unlink()
    assert find("crm_cli.part.one") is None, "no source"


@pytest.mark.parametrize("bytes", [b"", b"\x00" * 40], ids=["empty", "another version"])
def test_a_damaged_compiled_file_is_left_alone(program: Path, bytes: bytes) -> None:
    Path(cache_from_source(str(program / "one.py"))).write_bytes(bytes)
    assert finder._Finder.find_spec("crm_cli.part.one") is None


def test_commands_load_their_modules_by_it() -> None:
    code = (
        "import sys; sys.argv[1:] = ['--version']\n"
        "import os; os._exit = lambda code: None\n"
        "from crm_cli.__main__ import main; main()\n"
        "print(sys.modules['crm_cli.cli.hook'].__loader__.checked)"
    )
    words = [sys.executable, "-c", code]
    environ = {key: value for key, value in os.environ.items() if "BYTECODE" not in key}
    # The first may have to compile them, which the standard loader does: it has no `checked`.
    subprocess.run(words, capture_output=True, env=environ, check=False)
    done = subprocess.run(words, capture_output=True, env=environ, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "True"


@pytest.mark.parametrize(("options", "asked"), [((), True), (("-O",), False)])
def test_optimized_code_is_found_by_the_standard_finders(
    options: tuple[str, ...], asked: bool
) -> None:
    said = "import sys; from crm_cli import finder; finder.install();"
    said += "print(any(one is finder._Finder for one in sys.meta_path))"
    done = subprocess.run(
        [sys.executable, *options, "-c", said], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == str(asked)
