"""Who may read what of a mirror: grants and row-security policies, as SQL to be run by its owner.

There are three groups. `crm_reader` sees all, `crm_analyst` the documented views alone, and
`crm_seller` what the table `crm_access` gives each of them: a book, or the customers in it that a
user owns, with all that stands in those records. PostgreSQL 15, 5.8 (row security).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crm_cli.index.postgres import schema
from crm_cli.index.postgres.connection import quoted
from crm_cli.index.postgres.functions import TABLE as FOLDING
from crm_cli.index.postgres.schema import BOOK, Table
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.kinds import ENTRIES, HOLDERS, HOMES, RECORDS

ACCESS = "crm_access"
READER, ANALYST, SELLER = "crm_reader", "crm_analyst", "crm_seller"
_BY_BOOK = (schema.META, schema.TEXT, schema.STATE)
"""Tables without a customer's data, which everybody of a book may read."""


def statements(name: str, views: Iterable[str] = ()) -> str:
    """The statements for a schema and its views, with comments; they can be run again."""
    return "\n".join(_statements(name, list(views))) + "\n"


def _statements(name: str, views: list[str]) -> Iterator[str]:
    inside = quoted(name)
    yield "-- Run this as the owner of the tables, and again after an upgrade of crm."
    yield "BEGIN;"
    for role in (READER, ANALYST, SELLER):
        yield (
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN;"
            " EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
        )
    yield "-- Without a notice for each policy that is not there yet."
    yield "SET LOCAL client_min_messages TO warning;"
    yield f"SET LOCAL search_path TO {inside};"
    yield f"GRANT USAGE ON SCHEMA {inside} TO {READER}, {ANALYST}, {SELLER};"
    yield ""
    yield "-- Who sees what: a login role, the book (NULL: every one), and the user whose"
    yield "-- customers they are (NULL: everybody's)."
    yield (f'CREATE TABLE IF NOT EXISTS {ACCESS} ("role" text NOT NULL, "book" text, "user" text);')
    yield f"-- GRANT {SELLER} TO petra_login;"
    yield f"-- INSERT INTO {ACCESS} VALUES ('petra_login', 'koper', 'petra');"
    yield ""
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {inside} TO {READER};"
    yield f"GRANT SELECT ON {quoted(FOLDING)} TO {ANALYST}, {SELLER};"
    for view in views:
        yield f"GRANT SELECT ON {quoted(view)} TO {ANALYST};"
    yield ""
    yield f"GRANT SELECT ON {ACCESS} TO {SELLER};"
    yield from _policies(ACCESS, '"role" = CAST(CURRENT_USER AS text)')
    for table in schema.tables():
        yield f"GRANT SELECT ON {quoted(table.name)} TO {SELLER};"
        yield from _policies(table.name, _rule(table))
    yield "COMMIT;"


def _policies(table: str, rule: str) -> Iterator[str]:
    """The two policies of a table; its owner, who pushes, is not bound by them."""
    named = quoted(table)
    yield f"ALTER TABLE {named} ENABLE ROW LEVEL SECURITY;"
    for policy, role, test in (("crm_all", READER, "TRUE"), ("crm_own", SELLER, rule)):
        yield f"DROP POLICY IF EXISTS {policy} ON {named};"
        yield f"CREATE POLICY {policy} ON {named} FOR SELECT TO {role} USING ({test});"


def _rule(table: Table) -> str:
    """SQL for the rows of a table that a seller may see."""
    whole = _given(table, ' AND a."user" IS NULL')
    kind = table.kind
    if kind is CUSTOMER:
        owner = f'{quoted(table.name)}."owner"'
        return _given(table, f' AND (a."user" IS NULL OR a."user" = {owner})')
    if table in _BY_BOOK or kind in ENTRIES or (kind in RECORDS and RECORDS[kind].guides):
        return _given(table, "")
    if kind is None:
        return _shared(table, whole)
    if CUSTOMER in HOLDERS[kind]:
        return f"{_customers(table, 'customer')} OR {whole}"
    if kind not in HOMES and all(one in ENTRIES for one in HOLDERS[kind]):
        return _given(table, "")
    return whole


def _shared(table: Table, whole: str) -> str:
    """The rule of a table that all kinds share."""
    if table is schema.OWN:
        entries = f'({quoted(table.name)}."record" < 0 AND {_given(table, "")})'
        return f"{_customers(table, 'record')} OR {entries} OR {whole}"
    if table in (schema.FILE, schema.SEARCH):
        return f"{_customers(table, 'pk')} OR {whole}"
    return whole


def _given(table: Table, more: str) -> str:
    """SQL for whether the reader was given the book of a row."""
    book = f"{quoted(table.name)}.{quoted(BOOK)}"
    return (
        f'EXISTS (SELECT 1 FROM {ACCESS} a WHERE a."role" = CAST(CURRENT_USER AS text)'
        f' AND (a."book" IS NULL OR a."book" = {book}){more})'
    )


def _customers(table: Table, column: str) -> str:
    """SQL for whether a row is of a customer whom the reader sees: their own policy says so."""
    row = quoted(table.name)
    return (
        f'EXISTS (SELECT 1 FROM {quoted(CUSTOMER.name)} c WHERE c."book" = {row}."book"'
        f' AND c."pk" = {row}.{quoted(column)})'
    )
