"""What a calendar contains: tasks, interactions, birthdays and anniversaries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from crm_cli.features.exporting.items import items_of
from crm_cli.features.items import foreign_uids
from crm_cli.formats.ics.words import Around
from crm_cli.formats.targets import ALL_DATES, CALENDARS
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import BY_NAME
from crm_cli.model.people import ANNIVERSARY, has_died
from crm_cli.workspace import Workspace

_SHOWN = {key: BY_NAME[key].calendar for key in CALENDARS if key != ALL_DATES}
"""The term for what a whole calendar shows of each kind: what is still to come."""
_BASES: Mapping[str, Kind] = {
    key: CUSTOMER if BY_NAME[key] is ANNIVERSARY else BY_NAME[key] for key in _SHOWN
}
"""The kinds that query terms are about: days to remember are found by their customer."""
_WITH_DAYS = "has(birth_date) or any(anniversaries, has(date))"


def surroundings(workspace: Workspace) -> Around:
    """What calendars are written by here; raises DataError where that is not known.

    Entries named otherwise than last time would be there twice.
    """
    workspace.require_settings()
    return Around(workspace.business, workspace.clock.now, foreign_uids(workspace))


def calendar_items(
    workspace: Workspace,
    name: str,
    terms: Sequence[str] = (),
    *,
    where: str | None = None,
    sort: str | None = None,
) -> Iterator[Item]:
    """The items that a calendar of this name shows.

    `tasks` and `interactions` are those that the query describes, `anniversaries` the
    birthdays and anniversaries of customers. `calendar` is all three, of tasks and
    interactions those that are still to come; terms ask each kind what it understands.
    A customer stands for their birth date, as long as they live.
    """
    if name != ALL_DATES:
        yield from _of_kind(workspace, name, terms, where, sort)
        return
    if sort is not None:
        raise UsageError("a calendar has no order of its own", "leave --sort out")
    for kind, kept in _understood(workspace, terms, where).items():
        shown = _SHOWN[kind]
        yield from _of_kind(workspace, kind, [*([shown] if shown else []), *kept], where, None)


def _of_kind(
    workspace: Workspace, name: str, terms: Sequence[str], where: str | None, sort: str | None
) -> Iterator[Item]:
    if name != ANNIVERSARY.key:
        yield from items_of(workspace, _BASES[name], terms, where=where, sort=sort)
        return
    held = workspace.select(CUSTOMER, where=_WITH_DAYS, cols=("id",), ordered=False).rows
    have = {str(row[0]) for row in held}
    rows = workspace.select(CUSTOMER, terms, where=where, sort=sort, cols=("id",)).rows
    ids = [str(row[0]) for row in rows if str(row[0]) in have]
    today = workspace.clock.today
    for record in workspace.records(ids if sort else sorted(ids)):
        if record.values.get("birth_date") is not None and not has_died(record, today):
            yield record
        yield from (item for item in record.items(name) if item.values.get("date"))


def _understood(
    workspace: Workspace, terms: Sequence[str], where: str | None
) -> Mapping[str, Sequence[str]]:
    """The kinds that can answer what is asked, each with the terms for it."""
    if not terms and where is None:
        return dict.fromkeys(_BASES, ())
    from crm_cli.query.shared_terms import answerable

    scopes = {name: workspace.scope(base) for name, base in _BASES.items()}
    return answerable(scopes, terms, where)
