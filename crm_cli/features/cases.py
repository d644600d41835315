"""Cases: who takes them on, what is answered, and which are one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crm_cli.features.entering import entered
from crm_cli.features.items import new_id
from crm_cli.features.moves import Found, planned
from crm_cli.features.plan import Plan
from crm_cli.features.references import user as known_user
from crm_cli.features.values import typed_all
from crm_cli.model.case import CASE
from crm_cli.model.case_moves import is_open
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.interaction import INTERACTION, INTERACTION_KINDS
from crm_cli.model.response_times import OUTBOUND, PAUSED
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_CHANNELS = {"web": "email"}
"""The channel on which what came by another is mostly answered."""


def take(
    workspace: Workspace, cases: Sequence[Found], assignee: str | None, *, force: bool = False
) -> Plan:
    """Plan to give cases to a user, who is at work unless named; new ones are then assigned.

    Raises UsageError where nobody is named and it is not known who is at work, NotFound for
    nobody, Refused for a case that is closed.
    """
    named = (assignee or "").strip()
    user = known_user(workspace, named) if named else workspace.me("me")
    assert user is not None
    _none_closed(cases)
    left, notes = [], []
    for case in cases:
        if case.item.values.get("assignee") == user and case.item.get("status") != "new":
            notes.append(f"{case.said} is {user}'s already")
        else:
            left.append(case)

    def update(document: Document, id: str) -> None:
        document.set(id, "assignee", user)
        if document.find(id).get("status") == "new":
            document.set(id, "status", "assigned")

    done = f"given to {user}" if user != workspace.user else "taken"
    return planned(CASE, cases, left, update, "take", done, notes, force=force)


def reply(
    workspace: Workspace,
    case: Found,
    text: str,
    *,
    kind: str | None = None,
    at: str | None = None,
    subject: str | None = None,
    wait: bool = False,
    resolve: bool = False,
) -> Plan:
    """Plan to note what the customer was answered, on the channel that the case came by.

    The case is then assigned, if it was new; with `wait` it waits for the customer, with `resolve`
    it is resolved. Raises UsageError for an empty text, a wrong value, and both together;
    Refused for a case that is closed.
    """
    if not (text.strip() or (subject or "").strip()):
        raise UsageError("nothing to reply", 'crm case reply c-9f3 "Two new bags are on the way"')
    if wait and resolve:
        raise UsageError("--wait and --resolve cannot both be", "give one of them, or neither")
    _none_closed([case])
    notes: list[str] = []
    values: dict[str, Any] = {
        "id": new_id(workspace, INTERACTION),
        "at": workspace.clock.now.replace(second=0, microsecond=0),
        "kind": _channel(case),
        "direction": OUTBOUND,
        "case": case.id,
    }
    given = {"kind": kind, "at": at, "subject": subject}
    values |= typed_all(workspace, INTERACTION, given, notes, customer=case.customer)
    if values["at"] > _present(workspace, values["at"]):
        raise UsageError("--at is to come", "reply when it is sent, or plan it: crm log --planned")
    if text.strip():
        values["summary"] = text.strip()
    if workspace.user is not None:
        values["owner"] = workspace.user
    before = case.item.get("status")
    after = PAUSED if wait else "resolved" if resolve else "assigned" if before == "new" else before

    def update(document: Document) -> None:
        document.add(INTERACTION.key, values)
        if workspace.user is not None and not document.find(case.id).values.get("assignee"):
            document.set(case.id, "assignee", workspace.user)
        if after != before:
            document.set(case.id, "status", after)
            entry = {"status": after, "at": values["at"], "by": workspace.user}
            known = {key: value for key, value in entry.items() if value is not None}
            document.add("status_history", known, ref=case.id)

    became = f", which is {'waiting for the customer' if wait else after} now"
    done = f"replied to {case.said}{became if after != before else ''}"
    edit = Edit(case.path, entered(update))
    change = Change(f"reply to {case.id} of {case.customer}", (edit,))
    return Plan(change, done, (case.customer,), notes=notes, made=(values["id"],))


def merge(workspace: Workspace, cases: Sequence[Found], *, force: bool = False) -> Plan:
    """Plan to merge cases of one customer into the first: what was said in them counts there.

    Raises UsageError for one case alone, Refused for those of several customers, and for a first
    one that is merged into another itself.
    """
    if len(cases) < 2:
        raise UsageError("which cases are one?", "crm case merge KEEP DROP, both by their ids")
    kept, dropped = cases[0], list({one.id: one for one in cases[1:]}.values())
    into = kept.item.values.get("merged_into")
    if into is not None:
        raise Refused(
            f"{kept.said} is merged into {into} itself", f"crm case merge {into} … instead"
        )
    for one in dropped:
        if one.id == kept.id:
            raise UsageError(f"{one.id} cannot be merged into itself", "name the other case")
        if one.customer != kept.customer:
            raise Refused(
                f"{one.said} is of another customer",
                f"crm move {one.id} {kept.customer} first",
            )
    left = [one for one in dropped if one.item.values.get("merged_into") != kept.id]
    notes = [f"{one.said} is merged into it already" for one in dropped if one not in left]

    def update(document: Document, id: str) -> None:
        document.set(id, "status", "duplicate")
        document.set(id, "merged_into", kept.id)

    done = f"merged into {kept.id}"
    return planned(CASE, dropped, left, update, "merge", done, notes, force=force)


def _none_closed(cases: Sequence[Found]) -> None:
    for case in cases:
        if not is_open(case.item):
            raise Refused(
                f"{case.said} is {case.item.get('status')}",
                f"crm case reopen {case.id} opens it again",
            )


def _channel(case: Found) -> str:
    origin = str(case.item.values.get("origin") or "email")
    channel = _CHANNELS.get(origin, origin)
    return channel if channel in INTERACTION_KINDS else "email"


def _present(workspace: Workspace, value: Any) -> Any:
    return workspace.clock.now if isinstance(value, datetime) else workspace.clock.today
