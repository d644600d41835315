"""Noting that documents were sent: what they said then, and the file where one is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_cli.features.documents.gathering import of_purchase, settings_of
from crm_cli.features.documents.rendering import Asked, check_law, file_name, render
from crm_cli.features.moves import Found, planned
from crm_cli.features.plan import Plan
from crm_cli.features.values import day, echoed
from crm_cli.model.bill_to import BILLED, bill_to
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.file_names import FileNames
from crm_cli.model.places import DOCUMENTS
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.sent_document import digest_of, last_sent
from crm_cli.store.document import Document
from crm_cli.workspace import Create, Workspace


def note_sent(
    workspace: Workspace, found: Sequence[Found], on: str | None = None, *, force: bool = False
) -> Plan:
    """Plan to note at purchases that they were sent on a day, today unless given.

    With `documents.keep` in crm.yaml the document is kept in documents/. Raises Refused for a
    draft, for what lacks what it has to have by law, and for an invoice that was changed after
    it was sent, the last two unless `force`; UsageError for a day to come.
    """
    at = day(workspace, on)
    if at > workspace.clock.today:
        raise UsageError(f"{at} is to come", "the day on which it was sent")
    notes = echoed(workspace, "sent", on, at) if on else []
    entries: dict[str, dict[str, Any]] = {}
    kept: list[Create] = []
    left = []
    names = FileNames(workspace.tree.exists)
    for one in found:
        digest = digest_of(one.item, workspace.business)
        if _is_noted(one, digest, force=force):
            notes.append(f"{one.said} was sent already")
            continue
        left.append(one)
        entries[one.id] = {"kind": one.item.get("kind"), "sent": at, "digest": digest}
        file = _kept(workspace, one, names, force=force)
        if file is not None:
            entries[one.id]["file"] = file.path
            kept.append(file)

    def update(document: Document, id: str) -> None:
        # An invoice of before it was written down whom it is billed to says it from now on.
        for key, value in bill_to(document.record, document.find(id).values).items():
            document.set(id, f"bill_to.{key}", value)
        entry = entries[id] | {"digest": digest_of(document.find(id), workspace.business)}
        document.add("documents", entry, ref=id)

    plan = planned(PURCHASE, found, left, update, "send", "noted as sent", notes)
    return plan._replace(change=plan.change._replace(steps=(*plan.change.steps, *kept)))


def _is_noted(one: Found, digest: str, *, force: bool) -> bool:
    """Whether it was noted already as it is; raises Refused where it cannot be sent."""
    status = one.item.get("status")
    if status != "posted":
        cure = f"crm purchase post {one.id} first" if status == "draft" else "crm purchase list"
        raise Refused(f"{one.said} is {'a draft' if status == 'draft' else status}", cure)
    last = last_sent(one.item)
    if last is None or "digest" not in last.values:
        return False
    if last.values["digest"] == digest:
        return not force
    if one.item.get("kind") in BILLED and not force:
        raise Refused(
            f"{one.said} was changed after it was sent on {last.values.get('sent')}",
            "credit it: crm invoice correct; --force notes that it was sent again",
        )
    return False


def _kept(workspace: Workspace, one: Found, names: FileNames, *, force: bool) -> Create | None:
    """The file that is kept of a document; None where the settings want none."""
    paper = of_purchase(workspace, one.item)
    if not force:
        check_law(paper, otherwise="--force")
    kept = settings_of(workspace).values.get("documents")
    format = kept.values.get("keep") if kept is not None else None
    if format is None:
        return None
    if format == "facturx" and (force or not paper.is_billed):
        # Of what is no e-invoice the page is kept as it is.
        format = "pdf"
    rendered = render(workspace, paper, Asked(format, draft=force))
    year = paper.day.year if paper.day is not None else "undated"
    path = file_name(names, paper, rendered.suffix, f"{DOCUMENTS.path}{year}/")
    return Create(path, rendered.data)
