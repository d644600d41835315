"""Papers gathered from the records: of purchases, of a customer's account, of late invoices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from crm_cli.features.account import lines_in
from crm_cli.features.documents.templates import Template, find
from crm_cli.features.items import find as find_item
from crm_cli.features.moves import Found
from crm_cli.features.values import day
from crm_cli.model.dunning import Standing, levels_of, next_level
from crm_cli.model.errors import NotFound, UsageError
from crm_cli.model.item import Item
from crm_cli.model.paper import Entry, Paper
from crm_cli.model.paper_of import paper_base, purchase_paper
from crm_cli.model.periods import Period
from crm_cli.model.places import SETTINGS
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.text import a_or_an
from crm_cli.query.who import named_and_terms
from crm_cli.workspace import Workspace

DELIVERED = ("order", "invoice", "sale")
"""The kinds of purchases that a delivery note is made of."""
MADE_BY = {
    "invoice": "crm invoice render NUMBER --template NAME",
    "credit_note": "crm purchase render NUMBER --template NAME",
    "quote": "crm quote render NUMBER --template NAME",
    "order": "crm order render NUMBER --template NAME",
    "sale": "crm purchase render NUMBER --template NAME",
    "delivery_note": "crm order render NUMBER --delivery-note --template NAME",
    "statement": "crm statement WHO --template NAME",
    "reminder": "crm dun render NUMBER --template NAME",
}
"""The kinds of templates that are for no letter, and the command that makes each of them."""


def settings_of(workspace: Workspace) -> Item:
    """The settings, as crm.yaml has them now."""
    return workspace.file(SETTINGS.path).record


def of_purchases(
    workspace: Workspace, purchases: Iterable[Item], *, kind: str = ""
) -> Iterator[Paper]:
    """The papers of purchases; `delivery_note` for those of their goods. Raises UsageError."""
    settings, products = settings_of(workspace), workspace.products()
    for purchase in purchases:
        own = str(purchase.get("kind"))
        if kind == "delivery_note" and own not in DELIVERED:
            raise UsageError(f"a {own.replace('_', ' ')} has no delivery note", "name an order")
        yield purchase_paper(purchase, settings, workspace.business, products, kind=kind)


def of_purchase(workspace: Workspace, purchase: Item) -> Paper:
    """The paper of one purchase."""
    return next(of_purchases(workspace, [purchase]))


def of_account(workspace: Workspace, customer: str, period: str | None = None) -> Paper:
    """The statement of a customer's account over a period, all of it without one. Raises
    UsageError for a period that begins after today, NotFound where nothing was billed."""
    record = workspace.record(customer)
    lines = lines_in(workspace, record, period, usual=Period(None, None))
    rows = [
        Entry(one.day, one.word, one.number, one.currency, one.balance, one.due, one.charged,
              one.settled)
        for one in lines
    ]  # fmt: skip
    if not rows:
        raise NotFound(
            f"nothing was billed to {record.get('name')}", "crm balance lists those who owe"
        )
    base = paper_base("statement", record, settings_of(workspace))
    return base._replace(day=lines[-1].day, currency=rows[0].currency, entries=tuple(rows))


def of_late(
    workspace: Workspace, invoices: Sequence[Item], level: int | None = None
) -> tuple[Paper, str]:
    """The payment reminder for late invoices of one customer, and the name of its template.

    The level is the highest that is next for one of them. Raises UsageError for one that is not
    late, or a level that there is not; NotFound for none.
    """
    today, business = workspace.clock.today, workspace.business
    if not invoices:
        raise NotFound("no invoice is late", "crm dun lists those that are")
    levels = levels_of(business)
    if level is not None and not 1 <= level <= len(levels):
        raise UsageError(f"there is no level {level}", f"levels go from 1 to {len(levels)}")
    number = level or max(_level_of(one, len(levels), workspace) for one in invoices)
    currency = str(invoices[0].derived["currency"])
    base = paper_base(
        "reminder", invoices[0].owner, settings_of(workspace), purchase=invoices[0]
    )
    fee = levels[number - 1].fee if currency == business.currency else None
    numbers = {str(one.values.get("number") or "") for one in invoices}
    paper = base._replace(
        day=today,
        number=numbers.pop() if len(numbers) == 1 else "",
        currency=currency,
        entries=tuple(_late(one, today) for one in sorted(invoices, key=_due)),
        level=number,
        fee=fee,
    )
    return paper, levels[number - 1].template or "reminder"


def _level_of(invoice: Item, last: int, workspace: Workspace) -> int:
    found = next_level(levels_of(workspace.business), _standing(invoice))
    return found[0].number if found else last


def _standing(invoice: Item) -> Standing:
    derived = invoice.derived
    return Standing(
        derived.get("due"), derived.get("dunning_level"), derived.get("dunned"),
        invoice.values.get("promised"),
    )  # fmt: skip


def _late(invoice: Item, today: date) -> Entry:
    due = _due(invoice)
    return Entry(
        invoice.values.get("date"),
        "invoice",
        str(invoice.values.get("number") or invoice.id),
        str(invoice.derived["currency"]),
        _owed(invoice),
        due if due < date.max else None,
        days=(today - due).days if due < today else None,
    )


def _owed(invoice: Item) -> Decimal:
    owed: Decimal = invoice.derived.get("past_due") or invoice.derived["amount_due"]
    return owed


def _due(invoice: Item) -> date:
    due: date | None = invoice.derived.get("due")
    return due or date.max


def is_late(invoice: Item) -> bool:
    """Whether something of an invoice is past its due date, and nobody disputes it."""
    return bool(invoice.derived.get("past_due")) and "disputed" not in invoice.values


def late_of(workspace: Workspace, customer: str) -> list[Item]:
    """A customer's late invoices in the currency of the first that was due."""
    late = [one for one in workspace.record(customer).items("purchases") if is_late(one)]
    late.sort(key=_due)
    return [one for one in late if one.derived["currency"] == late[0].derived["currency"]]


def late_invoices(workspace: Workspace, text: str) -> list[Item]:
    """The late invoice that a number means, else those of a WHO; raises UsageError for an invoice
    of which nothing is late, NotFound."""
    found = find_item(workspace, text, PURCHASE, strict=True)
    if found is None:
        return late_of(workspace, workspace.who(text))
    invoice = workspace.document(found[0]).find(found[1])
    if not is_late(invoice):
        disputed = invoice.values.get("disputed")
        why = f"is disputed: {disputed}" if disputed else "is not late"
        raise UsageError(f"{invoice.title or invoice.id} {why}", "crm dun list --all shows all")
    return [invoice]


def late_by_customer(workspace: Workspace, words: Sequence[str]) -> list[list[Item]]:
    """The late invoices that numbers, customers and terms mean, those of one customer and currency
    together; see `late_invoices`. Raises NotFound for none."""
    scope = workspace.scope(PURCHASE)
    named, terms = named_and_terms(words, scope)
    found = [one for word in named for one in late_invoices(workspace, word)]
    if terms:
        rows = workspace.select(
            PURCHASE, [*terms, "is:overdue", "no:disputed"], cols=("customer", "id"), sort="due"
        ).rows
        ids = {one.id for one in found}
        found = [
            workspace.document(customer).find(id) for customer, id in rows
            if not named or id in ids
        ]  # fmt: skip
    groups: dict[tuple[str, str], dict[str, Item]] = {}
    for one in found:
        key = str(one.owner.id), str(one.derived["currency"])
        groups.setdefault(key, {}).setdefault(one.id, one)
    if not groups:
        raise NotFound("no invoice is late", "crm dun lists those that are")
    return [list(those.values()) for those in groups.values()]


def early(workspace: Workspace, groups: Iterable[Sequence[Item]]) -> Iterator[str]:
    """What to say of invoices whose next reminder is still to come, and so is made too early."""
    levels, today = levels_of(workspace.business), workspace.clock.today
    for invoices in groups:
        nexts = [(next_level(levels, _standing(one)), one) for one in invoices]
        if any(found is None or found[1] <= today for found, _ in nexts):
            continue
        for found, one in nexts:
            if found is not None:
                level, when = found
                last = _standing(one).level
                cure = f"; --level {last} makes the one that was sent" if last else ""
                yield f"reminder {level.number} for {one.title or one.id} is due on {when}{cure}"


def letter(
    workspace: Workspace,
    customer: str,
    template: str,
    language: str,
    on: str | None,
    purchase: Found | None,
) -> Paper:
    """The paper of a letter to a customer by a template, of a day (as typed; today without);
    with a purchase its lines and sums stand there, too. Raises NotFound, and UsageError for a
    template of what another command makes: an invoice has its own day and number."""
    found = _template(workspace, customer, template, language)
    if found.about in MADE_BY:
        what = found.about.replace("_", " ")
        raise UsageError(f"{found.called} is a template for {a_or_an(what)}", MADE_BY[found.about])
    return _letter(workspace, customer, found, on, purchase)


def _letter(
    workspace: Workspace, customer: str, template: Template, on: str | None, purchase: Found | None
) -> Paper:
    if purchase is not None and purchase.customer != customer:
        raise UsageError(f"{purchase.said} is not {customer}'s", "name one of their purchases")
    when = day(workspace, on)
    if purchase is not None:
        paper = of_purchase(workspace, purchase.item)
        return paper._replace(kind=template.kind, day=when, due=None, supplied=None)
    base = paper_base(template.kind, workspace.record(customer), settings_of(workspace))
    return base._replace(day=when, currency=workspace.business.currency)


def trial(
    workspace: Workspace, customer: str, name: str, language: str, purchase: Found | None
) -> Paper:
    """The paper that a template is tried on: a purchase, the account, or the customer alone.

    Raises NotFound for a template that there is not.
    """
    template = _template(workspace, customer, name, language)
    if purchase is not None:
        kind = template.kind if template.kind in ("delivery_note", "contract") else ""
        paper = of_purchase(workspace, purchase.item)
        return paper._replace(kind=kind or paper.kind)
    if template.about == "statement":
        return of_account(workspace, customer)
    if template.about == "reminder" and (late := late_of(workspace, customer)):
        return of_late(workspace, late)[0]
    return _letter(workspace, customer, template, None, None)


def _template(workspace: Workspace, customer: str, name: str, language: str) -> Template:
    own = workspace.record(customer).values.get("language") or workspace.business.language
    return find(workspace, name, language or own)
