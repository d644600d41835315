"""Suggestions for an unknown option: a similar option, or a field."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import Any

from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import Free
from crm_cli.model.kind import Kind, ListOf, normal, singular
from crm_cli.model.kinds import BY_LETTER, BY_NAME
from crm_cli.model.text import a_or_an, nearest
from crm_cli.query.owners import choice_of, states

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
    "top": "--limit",
    "n": "--limit",
    "filter": "--where",
    "query": "--where",
    "group": "--group-by --by",
    "group-by": "--by",
    "confirm": "--yes",
    "assume-yes": "--yes",
    "simulate": "--dry-run",
    "user": "--owner --assignee",
    "owner": "--assignee",
    "assign": "--assignee",
    "assignee": "--owner",
    "to": "--assignee",
    "mine": "--owner=me --assignee=me",
    "me": "--owner=me --assignee=me",
    "days": "--within",
    "within": "--days",
    "date": "--due --at --date --close",
    "from": "--since",
    "after": "--since",
    "start": "--since",
    "when": "--due --at --date",
    "on": "--due --at --date --period",
    "day": "--due --at --date --period",
    "month": "--period",
    "year": "--period",
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
    "invoice": "--for",
    "product": "--line",
    "item": "--line",
    "price": "--line=PRODUCT:QUANTITY:PRICE",
    "qty": "--line=PRODUCT:QUANTITY",
    "quantity": "--line=PRODUCT:QUANTITY",
    "units": "--line=PRODUCT:QUANTITY",
    "tax": "--tax-rate",
    "vat": "--tax-rate",
    "cost": "--price",
}
"""Options by the names that they have elsewhere; of several the command's own are named."""

_PLACES = {
    "WHO": "who customer client contact company name id",
    "DATE": "date due day on until to when",
    "USER": "user to owner assignee assign",
    "AMOUNT": "amount sum value",
    "TITLE…": "title subject name text",
    "TEXT…": "text note message body",
    "NAME…": "name",
    "FILE": "file path from",
}
"""Arguments, as a usage names them, by the options that they are elsewhere."""

_GROUPING = ("by", "group-by", "group")
"""Options that group the rows, as reports and lists have them."""

_FROM = ("since", "from", "after", "start")
_TO = ("until", "to", "before", "end")
"""Options that give a period's start, and its end."""

_ANYWHERE = (
    "--today", "--as", "--color", "--lock-timeout", "--force-closed", "--on", "--no-pager",
    "--version", "--help",
)  # fmt: skip

_KINDS = {"add": "customer", "set": "customer", "list": "customer", "log": "interaction"}
"""What the commands of the first level are about; the others are customers' too."""


def instead(option: str, words: Sequence[str], ctx: Any) -> str:
    """What to write in place of an option, as `write city=Koper`; empty where nobody knows.

    `words` are the command line, `ctx` is the command's context.
    """
    if ctx is None:
        return ""
    options = [*_ANYWHERE, *(name for param in ctx.command.params for name in param.opts)]
    name = option.lstrip("-").lower()
    value = _value(option, words)
    others = [
        other.replace("=", " ")
        for other in _OTHERS.get(name, "").split()
        if other.partition("=")[0] in options
    ]
    if others:
        return f"did you mean {' or '.join(others)}?"
    kind = _kind(ctx, words)
    if name in _GROUPING and (told := _grouped(ctx, "owner" if value == "…" else value)):
        return told
    if name == "period" and _takes(ctx, "TERM…]"):
        return _dated(ctx, kind, value)
    for place in _places(ctx):
        if name in _PLACES.get(place, "").split():
            return f"write {_quoted(value if value != '…' else place)} without {option}"
    if name in _TO and "--period" in options and (told := _as_term(ctx, kind, name, value)):
        return told
    return _as_field(ctx, kind, option, value) or _as_term(ctx, kind, name, value) or (
        _alike(name, options, ctx, kind, value) if len(name) > 1 else ""
    )


def _grouped(ctx: Any, key: str) -> str:
    """What groups what a command lists without groups; empty for the others."""
    words = str(ctx.command_path).split()
    if words[-1] == "balance":
        return f"crm report aging --by {key} groups what is owed"
    if words[1:2] in (["due"], ["agenda"]):
        return f"crm task list --by {key} counts tasks; --owner USER lists what is due for one"
    return ""


def _as_field(ctx: Any, kind: Kind, option: str, value: str) -> str:
    """The field of that name, as the command takes it; empty where there is none."""
    name = option.lstrip("-")
    return _as_value(ctx, kind, name, value) if normal(name) in _known(ctx, kind) else ""


def _known(ctx: Any, kind: Kind) -> list[str]:
    """The fields that the command takes values of; what an item lacks is its customer's."""
    return _names(kind) + (_names(CUSTOMER) if _takes(ctx, "TERM…]") else [])


def _as_term(ctx: Any, kind: Kind, name: str, value: str) -> str:
    """A state, a customer or a period, as query terms say it; empty where no terms are taken."""
    options = {name for param in ctx.command.params for name in param.opts}
    terms = _takes(ctx, "TERM…]")
    dated = kind.when and "--period" in options
    span = f"{value}.." if name in _FROM else f"..{value}" if name in _TO else ""
    if span and (dated or (not terms and "--period" in options)):
        return f"write --period {_quoted(span)}"
    if not terms:
        return ""
    if span and kind.when:
        return f"write {_quoted(f'{kind.when}:{span}')}"
    if span and str(ctx.command_path).split()[1:] in (["list"], ["export"]):
        created, contact = (f"{field}:{span}" for field in ("created", "last-contact"))
        return f"write {_quoted(created)} or {_quoted(contact)}"
    if name in ("customer", "client"):
        return f"write {_quoted(value if kind is CUSTOMER else f'customer:{value}')}"
    for word in (name, singular(name)):
        if normal(word) in states(kind) or choice_of(word, kind, Business()):
            return f"write is:{normal(word)}"
    return ""


def _alike(name: str, options: Sequence[str], ctx: Any, kind: Kind, value: str) -> str:
    """What is written nearly so: an option, or a field as the command takes it."""
    near = nearest(name, [one[2:] for one in options if one[:2] == "--"])
    near = [one for one in near if len(name) > 2 or one == name]
    if near:
        return f"did you mean {' or '.join(f'--{one}' for one in near)}?"
    if meant := nearest(name, [word for word in _OTHERS if len(word) > 4], 1):
        others = [other for other in _OTHERS[meant[0]].split() if other in options]
        if others:
            return f"did you mean {' or '.join(others)}?"
    takes = "=" if _takes(ctx, "KEY=VALUE") else ":" if _takes(ctx, "TERM…]") else ""
    if holder := _holder(ctx, normal(name)):
        return f"{a_or_an(holder.name)} has it: crm set {holder.letter}-… {normal(name)}={value}"
    found = nearest(normal(name), _known(ctx, kind), 1) if takes and len(name) > 2 else []
    return f"did you mean {found[0]}{takes}…?" if found else ""


def _places(ctx: Any) -> list[str]:
    """What the command's arguments take, each by its name in the usage."""
    usages = [str(getattr(param, "metavar", None) or "") for param in ctx.command.params
              if param.param_type_name == "argument"]  # fmt: skip
    return [part for usage in usages for part in re.split(r"[][| ]+", usage) if part]


def _holder(ctx: Any, name: str) -> Kind | None:
    """The kind of items that `set` could set a field of, by its id."""
    if str(ctx.command_path).split()[1:] != ["set"]:
        return None
    return next((kind for kind in BY_LETTER.values() if name in kind.by_name), None)


def _dated(ctx: Any, kind: Kind, period: str) -> str:
    """The terms for a period of what has several dates, or of what is asked as of one day."""
    if str(ctx.command_path).split()[-1] == "balance":
        return (
            "what is owed is of one day: --today or --as-of; the open invoices of a time are "
            + _quoted(f"crm purchase list is:owing --period {period}").strip("'")
        )
    dates = [field.key for field in kind.fields if field.type.storage.is_date]
    dates += [one.key for one in kind.derived if one.type.storage.is_date and one.kept]
    if not dates:
        return f"{kind.key} have no date"
    named = _quoted(f"{'created' if 'created' in dates else dates[0]}:{period}")
    return f"write which date is meant, {named}; there are {', '.join(dates)}"


def _kind(ctx: Any, words: Sequence[str]) -> Kind:
    """What the command is about; `set t-9f3` is about a task, `export purchases` about those."""
    path = str(ctx.command_path).split()[1:]
    if len(path) > 1 and path[0] in BY_NAME:
        return BY_NAME[path[0]]
    for word in words[1:]:
        if path[:1] == ["set"] and word[1:2] == "-" and word[0] in BY_LETTER:
            return BY_LETTER[word[0]]
        if path[:1] in (["export"], ["import"]) and singular(word) in BY_NAME:
            return BY_NAME[singular(word)]
    return BY_NAME[_KINDS.get(path[0] if path else "", "customer")]


def _names(kind: Kind) -> list[str]:
    """The names that a value can be given to: fields, and those of the first address."""
    own = [
        name for name, field in kind.by_name.items()
        if not isinstance(field.type, (ListOf, Free)) or field.lifts or field.separate
    ]  # fmt: skip
    return [*own, *(name for field in kind.fields for name in field.lifts)]


def _takes(ctx: Any, what: str) -> bool:
    return any(what in str(getattr(param, "metavar", None) or "") for param in ctx.command.params)


def _as_value(ctx: Any, kind: Kind, name: str, value: str) -> str:
    """The field as this command takes it; one that takes none is followed by `set`."""
    key = name.lower()
    if _takes(ctx, "KEY=VALUE"):
        return f"write {_quoted(f'{normal(key)}={value}')}"
    if _takes(ctx, "TERM…]"):
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
