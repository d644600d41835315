"""A line that is read without Typer gives a command just what Typer would give it."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.cli.app import made
from crm_cli.cli.arguments import take_globals
from crm_cli.cli.commands import COMMANDS, with_verb
from crm_cli.cli.quick_parser import read, verbs_of
from crm_cli.cli.verbs import Option, Parameter, Verb
from crm_cli.model.errors import CrmError


def every_verb() -> Iterator[tuple[tuple[str, ...], Verb]]:
    """Each verb with the words that name it."""
    for entry in COMMANDS:
        for name, verb in verbs_of(entry).items():
            if entry.noun:
                yield (entry.name, name), verb
            elif name == entry.name:
                yield (entry.name,), verb


VERBS = tuple(every_verb())


def by_typer(verb: Verb, words: list[str]) -> dict[str, Any] | None:
    """What Typer gives the verb's function; None where it refuses, or shows a help."""
    got: dict[str, Any] = {}

    def call(session: object, **values: Any) -> None:
        got.update(values)

    command = made(verb, call)
    try:
        with command.make_context(verb.name, list(words)) as context:
            command.invoke(context)
    except (typer.TyperException, typer.Exit):
        return None
    return got


WORDS = st.sampled_from(
    ["ana", "+vip", "city:Koper", "a b", "", "-", "--", "7", "x=y", "@lapsed", "č", "-7", "--x=1",
     "-n5", "-oy", "--help", "-h", "--json", "-y", "0", "007", "1_0", " 7", "csv", "table", "²"]
)  # fmt: skip


@st.composite
def lines(draw: st.DrawFn) -> tuple[tuple[str, ...], Verb, list[str]]:
    """A verb and words after it, some of them its own options."""
    typed, verb = draw(st.sampled_from(VERBS))
    options = [one for one in verb.parameters if isinstance(one.declared, Option)]
    words: list[str] = []
    for _ in range(draw(st.integers(0, 5))):
        if not options or draw(st.booleans()):
            words.append(draw(WORDS))
            continue
        option = draw(st.sampled_from(options))
        words += draw(spelled(option))
    return typed, verb, words


@st.composite
def spelled(draw: st.DrawFn, option: Parameter) -> list[str]:
    """An option as it may be typed, with a value that may be right."""
    assert isinstance(option.declared, Option)
    name = draw(st.sampled_from(option.declared.names))
    right = [str(member.value) for member in option.type] if issubclass(option.type, Enum) else []
    value = draw(st.sampled_from([*right, "5"]) if draw(st.booleans()) else WORDS)
    shapes = [[name], [name, value], [f"{name}={value}"], [f"{name}{value}"]]
    return shapes[0] if option.flag and draw(st.booleans()) else draw(st.sampled_from(shapes))


@given(lines())
def test_a_plain_line_gives_what_typer_gives(line: tuple[tuple[str, ...], Verb, list[str]]) -> None:
    typed, verb, words = line
    call = read([*typed, *words])
    if call is not None and call.verb is verb:
        assert call.values == by_typer(verb, words)
        assert {name: type(value) for name, value in call.values.items()} == {
            name: type(value) for name, value in (by_typer(verb, words) or {}).items()
        }


@pytest.mark.parametrize("words", [["--output", "csv"], ["-o", "table"], ["--output=ids"]])
def test_a_word_of_a_closed_list_is_a_text(words: list[str]) -> None:
    verb = dict(VERBS)[("tag", "list")]
    call, given = read(["tag", "list", *words]), by_typer(verb, words)
    assert call is not None and given is not None
    assert type(call.values["output"]) is type(given["output"]) is str
    assert call.values == given


@pytest.mark.parametrize(
    "value", ["7", "007", "0", "-7", "1_0", " 7", "²", "٣", "7.0", "x", "", "9" * 5000]
)
def test_a_number_is_what_typer_takes_for_one(value: str) -> None:
    verb = dict(VERBS)[("task", "list")]
    call = read(["task", "list", "-n", value])
    assert call is None or call.values == by_typer(verb, ["-n", value])
    assert (call is not None) == (value in ("7", "007", "0"))


@pytest.mark.parametrize(
    "words",
    [
        ["list", "--limit"], ["list", "-n5"], ["list", "--json=yes"], ["list", "-o=csv"],
        ["list", "-o", "CSV"], ["list", "--help"], ["list", "--jso"], ["rename"],
        ["show", "a", "b"], ["consent", "check", "ana"],
        ["task", "nonsense"], ["nonsense"], ["list", "-x"], ["task", "list", "-n", "-1"], ["git"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_is_not_plain_is_left_to_typer(words: list[str]) -> None:
    assert read(words) is None


@pytest.mark.parametrize("typed", [typed for typed, _ in VERBS], ids=" ".join)
def test_the_example_of_a_command_is_plain(typed: tuple[str, ...]) -> None:
    """Not all spellings, but those that the help shows, are read at once."""
    verb = dict(VERBS)[typed]
    start = f"crm {' '.join(typed)}"
    examples = [
        line.strip() for line in verb.doc.splitlines()
        if line.strip().startswith(start) and not set("|<>$()") & set(line)
    ]  # fmt: skip
    for example in examples:
        words = shlex.split(example.partition("   ")[0])[1:]
        try:
            _, rest = take_globals(words)
        except CrmError:
            continue
        call = read(rest)
        assert call is not None, example
        assert call.values == by_typer(call.verb, after(rest)), example


def after(words: list[str]) -> list[str]:
    """The words after those that name the verb."""
    entry = next(entry for entry in COMMANDS if entry.name == words[0])
    return with_verb(entry, words[1:])[1:] if entry.noun else words[1:]


@pytest.mark.parametrize("words", [["list", "+vip"], ["due", "--json"], ["task", "-n", "3"]])
def test_a_plain_line_does_not_load_typer(words: list[str]) -> None:
    code = (
        "import sys; from crm_cli.cli.quick_parser import read; "
        f"read({words!r}); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "crm_cli.cli.options" in done.stdout
    assert not {"typer", "inspect", "rich"} & set(done.stdout.split())
