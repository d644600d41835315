"""`crm-NAME` on the PATH is `crm NAME`, and never what a colleague could have sent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from crm_cli.cli.commands import extensions_line
from crm_cli.cli.complete import candidates
from crm_cli.store.extensions import extension, extensions
from tests.conftest import Crm

ROOT = Path(__file__).resolve().parents[2]
SAYS = '#!/bin/sh\necho "$CRM_DIR|$CRM_USER|$CRM_TODAY|$#|$*"\n'


def program(folder: Path, name: str, text: str = SAYS, mode: int = 0o755) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


@pytest.fixture
def bin(shop: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder at the beginning of the PATH, with an extension in it."""
    folder = shop.parent / "bin"
    program(folder, "crm-hello")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def process(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crm_cli", *words]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, capture_output=True, text=True, env=environ, cwd=cwd, check=False
    )


def test_the_environment_is_what_the_line_says(bin: Path, shop: Path, tmp_path: Path) -> None:
    run = process("hello", "a b", "--as", "petra", "-x", "--today", "2026-11-27")
    assert (run.stdout, run.stderr) == (f"{shop}|petra|2026-11-27|2|a b -x\n", "")
    run = process("-C", "../shop", "hello", cwd=bin)
    directory, _, rest = run.stdout.partition("|")
    assert Path(directory).is_absolute() and Path(directory).samefile(shop)
    assert rest == "|2026-11-20|0|\n"
    run = process("hello", "--today", "2026-11-27T09:30", "--", "--as", "x")
    assert run.stdout.partition("|")[2] == "|2026-11-27T09:30:00+01:00|3|-- --as x\n"
    run = process("hello", "--today", "someday")
    assert (run.returncode, run.stdout) == (2, "")


def test_its_exit_code_and_signals_are_its_own(bin: Path) -> None:
    program(bin, "crm-no", "#!/bin/sh\nexit 42\n")
    program(bin, "crm-die", "#!/bin/sh\nkill -TERM $$\n")
    program(bin, "crm-broken", "#!/no/such/interpreter\n")
    assert process("no").returncode == 42
    assert process("die").returncode == -signal.SIGTERM
    run = process("broken")
    assert run.returncode == 7 and "crm-broken cannot be run" in run.stderr


@pytest.mark.parametrize("name", ["list", "view", "new", "customers", "cli"])
def test_our_own_words_win(bin: Path, crm: Crm, name: str) -> None:
    program(bin, f"crm-{name}", "#!/bin/sh\necho TAKEN\n")
    assert "TAKEN" not in process(name).stdout
    assert "\nOn the PATH: hello\n" in crm("--help").out


def test_our_entry_points_are_none() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = scripts["project"]["scripts"]
    folder = Path(sys.executable).parent
    found = extensions({"PATH": str(folder)})
    assert not [name for name in names if name.removeprefix("crm-") in found]


def test_what_others_could_have_sent_is_none(
    bin: Path, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(shop / "bin", "crm-sent")
    program(shop.parent, "crm-here")
    (bin / "crm-linked").symlink_to(shop / "bin" / "crm-sent")
    (bin.parent / "alias").symlink_to(shop / "bin")
    program(bin, "crm-plain", mode=0o644)
    program(bin, "crm-Big")
    program(bin, "crm-")
    (bin / "crm-folder").mkdir()
    monkeypatch.chdir(shop.parent)
    places = ["", ".", "bin", str(shop / "bin"), str(shop), str(bin.parent / "alias"), str(bin)]
    environ = {"PATH": os.pathsep.join(places)}
    assert extensions(environ, str(shop)) == {"hello": str(bin / "crm-hello")}
    assert extension("../hello", environ, str(shop)) == ""
    monkeypatch.setenv("PATH", environ["PATH"] + os.pathsep + os.environ["PATH"])
    assert process("sent").returncode == 2
    assert process("linked").returncode == 2


def test_they_are_listed_and_offered(bin: Path, crm: Crm) -> None:
    assert "\nOn the PATH: hello\n" in crm("--help").out
    assert "\nOn the PATH: hello\n" in crm("help").out
    assert "hello is a program: " in crm("help", "hello").out
    assert "did you mean hello or help?" in crm("helo").err
    assert f"hello\t{bin / 'crm-hello'}" in candidates([], "hel")


def test_many_fit_a_line() -> None:
    names = [f"extension-{number}" for number in range(40)]
    line = extensions_line(names)
    assert len(line) <= 80
    shown = line.partition(" and ")[0].count("extension-")
    assert line.endswith(f" and {40 - shown} more")
