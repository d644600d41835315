"""Writing new purchases of a customer: ids, numbers, due dates, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from crm_cli.features.entering import entered
from crm_cli.features.items import new_id
from crm_cli.features.numbers import NEXT, NUMBERED, NumberTaken, following, refuse_taken
from crm_cli.model.bill_to import bill_to
from crm_cli.model.credit import objection
from crm_cli.model.errors import Refused
from crm_cli.model.instalments import due_date
from crm_cli.model.item import Item
from crm_cli.model.money import format_amount
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.writing import new_item
from crm_cli.query.lexer import quoted
from crm_cli.query.lookups import exists
from crm_cli.store.document import Document
from crm_cli.workspace import Edit, Workspace

Values = dict[str, Any]


class Entry(NamedTuple):
    """New purchases in their customer's file: the edit, and the record and they as it leaves
    them."""

    edit: Edit
    record: Item
    made: list[Item]

    @property
    def customer(self) -> str:
        """Whose they are, for people: `Ana Novak (ana-novak)`."""
        return f"{self.record.get('name') or self.record.id} ({self.record.id})"


def enter(
    workspace: Workspace,
    customer: str,
    purchases: Sequence[Values],
    *,
    also: Callable[[Document], None] | None = None,
    force: bool = False,
    counted: list[str] | None = None,
    trial: Document | None = None,
) -> Entry:
    """Have purchases with their ids, numbers and due dates, ready to be written together.

    A number of `next` is counted, after those that were `counted` for the same change, which it
    joins. `also` changes the file besides. `trial` is the customer's file, which they are tried out
    on; it is read unless given. Raises what `entered` does, Refused for a number that
    is taken and for an invoice over the credit limit, unless `force`; NumberTaken, while it is
    written, where a next number, or an id that was given, is gone.
    """
    trial = workspace.document(customer) if trial is None else trial
    counted = [] if counted is None else counted
    given = [values["id"] for values in purchases if "id" in values]
    for values in purchases:
        if values.get("number") == NEXT:
            kind = values.get("kind", "sale")
            values["number"] = following(workspace, kind, values["date"], counted)
            counted.append(values["number"])
        if "id" not in values:
            values["id"] = new_id(workspace, PURCHASE)
        for place, line in enumerate(values.get("lines", ()), 1):
            if "unit_price" not in line and not force:
                name = line.get("product") or line.get("description") or f"line {place}"
                raise Refused(
                    f"{name} has no price, so nobody knows what it comes to",
                    "crm set ID lines.1.unit_price=… gives a line one; --force leaves it out",
                )
        set_due(workspace, trial.record, values)
        if billed := bill_to(trial.record, values):
            values["bill_to"] = billed

    def put(document: Document) -> None:
        if also is not None:
            also(document)
        for values in purchases:
            if "number" in values and not force:
                refuse_double(workspace, document.id, values)
            document.add(PURCHASE.key, values)
            if not force:
                refuse_credit(workspace, document.record, document.find(values["id"]))

    def update(document: Document) -> None:
        # The lock is held now, so what the index finds stays true until it is written.
        mine = [values["number"] for values in purchases if values.get("number") in counted]
        for number in mine:
            refuse_taken(workspace, number)
        if not mine and (given or any("number" in values for values in purchases)):
            workspace.index.refresh()
        for id in given:
            refuse_made(workspace, id)
        entered(put, force=force)(document)

    entered(put, force=force)(trial)
    made = [trial.find(values["id"]) for values in purchases]
    return Entry(Edit(workspace.path_of(customer), update), trial.record, made)


def refuse_made(workspace: Workspace, id: str) -> None:
    """Raise NumberTaken where a purchase with an id is there by now; the lock is held."""
    if exists(workspace.database, PURCHASE, "id", id):
        raise NumberTaken(f"{id} was made meanwhile", "run the command again")


def set_due(workspace: Workspace, record: Item, values: Values) -> None:
    """Write down when an invoice is due: terms that change later are not its own."""
    if values.get("kind") == "invoice" and values.get("status") != "draft":
        made = new_item(PURCHASE, values, workspace.business)
        due = due_date(made, record, workspace.business)
        if due is not None:
            values["due_date"] = due


def refuse_double(workspace: Workspace, customer: str, values: Values) -> None:
    """Refuse a number that names a purchase of the same customer, or an invoice of anybody."""
    kind = values.get("kind", "sale")
    term = f"number.is:{quoted(values['number'])}"
    rows = workspace.select(PURCHASE, [term], cols=("customer", "kind"), ordered=False).rows
    for holder, other in rows:
        if holder == customer or (other == kind and kind in NUMBERED):
            raise Refused(
                f"{holder} has {other.replace('_', ' ')} {values['number']} already",
                "--number next takes the next free one; --force adds it anyway",
            )


def refuse_credit(workspace: Workspace, record: Item, made: Item) -> None:
    """Refuse a posted invoice that the customer's credit does not allow."""
    if made.get("kind") != "invoice" or made.get("status") == "draft":
        return
    found = objection(
        record, record.derived.get("balance"), workspace.clock.today, workspace.business
    )
    if found:
        what, hint = found
        raise Refused(
            f"{record.get('name') or record.id} ({record.id}) {what}",
            f"{hint}; --force adds the invoice anyway",
        )


def credit_notes(workspace: Workspace, made: Item) -> list[str]:
    """What an order is told of its customer's credit: the invoice of it will be refused."""
    if made.get("kind") != "order" or made.get("status") != "posted":
        return []
    record, business, today = made.owner, workspace.business, workspace.clock.today
    gross = business.rates.convert(made.derived["gross"], made.derived["currency"], today)
    balance = record.derived.get("balance")
    owed = None if gross is None or balance is None else balance + gross
    found = objection(record, owed, today, business)
    if not found:
        return []
    return [
        f"{record.get('name') or record.id} ({record.id}) {found[0]}: an invoice of it is refused"
    ]


def label(made: Item) -> str:
    """`draft credit note CN-2026-0001`."""
    kind = str(made.get("kind")).replace("_", " ")
    draft = "draft " if made.get("status") == "draft" else ""
    number = f" {made.values['number']}" if "number" in made.values else ""
    return f"{draft}{kind}{number}"


def total(made: Item) -> str:
    """What it comes to, without sign: `381.80 EUR, with tax 419.55`."""
    currency = made.derived["currency"]
    sign = -1 if made.get("kind") == "credit_note" else 1
    net, gross = sign * made.derived["net"], sign * made.derived["gross"]
    text = f"{format_amount(net, currency)} {currency}"
    return text if net == gross else f"{text}, with tax {format_amount(gross, currency)}"
