"""Suggestions for an unknown command, or an unknown verb of a noun."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from crm_cli.cli.commands import (
    ADDED_BY,
    BY_NAME,
    COMMANDS,
    CUSTOMERS_BY_NAME,
    OF_ITEMS,
    OTHER_NOUNS,
    Command,
    OtherNoun,
    right_verb,
    verb_of_items,
)
from crm_cli.cli.quick_parser import verbs_of
from crm_cli.model.errors import UsageError
from crm_cli.model.kinds import BY_NAME as KINDS_BY_NAME


def no_command(name: str, rest: list[str], aliases: Iterable[str] = ()) -> UsageError:
    """The refusal of a first word that is no command; `rest` are the words after it."""
    one = name.lower().removesuffix("s")
    right = right_verb(name, set(BY_NAME))
    if right:
        return UsageError(f'there is no "{name}"; write: {_line("crm", right, rest)}')
    if one in CUSTOMERS_BY_NAME or name.lower() in CUSTOMERS_BY_NAME:
        verb = _verb_of_customers(rest)
        words = rest[1:] if verb else rest
        return UsageError(f"customers need no noun; write: {_line('crm', verb or 'show', words)}")
    if one in BY_NAME and BY_NAME[one].noun:
        return UsageError(f'there is no "{name}"; write: {_line("crm", one, rest)}')
    if one in OTHER_NOUNS:
        line = _line_of(OTHER_NOUNS[one], rest)
        return UsageError(f'there is no "{name}"; write: {line}')
    known = [command.name for command in COMMANDS if not command.hidden]
    return _unknown(
        f'there is no command "{name}"', name, [*known, *aliases], "crm --help lists them"
    )


def _line_of(noun: OtherNoun, rest: list[str]) -> str:
    """The command line that a noun of another program means before the words after it."""
    verb, words = (rest[0], rest[1:]) if rest else ("list", [])
    known = set(verbs_of(BY_NAME[noun.command]))
    adds = right_verb(verb, {"add"}) or verb
    if verb == "list" or right_verb(verb, {"list"}):
        return _line("crm", f"{noun.command} list", [*filter(None, [noun.term]), *words])
    if adds == "add" or (noun.verb == "add" and verb not in known):
        words = words if adds == "add" else rest
        start = ADDED_BY.get(noun.command, f"crm {noun.command} add")
        return _line(start, f"{{}} {noun.option}".rstrip(), words)
    if verb in known or (verb := right_verb(verb, known) or ""):
        return _line(f"crm {noun.command}", verb, words)
    if elsewhere := verb_of_items(rest[0]):
        return _line("crm", elsewhere, words)
    return _line(f"crm {noun.command}", noun.verb, rest)


def no_verb(entry: Command, name: str, rest: list[str], verbs: set[str]) -> UsageError:
    """The refusal of a word after a noun that is none of its `verbs`."""
    noun = f"crm {entry.name}"
    right = right_verb(name, verbs)
    if entry.name in ADDED_BY and "add" in (name, right_verb(name, {"add"})):
        line = _line(ADDED_BY[entry.name], "", rest)
        return UsageError(f'there is no "{noun} {name}"; write: {line}')
    if right:
        return UsageError(f'there is no "{noun} {name}"; write: {_line(noun, right, rest)}')
    elsewhere = verb_of_items(name)
    kind = KINDS_BY_NAME.get(entry.name)
    if elsewhere and kind is not None and kind.letter:
        # An item's id only: what else stands there would mean a whole customer.
        begins = f"{kind.letter}-"
        meant = rest if rest and rest[0].lower().startswith(begins) else [f"{begins}…"]
        return UsageError(f'there is no "{noun} {name}"; write: {_line("crm", elsewhere, meant)}')
    cure = f"{noun} --help lists its verbs"
    if entry.bare in verbs and not rest:
        cure = f"to list what says it: {_line(noun, entry.bare, [name])}; {cure}"
    return _unknown(f'there is no "{noun} {name}"', name, sorted(verbs), cure)


def _verb_of_customers(rest: list[str]) -> str | None:
    """What `crm customer add` means."""
    if not rest:
        return "list"
    return rest[0] if rest[0] in BY_NAME else right_verb(rest[0], {"add", "list", *OF_ITEMS})


def _unknown(message: str, name: str, choices: list[str], cure: str) -> UsageError:
    from crm_cli.model.text import did_you_mean

    guess = did_you_mean(name, choices)
    return UsageError(f"{message}; {guess}" if guess else message, cure)


def _line(start: str, verb: str, rest: list[str]) -> str:
    """The words as they are typed; in `verb` {} is their place, else they come last."""
    before, _, after = verb.partition("{}")
    parts = (start, before.strip(), *map(_quoted, rest), after.strip())
    return " ".join(filter(None, parts))


def _quoted(word: str) -> str:
    return (
        word
        if word and all(char.isalnum() or char in "@%+=:,./_-…" for char in word)
        else shlex.quote(word)
    )
