"""What could be typed next: `crm __complete SHELL …`, called by the shells' scripts.

Commands come from the registry, options and verbs from the command's module, all
else from the data directory by `workspace.completions(kind, prefix)`. The metavar
of an argument or option says what it takes. Whatever goes wrong, there is just
nothing to offer: a completion must never disturb the line that is being typed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from pathlib import Path

from crm_cli.cli.arguments import Globals
from crm_cli.cli.commands import BY_NAME, COMMANDS
from crm_cli.cli.plain import verbs_of
from crm_cli.cli.quoting import Candidate, Typed, bash, fish, insertable, zsh
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Parameter, Verb

OFFERED = 200
"""Candidates beyond so many help nobody."""

_GLOBAL = {
    "-C": "DIR",
    "--today": "DATE",
    "--as": "USER",
    "--color": "WHEN",
    "--lock-timeout": "SECONDS",
}
_FIXED = {
    "WHEN": ("auto", "always", "never"),
    "DATE": ("today", "tomorrow", "yesterday", "mon", "tue", "wed", "thu", "fri", "eow", "eom"),
    "SHELL": ("bash", "zsh", "fish"),
    "BY": (
        "customer",
        "product",
        "category",
        "month",
        "quarter",
        "year",
        "city",
        "country",
        "owner",
        "tag",
    ),
}
_KINDS = (
    ("WHO", "customer"),
    ("USER", "user"),
    ("TAG", "tag"),
    ("SEGMENT", "segment"),
    ("PRODUCT", "product"),
    ("A,B", "field"),
    ("FIELD", "field"),
    ("TOPIC", "topic"),
    ("ID", "item"),
)
_PRESENCE = ("has:", "no:", "is:")
_PARSERS: dict[str, Callable[[Sequence[str]], Typed]] = {
    "bash": bash.parse,
    "zsh": zsh.parse,
    "fish": fish.parse,
}


def answer(arguments: Sequence[str]) -> int:
    """Print what the shell's script is to offer; always 0."""
    try:
        shell, *handed = arguments
        typed = _PARSERS[shell](handed)
        found = [] if typed.current is None else _found(typed.words, typed.current)
        sys.stdout.write("".join(f"{line}\n" for line in typed.reply(found)))
        sys.stdout.flush()
    except Exception:
        if os.environ.get("CRM_DEBUG"):
            raise
    return 0


def _found(words: Sequence[str], current: str) -> list[Candidate]:
    """What may be inserted, or nothing if the data cannot be asked."""
    try:
        lines = candidates(words, current)[:OFFERED]
    except Exception:
        if os.environ.get("CRM_DEBUG"):
            raise
        return []
    return insertable(lines, current, sys.stdout.encoding or "utf-8")


def candidates(words: Sequence[str], current: str) -> list[str]:
    """What `current` could become after `words`: texts, some with a tab and what they are."""
    options, rest, wanting = _globals(words)
    completer = Completer(Session(options))
    if wanting:
        return completer.values(_GLOBAL[wanting], current)
    if not rest:
        if current.startswith("-"):
            return _starting([*_GLOBAL, "--version", "--help"], current)
        return _starting((f"{c.name}\t{c.help}" for c in COMMANDS if not c.hidden), current)
    entry = BY_NAME.get(rest[0])
    if entry is None:
        return []
    verbs = verbs_of(entry)
    name, after = entry.name, rest[1:]
    if entry.noun:
        if not after and not current.startswith(("-", "+", "@")) and ":" not in current:
            return _starting((f"{verb.name}\t{verb.summary}" for verb in verbs.values()), current)
        said = bool(after) and after[0] in verbs
        name, after = (after[0], after[1:]) if said else (entry.bare, after)
    return completer.parameters(verbs[name], after, current) if name in verbs else []


class Completer:
    """Values from the data directory."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def parameters(self, verb: Verb, words: Sequence[str], current: str) -> list[str]:
        """An option, an option's value or an argument of the command."""
        options = {
            name: parameter
            for parameter in verb.parameters
            if isinstance(parameter.declared, Option)
            for name in parameter.declared.names
        }
        arguments = [one for one in verb.parameters if isinstance(one.declared, Argument)]
        given = 0
        before: Parameter | None = None
        for place, word in enumerate(words):
            if before is not None:
                before = None
            elif word == "--":
                return self._argument(arguments, given + len(words) - place - 1, current)
            elif word in options:
                before = None if options[word].flag else options[word]
            elif not word.startswith("-") or word == "-":
                given += 1
        if before is not None:
            return self._parameter(before, current)
        name, equals, value = current.partition("=")
        if equals and name in options:
            return [f"{name}={found}" for found in self._parameter(options[name], value)]
        if current.startswith("-"):
            named = [f"{name}\t{one.declared.help}" for name, one in options.items()]
            return _starting([*named, "--help\tShow its options."], current)
        return self._argument(arguments, given, current)

    def values(self, metavar: str, current: str) -> list[str]:
        """What an argument or option of that metavar takes."""
        bare = metavar.strip("[]…. ").removesuffix("…")
        if bare in _FIXED:
            return _starting(_FIXED[bare], current)
        if "|" in bare and bare.islower():
            return _starting(bare.split("|"), current)
        if bare.startswith("PRODUCT"):
            return self._ask("product", current)
        if "TERM" in metavar:
            return self._terms(current)
        if "KEY=VALUE" in metavar:
            return self._assignment(current) or self._terms(current)
        if bare.startswith("WHO") and "…" in metavar:
            return [*self._ask("customer", current), *self._terms(current)]
        for start, kind in _KINDS:
            if bare.startswith(start):
                if "," in bare:
                    return self._listed(kind, current)
                return self._ask(kind, current)
        return []

    def _argument(self, arguments: Sequence[Parameter], given: int, current: str) -> list[str]:
        for place, parameter in enumerate(arguments):
            if given <= place or parameter.many:
                return self._parameter(parameter, current)
        return []

    def _parameter(self, parameter: Parameter, current: str) -> list[str]:
        if issubclass(parameter.type, Enum):
            return _starting([str(member.value) for member in parameter.type], current)
        return self.values(parameter.declared.metavar, current)

    def _terms(self, current: str) -> list[str]:
        """A query term: `+TAG`, `@SEGMENT`, `FIELD:VALUE`, `has:FIELD`, each after `not:` too."""
        if current.startswith("not:"):
            return [f"not:{found}" for found in self._terms(current.removeprefix("not:"))]
        if current.startswith("+"):
            return [f"+{found}" for found in self._ask("tag", current[1:])]
        if current.startswith("@"):
            return [f"@{found}" for found in self._ask("segment", current[1:])]
        head, colon, value = current.partition(":")
        if not colon:
            fields = [f"{found}:" for found in self._ask("field", current)]
            return [*fields, *_starting((*_PRESENCE, "not:"), current)]
        if f"{head}:" in _PRESENCE:
            kind = "state" if head == "is" else "field"
            return [f"{head}:{found}" for found in self._listed(kind, value)]
        return [f"{head}:{found}" for found in self._listed(f"value:{head}", value)]

    def _assignment(self, current: str) -> list[str]:
        """`KEY=VALUE`, as `crm set` takes it."""
        key, equals, value = current.partition("=")
        if equals:
            field = key.rstrip("+-")
            return [f"{key}={found}" for found in self._ask(f"value:{field}", value)]
        if ":" in current or current.startswith(("+", "@")):
            return []
        keys = [f"{found}=" for found in self._ask("key", current)]
        return [*self._ask("customer", current), *keys]

    def _listed(self, kind: str, current: str) -> list[str]:
        """The last of several values with commas between them."""
        before, comma, last = current.rpartition(",")
        return [f"{before}{comma}{found}" for found in self._ask(kind, last)]

    def _ask(self, kind: str, prefix: str) -> list[str]:
        from crm_cli.cli.topics import TOPICS
        from crm_cli.features.completions import completions

        if kind == "topic":
            return _starting(TOPICS, prefix)
        found = completions(self._session.workspace, kind, prefix)
        # A customer may be found by a name that the id does not begin with.
        return list(found) if kind == "customer" else _starting(found, prefix)


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
