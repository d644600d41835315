"""Interactive bash, zsh and fish on pseudo-terminals, with a stand-in for the program.

The stand-in hands what the completion script asks to the test, and prints the test's
answer; any other command line it only records, word by word.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from crm_cli.cli.quoting import Quote, Typed, bash, fish, insertable, zsh
from crm_cli.cli.shells import SCRIPTS, Shell

READY, DONE = "<ready>", "<done>"
"""What a shell prints before each prompt, and when all keys before ^X^T were handled."""

_PATIENCE = 120
"""Seconds after which a shell that prints nothing is taken for stuck."""

_BASH = rf"""
PS1='$ ' PS2='> ' PROMPT_COMMAND='printf "{READY}"'
bind 'set enable-bracketed-paste off'
bind 'set bell-style none'
_test_done() {{ READLINE_LINE= READLINE_POINT=0; printf '{DONE}'; }}
bind -x '"\C-x\C-t": _test_done'
bind -x '"\C-x\C-r": kill -INT $$'
"""

_ZSH = rf"""
PS1='%% ' PS2='> '
precmd() {{ printf '{READY}' }}
unsetopt beep
unset zle_bracketed_paste
autoload -Uz compinit && compinit -u -d $HOME/.zcompdump
_test_done() {{ printf '{DONE}'; zle send-break }}
zle -N _test_done
bindkey '^X^T' _test_done
"""

_FISH = rf"""
function fish_prompt; printf '{READY}'; end
function fish_greeting; end
function fish_title; end
function _test_done; printf '{DONE}'; commandline ''; end
bind \cx\ct _test_done
"""

_STAND_IN = """\
#!/bin/sh
{real}
printf '%s\\0' "$@" >'{folder}/asked'
exec cat '{folder}/answered'
"""
_REAL = "case $1 in __complete | completion) exec '{python}' -m crm_cli \"$@\";; esac"

RUNS = "$(touch PWNED)`touch PWNED`"
BREAKS = ";touch PWNED;'\"&touch PWNED&\"'|touch PWNED\\!! ~ #x*?{a,b}<z"
"""What a shell runs within quotes, and what it runs once they are closed."""

HELD = {
    "1": f"{RUNS}{BREAKS}", "2": BREAKS, "3": "\n;touch PWNED;\n", "4": "\t;touch PWNED;",
    "5": "\x1b[2J;touch PWNED;", "6": "\u202e;touch PWNED;", "7": "\x85;touch PWNED;",
}  # fmt: skip
"""The canaries, each after the name of what holds it, a Q and this digit."""

UNFINISHED = tuple(":=/@,.-")
"""Endings after which zsh or fish leaves the quote open, since more can follow."""

RUN_BY_ZSH = re.compile(r"[$`(]")
"""What zsh can run within quotes, so that no word with it is offered there."""

PARSERS: dict[Shell, Callable[[list[str]], Typed]] = {
    Shell.BASH: bash.parse, Shell.ZSH: zsh.parse, Shell.FISH: fish.parse,
}  # fmt: skip


@dataclass(frozen=True)
class _Kind:
    """How a shell is started: its command, its start-up file, and what installs the script."""

    command: tuple[str, ...]
    settings: str
    text: str
    quotes: tuple[str, ...]
    install: str = 'eval "$(crm completion {shell})"\n'


_KINDS = {
    Shell.BASH: _Kind(
        ("bash", "--noprofile", "--rcfile", "{home}/bashrc", "-i"),
        "bashrc", _BASH, (*Quote, '$"'),
    ),
    Shell.ZSH: _Kind(("zsh", "-d", "-i"), ".zshrc", _ZSH, tuple(Quote)),
    Shell.FISH: _Kind(
        ("fish",), ".config/fish/config.fish", _FISH, (Quote.NONE, Quote.SINGLE, Quote.DOUBLE),
        "crm completion fish | source\n",
    ),
}  # fmt: skip

Answering = Callable[[list[str]], str]


class Terminal:
    """A shell with the completion script, and lines that are typed into it.

    `answering` gives what `crm __complete` prints for its arguments; `settings` are lines
    of the user's own start-up file. With an `environ` the program itself answers, in that
    environment, and the script is installed as its help says.
    """

    def __init__(
        self,
        shell: Shell,
        folder: Path,
        settings: str = "",
        environ: Mapping[str, str] | None = None,
    ) -> None:
        kind = _KINDS[shell]
        if not shutil.which(kind.command[0]):
            pytest.skip(f"{shell} is not installed")
        self.shell = shell
        self.quotes = kind.quotes
        self.folder = folder
        self.here = folder / "here"
        self.answering: Answering = lambda words: ""
        self.asked: list[list[str]] = []
        self.screen = ""
        """All that the shell has printed since it was last emptied."""
        self._ran: list[list[str]] = []
        self._unread = ""
        self._environ = environ
        self._prepare(kind, settings)
        self._server = threading.Thread(target=self._serve, daemon=True)
        self._server.start()
        self._process, self._keyboard = self._start(kind)
        self._until(READY)

    def enter(self, keys: str) -> list[str] | None:
        """Type keys and Enter; the words that the program got, or None if it did not run."""
        self._ran.clear()
        self.asked.clear()
        os.write(self._keyboard, f"{keys}\r\x18\x14".encode())
        self._until(DONE)
        if self.shell == Shell.BASH:
            # It could be within a quote, which only an interrupt ends.
            os.write(self._keyboard, b"\x18\x12")
            self._until(READY)
        return self._ran[0] if self._ran else None

    def close(self) -> None:
        """End the shell, and the thread that answers."""
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._keyboard)
        (self.folder / "asked").write_bytes(b"")
        self._server.join()

    @property
    def trapped(self) -> bool:
        """Whether anything was run that stands in a value, which is then forgotten."""
        found = [path for path in (self.here, self.folder) if (path / "PWNED").exists()]
        for path in found:
            (path / "PWNED").unlink()
        return bool(found)

    def _prepare(self, kind: _Kind, settings: str) -> None:
        home, programs = self.folder / "home", self.folder / "bin"
        startup = home / kind.settings
        for path in (self.here, startup.parent, programs):
            path.mkdir(parents=True)
        script, real = SCRIPTS[self.shell], ""
        if self._environ is not None:
            script = kind.install.format(shell=self.shell)
            real = _REAL.format(python=sys.executable)
        startup.write_text(kind.text + script + settings, encoding="utf-8")
        program = programs / "crm"
        program.write_text(_STAND_IN.format(folder=self.folder, real=real), encoding="utf-8")
        program.chmod(0o755)
        for name in ("asked", "answered"):
            os.mkfifo(self.folder / name)

    def _start(self, kind: _Kind) -> tuple[int, int]:
        home = str(self.folder / "home")
        environ = {
            **(self._environ or {}), "PYTHONPATH": str(Path(__file__).parents[2]),
            "HOME": home, "XDG_CONFIG_HOME": f"{home}/.config", "ZDOTDIR": home,
            "HISTFILE": f"{home}/history", "LC_ALL": "C.UTF-8", "TERM": "xterm",
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
        }  # fmt: skip
        command = [word.format(home=home) for word in kind.command]
        process, keyboard = pty.fork()
        if process == 0:
            try:
                os.chdir(self.here)
                os.execvpe(command[0], command, environ)
            finally:
                os._exit(127)
        # So wide that no line is broken.
        fcntl.ioctl(keyboard, termios.TIOCSWINSZ, struct.pack("HHHH", 100, 1000, 0, 0))
        return process, keyboard

    def _serve(self) -> None:
        while words := (self.folder / "asked").read_bytes().split(b"\0")[:-1]:
            texts = [word.decode("utf-8", "surrogateescape") for word in words]
            answer = ""
            if texts[0] == "__complete":
                self.asked.append(texts[1:])
                answer = self.answering(texts[1:])
            else:
                self._ran.append(texts)
            (self.folder / "answered").write_text(answer, encoding="utf-8")

    def _until(self, mark: str) -> None:
        last = time.monotonic()
        while mark not in self._unread:
            if select.select([self._keyboard], [], [], 1)[0]:
                printed = os.read(self._keyboard, 65536).decode("utf-8", "replace")
                self._unread += printed
                self.screen += printed
                last = time.monotonic()
            assert time.monotonic() - last < _PATIENCE, (mark, self._unread)
        self._unread = self._unread.partition(mark)[2]


def typed(shell: Shell, quote: str, text: str, *, closed: bool = False) -> str:
    """Type text as somebody who knows the shell does, with this quote opened before it."""
    if not quote:
        return "".join(
            char if char.isalnum() or char in "+-:,./@=_%" else f"\\{char}" for char in text
        )
    if quote == "'":
        rules = {"\\": "\\\\", "'": "\\'"} if shell == Shell.FISH else {"'": "'\\''"}
    elif quote == "$'":
        # Neither zsh nor readline know each way to write a quote there.
        rules = {"\\": "\\\\", "'": "\\'" if shell == Shell.ZSH else "\\047"}
    else:
        rules = {char: f"\\{char}" for char in ('"$\\' if shell == Shell.FISH else '"$`\\')}
        if shell != Shell.FISH:
            rules["!"] = "\"'!'\""
    body = "".join(rules.get(char, char) for char in text)
    return f"{quote}{body}{quote[-1] if closed else ''}"


def offering(*words: str) -> Callable[[list[str]], str]:
    """What the program would print if these words were all that is offered."""

    def answer(asked: list[str]) -> str:
        line = PARSERS[Shell(asked[0])](asked[1:])
        found = [] if line.current is None else insertable(words, line.current, "utf-8")
        return "".join(f"{one}\n" for one in line.reply(found))

    return answer


def refused(shell: Shell, quote: str, word: str) -> bool:
    """Whether a word is not to be offered in this quote."""
    return shell == Shell.ZSH and quote != "" and bool(RUN_BY_ZSH.search(word))
