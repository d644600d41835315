"""What rules with `on` act on: the events of the days that they look back, read once from history.

Edits by hand, imports and merges are told there as well as our own commands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from crm_cli.features.rules import Rule
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import FIRST_DAY, local_date
from crm_cli.model.kind import ListOf, normal
from crm_cli.model.places import DESK
from crm_cli.model.rule_when import Event as When
from crm_cli.workspace import Workspace

if TYPE_CHECKING:
    from crm_cli.features.events.event import Event


class Happened(NamedTuple):
    """An event that a rule acts on; see `Subject` for what the first three are."""

    customer: str
    item: str
    occasion: str
    day: date


class Happenings:
    """The events since the first day that any of some rules looks back to."""

    def __init__(self, workspace: Workspace, rules: Iterable[Rule]) -> None:
        self._workspace = workspace
        self._rules = [rule for rule in rules if rule.event is not None]
        self._events: list[Event] | None = None

    def of(self, rule: Rule) -> list[Happened]:
        """What happened that a rule acts on, the oldest first, each occasion once.

        Raises Refused where there is no history to read.
        """
        first = self._first(rule)
        found: dict[tuple[str, str, str], Happened] = {}
        for event in self._all():
            if not _means(rule, event):
                continue
            day = local_date(event.at, self._workspace.business.time_zone)
            if not first <= day <= self._workspace.clock.today:
                continue
            one = _happened(rule, event, day)
            found.setdefault((one.customer, one.item, one.occasion), one)
        return list(found.values())

    def _all(self) -> Sequence[Event]:
        if self._events is None:
            from crm_cli.features.events import events

            first = min(map(self._first, self._rules))
            told = events(self._workspace, since=(first - timedelta(days=1)).isoformat())
            try:
                self._events = list(told)
            finally:
                told.close()
        return self._events

    def _first(self, rule: Rule) -> date:
        """The first day that a rule looks back to."""
        looked = rule.within.before(self._workspace.clock.today)
        return max(looked, rule.since or FIRST_DAY)


def _happened(rule: Rule, event: Event, day: date) -> Happened:
    customer = event.record if rule.is_of_customers else DESK.path
    item = "" if rule.base is CUSTOMER else event.id
    what = event.field or event.event
    occasion = f"{what}@{day.isoformat()}/{item}".rstrip("/")
    return Happened(customer, item, occasion, day)


def _means(rule: Rule, event: Event) -> bool:
    """Whether an event is of the kind that a rule looks at, and what it acts on."""
    assert rule.event is not None
    if event.kind != rule.base.name:
        return rule.event.word == "changed" and _listed(rule, event)
    return _MEANT[rule.event.word](rule, event)


def _added(rule: Rule, event: Event) -> bool:
    return event.event == "added" and not event.field


def _changed(rule: Rule, event: Event) -> bool:
    assert rule.event is not None
    field = _key(rule, rule.event.field)
    if not event.field:
        return False
    if _key(rule, event.field) == field:
        return _from_to(rule.event, event.before, event.after)
    # Own fields are told as one: custom, with all of them.
    head, _, own = field.partition(".")
    if not own or event.field != head:
        return False
    before, after = (_own(value, own) for value in (event.before, event.after))
    return before != after and _from_to(rule.event, before, after)


def _listed(rule: Rule, event: Event) -> bool:
    """Whether an entry of the list that a rule looks at came or went: `changed tags to vip`."""
    assert rule.event is not None
    field = rule.base.by_name.get(normal(rule.event.field))
    if field is None or not isinstance(field.type, ListOf) or rule.base is not CUSTOMER:
        return False
    if event.field or event.kind != field.type.kind.name:
        return False
    return _from_to(rule.event, *(event.id if one is not None else None
                                  for one in (event.before, event.after)))  # fmt: skip


def _own(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else None


def _from_to(wanted: When, before: object, after: object) -> bool:
    sides = ((wanted.before, before), (wanted.to, after))
    return all(not text or text == _text(value) for text, value in sides)


def _stage(rule: Rule, event: Event) -> bool:
    assert rule.event is not None
    reached = event.field and _key(rule, event.field) == _key(rule, "stage")
    return bool(reached) and normal(_text(event.after)) == normal(rule.event.to)


def _named(word: str) -> Callable[[Rule, Event], bool]:
    def means(rule: Rule, event: Event) -> bool:
        return event.event == word

    return means


_MEANT: dict[str, Callable[[Rule, Event], bool]] = {
    "added": _added,
    "changed": _changed,
    "stage": _stage,
    "paid": _named("paid"),
    "lost": _named("lost"),
}


def _key(rule: Rule, name: str) -> str:
    """A field by its own name: `stage` of a customer is `lifecycle_stage`."""
    head, dot, rest = name.partition(".")
    field = rule.base.by_name.get(normal(head))
    return f"{field.key if field is not None else normal(head)}{dot}{rest}"


def _text(value: object) -> str:
    return "" if value is None else str(value)
