"""Completion candidates: `crm __complete SHELL …`, which the shell scripts call.

Commands come from the registry, options and verbs from the command's module, all
else from the data directory (`completer.py`). Whatever goes wrong, there is just
nothing to offer: a completion must never disturb the line that is being typed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path

from crm_cli.cli.arguments import Globals
from crm_cli.cli.commands import BY_NAME, COMMANDS, Command, kind_nouns, named
from crm_cli.cli.quick_parser import verbs_of
from crm_cli.cli.quoting import Candidate, Typed, insertable
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Verb

OFFERED = 200
"""Candidates beyond so many help nobody."""

_GLOBAL = {
    "-C": "DIR",
    "--today": "DATE",
    "--as": "USER",
    "--color": "WHEN",
    "--lock-timeout": "SECONDS",
    "--force-closed": "REASON",
    "--on": "URL",
}
_SHELLS = ("bash", "zsh", "fish")


def answer(arguments: Sequence[str]) -> int:
    """Print what the shell's script is to offer; always 0."""
    try:
        shell, *handed = arguments
        typed = _parsed(shell, handed)
        found, files = ([], True) if typed.current is None else _found(typed.words, typed.current)
        lines = typed.reply(found, files=files)
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()
    except Exception:
        if os.environ.get("CRM_DEBUG"):
            raise
    return 0


def _parsed(shell: str, handed: Sequence[str]) -> Typed:
    """The line that is being typed, as its shell reads it; the module of no other is loaded."""
    if shell not in _SHELLS:
        raise ValueError(shell)
    typed: Typed = import_module(f"crm_cli.cli.quoting.{shell}").parse(handed)
    return typed


def _found(words: Sequence[str], current: str) -> tuple[list[Candidate], bool]:
    """What may be inserted, or nothing if the data cannot be asked; whether files may be."""
    try:
        lines, files = offered(words, current)
    except Exception:
        if os.environ.get("CRM_DEBUG"):
            raise
        return [], False
    return insertable(lines[:OFFERED], current, sys.stdout.encoding or "utf-8"), files


def candidates(words: Sequence[str], current: str) -> list[str]:
    """What `current` could become after `words`: texts, some with a tab and what they are."""
    return offered(words, current)[0]


def offered(words: Sequence[str], current: str) -> tuple[list[str], bool]:
    """What `current` could become, and whether it may be a file's name as well."""
    options, rest, wanting = _globals(words)
    if wanting:
        from crm_cli.cli.completer import Completer

        completer = Completer(_session(options))
        return completer.values(_GLOBAL[wanting], current), completer.files
    entry = named(rest[0]) if rest else BY_NAME["due"]
    if rest and entry is None:
        from crm_cli.cli.aliases import unaliased

        options, rest = unaliased(options, rest, os.environ)
        entry = named(rest[0]) if rest else None
    found, verb, after = _of_command(options, entry, rest, current)
    if verb is None or entry is None:
        return found, False
    from crm_cli.cli.completer import Completer

    completer = Completer(_session(options), entry)
    return completer.parameters(verb, after, current), completer.files


def _session(options: Globals) -> Session:
    """A run that answers from what the last command saw: looking at each file of a large
    directory would take longer than all else."""
    session = Session(options)
    if session.has_directory():
        session.workspace.as_known = True
    return session


def _of_command(
    options: Globals, entry: Command | None, rest: Sequence[str], current: str
) -> tuple[list[str], Verb | None, Sequence[str]]:
    """Names of commands and verbs; else the verb whose arguments and options are asked for, and
    the words after it."""
    if not rest:
        if current.startswith("-"):
            names = [*_GLOBAL, "--no-pager", "--version", "--help"]
            return _starting(names, current), None, ()
        # Loaded for a first word alone: programs are run with what takes a twentieth of the time.
        from crm_cli.cli.aliases import aliases
        from crm_cli.cli.extensions import listed

        shown = [f"{one.name}\t{one.help}" for one in COMMANDS if not one.hidden]
        shown += [f"{name}\t{' '.join(held)}" for name, held in aliases(os.environ).items()]
        shown += [f"{name}\t{path}" for name, path in listed(os.environ).items()]
        found = _starting(shown, current)
        nouns = (f"{one.name}\t{one.help}" for one in kind_nouns())
        return found or _starting(nouns, current), None, ()
    if entry is None:
        return [], None, ()
    verbs = verbs_of(entry)
    name, after = entry.name, rest[1:]
    if entry.noun:
        if not after and not current.startswith(("-", "+", "@")) and ":" not in current:
            found = _starting((f"{verb.name}\t{verb.summary}" for verb in verbs.values()), current)
            found += _records(options, verbs.records, current)
            if found or not entry.others:
                return found, None, ()
        said = bool(after) and after[0] in verbs
        name, after = (after[0], after[1:]) if said else (entry.bare, after)
    return [], verbs.get(name), after


def _records(options: Globals, kind: str, current: str) -> list[str]:
    """The ids of records that are verbs."""
    if not kind:
        return []
    from crm_cli.features.completions import completions

    return completions(_session(options).workspace, kind, current)


def _globals(words: Sequence[str]) -> tuple[Globals, list[str], str]:
    """The options anywhere, the other words, and the option that still lacks its value."""
    directory: Path | None = None
    user: str | None = None
    rest: list[str] = []
    queue = iter(words)
    for word in queue:
        if word == "--":
            rest += [word, *queue]
            break
        name, equals, value = word.partition("=")
        if word == "--no-pager":
            continue
        if name not in _GLOBAL:
            rest.append(word)
            continue
        if not equals:
            following = next(queue, None)
            if following is None:
                return Globals(directory, None, user), rest, name
            value = following
        if name == "-C":
            directory = Path(value).expanduser()
        elif name == "--as":
            user = value
    return Globals(directory, None, user), rest, ""


def _starting(found: Iterable[str], prefix: str) -> list[str]:
    return [text for text in found if text.startswith(prefix)]
