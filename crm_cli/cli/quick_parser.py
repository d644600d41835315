"""The fast parser: command lines of known words that need no help and no message.

What is not plain (a mistake, `--help`, options run together, a value that must be
explained) is left to `app.py`, which answers every line. A test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

from crm_cli.cli.commands import Command, named, with_verb
from crm_cli.cli.verbs import Option, Parameter, Verb, Verbs
from crm_cli.model.named_tuple import NamedTuple

_DIGITS = 18
"""A number of more digits is one only for Typer to say something about."""


class Call(NamedTuple):
    """A verb to run with the session, and the values of its parameters by name."""

    verb: Verb
    values: dict[str, Any]


class _Unplain(Exception):
    """The line is for Typer."""


def verbs_of(entry: Command) -> Verbs:
    """The verbs of a command's module, which is imported; those of its kind where it has none."""
    if not entry.module:
        from crm_cli.cli.items import item_verbs

        return item_verbs(entry.name)
    verbs = import_module(f"crm_cli.cli.{entry.module}").verbs
    assert isinstance(verbs, Verbs)
    return verbs


def read(words: Sequence[str]) -> Call | None:
    """The call that a command line means; None where it is not plain."""
    entry = named(words[0])
    if entry is None:
        return None
    name, rest = entry.name, list(words[1:])
    if entry.noun:
        name, *rest = with_verb(entry, rest) or [""]
    verb = verbs_of(entry).get(name)
    if verb is None:
        return None
    try:
        return Call(verb, _values(verb, rest))
    except _Unplain:
        return None


def _values(verb: Verb, words: list[str]) -> dict[str, Any]:
    """What the function gets; raises _Unplain."""
    options: dict[str, Parameter] = {}
    arguments: list[Parameter] = []
    for parameter in verb.parameters:
        if isinstance(parameter.declared, Option):
            options.update(dict.fromkeys(parameter.declared.names, parameter))
        else:
            arguments.append(parameter)
    values = {parameter.name: parameter.default for parameter in verb.parameters}
    places: list[str] = []
    queue = iter(words)
    for word in queue:
        if word == "--":
            places += queue
        elif word[:1] != "-" or word == "-":
            places.append(word)
        else:
            _take_option(values, options, word, queue)
    if any(one.required and values[one.name] is None for one in options.values()):
        raise _Unplain
    _take_arguments(values, arguments, places)
    return values


def _take_option(
    values: dict[str, Any], options: dict[str, Parameter], word: str, queue: Iterator[str]
) -> None:
    name, equals, text = word.partition("=")
    option = options.get(name)
    if option is None or (equals and (option.flag or name[:2] != "--")):
        raise _Unplain
    if option.flag:
        values[option.name] = True
        return
    value = text if equals else next(queue, None)
    if value is None:
        raise _Unplain
    _give(values, option, value)


def _take_arguments(values: dict[str, Any], arguments: list[Parameter], places: list[str]) -> None:
    for argument in arguments:
        if argument.many and argument is not arguments[-1]:
            raise _Unplain
        number = len(places) if argument.many else 1
        for text in places[:number]:
            _give(values, argument, text)
        if argument.required and not places:
            raise _Unplain
        places = places[number:]
    if places:
        raise _Unplain


def _give(values: dict[str, Any], parameter: Parameter, text: str) -> None:
    value = _value(parameter, text)
    if parameter.many:
        value = [*(values[parameter.name] or ()), value]
    values[parameter.name] = value


def _value(parameter: Parameter, text: str) -> Any:
    """The text as the parameter's type; only what cannot be wrong."""
    kind = parameter.type
    choices = getattr(parameter.declared, "choices", ())
    if choices and text not in choices:
        raise _Unplain
    if kind is str or kind is Path:
        return kind(text)
    if kind is int and text.isascii() and text.isdigit() and len(text) <= _DIGITS:
        least = getattr(parameter.declared, "min", None)
        if least is None or int(text) >= least:
            return int(text)
    if issubclass(kind, Enum):
        for member in kind:
            if member.value == text:
                return member
    raise _Unplain
