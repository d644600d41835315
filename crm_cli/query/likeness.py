"""What tells customers apart, read from the index in portions: a query would ask for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from sys import intern
from typing import Any

from crm_cli.index.plan import plan_of
from crm_cli.model.contacts import EMAIL, PHONE, URL
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.kind import Kind
from crm_cli.model.likeness import Profile, compared_words, full_forms, own_domains, plain_id
from crm_cli.model.text import fold, tokens
from crm_cli.query.database import Database

_COLUMNS = (
    "name", "kind", "tax_id", "registration_id", "source_system", "external_id", "birth_date",
    "not_same",
)  # fmt: skip
_PORTION = 5000
"""So many customers are read at once: their rows take more memory than what is kept of them."""
_NONE: tuple[str, ...] = ()


def profiles(database: Database) -> list[Profile]:
    """Of every customer what two of them are compared by, in the order of ids; of a mirror with
    several books those of all."""
    found: list[Profile] = []
    for book in _books(database):
        last = -1
        while rows := _customers(database, book, last):
            found += _profiles(database, book, rows)
            last = rows[-1][0]
    found.sort(key=lambda one: (one.id, one.book))
    return found


def _books(database: Database) -> list[str]:
    """The books that are asked together, or an empty name for the one that there is."""
    if not database.dialect.several:
        return [""]
    column = database.dialect.book("customer")
    asked = f"SELECT DISTINCT {column} FROM customer ORDER BY {column}"
    return [book for (book,) in database.every(asked)]


def _of_book(database: Database, table: str, book: str) -> str:
    """A further condition for the rows of a book."""
    if not book:
        return ""
    return f" AND {database.dialect.book(table)} = {database.dialect.parameter('book')}"


def _customers(database: Database, book: str, after: int) -> list[tuple[Any, ...]]:
    """The next rows of a book after one, by their number."""
    name = database.dialect.name
    plan = plan_of(CUSTOMER)
    columns = [plan.fields[key].value for key in _COLUMNS]
    columns += [plan.lifts[key].column for key in ("city", "street", "postcode")]
    return database.every(
        f"SELECT pk, id, {', '.join(map(name, columns))} FROM customer"
        f" WHERE pk > {database.dialect.parameter('after')}{_of_book(database, 'customer', book)}"
        f" ORDER BY pk LIMIT {_PORTION}",
        {"after": after, "book": book},
    )


def _profiles(database: Database, book: str, rows: list[tuple[Any, ...]]) -> Iterator[Profile]:
    """What rows say, each text once where many have it: towns, words of names."""
    span = rows[0][0], rows[-1][0]
    emails = _values(database, book, EMAIL, "value", span)
    phones = _values(database, book, PHONE, "e164", span)
    urls = _values(database, book, URL, "value", span)
    for pk, id, *rest in rows:
        called, kind, tax, registration, system, external, born, apart, city, street, code = rest
        words = tuple(map(intern, compared_words(called or "")))
        full = full_forms(words)
        addresses = _several(text.casefold() for text in emails.get(pk, ()))
        yield Profile(
            id,
            called or id,
            intern(kind or ""),
            words,
            addresses,
            _several(phones.get(pk, ())),
            plain_id(tax),
            plain_id(registration),
            (intern(system or ""), external) if external else ("", ""),
            intern(fold(city or "").strip()),
            intern(" ".join(tokens(street or ""))),
            intern(fold(code or "").replace(" ", "")),
            _whole_day(born),
            _several(own_domains(addresses, urls.get(pk, ()))),
            _several(filter(None, (apart or "").split("\n"))),
            words if words == full else full,
            book,
        )


def _several(texts: Iterable[str]) -> tuple[str, ...]:
    """Different texts in an order of their own; a set would take four times the memory."""
    return tuple(sorted(set(texts))) or _NONE


def _whole_day(born: str | None) -> str:
    """A date of birth with its year; a day of the year alone is that of too many."""
    return born if born and len(born) == len("2000-01-01") and born[:1].isdigit() else ""


def _values(
    database: Database, book: str, kind: Kind, key: str, span: tuple[int, int]
) -> dict[int, list[str]]:
    """The values of a list's items by the number of the customer whose own they are, of those
    of a book from one number to another."""
    parameter = database.dialect.parameter
    column = database.dialect.name(plan_of(kind).fields[key].value)
    table = database.dialect.name(kind.name)
    found: dict[int, list[str]] = defaultdict(list)
    for pk, value in database.every(
        f"SELECT customer, {column} FROM {table}"
        f" WHERE parent IS NULL AND {column} IS NOT NULL"
        f" AND customer BETWEEN {parameter('first')} AND {parameter('last')}"
        f"{_of_book(database, table, book)}",
        {"first": span[0], "last": span[1], "book": book},
    ):
        found[pk].append(value)
    return found
