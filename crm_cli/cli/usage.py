"""Typer's usage errors in the program's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from crm_cli.cli.arguments import is_negated, minus_refused
from crm_cli.model.errors import CrmError, UsageError


def refusal(error: Exception, words: Sequence[str]) -> CrmError:
    """The refusal that stands for one of Typer's; `words` are the command line."""
    before = list(words[: list(words).index("--")] if "--" in words else words)
    for word in before:
        if is_negated(word):
            return minus_refused(word)
    ctx: Any = getattr(error, "ctx", None)
    if type(error).__name__ == "NoSuchOption" and (amount := _amount(before)):
        return _amount_refused(amount, ctx)
    format_message: Any = getattr(error, "format_message", None)
    message = str(format_message() if format_message else error)
    return UsageError(_reworded(message, error, ctx, before), _hint(ctx))


def _reworded(message: str, error: Exception, ctx: Any, words: Sequence[str]) -> str:
    option = getattr(error, "option_name", None)
    if type(error).__name__ == "NoSuchOption" and option:
        from crm_cli.cli.unknown_options import instead

        meant = instead(str(option), words, ctx)
        return f"there is no option {option}" + (f"; {meant}" if meant else "")
    missing = re.match(r"Missing argument '(.*?)'\.", message)
    if missing:
        name = missing[1]
        if name.startswith("[") and name.endswith("]"):
            name = name[1:-1]
        return f"{name.upper() if name.islower() else name} is missing"
    absent = re.match(r"Missing option '(.*?)'", message)
    if absent:
        return f"{absent[1]} is missing"
    extra = re.match(r"Got unexpected extra argument\(s\) \((.*)\)", message, re.DOTALL)
    if extra:
        return f"too many words: {extra[1]}"
    wrong = re.match(r"Invalid value for (.*?): (.*)", message, re.DOTALL)
    if wrong:
        name = wrong[1].replace(chr(39), "").partition(" / ")[0]
        return f"{name}: {_number(wrong[2], ctx, name) or _lower(wrong[2])}"
    return _lower(message)


def _number(message: str, ctx: Any, name: str) -> str:
    """What is wrong with a number; empty for any other value."""
    wrong = re.match(r"'?(.*?)'? is not (?:a valid (int|float)|in the range)", message, re.DOTALL)
    if wrong is None:
        return ""
    found = [one.type for one in ctx.command.params if name in one.opts] if ctx else []
    least = getattr(found[0], "min", None) if found else None
    whole = wrong[2] == "int" or isinstance(least, int)
    kind = "a whole number" if whole else "a number"
    return f"{wrong[1]} is not {kind}" + ("" if least is None else f" of {least} or more")


def _amount(words: Sequence[str]) -> str:
    """The first word that is a number below nothing; empty without one."""
    return next((word for word in words if re.fullmatch(r"-\.?\d[\d.,]*\D{0,4}", word)), "")


def _amount_refused(amount: str, ctx: Any) -> UsageError:
    """The refusal of an amount that begins as options do."""
    options = {name for param in ctx.command.params for name in param.opts} if ctx else set()
    cure = f"a text that begins with - goes after --: -- {amount}"
    if "--refund" in options:
        cure = f"write {amount[1:]} --refund for money that was paid back"
    elif "-n" in options:
        cure = f"write -n {amount[1:]} to show at most so many"
    return UsageError(f"{amount} is an amount, and begins like an option", cure)


def _lower(message: str) -> str:
    message = message.rstrip(".\n ")
    return message[:1].lower() + message[1:]


def _hint(ctx: Any) -> str:
    if ctx is None:
        return "crm --help lists the commands"
    path = str(ctx.command_path)
    usage = " ".join(str(ctx.get_usage()).split())
    return f"{usage.replace('Usage: ', 'usage: ', 1)}\n{path} --help shows its options"
