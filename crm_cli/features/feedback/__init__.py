"""Feedback: scores, words, answers to surveys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from crm_cli.features.entering import entered
from crm_cli.features.items import new_id
from crm_cli.features.plan import Plan
from crm_cli.features.survey_answers import answered, latest_wave, score_label, task_of_low
from crm_cli.features.values import assigned, come, typed, typed_all
from crm_cli.model.errors import UsageError
from crm_cli.model.feedback import FEEDBACK
from crm_cli.model.money import decimal_text
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace


class Given(NamedTuple):
    """Feedback as it was typed: `scores` by kind, the answers to a survey by question."""

    scores: Mapping[str, str | None] = {}
    body: str = ""
    survey: str | None = None
    answers: Sequence[tuple[str, str]] = ()
    fields: Mapping[str, str | None] = {}
    values: Sequence[tuple[str, str]] = ()


def add(workspace: Workspace, customer: str, given: Given, *, force: bool = False) -> Plan:
    """Plan to note what a customer says of us; a low score becomes a task where crm.yaml says so.

    Raises UsageError where there is no score, several, or an answer that the survey does not
    allow; NotFound for an unknown survey; Refused for a second answer to one wave.
    """
    notes: list[str] = []
    values = _values(workspace, customer, given, notes)
    task = task_of_low(workspace, values)

    def update(document: Document) -> None:
        document.add(FEEDBACK.key, values)
        if task is not None:
            document.add("tasks", task)

    checked = entered(update, force=force)
    trial = workspace.document(customer)
    checked(trial)
    made = trial.find(values["id"])
    name = trial.record.get("name") or customer
    kind = score_label(str(made.get("kind")), "answers")
    score = f" {decimal_text(made.values['score'])}" if "score" in made.values else ""
    group = f", {made.derived['group']}" if made.derived.get("group") else ""
    done = f"added {kind}{score} of {name} ({customer}){group}, {made.id}"
    if task is not None:
        done += f", and task {task['id']}, due {task['due']}"
    return Plan(
        Change(f"add feedback {made.id} of {customer}", (Edit(trial.path, checked),)),
        done,
        (customer,),
        notes=notes,
        made=(made.id, *((task["id"],) if task is not None else ())),
    )


def _values(
    workspace: Workspace, customer: str, given: Given, notes: list[str]
) -> dict[str, Any]:
    scored = {kind: text for kind, text in given.scores.items() if text is not None}
    if len(scored) > 1:
        raise UsageError("feedback has one score", "add each on its own")
    if scored and given.survey is not None:
        raise UsageError("a survey's score is an answer", "crm feedback add WHO --survey NAME q=9")
    values: dict[str, Any] = {"id": new_id(workspace, FEEDBACK)}
    values["at"] = workspace.clock.now.replace(second=0, microsecond=0)
    for kind, text in scored.items():
        values |= {"kind": kind, "score": typed(workspace, FEEDBACK, "score", text)}
    values |= typed_all(workspace, FEEDBACK, given.fields, notes, customer=customer)
    values |= assigned(workspace, FEEDBACK, given.values, customer=customer)
    come(workspace, "at", values["at"])
    if given.survey is not None:
        values |= answered(workspace, given.survey, given.answers)
        values.setdefault("wave", latest_wave(workspace, customer, values["survey"]))
        if values["wave"] is None:
            del values["wave"]
    elif not scored and "score" not in values and not given.body:
        raise UsageError("what do they say?", "crm feedback add ana --nps 9 Best coffee in town")
    if given.body:
        values["body"] = given.body
    return values
