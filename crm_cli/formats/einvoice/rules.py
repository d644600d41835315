"""What EN 16931 wants of an invoice beside the law, looked at before a file is made.

What is missing is named by our own field; the standard's rule stands beside it in brackets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crm_cli.formats.einvoice.building import Given, fits, vat_id
from crm_cli.formats.einvoice.units import unit_code
from crm_cli.model.invoice_law import Missing, missing
from crm_cli.model.paper import Paper, PaperLine

_NAMED = ("K", "G")
"""Categories whose seller has to be named by a VAT id."""


def lacking(paper: Paper, given: Given) -> list[Missing]:
    """What an invoice or a credit note lacks, by field: of the law, then of the standard."""
    found: dict[str, Missing] = {}
    for one in (*missing(paper), *_lacking(paper, given)):
        found.setdefault(one.field, one)
    return list(found.values())


def _lacking(paper: Paper, given: Given) -> Iterator[Missing]:
    if not paper.lines:
        yield Missing("lines", "what was sold (BR-16)")
    yield from _parties(paper)
    if paper.kind == "invoice" and not (paper.due or paper.terms) and paper.gross > 0:
        yield Missing("due_date", "when it is due (BR-CO-25)")
    for place, line in enumerate(paper.lines, 1):
        yield from _line(f"lines.{place}", line, given.units)
    yield from _outside(paper)
    yield from _decimals(paper, given)


def _parties(paper: Paper) -> Iterator[Missing]:
    seller, buyer = paper.seller, paper.buyer
    categories = {one.category for one in paper.lines}
    if not seller.country:
        yield Missing("business.country in crm.yaml", "the country of the seller (BR-09)")
    if not buyer.country:
        yield Missing("bill_to.country", "the country of the customer (BR-11)")
    if not seller.tax_id and (categories - {"O"} or not seller.registration_id):
        yield Missing("business.tax_id in crm.yaml", "the tax id of the seller (BR-S-02)")
    named = [one for one in _NAMED if one in categories]
    if named and not vat_id(seller.tax_id):
        what = f"the VAT id of the seller with its country, as SI12345678, for category {named[0]}"
        yield Missing("business.tax_id in crm.yaml", what)
    liable = [one for one in ("AE", "K") if one in categories]
    if liable and not vat_id(buyer.tax_id):
        what = f"the customer's VAT id with its country, as DE123456789, for category {liable[0]}"
        yield Missing("bill_to.tax_id", what)


def _line(of: str, line: PaperLine, units: Mapping[str, str]) -> Iterator[Missing]:
    if not line.text:
        yield Missing(f"{of}.description", "what was sold (BR-25)")
    if line.price is None or line.net is None:
        yield Missing(f"{of}.unit_price", "its price (BR-26)")
    if not unit_code(line.unit, units):
        what = f"the code of the unit '{line.unit}' (UN/ECE Recommendation 20), as KGM"
        yield Missing(f"units.{line.unit} in crm.yaml", what)
    if not line.category:
        yield Missing(f"{of}.tax_rate", "the rate of VAT; 0 and a tax_category where there is none")
    elif line.category == "S" and not (line.rate or 0) > 0:
        yield Missing(f"{of}.tax_rate", "a rate above 0 for tax category S; 0 is category Z")
    elif line.category != "S" and line.rate:
        yield Missing(f"{of}.tax_rate", f"a rate of 0, as tax category {line.category} has it")
    if line.category == "E" and not line.reason:
        yield Missing(f"{of}.tax_reason", "why it is exempt from VAT (BR-E-10)")


def _outside(paper: Paper) -> Iterator[Missing]:
    categories = [one.category for one in paper.lines]
    if "O" in categories and {*categories} != {"O"}:
        place = next(at for at, one in enumerate(categories, 1) if one != "O")
        what = "category O as the other lines: it stands alone on an invoice (BR-O-11)"
        yield Missing(f"lines.{place}.tax_category", what)


def _decimals(paper: Paper, given: Given) -> Iterator[Missing]:
    """Amounts of currencies with three decimals, where the third is not 0."""
    for place, line in enumerate(paper.lines, 1):
        if line.net is not None and not fits(line.net):
            what = f"an amount of at most two decimals, not {line.net} (BR-DEC-23)"
            yield Missing(f"lines.{place}.unit_price", what)
    for one in paper.taxes:
        if not fits(one.tax):
            what = f"tax of at most two decimals, not {one.tax} (BR-DEC-20)"
            yield Missing("lines.1.tax_rate", what)
    if not fits(given.paid):
        what = f"money of at most two decimals, not {given.paid} (BR-DEC-16)"
        yield Missing("payments", what)
