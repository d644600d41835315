"""Installed as people install it: a wheel into an empty environment, by pip, pipx and uv.

Nothing is fetched: the libraries are those of the environment that the tests run in.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from crm_cli.cli.shells import INSTALLED
from tests.screens import ROOT

LIBRARIES = sysconfig.get_paths()["purelib"]
SHARED = sorted(
    path.relative_to(ROOT).as_posix() for path in (ROOT / "share").rglob("*") if path.is_file()
)


def run(*words: str | Path, environ: Mapping[str, str] | None = None, cwd: Path) -> str:
    done = subprocess.run(
        [str(word) for word in words],
        env={
            "PATH": os.environ["PATH"], "HOME": str(cwd), "LC_ALL": "C.UTF-8",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INDEX": "1", **(environ or {}),
        },
        cwd=cwd, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what belongs to the package."""
    pytest.importorskip("wheel")
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    for name in ("crm_cli", "share"):
        shutil.copytree(
            ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    run(
        sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation",
        "--wheel-dir", folder, source, cwd=folder,
    )  # fmt: skip
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def alone(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same wheel without its requirements, which pipx and uv would look for."""
    made = tmp_path_factory.mktemp("alone") / wheel.name
    with zipfile.ZipFile(wheel) as read, zipfile.ZipFile(made, "w") as written:
        for name in read.namelist():
            data = read.read(name)
            if name.endswith(".dist-info/METADATA"):
                lines = data.splitlines(keepends=True)
                data = b"".join(one for one in lines if not one.startswith(b"Requires-Dist:"))
            written.writestr(name, data)
    return made


def works(program: Path, folder: Path) -> None:
    """Both commands start, make a folder, and answer; the libraries are lent to them."""
    (site,) = (program.resolve().parents[1] / "lib").glob("python*/site-packages")
    (site / "lent.pth").write_text(f"{LIBRARIES}\n")
    environ = {"CRM_CACHE_DIR": str(folder / "cache")}
    other = program.with_name("crm-cli")
    assert run(program, "--version", environ=environ, cwd=folder).startswith("crm ")
    assert run(other, "--version", environ=environ, cwd=folder).startswith("crm ")
    run(program, "init", "shop", "--name", "Kava", "--country", "SI", environ=environ, cwd=folder)
    run(program, "-C", "shop", "add", "Ana Novak", environ=environ, cwd=folder)
    assert "Ana Novak" in run(other, "-C", "shop", "list", environ=environ, cwd=folder)


def lie_in(prefix: Path) -> list[str]:
    """What is shared and lies below a prefix."""
    return [name for name in SHARED if (prefix / name).is_file()]


def test_pip(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "empty", cwd=tmp_path)
    pip = tmp_path / "empty" / "bin" / "pip"
    run(pip, "install", "--no-deps", wheel, cwd=tmp_path)
    works(tmp_path / "empty" / "bin" / "crm", tmp_path)
    assert lie_in(tmp_path / "empty") == SHARED


def test_pipx(alone: Path, tmp_path: Path) -> None:
    if not shutil.which("pipx"):
        pytest.skip("pipx is not installed")
    environ = {
        "PIPX_HOME": str(tmp_path / "pipx"), "PIPX_BIN_DIR": str(tmp_path / "bin"),
        "PIPX_MAN_DIR": str(tmp_path / "man"), "PIPX_DEFAULT_PYTHON": sys.executable,
    }  # fmt: skip
    run("pipx", "install", alone, environ=environ, cwd=tmp_path)
    works(tmp_path / "bin" / "crm", tmp_path)
    assert (tmp_path / "man" / "man1" / "crm.1").exists(), "pipx shows man the pages"


def test_uv(alone: Path, tmp_path: Path) -> None:
    if not shutil.which("uv"):
        pytest.skip("uv is not installed")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    environ = {
        "UV_TOOL_DIR": str(tmp_path / "tools"), "UV_TOOL_BIN_DIR": str(tmp_path / "bin"),
        "UV_CACHE_DIR": str(tmp_path / "cache-of-uv"), "UV_OFFLINE": "1", "UV_NO_INDEX": "1",
    }  # fmt: skip
    python = ("--python", sys.executable)
    run("uv", "tool", "install", *python, alone, environ=environ, cwd=tmp_path)
    works(tmp_path / "bin" / "crm", tmp_path)
    assert lie_in(tmp_path / "tools" / project["name"]) == SHARED


def test_the_shells_find_what_pip_installs(wheel: Path, tmp_path: Path) -> None:
    """With the prefix among the folders of shared data, as /usr/local or ~/.local is."""
    run(sys.executable, "-m", "venv", tmp_path / "empty", cwd=tmp_path)
    run(tmp_path / "empty/bin/pip", "install", "--no-deps", wheel, cwd=tmp_path)
    prefix = tmp_path / "empty"
    path = {"PATH": f"{prefix}/bin:{os.environ['PATH']}", "PYTHONPATH": LIBRARIES}
    if shutil.which("fish"):
        done = run(
            "fish", "--no-config", "-c",
            f"set -p fish_complete_path {prefix}/share/fish/vendor_completions.d; "
            "complete -C 'crm completion z'; complete -C 'crm-cli completion z'",
            environ=path, cwd=tmp_path,
        )  # fmt: skip
        assert done.split() == ["zsh", "zsh"]
    if shutil.which("zsh"):
        done = run(
            "zsh", "-f", "-c",
            f"fpath=({prefix}/share/zsh/site-functions $fpath); autoload -Uz compinit; "
            "compinit -u -D; print $_comps[crm] $_comps[crm-cli]; autoload +X -U _crm && print ok",
            environ=path, cwd=tmp_path,
        )  # fmt: skip
        assert done.split() == ["_crm", "_crm", "ok"]
    script = prefix / "share/bash-completion/completions/crm"
    assert run("bash", "--norc", "-c", f". {script}; complete -p crm crm-cli", cwd=tmp_path).count(
        "-F _crm_complete"
    ) == 2  # fmt: skip
    if shutil.which("man"):
        shown = run("man", "-M", prefix / "share/man", "crm-task", cwd=tmp_path)
        assert "crm task done" in shown


def test_they_can_be_put_where_the_own_shell_looks(tmp_path: Path) -> None:
    from crm_cli.cli.shells import Shell, of_shell
    from crm_cli.features.shell_files import install

    for shell, place in (
        (Shell.BASH, ".local/share/bash-completion/completions/crm"),
        (Shell.ZSH, ".local/share/zsh/site-functions/_crm"),
        (Shell.FISH, ".config/fish/completions/crm.fish"),
    ):
        files = install(shell.value, of_shell(shell), {"HOME": str(tmp_path)})
        assert tmp_path / place in files
        assert (tmp_path / place).read_text(encoding="utf-8") in INSTALLED.values()


def test_what_is_shared_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "reference.py", "--check", "--all"],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"stale: {done.stdout}\nrun: python tools/reference.py"


def test_the_manual_pages_are_right() -> None:
    if not shutil.which("groff"):
        pytest.skip("groff is not installed")
    for page in sorted((ROOT / "share/man").rglob("*.[17]")):
        text = page.read_text(encoding="utf-8")
        if text.startswith(".so "):
            assert (ROOT / "share/man" / text.split()[1]).exists()
            continue
        done = subprocess.run(
            ["groff", "-man", "-ww", "-Kutf8", "-Tutf8", "-P-cbou", page],
            capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.stderr == "", page.name
        assert "NAME" in done.stdout
