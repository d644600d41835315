"""Values as the user types them: relative dates, `me`, and the field's own type."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Mapping_
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from crm_cli.features.listed import of_nodes, parts, read_texts, texts
from crm_cli.features.own_values import own_value
from crm_cli.features.own_words import SIGN, worded
from crm_cli.features.references import referred, refers
from crm_cli.model.errors import NotFound, Unreadable, UsageError
from crm_cli.model.fieldtypes import Currency, Date, Free, Moment, Texts
from crm_cli.model.kind import Field, GroupOf, Kind, ListOf, MapOf, normal, singular
from crm_cli.model.node import Mapping, Scalar
from crm_cli.model.node import Sequence as Sequence_
from crm_cli.model.own import OWN
from crm_cli.model.places import PRODUCTS
from crm_cli.model.prices import price_of
from crm_cli.model.text import a_or_an, did_you_mean
from crm_cli.workspace import Workspace


def when(
    workspace: Workspace,
    text: str,
    *,
    ahead: bool,
    day: bool = False,
    after: date | None = None,
) -> date | datetime:
    """A date, or a time, in figures or words (`fri 14:30`, `+2w`); raises UsageError.

    `ahead` says that a bare weekday is to come; `day` that a time of day is refused. A bare
    length of time (`+14d`) counts from `after` if that is given, else from today.
    """
    from crm_cli.model.periods import Lean, is_length
    from crm_cli.model.when import read_when

    clock = workspace.clock
    try:
        value = read_when(
            text,
            after if after is not None and is_length(text) else clock.today,
            workspace.business.time_zone,
            Lean.FUTURE if ahead else Lean.PAST,
            now=clock.now,
        )
    except Unreadable as error:
        raise UsageError(error.message, error.hint) from error
    if day and isinstance(value, datetime):
        raise UsageError(f"'{text}' has a time of day; a date is wanted")
    return value


def day(
    workspace: Workspace, text: str | None, *, ahead: bool = False, after: date | None = None
) -> date:
    """A calendar day, today where no text is given; see `when`. Raises UsageError."""
    if not text:
        return workspace.clock.today
    return when(workspace, text, ahead=ahead, day=True, after=after)


def come(workspace: Workspace, what: str, value: date) -> date:
    """A day or a moment that has come; raises UsageError for one that is still to come."""
    now = workspace.clock.now if isinstance(value, datetime) else workspace.clock.today
    if value > now:
        raise UsageError(
            f"{what} is to come: {described(workspace, value)}",
            "note it when it has happened; crm task add reminds of it",
        )
    return value


def described(workspace: Workspace, value: date | datetime) -> str:
    """A date as people say it: `Fri 2026-11-27 14:30, in 5 days`."""
    from crm_cli.model.when import describe

    return describe(value, workspace.clock.today, workspace.business.time_zone)


def said(workspace: Workspace, what: str, value: date | datetime) -> str:
    """A date as it was understood: `due Fri 2026-11-27 14:30, in 5 days`."""
    return f"{what} {described(workspace, value)}"


def shown(workspace: Workspace, value: date | datetime) -> str:
    """A day or a time by the business's clock: `2026-11-27`, `2026-11-27 14:30`."""
    if isinstance(value, datetime):
        return f"{value.astimezone(workspace.business.time_zone):%Y-%m-%d %H:%M}"
    return value.isoformat()


def echoed(workspace: Workspace, what: str, text: str, value: date | datetime) -> list[str]:
    """The note that tells how a date in words was understood; none for one in figures."""
    if text.strip()[:10] == value.isoformat()[:10]:
        return []
    return [said(workspace, what, value)]


def typed_all(
    workspace: Workspace,
    kind: Kind,
    given: Mapping_[str, str | Iterable[str] | None],
    notes: list[str],
    *,
    customer: str | None = None,
) -> dict[str, Any]:
    """The values of options, as `typed` reads each; a date in words is echoed in `notes`.

    None is an option that was not given. Raises UsageError for an empty or a wrong one.
    """
    values: dict[str, Any] = {}
    for key, text in given.items():
        if text is None:
            continue
        if not isinstance(text, str):
            text = list(text)
            if not all(part.strip() for part in text):
                raise UsageError(f"--{singular(key)} is empty", "leave it out, or give a value")
            parts = (typed(workspace, kind, key, part, customer=customer) for part in text)
            values[key] = [one for part in parts for one in part]
            continue
        if not text.strip():
            option = key.replace("_", "-").replace(".", "-")
            raise UsageError(f"--{option} is empty", "leave it out, or give a value")
        values[key] = typed(workspace, kind, key, text, customer=customer)
        if isinstance(values[key], date):
            notes += echoed(workspace, key, text, values[key])
    return values


def typed(
    workspace: Workspace, kind: Kind, key: str, text: str, *, customer: str | None = None
) -> Any:
    """A field's value from what was typed for it; raises UsageError with the field's name.

    `key` may be a group's field (`GROUP.FIELD`). What stands in a list is the fields of its
    items, by the items' shorthand. A user, customer, product … may be named as anywhere, a
    purchase as one of `customer`'s; their id is the value. Raises NotFound for nobody,
    Ambiguous.
    """
    found = kind.at(key)
    if found is None:
        return text
    field = found[1]
    if isinstance(field.type, ListOf):
        return items(workspace, field, text, customer=customer)
    if isinstance(field.type, (Date, Moment)):
        try:
            return when(
                workspace,
                text,
                ahead=field.to_come,
                day=isinstance(field.type, Date),
            )
        except UsageError as error:
            raise UsageError(f"{field.key}: {error.message}", error.hint) from error
    if refers(field.type):
        if isinstance(field.type, Texts):
            return [referred(workspace, field, part) for part in texts(field.key, text)]
        return referred(workspace, field, text.strip(), customer=customer)
    if isinstance(field.type, Currency):
        # In files any code of three letters stands for itself, since sums then say that
        # its rate is missing; who types one is told of the slip.
        from crm_cli.model.money import read_currency

        try:
            return read_currency(text, workspace.business.currency)
        except Unreadable as error:
            raise UsageError(f"{field.key}: {error.message}", error.hint) from error
    return read(field, text, workspace)


def items(
    workspace: Workspace, field: Field, text: str, *, customer: str | None = None
) -> list[dict[str, Any]]:
    """The items of a list that a text spells, with a comma between two, as their values.

    Each is written by the items' shorthand, as the id of a record where the kind links to
    such, or in braces: `{name: Ana, title: Owner}`. What a kind copies from a record that it
    names is copied. Raises UsageError for an item that cannot be.
    """
    assert isinstance(field.type, ListOf)
    kind = field.type.kind
    if kind.letter:
        raise UsageError(
            f"{field.key} are not set as a whole",
            f"crm {kind.name} adds one; {field.key}.ID.FIELD=VALUE changes one",
        )
    return _made(workspace, field, parts(field, text), customer)


def _made(
    workspace: Workspace, field: Field, spelled: Iterable[Scalar | Mapping], customer: str | None
) -> list[dict[str, Any]]:
    """The values of items that texts or mappings spell."""
    assert isinstance(field.type, ListOf)
    kind = field.type.kind
    found = []
    for part in spelled:
        if isinstance(part, Scalar):
            given: dict[str, Any] = _short(workspace, field, part.text.strip())
        else:
            given = {key.text: node for key, node in part.entries}
        values: dict[str, Any] = {}
        for name, value in given.items():
            inner = kind.by_name.get(normal(name))
            if inner is None:
                raise no_field(kind, name, kind.by_key)
            values[inner.key] = _within(workspace, kind, inner, value, customer)
        found.append(_copied(workspace, kind, values, customer))
    return found


def no_field(kind: Kind, key: str, names: Iterable[str]) -> UsageError:
    """What is said of a key that a kind does not have, or that cannot be given there."""
    names = list(names)
    cure = did_you_mean(normal(key), names) or f"there are {', '.join(names)}"
    if "custom" in kind.by_key and not cure.startswith("did"):
        cure = f"a field of your own is written custom.{key}=…; {cure}"
    return UsageError(f"{key} is no field of {a_or_an(kind.name)}", cure)


def _short(workspace: Workspace, field: Field, text: str) -> dict[str, str]:
    """The texts of a one-line item by key."""
    assert isinstance(field.type, ListOf)
    kind = field.type.kind
    if kind.linked and (id := _link(workspace, field, kind, text)):
        return {kind.linked: id}
    if kind.shorthand is None:
        one, two = [one.key for one in kind.fields][:2]
        raise UsageError(
            f"{a_or_an(kind.name)} has several fields",
            f"write them in braces: {field.key}+='{{{one}: …, {two}: …}}'",
        )
    free = bool(kind.words) and text.startswith(SIGN)
    try:
        texts = kind.shorthand(text.removeprefix(SIGN) if free else text, workspace.business)
    except Unreadable as error:
        raise UsageError(f"{field.key}: {error.message}", error.hint) from error
    return worded(workspace, kind, texts, free=free) if kind.words else texts


def _link(workspace: Workspace, field: Field, kind: Kind, text: str) -> str:
    """The id of the record that a text links to; empty for a name, of several words, that no
    record has. Raises NotFound for one word that is nobody's."""
    try:
        return referred(workspace, kind.by_key[kind.linked], text)
    except NotFound as error:
        if len(text.split()) > 1:
            return ""
        cure = f"{field.key}+='{{{kind.title}: {text}}}' adds one without a record"
        raise NotFound(error.message, f"{error.hint}; {cure}".lstrip("; ")) from error


def _within(
    workspace: Workspace, kind: Kind, field: Field, value: Any, customer: str | None
) -> Any:
    """The value of an item's field: of a text, or of a node in braces."""
    if isinstance(value, (Sequence_, Mapping)) and isinstance(field.type, ListOf):
        return _made(workspace, field, of_nodes(field, [value]), customer)
    if isinstance(value, Mapping):
        raise UsageError(f"{field.key} has fields of its own", "edit the file")
    if isinstance(value, Sequence_):
        if not isinstance(field.type, Texts):
            raise UsageError(f"{field.key} holds one value", "take out the brackets within")
        within = [part.text for part in of_nodes(field, [value]) if isinstance(part, Scalar)]
        each = [typed(workspace, kind, field.key, text, customer=customer) for text in within]
        return [one for part in each for one in part]
    text = value.text if isinstance(value, Scalar) else value
    return typed(workspace, kind, field.key, text, customer=customer)


def _copied(
    workspace: Workspace, kind: Kind, values: dict[str, Any], customer: str | None
) -> dict[str, Any]:
    """The values of a new item with those that it copies from what it names; an amount with
    the currency that it is in there, a price as it is for the customer and the quantity."""
    record = workspace.record(customer) if customer is not None else None
    for field in kind.fields:
        source, _, key = field.copied.partition(".")
        if not source or field.key in values or source not in values:
            continue
        named = workspace.file(PRODUCTS.path).records.get(values[source])
        if named is None:
            continue
        value = named.values.get(key)
        if field.type.priced:
            priced = price_of(named, record, values.get("quantity", Decimal(1)))
            value = priced.price if priced is not None else None
        if value is None:
            continue
        if field.type.priced:
            value = (value, named.values.get("currency") or workspace.business.currency)
        values[field.key] = value
    return values


def assigned(
    workspace: Workspace,
    kind: Kind,
    pairs: Iterable[tuple[str, str]],
    *,
    customer: str | None = None,
    without: Mapping_[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """The values of KEY=VALUE for a new item, by field or `GROUP.FIELD`; those of `custom.KEY`
    together.

    `without` are fields that are given otherwise, and how. Raises UsageError for a key that
    the kind does not have, is computed, or is given otherwise.
    """
    values: dict[str, Any] = {}
    for key, text in pairs:
        path, field = field_at(kind, key)
        if field.key in without:
            raise UsageError(f"{key} is given by an option", f"write {without[field.key]}")
        if isinstance(field.type, Free):
            rest = path.partition(".")[2]
            made = own_value(workspace, rest.split("."), text) if field.key == OWN else text
            values.setdefault(field.key, {})[rest] = made
            continue
        given = typed(workspace, kind, path, text, customer=customer)
        several = isinstance(field.type, (ListOf, Texts)) and path in values
        values[path] = [*values[path], *given] if several else given
    return values


def grouped(values: Mapping_[str, Any]) -> dict[str, Any]:
    """`GROUP.FIELD` as groups within."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        head, dot, rest = key.partition(".")
        if dot:
            found.setdefault(head, {})[rest] = value
        else:
            found[key] = value
    return found


def field_at(kind: Kind, key: str) -> tuple[str, Field]:
    """(path, field) that a typed key means; raises UsageError for none, and for a computed one.

    A key of one's own is `custom.KEY`, where the kind has such.
    """
    found = kind.at(key)
    if found is not None and not (isinstance(found[1].type, GroupOf)):
        return found
    head, _, rest = key.partition(".")
    field = kind.by_name.get(normal(head))
    if field is not None and isinstance(field.type, (Free, MapOf)) and rest:
        return f"{field.key}.{rest}", field
    if field is None and any(normal(key) in (one.key, *one.aliases) for one in kind.derived):
        raise UsageError(f"{key} is computed, and cannot be set", f"crm query fields {kind.name}")
    names = [one.key for one in kind.fields if not isinstance(one.type, GroupOf)]
    for group, inner in kind.groups:
        names += [f"{group.key}.{part.key}" for part in inner.fields]
    raise no_field(kind, key, names)


def read(field: Field, text: str, workspace: Workspace) -> Any:
    """A text as the field's type reads it; raises UsageError."""
    try:
        if isinstance(field.type, Texts):
            return read_texts(workspace, field, text)
        return field.type.read(text, workspace.business)
    except Unreadable as error:
        raise UsageError(f"{field.key}: {error.message}", error.hint) from error
