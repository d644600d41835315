"""A made-up address book, and its exports in the shapes of ten other programs.

Families share a telephone and sometimes an e-mail address, colleagues a switchboard; some
people have the same name, and some no e-mail address.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from crm_cli.model.text import fold

GIVEN = (
    *("Ana", "Bor", "Cene", "Dana", "Eva", "Filip", "Gaja", "Hana", "Ivo", "Jan", "Katja", "Luka"),
    *("Maja", "Nina", "Oskar", "Petra", "Rok", "Špela", "Tine", "Urša", "Vid", "Zala", "Žiga"),
    *("Zoë", "José", "Anaïs", "Jürgen", "Ana-Marija", "Georgi", "Nino"),
)
FAMILY = (
    *("Novak", "Kos", "Zupan", "Šuštar", "Čuk", "Žnidaršič", "Hribar", "Kralj", "O'Brien"),
    *("Müller", "García", "Krüger", "de Vries", "Van den Berg", "Petrović", "Đorđević", "Horvat"),
    *("Kovács", "Dvořák", "Łuczak", "Sørensen", "Bianchi", "Rossi", "Dubois"),
)
CITIES = (("Koper", "6000"), ("Bled", "4260"), ("Črnomelj", "8340"), ("Šentjur", "3230"))
COMPANIES = ("Acme Inc.", "Kava d.o.o.", "Müller GmbH", "Lan in sinovi s.p.")


class Person(NamedTuple):
    """One of the book. Numbers are national ones of Slovenia, empty where there is none."""

    number: int
    given: str
    family: str
    email: str
    mobile: str
    home: str
    street: str
    city: str
    postcode: str
    birth: date
    company: str

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"


def address_book(people: int, seed: int = 1) -> list[Person]:
    """So many people, the same for each seed."""
    chance = random.Random(seed)
    book: list[Person] = []
    while len(book) < people:
        family = chance.choice(FAMILY)
        household = len(book)
        city, postcode = chance.choice(CITIES)
        home = f"0{chance.choice('1345')} {household // 100 + 400:03} {household % 100:02} 11"
        given = chance.sample(GIVEN, chance.choice((1, 1, 2, 3)))
        shared = f"home{household}@mail.example" if chance.random() < 0.1 else ""
        if {"Ana", "Ana-Marija"} <= {*given}:
            shared = ""  # With one address these two are taken for one.
        for name in given[: people - len(book)]:
            number = len(book)
            own = f"{fold(name)}.{number}@mail.example" if chance.random() < 0.85 else ""
            book.append(
                Person(
                    number=number,
                    given=name,
                    family=family,
                    email=own or shared,
                    mobile=f"040 {number // 1000 + 100:03} {number % 1000:03}",
                    home=home if chance.random() < 0.7 else "",
                    street=f"Nova ulica {household}",
                    city=city,
                    postcode=postcode,
                    birth=date(1940, 1, 1) + timedelta(days=chance.randrange(25_000)),
                    company=chance.choice(COMPANIES) if chance.random() < 0.3 else "",
                )
            )
    return book


Write = Callable[[list[Person]], str]


class Shape(NamedTuple):
    """How one program writes an address book: the text of its file; `has` tells of whom."""

    name: str
    headings: str
    row: Callable[[Person], list[object]]
    delimiter: str = ","
    above: str = ""
    has: Callable[[Person], bool] = lambda person: True
    phones: Callable[[Person], list[str]] = lambda person: [person.mobile, person.home]
    emails: bool = True

    def text(self, book: list[Person]) -> str:
        """The file."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator="\r\n")
        writer.writerow(self.headings.split("|"))
        writer.writerows(self.row(one) for one in book if self.has(one))
        return self.above + out.getvalue()


def _dialled(number: str, prefix: str) -> str:
    return f"{prefix} {number[1:]}" if number else ""


def _plain(text: str) -> str:
    return fold(text).title()


SHAPES = (
    Shape(
        "given and family name",
        "First Name|Last Name|E-mail Address|Mobile Phone|Phone|Street|City|Postal Code|Birthday",
        lambda one: [one.given, one.family, one.email, one.mobile, one.home, one.street, one.city,
                     one.postcode, one.birth.isoformat()],
    ),
    Shape(
        "company and days of America",
        "First Name|Last Name|Company|E-mail|Mobile|Phone|City|Zip/Postal Code|Birthday",
        lambda one: [one.given, one.family, one.company, one.email, one.mobile, one.home, one.city,
                     one.postcode, f"{one.birth:%m/%d/%Y}"],
    ),
    Shape(
        "family name first",
        "Ime in priimek|E-pošta|GSM|Telefon|Naslov|Kraj|Poštna številka|Rojstni dan",
        lambda one: [f"{one.family}, {one.given}", one.email, one.mobile, one.home, one.street,
                     one.city, one.postcode, f"{one.birth:%d.%m.%Y}"],
        delimiter=";",
    ),
    Shape(
        "ids of its own",
        "ID|Name|Email|Phone|City|State/Region",
        lambda one: [one.number, one.name, one.email, _dialled(one.mobile, "+386"), one.city, ""],
        phones=lambda one: [one.mobile],
    ),
    Shape(
        "capitals and tabs",
        "NAME|EMAIL|MOBILE|PHONE|POSTCODE",
        lambda one: [f"{one.family} {one.given}".upper(), one.email.upper(),
                     _dialled(one.mobile, "00386"), _dialled(one.home, "00386"), one.postcode],
        delimiter="\t",
    ),
    Shape(
        "no accents",
        "Full Name|E-mail|Cell|Address|City|Date of Birth",
        lambda one: [_plain(one.name), one.email, one.mobile.replace(" ", ""), one.street, one.city,
                     f"{one.birth:%d/%m/%Y}"],
        phones=lambda one: [one.mobile],
    ),
    Shape(
        "newsletter",
        "email|name|city",
        lambda one: [one.email, one.name, one.city],
        has=lambda one: bool(one.email),
        phones=lambda one: [],
    ),
    Shape(
        "telephone",
        "Name|Phone|Phone|",
        lambda one: [one.name, one.mobile.replace(" ", "-"), one.home.replace(" ", "/"), ""],
        emails=False,
    ),
    Shape(
        "one word, under a title",
        "firstName|lastName|emailAddress|mobilePhone|birthDate|postalCode",
        lambda one: [one.given, one.family, one.email, _dialled(one.mobile, "(+386)"),
                     f"{one.birth:%d-%b-%Y}", one.postcode],
        above="My contacts\r\nMade on 1 November 2026\r\n\r\n",
        phones=lambda one: [one.mobile],
    ),
    Shape(
        "titles before names",
        "Customer ID|Customer Name|Mail|Mobile|Telephone|Town",
        lambda one: [f"K-{one.number:05}", f"Dr. {one.name}", one.email, one.mobile, one.home,
                     one.city],
    ),
)  # fmt: skip
