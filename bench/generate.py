"""Make a data directory of made-up customers, the same for the same count and seed.

    python bench/generate.py FOLDER 10000

Each customer has five interactions, two tasks and four purchases of one to three
lines, in canonical form: some 115 lines, as a record of a few years has. Nothing of
the program is imported, so that what is measured does not make its own measure.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

TODAY = date(2026, 11, 20)
"""The day that the benchmarks ask about."""

WORD = "quarterly"
"""Stands in the records of about one customer in a hundred: what a search looks for."""


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_GIVEN = _listed(
    "Ana Marko Petra Luka Maja Jan Nina Tomaž Eva Matej Sara Žiga Ivana Stefan Giulia Hans "
    "Eleni Georgi Nino James Zahra Jürgen Claire Pavel Ingrid Tiago Ewa Mehmet Noor Kenji"
)
_FAMILY = _listed(
    "Novak Horvat Kovač Zupan Potočnik Mlakar Vidmar Golob Turk Božič Ferri Müller Größler "
    "Papadaki Dimitrov Beridze Whitby Karimi Dubois Svoboda Lindqvist Almeida Nowak Yılmaz "
    "Haddad Tanaka Jensen Moreau Rossi Keller"
)
_TRADES = ("Bistro", "Hotel", "Studio", "Atelier", "Bakery", "Garage", "Clinic", "Bookshop")
_FORMS = ("d.o.o.", "GmbH", "Ltd", "S.r.l.", "s.p.")
_PLACES = (
    ("Ljubljana", "1000", "SI"),
    ("Maribor", "2000", "SI"),
    ("Koper", "6000", "SI"),
    ("Graz", "8010", "AT"),
    ("Trieste", "34121", "IT"),
    ("Zagreb", "10000", "HR"),
    ("London", "E14 0AA", "GB"),
    ("Hamburg", "20457", "DE"),
)
_STREETS = ("Main Street", "Station Road", "Market Square", "Mill Lane", "Harbour Street")
_TAGS = ("vip", "newsletter", "wholesale", "horeca", "cold", "office")
USERS = ("petra", "marko", "nina")
_STAGES = ("lead", "qualified", "customer", "customer", "customer", "former")
_SENTENCES = (
    "Asked for a quote for the spring",
    "Wants the delivery a week later",
    "Thanked for the samples and will order more",
    "Talked about the contract and its renewal",
    "Complained that a parcel came too late",
    "Said that a colleague takes over the orders",
    "Would like an invoice with the new address",
    "Promised to pay what is open by the end of the month",
)
_TITLES = (
    "Send the quote",
    "Call about the open invoice",
    "Ask whether the samples were good",
    "Prepare the contract",
    "Plan the next delivery",
    "Invite to the open day",
)
PRODUCTS = 40


def make(folder: Path, count: int, *, seed: int = 1) -> None:
    """Write a directory of `count` customers; raises FileExistsError where there is one."""
    customers = folder / "customers"
    customers.mkdir(parents=True)
    folder.joinpath("crm.yaml").write_text(_SETTINGS, encoding="utf-8")
    folder.joinpath("products.yaml").write_text(products_text(), encoding="utf-8")
    folder.joinpath(".gitignore").write_text(".crm/\n", encoding="utf-8")
    for identity, text in records(count, seed=seed):
        customers.joinpath(f"{identity}.yaml").write_bytes(text.encode())


def records(count: int, *, seed: int = 1) -> Iterator[tuple[str, str]]:
    """(id, text of the file) of each customer."""
    chance = random.Random(seed)
    for number in range(1, count + 1):
        yield _record(chance, number)


def products_text() -> str:
    """`products.yaml`: the SKUs that the purchases name."""
    parts = [
        f"sku-{number:02}:\n"
        f"  name: Product {number}\n"
        f"  category: category {number % 5 + 1}\n"
        f"  price: {_price(number)}\n"
        "  tax_rate: 22\n"
        for number in range(1, PRODUCTS + 1)
    ]
    return "\n".join(parts)


_SETTINGS = """\
business:
  name: Bench
currency: EUR
country: SI
time_zone: Europe/Ljubljana
users:
  petra:
    email: petra@bench.example
  marko:
    email: marko@bench.example
  nina:
    email: nina@bench.example
terms_days: 30
"""


def _record(chance: random.Random, number: int) -> tuple[str, str]:
    given, family = chance.choice(_GIVEN), chance.choice(_FAMILY)
    organization = chance.random() < 0.4
    name = f"{given} {family}"
    if organization:
        name = f"{chance.choice(_TRADES)} {family} {chance.choice(_FORMS)}"
    identity = f"c{number:06}"
    city, postcode, country = chance.choice(_PLACES)
    lines = [
        f"name: {name}",
        f"kind: {'organization' if organization else 'person'}",
        f"lifecycle_stage: {chance.choice(_STAGES)}",
        f"owner: {chance.choice(USERS)}",
        "source: word_of_mouth",
        f'tax_id: "SI{number:08}"',
        f"created: {_day(chance, 900, 700)}",
        "",
        "tags:",
        *(f"  - {tag}" for tag in chance.sample(_TAGS, 2)),
        "",
        "emails:",
        f"  - {identity}@customers.example",
        "",
        "phones:",
        f'  - value: "+386 40 {number // 1000:03} {number % 1000:03}"',
        "    label: mobile",
        "",
        "addresses:",
        f"  - street: {chance.choice(_STREETS)} {chance.randint(1, 120)}",
        f"    city: {city}",
        f'    postcode: "{postcode}"',
        f"    country: {country}",
        "",
        "interactions:",
    ]
    for _ in range(5):
        lines += _interaction(chance)
    lines += ["", "tasks:"]
    for _ in range(2):
        lines += _task(chance)
    lines += ["", "purchases:"]
    payments = []
    for part in range(4):
        purchase, payment = _purchase(chance, number * 4 + part)
        lines += purchase
        payments += payment
    if payments:
        lines += ["", "payments:", *payments]
    return identity, "\n".join(lines) + "\n"


def _interaction(chance: random.Random) -> list[str]:
    text = chance.choice(_SENTENCES)
    if chance.random() < 0.002:
        text += f", {WORD}"
    clock = f"{chance.randint(8, 16):02}:{chance.choice((0, 15, 30, 45)):02}"
    return [
        f"  - id: {identifier(chance, 'i')}",
        f"    at: {_day(chance, 700, 1)}T{clock}+01:00",
        f"    kind: {chance.choice(('call', 'email', 'meeting', 'visit'))}",
        f"    direction: {chance.choice(('inbound', 'outbound'))}",
        f"    summary: {text}.",
    ]


def _task(chance: random.Random) -> list[str]:
    lines = [
        f"  - id: {identifier(chance, 't')}",
        f"    title: {chance.choice(_TITLES)}",
    ]
    due = _day(chance, 300, -120)
    # Most of what is past is done, so that a few hundred of 10,000 customers are late.
    if due < TODAY and chance.random() < 0.97:
        lines += ["    status: completed", f"    due: {due}", f"    completed: {due}"]
    else:
        lines.append(f"    due: {due}")
    return [*lines, f"    assignee: {chance.choice(USERS)}"]


def _purchase(chance: random.Random, number: int) -> tuple[list[str], list[str]]:
    day = _day(chance, 700, 1)
    invoice = chance.random() < 0.5
    lines = [f"  - id: {identifier(chance, 'p')}"]
    name = f"{day.year}-{number:06}"
    if invoice:
        lines += ["    kind: invoice", f'    number: "{name}"']
    lines += [f"    date: {day}", "    lines:"]
    total = 0
    for _ in range(chance.randint(1, 3)):
        product, quantity = chance.randint(1, PRODUCTS), chance.randint(1, 20)
        cents = product * 125 + 90
        total += cents * quantity
        lines += [
            f"      - product: sku-{product:02}",
            f"        quantity: {quantity}",
            f"        unit_price: {_price(product)}",
        ]
    if not invoice or chance.random() < 0.1:
        return lines, []
    payment = [
        f"  - id: {identifier(chance, 'y')}",
        f"    date: {day + timedelta(days=chance.randint(3, 40))}",
        f"    amount: {total // 100}.{total % 100:02}",
        "    method: credit_transfer",
        f'    for: "{name}"',
    ]
    return lines, payment


def _price(product: int) -> str:
    cents = product * 125 + 90
    return f"{cents // 100}.{cents % 100:02}"


def _day(chance: random.Random, most: int, least: int) -> date:
    """A day from `most` to `least` days before TODAY (negative: after it)."""
    return TODAY - timedelta(days=chance.randint(least, most))


def identifier(chance: random.Random, letter: str) -> str:
    """An id as the program gives them: the letter of the kind, and seven more."""
    return f"{letter}-{''.join(chance.choices(ALPHABET, k=7))}"


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
