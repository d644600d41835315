"""The settings in `crm.yaml`, declared like any other kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from crm_cli.model.business import WANTED, Business
from crm_cli.model.completeness import alternatives
from crm_cli.model.errors import Severity, Unreadable
from crm_cli.model.fieldtypes import (
    Boolean,
    Country,
    Currency,
    Free,
    Integer,
    Text,
    Texts,
    Word,
    Zone,
)
from crm_cli.model.hours import read_hours
from crm_cli.model.kind import Field, Finding, GroupOf, Kind, MapOf
from crm_cli.model.node import Mapping, Scalar, Sequence
from crm_cli.model.numbering import PATTERNS, around
from crm_cli.model.own import check_declared, declared

if TYPE_CHECKING:
    from crm_cli.model.item import Item


USER = Kind(
    name="user",
    key="users",
    doc="a user of the data directory",
    fields=(Field("name", Text(), "their name"), Field("email", Text(), "their e-mail address")),
    title="name",
    notes=False,
)

_BUSINESS = Kind(
    name="business",
    key="business",
    doc="the business",
    fields=(Field("name", Text(), "its name"),),
    title="name",
    notes=False,
)

_NUMBERS = Kind(
    name="numbers",
    key="numbers",
    doc="formats of numbers",
    fields=tuple(
        Field(kind, Text(), f"format of the numbers of {kind.replace('_', ' ')}s", default=pattern)
        for kind, pattern in PATTERNS.items()
    ),
    notes=False,
)

_GIT = Kind(
    name="git",
    key="git",
    doc="git settings",
    fields=(Field("autocommit", Boolean(), "commit after each command"),),
    notes=False,
)


def _check(settings: Item, business: Business) -> Iterator[Finding]:
    """Own fields' types, number patterns, and the names in `completeness`."""
    yield from check_declared(settings.values.get("custom"))
    numbers = settings.values.get("numbers")
    patterns = [(numbers, key, text) for key, text in numbers.values.items()] if numbers else []
    if "invoice_number" in settings.values:
        patterns.append((settings, "invoice_number", settings.values["invoice_number"]))
    for item, key, pattern in patterns:
        try:
            around(pattern, date.min)
        except Unreadable as error:
            yield Finding(key, "bad-pattern", error.message, error.hint, item=item)
    yield from _check_completeness(settings)


def _check_completeness(settings: Item) -> Iterator[Finding]:
    """Names in `completeness` that no customer has; own keys are named `custom.KEY`."""
    from crm_cli.model.customer import CUSTOMER
    from crm_cli.model.text import did_you_mean

    lifts = [name for field in CUSTOMER.fields for name in field.lifts]
    known = [*CUSTOMER.by_name, *lifts]
    for wanted in settings.values.get("completeness") or ():
        for name in alternatives(wanted):
            if name.partition(".")[0] not in known:
                yield Finding(
                    "completeness",
                    "unknown-field",
                    f"customers have no '{name}'",
                    did_you_mean(name, known) or "keys of your own are named custom.KEY",
                    Severity.WARNING,
                )


SETTINGS = Kind(
    name="settings",
    table=False,
    key="settings",
    doc="the settings of a data directory",
    fields=(
        Field("business", GroupOf(_BUSINESS), "the business"),
        Field("currency", Currency(), "the base currency", default="EUR"),
        Field("country", Country(), "country of phone numbers without a country code"),
        Field("time_zone", Zone(), "the business's time zone", default="UTC"),
        Field("language", Word(), "BCP 47 language tag"),
        Field("uid", Word(), "what follows the @ in UIDs of calendars; kept when renamed"),
        Field("users", MapOf(USER, "user"), "users of the directory"),
        Field("terms_days", Integer(0, 3650, adds=False), "days until an invoice is due"),
        Field("numbers", GroupOf(_NUMBERS), "formats of the numbers of purchases, by kind"),
        Field("invoice_number", Text(), "the same as numbers.invoice"),
        Field("working_hours", Free(), 'by weekday: mon: ["08:00-16:00"]'),
        Field("stages", Free(), "the stages of deals"),
        Field("pipelines", Free(), "lists of stages, one for each pipeline"),
        Field("vocabulary", Free(), "values to add to the open lists"),
        Field("custom", Free(), "types of your own fields: visits: integer"),
        Field("completeness", Texts(), "fields of a complete record: [email or phone, city]"),
        Field("git", GroupOf(_GIT), "git settings"),
        Field("mail", Free(), "mail settings"),
    ),
    check=_check,
    notes=False,
)


def business_of(settings: Item | None, rate_table: Mapping | None = None) -> Business:
    """The business that settings and rates describe; what is absent or wrong has its default."""
    if settings is None:
        return Business(rate_table=_rates(rate_table))
    name = settings.values.get("business")
    git = settings.values.get("git")
    users: dict[str, Item] = settings.values.get("users") or {}
    return Business(
        name=str(name.values.get("name", "")) if name is not None else "",
        currency=settings.get("currency"),
        country=settings.get("country") or "",
        zone=settings.get("time_zone"),
        language=settings.get("language") or "",
        uid=settings.get("uid") or "",
        terms_days=settings.get("terms_days"),
        numbers=_numbers(settings),
        vocabulary=_vocabulary(settings.values.get("vocabulary")),
        users={user: str(item.values.get("email", "")) for user, item in users.items()},
        rate_table=_rates(rate_table),
        working_hours=read_hours(settings.values.get("working_hours")),
        own=declared(settings.values.get("custom")),
        completeness=_wanted(settings.values.get("completeness")),
        autocommit=git is not None and bool(git.values.get("autocommit")),
    )


def _numbers(settings: Item) -> dict[str, str]:
    """The patterns by kind; `invoice_number` is an older name for that of invoices."""
    found = dict(PATTERNS)
    if "invoice_number" in settings.values:
        found["invoice"] = settings.values["invoice_number"]
    if "numbers" in settings.values:
        found |= settings.values["numbers"].values
    return found


def author_of(settings: Item, user: str) -> str:
    """A user as git names an author: `Petra Zajc <petra@lan.example>`.

    Empty for who is none of the settings' users: git knows more of them than we do. What
    git cannot hold in a name is left out.
    """
    users: dict[str, Item] = settings.values.get("users") or {}
    if user not in users:
        return ""
    values = users[user].values
    name, email = (
        " ".join(re.sub(r"[<>]", "", "".join(c if c.isprintable() else " " for c in text)).split())
        for text in (str(values.get("name") or user), str(values.get("email") or ""))
    )
    return f"{name} <{email}>" if name.strip(".,:;\"' ") else ""


def _vocabulary(words: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(words, dict):
        return {}
    return {
        str(name): tuple(str(word) for word in (listed if isinstance(listed, list) else [listed]))
        for name, listed in words.items()
        if listed is not None
    }


def _wanted(texts: list[str] | None) -> tuple[str, ...]:
    return WANTED if texts is None else tuple(text for text in texts if alternatives(text))


def _rates(root: Mapping | None) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The rows of `rates.yaml` that can be read; `check_rates` tells of the others."""
    rows = []
    for day, row in root.entries if root is not None else ():
        if isinstance(row, Mapping) and _day(day.text):
            rates = tuple(
                (code.text.upper(), rate.text)
                for code, rate in row.entries
                if isinstance(rate, Scalar) and _rate(rate.text)
            )
            rows.append((_day(day.text), rates))
    return tuple(sorted(rows))


def rate_faults(root: Mapping) -> list[tuple[Scalar | Mapping | Sequence, str, str]]:
    """(node, message, hint) of each entry of `rates.yaml` that cannot be read."""
    faults: list[tuple[Scalar | Mapping | Sequence, str, str]] = []
    for day, row in root.entries:
        if not _day(day.text):
            faults.append((day, f"'{day.text}' is not a date", "write it as 2026-11-03"))
        elif not isinstance(row, Mapping):
            faults.append((row, "rates are a currency and a number", "write {USD: 1.08}"))
        else:
            faults += [
                (rate, f"the rate of {code.text} is not a positive number", "write USD: 1.08")
                for code, rate in row.entries
                if not (isinstance(rate, Scalar) and _rate(rate.text))
            ]
    return faults


def _day(text: str) -> str:
    from crm_cli.model.dates import read_date

    try:
        return read_date(text).isoformat()
    except Unreadable:
        return ""


def _rate(text: str) -> bool:
    whole, _, part = text.partition(".")
    digits = whole + part
    return digits.isascii() and digits.isdigit() and len(digits) < 20 and int(digits) > 0
