"""Answers to surveys: which a survey allows, and what they become."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from crm_cli.features.items import new_id
from crm_cli.model.business import Business
from crm_cli.model.errors import NotFound, Unreadable, UsageError
from crm_cli.model.feedback import SCALES
from crm_cli.model.fieldtypes import Boolean
from crm_cli.model.item import Item
from crm_cli.model.low_scores import is_low
from crm_cli.model.money import decimal_text, read_decimal
from crm_cli.model.places import SURVEYS
from crm_cli.model.task import TASK
from crm_cli.model.text import did_you_mean
from crm_cli.workspace import Workspace

_ANY = Business()
"""What yes and no depend on: nothing."""


def survey_named(workspace: Workspace, name: str) -> tuple[str, Item]:
    """(name, survey) of surveys.yaml; raises NotFound."""
    surveys = workspace.file(SURVEYS.path).records
    wanted = name.strip()
    if wanted not in surveys:
        near = did_you_mean(wanted, surveys)
        raise NotFound(f"there is no survey {wanted}", near or "surveys.yaml has those there are")
    return wanted, surveys[wanted]


def replies(text: str) -> list[tuple[str, str]]:
    """The answers in a mail's reply: lines such as `overall: 9`; quoted lines do not count."""
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"\s*([\w.-]{1,80})\s*[:=]\s*(\S.*?)\s*", line)
        if match is not None and not line.lstrip().startswith(">"):
            found.append((match[1], match[2]))
    return found


def answered(
    workspace: Workspace, name: str, answers: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """The fields of feedback that answers to a survey make; raises UsageError, NotFound."""
    name, survey = survey_named(workspace, name)
    questions = {one.values["id"]: one for one in survey.items("questions") if "id" in one.values}
    if not answers:
        known = " ".join(f"{id}=…" for id in questions)
        raise UsageError("the survey has no answers", f"--survey {name} {known}".rstrip())
    found: dict[str, Any] = {"survey": name, "kind": survey.get("kind"), "answers": {}}
    for key, text in answers:
        if key not in questions:
            near = did_you_mean(key, questions)
            raise UsageError(
                f"{name} has no question {key}", near or f"it has {', '.join(questions)}"
            )
        found["answers"][key] = _answer(questions[key], text)
    first = next((one for one in questions.values() if one.get("kind") == "scale"), None)
    if first is not None and first.values["id"] in found["answers"]:
        found["score"] = Decimal(found["answers"][first.values["id"]])
        usual = SCALES.get(str(survey.get("kind")))
        for key, place in (("worst", 0), ("best", 1)):
            end = first.values.get(key)
            if end is not None and (usual is None or end != usual[place]):
                found[key] = end
    return found


def _answer(question: Item, text: str) -> str:
    """An answer as it is kept; raises UsageError where the question does not allow it."""
    id, kind, bare = question.values["id"], question.get("kind"), text.strip()
    if kind == "scale":
        try:
            score = read_decimal(bare)
        except Unreadable as error:
            raise UsageError(f"{id}: {error.message}", error.hint) from error
        ends = [question.values.get(key) for key in ("worst", "best")]
        given = [end for end in ends if end is not None]
        if len(given) == 2 and not min(given) <= score <= max(given):
            low, high = (decimal_text(end) for end in sorted(given))
            raise UsageError(f"{id}: {bare} is not between {low} and {high}")
        return decimal_text(score)
    if kind == "choice":
        choices: list[str] = question.values.get("choices") or []
        same = [one for one in choices if one.casefold() == bare.casefold()]
        if not same:
            raise UsageError(f"{id}: '{bare}' is none of {', '.join(choices)}")
        return same[0]
    if kind == "yes_no":
        try:
            return "yes" if Boolean().read(bare, _ANY) else "no"
        except Unreadable as error:
            raise UsageError(f"{id}: {error.message}", "write yes or no") from error
    return bare


def latest_wave(workspace: Workspace, customer: str, survey: str) -> str | None:
    """The wave of the latest invitation to a survey."""
    invited = [
        one
        for one in workspace.record(customer).items("survey_invitations")
        if one.values.get("survey") == survey
    ]
    wave = invited[-1].values.get("wave") if invited else None
    return None if wave is None else str(wave)


def task_of_low(workspace: Workspace, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The task that a low score becomes, by `low_scores` in crm.yaml; None for others."""
    limits = dict(workspace.business.low_scores)
    kind, score = str(values.get("kind") or "survey"), values.get("score")
    if score is None or not is_low(kind, score, limits):
        return None
    said = f": {values['body'].splitlines()[0]}" if values.get("body") else ""
    title = f"Ask why: {score_label(kind, 'survey')} {decimal_text(score)}{said}"
    day: date = workspace.clock.today
    task = {"id": new_id(workspace, TASK), "title": title, "kind": "call", "due": day}
    if "case" in values:
        task["case"] = values["case"]
    return task


def score_label(kind: str, otherwise: str) -> str:
    """What a kind of scores is called: NPS, CSAT, CES, review."""
    if kind not in SCALES:
        return otherwise
    return kind if kind == "review" else kind.upper()
