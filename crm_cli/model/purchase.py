"""Purchases and their lines: sales, orders, invoices, credit notes (EN 16931)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crm_cli.model.aspects import (
    CardColumn,
    CardTable,
    Exchange,
    Happening,
    Reminder,
    Row,
    amount_text,
    joined,
)
from crm_cli.model.effect import is_ahead
from crm_cli.model.errors import Severity, Unreadable
from crm_cli.model.exchange import missing_rate
from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Code,
    Currency,
    Date,
    Money,
    Number,
    Percent,
    Price,
    Reference,
    Text,
    User,
    Word,
)
from crm_cli.model.kind import Derived, Field, Finding, Kind, ListOf, Move, State
from crm_cli.model.measure import Measure
from crm_cli.model.money import EXACT, format_amount, round_money
from crm_cli.model.spend import SPEND

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


PURCHASE_KINDS = ("sale", "order", "invoice", "credit_note")
"""A sale is paid at once and owes nothing; only invoices owe."""

PURCHASE_STATUSES = ("draft", "posted", "cancelled")
"""Drafts and cancelled purchases count nothing; nor does a posted order that was billed."""

DELIVERIES = ("processing", "in_transit", "delivered", "returned")
"""Where the goods are (schema.org OrderStatus, shortened)."""

TAX_CATEGORIES = ("S", "Z", "E", "AE", "K", "G", "O")
"""EN 16931 BT-151: standard, zero, exempt, reverse charge, intra-EU, export, outside."""


_HUNDRED = Decimal(100)
_CREDIT_NOTE = "credit_note"


def read_line(text: str, business: Business) -> dict[str, Any]:
    """`PRODUCT[:QUANTITY[:PRICE]]`."""
    parts = [part.strip() for part in text.split(":")]
    if len(parts) > 3 or not parts[0]:
        raise Unreadable(
            f"'{text}' is not a purchase line",
            "write PRODUCT:QUANTITY:PRICE, as beans-1kg:20:18.50",
        )
    return {
        key: part
        for key, part in zip(("product", "quantity", "unit_price"), parts, strict=False)
        if part
    }


def _derive_line(line: Item, business: Business) -> None:
    """Net = quantity × unit price × (1 − discount), half-up to the minor unit (EN 16931 BT-131).

    Of a credit note units and net are negative.
    """
    price = line.values.get("unit_price")
    if price is None:
        return
    quantity = line.values.get("quantity", Decimal(1))
    net = EXACT.multiply(quantity, price)
    discount = line.values.get("discount")
    if discount:
        net = EXACT.divide(EXACT.multiply(net, _HUNDRED - discount), _HUNDRED)
    purchase = line.parent
    currency = _currency(purchase, business) if purchase is not None else business.currency
    net = round_money(net, currency)
    if purchase is not None and purchase.get("kind") == "credit_note":
        net, quantity = -net, -quantity
    line.derived["net"] = net
    line.derived["units"] = quantity
    line.derived["currency"] = currency


PART_IN_BASE = "net_base"
"""The derived value of a line that holds its part of the purchase's net in the base currency."""


def _convert_lines(lines: list[Item], purchase: Item, business: Business) -> None:
    """Convert the lines' amounts so that they add up to what the purchase is worth.

    Each converted for itself, they would differ from it by some cents.
    """
    currency = purchase.derived["currency"]
    if currency == business.currency:
        return
    day = purchase.values.get("date") or date.max
    nets = [line.derived["net"] for line in lines]
    converted = business.rates.convert_parts(nets, currency, day)
    for line, part in zip(lines, converted or (), strict=False):
        line.derived[PART_IN_BASE] = part


def _currency(purchase: Item, business: Business) -> str:
    currency: str = purchase.values.get("currency") or business.currency
    return currency


def _check_line(line: Item, business: Business) -> Iterator[Finding]:
    if "unit_price" not in line.values:
        yield Finding(
            "product",
            "line-without-price",
            "this line has no price and is left out of sums",
            "add unit_price",
            absent="unit_price",
        )
    discount = line.values.get("discount")
    if discount is not None and 0 < discount < 1:
        yield Finding(
            "discount",
            "discount-share",
            f"a discount of {discount} percent is less than one percent",
            f"a share of {discount} is written {discount * 100:f}".rstrip("0").rstrip("."),
            Severity.WARNING,
        )


LINE = Kind(
    name="line",
    key="lines",
    doc="one product or service on a purchase",
    fields=(
        Field(
            "product",
            Reference("product"),
            "the product's SKU",
            aliases=("sku",),
            headings="product_id productid item article izdelek artikel sifra_artikla",
        ),
        Field("description", Text(), "what it is, if it has no SKU"),
        Field(
            "quantity",
            Number(),
            "quantity",
            default=Decimal(1),
            sums="units",
            headings="qty units kolicina kol menge",
        ),
        Field("unit", Word(), "piece, kg, hour", copied="product.unit"),
        Field(
            "unit_price",
            Price(),
            "unit price before discount, without tax",
            aliases=("price",),
            label="price",
            headings="unitprice price cena cena_na_enoto preis",
            copied="product.price",
        ),
        Field("discount", Percent(), "percent", headings="discount_percent popust rabatt rabat"),
        Field(
            "tax_category",
            Choice(TAX_CATEGORIES),
            "EN 16931 tax category",
            copied="product.tax_category",
        ),
        Field(
            "tax_rate",
            Percent(),
            "tax rate, percent",
            headings="vat vat_rate ddv stopnja_ddv",
            copied="product.tax_rate",
        ),
    ),
    shorthand=read_line,
    title="product",
    derived=(
        Derived("net", Money(), "quantity × unit price, less discount, rounded to the minor unit"),
        Derived("units", Number(), "the quantity; of a credit note negative"),
        Derived("counts", Boolean(), "its purchase counts in sums", terms="purchase/counts:yes"),
    ),
    derive=_derive_line,
    check=_check_line,
    columns=("date", "customer", "product", "quantity", "unit_price", "discount", "net"),
    sought=("product",),
    amount="net",
    exchange=Exchange(needed=("unit_price",)),
    counted="is:counted",
    found="is:counted not:is:credit_note",
    measures=(
        Measure(
            "orders",
            "distinct",
            "number of different purchases, without credit notes",
            of="purchase",
            unless=_CREDIT_NOTE,
        ),
        Measure("spend", "sum", "net of what counts; credit notes take from it", of="net"),
        Measure("units", "sum", "quantities, less what was credited", of="units"),
        Measure(
            "customers",
            "distinct",
            "number of different customers who bought",
            of="customer",
            unless=_CREDIT_NOTE,
        ),
        Measure("first_purchase", "min", "day of the first one", of="date", unless=_CREDIT_NOTE),
        Measure("last_purchase", "max", "day of the latest one", of="date", unless=_CREDIT_NOTE),
        Measure("unconverted", "unconverted", "number of lines whose amount has no rate", of="net"),
    ),
)


def _derive_purchase(purchase: Item, business: Business) -> None:
    """Net is the sum of the lines (or `amount`); tax is rounded per rate (EN 16931 BR-CO-17)."""
    currency = _currency(purchase, business)
    lines = purchase.items("lines")
    tax = Decimal(0)
    units = Decimal(0)
    if lines:
        per_rate: dict[Decimal, Decimal] = {}
        net = Decimal(0)
        priced = [line for line in lines if "net" in line.derived]
        for line in priced:
            part = line.derived["net"]
            net += part
            units += line.derived["units"]
            rate = line.values.get("tax_rate")
            if rate:
                per_rate[rate] = per_rate.get(rate, Decimal(0)) + part
        for rate, base in per_rate.items():
            tax += round_money(base * rate / _HUNDRED, currency)
    else:
        net = round_money(purchase.values.get("amount", Decimal(0)), currency)
        if purchase.get("kind") == "credit_note":
            net = -abs(net)
    derived = purchase.derived
    derived["net"] = net
    derived["tax"] = tax
    derived["gross"] = net + tax
    derived["units"] = units
    derived["currency"] = currency
    if lines:
        _convert_lines(priced, purchase, business)
    derived["counts"] = purchase.get("status") == "posted" and not is_ahead(purchase, business)


def _check_purchase(purchase: Item, business: Business) -> Iterator[Finding]:
    yield from missing_rate(purchase, business)
    if "date" not in purchase.values:
        yield Finding(
            "date", "purchase-without-date", "this purchase has no date", "add date", absent="date"
        )
    if "amount" not in purchase.values and not purchase.items("lines"):
        yield Finding(
            "number",
            "purchase-without-amount",
            "this purchase has neither lines nor an amount",
            "add lines or amount",
            Severity.WARNING,
            "amount",
        )
    if "amount" in purchase.values and purchase.items("lines"):
        yield Finding(
            "amount",
            "amount-beside-lines",
            "this purchase has lines, so that its amount means nothing",
            "remove amount, or write the price of a line",
            Severity.WARNING,
        )
    # A sale may be the return of another, paid back at once.
    sign = {_CREDIT_NOTE: -1, "sale": 0}.get(purchase.get("kind"), 1)
    if sign * purchase.derived["gross"] < 0:
        note = "write what is credited without a sign: a credit note takes it away"
        yield Finding(
            "lines",
            "negative-purchase",
            f"this {purchase.get('kind').replace('_', ' ')} comes to less than nothing",
            note if sign < 0 else "for a return use a credit note: kind credit_note",
            Severity.WARNING,
        )


def _happened(row: Row) -> str:
    what = row["text"] or ", ".join(dict.fromkeys(row["lines"] or ()))
    amount = amount_text(row["gross"], row["currency"])
    cancelled = "cancelled" if row["status"] == "cancelled" else ""
    return joined(": ", (cancelled, row["number"], joined(", ", (what, amount))))


def _owed(row: Row) -> str:
    whole = ""
    if row["amount_due"] != row["gross"]:
        whole = f" of {format_amount(row['gross'], row['currency'])}"
    left = amount_text(row["amount_due"], row["currency"])
    return f"{row['number'] or row['id']}: {left}{whole}"


def _label(row: Row) -> str:
    return joined(" ", (row["kind"], row["number"]))


def _what(row: Row) -> str:
    return row["text"] or joined(", ", (*(row["lines"] or ()), *(row["line.description"] or ())))


def _state(row: Row) -> str:
    return str(row["status"] if row["status"] != "posted" else row["payment_status"] or "")


def _upheld(purchase: Item) -> Iterator[str]:
    number = purchase.values.get("number")
    if number and purchase.get("status") != "draft":
        hint = f"crm purchase cancel {purchase.id} keeps it"
        if purchase.get("status") == "cancelled":
            hint = "it is cancelled, and counts nothing"
        yield f"its number {number} will be missing; {hint}"
    paid = purchase.derived.get("paid")
    if paid:
        yield f"{amount_text(paid, purchase.derived['currency'])} has been paid for it"


PURCHASE = Kind(
    name="purchase",
    key="purchases",
    doc="a sale, order, invoice or credit note",
    fields=(
        Field("kind", Choice(PURCHASE_KINDS), "what it is", default="sale"),
        Field(
            "number",
            Code(),
            "its number",
            headings="invoice_number order_number document no stevilka racun stevilka_racuna "
            "rechnungsnummer",
        ),
        Field(
            "date",
            Date(),
            "when",
            aliases=("at",),
            headings="order_date orderdate invoice_date purchase_date datum datum_racuna",
        ),
        Field(
            "due_date",
            Date(),
            "payment due date of an invoice",
            to_come=True,
            headings="due rok rok_placila datum_zapadlosti",
        ),
        Field(
            "currency",
            Currency(),
            "its currency, if not the business's",
            headings="valuta wahrung",
        ),
        Field("payment_terms", Text(), "payment terms in words"),
        Field("status", Choice(PURCHASE_STATUSES), "only posted ones count", default="posted"),
        Field("delivery", Choice(DELIVERIES), "delivery status"),
        Field("shipped", Date(), "shipping date", headings="shipped_date shippeddate"),
        Field(
            "required",
            Date(),
            "requested delivery date",
            to_come=True,
            headings="required_date requireddate",
        ),
        Field("order", Reference("purchase"), "the order that an invoice bills"),
        Field("corrects", Reference("purchase"), "the invoice that a credit note corrects"),
        Field("lines", ListOf(LINE), "what was bought"),
        Field(
            "amount",
            Money(),
            "net amount, if there are no lines; sums go over net",
            sums="net",
            headings="total net_amount znesek betrag",
        ),
        Field("text", Text(), "description, if there are no lines"),
        Field("return_reason", Text(), "reason for the return"),
        Field("campaign", Reference("campaign", required=False), "the campaign that led to it"),
        Field(
            "owner",
            User(),
            "user who sold it",
            inherits="owner",
            headings="employee sales_rep seller prodajalec",
        ),
        Field("source_system", Word(), "the system it was imported from"),
        Field(
            "external_id",
            Code(),
            "its id there",
            headings="order_id orderid purchase_id transaction_id",
        ),
    ),
    letter="p",
    exchange=Exchange(needed=("date",), rows="lines", keys=(("number", "kind"),)),
    named_by="number",
    title="number",
    amount="net",
    when="date",
    effective="date",
    summed=("counts", "kind", "net"),
    timeline=(
        Happening(
            terms=("not:is:draft",),
            word_from="kind",
            columns=("number", "text", "lines", "gross", "currency", "status"),
            text=_happened,
        ),
    ),
    card=CardTable(
        heading="Latest purchases",
        columns=(
            "date",
            CardColumn("kind", ("kind", "number"), _label),
            CardColumn("what", ("text", "lines", "line.description"), _what),
            "gross",
            "currency",
            CardColumn("state", ("status", "payment_status"), _state),
            "id",
        ),
    ),
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
            "Cancel purchases: they keep their number and count nothing.",
            done="cancelled",
            sets={"status": "cancelled"},
            of=("posted", "draft"),
        ),
    ),
    due=Reminder(
        when="due",
        state="owing",
        word="invoice",
        columns=("id", "number", "amount_due", "gross", "currency"),
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
        "gross",
        "payment_status",
        "id",
        "amount_due",
        "kind",
        "currency",
        "net",
    ),
    derived=(
        Derived("net", Money(), "sum of the lines, or the amount; a credit note's is negative"),
        Derived("tax", Money(), "tax, rounded per rate"),
        Derived("gross", Money(), "net plus tax"),
        Derived("units", Number(), "sum of the lines' quantities"),
        Derived(
            "counts",
            Boolean(),
            "counts in sums: posted, dated up to today, no order that an invoice bills",
        ),
        Derived(
            "due",
            Date(),
            "due_date, else date and the customer's or the settings' terms",
            to_come=True,
        ),
        Derived("paid", Money(), "amount paid"),
        Derived("amount_due", Money(), "amount still owed"),
        Derived("settlement", Word(), "unpaid, partly_paid, paid or credited"),
        Derived(
            "payment_status",
            Word(),
            "unpaid, partly_paid, paid, overdue or credited",
            of="settlement",
            unless={"is:overdue": "overdue"},
        ),
        Derived("overdue", Boolean(), "owed and past its due date", terms="is:overdue"),
    ),
    derive=_derive_purchase,
    summary=SPEND,
    check=_check_purchase,
    upheld=_upheld,
    counted="is:counted",
    measures=(
        Measure("orders", "count", "how many, without credit notes", unless=_CREDIT_NOTE),
        Measure("spend", "sum", "net of what counts; credit notes take from it", of="net"),
        Measure("units", "sum", "quantities, less what was credited", of="units"),
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
            unless=_CREDIT_NOTE,
        ),
        Measure(
            "customers",
            "distinct",
            "number of different customers who bought",
            of="customer",
            unless=_CREDIT_NOTE,
        ),
        Measure("first_purchase", "min", "day of the first one", of="date", unless=_CREDIT_NOTE),
        Measure("last_purchase", "max", "day of the latest one", of="date", unless=_CREDIT_NOTE),
        Measure("unconverted", "unconverted", "number of those whose amount has no rate", of="net"),
    ),
    states=(
        State("counted", "counts:yes", "counts in sums"),
        State("posted", "status.is:posted", "neither a draft nor cancelled"),
        State("draft", "status.is:draft", "not sent yet"),
        State("cancelled", "status.is:cancelled", "cancelled"),
        State("invoice", "kind.is:invoice", "an invoice"),
        State(_CREDIT_NOTE, "kind.is:credit_note", "a credit note"),
        State("unpaid", "is:invoice is:posted settlement.is:unpaid", "nothing paid yet"),
        State("partly_paid", "settlement.is:partly_paid", "partly paid"),
        State("paid", "settlement.is:paid", "settled"),
        State("credited", "settlement.is:credited", "cancelled by a credit note"),
        State("owing", "settlement.is:unpaid,partly_paid", "not fully paid"),
        State("overdue", "is:owing due.before:today", "owed and past its due date"),
        State("unshipped", "is:posted no:shipped", "posted, not shipped yet"),
    ),
)
