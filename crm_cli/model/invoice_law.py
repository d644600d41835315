"""What the law wants on an invoice: Directive 2006/112/EC, Articles 219 and 226.

The rules that are about VAT hold where the seller is in the European Union, or where crm.yaml
does not say where; the others everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from crm_cli.model.paper import Paper, PaperLine

EU = frozenset(
    (
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
        "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    )
)  # fmt: skip
"""The member states (ISO 3166-1)."""

LIABLE = ("AE", "K")
"""The categories in which the customer is liable for the tax, and has to be named by a tax id."""


class Missing(NamedTuple):
    """A thing that has to be on an invoice and is not: our field, and what it is."""

    field: str
    what: str


def missing(paper: Paper) -> Iterator[Missing]:
    """What an invoice or a credit note lacks; nothing for other kinds."""
    if not paper.is_billed:
        return
    if not paper.number:
        yield Missing("number", "a sequential number; crm purchase post gives it one")
    if paper.day is None:
        yield Missing("date", "the date of issue")
    yield from _parties(paper)
    if paper.kind == "credit_note" and not paper.corrects:
        yield Missing("corrects", "the invoice that it corrects")
    for place, line in enumerate(paper.lines, 1):
        yield from _line(paper, place, line)


def _parties(paper: Paper) -> Iterator[Missing]:
    for key, what in (("name", "the name"), ("street", "the street"), ("city", "the city")):
        if not getattr(paper.seller, key):
            yield Missing(f"business.{key} in crm.yaml", f"{what} of the seller")
    if not paper.seller.tax_id and _is_european(paper):
        yield Missing("business.tax_id in crm.yaml", "the tax id of the seller")
    for key, what in (("name", "the name"), ("city", "the city of the address")):
        if not getattr(paper.buyer, key):
            yield Missing(f"bill_to.{key}", f"{what} of the customer")
    liable = sorted({one.category for one in paper.lines} & {*LIABLE})
    if liable and not paper.buyer.tax_id:
        yield Missing("bill_to.tax_id", f"the customer's tax id, for tax category {liable[0]}")


def _line(paper: Paper, place: int, line: PaperLine) -> Iterator[Missing]:
    of = f"lines.{place}"
    if not line.text:
        yield Missing(f"{of}.description", "what was sold")
    if line.price is None:
        yield Missing(f"{of}.unit_price", "its price")
    if not _is_european(paper):
        return
    if line.rate is None and line.category in ("", "S"):
        yield Missing(f"{of}.tax_rate", "the rate of VAT; 0 and a tax_category where there is none")
    if line.category == "E" and not line.reason:
        yield Missing(f"{of}.tax_reason", "why it is exempt from VAT")


def _is_european(paper: Paper) -> bool:
    return not paper.seller.country or paper.seller.country in EU
