"""What rules with `on` act on: the events of the days that they look back, read once from history.

Edits by hand, imports and merges are told there as well as our own commands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from crm_cli.features.rules import Rule
from crm_cli.features.rules.memory import Happened, Memory
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import FIRST_DAY, local_date
from crm_cli.model.errors import NotFound
from crm_cli.model.kind import ListOf, normal
from crm_cli.model.kinds import BY_NAME
from crm_cli.model.payment import PAYMENT
from crm_cli.model.places import DESK
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.rule_when import Event as When
from crm_cli.query.lookups import former_ids
from crm_cli.workspace import Workspace

if TYPE_CHECKING:
    from crm_cli.features.events.event import Event


class Happenings:
    """The events since the first day that any of some rules looks back to."""

    def __init__(self, workspace: Workspace, rules: Iterable[Rule]) -> None:
        self._workspace = workspace
        self._rules = [rule for rule in rules if rule.event is not None]
        self._known: dict[str, list[Happened]] | None = None
        self._renamed: dict[str, str] = {}
        self._merged: dict[str, str] = {}

    def of(self, rule: Rule, found: Collection[tuple[str, str]]) -> list[Happened]:
        """What happened that a rule acts on to those that its query found, (customer, item), as
        they are called now; the oldest first, each occasion once.

        Raises Refused where there is no history to read.
        """
        if self._known is None:
            self._known = self._read()
        first, today = self._first(rule), self._workspace.clock.today
        owners = {item: customer for customer, item in found if item}
        happened: dict[tuple[str, str, str], Happened] = {}
        for one in self._known[_asked(rule)]:
            if first <= one.day <= today:
                # An item is known by its id, whoever has it now.
                customer = owners.get(one.item, "") if one.item else self._now(one.customer, found)
                if (customer, one.item) in found:
                    happened[customer, one.item, one.occasion] = one._replace(customer=customer)
        return list(happened.values())

    def _now(self, customer: str, found: Collection[tuple[str, str]]) -> str:
        """The id of a customer who was renamed or merged into another one since."""
        seen = {customer}
        while (customer, "") not in found:
            following = self._renamed.get(customer) or self._merged.get(customer, "")
            if not following or following in seen:
                break
            customer = following
            seen.add(customer)
        return customer

    def _read(self) -> dict[str, list[Happened]]:
        """What happened, by what rules ask for: what was read before, and what came since."""
        wanted = {_asked(rule): rule for rule in self._rules}
        first = min(map(self._first, self._rules))
        today = self._workspace.clock.today
        memory = Memory(self._workspace)
        known = memory.recall(wanted, first, today)
        self._renamed = memory.renamed
        self._merged = former_ids(self._workspace.database)
        try:
            cursor = self._add(wanted, known, memory.cursor)
        except NotFound:  # history was rewritten
            known = {asked: [] for asked in wanted}
            cursor = self._add(wanted, known, (first - timedelta(days=1)).isoformat())
        memory.keep(known, first, cursor, today, self._ahead())
        return known

    def _ahead(self) -> date | None:
        """The next day on which something counts that is dated ahead: a payment of tomorrow pays
        an invoice tomorrow, and is an event of the commit that it came with, then."""
        days = [
            day
            for kind in (PAYMENT, PURCHASE)
            for (day,) in self._workspace.select(
                kind, ["date.after:today"], cols=("date",), ordered=False
            ).rows
            if day is not None
        ]
        return min(days, default=None)

    def _add(
        self, wanted: Mapping[str, Rule], known: dict[str, list[Happened]], since: str
    ) -> str:
        """Add what happened since a date or a cursor; where to go on."""
        from crm_cli.features.events import events

        told = events(self._workspace, since=since)
        try:
            for event in _unmoved(told):
                if event.event == "renamed" and event.kind == CUSTOMER.name:
                    self._rename(known, str(event.before), str(event.after))
                for asked, rule in wanted.items():
                    if _means(rule, event):
                        known[asked].append(self._happened(rule, event))
            return told.cursor
        finally:
            told.close()

    def _rename(self, known: dict[str, list[Happened]], old: str, new: str) -> None:
        """Call a customer by their new id in what happened before; it may be another one's by
        now. What another clone did meanwhile comes later, and is found by the old one."""
        self._renamed[old] = new
        for happened in known.values():
            happened[:] = [
                one._replace(customer=new) if one.customer == old else one for one in happened
            ]

    def _happened(self, rule: Rule, event: Event) -> Happened:
        day = local_date(event.at, self._workspace.business.time_zone)
        customer = event.record if rule.is_of_customers else DESK.path
        item = "" if rule.base is CUSTOMER else event.id
        what = event.field or event.event
        # What is new is so once, whatever files it has been in.
        when = what if what == "added" else f"{what}@{day.isoformat()}"
        occasion = f"{when}/{item}".rstrip("/")
        return Happened(customer, item, occasion, day)

    def _first(self, rule: Rule) -> date:
        """The first day that a rule looks back to."""
        looked = rule.within.before(self._workspace.clock.today)
        return max(looked, rule.since or FIRST_DAY)


def _unmoved(told: Iterable[Event]) -> Iterator[Event]:
    """Events without those of items that a commit took from one file into another, as merging
    customers does: nothing became of them."""
    for _, some in groupby(told, lambda event: event.commit):
        events = list(some)
        moved = _items(events, "removed") & _items(events, "added")
        yield from (event for event in events if (event.kind, event.id) not in moved)


def _items(events: Iterable[Event], word: str) -> set[tuple[str, str]]:
    """The items with ids of their own that events of a word are about."""
    return {
        (event.kind, event.id)
        for event in events
        if event.event == word and not event.field and event.id
        and event.kind in BY_NAME and BY_NAME[event.kind].letter
    }


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
    return all(not text or normal(text) == normal(_text(value)) for text, value in sides)


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
