"""What rules with `on` act on: the events of the days that they look back, read once from history.

Edits by hand, imports and merges are told there as well as our own commands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from crm_cli.features.rules import Rule
from crm_cli.features.rules.memory import Happened, Memory
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import FIRST_DAY, local_date
from crm_cli.model.errors import NotFound
from crm_cli.model.kind import ListOf, normal
from crm_cli.model.places import DESK
from crm_cli.model.rule_when import Event as When
from crm_cli.workspace import Workspace

if TYPE_CHECKING:
    from crm_cli.features.events.event import Event


class Happenings:
    """The events since the first day that any of some rules looks back to."""

    def __init__(self, workspace: Workspace, rules: Iterable[Rule]) -> None:
        self._workspace = workspace
        self._rules = [rule for rule in rules if rule.event is not None]
        self._known: dict[str, list[Happened]] | None = None

    def of(self, rule: Rule) -> list[Happened]:
        """What happened that a rule acts on, the oldest first, each occasion once.

        Raises Refused where there is no history to read.
        """
        if self._known is None:
            self._known = self._read()
        first, today = self._first(rule), self._workspace.clock.today
        found = {one[:3]: one for one in self._known[_asked(rule)] if first <= one.day <= today}
        return list(found.values())

    def _read(self) -> dict[str, list[Happened]]:
        """What happened, by what rules ask for: what was read before, and what came since."""
        wanted = {_asked(rule): rule for rule in self._rules}
        first = min(map(self._first, self._rules))
        memory = Memory(self._workspace)
        known = memory.recall(wanted, first)
        try:
            cursor = self._add(wanted, known, memory.cursor)
        except NotFound:  # history was rewritten
            known = {asked: [] for asked in wanted}
            cursor = self._add(wanted, known, (first - timedelta(days=1)).isoformat())
        memory.keep(known, first, cursor)
        return known

    def _add(
        self, wanted: Mapping[str, Rule], known: dict[str, list[Happened]], since: str
    ) -> str:
        """Add what happened since a date or a cursor; where to go on."""
        from crm_cli.features.events import events

        told = events(self._workspace, since=since)
        try:
            for event in told:
                for asked, rule in wanted.items():
                    if _means(rule, event):
                        known[asked].append(self._happened(rule, event))
            return told.cursor
        finally:
            told.close()

    def _happened(self, rule: Rule, event: Event) -> Happened:
        day = local_date(event.at, self._workspace.business.time_zone)
        customer = event.record if rule.is_of_customers else DESK.path
        item = "" if rule.base is CUSTOMER else event.id
        what = event.field or event.event
        occasion = f"{what}@{day.isoformat()}/{item}".rstrip("/")
        return Happened(customer, item, occasion, day)

    def _first(self, rule: Rule) -> date:
        """The first day that a rule looks back to."""
        looked = rule.within.before(self._workspace.clock.today)
        return max(looked, rule.since or FIRST_DAY)


def _asked(rule: Rule) -> str:
    """What a rule acts on, in a line: rules that act on the same share it."""
    assert rule.event is not None
    return "\t".join((rule.base.name, *rule.event))


def _means(rule: Rule, event: Event) -> bool:
    """Whether an event is of the kind that a rule looks at, and what it acts on."""
    assert rule.event is not None
    if event.kind != rule.base.name:
        return rule.event.word == "changed" and (_listed(rule, event) or _lifted(rule, event))
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


def _lifted(rule: Rule, event: Event) -> bool:
    """Whether what a record shows of a list's items changed: `city`, of an address."""
    assert rule.event is not None
    for field, kind in rule.base.lists:
        key = field.lifts.get(normal(rule.event.field))
        if key is None or event.kind != kind.name or event.field not in ("", key):
            continue
        sides = (event.before, event.after)
        before, after = sides if event.field else (_own(value, key) for value in sides)
        return before != after and _from_to(rule.event, before, after)
    return False


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
