"""What cannot be an address, a phone, a country, a language or a time zone is told, and kept."""

from __future__ import annotations

import pytest

from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.reading import Reader
from crm_cli.store.compose import compose


def read(text: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    composed = compose(f"name: A\n{text}\n", "a.yaml")
    assert composed.root is not None
    reader = Reader("a.yaml", Business(country="SI"))
    record = reader.record(composed.root, CUSTOMER, "a")
    first = {"email": record.texts("emails")[0]} if record.items("emails") else {}
    return first, [(one.code, str(one.severity)) for one in reader.problems]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("email: not an email", "bad-email"),
        ("email: ana@novak", "bad-email"),
        ("email: ana@@novak.example", "bad-email"),
        ("email: ana@novak..example", "bad-email"),
        ('phone: "3.86E+11"', "bad-phone"),
        ("phone: 040 123 456 7890", "bad-phone"),
        ("phone: +386 40", "bad-phone"),
        ("phone: ask Ana", "bad-phone"),
        ("country: Slovania", "bad-country"),
        ("country: QQ", "bad-country"),
        ("language: slovene", "bad-language"),
        ("language: xx", "bad-language"),
        ("language: zzz-1", "bad-language"),
        ("language: sl-Slovenia-SI-q", "bad-language"),
        ("time_zone: Europe/Lublana", "unknown-zone"),
        ("credit: {limit: 5, currency: EUX}", "unknown-currency"),
    ],
)
def test_what_cannot_be_is_a_warning(text: str, code: str) -> None:
    assert read(text)[1] == [(code, "warning")]


@pytest.mark.parametrize(
    "text",
    [
        "email: ana.novak+shop@mail.novak.example",
        "email: žiga@čebela.example",
        "phone: 040 123 456",
        "phone: +1 (212) 555-0147 ext 12",
        "country: Slovenija",
        "country: XK",
        "language: sl",
        "language: zh-Hans-CN",
        "language: es-419",
        "language: de-CH-1996",
        "language: sl-rozaj-biske",
        "language: en-u-ca-gregory-x-shop",
        "language: en-GB-oed",
        "time_zone: Europe/Ljubljana",
    ],
)
def test_what_may_be_is_not(text: str) -> None:
    assert read(text)[1] == []


@pytest.mark.parametrize(
    "text", ["Iva Nine <iva@x.example>", "mailto:iva@x.example", "<iva@x.example>"]
)
def test_an_address_as_mail_programs_write_it_is_the_address(text: str) -> None:
    found, problems = read(f'email: "{text}"')
    assert (found["email"], problems) == ("iva@x.example", [])
