"""Headings of tables in other languages."""

from __future__ import annotations

import pytest

from crm_cli.formats.headings import default_map, meaning
from crm_cli.formats.languages import headings, languages
from crm_cli.formats.targets import IMPORTED, find, kind_of, names

_OURS = {
    *("id", "uid", "message_id", "custom.KEY", "credit", "relations", "anniversary", "deferral"),
    *("interests", "memberships", "preferences", "touchpoint", "rrule", "exdate", "repeat_from"),
    *("recurrence_id", "occurrences", "delegation_status", "instalment", "disputed", "promised"),
    *("dunning", "bounced", "allocation", "quote_status", "deposit_of", "tax_reason"),
    *("buyer_reference", "by", "rule", "once", "every", "until", "price_change", "subscription"),
    *("interactions", "loss", "survey_invitation", "card_uid", "vcard", "campaign_response"),
    *("bill_to", "formerly", "not_same", "forgotten", "thread", "attachments", "document"),
    "rounding",
}
"""Fields, and lists of fields, that no table of another program has whole."""
TRANSLATED = ("customers", "products", "purchases", "payments", "tasks", "interactions")
"""The kinds that small programs in other languages write tables of; of the others there are
headings only of what all kinds have."""
_HALF_A_NAME = {"ime", "име"}
"""A given name beside a family name, else the whole name."""

TABLES = {
    "de": "Name;Vorname;Straße;PLZ;Ort;Telefon;E-Mail",
    "fr": "Nom;Prénom;Rue;Code postal;Ville;Téléphone;Courriel",
    "it": "Cognome;Nome;Indirizzo;CAP;Città;Telefono;E-mail",
    "es": "Apellidos;Nombre;Dirección;Código postal;Ciudad;Teléfono;Correo electrónico",
    "sl": "Priimek;Ime;Naslov;Poštna številka;Kraj;Telefon;E-pošta",
    "hr": "Prezime;Ime;Adresa;Poštanski broj;Grad;Telefon;E-pošta",
    "sr": "Презиме;Име;Адреса;Поштански број;Град;Телефон;Е-пошта",
    "bg": "Фамилия;Име;Адрес;Пощенски код;Град;Телефон;Имейл",
    "ka": "გვარი;სახელი;მისამართი;საფოსტო ინდექსი;ქალაქი;ტელეფონი;ელფოსტა",
    "fa": "نام خانوادگی;نام;آدرس;کد پستی;شهر;تلفن;ایمیل",
}
"""An address book in each language, with the same columns."""


def fields(kind: str) -> list[str]:
    """The names of a kind's columns that other programs have."""
    return [
        name
        for name in names(kind_of(kind))
        if name not in _OURS and name.split(".")[0] not in _OURS
    ]


@pytest.mark.parametrize("kind", TRANSLATED)
@pytest.mark.parametrize("language", languages())
def test_every_field_has_headings_in_every_language(kind: str, language: str) -> None:
    found = {find(kind_of(kind), one.key) for one in headings(kind) if one.language == language}
    assert [name for name in fields(kind) if find(kind_of(kind), name) not in found] == []


@pytest.mark.parametrize("kind", IMPORTED)
def test_each_heading_means_its_field(kind: str) -> None:
    wrong = [
        one
        for one in headings(kind)
        if (to := find(kind_of(kind), one.key)) is not None and one.text.lower() not in _HALF_A_NAME
        for found in [meaning(kind_of(kind), one.text)]
        if found is None or found.target != to
    ]
    assert wrong == []


def test_every_line_is_of_a_field() -> None:
    keys = {(one.language, one.key) for kind in IMPORTED for one in headings(kind)}
    known = {
        (one.language, one.key)
        for kind in IMPORTED
        for one in headings(kind)
        if find(kind_of(kind), one.key) is not None
    }
    assert keys == known


@pytest.mark.parametrize("language", TABLES)
def test_an_address_book_in_each_language(language: str) -> None:
    found = default_map(kind_of("customers"), tuple(TABLES[language].split(";")))
    wanted = ["family_name", "given_name", "street", "postcode", "city", "phone", "email"]
    assert [column.key for column in found.map.columns] == wanted
    assert found.left_out == ()


def test_all_languages_have_an_address_book() -> None:
    assert sorted(TABLES) == list(languages())


@pytest.mark.parametrize("kind", IMPORTED)
def test_our_own_names_are_headings(kind: str) -> None:
    """As we write them, and as an English table does: `birth_date`, `Birth Date`."""
    for name in fields(kind):
        if "." in name:
            continue
        for text in (name, name.replace("_", " ").title()):
            found = meaning(kind_of(kind), text)
            assert found is not None and found.target == find(kind_of(kind), name), text
