"""Papers made of records: what a purchase, a customer and the settings say for a document."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crm_cli.model import instalments
from crm_cli.model.bill_to import address_of
from crm_cli.model.iban import iban_of
from crm_cli.model.line import CREDIT_NOTE, HUNDRED
from crm_cli.model.money import EXACT, minor_unit
from crm_cli.model.paper import Account, Instalment, Paper, PaperLine, Party, TaxSum
from crm_cli.model.purchase_amounts import is_tax_included
from crm_cli.model.receivables import settlements
from crm_cli.model.setting_groups import account_rows
from crm_cli.model.text import cleaned

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

_ADDRESS = ("street", "postcode", "city", "region", "country")
_REACHED = ("emails", "phones", "urls")
_CATEGORY = {True: "S", False: "Z"}


def seller_of(settings: Item) -> Party:
    """The business as its papers name it: `business` in crm.yaml."""
    values = _own(settings)
    reached: dict[str, Any] = {key: tuple(map(_text, values.get(key) or ())) for key in _REACHED}
    return Party(
        name=_text(values.get("legal_name") or values.get("name")),
        **_address(values),
        tax_id=_text(values.get("tax_id")),
        registration_id=_text(values.get("registration_id")),
        endpoint=_text(values.get("endpoint")),
        **reached,
    )


def accounts_of(settings: Item) -> tuple[Account, ...]:
    """The bank accounts in crm.yaml; a plain text is an IBAN."""
    given = _own(settings).get("accounts")
    found = []
    for values in account_rows(given):
        iban = iban_of(_text(values.get("iban")))
        if iban:
            found.append(Account(iban, _text(values.get("bic")), _text(values.get("bank"))))
    return tuple(found)


def buyer_of(customer: Item, purchase: Item | None = None) -> Party:
    """Whom a paper is for: `bill_to` of a purchase that has it, else the customer as they are."""
    written = purchase.values.get("bill_to") if purchase is not None else None
    values = customer.values
    reached: dict[str, Any] = {key: tuple(map(_text, customer.texts(key))) for key in _REACHED}
    reached |= {key: _text(values.get(key)) for key in ("given_name", "family_name")}
    person = customer.get("name") if values.get("kind") == "person" else ""
    reached["endpoint"] = _endpoint(customer)
    reached["called"] = reached["given_name"] or _text(person)
    if written is not None:
        return Party(
            _text(written.values.get("name")),
            **_address(written.values),
            tax_id=_text(written.values.get("tax_id")),
            **reached,
        )
    address = address_of(customer, purchase.values.get("date") if purchase is not None else None)
    return Party(
        name=_text(values.get("legal_name") or customer.get("name") or customer.id),
        **_address(address.values if address is not None else {}),
        tax_id=_text(values.get("tax_id")),
        registration_id=_text(values.get("registration_id")),
        **reached,
    )


def paper_base(kind: str, customer: Item, settings: Item, *, purchase: Item | None = None) -> Paper:
    """A paper with its two parties and what the settings add to each."""
    values = _own(settings)
    return Paper(
        kind,
        seller_of(settings),
        buyer_of(customer, purchase),
        language=_text(customer.values.get("language") or settings.values.get("language")),
        customer=customer.id,
        accounts=accounts_of(settings),
        footer=_text(values.get("footer")),
        logo=_text(values.get("logo")),
    )


def purchase_paper(
    purchase: Item,
    settings: Item,
    business: Business,
    products: Mapping[str, Item],
    *,
    kind: str = "",
) -> Paper:
    """The paper of a purchase; `kind` for another than its own, as a delivery note of an order."""
    customer, values, derived = purchase.owner, purchase.values, purchase.derived
    own = str(purchase.get("kind"))
    currency = str(derived["currency"])
    sign = -1 if own == CREDIT_NOTE else 1
    lines = _lines(purchase, products, business, sign)
    numbers: dict[Any, Any] = {
        one.id: one.values.get("number") for one in customer.items("purchases")
    }

    def named(key: str) -> str:
        ref = values.get(key)
        return _text(numbers.get(ref) or ref)

    prepaid = _prepaid(purchase, business) if own == "invoice" else Decimal(0)
    base = paper_base(kind or own, customer, settings, purchase=purchase)
    return base._replace(
        id=purchase.id,
        number=_text(values.get("number")),
        status=str(purchase.get("status")),
        day=values.get("date"),
        due=instalments.due_date(purchase, customer, business) if own == "invoice" else None,
        valid_until=values.get("valid_until"),
        supplied=values.get("shipped"),
        currency=currency,
        buyer_reference=_text(values.get("buyer_reference")),
        order=named("order"),
        quote=named("quote"),
        corrects=named("corrects"),
        deposit_of=named("deposit_of"),
        deliver_to=_delivered_to(customer),
        lines=lines,
        taxes=_taxes(lines),
        net=sum((one.net for one in lines if one.net is not None), Decimal(0)),
        tax=sum((one.tax for one in lines), Decimal(0)),
        gross=sign * _whole(purchase)["gross"],
        owed=derived.get("amount_due") if own == "invoice" else None,
        prepaid=prepaid,
        instalments=_instalments(purchase, currency, prepaid) if own == "invoice" else (),
        terms=_text(values.get("payment_terms")),
        notes="",
    )


def _whole(purchase: Item) -> dict[str, Decimal]:
    """Net, tax and gross of all of a purchase: those of an order count but what is not billed."""
    lines = purchase.items("lines")
    if not lines:
        net = purchase.derived["net"] + purchase.derived.get("billed", 0)
        return {"net": net, "tax": purchase.derived["tax"], "gross": net + purchase.derived["tax"]}
    net = sum((one.derived["net"] for one in lines if "net" in one.derived), Decimal(0))
    tax = sum((one.derived.get("tax", Decimal(0)) for one in lines), Decimal(0))
    return {"net": net, "tax": tax, "gross": net + tax}


def _lines(
    purchase: Item, products: Mapping[str, Item], business: Business, sign: int
) -> tuple[PaperLine, ...]:
    currency = str(purchase.derived["currency"])
    included = is_tax_included(purchase, business)
    if not purchase.items("lines"):
        whole = _whole(purchase)
        net = sign * whole["net"]
        return (
            PaperLine(
                "", _text(purchase.values.get("text")), Decimal(1), "", net, None,
                "", None, "", net, sign * whole["tax"],
            ),
        )  # fmt: skip
    return tuple(
        _line(line, products, currency, sign, included=included)
        for line in purchase.items("lines")
    )


def _line(
    line: Item, products: Mapping[str, Item], currency: str, sign: int, *, included: bool
) -> PaperLine:
    values = line.values
    sku = _text(values.get("product"))
    named = products[sku].title if sku in products else ""
    rate, price = values.get("tax_rate"), values.get("unit_price")
    net = line.derived.get("net")
    quantity = abs(values.get("quantity", Decimal(1)))
    if net is not None:
        # A line may take off what the others add, whatever sign the record writes.
        quantity = quantity if sign * net >= 0 else -quantity
    with_tax = None
    if price is not None:
        price = abs(price)
        with_tax = price if included else None
        if included and rate:
            exact = EXACT.divide(price * HUNDRED, HUNDRED + rate)
            price = round(exact, minor_unit(currency) + 2).normalize()
    category = _text(values.get("tax_category"))
    return PaperLine(
        sku=sku,
        text=_text(values.get("description")) or named or sku,
        quantity=quantity,
        unit=_text(values.get("unit")),
        price=price,
        discount=values.get("discount") or None,
        category=category or ("" if rate is None else _CATEGORY[bool(rate)]),
        rate=rate,
        reason=_text(values.get("tax_reason")),
        net=None if net is None else sign * net,
        tax=sign * line.derived.get("tax", Decimal(0)),
        with_tax=with_tax,
    )


def _taxes(lines: tuple[PaperLine, ...]) -> tuple[TaxSum, ...]:
    """The sums of each category and rate, in the order of the lines."""
    found: dict[tuple[str, Decimal | None, str], tuple[Decimal, Decimal]] = {}
    for line in lines:
        key = (line.category, line.rate, line.reason)
        base, tax = found.get(key, (Decimal(0), Decimal(0)))
        found[key] = (base + (line.net or 0), tax + line.tax)
    return tuple(TaxSum(*key, base, tax) for key, (base, tax) in found.items())


def _prepaid(invoice: Item, business: Business) -> Decimal:
    """What was paid up to the day of an invoice: what comes later changes no bytes of it."""
    day = invoice.values.get("date")
    if day is None or not invoice.owner.items("payments"):
        return Decimal(0)
    parts = settlements(invoice.owner, business._replace(today=day)).get(invoice.id, [])
    return sum((one.amount for one in parts if one.is_money), Decimal(0))


def _instalments(purchase: Item, currency: str, prepaid: Decimal) -> tuple[Instalment, ...]:
    """The instalments, less what was paid before, which pays the first ones."""
    parts = instalments.in_order(purchase)
    amounts = instalments.amounts_of(parts, purchase.derived["gross"], currency) if parts else []
    found = []
    for part, whole in zip(parts, amounts, strict=True):
        paid = min(whole, max(prepaid, Decimal(0)))
        prepaid -= paid
        if whole != paid or not paid:
            found.append(Instalment(
                part.values.get("due_date"), whole - paid, _text(part.values.get("text")),
                part.derived.get("amount_due"),
            ))  # fmt: skip
    return tuple(found)


def _delivered_to(customer: Item) -> Party | None:
    """The customer's address for deliveries, where they have one of that label."""
    for one in customer.answering("addresses"):
        if str(one.values.get("label")).lower() == "delivery":
            name = _text(customer.get("name") or customer.id)
            return Party(name, **_address(one.values))
    return None


def _endpoint(customer: Item) -> str:
    """The customer's electronic address for invoices: `social` with `service: peppol`."""
    for one in customer.items("social"):
        if str(one.values.get("service")).lower() == "peppol":
            return _text(one.values.get("value"))
    return ""


def _own(settings: Item) -> Mapping[str, Any]:
    """What crm.yaml says of the business."""
    own = settings.values.get("business")
    return own.values if own is not None else {}


def _address(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _text(values.get(key)) for key in _ADDRESS}


def _text(value: object) -> str:
    return "" if value is None else cleaned(str(value)).strip()
