"""What rules have done, as the records say: marks, and items that carry a rule's name.

There is no other memory: what is deleted here was not done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from crm_cli.features.rules import Deed, Rule
from crm_cli.features.rules.subject import Subject
from crm_cli.model.dates import local_date
from crm_cli.model.ids import occasion_item_id
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.kind import Kind
from crm_cli.model.rule import PREFIX, RULE_MARK
from crm_cli.model.task import TASK
from crm_cli.workspace import Workspace

MADE: dict[str, Kind] = {"task": TASK, "log": INTERACTION}
"""The deeds that make items, with their kinds."""


class Mark(NamedTuple):
    """A mark of a rule in a record."""

    at: datetime
    occasion: str
    item: str


class Traces:
    """The marks of all rules, and the items that they made."""

    def __init__(self, workspace: Workspace) -> None:
        self._zone = workspace.business.time_zone
        self._today = workspace.clock.today
        self._marks: dict[str, dict[str, list[Mark]]] = {}
        self._made: dict[str, dict[str, list[str]]] = {}
        self._by_item: dict[tuple[str, str], list[Mark]] = {}
        self._ids: set[str] = set()
        self._read(workspace)

    def _read(self, workspace: Workspace) -> None:
        cols = ("customer", "rule", "at", "occasion", "item")
        for row in workspace.select(RULE_MARK, cols=cols, ordered=False).rows:
            customer, rule, at, occasion, item = row
            if at is None or rule is None:
                continue
            mark = Mark(_instant(at, self._zone), str(occasion or ""), str(item or ""))
            self._marks.setdefault(str(rule), {}).setdefault(str(customer), []).append(mark)
            about = mark.occasion.rpartition("/")[2]
            self._by_item.setdefault((str(rule), about), []).append(mark)
            if item:
                self._ids.add(str(item))
        for kind in MADE.values():
            made = workspace.select(kind, ["has:by"], cols=("customer", "id", "by"), ordered=False)
            for customer, id, by in made.rows:
                if str(by).startswith(PREFIX):
                    rule = str(by).removeprefix(PREFIX)
                    self._made.setdefault(rule, {}).setdefault(str(customer), []).append(str(id))
                    self._ids.add(str(id))

    def done(self, rule: Rule, subject: Subject) -> bool:
        """Whether a rule has done what it does for a subject, on its occasion."""
        marks = self._of(rule.name, subject)
        if rule.once.interval is not None:
            last = self.latest(rule, subject.customer, subject.item)
            following = None if last is None else rule.once.next(last)
            return following is not None and following > self._today
        if rule.once.word == "ever":
            marks = self._marks.get(rule.name, {}).get(subject.customer, ())
            return bool(marks) or bool(self._made.get(rule.name, {}).get(subject.customer))
        if any(one.occasion == subject.occasion and not one.item for one in marks):
            return True
        return any(id in self._ids for id in ids_of(rule, subject))

    def _of(self, name: str, subject: Subject) -> Sequence[Mark]:
        """The marks that may be a subject's: an item may have come from another customer."""
        if subject.item:
            return self._by_item.get((name, subject.item), ())
        return self._marks.get(name, {}).get(subject.customer, ())

    def latest(self, rule: Rule, customer: str, item: str) -> date | None:
        """The day on which a rule did something last for a customer, or for an item of theirs."""
        marks = self._of(rule.name, Subject(customer, item, "", {}))
        mine = [one.at for one in marks if one.occasion in (item, "") and not one.item]
        last = max(mine, default=None)
        return None if last is None else local_date(last, self._zone)

    def marks(self, name: str) -> Iterator[tuple[str, Mark]]:
        """(customer, mark) of a rule's marks, of several for one occasion the first."""
        for customer, marks in sorted(self._marks.get(name, {}).items()):
            first: dict[str, Mark] = {}
            for mark in sorted(marks):
                first.setdefault(mark.occasion, mark)
            yield from ((customer, mark) for mark in first.values())

    def last(self, name: str, customer: str | None = None) -> datetime | None:
        """When a rule did something last, for a customer or at all, as far as marks say."""
        held = self._marks.get(name, {})
        chosen = held.values() if customer is None else [held.get(customer, [])]
        return max((one.at for marks in chosen for one in marks), default=None)

    def made(self, name: str, customer: str) -> list[str]:
        """The ids of the items that a rule made for a customer."""
        return sorted(self._made.get(name, {}).get(customer, ()))

    def count(self, name: str) -> int:
        """For how many customers a rule has done something."""
        return len(self._marks.get(name, {}).keys() | self._made.get(name, {}).keys())


def _instant(at: object, zone: object) -> datetime:
    """A mark's moment; one that has a day only is its midnight."""
    if isinstance(at, datetime):
        return at
    return datetime.combine(at, datetime.min.time(), tzinfo=zone)  # type: ignore[arg-type]


def item_id(rule: Rule, subject: Subject, deed: Deed) -> str:
    """The id of the item that a deed makes: the same in every clone that does it."""
    whose = subject.customer if rule.once.word == "ever" else subject.id
    occasion = f"{subject.occasion}/{deed.place}"
    return occasion_item_id(MADE[deed.word].letter, rule.by, whose, occasion)


def ids_of(rule: Rule, subject: Subject) -> list[str]:
    """The ids of the items that a rule makes for a subject."""
    return [item_id(rule, subject, deed) for deed in rule.deeds if deed.word in MADE]


def mark_of(rule: Rule, subject: Subject) -> str:
    """The occasion that a mark says; where a rule goes by intervals that is the item."""
    return subject.item if rule.once.interval is not None else subject.occasion


def leaves_mark(rule: Rule) -> bool:
    """Whether what a rule did has to be marked: no item of it says for what occasion it was."""
    if rule.step or rule.once.word not in ("ever", "item"):
        return True
    return not any(deed.word in MADE for deed in rule.deeds)
