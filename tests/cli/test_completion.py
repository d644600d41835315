"""Completion: what is offered, and that each shell puts it in rightly."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from crm_cli.cli.complete import answer, candidates
from crm_cli.cli.session import Session
from crm_cli.cli.shells import SCRIPTS, Shell
from crm_cli.features import completions


class FakeWorkspace:
    """Offers fixed words."""

    words: ClassVar[dict[str, list[str]]] = {
        "customer": ["maja-kos\tMaja Kos", "bor"],
        "value:tag": ["vip", "new client"],
        "segment": ["lapsed", "late"],
        "field": ["city", "country", "email"],
        "term": ["city", "country", "email"],
        "column": ["city", "country", "email"],
        "key": ["city"],
        "value:city": ["Koper", "New York"],
        "state": ["open", "overdue"],
        "user": ["petra"],
    }

    def completions(self, kind: str, prefix: str, about: Sequence[str] = ()) -> list[str]:
        return self.words.get(kind, [])


@pytest.fixture(autouse=True)
def workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "workspace", property(lambda self: FakeWorkspace()))
    monkeypatch.setattr(completions, "completions", lambda shop, *asked: shop.completions(*asked))


def values(words: str, current: str) -> list[str]:
    return [found.split("\t")[0] for found in candidates(words.split(), current)]


def test_commands_come_from_the_registry() -> None:
    assert values("", "lis") == ["list"]
    assert values("-C shop --as petra", "comp") == ["completion"]
    assert "task" in values("", "")
    assert values("", "--to") == ["--today"]
    assert values("nonsense", "") == []


def test_a_commands_own_words() -> None:
    assert values("completion", "") == ["bash", "zsh", "fish"]
    assert values("completion", "z") == ["zsh"]
    assert values("completion", "--h") == ["--help"]
    assert values("--color", "") == ["auto", "always", "never"]
    assert values("list --as", "") == ["petra"]


@pytest.mark.parametrize(
    ("metavar", "current", "found"),
    [
        ("[TERM…]", "ci", ["city:"]),
        ("[TERM…]", "not:ci", ["not:city:"]),
        ("[TERM…]", "city:", ["city:Koper", "city:New York"]),
        ("[TERM…]", "city:Koper,N", ["city:Koper,New York"]),
        ("[TERM…]", "+v", ["+vip"]),
        ("[TERM…]", "@la", ["@lapsed", "@late"]),
        ("[TERM…]", "is:o", ["is:open", "is:overdue"]),
        ("[TERM…]", "no:em", ["no:email"]),
        ("WHO", "", ["maja-kos\tMaja Kos", "bor"]),
        ("WHO…", "+", ["maja-kos\tMaja Kos", "bor", "+vip", "+new client"]),
        ("WHO… KEY=VALUE…", "city=K", ["city=Koper"]),
        ("WHO… KEY=VALUE…", "+v", ["+vip"]),
        ("TAG[,TAG]", "vip,n", ["vip,new client"]),
        ("A,B-", "city,c", ["city,city", "city,country"]),
        ("USER|me", "p", ["petra"]),
        ("DATE", "tom", ["tomorrow"]),
        ("FILE", "", []),
    ],
)
def test_values_by_what_an_argument_takes(metavar: str, current: str, found: list[str]) -> None:
    from crm_cli.cli.completer import Completer

    assert Completer(Session()).values(metavar, current) == found


def test_nothing_disturbs_the_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRM_DEBUG", raising=False)
    monkeypatch.setattr(FakeWorkspace, "completions", lambda *_: 1 / 0)
    for words in ([], ["fish"], ["fish", "list", "--as", ""], ["tcsh", "x", "y"]):
        assert answer(words) == 0
    assert capsys.readouterr() == ("", "")
    # bash completes no names of files either, where none belongs.
    assert answer(["bash", "crm list --as ", "", "", "9", ""]) == 0
    assert capsys.readouterr() == ("+o default +o bashdefault\n", "")
    monkeypatch.setattr(FakeWorkspace, "completions", lambda *_: ["a\x1b[2J", "b\nc", "-d", "d"])
    assert answer(["fish", "list", "--as", ""]) == 0
    assert capsys.readouterr().out == "d\n"


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (["bash", "crm completion ", "", "", "9", ""], "\nbash\nzsh\nfish\n"),
        (["bash", "crm list city:", "", "", "9", ""], "\nKoper\nNew\\ York\n"),
        (["bash", "crm list 'city:N", "", "city:N", "9", ""], "\ncity:New York\n"),
        (["bash", "crm list cit", "", "cit", "9", ""], "-o nospace\ncity:\n"),
        (["zsh", "'", "list", "city:N"], "city:New York\n"),
        (["fish", "show", "maja"], "maja-kos\tMaja Kos\nbor\n"),
        (["fish", "list", "'city:N"], "city:New York\n"),
        (["fish", "import", "customers", ""], "\tfiles\n"),
        (["zsh", "", "export", "customers", "--to", ""], "\tfiles\n"),
        (["fish", "list", "nothing-begins-so"], ""),
        (["bash", "crm import customers ", "", "", "9", ""], "\n"),
    ],
)
def test_what_a_script_reads(
    words: list[str], out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(words) == 0
    assert capsys.readouterr().out == out


# In real shells: a `crm` that answers with fixed lines stands in for the program


@pytest.fixture
def path(tmp_path: Path) -> str:
    program = tmp_path / "crm"
    code = (
        "import sys\nfrom crm_cli.cli import session\nfrom tests_fake import FakeWorkspace\n"
        "session.Session.workspace = property(lambda self: FakeWorkspace())\n"
        "from crm_cli.features import completions\n"
        "completions.completions = lambda shop, *asked: shop.completions(*asked)\n"
        "from crm_cli.__main__ import main\nsys.exit(main())\n"
    )
    (tmp_path / "run.py").write_text(code)
    (tmp_path / "tests_fake.py").write_text(
        f"class FakeWorkspace:\n    words = {FakeWorkspace.words!r}\n"
        "    def completions(self, kind, prefix, about=()):\n"
        "        return self.words.get(kind, [])\n"
    )
    root = Path(__file__).parents[2]
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH="{root}" exec "{sys.executable}" "{tmp_path}/run.py" "$@"\n'
    )
    program.chmod(0o755)
    return f"{tmp_path}:{os.environ['PATH']}"


def shell(name: str, script: str, path: str, tmp_path: Path) -> list[str]:
    if not shutil.which(name):
        pytest.skip(f"{name} is not installed")
    arguments = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[name]
    done = subprocess.run(
        [name, *arguments, "-c", script],
        capture_output=True,
        text=True,
        env={"PATH": path, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "TERM": "dumb"},
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("crm compl", ["completion"]),
        ("crm completion ", ["bash", "zsh", "fish"]),
        ("crm list --as ", ["petra"]),
        ("crm -C x --as=pe", ["petra"]),
    ],
)
def test_bash(line: str, found: list[str], path: str, tmp_path: Path) -> None:
    if "--as=" in line:
        found = []
    script = (
        SCRIPTS[Shell.BASH]
        + f"COMP_LINE='{line}'\nCOMP_POINT=${{#COMP_LINE}}\n"
        # As bash calls it: with the program, and the text that readline replaces.
        + '_crm_complete crm "${COMP_LINE##*[ =]}"\n'
        + '[[ ${#COMPREPLY[@]} -gt 0 ]] && printf "%s\\n" "${COMPREPLY[@]}"\ntrue\n'
    )
    assert shell("bash", script, path, tmp_path) == found


_LATER_THAN_BASH_4_0 = (
    r"\$\{[^}]*@[A-Za-z]\}",  # ${name@Q}: 4.4, @U @L @K: 5.1
    r"\b(EPOCHSECONDS|EPOCHREALTIME|SRANDOM|BASH_ARGV0)\b",  # 5.0, 5.1
    r"\b(mapfile|readarray)\b.* -d\b",  # 4.4
    r"\b(declare|local|typeset) +-\w*[gnI]",  # -g: 4.2, -n: 4.3, -I: 5.1
    r"\blocal -(?:[ ;]|$)",  # 4.4
    r"\bwait +-[nfp]\b",  # 4.3, 5.0, 5.1
    r"\bprintf +-v +\w+\[",  # an element of an array: 4.1
    r"\bread +-N\b",  # 4.1
    r"\{[a-z_]+\}[<>]",  # a descriptor in a variable: 4.1
    r"\[\[ +-[vR] ",  # 4.2, 4.3
    r"\[-[0-9]",  # an element from the end: 4.2 and 4.3
    r":\s*-[0-9]+\}",  # a length from the end: 4.2
    r"\\u[0-9A-Fa-f]",  # 4.2
    r"\bassoc_expand_once|localvar_inherit|nosort|noquote\b",  # options of 4.4 and later
)


def test_the_script_for_bash_needs_nothing_later_than_bash_4_0() -> None:
    script = SCRIPTS[Shell.BASH]
    assert [late for late in _LATER_THAN_BASH_4_0 if re.search(late, script, re.M)] == []
    # compopt itself came with 4.0, as did COMP_TYPE: nothing older is promised.
    assert "compopt" in script


def test_bash_with_the_behaviour_of_bash_4(path: str, tmp_path: Path) -> None:
    script = (
        "BASH_COMPAT=4.0\n" + SCRIPTS[Shell.BASH]
        + "COMP_LINE='crm list --as '\nCOMP_POINT=14\n"
        + "_crm_complete crm ''\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n"
    )  # fmt: skip
    assert shell("bash", script, path, tmp_path) == ["petra"]


def test_fish(path: str, tmp_path: Path) -> None:
    script = SCRIPTS[Shell.FISH] + "complete -C 'crm completion z'\ncomplete -C 'crm list --as p'\n"
    assert shell("fish", script, path, tmp_path) == ["zsh", "petra"]


def test_zsh_accepts_the_script(path: str, tmp_path: Path) -> None:
    script = SCRIPTS[Shell.ZSH] + "print ${_comps[crm]}\n"
    assert shell("zsh", script, path, tmp_path)[-1:] == ["_crm"]
