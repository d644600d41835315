"""Rules that change fields: tags, values, the stage of a deal or a customer."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.features.assigning import updater
from crm_cli.features.moves import Found
from crm_cli.features.moves import move as moved
from crm_cli.features.rules import Deed, Rule
from crm_cli.features.rules.deeds import Doer, Effect, Work, each, filled, refuse_desk
from crm_cli.features.rules.subject import Subject
from crm_cli.features.rules.subjects import assigned
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.deal import DEAL
from crm_cli.model.errors import CrmError, DataError
from crm_cli.model.kind import Kind, normal
from crm_cli.model.kinds import HOMES
from crm_cli.store.document import Document
from crm_cli.workspace import Edit, Workspace

_OF_CUSTOMER = "customer."


def _tag(workspace: Workspace, rule: Rule, deed: Deed, subject: Subject) -> Work:
    refuse_desk(subject, "tags are")
    tags = list(deed.item.values[deed.word])
    adds = deed.word == "tag"

    def update(document: Document) -> None:
        (document.add_texts if adds else document.remove_texts)("tags", tags)

    return Work(f"{'tag' if adds else 'untag'} {', '.join(tags)}", update)


def _check_tag(workspace: Workspace, rule: Rule, deed: Deed) -> Iterator[str]:
    if not rule.is_of_customers:
        yield f"{deed.word} is for customers and what is theirs"


def _effects_tag(rule: Rule, deed: Deed) -> list[Effect]:
    return [
        Effect(CUSTOMER.name, "tags" if deed.word == "tag" else "-tags", tag)
        for tag in deed.item.values[deed.word]
    ]


def _set(workspace: Workspace, rule: Rule, deed: Deed, subject: Subject) -> Work:
    steps, said = [], []
    for key, value in assigned(deed.item):
        text = filled(rule, value, subject.values) if "{" in value else value
        kind, name, ref = _meant(rule, subject, key)
        if kind is CUSTOMER:
            refuse_desk(subject, f"{name} is")
        given = [(name, "=", text)]
        steps.append(updater(workspace, kind, ref, given, subject.customer, literal=True))
        said.append(f"{key}={text}")

    def update(document: Document) -> None:
        for step in steps:
            step(document)

    return Work(f"set {', '.join(said)}", update)


def _meant(rule: Rule, subject: Subject, key: str) -> tuple[Kind, str, str | None]:
    """(kind, field, item) that a key of `set` means: `customer.owner` is the customer's."""
    if key.startswith(_OF_CUSTOMER) or not subject.item:
        return CUSTOMER, key.removeprefix(_OF_CUSTOMER), None
    return rule.base, key, subject.item


def _check_set(workspace: Workspace, rule: Rule, deed: Deed) -> Iterator[str]:
    if rule.base in HOMES and rule.base is not CUSTOMER:
        yield f"{rule.base.key} are not changed by rules"
        return
    for key, value in assigned(deed.item):
        subject = Subject("", "" if rule.base is CUSTOMER else "x", "", {})
        kind, name, ref = _meant(rule, subject, key)
        try:
            updater(workspace, kind, ref, [(name, "=", value if "{" not in value else "")])
        except CrmError as error:
            yield error.message


def _effects_set(rule: Rule, deed: Deed) -> list[Effect]:
    found = []
    for key, value in assigned(deed.item):
        kind, name, _ = _meant(rule, Subject("", "x" if rule.base is not CUSTOMER else "", "", {}),
                               key)  # fmt: skip
        field = kind.by_name.get(normal(name))
        found.append(Effect(kind.name, field.key if field is not None else name, value))
    return found


def _stage(workspace: Workspace, rule: Rule, deed: Deed, subject: Subject) -> Work:
    stage = str(deed.item.values["stage"])
    if rule.base is not DEAL:
        refuse_desk(subject, "stages are")
        update = updater(workspace, CUSTOMER, None, [("stage", "=", stage)], subject.customer)
        return Work(f"stage {stage}", update)
    record = workspace.document(subject.customer)
    deal = record.find(subject.item)
    found = Found(subject.customer, str(record.record.get("name") or ""), record.path, deal)
    if deal.get("stage") == stage:
        return Work(f"{subject.item} is in {stage} already")
    way = next(one for one in DEAL.moves if one.name == "move")
    plan = moved(workspace, DEAL, way, [found], {}, word=stage)
    step = plan.change.steps[0]
    assert isinstance(step, Edit)
    return Work(f"move {subject.item} to {stage}", step.update)


def _check_stage(workspace: Workspace, rule: Rule, deed: Deed) -> Iterator[str]:
    stage = str(deed.item.values["stage"])
    if rule.base is DEAL:
        known = (*workspace.business.pipelines.stages, "next", "back")
        if stage not in known:
            yield f"there is no stage {stage}"
    elif rule.base is CUSTOMER:
        try:
            updater(workspace, CUSTOMER, None, [("stage", "=", stage)])
        except (CrmError, DataError) as error:
            yield error.message
    else:
        yield "stage is for customers and deals"


def _effects_stage(rule: Rule, deed: Deed) -> list[Effect]:
    field = "stage" if rule.base is DEAL else "lifecycle_stage"
    return [Effect(rule.base.name, field, str(deed.item.values["stage"]))]


DOERS = {
    "tag": Doer(each(_tag), _check_tag, _effects_tag),
    "untag": Doer(each(_tag), _check_tag, _effects_tag),
    "set": Doer(each(_set), _check_set, _effects_set),
    "stage": Doer(each(_stage), _check_stage, _effects_stage),
}
