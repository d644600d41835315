"""Suggestions for an unknown command, or an unknown verb of a noun."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

from crm_cli.cli.commands import COMMANDS, Command, named, with_verb
from crm_cli.cli.everyday_words import (
    ADDED_BY,
    CUSTOMERS_BY_NAME,
    OF_ITEMS,
    STAGES,
    WIDER,
    OtherNoun,
    is_item,
    other_noun,
    payment_line,
    right_command,
    right_verb,
    singular,
    verb_of_items,
)
from crm_cli.cli.quick_parser import verbs_of
from crm_cli.cli.verbs import Option, Parameter, Verb
from crm_cli.model.errors import UsageError
from crm_cli.model.kinds import BY_NAME as KINDS_BY_NAME


def no_command(name: str, rest: list[str], aliases: Iterable[str] = ()) -> UsageError:
    """The refusal of a first word that is no command; `rest` are the words after it."""
    one = singular(name)
    if one in CUSTOMERS_BY_NAME and named(one) is None:
        line = _of_customers(CUSTOMERS_BY_NAME[one], rest)
        return UsageError(f"customers need no noun; write: {line}")
    line = instead(name, rest)
    if line:
        return UsageError(f'there is no "{name}"; write: {line}')
    known = [command.name for command in COMMANDS if not command.hidden]
    return _unknown(
        f'there is no command "{name}"', name, [*known, *aliases], "crm --help lists them"
    )


def is_answered(name: str) -> bool:
    """Whether a word that is no command has an answer of its own: what to write instead."""
    one = singular(name)
    return (one in CUSTOMERS_BY_NAME and named(one) is None) or bool(instead(name, []))


def instead(name: str, rest: list[str]) -> str:
    """The command line that one of an unknown command stands for; empty where none is known."""
    one = singular(name)
    entry = named(one)
    if one in WIDER:
        return _line_of(OtherNoun(one), rest)
    if entry is not None and entry.noun:
        return _line(one, rest)
    if other := other_noun(name):
        return _line_of(other, rest)
    right = right_command(name, rest)
    return _line(right, rest) if right else ""


def _of_customers(state: str, rest: list[str]) -> str:
    """What `crm customer add` means; `state` is the one that the noun's customers are in."""
    verb, words = (rest[0], rest[1:]) if rest else ("list", [])
    if named(verb) is None:
        verb = right_verb(verb, {"add", "list", *OF_ITEMS}) or ""
    if not verb:
        return _line("show", rest)
    if state and verb == "list":
        return _line("list", [f"is:{state}", *words])
    return _line(f"{verb} {{}} {STAGES.get(state, '')}" if verb == "add" else verb, words)


def _line_of(noun: OtherNoun, rest: list[str]) -> str:
    """The command line that a noun of another program means before the words after it."""
    verb, words = (rest[0], rest[1:]) if rest else ("list", [])
    entry = named(noun.command)
    assert entry is not None
    known = set(verbs_of(entry))
    adds = "add" in (verb, right_verb(verb, {"add"}))
    one = noun.command
    if verb == "list" or right_verb(verb, {"list"}):
        return _line(f"{one} list", [*filter(None, [noun.term]), *words])
    if not adds and (verb in known or (verb := right_verb(verb, known) or "")):
        return _line(f"{one} {verb}", words)
    if not adds and (elsewhere := verb_of_items(rest[0])):
        return _line(elsewhere, words)
    if adds or (noun.verb == "add" and not is_item(rest[0])):
        start = ADDED_BY.get(one, f"{one} add")
        return _line(f"{start} {{}} {noun.option}", words if adds else rest)
    if is_item(rest[0]) or noun.verb == "show":
        return _line(f"{one} show", rest)
    return _line(f"{one} list", [f"customer:{rest[0]}", *filter(None, [noun.term])])


def no_verb(entry: Command, name: str, rest: list[str], verbs: set[str]) -> UsageError:
    """The refusal of a word after a noun that is none of its `verbs`."""
    noun = f"crm {entry.name}"
    right = right_verb(name, verbs)
    if entry.name in ADDED_BY and "add" in (name, right_verb(name, {"add"})):
        line = _line(ADDED_BY[entry.name], rest)
        return UsageError(f'there is no "{noun} {name}"; write: {line}')
    if right:
        line = _line(f"{entry.name} {right}", rest)
        return UsageError(f'there is no "{noun} {name}"; write: {line}')
    if paying := payment_line(name, entry.name):
        return UsageError(f'there is no "{noun} {name}"; write: {_line(paying, rest)}')
    wider = named(WIDER.get(entry.name, ""))
    if wider is not None and name in verbs_of(wider):
        line = _line(f"{wider.name} {name}", rest)
        return UsageError(f'there is no "{noun} {name}"; write: {line}')
    if wider is not None and is_item(name):
        line = _line(f"{entry.name} show", [name, *rest])
        return UsageError(f'there is no "{noun} {name}"; write: {line}')
    elsewhere = verb_of_items(name)
    kind = KINDS_BY_NAME.get((wider or entry).name)
    if elsewhere and kind is not None and kind.letter:
        # An item's id only: what else stands there would mean a whole customer.
        begins = f"{kind.letter}-"
        meant = rest if rest and rest[0].lower().startswith(begins) else [f"{begins}…"]
        return UsageError(f'there is no "{noun} {name}"; write: {_line(elsewhere, meant)}')
    cure = f"{noun} --help lists its verbs"
    if entry.bare in verbs and not rest:
        cure = f"to search the list: {_line(f'{entry.name} {entry.bare}', [name])}; {cure}"
    return _unknown(f'there is no "{noun} {name}"', name, sorted(verbs), cure)


def _unknown(message: str, name: str, choices: list[str], cure: str) -> UsageError:
    from crm_cli.model.text import did_you_mean

    guess = did_you_mean(name, choices)
    return UsageError(f"{message}; {guess}" if guess else message, cure)


def _line(template: str, rest: list[str]) -> str:
    """The command line as it is typed: the words in the template's place, or at its end.

    What the command needs and nobody wrote is named as in its usage.
    """
    if "{" not in template:
        template += " {}"
    words = [] if "{-}" in template else rest[:1] if "{1}" in template else rest
    before, _, after = re.sub(r"\{.?\}", "{}", template).partition("{}")
    start, end = before.split(), after.split()
    asked = list[str]()
    if (verb := _verb([*start, *words])) is not None:
        given = _places(verb, words)
        own = len(_places(verb, start[_depth(start) :])) + len(_places(verb, end))
        needed, most = _takes(verb)
        asked = needed[own + len(given) :]
        surplus = given[most - own :] if most is not None else []
        words = [word for place, word in enumerate(words) if place not in surplus]
    return " ".join(["crm", *start, *map(_quoted, words), *asked, *end])


def _depth(words: list[str]) -> int:
    """How many words name the command: two with a noun."""
    entry = named(words[0])
    return 2 if entry is not None and entry.noun else 1


def _verb(words: list[str]) -> Verb | None:
    """The verb of a command line; None where it has none."""
    entry = named(words[0])
    if entry is None:
        return None
    name, *_ = with_verb(entry, words[1:]) or [""] if entry.noun else [entry.name]
    return verbs_of(entry).get(name)


def _takes(verb: Verb) -> tuple[list[str], int | None]:
    """The arguments that a verb needs, by name, and how many it takes; None for any number."""
    arguments = [one for one in verb.parameters if not isinstance(one.declared, Option)]
    needed = [name for argument in arguments for name in _names(argument)]
    return needed, None if any(one.many for one in arguments) else len(arguments)


def _names(argument: Parameter) -> list[str]:
    """What an argument takes: `WHO… KEY=VALUE…` is two, what is in brackets may be left out."""
    usage = argument.declared.metavar or (argument.name.upper() if argument.required else "")
    return re.sub(r"\[[^]]*\]", "", usage).split()


def _places(verb: Verb, words: list[str]) -> list[int]:
    """The places of the words that are arguments rather than options and their values."""
    takes = {
        name
        for parameter in verb.parameters
        if isinstance(parameter.declared, Option) and not parameter.flag
        for name in parameter.declared.names
    }
    found, queue = list[int](), iter(enumerate(words))
    for place, word in queue:
        if word in takes:
            next(queue, None)
        elif word[:1] != "-" or word == "-":
            found.append(place)
    return found


def _quoted(word: str) -> str:
    return (
        word
        if word and all(char.isalnum() or char in "@%+=:,./_-…" for char in word)
        else shlex.quote(word)
    )
