"""Values as the user types them: relative dates, `me`, and the field's own type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from crm_cli.features.references import referred, refers
from crm_cli.model.errors import Unreadable, UsageError
from crm_cli.model.fieldtypes import Currency, Date, Moment, Texts
from crm_cli.model.kind import Field, Kind, ListOf
from crm_cli.model.text import a_or_an
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


def said(workspace: Workspace, what: str, value: date | datetime) -> str:
    """A date as it was understood: `due Fri 2026-11-27 14:30, in 5 days`."""
    from crm_cli.model.when import describe

    return f"{what} {describe(value, workspace.clock.today, workspace.business.time_zone)}"


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
    given: Mapping[str, str | None],
    notes: list[str],
    *,
    customer: str | None = None,
) -> dict[str, Any]:
    """The values of options, as `typed` reads each; a date in words is echoed in `notes`.

    None is an option that was not given. Raises UsageError for an empty or a wrong one.
    """
    values = {}
    for key, text in given.items():
        if text is None:
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
            parts = field.type.read(text, workspace.business)
            return [referred(workspace, field, part) for part in parts]
        return referred(workspace, field, text.strip(), customer=customer)
    if isinstance(field.type, Currency):
        # In files any code of three letters stands for itself, since sums then say that
        # its rate is missing; who types one is told of the slip.
        from crm_cli.model.money import read_currency

        try:
            return read_currency(text)
        except Unreadable as error:
            raise UsageError(f"{field.key}: {error.message}", error.hint) from error
    return read(field, text, workspace)


def items(
    workspace: Workspace, field: Field, text: str, *, customer: str | None = None
) -> list[dict[str, Any]]:
    """The items of a list that a text spells, with a comma between two, as their values.

    Raises UsageError for items that cannot be written on one line.
    """
    assert isinstance(field.type, ListOf)
    kind = field.type.kind
    if kind.shorthand is None:
        raise UsageError(f"{a_or_an(kind.name)} has several fields", "edit the file")
    found = []
    for part in filter(None, map(str.strip, text.split(","))):
        try:
            texts = kind.shorthand(part, workspace.business)
        except Unreadable as error:
            raise UsageError(f"{field.key}: {error.message}", error.hint) from error
        found.append(
            {
                key: typed(workspace, kind, key, value, customer=customer)
                for key, value in texts.items()
            }
        )
    return found


def read(field: Field, text: str, workspace: Workspace) -> Any:
    """A text as the field's type reads it; raises UsageError."""
    try:
        return field.type.read(text, workspace.business)
    except Unreadable as error:
        raise UsageError(f"{field.key}: {error.message}", error.hint) from error
