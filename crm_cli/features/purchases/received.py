"""Purchases made of e-invoices that another program of ours wrote: whose they are, what of them
is here, and what is new.

An invoice that is here is never changed by one that is read: it says the same, or is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from crm_cli.features.entering import entered
from crm_cli.features.items import new_id
from crm_cli.features.plan import Plan, counted
from crm_cli.features.purchases.entry import refuse_double, total
from crm_cli.features.purchases.received_values import values_of
from crm_cli.features.unread import Unread, unread
from crm_cli.formats.einvoice.invoice import Invoice, Trader
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import DataError, Refused
from crm_cli.model.item import Item
from crm_cli.model.money import format_amount
from crm_cli.model.places import SETTINGS
from crm_cli.model.purchase import PURCHASE
from crm_cli.query.lexer import quoted
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

Values = dict[str, Any]
NEW, KNOWN, REFUSED = "new", "here already", "not taken"


class Read(NamedTuple):
    """A file that was read: its invoice, else why it is none."""

    path: str
    invoice: Invoice | None
    fault: str = ""


class Fate(NamedTuple):
    """What becomes of a file: NEW, KNOWN or REFUSED, and of whom and how much, or why."""

    path: str
    number: str
    state: str
    said: str


class Received(NamedTuple):
    """What an import of e-invoices would do."""

    fates: tuple[Fate, ...]
    notes: tuple[str, ...]
    plan: Plan

    def of(self, state: str) -> list[Fate]:
        """Those of one state."""
        return [one for one in self.fates if one.state == state]


def read_files(path: Path) -> Iterator[Read]:
    """The e-invoices of a file, or of a folder's files that end in .xml and .pdf.

    Raises UsageError where there is no file; DataError for a file that is none by itself.
    """
    from crm_cli.formats.einvoice.reading import read_invoice
    from crm_cli.store import outside

    if str(path) == "-" or not path.is_dir():
        yield Read(str(path), read_invoice(outside.read(path)))
        return
    for one in sorted(path.iterdir()):
        if one.suffix.lower() not in (".xml", ".pdf") or not one.is_file():
            continue
        try:
            yield Read(one.name, read_invoice(outside.read(one)))
        except DataError as error:
            yield Read(one.name, None, str(error.message))


def plan_received(workspace: Workspace, files: Sequence[Read], who: str = "") -> Received:
    """Plan to add what is new of e-invoices to their customers, of `who` where it is given.

    Raises DataError where a record cannot be read that may be the customer, or have the invoice.
    """
    _refuse_unread(workspace, files)
    added: dict[str, list[Values]] = {}
    fates: list[Fate] = []
    notes: list[str] = []
    for file in sorted(files, key=_place):
        if file.invoice is None:
            fates.append(Fate(file.path, "", REFUSED, file.fault))
            continue
        try:
            fates.append(_fate(workspace, file.path, file.invoice, who, added, notes))
        except Refused as error:
            hint = f" ({error.hint})" if error.hint else ""
            fates.append(
                Fate(file.path, file.invoice.number, REFUSED, f"{error.message}{hint}")
            )
    steps = tuple(
        Edit(workspace.path_of(customer), _writing(workspace, some))
        for customer, some in added.items()
    )
    what = counted(sum(map(len, added.values())), "invoice")
    plan = Plan(Change(f"import {what}", steps), f"imported {what}", tuple(added)[:1],
                f"Import {what}?")  # fmt: skip
    return Received(tuple(fates), tuple(notes), plan)


def _refuse_unread(workspace: Workspace, files: Sequence[Read]) -> None:
    workspace.select(PURCHASE, cols=("id",), limit=1, ordered=False)
    for one in unread(workspace, (CUSTOMER,)):
        for file in files:
            if file.invoice is not None and _may_be_of(one, file.invoice):
                raise DataError(
                    f"{one.path} has errors, and may be about {file.invoice.number}; "
                    "nothing was changed",
                    "correct it first; crm check shows what is wrong with it",
                )


def _may_be_of(one: Unread, invoice: Invoice) -> bool:
    """Whether a file that cannot be read may have an invoice, or be its customer's."""
    words = (invoice.number, invoice.buyer.vat_id, invoice.buyer.name)
    return one.text is None or any(word and word in one.text for word in words)


def _place(file: Read) -> tuple[bool, date, str]:
    """Where a file comes: a credit note after the invoices, of which it names one."""
    if file.invoice is None:
        return False, date.min, file.path
    return file.invoice.is_credit_note, file.invoice.day, file.invoice.number


def _fate(
    workspace: Workspace,
    path: str,
    invoice: Invoice,
    who: str,
    added: dict[str, list[Values]],
    notes: list[str],
) -> Fate:
    if not invoice.number:
        raise Refused("it has no number (BT-1)")
    _refuse_others(workspace, invoice.seller)
    kind = "credit_note" if invoice.is_credit_note else "invoice"
    held = _held(workspace, invoice.number, kind)
    if held is not None:
        _refuse_different(held, invoice)
        return Fate(path, invoice.number, KNOWN, f"{held.owner.get('name')} ({held.owner.id})")
    before = [one for some in added.values() for one in some]
    if any((one["number"], one["kind"]) == (invoice.number, kind) for one in before):
        raise Refused("another file of this import has the same number")
    customer = who or customer_of(workspace, invoice.buyer)
    record = workspace.record(customer)
    values = values_of(workspace, record, invoice, [one["number"] for one in before], notes)
    values["id"] = new_id(workspace, PURCHASE)
    made = _tried(workspace, customer, values, invoice)
    added.setdefault(customer, []).append(values)
    if invoice.paid:
        paid = f"{format_amount(invoice.paid, invoice.currency)} {invoice.currency}"
        notes.append(
            f"{invoice.number}: {paid} was paid before it was issued; "
            "crm payment add NUMBER AMOUNT notes it"
        )
    return Fate(path, invoice.number, NEW, f"{record.get('name')} ({customer}), {total(made)}")


def _tried(workspace: Workspace, customer: str, values: Values, invoice: Invoice) -> Item:
    """The purchase as it would be; raises Refused where it comes to something else here."""
    trial = workspace.document(customer)
    try:
        _adding(workspace, [values])(trial)
    except DataError as error:
        # It is what the invoice says that is wrong, not what stands here.
        raise Refused(error.message, error.hint) from None
    made = trial.find(values["id"])
    _refuse_different(made, invoice, here="its lines come to")
    return made


def _writing(workspace: Workspace, some: Sequence[Values]) -> Callable[[Document], None]:
    def update(document: Document) -> None:
        # The lock is held now, so what the index finds stays true until it is written.
        workspace.index.refresh()
        _adding(workspace, some)(document)

    return update


def _adding(workspace: Workspace, some: Sequence[Values]) -> Callable[[Document], None]:
    def put(document: Document) -> None:
        for values in some:
            refuse_double(workspace, document.id, values)
            document.add(PURCHASE.key, values)

    return entered(put, force=True)


def _bare(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())


def _refuse_others(workspace: Workspace, seller: Trader) -> None:
    """Raise Refused for an invoice that somebody else made: it is told by our tax id."""
    own = workspace.file(SETTINGS.path).record.values.get("business")
    said = own.values if own is not None else {}
    ours = {_bare(str(said.get(key) or "")) for key in ("tax_id", "registration_id")} - {""}
    if not ours:
        raise Refused(
            "nobody knows whose invoice it is, since crm.yaml has no tax id of ours",
            "crm config set business.tax_id=SI12345678",
        )
    named = (seller.vat_id, seller.tax_id, seller.id, seller.registration_id)
    theirs = {_bare(one) for one in named} - {""}
    theirs |= {one[2:] for one in theirs if one[:2].isalpha()}
    ours |= {one[2:] for one in ours if one[:2].isalpha()}
    if not ours & theirs:
        name = seller.name or "somebody without a name"
        raise Refused(
            f"its seller is {name} ({seller.vat_id or 'no VAT id'}), and not we",
            "invoices of suppliers are no records here",
        )


def _held(workspace: Workspace, number: str, kind: str) -> Item | None:
    """The purchase of that kind and number that is here."""
    rows = workspace.select(PURCHASE, [f"number.is:{quoted(number)}", f"kind.is:{kind}"],
                            cols=("customer", "id"), ordered=False).rows  # fmt: skip
    for customer, id in rows:
        found: Item = workspace.document(str(customer)).find(str(id))
        return found
    return None


def _refuse_different(held: Item, invoice: Invoice, *, here: str = "here it comes to") -> None:
    """Raise Refused where a purchase does not say what an e-invoice does."""
    sign = -1 if held.get("kind") == "credit_note" else 1
    net, tax = sign * held.derived["net"], sign * held.derived["tax"]
    own = str(held.derived["currency"])
    wanted = invoice.net, invoice.tax + invoice.rounding
    if (net, tax) != wanted or own != invoice.currency:
        raise Refused(
            f"{invoice.number} comes to {format_amount(wanted[0], invoice.currency)} and "
            f"{format_amount(wanted[1], invoice.currency)} {invoice.currency} of tax; {here} "
            f"{format_amount(net, own)} and {format_amount(tax, own)} {own}"
        )
    if held.values.get("date") != invoice.day:
        raise Refused(
            f"{invoice.number} is of {invoice.day}; here it is of {held.values.get('date')}"
        )


def customer_of(workspace: Workspace, buyer: Trader) -> str:
    """The customer that a buyer is: by tax id, else by name. Raises Refused for none, and for
    several."""
    ids = {_bare(one) for one in (buyer.vat_id, buyer.tax_id, buyer.registration_id)} - {""}
    cols = ("id", "name", "legal_name", "tax_id")
    rows = workspace.select(CUSTOMER, cols=cols, ordered=False).rows
    found = [str(id) for id, *_, tax_id in rows if _bare(str(tax_id or "")) in ids]
    if not found:
        name = buyer.name.casefold()
        found = [str(id) for id, *names, _ in rows
                 if name and name in [str(one or "").casefold() for one in names]]  # fmt: skip
    if len(found) == 1:
        return found[0]
    named = f"{buyer.name} ({buyer.vat_id or 'no VAT id'})"
    if found:
        raise Refused(f"{named} could be {', '.join(sorted(found)[:5])}", "--who says who it is")
    raise Refused(f"no customer is {named}", "add them with crm add, or say --who")
