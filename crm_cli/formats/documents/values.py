"""What templates can name: plain values of a paper, written as the language writes them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crm_cli.formats.documents.markup import placed
from crm_cli.formats.documents.views import BLOCKS
from crm_cli.formats.documents.words import Words
from crm_cli.model.paper import Paper, Party

FIELDS = {
    "customer.id": "the id of the record",
    "customer.name": "the name, of an invoice the one on it",
    "customer.given_name": "given name",
    "customer.family_name": "family name",
    "customer.greeting": "a greeting in their language: Dear Ana,",
    "customer.address": "street, postcode and city in one",
    "customer.street": "street and number",
    "customer.postcode": "postcode",
    "customer.city": "city",
    "customer.country": "country (ISO 3166-1)",
    "customer.tax_id": "tax id",
    "customer.email": "the preferred e-mail address",
    "customer.phone": "the preferred phone number",
    "business.name": "our legal name, else the name",
    "business.address": "our street, postcode and city in one",
    "business.street": "our street and number",
    "business.postcode": "our postcode",
    "business.city": "our city",
    "business.country": "our country",
    "business.tax_id": "our tax id",
    "business.registration_id": "our number in the register",
    "business.email": "our first e-mail address",
    "business.phone": "our first phone number",
    "business.url": "our first web site",
    "business.iban": "our first bank account",
    "business.bic": "its BIC",
    "business.bank": "its bank",
    "business.footer": "what stands below our documents",
    "user.name": "who writes: the user at work",
    "user.email": "their e-mail address",
    "document.title": "what it is, in the language: Invoice",
    "document.kind": "its kind: invoice",
    "document.number": "its number",
    "document.date": "its date",
    "document.due": "the day it is to be paid by",
    "document.valid_until": "the last day of a quote",
    "document.supplied": "the day of supply",
    "document.currency": "its currency",
    "document.net": "the sum without tax",
    "document.tax": "the tax",
    "document.gross": "the sum with tax",
    "document.payable": "what is to be paid",
    "document.order": "the number of the order",
    "document.quote": "the number of the quote",
    "document.corrects": "the number of the invoice that is corrected",
    "document.deposit_of": "the order that it is a deposit for",
    "document.terms": "the terms of payment",
    "document.level": "the level of a payment reminder",
    "document.fee": "what the reminder costs",
    "document.lines": "its lines, to loop over: text, sku, quantity, unit, price, net",
    "document.entries": "of a statement or reminder: what, number, date, due, amount",
    **{f"blocks.{name}": doc for name, doc in BLOCKS.items()},
}
"""The fields of templates; beside them `words.SECTION.KEY` and a customer's query fields."""

LOOPED = {
    "document.lines": ("text", "sku", "quantity", "unit", "price", "net"),
    "document.entries": ("what", "number", "date", "due", "amount"),
}
"""What the values of the fields that are lists have."""

ROOTS = ("customer", "business", "user", "document", "blocks", "words", "campaign")
"""What a field can begin with; any other name is a query field of the customer."""


def values_of(paper: Paper, words: Words, user: Mapping[str, str]) -> dict[str, Any]:
    """The values of a paper by the names of FIELDS, nested; None where there is none."""
    return {
        "customer": _customer(paper, words),
        "business": _business(paper, words),
        "user": {key: user.get(key) for key in ("name", "email")},
        "document": _document(paper, words),
        "blocks": {name: placed(name) for name in BLOCKS},
        "words": words.sections,
    }


def title_of(paper: Paper, words: Words) -> str:
    """What a paper is called: `Invoice`; of a letter nothing."""
    kind = "deposit" if paper.kind == "invoice" and paper.deposit_of else paper.kind
    return words.word(f"kind.{kind}") if words.has(f"kind.{kind}") else ""


def _customer(paper: Paper, words: Words) -> dict[str, Any]:
    buyer = paper.buyer
    greeting = "greeting_person" if buyer.called else "greeting"
    return {
        "id": paper.customer,
        **_party(buyer, words),
        "given_name": words.own(buyer.given_name),
        "family_name": words.own(buyer.family_name),
        "greeting": words.word(f"letter.{greeting}", name=words.own(buyer.called)),
    }


def _party(party: Party, words: Words) -> dict[str, Any]:
    found = {
        "name": party.name,
        "address": ", ".join(filter(None, (party.street, party.town))),
        "street": party.street,
        "postcode": party.postcode,
        "city": party.city,
        "country": party.country,
        "tax_id": party.tax_id,
        "email": next(iter(party.emails), None),
        "phone": next(iter(party.phones), None),
    }
    return {key: words.own(value or "") for key, value in found.items()}


def _business(paper: Paper, words: Words) -> dict[str, Any]:
    account = paper.accounts[0] if paper.accounts else None
    return {
        **_party(paper.seller, words),
        "registration_id": paper.seller.registration_id,
        "url": next(iter(paper.seller.urls), None),
        "iban": account.iban if account else None,
        "bic": account.bic if account else None,
        "bank": account.bank if account else None,
        "footer": paper.footer,
    }


def _document(paper: Paper, words: Words) -> dict[str, Any]:
    money = paper.currency

    def amount(value: Decimal | None) -> str | None:
        return words.money(value, money) if value is not None and money else None

    return {
        "title": title_of(paper, words),
        "kind": paper.kind,
        "number": words.isolated(paper.number),
        "date": words.day(paper.day),
        "due": words.day(paper.due),
        "valid_until": words.day(paper.valid_until),
        "supplied": words.day(paper.supplied),
        "currency": money,
        "net": amount(paper.net if paper.lines else None),
        "tax": amount(paper.tax if paper.lines else None),
        "gross": amount(paper.gross if paper.lines else None),
        "payable": amount(paper.payable or None),
        "order": words.isolated(paper.order),
        "quote": words.isolated(paper.quote),
        "corrects": words.isolated(paper.corrects),
        "deposit_of": words.isolated(paper.deposit_of),
        "terms": paper.terms,
        "level": paper.level,
        "fee": amount(paper.fee),
        "lines": [
            {
                "text": words.own(one.text),
                "sku": one.sku,
                "quantity": words.number(one.quantity),
                "unit": words.unit(one.unit),
                "price": amount(one.price),
                "net": amount(one.net),
            }
            for one in paper.lines
        ],
        "entries": [
            {
                "what": words.word(f"entry.{one.what}") if words.has(f"entry.{one.what}")
                else one.what,
                "number": words.isolated(one.number),
                "date": words.day(one.day),
                "due": words.day(one.due),
                "amount": words.money(one.balance, one.currency),
            }
            for one in paper.entries
        ],
    }  # fmt: skip
