"""What Directive 2006/112/EC wants on an invoice, named by our fields."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crm_cli.model.invoice_law import missing
from crm_cli.model.paper import Paper, PaperLine, Party

LINE = PaperLine(
    "beans", "Beans", Decimal(1), "kg", Decimal(10), None, "S", Decimal(22), "", Decimal(10),
    Decimal("2.20"),
)  # fmt: skip
SELLER = Party("Kava", "Cesta 1", "1000", "Ljubljana", country="SI", tax_id="SI1")
WHOLE = Paper(
    "invoice", SELLER, Party("Ana", city="Koper"), number="1", day=date(2026, 1, 1), lines=(LINE,)
)


def lacking(paper: Paper) -> list[str]:
    return [one.field for one in missing(paper)]


def with_line(**change: Any) -> Paper:
    return WHOLE._replace(lines=(LINE._replace(**change),))


@pytest.mark.parametrize(
    ("paper", "fields"),
    [
        (WHOLE, []),
        (WHOLE._replace(number=""), ["number"]),
        (WHOLE._replace(day=None), ["date"]),
        (WHOLE._replace(seller=Party("")), [
            "business.name in crm.yaml", "business.street in crm.yaml",
            "business.city in crm.yaml", "business.tax_id in crm.yaml",
        ]),
        (WHOLE._replace(buyer=Party("")), ["bill_to.name", "bill_to.city"]),
        (WHOLE._replace(kind="credit_note"), ["corrects"]),
        (WHOLE._replace(kind="credit_note", corrects="1"), []),
        (with_line(text=""), ["lines.1.description"]),
        (with_line(price=None), ["lines.1.unit_price"]),
        (with_line(rate=None, category=""), ["lines.1.tax_rate"]),
        (with_line(rate=None, category="O"), []),
        (with_line(rate=Decimal(0), category="E"), ["lines.1.tax_reason"]),
        (with_line(rate=Decimal(0), category="E", reason="Art. 132"), []),
        (with_line(rate=Decimal(0), category="AE"), ["bill_to.tax_id"]),
        (with_line(rate=Decimal(0), category="K"), ["bill_to.tax_id"]),
        (with_line(rate=Decimal(0), category="G"), []),
        # Elsewhere VAT has other rules, or there is none.
        (with_line(rate=None, category="")._replace(
            seller=SELLER._replace(country="GE", tax_id="")), []),
        (WHOLE._replace(kind="quote", number="", seller=Party("")), []),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(paper: Paper, fields: list[str]) -> None:
    assert lacking(paper) == fields
