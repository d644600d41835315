"""Files without a map: headings that are our own keys, or what they are usually called."""

from __future__ import annotations

import re
from typing import NamedTuple

from crm_cli.formats.mapping import Column, Map
from crm_cli.formats.targets import Target, find
from crm_cli.model.errors import UsageError
from crm_cli.model.kind import Kind
from crm_cli.model.text import fold

_CUSTOMER = {
    "name": "full_name customer_name company company_name organization organisation firma "
    "podjetje naziv ime naziv_podjetja ime_in_priimek unternehmen ragione_sociale kunde",
    "given_name": "first_name firstname vorname prenom nome osebno_ime",
    "family_name": "last_name lastname surname nachname priimek nom cognome prezime",
    "email": "e_mail mail email_address e_mail_address eposta e_posta enaslov e_naslov "
    "elektronski_naslov",
    "phone": "tel telephone phone_number telefon telefonska_stevilka telefono broj_telefona",
    "phone.2": "mobile mobile_phone cell cellphone gsm mobitel handy mobil",
    "phone.3": "fax telefax faks",
    "url": "website web web_site homepage www spletna_stran",
    "street": "address street_address address_line_1 address1 naslov ulica adresa strasse via "
    "indirizzo",
    "city": "town mesto kraj ort stadt citta grad ville posta_kraj",
    "region": "state province county regija",
    "postcode": "zip zip_code zipcode postal_code plz postna_stevilka posta cap",
    "country": "drzava land nation pays paese",
    "tax_id": "vat vat_id vat_number tax_number davcna_stevilka davcna id_za_ddv ust_id uid "
    "partita_iva oib",
    "registration_id": "company_number maticna_stevilka",
    "birth_date": "birthday date_of_birth dob datum_rojstva rojstni_dan geburtsdatum",
    "language": "jezik sprache lang",
    "tags": "labels groups oznake",
    "notes": "note comment comments remarks opomba opombe notiz bemerkung",
    "owner": "account_manager sales_rep skrbnik",
    "external_id": "customer_id customerid client_id account_number sifra sifra_stranke "
    "kundennummer",
    "industry": "sector branch dejavnost panoga branche",
}
_ITEM = {
    "customer": "customer_id customerid client client_id account stranka kupec kunde "
    "customer_email e_mail email mail",
    "notes": "note comment comments opomba opombe",
}
_OWNER = {"owner": "employee sales_rep seller prodajalec"}
_CURRENCY = {"currency": "valuta wahrung"}
_SYNONYMS = {
    "customers": _CUSTOMER,
    "products": {
        "sku": "code product_code article_number item_number sifra artikelnummer",
        "name": "product product_name title naziv izdelek artikel ime",
        "price": "unit_price unitprice cena cena_brez_ddv preis",
        "category": "category_name group skupina kategorija kategorie",
        "external_id": "product_id productid",
        "unit": "enota einheit unit_of_measure",
        "tax_rate": "vat vat_rate ddv stopnja_ddv",
        "notes": "description opis opomba",
        "disabled": "discontinued inactive",
    },
    "purchases": {
        **_ITEM,
        **_OWNER,
        **_CURRENCY,
        "number": "invoice_number order_number document no stevilka racun stevilka_racuna "
        "rechnungsnummer",
        "external_id": "order_id orderid purchase_id transaction_id",
        "date": "order_date orderdate invoice_date purchase_date datum datum_racuna",
        "due_date": "due rok rok_placila datum_zapadlosti",
        "product": "product_id productid item article izdelek artikel sifra_artikla",
        "quantity": "qty units kolicina kol menge",
        "unit_price": "unitprice price cena cena_na_enoto preis",
        "discount": "discount_percent popust rabatt rabat",
        "tax_rate": "vat vat_rate ddv stopnja_ddv",
        "amount": "total net_amount znesek betrag",
        "shipped": "shipped_date shippeddate",
        "required": "required_date requireddate",
    },
    "payments": {
        **_ITEM,
        **_CURRENCY,
        "date": "payment_date datum datum_placila",
        "amount": "paid sum znesek placilo betrag",
        "method": "payment_method nacin_placila",
        "for": "invoice invoice_number number racun stevilka_racuna",
        "reference": "sklic referenca ref",
    },
    "tasks": {
        **_ITEM,
        "title": "task subject name to_do todo what naslov opravilo aufgabe",
        "due": "due_date deadline date rok frist",
        "assignee": "assigned_to owner responsible izvajalec",
        "notes": "description note opis opomba",
    },
    "interactions": {
        **_ITEM,
        **_OWNER,
        "at": "date time datetime datum cas when",
        "kind": "type channel vrsta",
        "summary": "text note notes body description opis vsebina",
        "subject": "title zadeva betreff",
    },
}
_COMPUTED = {"customer_name", "net"}
"""Headings of our own exports that say what is computed, and mean nothing on the way in."""


class Guessed(NamedTuple):
    """A map made from headings, and the headings that mean nothing to it."""

    map: Map
    left_out: tuple[str, ...]


def default_map(kind: Kind, headings: tuple[str, ...]) -> Guessed:
    """The map of a file whose headings speak for themselves.

    Our own names go before synonyms. Raises UsageError where two headings mean the
    same, and where none means anything.
    """
    synonyms = {
        word: key for key, words in _SYNONYMS.get(kind.key, {}).items() for word in words.split()
    }
    columns: list[Column] = []
    left_out: list[str] = []
    taken: dict[Target, str] = {}
    meant: dict[str, tuple[str, Target]] = {}
    own = {heading: found for heading in headings if (found := find(kind, _own(heading)))}
    for heading in headings:
        word = _word(heading)
        if heading in own:
            meant[heading] = (_own(heading), own[heading])
        elif word not in _COMPUTED and word in synonyms:
            found = find(kind, synonyms[word])
            if found is not None and found not in own.values():
                meant[heading] = (synonyms[word], found)
    for heading in headings:
        if heading not in meant:
            left_out.append(heading)
            continue
        key, target = meant[heading]
        if target in taken:
            raise UsageError(
                f"{taken[target]!r} and {heading!r} both mean {key}",
                "say with a map which one does: --map MAP.yaml, columns: {HEADING: field}",
            )
        taken[target] = heading
        columns.append(Column(heading, key, beside=_beside(key, heading)))
    if not columns:
        raise UsageError(
            f"no heading is known: {', '.join(headings)}",
            "say with a map what they mean: --map MAP.yaml, columns: {HEADING: field}",
        )
    return Guessed(Map(tuple(columns)), tuple(left_out))


def _own(heading: str) -> str:
    """A heading as one of our names is written."""
    return heading.strip() if "." in heading else _word(heading)


def _word(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", fold(heading)).strip("_")


def _beside(key: str, heading: str) -> tuple[tuple[str, str], ...]:
    """The label of a second or third number, which is what its heading says."""
    return {"phone.2": (("label", "mobile"),), "phone.3": (("label", "fax"),)}.get(key, ())


def unknown_headings(map: Map, headings: tuple[str, ...]) -> tuple[str, ...]:
    """The headings of a file that a map says nothing about.

    Raises UsageError where the map names one that the file has not.
    """
    there = set(headings)
    missing = [column.heading for column in map.columns if column.heading not in there]
    if missing:
        raise UsageError(
            f"the file has no column {', '.join(dict.fromkeys(missing))}",
            f"its headings are {', '.join(headings)}",
        )
    named = {column.heading for column in map.columns}
    return tuple(heading for heading in headings if heading not in named)
