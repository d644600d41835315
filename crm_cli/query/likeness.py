"""What tells customers apart, read from the index at once: a query would ask for each."""

from __future__ import annotations

from collections import defaultdict

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


def profiles(database: Database) -> list[Profile]:
    """Of every customer what two of them are compared by, in the order of ids."""
    name = database.dialect.name
    plan = plan_of(CUSTOMER)
    columns = [plan.fields[key].value for key in _COLUMNS]
    columns += [plan.lifts[key].column for key in ("city", "street", "postcode")]
    emails = _values(database, EMAIL, "value")
    phones = _values(database, PHONE, "e164")
    urls = _values(database, URL, "value")
    found = []
    for pk, id, *rest in database.rows(
        f"SELECT pk, id, {', '.join(map(name, columns))} FROM customer ORDER BY id"
    ):
        called, kind, tax, registration, system, external, born, apart, city, street, code = rest
        words = compared_words(called or "")
        addresses = frozenset(text.casefold() for text in emails.get(pk, ()))
        found.append(
            Profile(
                id,
                called or id,
                kind or "",
                words,
                addresses,
                frozenset(phones.get(pk, ())),
                plain_id(tax),
                plain_id(registration),
                (system or "", external or ""),
                fold(city or "").strip(),
                " ".join(tokens(street or "")),
                fold(code or "").replace(" ", ""),
                _whole_day(born),
                own_domains(addresses, urls.get(pk, ())),
                frozenset((apart or "").split("\n")) - {""},
                full_forms(words),
            )
        )
    return found


def _whole_day(born: str | None) -> str:
    """A date of birth with its year; a day of the year alone is that of too many."""
    return born if born and len(born) == len("2000-01-01") and born[:1].isdigit() else ""


def _values(database: Database, kind: Kind, key: str) -> dict[int, list[str]]:
    """The values of a list's items by the number of the customer whose own they are."""
    column = database.dialect.name(plan_of(kind).fields[key].value)
    found: dict[int, list[str]] = defaultdict(list)
    for pk, value in database.rows(
        f"SELECT customer, {column} FROM {database.dialect.name(kind.name)}"
        f" WHERE parent IS NULL AND {column} IS NOT NULL"
    ):
        found[pk].append(value)
    return found
