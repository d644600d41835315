"""Aliases of the user's own configuration: words for commands, as git has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crm_cli.cli.arguments import Globals, take_globals
from crm_cli.cli.commands import named
from crm_cli.model.errors import UsageError
from crm_cli.store.discovery import read_config, user_config

_USUAL = Globals()._asdict()


def unaliased(
    options: Globals, words: Sequence[str], environ: Mapping[str, str]
) -> tuple[Globals, list[str]]:
    """The options and words with an alias replaced by what it stands for.

    A command is never hidden. What the line itself says goes before what the alias says.
    Raises UsageError at an alias that is none, or leads back to itself.
    """
    line, met = list(words), list[str]()
    while line and not line[0].startswith("-") and named(line[0]) is None:
        held = aliases(environ).get(line[0])
        if held is None:
            break
        if line[0] in met:
            raise _wrong(line[0], "leads back to itself", environ)
        met.append(line[0])
        more, rest = take_globals(held)
        unsaid = [key for key, usual in _USUAL.items() if getattr(options, key) == usual]
        options = options._replace(**{key: getattr(more, key) for key in unsaid})
        line = [*rest, *line[1:]]
    return options, line


def aliases(environ: Mapping[str, str]) -> dict[str, list[str]]:
    """Each alias with the words that it stands for; raises UsageError."""
    held = read_config(environ).get("alias")
    if held is None:
        return {}
    if not isinstance(held, dict):
        raise UsageError(
            f"`alias` in {user_config(environ)} must give each name a command",
            "alias: {pay: payment add}",
        )
    return {name: _words(name, value, environ) for name, value in held.items()}


def _words(name: str, value: object, environ: Mapping[str, str]) -> list[str]:
    if isinstance(value, list):
        words = [str(word) for word in value]
    else:
        import shlex

        try:
            words = shlex.split(value) if isinstance(value, str) else []
        except ValueError:
            raise _wrong(name, "has a quote that is not closed", environ) from None
    if not words:
        raise _wrong(name, "stands for nothing", environ)
    if words[0].startswith("!"):
        raise _wrong(name, "begins with !, but aliases run no shell", environ)
    return words[1:] if words[0] == "crm" else words


def _wrong(name: str, what: str, environ: Mapping[str, str]) -> UsageError:
    return UsageError(f"the alias {name} in {user_config(environ)} {what}", "pay: payment add")
