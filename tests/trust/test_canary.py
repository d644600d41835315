"""Promise 8: no data value can execute, navigate or send anything, whatever prints it."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_cli.cli.app import load
from crm_cli.cli.commands import BY_NAME
from crm_cli.cli.hook import main
from crm_cli.formats.registry import EXPORTERS
from crm_cli.model.node import plain
from crm_cli.model.text import unguard_cell
from crm_cli.render.output import Format
from crm_cli.store.compose import compose
from tests.trust import canary
from tests.trust.canary import BAD, POISON, record, yaml
from tests.trust.ground import Ground
from tests.trust.writers import READERS

READING = {
    "agenda": ("agenda",),
    "due": ("due", "--within", "60d"),
    "task list": ("task", "list"),
    "task show": ("task", "show", "{task}"),
    "show": ("show", "canary"),
    "list": ("list", "--cols", "name,owner,tags,email,phone,city,notes,source_detail,tax_id"),
    "search": ("search", "pwn"),
    "tag list": ("tag", "list"),
    "timeline": ("timeline", "canary"),
    "interaction list": ("interaction", "list"),
    "segment list": ("segment", "list", "--cols", "name,description"),
    "segment show": ("segment", "show", "friends"),
    "segment count": ("segment", "count"),
    "purchase list": ("purchase", "list"),
    "purchase show": ("purchase", "show", "{purchase}"),
    "purchase summary": ("purchase", "summary", "--by", "product"),
    "payment list": ("payment", "list"),
    "balance": ("balance", "canary"),
    "product list": ("product", "list"),
    "config list": ("config", "list"),
    "config get": ("config", "get", "business"),
    "query explain": ("query", "explain", f"tag:{POISON}"),
    "query fields": ("query", "fields", "customers"),
    "sql": ("sql", "SELECT * FROM customers"),
    "index status": ("index", "status"),
    "index path": ("index", "path"),
    "doctor": ("doctor",),
}
NOT_ABOUT_RECORDS = {"completion", "help", "index rebuild"}
NEED_GIT = {"history", "blame", "changes"}
"""They answer from git's history, which this ground has none of."""

RAW = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What a terminal would obey, but for the line feed and the tab."""

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
def look(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What a person sees of a command: both streams are terminals."""

    def run(*words: str) -> str:
        out, err = Terminal(), Terminal()
        with contextlib.ExitStack() as around:
            around.enter_context(ground.surroundings())
            around.enter_context(contextlib.redirect_stdout(out))
            around.enter_context(contextlib.redirect_stderr(err))
            main(["--color", "never", *words])
        return out.getvalue() + err.getvalue()

    return run


def filled(ground: Ground, words: tuple[str, ...]) -> tuple[str, ...]:
    """The words with the ids of the canary's items."""
    found = {}
    for kind in ("task", "purchase"):
        if any(f"{{{kind}}}" in word for word in words):
            rows = json.loads(ground.run(kind, "list", "--json").out)
            found[kind] = next(row["id"] for row in rows if row["customer"] == "canary")
    return tuple(
        word.replace("{task}", found.get("task", "")).replace(
            "{purchase}", found.get("purchase", "")
        )
        if word in ("{task}", "{purchase}")
        else word
        for word in words
    )


def formats(command: str) -> Iterator[str]:
    """The formats that a command takes."""
    name, _, verb = command.partition(" ")
    made: Any = load(BY_NAME[name])
    if verb:
        made = made.get_command(None, verb)
    if any(param.name == "output" for param in made.params):
        yield from (form.value for form in Format)


def test_every_reading_command_is_tried() -> None:
    assert set(READING) == READERS - NOT_ABOUT_RECORDS - NEED_GIT


@pytest.mark.parametrize("command", READING)
def test_nothing_raw_passes(command: str, ground: Ground, look: Callable[..., str]) -> None:
    words = filled(ground, READING[command])
    asked = [words, *((*words, "-o", form) for form in formats(command))]
    for line in asked:
        ran = ground.run(*line)
        assert "Traceback" not in ran.err and "internal error" not in ran.err, line
        assert ran.code in (0, 2), (line, ran)  # 2: rows of this command have no ids or paths
        assert not RAW.search(ran.err), line
        if line[-1] not in EXCHANGE:
            assert not RAW.search(ran.out), line
        seen = look(*line)
        found = RAW.search(seen)
        assert not found, (line, found, seen)


def test_markup_is_text(ground: Ground, look: Callable[..., str]) -> None:
    for words in (("show", "canary"), ("list", "--cols", "id,name")):
        assert "[red]x[/red]" in ground.run(*words).out
        assert ":smile:" in "".join(look(*words).split())


@pytest.mark.parametrize("name", ["bad", "\x1b[2J=x", "[red]x[/red]"])
def test_errors_quote_nothing_raw(ground: Ground, look: Callable[..., str], name: str) -> None:
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


def test_writers_say_nothing_raw(ground: Ground, look: Callable[..., str]) -> None:
    ground.keep()
    for words in (("set", "canary", f"nickname={POISON}"), ("set", "canary", "city=Koper"),
                  ("log", "canary", POISON), ("task", "add", "canary", POISON),
                  ("tag", "remove", "vip", "canary"), ("rename", "canary", "yellow"),
                  ("rm", "canary", "--yes"), ("purchase", "add", "canary", "--line", "p:2"),
                  ("product", "set", "p", f"name={POISON}"), ("add", POISON, "--force"),
                  ("segment", "save", "s", "+x", "--description", POISON),
                  ("fmt", "--yes"), ("check", "--fix", "--yes")):  # fmt: skip
        for more in (("--dry-run",), ()):
            ground.reset()
            ran = ground.run(*words, *more)
            assert ran.code in (0, 1), ran
            assert not RAW.search(ran.out + ran.err), words
            ground.reset()
            assert not RAW.search(look(*words, *more)), words


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


@pytest.mark.parametrize("form", EXPORTERS)
def test_what_is_exported_comes_back(ground: Ground, tmp_path: Path, form: Any) -> None:
    name = form.name
    target = tmp_path / f"out.{name}"
    ran = ground.run("export", "customers", "id:canary", "--format", name, "--to", str(target))
    assert ran.code == 0, ran
    text = target.read_bytes().decode()
    if name == "csv":
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
