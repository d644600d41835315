"""`crm events` as scripts use it: lines, cursors, and going on as commits come."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.conftest import Crm, Git

PYTHON = sys.executable
"""The interpreter itself: signals are for the process that runs."""


def here(git: Git) -> str:
    """The last commit."""
    return git("rev-parse", "HEAD").strip()


def interruptible() -> None:
    """Heed SIGINT, though whoever runs the tests, in the background, may have it ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def following(git: Git) -> Iterator[subprocess.Popen[str]]:
    """`crm events --follow --json`, of what comes after now."""
    command = [PYTHON, "-m", "crm_cli", "events", "--since", here(git), "-f", "--json"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, preexec_fn=interruptible
    )
    yield process
    process.kill()
    process.communicate()


def stdout(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout


def test_lines_for_programs(crm: Crm, git: Git) -> None:
    assert crm("task", "done", "t-9f3kx7d").code == 0
    run = crm("events", "--since", "HEAD~1", "-o", "jsonl")
    (line,) = [json.loads(line) for line in run.lines]
    assert [*line] == [
        "at", "by", "event", "record", "kind", "id", "field", "from", "to", "what", "commit",
        "cursor",
    ]  # fmt: skip
    assert (line["event"], line["record"], line["kind"]) == ("done", "maja-kos", "task")
    assert (line["id"], line["field"]) == ("t-9f3kx7d", "status")
    assert (line["from"], line["to"], line["by"]) == (None, "completed", "petra")
    assert json.loads(crm("events", "--since", "HEAD~1", "--json").out) == [line]
    assert crm("events", "--since", line["cursor"], "-o", "jsonl").out == ""
    assert crm("events", "--since", line["cursor"], "--json").out == "[]\n"
    assert crm("events", "--since", "HEAD~1", "-o", "ids").lines == ["maja-kos"]


def test_an_empty_since_begins_with_the_first_commit(crm: Crm, git: Git) -> None:
    every = crm("events", "--since", "", "--cols", "record", "-o", "csv").lines
    assert {"maja-kos", "products", "crm"} <= {*every}
    first = crm("events", "--since", "", "-n3", "-o", "jsonl").lines
    limited = [json.loads(line) for line in first]
    assert len(limited) == 3 and limited[-1]["cursor"] is None


def test_whose(crm: Crm, git: Git) -> None:
    assert crm("tag", "add", "linen", "maja-kos").code == 0
    assert crm("set", "hotel-breg", "city=Bohinj").code == 0
    assert crm("rm", "jan-vidmar", "--yes").code == 0
    for words, meant in (
        (["maja-kos"], {"maja-kos"}),
        (["+linen"], {"maja-kos"}),
        (["hotel-breg", "maja-kos"], {"hotel-breg", "maja-kos"}),
        (["+linen", "hotel-breg", "maja-kos"], {"maja-kos"}),
        (["jan-vidmar", "maja-kos", "+linen"], {"maja-kos"}),
        (["jan-vidmar", "+linen"], set()),
        (["jan-vidmar"], {"jan-vidmar"}),
    ):
        run = crm("events", *words, "--since", "", "-o", "ids")
        assert {*run.lines} == meant, run.err
    assert crm("events", "nobody-at-all").code == 3
    assert crm("events", "--kind", "tags", "--since", "HEAD~3", "-o", "ids").lines == ["maja-kos"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--kind", "paymnt"), 2, "did you mean payment"),
        (("--since", "no-such"), 3, "neither a date nor a commit"),
        (("--since", "f" * 40), 3, "there is no commit ffffffffff"),
        (("--follow", "--until", "today"), 2, "--follow has no end"),
        (("--follow", "-o", "xlsx"), 2, "--follow has no end"),
        (("--cols", "x"), 2, "there is no column 'x'"),
    ],
)
def test_refusals(crm: Crm, git: Git, words: tuple[str, ...], code: int, said: str) -> None:
    run = crm("events", *words)
    assert (run.code, run.out) == (code, "")
    assert said in run.err


def test_without_a_repository(crm: Crm, shop: Path) -> None:
    run = crm("events")
    assert run.code == 6 and "no history" in run.err


def test_hostile_values_are_data(crm: Crm, git: Git, shop: Path) -> None:
    text = 'name: "\\e[31mEve\\u202e\\n$(rm -rf .)"\n'
    (shop / "customers/eve.yaml").write_text(text, encoding="utf-8")
    git("add", "-A")
    git("commit", "-qm", "a subject\x1b[31m", "--no-verify")
    shown = crm("events", "--since", "HEAD~1")
    assert "\x1b" not in shown.out and "\u202e" not in shown.out and len(shown.lines) == 2
    (line,) = crm("events", "--since", "HEAD~1", "-o", "jsonl").lines
    assert "\x1b" not in line and json.loads(line)["to"].startswith("\x1b[31mEve")


def test_following_says_what_comes(following: subprocess.Popen[str], crm: Crm) -> None:
    assert crm("tag", "add", "linen", "maja-kos").code == 0
    assert json.loads(stdout(following).readline())["id"] == "linen"
    assert crm("set", "maja-kos", "city=Izola").code == 0
    second = json.loads(stdout(following).readline())
    assert (second["to"], second["cursor"]) == ("Izola", second["commit"])
    following.send_signal(signal.SIGINT)
    assert following.communicate() == ("", "")
    assert following.returncode == 130


def test_following_ends_when_nobody_reads(following: subprocess.Popen[str], crm: Crm) -> None:
    assert crm("tag", "add", "linen", "maja-kos").code == 0
    assert stdout(following).readline()
    stdout(following).close()
    assert following.wait() == 0
    assert following.stderr is not None and following.stderr.read() == ""


def test_following_counts_by_what_the_records_are_then(crm: Crm, git: Git) -> None:
    command = [PYTHON, "-m", "crm_cli", "events", "+linen", "--since", here(git)]
    words = [*command, "--follow", "-n1", "--cols", "record,what"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert crm("tag", "add", "linen", "hotel-breg").code == 0
        said, _ = process.communicate()
    assert (said.split(maxsplit=1), process.returncode) == (["hotel-breg", "+tag linen\n"], 0)
