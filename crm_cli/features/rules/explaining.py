"""Why a rule does or does not act for somebody: which term fails, with its value; when it did
something last, and when it could again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from crm_cli.features.rules import Rule, read_rules
from crm_cli.features.rules.deeds import doer, refused
from crm_cli.features.rules.ending import ended_by
from crm_cli.features.rules.happenings import Happenings
from crm_cli.features.rules.planning import chosen
from crm_cli.features.rules.subject import Subject
from crm_cli.features.rules.subjects import subjects
from crm_cli.features.rules.traces import Traces
from crm_cli.model.cells import cell_text
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import local_date
from crm_cli.model.errors import CrmError, Unreadable
from crm_cli.model.kinds import HOMES
from crm_cli.model.places import DESK
from crm_cli.query.ast import And, Compare, Node
from crm_cli.query.explain import expression
from crm_cli.query.ref import Ref
from crm_cli.workspace import Workspace

APPLIES, NO, DONE, WAITS, FAULTY, DISABLED = (
    "yes", "no", "done", "waits", "faulty", "disabled"
)  # fmt: skip


class Explained(NamedTuple):
    """What a rule would do for a subject: whether it applies now, why (not), when it did something
    last, the items that it made, and from when on it could again (None: never, or it is not known).
    """

    rule: str
    id: str
    applies: str
    why: str
    last: date | None
    made: tuple[str, ...]
    next: date | None


def explain(
    workspace: Workspace, customer: str, item: str = "", names: Sequence[str] = ()
) -> list[Explained]:
    """What each rule would do for a customer, or for one item of theirs; of rules over items a row
    for each that they could be about.

    Raises UsageError for a rule that is not there, DataError where rules.yaml cannot be read.
    """
    every = read_rules(workspace, disabled=True)
    rules = chosen(every, names)
    traces = Traces(workspace)
    happenings = Happenings(workspace, every.sound)
    found = [
        Explained(one.name, "", FAULTY, one.problem.message, None, (), None)
        for one in rules.faulty
    ]
    for rule in rules.sound:
        ids = _about(workspace, rule, customer, item)
        found += [_explained(workspace, rule, customer, id, traces, happenings) for id in ids]
    order = {name: place for place, name in enumerate(rules.names)}
    return sorted(found, key=lambda one: order.get(one.rule.partition("/")[0], 0))


def is_record(workspace: Workspace, id: str) -> bool:
    """Whether an id is that of a record or an entry that is no customer: a product, a campaign."""
    return any(
        kind is not CUSTOMER and kind.table and workspace.has(id, kind) for kind in HOMES
    )


def _about(workspace: Workspace, rule: Rule, customer: str, item: str) -> list[str]:
    """The ids that a rule could be about of a customer: theirs, or of their items."""
    if rule.base is CUSTOMER:
        return [] if item or customer == DESK.path else [customer]
    if not rule.is_of_customers:
        return [item] if item and workspace.has(item, rule.base) else []
    ids = [
        one.id
        for one in workspace.record(customer).walk()
        if one.kind is rule.base and one.id and (not item or one.id == item)
    ]
    return ids or ([] if item else [""])


def _explained(
    workspace: Workspace,
    rule: Rule,
    customer: str,
    id: str,
    traces: Traces,
    happenings: Happenings,
) -> Explained:
    subject = Subject(customer, "" if rule.base is CUSTOMER else id, "", {})
    last = traces.last(rule.name, customer)
    day = None if last is None else local_date(last, workspace.business.time_zone)
    made = tuple(traces.made(rule.name, customer))
    base = Explained(rule.name, id or customer, NO, "", day, made, None)
    if rule.item.get("disabled"):
        return base._replace(applies=DISABLED, why="disabled: true")
    if not id:
        return base._replace(why=f"has no {rule.base.key}")
    try:
        waiting = subjects(workspace, rule, traces, happenings, only=id)
        if waiting:
            return _able(workspace, rule, waiting[0], base)
        every = subjects(workspace, rule, traces, happenings, only=id, again=True)
        if every:
            return base._replace(applies=DONE, why=_done(rule), next=_again(rule, day))
        return base._replace(**_not(workspace, rule, subject, id, traces))
    except (CrmError, Unreadable) as error:
        why = str(getattr(error, "message", error)).partition("\n")[0]
        return base._replace(applies=FAULTY, why=why)


def _able(workspace: Workspace, rule: Rule, subject: Subject, base: Explained) -> Explained:
    """A rule that applies: what it does, or why that cannot be done."""
    said: list[str] = []
    left: list[str] = []
    for deed in rule.deeds:
        work = doer(deed.word).prepare(workspace, rule, deed, [subject])[0]
        if isinstance(work, Exception):
            return base._replace(applies=NO, why=refused(deed, work))
        if work.left:
            left.append(f"not {work.said}: {work.left}")
        else:
            said.append(work.said)
    if not said:
        return base._replace(applies=NO, why="; ".join(left))
    return base._replace(
        applies=APPLIES, why="; ".join([*said, *left]), next=workspace.clock.today
    )


def _done(rule: Rule) -> str:
    if rule.once.interval is not None:
        return f"it was done, and is not done again within {rule.item.values.get('once')}"
    words = {"ever": "it was done, once for ever", "item": "it was done for this one",
             "change": "it was done for each change"}  # fmt: skip
    return words.get(rule.once.word, f"it was done this {rule.once.word}")


def _again(rule: Rule, last: date | None) -> date | None:
    return None if last is None else rule.once.next(last)


def _not(
    workspace: Workspace, rule: Rule, subject: Subject, id: str, traces: Traces
) -> dict[str, Any]:
    """Why a rule does not apply."""
    ended = ended_by(workspace, rule, traces, only=subject.customer)
    if subject.customer in ended:
        return {"why": f"the sequence has ended: {ended[subject.customer]}"}
    if rule.step > 1:
        return _before(workspace, rule, subject, traces)
    failing = list(_failing(workspace, rule, id))
    if failing:
        return {"why": "; ".join(failing)}
    if rule.event is not None:
        said = rule.item.values.get("on")
        since = rule.within.before(workspace.clock.today)
        first = max(since, rule.since) if rule.since else since
        return {"why": f"nothing happened since {first}: {said}"}
    return {"why": "another one of the same customer was chosen"}


def _before(
    workspace: Workspace, rule: Rule, subject: Subject, traces: Traces
) -> dict[str, Any]:
    """What a step waits for."""
    name = rule.named(rule.step - 1)
    mine = [
        mark
        for customer, mark in traces.marks(name)
        if customer == subject.customer and mark.occasion in (subject.item, "")
    ]
    if not mine:
        return {"why": f"{name} has not been done"}
    begun = local_date(mine[-1].at, workspace.business.time_zone)
    when = rule.wait.after(begun)
    return {"applies": WAITS, "why": f"{name} was done on {begun}", "next": when}


def _failing(workspace: Workspace, rule: Rule, id: str) -> Iterator[str]:
    """Each condition of a rule's query that does not hold, with what the record has there."""
    from crm_cli.query.terms import parse_terms

    scope = workspace.scope(rule.base)
    mine = parse_terms([f"id.is:{id}"], scope)
    for part in _parts(workspace.node(scope, rule.terms, rule.where)):
        if not workspace.rows(rule.base, And((mine, part)), ["id"]):
            yield f"not {expression(part)}{_value(workspace, rule, mine, part)}"


def _parts(node: Node) -> Sequence[Node]:
    """The conditions that all have to hold."""
    if isinstance(node, And):
        return [inner for part in node.parts for inner in _parts(part)]
    return [node]


def _value(workspace: Workspace, rule: Rule, mine: Node, part: Node) -> str:
    """What the record has of the field that a condition compares: ` (it is Koper)`."""
    if not isinstance(part, Compare) or not isinstance(part.operand, Ref):
        return ""
    try:
        rows = workspace.rows(rule.base, mine, [part.operand.name])
    except CrmError:
        return ""
    value = rows[0][0] if rows else None
    return f" (it is {cell_text(value)})" if value not in (None, []) else " (it has none)"
