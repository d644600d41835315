"""Payments that lines of the bank come to."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from crm_cli.features.entering import entered
from crm_cli.model.chain import named
from crm_cli.model.ids import new_item_id
from crm_cli.model.matching import Match, Part
from crm_cli.model.payment import PAYMENT
from crm_cli.query.lookups import exists
from crm_cli.store.document import Document
from crm_cli.workspace import Edit, Step, Workspace

SYSTEM = "bank"
"""The source system of payments that the bank told of."""


def unless_closed(workspace: Workspace, match: Match, day: date) -> Match:
    """What a line of a day is; what would be written into closed books is left open."""
    until = workspace.business.closed_until
    shut = until and day.isoformat() <= until and not workspace.force_closed
    if not shut or not (match.parts or match.returned):
        return match
    ids = [id for part in match.parts for id, _ in part.allocations] or [match.returned]
    reason = f"{match.reason}; the books are closed until {until}: crm bank book LINE … --date DAY"
    return Match(reason, candidates=tuple(filter(None, ids)))


class Booking:
    """Payments that lines come to, put together by the customers' files."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._taken: set[str] = set()
        self._updates: dict[str, list[Callable[[Document], None]]] = {}
        self._documents: dict[str, Document] = {}

    @property
    def customers(self) -> tuple[str, ...]:
        """The customers whose payments they are."""
        return tuple(self._updates)

    def steps(self) -> list[Step]:
        """An edit for each customer's file."""
        return [
            Edit(self._workspace.path_of(customer), entered(all_of(updates), force=True))
            for customer, updates in self._updates.items()
        ]

    def book(
        self, day: date, currency: str, reference: str, known: str, match: Match,
        fee: Decimal | None = None,
    ) -> list[str]:  # fmt: skip
        """The ids of the payments that a certain match is: new ones, or one that is here."""
        if match.here:
            self._note(match.here, {"source_system": SYSTEM, "external_id": known})
            return [match.here]
        if match.returned:
            returned = {"bounced.at": day, "bounced.fee": fee}
            self._note(match.returned, {key: held for key, held in returned.items() if held})
            return [match.returned]
        made = []
        for place, part in enumerate(match.parts):
            values = self._payment(part, currency)
            values |= {"date": day, "reference": reference or None, "source_system": SYSTEM}
            values["external_id"] = known if not place else f"{known}/{place + 1}"
            made.append(self._add(part.customer, values))
        for customer, purchase, amount in match.written_off:
            part = Part(customer, amount, ((purchase, amount),))
            values = self._payment(part, currency) | {"date": day, "method": "write_off"}
            values["notes"] = "charges deducted from the payment"
            self._add(customer, values)
        return made

    def _payment(self, part: Part, currency: str) -> dict[str, Any]:
        record = self._document(part.customer).record
        names = {one.id: one for one in record.items("purchases")}
        values: dict[str, Any] = {"amount": abs(part.amount), "method": "credit_transfer"}
        if part.amount < 0:
            values["direction"] = "refund"
        if currency != self._workspace.business.currency:
            values["currency"] = currency
        allocations = [
            (named(names[id]) if id in names else id, abs(amount))
            for id, amount in part.allocations
        ]
        if part.amount < 0:
            # What is given back of a credit note takes from what lies on account.
            values["notes"] = f"refund of {', '.join(name for name, _ in allocations)}"
        elif len(allocations) == 1:
            values["for"] = allocations[0][0]
        elif allocations:
            values["allocations"] = [
                {"purchase": name, "amount": amount} for name, amount in allocations
            ]
        return values

    def _document(self, customer: str) -> Document:
        if customer not in self._documents:
            self._documents[customer] = self._workspace.document(customer)
        return self._documents[customer]

    def _add(self, customer: str, values: dict[str, Any]) -> str:
        database = self._workspace.database
        while True:
            id = new_item_id(PAYMENT.letter, self._taken, os.urandom)
            if not exists(database, PAYMENT, "id", id):
                break
        self._taken.add(id)
        made = {"id": id, **{key: held for key, held in values.items() if held is not None}}

        def update(document: Document) -> None:
            document.add("payments", made)

        self._updates.setdefault(customer, []).append(update)
        return id

    def _note(self, payment: str, values: dict[str, Any]) -> None:
        customer, id = self._workspace.item(payment, PAYMENT)

        def update(document: Document) -> None:
            for key, value in values.items():
                document.set(id, key, value)

        self._updates.setdefault(customer, []).append(update)


def all_of(updates: Sequence[Callable[[Document], None]]) -> Callable[[Document], None]:
    def update(document: Document) -> None:
        for one in updates:
            one(document)

    return update
