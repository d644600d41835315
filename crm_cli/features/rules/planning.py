"""One plan of what all rules do today: an edit for each record, messages for the outbox.

All rules look at the records as they were before, so that none sees what another one of the run
did. What cannot be done for a subject leaves out that rule for it, whole, and is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from crm_cli.features.mailing.drafting import path_of
from crm_cli.features.plan import Plan, counted
from crm_cli.features.purchases.recurring import recur
from crm_cli.features.rules import FILE, Faulty, Rules, read_rules
from crm_cli.features.rules.carrying import Deeds, Undone, Waiting, failing, together, updates
from crm_cli.features.rules.deeds import Update
from crm_cli.features.rules.happenings import Happenings
from crm_cli.features.rules.subjects import subjects
from crm_cli.features.rules.traces import Traces
from crm_cli.features.segments import change_members
from crm_cli.formats.mail.drafts import draft_of
from crm_cli.model.errors import CrmError, Unreadable, UsageError
from crm_cli.model.places import SETTINGS
from crm_cli.model.text import did_you_mean
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Create, Edit, Step, Workspace


class Run(NamedTuple):
    """What a run does: the plan, each deed, what is left out, and for how many subjects more
    something is to be done than `max` allows, by the names of the rules. `recurred` says what was
    made for subscriptions, a line each."""

    plan: Plan
    done: tuple[Deeds, ...]
    undone: tuple[Undone, ...]
    left: dict[str, int]
    recurred: tuple[str, ...] = ()


def planned(
    workspace: Workspace, names: Sequence[str] = (), *, most: int | None = None
) -> Run:
    """Plan what rules do, all of them or those that are named; at most for so many subjects.

    Raises NotFound for a rule that is not there, DataError where rules.yaml cannot be read.
    """
    rules = chosen(read_rules(workspace), names)
    traces = Traces(workspace)
    happenings = Happenings(workspace, read_rules(workspace, disabled=True).sound)
    undone = [Undone(one.name, "", _fault(one)) for one in rules.faulty]
    most = _most(workspace) if most is None else most
    queues = []
    for rule in rules.sound:
        try:
            queues.append(Waiting(workspace, rule, subjects(workspace, rule, traces, happenings)))
        except (CrmError, Unreadable) as error:
            undone.append(Undone(rule.name, "", failing(error)))
    # Each rule gets its part first, so that a long one keeps no other from its turn.
    room = most
    for part in (max(most // max(len(queues), 1), 1), most):
        for queue in queues:
            room -= queue.take(min(part, room))
    undone += [one for queue in queues for one in queue.undone]
    found, excluded = together(workspace, [deeds for queue in queues for deeds in queue.done])
    undone += excluded
    left = {queue.rule.name: len(queue) for queue in queues if len(queue)}
    recurred = Plan(Change("", ()), "") if names else recur(workspace)
    return Run(
        _plan(workspace, found, recurred), tuple(found), tuple(undone), left, tuple(recurred.notes)
    )


def chosen(rules: Rules, names: Sequence[str]) -> Rules:
    """The rules of these names; all without any. Raises UsageError for one that is not there."""
    known = {*rules.names, *(one.name for one in rules.sound)}
    for name in names:
        if name in rules.off:
            raise UsageError(f"{name} is disabled", f"take disabled from it in {FILE}")
        if name not in known:
            near = did_you_mean(name, known)
            raise UsageError(f"there is no rule {name}", near or "crm rules list shows them")
    if not names:
        return rules
    return Rules(
        tuple(one for one in rules.sound if one.rule in names or one.name in names),
        tuple(one for one in rules.faulty if one.name in names),
        rules.names,
        rules.off,
    )


def _most(workspace: Workspace) -> int:
    return int(workspace.file(SETTINGS.path).record.get("max"))


def _fault(one: Faulty) -> str:
    return f"{one.problem.message}, line {one.problem.line} of {one.problem.path}"


def _plan(workspace: Workspace, found: Sequence[Deeds], recurred: Plan) -> Plan:
    """All of it as one change, with what subscriptions have due."""
    edits: dict[str, list[Update]] = {}
    steps: list[Step] = []
    joining: dict[str, list[str]] = {}
    drafts: dict[str, Create] = {}
    for deeds in found:
        path = workspace.path_of(deeds.subject.customer)
        if own := updates(workspace, deeds):
            edits.setdefault(path, []).extend(own)
        for work in deeds.works:
            if work.segment:
                joining.setdefault(work.segment, []).append(deeds.subject.customer)
            if work.letter is not None:
                made = Create(path_of(work.letter), draft_of(work.letter))
                drafts.setdefault(made.path, made)
    for step in recurred.change.steps:
        assert isinstance(step, Edit)
        edits.setdefault(step.path, []).append(step.update)
    steps += [Edit(path, partial(_each, some)) for path, some in edits.items()]
    for name, ids in joining.items():
        steps += change_members(workspace, name, ids, add=True).change.steps
    steps += drafts.values()
    said = _subject(found)
    if recurred.made:
        many = f"make {counted(len(recurred.made), 'purchase')} for subscriptions"
        said = f"{said}, {many}" if found else many
    return Plan(
        Change(said, tuple(steps)),
        said.replace("run ", "ran ", 1).replace("make ", "made ", 1),
        made=(*drafts, *recurred.made),
        problems=recurred.problems,
    )


def _subject(found: Sequence[Deeds]) -> str:
    """`run welcome for ana-novak`, `run welcome, silent for 7 records`."""
    if not found:
        return "run no rules"
    names = list(dict.fromkeys(deeds.rule.name for deeds in found))
    whose = {deeds.subject.id for deeds in found}
    of = found[0].subject.said if len(whose) == 1 else counted(len(whose), "record")
    return f"run {', '.join(names[:3])}{' …' if names[3:] else ''} for {of}"


def _each(updates: Sequence[Update], document: Document) -> None:
    for update in updates:
        update(document)

