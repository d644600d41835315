"""The rules in a list, and who stands where in a sequence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from crm_cli.features.rules import Rule, read_rules
from crm_cli.features.rules.ending import ended_by
from crm_cli.features.rules.traces import Mark, Traces
from crm_cli.model.dates import local_date
from crm_cli.model.errors import NotFound
from crm_cli.model.text import did_you_mean
from crm_cli.workspace import Workspace

WAITING, DUE, ENDED, OVER = "waits", "due", "ended", "done"


class Listed(NamedTuple):
    """A rule: what it looks at, what it does, for how many customers it has done something, and
    when last, as far as marks say; `state` is on, disabled or faulty."""

    rule: str
    over: str
    query: str
    on: str
    once: str
    do: tuple[str, ...]
    customers: int
    last: date | None
    state: str
    description: str


def listed(workspace: Workspace) -> list[Listed]:
    """All rules, in the order of rules.yaml. Raises DataError where it cannot be read."""
    rules = read_rules(workspace, disabled=True)
    traces = Traces(workspace)
    found = [_row(workspace, one, traces) for one in rules.sound]
    for faulty in rules.faulty:
        state = f"faulty: {faulty.problem.message}"
        found.append(Listed(faulty.name, "", "", "", "", (), 0, None, state, ""))
    order = {name: place for place, name in enumerate(rules.names)}
    return sorted(found, key=lambda one: order[one.rule.partition("/")[0]])


def _row(workspace: Workspace, rule: Rule, traces: Traces) -> Listed:
    last = traces.last(rule.name)
    item = rule.item
    first = rule.step <= 1
    query = " ".join(rule.terms) + (f" --where '{rule.where}'" if rule.where else "")
    waits = f"{item.items('steps')[rule.step - 1].values.get('wait', '')}" if rule.step else ""
    return Listed(
        rule.name,
        rule.base.name,
        query.strip() if first else f"{waits} after {rule.rule}/{rule.step - 1}".strip(),
        str(item.values.get("on") or "") if first else "",
        str(item.values.get("once") or rule.once.word),
        tuple(deed.word for deed in rule.deeds),
        traces.count(rule.name),
        None if last is None else local_date(last, workspace.business.time_zone),
        "disabled" if item.get("disabled") else "on",
        str(item.values.get("description") or "") if first else "",
    )


class Stand(NamedTuple):
    """Where a customer stands in a sequence: the step that was done last, of how many and when,
    and the day of the next one; or why there is none."""

    customer: str
    item: str
    step: int
    steps: int
    since: date
    next: date | None
    state: str
    why: str


def standing(workspace: Workspace, name: str) -> list[Stand]:
    """Who stands where in a sequence, by customer. Raises NotFound for one that is not there."""
    rules = read_rules(workspace, disabled=True)
    steps = [one for one in rules.sound if one.rule == name and one.step]
    if not steps:
        known = list(dict.fromkeys(one.rule for one in rules.sound if one.step))
        near = did_you_mean(name, known)
        cure = near or (f"there are {', '.join(known)}" if known else "a rule with steps is one")
        raise NotFound(f"there is no sequence {name}", cure)
    traces = Traces(workspace)
    ended = ended_by(workspace, steps[0], traces)
    reached: dict[tuple[str, str], tuple[Rule, Mark]] = {}
    for rule in steps:
        for customer, mark in traces.marks(rule.name):
            reached[customer, mark.occasion] = rule, mark
    return [
        _stand(workspace, steps, customer, rule, mark, ended.get(customer, ""))
        for (customer, _), (rule, mark) in sorted(reached.items(), key=lambda one: one[0])
    ]


def _stand(
    workspace: Workspace, steps: list[Rule], customer: str, rule: Rule, mark: Mark, ended: str
) -> Stand:
    since = local_date(mark.at, workspace.business.time_zone)
    following: Iterator[Rule] = (one for one in steps if one.step == rule.step + 1)
    after = next(following, None)
    when = None if after is None else after.wait.after(since)
    state, why = OVER, ""
    if when is not None and ended:
        state, why, when = ENDED, ended, None
    elif when is not None:
        state = DUE if when <= workspace.clock.today else WAITING
    return Stand(customer, mark.occasion, rule.step, len(steps), since, when, state, why)
