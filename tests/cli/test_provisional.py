"""An answer is made while the directory is looked at, and said only if it holds.

Each command runs in a process of its own: one with threads, as that of the tests, looks at
the directory itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import FILES, TODAY
from tests.trust.ground import MORE
from tests.trust.readers import READING

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks cheaply")

RUN = """
import os, sys
from crm_cli.index import database, snapshot
from crm_cli.store import ahead
ahead._LARGE = 0
snapshot.RACY = -(10**18)
suppose = database.Index._suppose
def told(self, *held):
    found = suppose(self, *held)
    with open(os.environ["TOLD"], "a") as file:
        print("supposed" if found else "waited", file=file)
    return found
database.Index._suppose = told
from crm_cli.cli.hook import main
sys.exit(main(sys.argv[1:]))
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    (root / "customers").mkdir(parents=True)
    (root / "crm.yaml").write_text("currency: EUR\ncountry: SI\n", encoding="utf-8")
    (root / "customers" / "maja-kos.yaml").write_text("name: Maja Kos\n", encoding="utf-8")
    (root / "customers" / "rok-zupan.yaml").write_text("name: Rok Zupan\n", encoding="utf-8")
    return root


@pytest.fixture
def run(root: Path, tmp_path: Path) -> Run:
    """Run a command; its index was brought up to date before."""

    def run(*words: str, told: str = "supposed\n") -> subprocess.CompletedProcess[str]:
        environ = {
            **os.environ,
            "CRM_CACHE_DIR": str(tmp_path / "cache"),
            "HOME": str(tmp_path),
            "TOLD": str(tmp_path / "told"),
        }
        (tmp_path / "told").write_text("", encoding="utf-8")
        command = [sys.executable, "-c", RUN, "-C", str(root), "--today", "2026-11-20", *words]
        done = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)
        assert (tmp_path / "told").read_text(encoding="utf-8") == told, done.stderr
        return done

    run("list", told="")
    return run


def change(root: Path, text: str) -> None:
    """Write into a file in place, as an editor may: its folder does not tell."""
    (root / "customers" / "maja-kos.yaml").write_text(text, encoding="utf-8")


def test_a_list_tells_what_has_changed(root: Path, run: Run) -> None:
    assert "Maja Kos" in run("list", "-o", "csv").stdout
    change(root, "name: Maja Hren\n")
    done = run("list", "-o", "csv")
    assert "Maja Hren" in done.stdout and "Maja Kos" not in done.stdout
    assert done.stdout.count("Rok Zupan") == 1 and (done.returncode, done.stderr) == (0, "")


def test_silence_holds_too(root: Path, run: Run) -> None:
    """Nothing was due: nothing would have been said, and so nothing waited for."""
    assert run("due").stdout == ""
    change(root, "name: Maja Kos\ntasks:\n  - title: Call\n    due: 2026-11-19\n")
    assert "Call" in run("due").stdout
    assert run("due", "--exit-code").returncode == 1


def test_a_refusal_holds_too(root: Path, run: Run) -> None:
    assert run("list", "shoe-size:38").returncode == 2
    change(root, "name: Maja Kos\nshoe_size: 38\n")
    done = run("list", "shoe-size:38", "-o", "ids")
    assert (done.stdout, done.stderr, done.returncode) == ("maja-kos\n", "", 0)


def test_an_answer_to_a_question_that_fell_away_is_refused(root: Path, run: Run) -> None:
    change(root, "name: Maja Kos\nshoe_size: 38\n")
    run("list")
    assert run("list", "shoe-size:38", "-o", "ids").stdout == "maja-kos\n"
    change(root, "name: Maja Kos\n")
    done = run("list", "shoe-size:38", "-o", "ids")
    assert (done.stdout, done.returncode) == ("", 2) and "shoe-size" in done.stderr


def test_a_file_that_broke_is_told(root: Path, run: Run) -> None:
    change(root, "name: [Maja\n")
    done = run("list", "-o", "ids")
    assert (done.stdout, done.returncode) == ("rok-zupan\n", 4)
    assert done.stderr.count("customers/maja-kos.yaml:") == 1


def test_the_business_day_goes_by_the_settings_of_now(root: Path, run: Run) -> None:
    settings = root / "crm.yaml"
    settings.write_text("currency: EUR\ncountry: SI\ntime_zone: Asia/Tokyo\n", encoding="utf-8")
    change(root, "name: Maja Kos\ntasks:\n  - title: Call\n    due: 2026-11-20T16:00Z\n")
    done = run("due", "--within", "1d", "-o", "csv")
    assert "2026-11-21T01:00+09:00" in done.stdout


def test_what_is_written_is_never_written_on_a_supposition(root: Path, run: Run) -> None:
    change(root, "name: Maja Hren\n")
    done = run("set", "maja-kos", "city=Koper", told="")
    assert done.returncode == 0, done.stderr
    # What was shown before counts as shown: that, too, is only asked of what is.
    run("due", "--since-last", told="")


WHO = {"{who}": "maja-kos", "{task}": "t-9f3kx7d", "{purchase}": "p-2m8ct4h"}
OF_THE_CACHE = ("index status", "index path", "doctor")


@pytest.mark.parametrize("command", [name for name in READING if name not in OF_THE_CACHE])
def test_no_reader_tells_what_was(command: str, tmp_path: Path) -> None:
    """Whatever it is made from, the answer is that of an index made just now."""
    root = tmp_path / "shop"
    for name, text in {**FILES, **MORE}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")

    def run(cache: str, *words: str) -> tuple[int, str, str]:
        environ = {
            **os.environ,
            "CRM_CACHE_DIR": str(tmp_path / cache),
            "HOME": str(tmp_path),
            "TOLD": str(tmp_path / "told"),
        }
        done = subprocess.run(
            [sys.executable, "-c", RUN, "-C", str(root), "--today", TODAY, *words],
            capture_output=True, text=True, env=environ, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    words = [WHO.get(word, word) for word in READING[command]]
    run("warm", *words)
    for path, (old, new) in {
        "customers/maja-kos.yaml": ("Maja Kos", "Maja pwn Hren"),
        "customers/hotel-breg.yaml": ("due: 2026-11-16", "due: 2026-11-17"),
        "customers/kavarna-lan.yaml": ("kind: organization", "kind: organization\ntags: vip"),
    }.items():
        text = (root / path).read_text(encoding="utf-8")
        assert old in text
        (root / path).write_text(text.replace(old, new), encoding="utf-8")
    assert run("warm", *words) == run("cold", *words)
