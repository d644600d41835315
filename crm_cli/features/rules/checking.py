"""What is wrong with rules: queries that cannot be asked or can never match, what a deed names and
there is not, rules that set each other off without end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from crm_cli.features.rules import Rule, read_rules
from crm_cli.features.rules.cycles import cycles
from crm_cli.features.rules.deeds import doer
from crm_cli.features.rules.never import never
from crm_cli.features.rules.planning import chosen
from crm_cli.features.rules.subjects import form_of, texts_of
from crm_cli.features.values import typed
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.deal import DEAL
from crm_cli.model.errors import CrmError, Unreadable
from crm_cli.model.kind import normal
from crm_cli.model.rule_when import Event
from crm_cli.model.text import did_you_mean
from crm_cli.store.repository import find_repository
from crm_cli.workspace import Workspace

ERROR, WARNING = "error", "warning"


class Fault(NamedTuple):
    """Something that is wrong with a rule: an error keeps it from acting."""

    rule: str
    severity: str
    message: str
    hint: str = ""


def check(workspace: Workspace, names: Sequence[str] = ()) -> list[Fault]:
    """What is wrong with rules, all or those that are named, in their order.

    Raises UsageError for one that is not there, DataError where rules.yaml cannot be read.
    """
    rules = chosen(read_rules(workspace, disabled=True), names)
    found = [
        Fault(one.name, ERROR, one.problem.message, one.problem.hint) for one in rules.faulty
    ]
    for rule in rules.sound:
        found += _of(workspace, rule)
    every = read_rules(workspace, disabled=True).sound
    for ring in cycles(workspace, every):
        if not names or any(name.partition("/")[0] in ring for name in names):
            found.append(_ring(ring))
    order = {name: place for place, name in enumerate(rules.names)}
    return sorted(found, key=lambda one: order.get(one.rule.partition("/")[0], 0))


def _ring(ring: Sequence[str]) -> Fault:
    said = " → ".join([*ring, ring[0]])
    return Fault(ring[0], WARNING, f"rules set each other off: {said}",
                 "once: ever, or item, ends it; or make a query narrower")  # fmt: skip


def _of(workspace: Workspace, rule: Rule) -> Iterator[Fault]:
    sound = True
    for error in _asking(workspace, rule):
        sound = False
        yield error
    if sound and rule.step <= 1:
        for said in never(workspace, rule):
            yield Fault(rule.name, WARNING, said, "correct for or where")
    if rule.event is not None and find_repository(workspace.root) is None:
        yield Fault(rule.name, ERROR, "on reads history, and there is none", "crm git setup")
    for deed in rule.deeds:
        for message in doer(deed.word).check(workspace, rule, deed):
            yield Fault(rule.name, ERROR, f"{deed.word}: {message}")


def _error(rule: Rule, error: CrmError | Unreadable, where: str = "") -> Fault:
    """An error as a fault; of a faulty term its first line says what is wrong."""
    return Fault(rule.name, ERROR, where + error.message.partition("\n")[0], error.hint)


def _asking(workspace: Workspace, rule: Rule) -> Iterator[Fault]:
    """What is wrong with what a rule asks: its query, its texts, what ends it."""
    try:
        workspace.select(rule.base, rule.terms, where=rule.where, cols=("id",), limit=1)
    except CrmError as error:
        yield _error(rule, error)
    for condition in rule.until if rule.step <= 1 else ():
        if condition.terms:
            try:
                workspace.select(CUSTOMER, condition.terms, cols=("id",), limit=1)
            except CrmError as error:
                yield _error(rule, error, "until: ")
    for text in texts_of(rule):
        try:
            fields = [one.name for one in form_of(text).references]
            if fields:
                workspace.select(rule.base, cols=fields, limit=1)
        except (CrmError, Unreadable) as error:
            yield _error(rule, error, f"'{text}': ")
    if rule.event is not None and rule.step <= 1:
        yield from _happening(workspace, rule, rule.event)


def _happening(workspace: Workspace, rule: Rule, event: Event) -> Iterator[Fault]:
    """What is wrong with what has to happen: nothing that a rule looks at ever has it."""
    base = rule.base
    if event.word in ("paid", "lost"):
        if not any(state.event and state.name == event.word for state in base.states):
            yield Fault(rule.name, ERROR, f"on: {base.key} are never {event.word}", "change over")
    elif event.word == "stage":
        yield from _reached(workspace, rule, event.to)
    elif event.word == "changed":
        head = normal(event.field.partition(".")[0])
        lifted = {name for field, _ in base.lists for name in field.lifts}
        field = base.by_name.get(head)
        if field is None and head != "custom" and head not in lifted:
            yield Fault(rule.name, ERROR, f"on: {base.key} have no field {head}",
                        f"crm query fields {base.name}")  # fmt: skip
        elif field is not None and event.to and "." not in event.field:
            try:
                typed(workspace, base, field.key, event.to)
            except CrmError as error:
                yield _error(rule, error, "on: ")


def _reached(workspace: Workspace, rule: Rule, stage: str) -> Iterator[Fault]:
    """Whether a stage is one that can be reached."""
    if rule.base is CUSTOMER:
        try:
            typed(workspace, CUSTOMER, "lifecycle_stage", stage)
        except CrmError as error:
            yield _error(rule, error, "on: ")
    elif rule.base is not DEAL:
        yield Fault(rule.name, ERROR, f"on: {rule.base.key} have no stage", "over: deal")
    else:
        known = workspace.business.pipelines.stages
        if normal(stage) not in map(normal, known):
            cure = did_you_mean(stage, known) or f"there are {', '.join(known)}"
            yield Fault(rule.name, ERROR, f"on: there is no stage {stage}", cure)
