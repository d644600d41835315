"""Papers to make documents of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from crm_cli.formats.documents.forms import read_form
from crm_cli.formats.documents.making import Extra, page_of
from crm_cli.formats.documents.page import Page
from crm_cli.formats.documents.shipped import shipped
from crm_cli.formats.documents.words import words_of
from crm_cli.model.paper import Account, Entry, Paper, PaperLine, Party, TaxSum

NAMES = {
    "en": "Acme_Coworking *Ltd*", "de": "Grüne Bohne GmbH", "sl": "Žiga Čuček, s. p.",
    "bg": "Кафе Роза ЕООД", "sr": "Ресторан Љубичица", "ka": "შპს ყავის სახლი",
    "fa": "کافه بامداد", "sr-Latn": "Restoran Ljubičica",
}  # fmt: skip
SELLER = Party(
    "Kava d.o.o.", "Slovenska cesta 2", "1000", "Ljubljana", country="SI", tax_id="SI12345678",
    emails=("info@kava.example",),
)  # fmt: skip


def line(
    text: str, quantity: str, price: str, rate: str, net: str, tax: str, category: str = "S"
) -> PaperLine:
    return PaperLine(
        "", text, Decimal(quantity), "piece", Decimal(price), None, category, Decimal(rate), "",
        Decimal(net), Decimal(tax),
    )  # fmt: skip


def paper(language: str = "en", *, kind: str = "invoice", lines: int = 1) -> Paper:
    """A document of a kind, whose amount is 1,234.50 EUR and the tax."""
    return Paper(
        kind,
        SELLER,
        Party(NAMES[language], "Dunajska 1", "1000", "Ljubljana", country="SI"),
        language=language,
        customer="ana",
        id="p-1",
        number="2026-0042",
        day=date(2026, 11, 10),
        due=date(2026, 12, 10) if kind == "invoice" else None,
        currency="EUR",
        lines=(line("Beans", "1", "1234.5", "22", "1234.50", "271.59"),) * lines,
        taxes=(TaxSum("S", Decimal(22), "", Decimal("1234.50"), Decimal("271.59")),),
        net=Decimal("1234.50"),
        tax=Decimal("271.59"),
        gross=Decimal("1506.09"),
        entries=(Entry(date(2026, 9, 1), "invoice", "2026-0030", "EUR", Decimal("80.00"),
                       date(2026, 10, 1), Decimal("80.00"), days=40),),
        accounts=(Account("SI56011006000000023", "BSLJSI2X"),),
        footer="Kava d.o.o.",
    )  # fmt: skip


def page(paper: Paper, *, template: str = "", draft: bool = False, body: str = "") -> Page:
    """The page of a paper, in its language, by the program's own template or another body."""
    found = shipped(template or paper.kind, paper.language)
    assert found is not None
    form = read_form(found.subject, body or found.body)
    extra = Extra({"name": "Petra Zajc"}, {})
    return page_of(paper, form, words_of(paper.language), extra, draft=draft)
