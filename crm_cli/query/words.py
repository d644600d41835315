"""A bare word of a query: what it finds in a record, in an item, as a phone number."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.kinds import RECORDS
from crm_cli.model.text import tokens
from crm_cli.query.ast import Compare, Literal, Op
from crm_cli.query.own_fields import titled
from crm_cli.query.owners import record_of
from crm_cli.query.row_values import all_text, value
from crm_cli.query.rows import Row


def sought(text: str, row: Row) -> str:
    """SQL for a word: in a record anywhere; in an item, or in the title of its record."""
    frame, dialect = row.frame, row.frame.dialect
    words = tokens(text)
    if row.kind in RECORDS:
        wanted = frame.bind(dialect.phrase(words, prefix=True))
        found = dialect.searched(f"{row.alias}.pk", wanted)
        phone = _phone(text, row) if row.kind is CUSTOMER else ""
        return f"({found} OR {phone})" if phone else found
    start = frame.bind(f" {' '.join(words)}")
    certain, contains = dialect.certain, dialect.contains
    found = certain(contains(all_text(row), start))
    if record_of(row.kind) is None:
        return found
    record = frame.record()
    name = phone = ""
    if (title := titled(record.kind)) is not None:
        name = certain(contains(value(title, record).folded, start))
    if text[:1] == "+" and record.kind is CUSTOMER:
        phone = _phone(text, record)
    return f"({' OR '.join(filter(None, (found, name, phone)))})"


def same_number(node: Compare, row: Row) -> Iterator[str]:
    """For a phone number that is asked for: tests whether a row has it in another spelling."""
    if node.op is not Op.EQ or not any(one.key == "e164" for one in row.kind.derived):
        return
    from crm_cli.model.phones import e164

    for wanted in node.values:
        text = wanted.value if isinstance(wanted, Literal) else None
        whole = e164(text, row.frame.business.country or None) if isinstance(text, str) else None
        if whole is not None:
            number = row.column("e164")
            yield f"({number} IS NOT NULL AND {number} = {row.frame.bind(whole)})"


def _phone(text: str, customer: Row) -> str:
    """The same number in any spelling; one that is not whole yet as a beginning."""
    frame, dialect = customer.frame, customer.frame.dialect
    digits = "".join(char for char in text if char.isdigit())
    if len(digits) < 7 and text[:1] != "+":
        return ""
    from crm_cli.model.phones import e164, looks_like_phone

    if not looks_like_phone(text) and text[:1] != "+":
        return ""
    whole = e164(text, frame.business.country or None)
    if whole is None and text[:1] != "+":
        return ""
    wanted = frame.bind(whole or f"+{digits}")
    alias = frame.alias(CUSTOMER)
    test = f"{alias}.e164 = {wanted}" if whole else dialect.starts(f"{alias}.e164", wanted)
    book = dialect.same_book(alias, customer.alias)
    where = f"{alias}.customer = {customer.alias}.pk{book} AND {test}"
    return f"EXISTS(SELECT 1 FROM phone {alias} WHERE {where})"
