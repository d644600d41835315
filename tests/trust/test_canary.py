"""Promise 8: no data value can execute, navigate or send anything, whatever prints it."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_cli.cli.app import load
from crm_cli.cli.commands import BY_NAME
from crm_cli.cli.hook import main
from crm_cli.cli.outputs import OUTPUTS
from crm_cli.formats.registry import EXPORTERS
from crm_cli.model.node import plain
from crm_cli.model.text import unguard_cell
from crm_cli.store.compose import compose
from tests.trust import canary
from tests.trust.canary import BAD, POISON, record, yaml
from tests.trust.ground import Ground
from tests.trust.readers import (
    COUNTS_ONLY,
    FROM_HISTORY,
    NOT_ABOUT_RECORDS,
    READING,
    SAYING,
    SAYING_WITH_GIT,
    filled,
)
from tests.trust.writers import READERS, verbs

Look = Callable[..., str]

RAW = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What a terminal would obey, but for the line feed and the tab."""

EXCHANGING = {("config", "get"), ("segment", "export")}
"""Commands whose answer to a program is a value as it is, or CSV."""

EXCHANGE = {"csv", "tsv", "yaml"}
"""Formats that carry a text to programs as it is, and to a terminal as all others."""


class Terminal(io.StringIO):
    """A stdout that a person looks at."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    made = Ground(tmp_path / "ground")
    made.put(canary.files())
    return made


@pytest.fixture
def look(ground: Ground) -> Look:
    """What a person sees of a command."""
    return looking(ground)


def looking(ground: Ground) -> Look:
    """What a person sees: both streams are terminals."""

    def run(*words: str) -> str:
        out, err = Terminal(), Terminal()
        with contextlib.ExitStack() as around:
            around.enter_context(ground.surroundings())
            around.enter_context(contextlib.redirect_stdout(out))
            around.enter_context(contextlib.redirect_stderr(err))
            main(["--color", "never", *words])
        return out.getvalue() + err.getvalue()

    return run


def options_of(words: tuple[str, ...]) -> set[str]:
    """The names of a command line's command's parameters."""
    words = words[2:] if words[0].startswith("-") else words
    made: Any = load(BY_NAME[words[0]])
    if BY_NAME[words[0]].noun:
        made = made.get_command(None, words[1])
    return {param.name for param in made.params}


def formats(words: tuple[str, ...]) -> Iterator[str]:
    """The formats that a command takes."""
    if "output" in options_of(words):
        yield from OUTPUTS


def takes_dry_run(words: tuple[str, ...]) -> bool:
    """Whether a command has `--dry-run`."""
    return "dry_run" in options_of(words)


def test_every_command_is_tried_or_excused() -> None:
    """A loop over the registry: what is registered and not tried here fails."""
    tried = {*READING, *FROM_HISTORY, *SAYING, *SAYING_WITH_GIT}
    assert verbs() - tried - NOT_ABOUT_RECORDS.keys() == set()
    assert not NOT_ABOUT_RECORDS.keys() & tried, "excused and tried"
    assert {*READING, *FROM_HISTORY} <= verbs(), "no longer a command"
    assert {*READING, *FROM_HISTORY, *NOT_ABOUT_RECORDS} >= READERS


def nothing_raw(ground: Ground, look: Look, words: tuple[str, ...]) -> None:
    """In each format that the command takes, to a pipe and to a terminal."""
    for line in (words, *((*words, "-o", form) for form in formats(words))):
        ran = ground.run(*line)
        assert "Traceback" not in ran.err and "internal error" not in ran.err, line
        assert ran.code in (0, 1, 2), (line, ran)  # 2: this command's rows have no ids or paths
        assert not RAW.search(ran.err), line
        if line[-1] not in EXCHANGE and line[:2] not in EXCHANGING and line[0] != "export":
            assert not RAW.search(ran.out), line
        seen = look(*line)
        found = RAW.search(seen)
        assert not found, (line, found, seen)


def test_labels_pass_nothing_raw(ground: Ground) -> None:
    """Of who may be written to; the canary's own consent does not say what was answered."""
    assert ground.run("consent", "add", "canary", "--for", "service/letter").code == 0
    shown = ground.run("labels")
    assert shown.code == 0 and "=1+1" in shown.out, shown
    assert not RAW.search(shown.out + shown.err), shown


@pytest.mark.turns(3)
@pytest.mark.parametrize("command", READING)
def test_nothing_raw_passes(command: str, ground: Ground, look: Look) -> None:
    words = filled(ground, READING[command], "canary")
    shown = ground.run(*words)
    # The canary's owner is no user of crm.yaml, which check reports; and it refuses marketing.
    assert shown.code == (1 if command in ("check", "consent check") else 0), shown
    assert ("=1+1" in shown.out) != (command in COUNTS_ONLY), "a data value is shown"
    nothing_raw(ground, look, words)


@pytest.mark.parametrize("command", FROM_HISTORY)
def test_nothing_raw_passes_from_history(command: str, ground: Ground, look: Look) -> None:
    """Names of authors and subjects of commits come from strangers too."""
    poisoned(ground)
    words = filled(ground, FROM_HISTORY[command], "canary")
    shown = ground.run(*words)
    assert shown.code == 0 and ("pwn" in shown.out) != (command in COUNTS_ONLY), shown
    nothing_raw(ground, look, words)


def poisoned(ground: Ground) -> None:
    """A repository in which somebody with such a name has committed with such a subject."""
    home = ground.folder / "home"
    (home / "gitconfig").write_text(
        '[user]\nname = "a\\"\x1b[2J\u202e[red]pwn[/red]"\nemail = a@b.example\n',
        encoding="utf-8",
    )
    assert ground.run("git", "setup", "--yes").code == 0
    path = ground.root / "customers/canary.yaml"
    path.write_text(path.read_text(encoding="utf-8") + f"nickname: {json.dumps(POISON)}\n"
                    if "nickname:" not in path.read_text(encoding="utf-8")
                    else path.read_text(encoding="utf-8").replace("1984", "1985"),
                    encoding="utf-8")  # fmt: skip
    subprocess.run(
        ["git", "commit", "-qa", "--no-verify", "--cleanup=verbatim", "-m", POISON],
        cwd=ground.root, env={**ground.environ, "GIT_CONFIG_NOSYSTEM": "1"}, check=True,
    )  # fmt: skip


def test_markup_is_text(ground: Ground, look: Look) -> None:
    for words in (("show", "canary"), ("list", "--cols", "id,name")):
        assert "[red]x[/red]" in ground.run(*words).out
        assert ":smile:" in "".join(look(*words).split())


@pytest.mark.parametrize("name", ["bad", "\x1b[2J=x", "[red]x[/red]"])
def test_errors_quote_nothing_raw(ground: Ground, look: Look, name: str) -> None:
    ground.put({f"customers/{name}.yaml": yaml(BAD), "customers/\x9bcut.yaml": f"name: {POISON}\n"})
    for words in (("check",), ("check", "--json"), ("list",), ("show", POISON), ("due",),
                  ("list", f"nosuch:{POISON}"), (POISON,), ("config", "get", POISON),
                  ("list", "--where", POISON), ("-C", POISON, "list"), ("list", "--sort", POISON),
                  ("index", POISON), ("list", f"--{POISON}"), ("sql", POISON),
                  ("import", "customers", POISON), ("--today", POISON, "due"),
                  ("rm", POISON, "--yes"), ("task", "done", POISON), ("tag", "add", POISON, "bad"),
                  ("set", "bad", f"kind={POISON}"), ("payment", "add", POISON, "1")):  # fmt: skip
        ran = ground.run(*words)
        assert "Traceback" not in ran.err and "internal error" not in ran.err, ran
        assert not RAW.search(ran.out + ran.err), words
        assert not RAW.search(look(*words)), words


def says_nothing_raw(
    ground: Ground, look: Look, before: Callable[[], None], words: tuple[str, ...]
) -> None:
    """Dry and really, to a pipe and to a terminal, each from where it began."""
    for line in ((*words, "--dry-run"), words) if takes_dry_run(words) else (words,):
        before()
        ran = ground.run(*line)
        assert ran.code in (0, 1, 4), (line, ran)  # 4: an unresolved merge is an error
        assert "internal error" not in ran.err, line
        assert not RAW.search(ran.out + ran.err), line
        before()
        assert not RAW.search(look(*line)), line


def placed(ground: Ground, words: tuple[str, ...]) -> tuple[str, ...]:
    """The words about the canary, with the folder outside."""
    return tuple(
        word.replace("{outside}", str(ground.outside)) for word in filled(ground, words, "canary")
    )


@pytest.mark.turns(3)
@pytest.mark.parametrize("command", SAYING)
def test_writers_say_nothing_raw(command: str, ground: Ground, look: Look) -> None:
    first, words = SAYING[command]
    ground.outside.mkdir(exist_ok=True)
    (ground.outside / "new.csv").write_text(
        f'name,email\n{csv_cell(POISON)},x@y.example\n{csv_cell(POISON)},{csv_cell(POISON)}\n',
        encoding="utf-8",
    )  # fmt: skip
    (ground.outside / "new.eml").write_text(
        "".join(f"{key}: {' '.join(POISON.splitlines())}{more}\n" for key, more in (
            ("From", " <evil@hren.example>"), ("To", " <petra@lan.example>"), ("Subject", ""),
            ("Date", ""), ("Message-ID", " <1@hren.example>"),
        )) + f"\n{POISON}\n",
        encoding="utf-8",
    )  # fmt: skip
    (ground.outside / "answers.csv").write_text(
        f"customer,overall,{csv_cell(POISON)}\njan-vidmar,9,x\n", encoding="utf-8"
    )
    for line in first:
        ran = ground.run(*placed(ground, line))
        assert ran.code == 0, ran
    words = placed(ground, words)
    ground.keep()
    says_nothing_raw(ground, look, ground.reset, words)


@pytest.mark.parametrize("command", SAYING_WITH_GIT)
def test_writers_with_git_say_nothing_raw(command: str, ground: Ground, look: Look) -> None:
    poisoned(ground)
    prepare_merge(ground)
    ground.keep()
    words = tuple(w.replace("{outside}", str(ground.outside)) for w in SAYING_WITH_GIT[command])
    says_nothing_raw(ground, look, ground.reset, words)


def prepare_merge(ground: Ground) -> None:
    """A record with both sides of a merge in it, three versions of one outside, a remote."""
    remote = ground.folder / "\x1b[2Jremote.git"
    for words in (("init", "-q", "--bare", str(remote)), ("remote", "add", "origin", str(remote))):
        subprocess.run(["git", *words], cwd=ground.root, env=ground.environ, check=True)
    path = ground.root / "customers/both.yaml"
    path.write_text(
        f"name: Both\n<<<<<<< [red]ours[/red]\nnotes: {json.dumps(POISON)}\n=======\n"
        "notes: other\n>>>>>>> theirs\n",
        encoding="utf-8",
    )
    ground.outside.mkdir(exist_ok=True)
    for name, text in (("base", "old"), ("ours", POISON), ("theirs", f"{POISON} too")):
        (ground.outside / name).write_text(f"name: {json.dumps(text)}\n", encoding="utf-8")


def csv_cell(text: str) -> str:
    """Quoted, as RFC 4180 has it."""
    return '"' + text.replace('"', '""') + '"'


def test_a_directorys_name_is_data_too(tmp_path: Path) -> None:
    """Somebody else may have made the folder, and named it."""
    ground = Ground(tmp_path / "\x1b[2J\u202eground")
    for words in (("trust",), ("trust", "--remove"), ("git", "setup", "--yes"), ("doctor",),
                  ("index", "path"), ("index", "status"), ("list",), ("check",), ("undo",),
                  ("config", "set", "nosuch=1"), ("-C", f"{ground.root}/none", "list"),
                  ("-C", str(ground.root), "init"), ("sync",), ("notify", "--print-crontab"),
                  ("-C", str(ground.root), "init", "new", "--name", "X", "--no-git"),
                  ("export", "customers", "--to", f"{ground.root}/out.csv"),
                  ("import", "customers", f"{ground.root}/none.csv")):  # fmt: skip
        found = RAW.search(looking(ground)(*words))
        assert not found, (words, found)
        ran = ground.run(*words)
        if words != ("index", "path") and "--print-crontab" not in words:
            assert not RAW.search(ran.out + ran.err), words


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_offers_nothing_raw(shell: str, ground: Ground) -> None:
    """Candidates come from the records; a shell would put them into the line."""
    lines = (
        "show ", "show can", "list +", "list @", "list tag:", "list city:", "set canary city=",
        "set ", "task done ", "product show ", "list nickname:", "list --cols ", "--as ",
        "purchase add canary --line ", "segment show ", "tag remove ", "task add canary x --by ",
    )  # fmt: skip
    offered = 0
    for line in lines:
        words = line.split(" ")
        if shell == "bash":
            words = [f"crm {line}", "", re.split("[ =:]", line)[-1], "9", ""]
        elif shell == "zsh":
            words = ["", *words]
        ran = ground.run("__complete", shell, *words)
        assert (ran.code, ran.err) == (0, "")
        assert not RAW.search(ran.out), (line, ran.out)
        offered += len(ran.lines)
    assert offered > 20


def test_every_reading_back_is_lossless(ground: Ground) -> None:
    asked = ("list", "id:canary", "--cols", "name,source_detail,notes,tags")
    names = ["name", "source_detail", "notes", "tags"]

    def run(form: str) -> str:
        ran = ground.run(*asked, "-o", form)
        assert ran.code == 0, ran
        return ran.out

    rows = json.loads(run("json"))
    assert [rows[0][name] for name in names] == [POISON, POISON, POISON, [POISON]]
    assert [json.loads(line) for line in run("jsonl").splitlines()] == rows
    cells = list(csv.reader(io.StringIO(run("csv"), newline="")))
    assert [cell[0] for cell in cells[1]] == ["'"] * 4, "guarded"
    assert [unguard_cell(cell) for cell in cells[1]] == [POISON] * 4
    line = run("tsv").split("\n")[1]
    unescaped = [
        re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t", "r": "\r"}.get(m[1], m[1]), cell)
        for cell in line.split("\t")
    ]
    assert unescaped == [POISON] * 4
    text = "rows:\n" + "".join(f"  {line}\n" for line in run("yaml").splitlines())
    node = compose(text, "x").root
    assert node is not None
    told: Any = plain(node)
    assert told["rows"][0]["name"] == POISON
    shown = json.loads(ground.run("show", "canary", "--json").out)
    wanted = record()
    for key in ("name", "owner", "source_detail", "tax_id", "custom", "notes"):
        assert shown[key] == wanted[key], key


@pytest.mark.parametrize("form", [one for one in EXPORTERS if "customers" in one.kinds])
def test_what_is_exported_comes_back(ground: Ground, tmp_path: Path, form: Any) -> None:
    name = form.name
    if name == "parquet":
        pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    target = tmp_path / f"out.{name}"
    ran = ground.run("export", "customers", "id:canary", "--format", name, "--to", str(target))
    assert ran.code == 0, ran
    text = "" if name in ("xlsx", "parquet") else target.read_bytes().decode()
    if name in ("csv", "xlsx"):
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert not [cell for row in rows for cell in row if cell.startswith("=")]
        fresh = Ground(tmp_path / "fresh")
        back = fresh.run("import", "customers", str(target), "--yes")
        assert back.code == 0, back
        rows = json.loads(fresh.run("list", "nickname.has:pwn", "--json").out)
        shown = json.loads(fresh.run("show", rows[0]["id"], "--json").out)
        for key in ("name", "nickname", "source_detail", "notes"):
            assert shown[key] == POISON, key
    elif name == "json":
        assert json.loads(text)[0]["name"] == POISON
    elif name == "jsonl":
        assert json.loads(text)["name"] == POISON
