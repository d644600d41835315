"""Purchases: sales, orders, invoices, credit notes (EN 16931)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm_cli.model.aspects import (
    CardColumn,
    CardTable,
    Happening,
    Reminder,
    Retained,
    Row,
    amount_text,
    joined,
)
from crm_cli.model.chain import table
from crm_cli.model.fieldtypes import (
    Boolean,
    Date,
    Integer,
    Money,
    Number,
    Word,
)
from crm_cli.model.instalments import turns
from crm_cli.model.kind import Derived, Finding, Kind, Move, State
from crm_cli.model.line import BUYERS, CREDIT_NOTE, QUOTE, SALES
from crm_cli.model.measure import Measure
from crm_cli.model.money import format_amount
from crm_cli.model.purchase_amounts import check, derive
from crm_cli.model.purchase_fields import EXCHANGE, FIELDS
from crm_cli.model.spend import SPEND

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


_UNCLEAR = ("open", "pending", "outstanding", "undone", "unfinished")
"""Words that other programs have for what is not paid, or for what is not shipped."""


def contents(row: Row) -> str:
    """What a purchase is of: its own text, else its products and what its other lines say."""
    products, texts = row["lines"] or (), row["line.description"] or ()
    return row["text"] or ", ".join(dict.fromkeys((*products, *texts)))


def _happened(row: Row) -> str:
    what = contents(row)
    amount = amount_text(row["gross"], row["currency"])
    cancelled = "cancelled" if row["status"] == "cancelled" else ""
    return joined(": ", (cancelled, row["number"], joined(", ", (what, amount))))


def _owed(row: Row) -> str:
    # Of instalments what is late, if any is.
    amount = row["past_due"] or row["amount_due"]
    whole = ""
    if amount != row["gross"]:
        whole = f" of {format_amount(row['gross'], row['currency'])}"
    disputed = ", disputed" if row["disputed"] else ""
    left = amount_text(amount, row["currency"])
    return f"{row['number'] or row['id']}: {left}{whole}{disputed}"


def _label(row: Row) -> str:
    return joined(" ", (row["kind"], row["number"]))


def _state(row: Row) -> str:
    if row["status"] != "posted":
        return str(row["status"])
    return str(row["payment_status"] or row["quote_status"] or "")


def _is_pending(purchase: Item) -> bool:
    """Whether somebody still has to act so that it is a sale; of a sale it stays who made it."""
    if purchase.get("status") == "draft":
        return True
    answered = purchase.values.get("quote_status") in ("accepted", "declined")
    return purchase.get("kind") == QUOTE and purchase.get("status") == "posted" and not answered


def _upheld(purchase: Item) -> Iterator[str]:
    number = purchase.values.get("number")
    if number and purchase.get("status") != "draft":
        hint = f"crm purchase cancel {purchase.id} keeps it"
        if purchase.get("status") == "cancelled":
            hint = "it is cancelled, and counts nothing"
        yield f"its number {number} will be missing; {hint}"
    if "next_occurrence" in purchase.derived:
        yield f"nothing more is made of it; crm set {purchase.id} until=… ends it"
    paid = purchase.derived.get("paid")
    if paid:
        yield f"{amount_text(paid, purchase.derived['currency'])} has been paid for it"


def _check(purchase: Item, business: Business) -> Iterator[Finding]:
    yield from check(purchase, business)
    if any(key in purchase.values for key in ("every", "until", "price_changes")):
        from crm_cli.model.subscription_checks import check_subscription

        yield from check_subscription(purchase, business)


def _is_booked(purchase: Item) -> bool:
    """Whether the law wants it kept: an invoice, a credit note, or a sale with a number, and no
    draft."""
    kind = purchase.get("kind")
    if purchase.get("status") == "draft":
        return False
    return kind in ("invoice", CREDIT_NOTE) or (kind == "sale" and "number" in purchase.values)


PURCHASE = Kind(
    name="purchase",
    key="purchases",
    doc="a quote, sale, order, invoice or credit note",
    fields=FIELDS,
    letter="p",
    exchange=EXCHANGE,
    named_by="number",
    title="number",
    amount="net",
    when="date",
    effective="date",
    turns=turns,
    summed=("counts", "kind", "net", "gross", "units", "sale", "sale_place"),
    timeline=(
        Happening(
            terms=("not:is:draft",),
            word_from="kind",
            columns=("number", "text", "lines", "line.description", "gross", "currency", "status"),
            text=_happened,
        ),
    ),
    card=CardTable(
        heading="Latest purchases",
        columns=(
            "date",
            CardColumn("kind", ("kind", "number"), _label),
            CardColumn("what", ("text", "lines", "line.description"), contents),
            "gross",
            "currency",
            CardColumn("state", ("status", "payment_status", "quote_status"), _state),
            "id",
        ),
    ),
    handed_on=_is_pending,
    moves=(
        Move(
            "post",
            "Post drafts: they count from now on, and invoices get their numbers.",
            done="posted",
            sets={"status": "posted"},
            of=("draft",),
            own=True,
        ),
        Move(
            "cancel",
            "Cancel purchases: they keep their numbers and count for nothing.",
            done="cancelled",
            sets={"status": "cancelled"},
            of=("posted", "draft"),
        ),
    ),
    due=Reminder(
        when="due",
        state="owing",
        word="invoice",
        columns=(
            "id", "number", "amount_due", "past_due", "gross", "currency", "disputed",
        ),
        text=_owed,
    ),
    columns=(
        "date",
        "customer",
        "kind",
        "number",
        "net",
        "gross",
        "currency",
        "payment_status",
        "amount_due",
        "id",
    ),
    ranked=(
        "date",
        "customer",
        "number",
        "kind",
        "gross",
        "currency",
        "amount_due",
        "payment_status",
        "id",
        "net",
    ),
    derived=(
        Derived(
            "net",
            Money(),
            "sum of the lines, or the amount; a credit note's is negative, of a partly billed"
            " order it is the rest",
        ),
        Derived("tax", Money(), "tax, rounded per rate"),
        Derived("gross", Money(), "net plus tax"),
        Derived("units", Number(), "sum of the lines' quantities"),
        Derived(
            "billed",
            Money(),
            "of an order: what invoices have billed of its net, which is what is left",
        ),
        Derived(
            "sale",
            Word(),
            "what it is counted as: the id of the order that it bills, else its own",
        ),
        Derived(
            "sale_date",
            Date(),
            "the first day on which something of its sale counts, of the order or an invoice",
        ),
        Derived(
            "sale_place",
            Integer(adds=False),
            "the number of that among the customer's, which is counted faster",
            inner=True,
        ),
        Derived(
            "answer_due",
            Date(),
            "of a quote: its last day, and two weeks after its date at the latest",
            to_come=True,
        ),
        Derived("priced", Boolean(), "its amount is known: an amount, or the price of a line"),
        Derived(
            "counts",
            Boolean(),
            "counts in sums: posted, dated up to today, no order that is billed in whole",
        ),
        Derived(
            "due",
            Date(),
            "due_date, else date and the customer's or the settings' terms",
            to_come=True,
        ),
        Derived("paid", Money(), "amount paid"),
        Derived("amount_due", Money(), "amount still owed"),
        Derived("past_due", Money(), "what of it is past its due date"),
        Derived("dunning_level", Integer(adds=False), "the last payment reminder for it"),
        Derived("dunned", Date(), "when that was sent"),
        Derived("settled", Date(), "day on which nothing was owed for it any more"),
        Derived("settled_by", Word(), "what settled it: money, write_off or credit_note"),
        Derived("days_to_pay", Integer(adds=False), "days from its date until it was settled"),
        Derived("days_late", Integer(adds=False), "of those, after it was due; early is negative"),
        Derived("settlement", Word(), "unpaid, partly_paid, paid, credited or written_off"),
        Derived(
            "payment_status",
            Word(),
            "unpaid, partly_paid, paid, overdue, credited, written_off or cancelled",
            of="settlement",
            unless={"is:overdue": "overdue", "is:invoice is:cancelled": "cancelled"},
        ),
        Derived("overdue", Boolean(), "owed and past its due date", terms="is:overdue"),
        Derived(
            "next_occurrence",
            Date(),
            "of a subscription: the first day to come for which nothing was made yet",
            to_come=True,
        ),
        Derived("subscribed_from", Date(), "the first day of a subscription that is paid for"),
        Derived(
            "subscribed_until",
            Date(),
            "the last day of its last period; none while it has no end",
            to_come=True,
        ),
        Derived(
            "mrr",
            Money(adds=False),
            "net of a subscription in a month, at the price of its first purchase",
        ),
    ),
    derive=derive,
    sort="date,number",
    summary=SPEND,
    check=_check,
    upheld=_upheld,
    retained=Retained(
        (
            "kind", "number", "date", "due_date", "currency", "tax_included", "rounding", "status",
            "order", "deposit_of", "corrects", "lines", "amount", "instalments", "owner",
        ),
        when=_is_booked,
        along=lambda one: one.get("status") != "draft" or one.get("kind") == "order",
    ),
    chain=table,
    counted="is:counted",
    found="not:date.after:today",
    measures=(
        *SALES,
        Measure(
            "average_order",
            "ratio",
            "spend by the orders whose amount is known",
            of="spend",
            per="known_orders",
        ),
        Measure(
            "known_orders",
            "converted",
            "number of orders whose amount is known, without credit notes",
            of="net",
            each="sale",
            place="sale_place",
            unless=f"{CREDIT_NOTE},unpriced",
        ),
        *BUYERS,
        Measure("unconverted", "unconverted", "number of those whose amount has no rate", of="net"),
    ),
    states=(
        State("counted", "counts:yes", "counts in sums"),
        State(QUOTE, "kind.is:quote", "a quote"),
        State("order", "kind.is:order", "an order"),
        State(
            "unanswered",
            "is:quote is:posted not:quote_status.is:accepted,declined",
            "a quote that was neither accepted nor declined",
        ),
        State(
            "accepted",
            "is:quote quote_status.is:accepted",
            "a quote that was accepted",
            event=True,
        ),
        State(
            "declined",
            "is:quote quote_status.is:declined",
            "a quote that was declined",
            event=True,
        ),
        State(
            "expired",
            "is:unanswered has:valid_until valid_until.before:today",
            "a quote that holds no longer",
        ),
        State("unbilled", "is:order is:counted", "an order that is not billed yet, or in part"),
        State("unpriced", "priced:no", "neither an amount nor a price is known"),
        State("posted", "status.is:posted", "neither a draft nor cancelled"),
        State("draft", "status.is:draft", "not sent yet"),
        State("cancelled", "status.is:cancelled", "cancelled"),
        State(
            "recurring",
            "has:every kind.is:sale,order,invoice not:status.is:cancelled",
            "the first of a subscription that is not cancelled",
        ),
        State("invoice", "kind.is:invoice", "an invoice"),
        State(CREDIT_NOTE, "kind.is:credit_note", "a credit note"),
        State(
            "unpaid",
            "is:invoice is:posted settlement.is:unpaid",
            "nothing paid yet",
            unclear=_UNCLEAR,
        ),
        State("partly_paid", "settlement.is:partly_paid", "partly paid", event=True),
        State("paid", "settlement.is:paid", "settled", event=True),
        State("credited", "settlement.is:credited", "cancelled by a credit note", event=True),
        State(
            "written_off",
            "settlement.is:written_off",
            "given up, in whole or in part",
            event=True,
        ),
        State("disputed", "is:owing has:disputed", "owed, and disputed by the customer"),
        State("owing", "settlement.is:unpaid,partly_paid", "not fully paid"),
        State("overdue", "is:owing due.before:today", "owed and past its due date"),
        State(
            "no_shipping",
            "not:kind.is:order no:delivery no:required",
            "nothing to ship: not an order, and no delivery asked for",
        ),
        State(
            "unshipped",
            "is:posted not:is:no_shipping no:shipped"
            " not:delivery.is:in_transit,delivered,returned",
            "posted and to be shipped, but not shipped yet",
            unclear=_UNCLEAR,
        ),
    ),
)
