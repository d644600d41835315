"""Completion in real shells: whatever the value, the program gets it, or nothing is offered."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from crm_cli.cli.shells import Shell
from tests.trust.terminals import (
    PARSERS,
    RUN_BY_ZSH,
    RUNS,
    UNFINISHED,
    Terminal,
    offering,
    refused,
    typed,
)

PIECES = (
    *"ab '\"\\$`!*?[]{}()<>|&;#~^%=:,@+-./é日", RUNS, ";touch PWNED;", "$HOME", "$'", "!!", "%F{x}",
)  # fmt: skip
WORDS = st.builds(
    "{}{}".format,
    st.sampled_from(["+", "city:", "x"]),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join),
)
PROPERTY = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@PROPERTY
@given(st.data(), WORDS)
def test_the_program_gets_the_value(terminal: Terminal, data: st.DataObject, word: str) -> None:
    """Some of it is typed already, in any quote."""
    shell, quote = terminal.shell, data.draw(st.sampled_from(terminal.quotes))
    begun = word[: data.draw(st.integers(0, len(word) - 1))]
    terminal.answering = offering(word)
    line = f"crm list {typed(shell, quote, begun)}\t"
    got = terminal.enter(line)
    assert not terminal.trapped, line
    unable = {
        # After an escaped operator it takes @ for the beginning of a command.
        Shell.BASH: not quote and not terminal.asked and "@" in begun,
        # (Q) takes such a text apart.
        Shell.ZSH: quote == "$'" and not begun.isascii(),
        # It takes a wildcard for one in quotes too.
        Shell.FISH: not {"*", "?"}.isdisjoint(begun),
    }
    if refused(shell, quote, word) or unable[shell]:
        assert got in (None, ["list", word], ["list", begun], ["list"]), line
    elif not (quote and got is None and word.endswith(UNFINISHED)):
        assert got == ["list", word], line
        line_read = PARSERS[shell](terminal.asked[0][1:])
        assert (line_read.words[-1:], line_read.current) == (("list",), begun), line


@PROPERTY
@given(st.data(), WORDS)
def test_whatever_is_typed_already(terminal: Terminal, data: st.DataObject, word: str) -> None:
    """In two quotes, one after the other: the value arrives, or what was typed."""
    shell = terminal.shell
    first, second = (data.draw(st.sampled_from(terminal.quotes)) for _ in range(2))
    start, end = sorted(data.draw(st.integers(1, len(word) - 1)) for _ in range(2))
    begun = typed(shell, first, word[:start], closed=True) + typed(shell, second, word[start:end])
    terminal.answering = offering(word)
    line = f"crm list {begun}\t"
    got = terminal.enter(line)
    assert not terminal.trapped, line
    # Where nothing is offered, zsh looks for files, and can write a * for none.
    if not refused(shell, first + second, word):
        assert got in (None, ["list", word], ["list", word[:end]]), line


@PROPERTY
@given(st.data(), WORDS, st.lists(st.sampled_from(PIECES), min_size=2, max_size=2, unique=True))
def test_what_several_have_in_common(
    terminal: Terminal, data: st.DataObject, word: str, ends: list[str]
) -> None:
    """It is inserted as one would have typed it: the quote is open as before."""
    quote = data.draw(st.sampled_from(terminal.quotes))
    words = [f"{word}{end}" for end in ends]
    if any(refused(terminal.shell, quote, word) for word in words):
        words = [RUN_BY_ZSH.sub("-", word) for word in words]
        assume(words[0] != words[1])
    terminal.answering = offering(*words)
    line = f"crm list {quote}{word[0]}\tw{quote[-1:]}"
    got = terminal.enter(line)
    assert not terminal.trapped, line
    assert got and got[0] == "list" and len(got) == 2 and got[1].endswith("w"), (line, words)
    assert all(word.startswith(got[1][:-1]) for word in words), (line, words)


@pytest.mark.parametrize("ends", ["\\!", '"!', "$`", "'!", ";&", "'\\"])
def test_no_half_of_an_escape_is_inserted(terminal: Terminal, ends: str) -> None:
    """Both have a backslash or a quote before them in the line."""
    words = [f"+a{end}z" for end in ends]
    terminal.answering = offering(*words)
    for quote in terminal.quotes:
        if not any(refused(terminal.shell, quote, word) for word in words):
            assert terminal.enter(f"crm list {quote}+\tw{quote[-1:]}") == ["list", "+aw"], quote


@pytest.mark.parametrize("word", ["-C/tmp", "--yes", "-", "~root", "a\x1b[2Jb", "a\u00a0b"])
def test_never_inserted(word: str, terminal: Terminal) -> None:
    terminal.answering = offering(word)
    got = terminal.enter("crm list \t")
    assert got in (["list"], ["list", word] if word == "~root" else None)
    if terminal.shell == Shell.FISH:
        assert got == ["list"]
