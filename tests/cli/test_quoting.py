"""Quoting for the shells: what bash reads back, and what each shell's line is read as."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.cli.quoting import Candidate, Quote, bash, divided, fish, insertable, zsh
from crm_cli.cli.shells import SCRIPTS, Shell
from tests.trust.terminals import typed

VALUES = st.text("ab1'\"\\$`!*?[]{}()<>|&;#~^%=:,@+-._/ éß日😀", min_size=1, max_size=12)
QUOTES = st.sampled_from([*Quote, '$"'])


def completed(before: str, replaced: str, lines: Sequence[str]) -> str:
    """What readline makes of the line before the cursor if one word is offered."""
    options, text = lines
    assert options in ("", "-o nospace", "+o default +o bashdefault",
                       "+o default +o bashdefault -o nospace")  # fmt: skip
    start = len(before) - len(replaced)
    quote = bash.parse([before, "", replaced, "9", ""]).quote[-1:]
    if quote and text.startswith(quote):
        # It does not double an opening quote.
        start -= 1
    line = before[:start] + text
    return line if line.endswith(quote) else line + quote


def read_by_bash(lines: Sequence[str]) -> list[list[str]]:
    """The words of each line after the program, as bash itself reads them."""
    program = shutil.which("bash")
    if program is None:
        pytest.skip("bash is not installed")
    script = "crm() { printf '%s\\0' $# \"$@\"; }\n" + "\n".join(lines)
    done = subprocess.run(
        [program, "-c", script], capture_output=True, check=True,
        # So that nothing is found to run.
        env={"PATH": os.devnull, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.stderr == b""
    told = iter(done.stdout.decode().split("\0")[:-1])
    return [[next(told) for _ in range(int(count))] for count in told]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(VALUES, QUOTES, st.integers(0, 6), st.booleans()), min_size=5))
def test_bash_reads_back_what_is_inserted(cases: list[tuple[str, str, int, bool]]) -> None:
    """A part is typed already, after a word break or not."""
    lines, wanted = [], []
    for value, quote, length, broken in cases:
        word = f"city:{value}" if broken else value
        begun = value[: min(length, len(value) - 1)]
        if quote in ("'", '"', '$"') and {"'", "!"}.intersection(begun):
            # In its place would stand several quotes, of which the last would count.
            begun = ""
        replaced = typed(Shell.BASH, quote, begun).removeprefix(quote)
        before = f"crm '+ x' {'city:' * broken}{quote}{replaced}"
        line = bash.parse([before, "", replaced, "9", ""])
        assert (line.words, line.current) == (("+ x",), f"{'city:' * broken}{begun}"), before
        assert line.files == ("$" not in quote), before
        lines.append(completed(before, replaced, line.reply([Candidate(word)])))
        wanted.append(["+ x", word])
    assert read_by_bash(lines) == wanted


@given(st.lists(VALUES, min_size=2, max_size=5, unique=True), st.sampled_from(Quote))
def test_bash_inserts_whole_characters_only(values: list[str], quote: Quote) -> None:
    """The text that readline finds common to all is what quoting the common values gives."""
    line = bash.Line((), "", quote, files=True)
    _, *texts = line.reply([Candidate(value) for value in values])
    common = os.path.commonprefix(texts)  # noqa: RUF071
    shared = os.path.commonprefix(values)  # noqa: RUF071
    possible = {"".join(bash.quoted(shared[:end], quote)) for end in range(len(shared) + 1)}
    mark = quote[-1:]
    assert {common, common.removeprefix(mark)} & possible


@pytest.mark.parametrize(
    ("before", "after", "replaced", "kind", "current", "files"),
    [
        ("crm list +v", "", "+v", "9", "+v", True),
        ("crm list city:K", "", "K", "9", "city:K", True),
        ("crm list a\\ b\\:c", "", "a\\ b\\:c", "9", "a b:c", True),
        ("crm list 'a b'\"c\"d", "", "'a b'\"c\"d", "9", "a bcd", True),
        ('crm list "a\\b\\$', "", "a\\b\\$", "9", "a\\b$", True),
        (r"crm list $'a\047\\b", "", r"a\047\\b", "9", "a'\\b", False),
        ("crm list +v", " more", "+v", "9", "+v", True),
        # Bash's own to find out, or to open.
        ("crm list ~/a", "", "~/a", "9", None, True),
        ("crm list $HOME/a", "", "$HOME/a", "9", None, True),
        ("crm list +a*", "", "+a*", "9", None, True),
        ("crm list ${HOME}/a", "", "${HOME}/a", "9", None, True),
        ("crm list > a", "", "a", "9", None, True),
        ('crm list "a!b', "", "a!b", "9", None, True),
        # The text that is replaced is no end of the word, or begins within an escape.
        ("crm list +v", "", "+w", "9", None, False),
        ("crm list +v", "", "list +v", "9", None, False),
        ("crm list a\\:b", "", ":b", "9", None, False),
        ("crm list 'ab", "", "b", "9", None, False),
        ("crm list 'ab", "", "'ab", "9", None, False),
        ('crm list "a"b', "", "b", "9", "ab", True),
        ("crm list $'it\\'s' b", "", "b", "9", None, False),
        # Readline would close the quote before what follows, or take it away.
        ("crm list 'a", "b'", "a", "9", None, False),
        ("crm list 'a", "", "a", "42", None, False),
        ("crm list city:a", "", "a", "42", None, False),
        ("crm list a", "", "a", "42", "a", True),
        # Lines within the line, and lines that are not finished.
        ('crm list "$(a', "", "$(a", "9", None, False),
        ("crm list `a", "", "a", "9", None, False),
        ("crm list ${a:-", "", "${a:-", "9", None, False),
        ("crm list <(a", "", "a", "9", None, False),
        ("crm list a\\", "", "a\\", "9", None, False),
    ],
)
def test_a_line_of_bash(
    before: str, after: str, replaced: str, kind: str, current: str | None, *, files: bool
) -> None:
    line = bash.parse([before, after, replaced, kind, ""])
    assert (line.current, line.files) == (current, files)
    assert line.reply([])[0] == ("" if files else "+o default +o bashdefault")


@pytest.mark.parametrize(
    ("typed", "found", "inserted", "listed"),
    [
        # Tomaž Zupan has a word that begins with t, as t- is read; his id would eat the dash.
        ("t-", "t-1wcj6nz t-23j76ww tomaz-zupan", "t-1wcj6nz t-23j76ww", "t-1wcj6nz t-23j76ww"),
        ("nov", "nina-novak nik-novak", "", "nina-novak nik-novak"),
        ("nov", "novak-ana nina-novak", "novak-ana", "novak-ana"),
        ("nov", "nina-novak", "nina-novak", "nina-novak"),
        ("nov", "ana-novak nik-novak", "ana-novak nik-novak", "ana-novak nik-novak"),
        ("Mar", "marko-a marta-b", "marko-a marta-b", "marko-a marta-b"),
        ("sova", "hotel-sova-1 hotel-sova-2", "hotel-sova-1 hotel-sova-2",
         "hotel-sova-1 hotel-sova-2"),
    ],
)  # fmt: skip
def test_bash_keeps_what_is_typed(typed: str, found: str, inserted: str, listed: str) -> None:
    """What several words begin with never takes the place of what they do not begin with."""
    for kind, wanted in (("9", inserted), ("63", listed)):
        line = bash.parse([f"crm show {typed}", "", typed, kind, ""])
        options, *words = line.reply([Candidate(word) for word in found.split()], files=False)
        assert (words, options) == (wanted.split(), "" if wanted else "+o default +o bashdefault")


def test_bash_lists_words_with_what_they_are() -> None:
    """Readline inserts none of several that it lists; one alone it may insert."""
    found = [Candidate("t-1", "Call Ana about the spring"), Candidate("t-2", "Call")]
    found.append(Candidate("tom"))
    asked = ["crm task done t", "", "t", "63", "", "20"]
    assert bash.parse(asked).reply(found)[1:] == ["t-1  -- Call Ana a…", "t-2  -- Call", "tom"]
    assert bash.parse(asked).reply(found[:1])[1:] == ["t-1"]
    asked[3] = "9"
    assert bash.parse(asked).reply(found)[1:] == ["t-1", "t-2", "tom"]
    many = [Candidate(f"t-{number}", "Call") for number in range(41)]
    assert bash.parse([*asked[:3], "63", "", "20"]).reply(many)[1] == "t-0"


def test_zsh_lists_lines_that_fit(tmp_path: Path) -> None:
    """Of a longer line zsh would break the words."""
    zsh_itself = shutil.which("zsh")
    if zsh_itself is None:
        pytest.skip("zsh is not installed")
    program = tmp_path / "crm"
    program.write_text("#!/bin/sh\nprintf 't-1\\tCall Ana about the spring\\n'\n")
    program.chmod(0o755)
    script = (
        "compdef() {}; compadd() { print -rl -- $wholeshown }; typeset -A compstate\n"
        f"{SCRIPTS[Shell.ZSH]}\nwords=({program} t) CURRENT=2 PREFIX=t COLUMNS=20; _crm"
    )
    run = subprocess.run([zsh_itself, "-fc", script], capture_output=True, text=True, check=True)
    assert run.stdout == "t-1  -- Call Ana ab\n"


def test_history_expansion_of_bash() -> None:
    assert bash.quoted("a!", Quote.DOUBLE) == ["a", "\"'!'\""]
    assert bash.quoted("a!", Quote.NONE) == ["a", "\\!"]
    line = bash.parse(['crm list "', "", "", "9", "%^#"])
    assert line.reply([Candidate("a%!")])[1] == 'a"\'%\'""\'!\'""'


@given(VALUES, st.sampled_from(["", "'", '"']), st.integers(0, 12))
def test_a_token_of_fish(value: str, quote: str, length: int) -> None:
    first = typed(Shell.FISH, "'", value[:length], closed=True)
    token = first + typed(Shell.FISH, quote, value[length:])
    assert fish.unquoted(token) == (value, quote)


@pytest.mark.parametrize(
    "token",
    ["$HOME", '"a$b', "~/a", "a*", "(a", '"$(a', "{a", "a\\", "a\\n", r"a\*", "'a?"],
)
def test_a_token_that_fish_expands(token: str) -> None:
    line = fish.parse(["list", token])
    assert line.current is None
    assert fish.parse(["list", "a"]).reply([Candidate("~root"), Candidate("a", "A")]) == ["a\tA"]


def test_a_line_of_zsh() -> None:
    found = [Candidate('a"b', "A"), Candidate("a!b"), Candidate("a$(b)")]
    assert zsh.parse(["", "list", "a"]).reply(found) == ['a"b\tA', "a!b", "a$(b)"]
    assert zsh.parse(["'", "list", "a"]).reply(found) == ['a"b\tA', "a!b"]
    # Both begin with a backslash after the a.
    assert zsh.parse(['"', "list", "a"]).reply(found) == ['a"b\tA', "a!b", "a"]
    assert zsh.parse(['"', "list", ""]).reply([Candidate('"'), Candidate("!")]) == []


@pytest.mark.parametrize(
    ("pieces", "count"),
    [
        ([["a", "b"], ["a", "c"]], None),
        ([["a", r"\$"], ["a", r"\;"]], 1),
        ([[r"\$"], [r"\;"]], 0),
        ([["a", r"\$"], ["A", r"\;"]], 1),
        ([["a", "b"], ["a"]], None),
        ([["a", '\\""'], ["a", '\\"', "\"'!'\""]], 1),
        ([["a"]], None),
        ([], None),
    ],
)
def test_divided(pieces: list[list[str]], count: int | None) -> None:
    assert divided(pieces) == count


def test_what_no_shell_may_get() -> None:
    lines = ["a\tA\x07", "b\x1b", "c\u202e", "-d", "\te", "f\u00a0", "é"]
    assert insertable(lines, "", "utf-8") == [Candidate("a"), Candidate("é")]
    assert insertable(["-d"], "-", "utf-8") == [Candidate("-d")]
    assert insertable(["é", "a"], "", "ascii") == [Candidate("a")]
    # Its second byte would be a backslash.
    assert insertable(["ソ", "亜"], "", "shift_jis") == [Candidate("亜")]
