"""Customers who are lost, and won back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from crm_cli.features.entering import entered
from crm_cli.features.plan import Plan, counted
from crm_cli.features.values import come, day, typed_all
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.item import Item
from crm_cli.model.loss import LOSS
from crm_cli.model.places import labelled
from crm_cli.model.subscription import going_on
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_CUSTOMER, _FORMER = "customer", "former"


def lose(
    workspace: Workspace,
    ids: Sequence[str],
    given: Mapping[str, str | None],
    *,
    on: str | None = None,
) -> Plan:
    """Plan to note that customers are lost: to whom, why. They are former customers then.

    Raises UsageError for a wrong value and a day to come, Refused for who is lost already.
    """
    notes: list[str] = []
    values = {"at": come(workspace, "--date", day(workspace, on))}
    values |= typed_all(workspace, LOSS, given, notes)
    for id in ids:
        record = workspace.record(id)
        if (since := record.derived.get("lost_on")) is not None:
            raise Refused(
                f"{_said(record, id)} has been lost since {since}",
                f"crm win-back {id} notes that they are back",
            )
        notes += going_on(record, values["at"])

    def update(document: Document) -> None:
        document.add(LOSS.key, values)
        if document.record.get("lifecycle_stage") == _CUSTOMER:
            document.set(None, "lifecycle_stage", _FORMER)

    return _plan(workspace, ids, "lose", "noted as lost", update, notes)


def win_back(workspace: Workspace, ids: Sequence[str], *, on: str | None = None) -> Plan:
    """Plan to note that customers came back; that they were lost stays.

    Raises Refused for who is not lost, UsageError for a day to come.
    """
    back = come(workspace, "--date", day(workspace, on))
    for id in ids:
        record = workspace.record(id)
        since = record.derived.get("lost_on")
        if since is None:
            raise Refused(f"{_said(record, id)} is not lost", f"crm show {id} shows them")
        if back < since:
            raise UsageError(f"{_said(record, id)} was lost on {since}, after {back}")

    def update(document: Document) -> None:
        for place in range(len(document.record.items(LOSS.key))):
            loss = document.record.items(LOSS.key)[place]
            at = loss.values.get("at")
            if at is not None and at <= back and loss.values.get("won_back") is None:
                document.assign(loss, "won_back", back)
        if document.record.get("lifecycle_stage") == _FORMER:
            document.set(None, "lifecycle_stage", _CUSTOMER)

    return _plan(workspace, ids, "win back", "won back", update, ())


def _said(record: Item, id: str) -> str:
    return labelled(str(record.get("name") or id), id)


def _plan(
    workspace: Workspace,
    ids: Sequence[str],
    verb: str,
    done: str,
    update: Callable[[Document], None],
    notes: Sequence[str],
) -> Plan:
    whom = ids[0] if len(ids) == 1 else counted(len(ids), "customer")
    checked = entered(update)
    steps = tuple(Edit(workspace.path_of(id), checked) for id in ids)
    question = f"{verb.capitalize()} {whom}?"
    return Plan(Change(f"{verb} {whom}", steps), f"{done}: {whom}", ids, question, notes)
