"""Suggestions for an unknown option: a similar option, or a field."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.kind import Kind, ListOf, normal
from crm_cli.model.kinds import BY_LETTER, BY_NAME
from crm_cli.model.text import did_you_mean

_OTHERS = {
    "colour": "--color",
    "author": "--as",
    "format": "--output",
    "out": "--output",
    "columns": "--cols",
    "fields": "--cols",
    "select": "--cols",
    "order": "--sort",
    "order-by": "--sort",
    "sort-by": "--sort",
    "head": "--limit",
    "max": "--limit",
    "filter": "--where",
    "query": "--where",
    "group": "--group-by",
    "confirm": "--yes",
    "assume-yes": "--yes",
    "simulate": "--dry-run",
    "user": "--owner",
    "days": "--within",
    "date": "--due --at --date --close",
    "when": "--due --at --date",
    "on": "--due --at --date",
    "day": "--due --at --date",
    "time": "--at --due",
    "at": "--due --date",
    "due": "--at --follow-up --date",
    "until": "--due",
    "deadline": "--due",
    "repeat": "--every",
    "recur": "--every",
    "rrule": "--every",
    "followup": "--follow-up",
    "type": "--kind",
    "mail": "--email",
    "e-mail": "--email",
    "tel": "--phone",
    "mobile": "--phone",
    "tags": "--tag",
}
"""Options by the names that they have elsewhere; of several the command's own are named."""

_ANYWHERE = ("--today", "--as", "--color", "--lock-timeout", "--version", "--help")

_KINDS = {"add": "customer", "set": "customer", "list": "customer", "log": "interaction"}
"""What the commands of the first level are about; the others are customers' too."""


def instead(option: str, words: Sequence[str], ctx: Any) -> str:
    """What to write in place of an option, as `write city=Koper`; empty where nobody knows.

    `words` are the command line, `ctx` is the command's context.
    """
    if ctx is None:
        return ""
    options = list(_ANYWHERE)
    options += [name for param in ctx.command.params for name in param.opts if name[:2] == "--"]
    name = option.lstrip("-")
    others = [other for other in _OTHERS.get(name.lower(), "").split() if other in options]
    field = normal(name)
    kind = _kind(ctx, words)
    known = _names(kind)
    if others and not (field in known and _takes(ctx, "KEY=VALUE")):
        return f"did you mean {' or '.join(others)}?"
    if _takes(ctx, "TERM…"):
        # What an item lacks is its customer's.
        known += _names(CUSTOMER)
    if field in known:
        value = _value(option, words)
        return _as_value(ctx, kind, name, value) or did_you_mean(option, options)
    guess = did_you_mean(option, options)
    takes = "=" if _takes(ctx, "KEY=VALUE") else ":" if _takes(ctx, "TERM…") else ""
    if guess or not takes:
        return guess
    return did_you_mean(f"{field}{takes}…", [f"{name}{takes}…" for name in known], 1)


def _kind(ctx: Any, words: Sequence[str]) -> Kind:
    """What the command is about; `set t-9f3` is about a task."""
    path = str(ctx.command_path).split()[1:]
    if len(path) > 1 and path[0] in BY_NAME:
        return BY_NAME[path[0]]
    for word in words[1:]:
        if path[:1] == ["set"] and word[1:2] == "-" and word[0] in BY_LETTER:
            return BY_LETTER[word[0]]
    return BY_NAME[_KINDS.get(path[0] if path else "", "customer")]


def _names(kind: Kind) -> list[str]:
    """The names that a value can be given to: fields, and those of the first address."""
    own = [
        name for name, field in kind.by_name.items()
        if not isinstance(field.type, ListOf) or field.lifts or field.separate
    ]  # fmt: skip
    return [*own, *(name for field in kind.fields for name in field.lifts)]


def _takes(ctx: Any, what: str) -> bool:
    return any(what in str(getattr(param, "metavar", None) or "") for param in ctx.command.params)


def _as_value(ctx: Any, kind: Kind, name: str, value: str) -> str:
    """The field as this command takes it; one that takes none is followed by `set`."""
    key = name.lower()
    if _takes(ctx, "KEY=VALUE"):
        return f"write {_quoted(f'{normal(key)}={value}')}"
    if _takes(ctx, "TERM…"):
        if key in ("tag", "tags") and value != "…":
            return f"write {_quoted(f'+{value}')}"
        return f"write {_quoted(f'{key}:{value}')}"
    if kind.letter and str(ctx.command_path).split()[-1] in ("add", "log"):
        return f"afterwards: crm set {kind.letter}-… {_quoted(f'{normal(key)}={value}')}"
    return ""


def _value(option: str, words: Sequence[str]) -> str:
    """What stood after the option, `…` where nothing did."""
    for place, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == option and equals:
            return value or "…"
        if name == option:
            following = words[place + 1 : place + 2]
            return following[0] if following and not following[0].startswith("-") else "…"
    return "…"


def _quoted(word: str) -> str:
    return word if word.endswith("…") else shlex.quote(word)
