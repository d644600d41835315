"""The contract with scripts: stdout is the answer, stderr the rest, the exit code says which."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Annotated

import pytest

from crm_cli.cli import commands
from crm_cli.cli.commands import COMMANDS, GROUPS, SETUP, Command, overview
from crm_cli.cli.everyday_words import INSTEAD, right_verb
from crm_cli.cli.hook import main
from crm_cli.cli.options import Json, Limit, NoHeader, Output, Terms, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option, Verbs
from crm_cli.model import errors
from crm_cli.model.errors import Problem, Severity
from crm_cli.model.rows import Column, Rows

Run = Callable[..., tuple[int, str, str]]

ERRORS: dict[str, BaseException] = {
    "usage": errors.UsageError("wrong", "try this"),
    "notfound": errors.NotFound("nobody"),
    "data": errors.DataError("bad", problems=(Problem("a.yaml", 2, 3, "bad-date", "no date"),)),
    "conflict": errors.ConflictError("locked"),
    "refused": errors.Refused("duplicate"),
    "storage": errors.StorageError("disk full"),
    "declined": errors.Declined("nothing was changed"),
    "os": OSError(28, "No space left on device", "a.yaml"),
    "bug": ZeroDivisionError("oops\nsecond line"),
    "recursion": RecursionError("too deep"),
    "memory": MemoryError(),
    "interrupt": KeyboardInterrupt(),
    "end": EOFError(),
}


def fake_module() -> ModuleType:
    """A noun `probe`, to see what the machinery makes of commands."""
    module = ModuleType("crm_cli.cli.probe")
    verbs = Verbs()

    @verbs.add
    def list_(
        session: Session,
        terms: Terms = None,
        output: Output = None,
        json: Json = False,
        no_header: NoHeader = False,
        limit: Limit = None,
    ) -> None:
        """List what was asked.

        Example: crm probe list city:Koper
        """
        rows = [(term,) for term in (terms or [])[:limit]]
        session.show(
            Rows([Column("term")], rows), session.format(output, json), header=not no_header
        )

    @verbs.add
    def fail(session: Session, how: str) -> None:
        """Fail.

        Example: crm probe fail usage
        """
        session.write("partly\n")
        raise ERRORS[how]

    @verbs.add
    def partial(session: Session, warn: Annotated[bool, Option("--warn")] = False) -> None:
        """Answer in part.

        Example: crm probe partial
        """
        severity = Severity.WARNING if warn else Severity.ERROR
        session.report([Problem("b.yaml", 3, 5, "bad", "broken", "mend it", severity)])
        session.report([Problem("b.yaml", 3, 5, "bad", "broken", "mend it", severity)])
        session.negative = True
        session.write("answer\n")

    @verbs.add
    def ask(session: Session, yes: Yes = False) -> None:
        """Ask.

        Example: crm probe ask --yes
        """
        session.confirm("Do it to 3 records?", yes=yes)
        session.write("done\n")

    @verbs.add
    def options(session: Session, words: Terms = None) -> None:
        """Say the options.

        Example: crm probe options
        """
        session.write(f"{session.options!r} {words}\n")

    module.verbs = verbs  # type: ignore[attr-defined]
    return module


@pytest.fixture(autouse=True)
def probe(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "crm_cli.cli.probe", fake_module())
    entry = Command("probe", "probe", SETUP, "probes", "list")
    monkeypatch.setitem(commands.BY_NAME, "probe", entry)
    yield


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*words: str) -> tuple[int, str, str]:
        code = main(words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        ("usage", 2, "crm: wrong\n  try this\n"),
        ("notfound", 3, "crm: nobody\n"),
        ("data", 4, "crm: bad\na.yaml:2:3: no date\n"),
        ("conflict", 5, "crm: locked\n"),
        ("refused", 6, "crm: duplicate\n"),
        ("storage", 7, "crm: disk full\n"),
        ("declined", 130, "crm: nothing was changed\n"),
        ("os", 7, "crm: cannot go on: No space left on device: a.yaml\n"),
        ("interrupt", 130, ""),
        ("end", 130, "crm: the input ended; nothing was changed\n"),
    ],
)
def test_a_refusal_is_a_line_and_a_code(run: Run, how: str, code: int, said: str) -> None:
    assert run("probe", "fail", how) == (code, "partly\n", said)


@pytest.mark.parametrize("how", ["bug", "recursion", "memory"])
def test_a_fault_of_the_program_shows_no_traceback_unless_asked(
    run: Run, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRM_DEBUG", raising=False)
    code, out, err = run("probe", "fail", how)
    if how == "memory":
        assert (code, out, err.count("\n")) == (7, "partly\n", 1)
        return
    assert (code, out) == (4, "partly\n")
    assert err.startswith("crm: internal error: ")
    assert err.count("\n") == 2
    assert "CRM_DEBUG=1 shows the traceback" in err
    monkeypatch.setenv("CRM_DEBUG", "1")
    assert "Traceback (most recent call last)" in run("probe", "fail", how)[2]


def test_a_partial_answer_says_so_after_the_answer(run: Run) -> None:
    assert run("probe", "partial") == (4, "answer\n", "b.yaml:3:5: broken (mend it)\n")
    assert run("probe", "partial", "--warn") == (
        1,
        "answer\n",
        "b.yaml:3:5: warning: broken (mend it)\n",
    )


def test_a_bare_noun_lists_also_with_terms_and_options(run: Run) -> None:
    listed = (0, "term\ncity:Koper\n", "")
    assert run("probe", "list", "city:Koper") == listed
    assert run("probe", "city:Koper") == listed
    assert run("probe", "--json", "+vip") == (0, '[\n  {"term": "+vip"}\n]\n', "")
    assert run("probe", "--json") == (0, "[]\n", "")
    assert run("probe") == (0, "", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["new", "Maja Kos"], "crm: there is no \"new\"; write: crm add 'Maja Kos'\n"),
        (["create", "Maja"], 'crm: there is no "create"; write: crm add Maja\n'),
        (["view", "maja"], 'crm: there is no "view"; write: crm show maja\n'),
        (["ls"], 'crm: there is no "ls"; write: crm list\n'),
        (["find", "maja"], 'crm: there is no "find"; write: crm list maja\n'),
        (["delete", "maja"], 'crm: there is no "delete"; write: crm rm maja\n'),
        (["note", "maja"], 'crm: there is no "note"; write: crm log maja\n'),
        (["status"], 'crm: there is no "status"; write: crm doctor\n'),
        (["probe", "ls"], 'crm: there is no "crm probe ls"; write: crm probe list\n'),
    ],
)
def test_a_wrong_verb_is_answered_with_the_right_one(run: Run, words: list[str], said: str) -> None:
    assert run(*words) == (2, "", said)


def test_a_slip_is_answered_with_what_is_near(run: Run) -> None:
    code, _, err = run("serch", "maja")
    assert code == 2
    assert 'there is no command "serch"; did you mean search?' in err
    code, _, err = run("probe", "partal")
    assert code == 2
    assert "did you mean partial" in err
    code, _, err = run("probe", "maja")
    assert code == 2
    assert "crm probe list maja" in err
    code, _, err = run("probe", "list", "--limt", "3")
    assert code == 2
    assert "there is no option --limt; did you mean --limit?" in err
    assert "Traceback" not in err
    code, _, err = run("probe", "fail")
    assert (code, err.splitlines()[0]) == (2, "crm: HOW is missing")


@pytest.mark.parametrize(
    "words",
    [
        ["probe", "-city:Koper"],
        ["probe", "list", "+vip", "-city:Koper"],
        ["probe", "list", "--json", "-owner:petra"],
        ["probe", "list", "-last-contact.before:-90d"],
    ],
)
def test_a_minus_before_a_term_is_answered_with_not(run: Run, words: list[str]) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert f"not:{words[-1][1:]}" in err


def test_after_two_dashes_everything_is_text(run: Run) -> None:
    assert run("probe", "list", "--no-header", "--", "-city:Koper", "--today") == (
        0,
        "-city:Koper\n--today\n",
        "",
    )


@pytest.mark.parametrize("place", range(3))
def test_options_that_stand_anywhere(run: Run, place: int) -> None:
    words = ["probe", "options", "+vip"]
    words[place:place] = ["-C", "shop", "--today=2026-11-03", "--as", "petra", "--color", "never"]
    code, out, _ = run(*words)
    assert code == 0
    assert "PosixPath('shop')" in out or "WindowsPath('shop')" in out
    assert "today='2026-11-03', user='petra', color='never'" in out
    assert out.endswith("['+vip']\n")


@pytest.mark.parametrize(
    "words",
    [
        ["--color", "pink", "list"],
        ["list", "--today"],
        ["list", "--as="],
        ["--lock-timeout", "soon", "list"],
        ["probe", "list", "--json", "-o", "csv"],
        ["probe", "list", "-n", "many"],
        ["probe", "list", "-o", "xml"],
        ["probe", "list", "-o", "paths"],
        ["probe", "list", "caf\udce9"],
    ],
)
def test_wrong_options_are_usage_errors(run: Run, words: list[str]) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert err.startswith("crm: ")
    assert "\udce9" not in err


def test_a_question_needs_a_terminal_or_yes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def answers(line: str | None) -> None:
        monkeypatch.setattr("crm_cli.cli.terminal.ask_terminal", lambda prompt: line)

    answers(None)
    code, out, err = run("probe", "ask")
    assert (code, out) == (2, "")
    assert "--yes" in err
    assert run("probe", "ask", "--yes") == (0, "done\n", "")
    answers("Y")
    assert run("probe", "ask") == (0, "done\n", "")
    for no in ("", "n", "maybe"):
        answers(no)
        assert run("probe", "ask") == (130, "", "crm: nothing was changed\n")


def test_help_is_one_screen_from_the_registry(run: Run) -> None:
    code, out, _ = run("--help")
    assert (code, out) == (0, overview())
    assert out.count("\n") <= 48
    assert max(map(len, out.splitlines())) <= 80
    for command in COMMANDS:
        assert command.hidden or f" {command.name} " in out
        assert command.group in GROUPS
    code, out, _ = run("probe", "list", "--help")
    assert code == 0
    assert "usage: crm probe list [TERM…] [OPTIONS]" in out.lower().replace("term", "TERM").replace(
        "options", "OPTIONS"
    )
    assert "Example: crm probe list city:Koper" in out
    assert "-C DIR" in out


def test_no_wrong_verb_is_a_command() -> None:
    names = {command.name for command in COMMANDS}
    assert [name for name in names if right_verb(name, names - {name})] == []
    assert names & set(INSTEAD) <= {"rm"}
    assert len(names) == len(COMMANDS)


def test_no_directory_gets_a_welcome(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CRM_DIR", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    code, out, err = run()
    assert (code, err) == (0, "")
    assert "crm init" in out


# What only a real process shows


def process(
    *words: str, shell: str = "", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A run of the program without a terminal; `shell` is what follows the command."""
    command = f'"{sys.executable}" -m crm_cli "$@" {shell}'
    return subprocess.run(
        ["bash", "-c", command, "bash", *words],
        capture_output=True,
        text=True,
        errors="surrogateescape",
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("words", [["--help"], ["completion", "bash"], ["completion", "--help"]])
def test_a_closed_pipe_is_silent(words: list[str]) -> None:
    done = process(*words, shell="| true; exit ${PIPESTATUS[0]}")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["completion", "bash"]])
@pytest.mark.parametrize("target", [">/dev/full", ">&-"])
def test_an_answer_that_cannot_be_written_is_one_line(words: list[str], target: str) -> None:
    if target == ">/dev/full" and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    done = process(*words, shell=target)
    assert done.returncode == 7
    assert done.stderr.startswith("crm: cannot write the answer: ")
    assert done.stderr.count("\n") == 1


def test_closed_streams_do_no_harm() -> None:
    assert process("completion", "tcsh", shell="2>&-").returncode == 2
    assert process("--version", shell="<&- 2>&-").stdout.startswith("crm ")


@pytest.mark.parametrize(
    "env", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}]
)
def test_what_cannot_be_encoded_is_escaped(env: dict[str, str]) -> None:
    done = process("--help", env=env)
    assert done.returncode == 0
    assert "Usage: crm COMMAND" in done.stdout
    done = process("nobody-\u202e\u738b", env=env)
    assert done.returncode == 2
    assert "\\u202e" in done.stderr


def test_arguments_that_are_not_text_are_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crm_cli", "list", b"caf\xe9"],
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("crm: an argument is not readable text: caf")


def test_colour_only_where_it_is_wanted() -> None:
    assert "\x1b" not in process("nobody").stderr
    assert "\x1b[31m" in process("nobody", "--color", "always").stderr
    assert "\x1b" not in process("nobody", env={"NO_COLOR": "1"}).stderr


@pytest.mark.parametrize("width", [30, 36, 50, 79])
def test_the_overview_fits_a_narrow_screen(width: int) -> None:
    """Below 80 columns no word is lost, and no line is wider than the screen."""
    page = overview(width)
    words = max(map(len, page.split()))
    assert max(map(len, page.splitlines())) <= max(width, words + 4)
    assert page.split() == overview().split()
    assert overview(80) == overview(120) == overview()
