"""Posting drafts: they count from then on, and get their numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from crm_cli.features.entering import entered
from crm_cli.features.moves import Found, planned
from crm_cli.features.numbers import NUMBERED, following, refuse_taken
from crm_cli.features.plan import Plan
from crm_cli.features.purchases.entry import refuse_credit, set_due
from crm_cli.features.values import day
from crm_cli.model.bill_to import bill_to
from crm_cli.model.errors import Refused
from crm_cli.model.purchase import PURCHASE
from crm_cli.store.document import Document
from crm_cli.workspace import Workspace


class Posting:
    """What posting writes into each of several drafts, by their ids, and what is said of it."""

    def __init__(self, workspace: Workspace, on: str | None) -> None:
        self.workspace = workspace
        self.on = on
        self.changes: dict[str, dict[str, Any]] = {}
        self.notes: list[str] = []
        self._given: list[str] = []

    def take(self, one: Found) -> None:
        """Note what a draft gets: its number, its due date."""
        kind = one.item.get("kind")
        values: dict[str, Any] = {"status": "posted"}
        if self.on or "date" not in one.item.values:
            values["date"] = day(self.workspace, self.on)
        written = {**one.item.values, **values}
        if kind in NUMBERED and "number" not in written:
            values["number"] = following(self.workspace, kind, written["date"], self._given)
            self._given.append(values["number"])
            self.notes.append(f"{one.said} is {kind.replace('_', ' ')} {values['number']}")
        record = self.workspace.record(one.customer)
        set_due(self.workspace, record, written)
        values |= {key: written[key] for key in ("due_date",) if key in written}
        billed = bill_to(record, {**written, **values})
        values |= {f"bill_to.{key}": value for key, value in billed.items()}
        self.changes[one.id] = values

    def number(self, one: Found) -> None:
        """Note the number that one gets which was posted without, as where it was imported."""
        values = one.item.values
        kind = one.item.get("kind")
        number = following(self.workspace, kind, values.get("date"), self._given)
        self._given.append(number)
        self.notes.append(f"{one.said} is {kind.replace('_', ' ')} {number}")
        billed = bill_to(self.workspace.record(one.customer), {**values, "number": number})
        self.changes[one.id] = {
            "number": number, **{f"bill_to.{key}": value for key, value in billed.items()}
        }

    def update(self, *, force: bool) -> Callable[[Document, str], None]:
        """The edit of one of them; raises NumberTaken where its number is gone meanwhile."""

        def update(document: Document, id: str) -> None:
            changes = self.changes.get(id, {})
            if "number" in changes:
                refuse_taken(self.workspace, changes["number"])

            def put(document: Document) -> None:
                for key, value in changes.items():
                    document.set(id, key, value)
                if not force and "status" in changes:
                    refuse_credit(self.workspace, document.record, document.find(id))

            entered(put, force=force)(document)

        return update


def post(
    workspace: Workspace, drafts: Sequence[Found], on: str | None = None, *, force: bool = False
) -> Plan:
    """Plan to post drafts: an invoice, a credit note or a quote gets the next number, an invoice
    its due date. `on` is their new date, as typed. What was posted without a number gets one.

    Raises Refused for what is cancelled, over the credit limit or wrong, unless `force`;
    NumberTaken, while it is written, where a number is gone.
    """
    posting = Posting(workspace, on)
    for one in drafts:
        status = one.item.get("status")
        if status == "cancelled":
            raise Refused(f"{one.said} is cancelled", f"crm set {one.id} status=posted posts it")
        if status == "posted" and _lacks_number(one):
            posting.number(one)
        elif status == "posted":
            posting.notes.append(f"{one.said} is posted already")
        else:
            posting.take(one)
    left = [one for one in drafts if one.id in posting.changes]
    update = posting.update(force=force)
    return planned(PURCHASE, drafts, left, update, "post", "posted", posting.notes)


def _lacks_number(one: Found) -> bool:
    """Whether a purchase is of a kind that has numbers, and has none."""
    return one.item.get("kind") in NUMBERED and not one.item.values.get("number")
