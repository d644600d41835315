"""What is due: asked of every source, and put together by the day.

A source is a module here with `SOURCES`, and its line in `_MODULES`. What is due by a date
of its own needs none: its kind declares it (`Kind.due`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from importlib import import_module

from crm_cli.features.due.deferrals import Deferrals
from crm_cli.features.due.deputies import Desks
from crm_cli.features.references import has_anything
from crm_cli.features.references import user as known_user
from crm_cli.model.business import Business
from crm_cli.model.dates import local_date, shifted
from crm_cli.model.errors import Unreadable, UsageError
from crm_cli.model.kind import Kind, normal
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.query.lexer import quoted
from crm_cli.workspace import Clock, Workspace

_MODULES = (
    "dated", "keeping_in_touch", "reorders", "anniversaries", "leads", "dunning", "quotes",
    "subscriptions", "forgotten", "retention",
)  # fmt: skip
"""The modules of the sources."""


class Due(NamedTuple):
    """Something that is due: `who` is a customer's id, `name` what people call them.

    `id` is that of the item, None where the customer's record itself is meant.
    """

    when: date | datetime
    kind: str
    who: str
    name: str
    what: str
    id: str | None
    owner: str | None


class Asked(NamedTuple):
    """What is asked for: due on `through` or before, of these kinds (none: of all).

    `owner` is a user's name, or several with commas, None for everyone's. `terms`
    are query terms, `where` a full expression, about the source's own items and their customers.
    `deferrals` say which lines are told on another day than their own, None where none are.
    """

    through: date
    terms: Sequence[str] = ()
    where: str | None = None
    owner: str | None = None
    kinds: Sequence[str] = ()
    deferrals: Deferrals | None = None

    @property
    def owners(self) -> str:
        """The owner, or several with commas, as a query term has them."""
        return ",".join(map(quoted, (self.owner or "").split(",")))


class Source(NamedTuple):
    """Where due things come from: `base` is the kind of item that query terms are about,
    `kinds` are the words that its rows may have as kind."""

    name: str
    base: Kind
    kinds: Callable[[Business], Iterable[str]]
    find: Callable[[Workspace, Asked], Iterable[Due]]


def due(
    workspace: Workspace,
    terms: Sequence[str] = (),
    *,
    where: str | None = None,
    within: str | None = None,
    period: str | None = None,
    owner: str | None = None,
    kind: str | None = None,
    deferred: bool = True,
    stood_in: bool = False,
) -> list[Due]:
    """What is due through today, or so much longer (`within`), the longest overdue first.

    With `period` it is what has its day in that time, be it past or still to come.

    What was put off is due on the day it was put off to, what was dismissed is not; without
    `deferred` all is told as if neither had been done. An `owner` has what is due while they
    stand in for somebody, too; with `stood_in` all of whoever they may stand in for.

    Raises UsageError for a length of time, a kind or a term that is none, NotFound for an
    owner whom neither crm.yaml nor any record names.
    """
    days = days_of(workspace, period, within)
    desks = Desks(workspace, named_owners(workspace, owner))
    asked = Asked(
        _through(workspace, within) if days is None else days[1],
        terms,
        where,
        desks.asked,
        [part.strip() for part in (kind or "").split(",")] if kind is not None else (),
        Deferrals(workspace) if deferred else None,
    )
    sources = [source for module in _MODULES for source in _sources(module)]
    held = [tuple(source.kinds(workspace.business)) for source in sources]
    asked = asked._replace(kinds=_meant(asked.kinds, sources, held))
    rows: list[Due] = []
    wanted = [[word for word in words if word in asked.kinds] for words in held]
    meant = {
        source.name: (source, words)
        for source, words in zip(sources, wanted, strict=True)
        if words or not asked.kinds
    }
    for name, kept in _answering(workspace, meant, asked).items():
        source, words = meant[name]
        found = source.find(workspace, asked._replace(terms=kept, kinds=words))
        rows += found if asked.deferrals is None else _deferred(found, asked, asked.deferrals)
    if days is not None:
        zone = workspace.business.time_zone
        rows = [row for row in rows if days[0] <= local_date(row.when, zone) <= days[1]]
    if not asked.kinds:
        rows = _once(rows)
    if not stood_in:
        rows = [row for row in rows if desks.has(row.owner, row.when)]
    for name in (asked.owner or "").split(",") if not rows and asked.owner is not None else ():
        if not has_anything(workspace, name):
            # A slip in a crontab would be silent for ever.
            known_user(workspace, name)
    clock, zone = workspace.clock, workspace.business.time_zone
    rows.sort(key=lambda row: rank(row, clock, zone))
    return rows


def _once(rows: Sequence[Due]) -> list[Due]:
    """The rows without late invoices of which a reminder is due as well: that is what to do."""
    dunned = {row.id: row.when for row in rows if row.kind == "dunning"}
    return [
        row for row in rows
        if row.kind != "invoice" or row.id not in dunned or row.when > dunned[row.id]
    ]  # fmt: skip


def rank(row: Due, clock: Clock, zone: tzinfo) -> tuple[object, ...]:
    """What rows are sorted by: those that are late, then by the day."""
    return not is_late(row.when, clock), *_order(row, zone)


def words(workspace: Workspace) -> list[str]:
    """The kinds that rows of what is due may have."""
    sources = [source for module in _MODULES for source in _sources(module)]
    return [word for source in sources for word in source.kinds(workspace.business)]


def is_late(when: date | datetime, clock: Clock) -> bool:
    """Whether it is past: a time by the minute, a date by the day."""
    if isinstance(when, datetime):
        return when < clock.now.replace(second=0, microsecond=0)
    return when < clock.today


def heading(when: date | datetime, clock: Clock, zone: tzinfo) -> str:
    """Under what a day is told: overdue, today, tomorrow, this week, next week, later."""
    if is_late(when, clock):
        return "overdue"
    day, today = local_date(when, zone), clock.today
    monday = shifted(today, -today.weekday())
    if day == today:
        return "today"
    if day == shifted(today, 1):
        return "tomorrow"
    if day < shifted(monday, 7):
        return "this week"
    if day < shifted(monday, 14):
        return "next week"
    return "later"


def _deferred(rows: Iterable[Due], asked: Asked, deferrals: Deferrals) -> Iterator[Due]:
    """The lines, each on the day it was put off to; none that was dismissed."""
    for row in rows:
        one = deferrals.of(row)
        if one is None:
            yield row
        elif one.until is not None and one.until <= asked.through:
            yield row._replace(when=one.until)


def _answering(
    workspace: Workspace, meant: Mapping[str, tuple[Source, Sequence[str]]], asked: Asked
) -> Mapping[str, Sequence[str]]:
    """The sources that can answer what is asked, each with the terms for it."""
    if not asked.terms and not asked.where:
        return dict.fromkeys(meant, ())
    from crm_cli.query.shared_terms import answerable

    scopes = {name: workspace.scope(source.base) for name, (source, _) in meant.items()}
    return answerable(scopes, asked.terms, asked.where)


def _sources(module: str) -> tuple[Source, ...]:
    found: tuple[Source, ...] = import_module(f"crm_cli.features.due.{module}").SOURCES
    return found


def _order(row: Due, zone: tzinfo) -> tuple[date, str, str, str]:
    """By the day, what has no time of day first; the rest settles ties."""
    when = row.when
    if isinstance(when, datetime):
        there = when.astimezone(zone)
        return there.date(), there.astimezone(UTC).isoformat(), row.who, row.id or ""
    return when, "", row.who, row.id or ""


def _through(workspace: Workspace, within: str | None) -> date:
    today = workspace.clock.today
    if within is None:
        return today
    from crm_cli.model.duration import read_interval

    try:
        return read_interval(within).after(today)
    except Unreadable as error:
        raise UsageError(f"--within: {error.message}", error.hint) from error


def days_of(
    workspace: Workspace, period: str | None, within: str | None = None
) -> tuple[date, date] | None:
    """The first and the last day of `--period`; None without it."""
    if period is None:
        return None
    if within is not None:
        raise UsageError("--within and --period do not go together", "leave one of them out")
    days = workspace.period(period)
    if days.end is None:
        raise UsageError(f"--period {period} has no end", "write one, such as today..+30d")
    return days.start or date.min, days.end


def named_owners(workspace: Workspace, owner: str | None) -> str | None:
    """The owners of `--owner`, with commas between several; raises UsageError for none."""
    if owner is None:
        return None
    names = [str(workspace.me(name.strip())) for name in owner.split(",")]
    if not all(names):
        raise UsageError("--owner is empty", "name a user, or leave it out for everyone's")
    return ",".join(names)


def _meant(
    kinds: Sequence[str], sources: Sequence[Source], held: Sequence[Sequence[str]]
) -> list[str]:
    """The words of `--kind`; `task` is every kind of task. Raises UsageError for others."""
    from crm_cli.model.text import did_you_mean

    words = [word for words in held for word in words]
    found: list[str] = []
    for kind in kinds:
        bases = [source.base for source in sources]
        wanted = normal(kind)
        of_kind = [
            word
            for base, own in zip(bases, held, strict=True)
            if wanted in (base.name, base.key) and base.letter
            for word in own
        ]
        found += [kind] if kind in words else of_kind
        if kind not in words and not of_kind:
            guess = did_you_mean(kind, words)
            raise UsageError(
                f"--kind: no due item is of kind '{kind}'" + (f"; {guess}" if guess else ""),
                f"one of: {', '.join(words)}",
            )
    return found
