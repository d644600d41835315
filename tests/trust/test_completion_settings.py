"""Completion in shells as their users set them up, and names of files."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crm_cli.cli.shells import Shell
from tests.trust.terminals import BREAKS, HELD, RUNS, Terminal, offering, typed


@pytest.mark.parametrize(
    ("settings", "keys"),
    [
        ("bind 'TAB:menu-complete'", "\t"),
        ("bind 'TAB:menu-complete'", "\t\t"),
        ("bind 'set show-all-if-ambiguous on'", "\t\t"),
        ("bind 'set completion-ignore-case on'", "\t\t"),
        ("", "\x1b*"),
        ("", "\x1b?"),
    ],
)
def test_other_ways_to_complete_in_bash(
    settings: str, keys: str, started: Callable[..., Terminal]
) -> None:
    """One after the other, all at once, or shown only."""
    terminal = started(Shell.BASH, settings)
    words = [f"{start}{BREAKS}{end}" for start in ("+", "'", '"', "!") for end in ("x", RUNS, "'")]
    terminal.answering = offering(*words)
    for quote in terminal.quotes:
        got = terminal.enter(f"crm list {quote}{keys}")
        assert not terminal.trapped
        assert not got or set(got[1:]) <= {*words, ""}, (quote, got)
        if "menu" in settings:
            assert got


@pytest.mark.parametrize(
    "settings",
    [
        "COMP_WORDBREAKS=${COMP_WORDBREAKS//:}",
        "COMP_WORDBREAKS=$' \\t\\n'",
        "COMP_WORDBREAKS=$' \\t\\n\"\\'@><=;|&(:+,-.x\\\\$`!'",
        "histchars='%^#'",
        "set +H -uf; IFS=:",
    ],
)
def test_settings_of_bash(settings: str, started: Callable[..., Terminal]) -> None:
    terminal = started(Shell.BASH, settings)
    for word in (f"+{BREAKS}", f"city:x{RUNS}", "city:a:b%c!d", "+x!", "+x%y", 'a=b@c:"'):
        terminal.answering = offering(word)
        for quote in terminal.quotes:
            for begun in ("", word[:1], word[:6]):
                got = terminal.enter(f"crm list {typed(Shell.BASH, quote, begun)}\t")
                assert not terminal.trapped
                if len(begun) < 2:
                    assert got == ["list", word], (quote, begun)
                assert got in (["list", word], ["list", begun], None), (quote, begun)


@pytest.mark.parametrize(
    "line",
    [
        # The quotes of readline are not those of bash.
        "crm list $'it\\'s' +v{}",
        "crm list $'it\\'s' '+v{}",
        "crm list $'it\\'s' \"+v{}",
        "echo $'it\\'s' 'x' ; crm list \"+v{}",
        'crm list "$(echo +v{}',
        'crm list "$(echo "+v{}',
        "crm list `echo +v{}",
        "crm list ${{x:-+v{}",
        "crm list <(echo +v{}",
        # The rest of the line would be turned inside out.
        "crm list '+v' '$(touch PWNED)'" + "\x1b[D" * 18 + "{}",
        # A word that bash is to find out, or a line that ends before.
        "crm list $HOME+v{}",
        "crm list # +v{}",
        "crm list +v\\{}",
        "crm list x\x16\n+v{}",
    ],
)
def test_where_bash_offers_nothing(line: str, started: Callable[..., Terminal]) -> None:
    terminal = started(Shell.BASH)
    terminal.answering = offering("+v;touch PWNED;'\"", "+v;touch PWNED;'\"x")
    plain = terminal.enter(line.format(""))
    terminal.trapped  # noqa: B018
    assert terminal.enter(line.format("\t")) == plain
    assert not terminal.trapped


@pytest.mark.parametrize(
    "settings",
    [
        "zstyle ':completion:*' completer _expand _complete _ignored _approximate",
        "setopt completeinword; zstyle ':completion:*' completer _expand _complete",
        "setopt promptsubst menucomplete rcquotes extendedglob braceccl magicequalsubst;"
        " zstyle ':completion:*' format '%d'; zstyle ':completion:*' list-prompt '%p'",
    ],
)
def test_settings_of_zsh(settings: str, started: Callable[..., Terminal]) -> None:
    """Also when TAB is pressed again: `_expand` runs what stands in quotes."""
    terminal = started(Shell.ZSH, settings)
    values = (
        RUNS, BREAKS, "/(e:touch\\ PWNED:)", "*(e:touch PWNED:)", "{x,$(touch PWNED)}",
        "x\\$(touch PWNED)", "%{$(touch PWNED)%}", "=(touch PWNED)", "x'$(touch PWNED)",
    )  # fmt: skip
    for value in values:
        for start in ("+", ""):
            word = f"{start}{value}"
            terminal.answering = offering(word, f"{word}2\t{value}")
            for quote in terminal.quotes:
                terminal.enter(f"crm list {quote}\t\t\t")
                assert not terminal.trapped, (quote, word)


def test_fish_matches_no_pattern(started: Callable[..., Terminal]) -> None:
    terminal = started(Shell.FISH)
    terminal.answering = offering("+*?a")
    for begun in (r"+\*\?", "'+*?", '"+*'):
        typed_already = begun.replace("\\", "").lstrip("'\"")
        assert terminal.enter(f"crm list {begun}\t") in (None, ["list", typed_already])


# Names of files


@pytest.mark.parametrize("shell", Shell)
def test_names_of_files_run_nothing(shell: Shell, started: Callable[..., Terminal]) -> None:
    """They are the shell's own to complete, where it gets them right.

    fish takes a tab in one for the end of it.
    """
    terminal = started(shell)
    terminal.answering = offering()
    names = {f"{digit}{text.replace('/', '')}" for digit, text in HELD.items()}
    for name in names:
        (terminal.here / name).touch()
    for name in names:
        for quote in terminal.quotes:
            got = terminal.enter(f"crm import customers {quote}{name[0]}\t")
            assert not terminal.trapped, (name, quote)
            whole = name.partition("\t")[0] if shell == Shell.FISH else name
            assert got in (None, ["import", "customers", whole]), (name, quote)
            if quote == "":
                assert got is not None


def test_bash_completes_no_files_in_a_quote_it_does_not_know(
    started: Callable[..., Terminal],
) -> None:
    r"""It would write \' for ', which ends the quote later than it thinks."""
    terminal = started(Shell.BASH)
    (terminal.here / r"a\'; touch PWNED #").touch()
    terminal.enter("crm import customers $'a\t")
    assert not terminal.trapped
    terminal.enter('crm import customers "$(cat a\t')
    assert not terminal.trapped
