"""The tools that change records: log, task, plan, apply, undo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crm_cli.features.events.words import told
from crm_cli.mcp import bounds, families, schema
from crm_cli.mcp.answers import Answer, Page, of_the_line, part
from crm_cli.mcp.catalogue import Catalogue, Spec
from crm_cli.mcp.guarding import Filtering
from crm_cli.mcp.hiding import Hidden, counted, hidden, rows_of
from crm_cli.mcp.reading import PAGED
from crm_cli.mcp.tool import Bench, Made, Plan, Tool
from crm_cli.mcp.watching import (
    Expecting,
    Previewing,
    Seeing,
    State,
    States,
    changed,
    name_of,
    reversed_states,
)
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.differences import Difference
from crm_cli.model.errors import DataError, NotFound, UsageError
from crm_cli.model.ids import is_item_id
from crm_cli.model.item import Item
from crm_cli.model.kinds import BY_LETTER, BY_NAME, RECORDS
from crm_cli.model.leaving import Leaving
from crm_cli.model.outcome import Outcome
from crm_cli.model.task import TASK
from crm_cli.query.who import is_term
from crm_cli.workspace import Workspace

_PLANS = 50
"""So many plans are remembered; older ones are stale."""
_SAID = 20
"""Lines of what a command says beside its answer at most."""
_STALE = "the plan is stale: the records, or what follows from them, are not as they were"
_AGAIN = "make the plan again, look at it, and apply the new one"
_ADD = "task add"


def _log(bench: Bench, given: Mapping[str, Any], page: Page) -> Answer:
    """Log a contact."""
    options = {key: value for key, value in given.items() if key not in ("who", "text")}
    spec = bench.catalogue.specs["log"]
    who = _one(bench, given["who"])
    return _written(bench, spec.line([who], options, literal=[given["text"]]), page, 1)


def _task(bench: Bench, given: Mapping[str, Any], page: Page) -> Answer:
    """Add a task, or do something with tasks."""
    own = ("action", "who", "title", "tasks", "to")
    options = {key: value for key, value in given.items() if key not in own}
    spec = bench.catalogue.specs[f"task {given['action']}"]
    if spec.name == _ADD:
        if "who" not in given or "title" not in given:
            raise UsageError("add needs who and title", "who: ana-novak, title: Send the quote")
        who = _one(bench, given["who"])
        line, most = spec.line([who], options, literal=[given["title"]]), 1
    else:
        hint = "find with kind task lists their ids"
        if not given.get("tasks"):
            raise UsageError(f"{given['action']} needs tasks", hint)
        for word in given["tasks"]:
            if not is_item_id(word) or BY_LETTER.get(word[0]) is not TASK:
                raise UsageError(f"'{word}' is not the id of a task", hint)
        line = spec.line([*given["tasks"], *([given["to"]] if "to" in given else [])], options)
        most = len(given["tasks"])
    return _written(bench, line, page, most)


def _one(bench: Bench, who: str) -> str:
    """A text that names a customer; raises UsageError for a query term."""
    if is_term(who, bench.workspace.scope(CUSTOMER)):
        raise UsageError(
            f"'{who}' is a query term, and who is one customer",
            "find lists customers and their ids",
        )
    return who


def _plan(bench: Bench, given: Mapping[str, Any], page: Page) -> Answer:
    """Preview a command; the id stands for what it would do to the files as they are."""
    spec = bench.catalogue.specs[given["command"]]
    words, options = given.get("words", []), given.get("options", {})
    watch = Previewing()
    outcome = bench.run(spec.line(words, options, dry_run=True), watch)
    fields = hidden(bench.leaving, spec.name, words, options)
    found = counted(watch.states, changed(watch.states), fields)
    if not found:
        return Answer({"plan": None, "changes": 0}, [_said(outcome)], 0, 1)
    for path, state in found.items():
        bounds.check(path, _sides(bench, path, state))
    line = spec.line(words, options)
    id = name_of(line, found)
    bench.plans.pop(id, None)
    bench.plans[id] = Plan(tuple(line), found, fields)
    for old in list(bench.plans)[:-_PLANS]:
        del bench.plans[old]
    return part(_rows(bench, found, fields, outcome), page, {"plan": id, "files": len(found)})


def _apply(bench: Bench, given: Mapping[str, Any], page: Page) -> Answer:
    """Carry out a plan as it was shown, or refuse it."""
    plan = bench.plans.pop(given["plan"], None)
    if plan is None:
        raise NotFound("there is no such plan", "plan makes one; each can be applied once")
    watch = Expecting(plan.states, _STALE, _AGAIN)
    outcome = bench.run(plan.words, watch)
    return _done(bench, watch.states, outcome, page, plan.hidden)


def _undo(bench: Bench, given: Mapping[str, Any], page: Page) -> Answer:
    """Take back the latest change that this server made."""
    if not bench.made:
        raise NotFound(
            "this server has made no change that could be taken back",
            "changes of others are taken back by people: crm undo",
        )
    message = "the latest change to take back is not this server's; nothing was undone"
    states, fields = bench.made[-1]
    states = reversed_states(states)
    if changed(states):
        bench.run(["undo"], Expecting(states, message, "people can: crm undo --list"))
    del bench.made[-1]
    # What the line prints has values of all fields; the differences only those that may leave.
    return part(
        _rows(bench, states, fields, None), page, {"undone": True, "files": len(states)}
    )


def _written(bench: Bench, line: Sequence[str], page: Page, most: int) -> Answer:
    watch = Seeing(most)
    outcome = bench.run(line, watch)
    return _done(bench, watch.states, outcome, page, frozenset())


def _done(
    bench: Bench, states: States, outcome: Outcome, page: Page, fields: Hidden
) -> Answer:
    found = counted(states, changed(states), fields)
    if found:
        bench.made.append(Made(found, fields))
    rows = _rows(bench, found, fields, outcome)
    return part(rows, page, {"written": bool(found), "files": len(found)})


def _rows(
    bench: Bench, states: States, fields: Hidden, outcome: Outcome | None
) -> list[dict[str, Any]]:
    """What differs, as far as it may leave, and what the line said of it."""
    rows = [
        row for row in _differences(bench, changed(states))
        if (row["kind"], str(row.get("field", "")).partition(".")[0]) not in fields
    ]  # fmt: skip
    if fields:
        return [*rows, *rows_of(states, fields)]
    return [*rows, *([_said(outcome)] if outcome is not None else [])]


def _said(outcome: Outcome) -> dict[str, Any]:
    """What a line said, but for the files before and after, which `_differences` has."""
    lines = of_the_line(outcome.said)[:_SAID]
    if not outcome.answer.startswith("---"):
        lines = [*outcome.answer.splitlines(), *lines]
    return {"said": [line.removeprefix("crm: ") for line in lines if line.strip()]}


def _differences(bench: Bench, states: States) -> Iterator[dict[str, Any]]:
    """What differs in each file, field by field, as far as it may leave."""
    leaving = bench.leaving
    for path, state in states.items():
        sides = _sides(bench, path, state)
        for word, what in told(*sides):
            made = _values(leaving, sides[1], what) if word == "added" else {}
            yield {"path": path, "change": word, **_shown(leaving, what), **made}


def _sides(bench: Bench, path: str, state: State) -> bounds.Sides:
    """The records of a file before and after."""
    workspace = bench.workspace
    return _items(workspace, path, state.before), _items(workspace, path, state.after)


def _items(workspace: Workspace, path: str, data: bytes | None) -> Mapping[str, Item]:
    if data is None:
        return {}
    try:
        document = workspace.open(path, data)
    except DataError:
        return {}
    return document.records if document.mapped else {"": document.record}


def _values(leaving: Leaving, records: Mapping[str, Item], what: Difference) -> dict[str, Any]:
    """The values of what was added, as far as they may leave."""
    kind = BY_NAME.get(what.kind)
    if kind is None or what.field:
        return {}
    parts = (part for record in records.values() for part in record.walk())
    item = next((one for one in parts if one.kind is kind and one.id == what.item), None)
    answer = what.after if item is None else item.answer()
    if not isinstance(answer, Mapping):
        return {"values": answer} if leaving(kind, kind.title) else {}
    own = {field.key for field, part in kind.lists if part.letter}
    plain = {key: value for key, value in answer.items() if key not in own}
    return {"values": Filtering(leaving).record(kind, plain)}


def _shown(leaving: Leaving, what: Difference) -> dict[str, Any]:
    kind = BY_NAME.get(what.kind)
    row: dict[str, Any] = {"kind": what.kind}
    if kind is not None and (kind.letter or kind in RECORDS):
        row["id"] = what.item
    if not what.field:
        return row
    row["field"] = what.field
    if kind is None or not leaving(kind, what.field.partition(".")[0]):
        return {**row, "withheld": True}
    return {**row, "before": what.before, "after": what.after}


def _options(specs: Sequence[Spec]) -> dict[str, Any]:
    """The options of commands by name, with their schemas."""
    return {one.word: one.schema for spec in specs for one in spec.taken if one.option}


def writing_tools(catalogue: Catalogue) -> list[Tool]:
    """The tools that change something; their schemas follow from the commands' declarations."""
    return [*_direct_tools(catalogue), *_planning_tools()]


def _direct_tools(catalogue: Catalogue) -> list[Tool]:
    """The tools that write without a plan."""
    specs = catalogue.specs
    who = schema.text("a customer: id, e-mail, phone or name")
    actions = [name.removeprefix("task ") for name in families.TASK]
    task = _options([specs[name] for name in families.TASK])
    logged = {"who": who, "text": schema.text("what was said or done"), **_options([specs["log"]])}
    return [
        Tool(
            "log", "Log a contact",
            "Log a call, a meeting, an e-mail or a note with one customer. Written at once; undo "
            "takes it back.",
            schema.arguments(logged, ["who", "text"]), _log, reads=False, idempotent=False,
        ),
        Tool(
            "task", "Add a task, or move tasks on",
            "Add a task for a customer (who, title), or start, complete, put off, cancel or hand "
            "over tasks (tasks: their ids; to: the day for snooze, the user for delegate). Written "
            "at once; undo takes it back.",
            schema.arguments({
                "action": schema.text("what to do", actions),
                "who": who,
                "title": schema.text("what to do; for add only"),
                "tasks": schema.texts("ids of tasks; for all actions but add"),
                "to": schema.text("the day to put them off to, or the user to hand them to"),
                **task,
            }, ["action"]),
            _task, reads=False, idempotent=False,
        ),
    ]  # fmt: skip


def _planning_tools() -> list[Tool]:
    """The tools that preview a change, carry it out and take it back."""
    return [
        Tool(
            "plan", "Preview a change",
            "Preview a command that writes, and get an id for apply. Nothing is written. Call the "
            "tool help with the command as its topic for its words and options.",
            schema.arguments({
                "command": schema.text("the command", families.PLAN),
                "words": schema.texts("its words, each one a string: customers, KEY=VALUE, text"),
                "options": {
                    "type": "object",
                    "description": "its options by name: {amount: '500', close: '2026-12-01'}",
                    "additionalProperties": {"type": ["string", "boolean", "array"]},
                },
                **PAGED,
            }, ["command"]),
            _plan,
        ),
        Tool(
            "apply", "Carry out a plan",
            "Carry out a plan as it was shown: one commit, which undo takes back. A plan is "
            "refused when the records have changed since; then make it again.",
            schema.arguments({"plan": schema.text("the id that plan answered")}, ["plan"]),
            _apply, reads=False, destructive=True, idempotent=False,
        ),
        Tool(
            "undo", "Take back a change",
            "Take back the latest change that was made through this server, byte for byte. "
            "Changes of others are never taken back.",
            schema.arguments({}), _undo, reads=False, destructive=True, idempotent=False,
        ),
    ]  # fmt: skip
