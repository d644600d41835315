"""Invoices of EN 16931 built from papers: every amount that a writer needs, computed here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from crm_cli.formats.einvoice.elements import MOST_DECIMALS, amount_text
from crm_cli.formats.einvoice.invoice import (
    CREDIT_NOTE,
    INVOICE,
    PREPAYMENT,
    ZERO,
    Allowance,
    Breakdown,
    Endpoint,
    Invoice,
    Line,
    Trader,
)
from crm_cli.formats.einvoice.units import USUAL, unit_code
from crm_cli.model.countries import country_name
from crm_cli.model.money import EXACT, round_money
from crm_cli.model.paper import Paper, PaperLine, Party

HUNDRED = Decimal(100)
REASON_CODES = {
    "AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O",
}  # fmt: skip
"""Why nothing is taxed, by category, where the category says it itself (BT-121)."""
SEPA, TRANSFER = "58", "30"
"""Means of payment (BT-81, UNTDID 4461)."""
_SLACK = Decimal("0.02")
_FINEST = Decimal("1e-10")
_ONE = Decimal(1)


class Given(NamedTuple):
    """What an invoice has beside its paper: the codes of units in crm.yaml, what was paid before
    it was issued, and what stands for payment terms where it has none."""

    units: Mapping[str, str] = {}
    paid: Decimal = ZERO
    terms: str = ""


def built(paper: Paper, given: Given) -> Invoice:
    """The invoice of a paper of which nothing is missing (see `rules.lacking`)."""
    assert paper.day is not None
    credit = paper.kind == "credit_note"
    outside = any(one.category == "O" for one in paper.lines)
    taxes = _taxes(paper)
    tax = sum((one.tax for one in taxes), ZERO)
    rounding = paper.gross - paper.net - tax
    gross = paper.net + tax
    paid = min(given.paid, max(paper.gross, ZERO))
    means = "" if credit or not paper.accounts else TRANSFER
    return Invoice(
        type_code=CREDIT_NOTE if credit else PREPAYMENT if paper.deposit_of else INVOICE,
        number=paper.number,
        day=paper.day,
        currency=paper.currency,
        seller=_seller(paper, outside=outside),
        buyer=_trader(paper.buyer, outside=outside),
        lines=[_line(at, one, paper.currency, given) for at, one in enumerate(paper.lines, 1)],
        taxes=taxes,
        net=paper.net,
        tax=tax,
        gross=gross,
        payable=gross - paid + rounding,
        paid=paid,
        rounding=rounding,
        due=None if credit else paper.due,
        supplied=supply_day(paper),
        deliver_to=paper.buyer.country if _is_within(paper) else "",
        terms=_terms(paper, given),
        buyer_reference=paper.buyer_reference,
        sales_order=paper.order or paper.deposit_of,
        corrects=paper.corrects,
        means=SEPA if means and paper.currency == "EUR" else means,
        accounts=paper.accounts if means else (),
        remittance=paper.number if means else "",
    )


def _is_within(paper: Paper) -> bool:
    return any(one.category == "K" for one in paper.lines)


def supply_day(paper: Paper) -> date | None:
    """The day of the supply (BT-72), which one to another member state has to have (BR-IC-11)."""
    return paper.supplied or (paper.day if _is_within(paper) else None)


def vat_id(text: str) -> str:
    """A tax id that begins with its country's prefix (BR-CO-09); empty for another."""
    bare = "".join(sign for sign in text.upper() if sign.isalnum())
    prefix = bare[:2]
    known = prefix in ("EL", "XI") or bool(prefix.isalpha() and country_name(prefix))
    return bare if known and len(bare) > 2 else ""


def fits(value: Decimal) -> bool:
    """Whether an amount has no more decimals than the standard takes (BR-DEC)."""
    return -int(value.normalize().as_tuple().exponent) <= MOST_DECIMALS


def _trader(party: Party, *, outside: bool) -> Trader:
    """A party; outside the scope of VAT nobody is named by a VAT id (BR-O-02). How the buyer is
    reached stands nowhere: it changes with the customer, and the invoice does not."""
    scheme, _, value = party.endpoint.partition(":")
    return Trader(
        name=party.name,
        street=" ".join(party.street.split()),
        city=party.city,
        postcode=party.postcode,
        region=party.region,
        country=party.country,
        vat_id="" if outside else vat_id(party.tax_id),
        registration_id=party.registration_id,
        endpoint=Endpoint(scheme, value) if value else None,
    )


def _seller(paper: Paper, *, outside: bool) -> Trader:
    party = paper.seller
    made = _trader(party, outside=outside)
    legal = ", ".join(line.strip() for line in paper.footer.split("\n") if line.strip())
    # Without a VAT id something else has to name the seller (BR-CO-26).
    tax_id = "" if made.vat_id else party.tax_id
    named = made.vat_id or made.registration_id
    return made._replace(
        tax_id=tax_id if not outside else "",
        id="" if named else party.tax_id,
        legal=legal,
        email=party.emails[0] if party.emails else "",
        phone=party.phones[0] if party.phones else "",
    )


def _line(place: int, line: PaperLine, currency: str, given: Given) -> Line:
    assert line.price is not None and line.net is not None
    price, allowance = _priced(line, line.price, line.net, currency)
    name, _, rest = line.text.partition("\n")
    return Line(
        id=str(place),
        name=name.strip(),
        description=line.text if rest.strip() else "",
        sku=line.sku,
        quantity=line.quantity,
        unit=unit_code(line.unit, given.units) or USUAL,
        price=price,
        net=line.net,
        category=line.category,
        rate=None if line.category == "O" else line.rate or ZERO,
        allowance=allowance,
    )


def _priced(
    line: PaperLine, price: Decimal, net: Decimal, currency: str
) -> tuple[Decimal, Allowance | None]:
    """The price and the allowance by which a line comes to its net (BT-131).

    Where the price was taken out of one with tax it may have too few decimals for that: then it is
    what the net of a unit comes to.
    """
    product = EXACT.multiply(line.quantity, price)
    whole = round_money(product, currency)
    percent = line.discount or ZERO
    taken = whole - net
    exact = round_money(EXACT.divide(EXACT.multiply(whole, percent), HUNDRED), currency)
    # Money without decimals is rounded further than Peppol takes (PEPPOL-EN16931-R120).
    near = abs(product - whole) <= _SLACK
    if near and not percent and not taken:
        return price, None
    if near and percent and abs(taken - exact) <= _SLACK and fits(whole):
        charge = percent < 0
        amount = -taken if charge else taken
        return price, Allowance(amount, whole, abs(percent), charge)
    if not line.quantity:
        return price, None
    return EXACT.divide(net, line.quantity).quantize(_FINEST, context=EXACT), None


def _taxes(paper: Paper) -> list[Breakdown]:
    """The sums of each category and rate; their tax is the paper's where the standard has it so.

    It wants base × rate, and takes what is less than one unit of money away from it (BR-CO-17).
    Beyond that the tax is the standard's, and the invoice's rounding amount makes up for it.
    """
    found: dict[tuple[str, Decimal | None], tuple[Decimal, Decimal, list[str]]] = {}
    for one in paper.taxes:
        rate = None if one.category == "O" else (one.rate or ZERO).normalize()
        base, tax, reasons = found.get((one.category, rate), (ZERO, ZERO, []))
        found[one.category, rate] = base + one.base, tax + one.tax, [*reasons, one.reason]
    return [
        Breakdown(
            category, rate, base, _tax(base, rate or ZERO, tax, paper.currency),
            "; ".join(dict.fromkeys(filter(None, reasons))) if category not in ("S", "Z") else "",
            REASON_CODES.get(category, ""),
        )
        for (category, rate), (base, tax, reasons) in found.items()
    ]  # fmt: skip


def _tax(base: Decimal, rate: Decimal, tax: Decimal, currency: str) -> Decimal:
    wanted = round_money(EXACT.divide(EXACT.multiply(base, rate), HUNDRED), currency)
    return tax if abs(tax - wanted) < _ONE else wanted


def _terms(paper: Paper, given: Given) -> str:
    """The payment terms (BT-20): in words, else each instalment, else what stands for them."""
    parts = [
        f"{one.due.isoformat() if one.due else '-'}: "
        f"{amount_text(one.amount, paper.currency)} {paper.currency}"
        for one in paper.instalments
    ]
    said = [paper.terms, *parts]
    return "\n".join(filter(None, said)) or given.terms
