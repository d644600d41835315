"""Rules that make items: a task, an interaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crm_cli.features.entering import entered
from crm_cli.features.rules import Deed, Rule
from crm_cli.features.rules.deeds import Doer, Effect, Work, each, filled
from crm_cli.features.rules.subject import Subject
from crm_cli.features.rules.traces import MADE, item_id
from crm_cli.features.values import typed, when
from crm_cli.model.errors import CrmError
from crm_cli.model.kind import Kind
from crm_cli.model.task import TASK
from crm_cli.store.document import Document
from crm_cli.workspace import Workspace

_FILLED = ("title", "summary", "subject", "notes")
_DATES = ("due", "start")


def _prepare(workspace: Workspace, rule: Rule, deed: Deed, subject: Subject) -> Work:
    kind = MADE[deed.word]
    values: dict[str, Any] = {"id": item_id(rule, subject, deed)}
    values |= _given(workspace, rule, deed, subject, kind)
    if kind is not TASK:
        values["at"] = workspace.clock.now.replace(second=0, microsecond=0)
    about = rule.base.name
    if subject.item and about in kind.by_key:
        values[about] = subject.item
    values["by"] = rule.by
    title = str(values.get(kind.title) or "")

    def update(document: Document) -> None:
        known = {item.id for item in document.record.items(kind.key)}
        if values["id"] not in known:
            document.add(kind.key, values)

    return Work(f"{kind.name} {values['id']}: {title}", entered(update, force=True))


def _given(
    workspace: Workspace, rule: Rule, deed: Deed, subject: Subject, kind: Kind
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in deed.item.values[deed.word].values.items():
        if key in _FILLED:
            text = filled(rule, value, subject.values)
            found[key] = text if key == "notes" else " ".join(text.split())
        elif key in _DATES:
            found[key] = when(workspace, value, ahead=True)
        elif key == "assignee":
            found[key] = typed(workspace, TASK, key, value)
        else:
            found[key] = value
    return found


def _check(workspace: Workspace, rule: Rule, deed: Deed) -> Iterator[str]:
    given = deed.item.values[deed.word].values
    for key in _DATES:
        if key in given:
            try:
                when(workspace, given[key], ahead=True)
            except CrmError as error:
                yield f"{key}: {error.message}"
    if given.get("assignee"):
        try:
            typed(workspace, TASK, "assignee", given["assignee"])
        except CrmError as error:
            yield error.message


def _effects(rule: Rule, deed: Deed) -> list[Effect]:
    return [Effect(MADE[deed.word].name, "", "")]


DOERS = {word: Doer(each(_prepare), _check, _effects) for word in MADE}
