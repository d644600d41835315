"""Suggestions for an unknown command, or an unknown verb of a noun."""

from __future__ import annotations

import shlex

from crm_cli.cli.commands import (
    ADDED_BY,
    BY_NAME,
    CUSTOMERS_BY_NAME,
    Command,
    right_verb,
    verb_of_items,
)
from crm_cli.model.errors import UsageError
from crm_cli.model.kinds import BY_NAME as KINDS_BY_NAME


def no_command(name: str, rest: list[str]) -> UsageError:
    """The refusal of a first word that is no command; `rest` are the words after it."""
    right = right_verb(name, set(BY_NAME))
    if right:
        return UsageError(f'there is no "{name}"; write: {_line("crm", right, rest)}')
    if name.lower() in CUSTOMERS_BY_NAME and (verb := _verb_of_customers(rest)):
        return UsageError(f"customers need no noun; write: {_line('crm', verb, rest[1:])}")
    return _unknown(f'there is no command "{name}"', name, list(BY_NAME), "crm --help lists them")


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
    return rest[0] if rest[0] in BY_NAME else right_verb(rest[0], set(BY_NAME))


def _unknown(message: str, name: str, choices: list[str], cure: str) -> UsageError:
    from crm_cli.model.text import did_you_mean

    guess = did_you_mean(name, choices)
    return UsageError(f"{message}; {guess}" if guess else message, cure)


def _line(start: str, verb: str, rest: list[str]) -> str:
    return " ".join([*filter(None, (start, verb)), *(_quoted(word) for word in rest)])


def _quoted(word: str) -> str:
    return (
        word
        if word and all(char.isalnum() or char in "@%+=:,./_-…" for char in word)
        else shlex.quote(word)
    )
