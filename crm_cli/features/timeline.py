"""The timeline of one customer or of all, as the kinds declare it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from crm_cli.features.values import day
from crm_cli.model.aspects import Happening, joined
from crm_cli.model.business import Business
from crm_cli.model.dates import local_date
from crm_cli.model.errors import UsageError
from crm_cli.model.fieldtypes import Choice
from crm_cli.model.kind import Kind, normal
from crm_cli.model.kinds import BY_NAME, KINDS
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.places import is_desk
from crm_cli.query.links import links
from crm_cli.query.owners import of_customer
from crm_cli.query.shared_terms import answerable
from crm_cli.workspace import Workspace


class Event(NamedTuple):
    """Something that happened; `when` is None where nobody wrote it down."""

    when: date | datetime | None
    kind: str
    who: str
    name: str
    """Whose it is, as people call them."""
    what: str
    id: str


class _Source(NamedTuple):
    """Events of one kind of item; `words` are the kinds that the events may have."""

    base: Kind
    happening: Happening
    words: tuple[str, ...]

    @property
    def when(self) -> str:
        """The field with the date of an event."""
        return self.happening.when or self.base.when

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields that say what happened."""
        return self.happening.columns or (self.base.title,)


def timeline(
    workspace: Workspace,
    customer: str | None = None,
    terms: Sequence[str] = (),
    *,
    where: str | None = None,
    kind: str | None = None,
    since: str | None = None,
    period: str | None = None,
    limit: int | None = None,
    alone: bool = False,
) -> list[Event]:
    """What happened up to today, newest first; of one customer or of all.

    What happened with the people of an organization while they were there is its own as well,
    unless it is asked for `alone`.

    Terms, and `where`, are about the items. What a kind of item cannot answer (`outcome:reached` of
    a purchase) leaves that kind out, or where it is negated changes nothing; what no
    kind can answer raises QueryError. `kind` lists kinds of events or of items; raises UsageError
    for one that is neither, and in a mirror where several books are asked.
    """
    workspace.database.require_one()
    if since is not None and not since.strip():
        raise UsageError("--since is empty", "write --since last-month, or leave it out")
    first = day(workspace, since) if since is not None else None
    sources = _sources(workspace.business)
    wanted = _wanted(kind, sources) if kind is not None else None
    scopes = {source.base.name: workspace.scope(source.base) for source in sources}
    asked = answerable(scopes, terms, where)
    events: list[Event] = []
    people = [] if customer is None or alone else _people(workspace, customer)
    for source in sources:
        words = set(source.words)
        if wanted is not None:
            words &= wanted[source.base]
        if source.base.name not in asked or not words:
            continue
        # What is dated later than today has not happened yet.
        own = [*asked[source.base.name], *source.happening.terms, f"not:{source.when}.after:today"]
        if first is not None:
            own.append(f"{source.when}:{first}..")
        own += workspace.dated(source.when, period)
        some = len(words) < len(source.words)
        for about in (*_about(source, customer), *_of_people(source, people)):
            found = _events(workspace, source, [*own, *about], where, None if some else limit)
            events += [event for event in found if not some or event.kind in words]
    zone = workspace.business.time_zone
    if people:
        events = list(dict.fromkeys(events))  # somebody of theirs may have met them as well
    events.sort(key=lambda event: (event.id, event.who))
    events.sort(key=lambda event: _order(event.when, zone), reverse=True)
    return events[:limit]


def _about(source: _Source, customer: str | None) -> Iterator[list[str]]:
    """The terms for the events of a customer, and for others' in which they took part."""
    if customer is None:
        yield []
        return
    yield [f"customer:{customer}" if is_desk(customer) else f"customer/id.is:{customer}"]
    if source.happening.others:
        yield [f"{source.happening.others}.is:{customer}", f"not:customer/id.is:{customer}"]


def _people(workspace: Workspace, customer: str) -> list[tuple[str, tuple[date | None, ...]]]:
    """The people of an organization, each with the days from and to which they are there."""
    if is_desk(customer):
        return []
    return [
        (one.person, (one.start, one.end))
        for one in links(workspace.database, customer)
        if one.organization == customer and one.person and one.person != customer
    ]


def _of_people(
    source: _Source, people: Sequence[tuple[str, tuple[date | None, ...]]]
) -> Iterator[list[str]]:
    """The terms for the events of people in the time that they are there: one for those of one
    time together."""
    times: dict[tuple[date | None, ...], list[str]] = {}
    for person, days in people:
        times.setdefault(days, []).append(person)
    for (start, end), ids in times.items():
        within = [f"{source.when}:{start or ''}..{end or ''}"] if start or end else []
        yield [f"customer/id.is:{','.join(ids)}", *within]


def words(workspace: Workspace) -> list[str]:
    """The kinds of events that there are, and the kinds of items that have any."""
    return _known(_sources(workspace.business))


def columns_of(business: Business) -> dict[str, set[tuple[Kind, str]]]:
    """The fields that say what happened, by the kinds of events that they say it of."""
    found: dict[str, set[tuple[Kind, str]]] = {}
    for source in _sources(business):
        for word in source.words:
            found.setdefault(word, set()).update((source.base, key) for key in source.columns)
    return found


def _sources(business: Business) -> list[_Source]:
    return [
        _Source(kind, happening, tuple(_words(kind, happening, business)))
        for kind in KINDS
        if of_customer(kind)
        for happening in kind.timeline or ()
    ]


def _words(kind: Kind, happening: Happening, business: Business) -> Sequence[str]:
    """The kinds that events may have."""
    if not happening.word_from:
        return (happening.word or kind.name,)
    type = kind.by_key[happening.word_from].type
    assert isinstance(type, Choice)
    return type.choices(business)


def _wanted(text: str, sources: Sequence[_Source]) -> Mapping[Kind, frozenset[str]]:
    """The kinds of events asked for, by the kind of item.

    A kind of item (`interaction`) stands for all of its events, unless events of it are
    called so.
    """
    names = [part.strip() for part in text.split(",") if part.strip()]
    if not names:
        raise UsageError("--kind is empty", "write --kind call,invoice, or leave it out")
    found: dict[Kind, set[str]] = {source.base: set() for source in sources}
    for name in names:
        plain = normal(name)
        named = [source for source in sources if plain in source.words]
        for source in named:
            found[source.base].add(plain)
        if named:
            continue
        named = [source for source in sources if BY_NAME.get(plain) is source.base]
        for source in named:
            found[source.base].update(source.words)
        if not named:
            raise _unknown(name, sources)
    return {kind: frozenset(words) for kind, words in found.items()}


def _unknown(name: str, sources: Sequence[_Source]) -> UsageError:
    from crm_cli.model.text import did_you_mean

    known = _known(sources)
    guess = did_you_mean(name, known)
    return UsageError(
        f"--kind: there is no kind of event '{name}'" + (f"; {guess}" if guess else ""),
        f"one of: {', '.join(known)}",
    )


def _known(sources: Sequence[_Source]) -> list[str]:
    known = [word for source in sources for word in source.words]
    known += [source.base.name for source in sources if source.base.letter]
    return list(dict.fromkeys(known))


def _events(
    workspace: Workspace,
    source: _Source,
    terms: Sequence[str],
    where: str | None,
    limit: int | None,
) -> list[Event]:
    fixed = (source.when, "customer", "customer.name", "id", source.happening.word_from)
    columns = [name for name in dict.fromkeys((*fixed, *source.columns)) if name]
    answer = workspace.select(
        source.base, terms, where=where, cols=columns, sort=f"{source.when}-", limit=limit
    )
    return [_event(source, dict(zip(columns, row, strict=True))) for row in answer.rows]


def _event(source: _Source, row: dict[str, Any]) -> Event:
    happening = source.happening
    word = row[happening.word_from] if happening.word_from else source.words[0]
    if happening.text is not None:
        text = happening.text(row)
    else:
        text = joined(", ", (row[column] for column in source.columns))
    who = row["customer"]
    return Event(row[source.when], word, who, row["customer.name"] or who, text, row["id"])


def _order(when: date | datetime | None, zone: tzinfo) -> tuple[str, str]:
    """Later is greater; what has no time of day is before what has one, and None before all."""
    if when is None:
        return "", ""
    if isinstance(when, datetime):
        return local_date(when, zone).isoformat(), when.astimezone(UTC).isoformat()
    return when.isoformat(), ""
