"""The rules of `rules.yaml`, read: what each looks at, when it acts, and what it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.duration import Interval, read_interval
from crm_cli.model.errors import Problem, Unreadable
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind, normal
from crm_cli.model.kinds import BY_NAME, HOLDERS, HOMES
from crm_cli.model.node import Node
from crm_cli.model.places import RULES
from crm_cli.model.rule import DEEDS
from crm_cli.model.rule_when import Event, Once, Until, read_event, read_once, read_until
from crm_cli.model.text import did_you_mean
from crm_cli.workspace import Workspace

FILE = RULES.path
_WITHIN = "30 days"


class Deed(NamedTuple):
    """One thing that a rule does: a word of DEEDS, its entry, and its place, from 0."""

    word: str
    item: Item
    place: int


class Rule(NamedTuple):
    """A rule, or a step of one that has steps: `onboarding/2`, whose `rule` is `onboarding`.

    It looks at records or items of `base` that meet `terms` and `where`. `wait` is how long after
    the step before a step comes; `steps` how many there are, 0 of a rule without.
    """

    name: str
    item: Item
    base: Kind
    terms: tuple[str, ...]
    where: str | None
    once: Once
    event: Event | None
    within: Interval
    since: date | None
    deeds: tuple[Deed, ...]
    most: int | None
    step: int = 0
    steps: int = 0
    wait: Interval = Interval()
    until: tuple[Until, ...] = ()

    @property
    def rule(self) -> str:
        """The rule's own name."""
        return self.item.id

    @property
    def by(self) -> str:
        """What stands at the items that it makes."""
        return f"rule/{self.name}"

    @property
    def is_of_customers(self) -> bool:
        """Whether it looks at customers, or at items of theirs."""
        return self.base is CUSTOMER or CUSTOMER in HOLDERS[self.base]

    def named(self, step: int) -> str:
        """The name of another of its steps."""
        return f"{self.rule}/{step}"


class Faulty(NamedTuple):
    """A rule that cannot be carried out, and why not."""

    name: str
    problem: Problem


class Rules(NamedTuple):
    """The rules that can be carried out, in their order, and those that cannot."""

    sound: tuple[Rule, ...]
    faulty: tuple[Faulty, ...]
    names: tuple[str, ...]
    """The names of all, in the order of the file."""
    off: tuple[str, ...] = ()
    """Those that are disabled, where they were not asked for."""


def read_rules(workspace: Workspace, *, disabled: bool = False) -> Rules:
    """The rules, without those that are `disabled` unless they are asked for.

    Raises DataError where `rules.yaml` cannot be read at all.
    """
    document = workspace.file(FILE)
    found = document.problems
    problems = _by_rule(document.records, found)
    sound: list[Rule] = []
    faulty: list[Faulty] = []
    off = () if disabled else tuple(
        name for name, item in document.records.items() if item.get("disabled")
    )  # fmt: skip
    for name, item in document.records.items():
        if name in off:
            continue
        if name in problems:
            faulty.append(Faulty(name, problems[name]))
            continue
        try:
            sound += _rule(item)
        except Unreadable as error:
            place = item.node
            line, column = (place.line, place.column) if place is not None else (0, 0)
            problem = Problem(FILE, line, column, "rule-deed", error.message, error.hint)
            faulty.append(Faulty(name, problem))
    names = tuple(name for name in document.records if name not in off)
    return Rules(tuple(sound), tuple(faulty), names, off)


def _by_rule(records: Mapping[str, Item], problems: tuple[Problem, ...]) -> dict[str, Problem]:
    """The first problem of each rule: the one in whose lines it stands."""
    starts = sorted(
        (_begins(item.node), name) for name, item in records.items() if item.node is not None
    )
    found: dict[str, Problem] = {}
    for problem in problems:
        above = [name for line, name in starts if line <= problem.line]
        if above:
            found.setdefault(above[-1], problem)
    return found


def _begins(node: Node) -> int:
    """The line of a rule's name: that before its first field, or in flow style the same."""
    return node.line if getattr(node, "flow", True) else node.line - 1


def _rule(item: Item) -> Iterator[Rule]:
    """A rule, or its steps. Raises Unreadable."""
    base = kind_over(str(item.get("over")))
    event = read_event(item.values["on"]) if "on" in item.values else None
    once = read_once(item.values.get("once") or _usual(event, base))
    if base is CUSTOMER and once.word == "item":
        once = Once("ever")  # they are the item: it stays once when they get another id
    steps = item.items("steps")
    rule = Rule(
        name=item.id,
        item=item,
        base=base,
        terms=tuple(item.values.get("for") or ()),
        where=item.values.get("where"),
        once=once,
        event=event,
        within=read_interval(item.values.get("within") or _WITHIN),
        since=item.values.get("since"),
        deeds=_deeds(item),
        most=item.values.get("max"),
    )
    if not steps:
        yield rule
        return
    until = read_until(item.values["until"]) if item.values.get("until") else ()
    for place, step in enumerate(steps, 1):
        wait = step.values.get("wait")
        yield rule._replace(
            name=rule.named(place),
            once=Once("ever" if base is CUSTOMER else "item"),
            deeds=_deeds(step),
            step=place,
            steps=len(steps),
            wait=read_interval(wait) if wait else Interval(),
            until=until,
        )


def _usual(event: Event | None, base: Kind) -> str:
    return "change" if event is not None else "ever" if base is CUSTOMER else "item"


def _deeds(item: Item) -> tuple[Deed, ...]:
    return tuple(
        Deed(next(word for word in DEEDS if word in one.values), one, place)
        for place, one in enumerate(item.items("do"))
    )


def kind_over(name: str) -> Kind:
    """The kind of records or items that a rule looks at. Raises Unreadable for one that has no
    ids: what was done with one could not be found again."""
    kind = BY_NAME.get(normal(name))
    listed = [one for one in dict.fromkeys(BY_NAME.values()) if one.columns and _has_ids(one)]
    if kind is None or kind not in listed:
        names = [one.name for one in listed]
        near = did_you_mean(normal(name), names)
        raise Unreadable(f"rules cannot look at {name}", near or f"there are {', '.join(names)}")
    return kind


def _has_ids(kind: Kind) -> bool:
    return bool(kind.letter) or kind in HOMES
