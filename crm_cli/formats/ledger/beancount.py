"""A ledger of beancount, which `bean-check` accepts."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.formats.ledger import Entry, Journal, plain


def write(journal: Journal) -> Iterator[str]:
    """The ledger: each account is opened on the first day."""
    if journal.title:
        yield f'option "title" {_text(journal.title)}\n'
    yield f'option "operating_currency" "{journal.currency}"\n\n'
    first = journal.entries[0].day if journal.entries else None
    for account in journal.accounts:
        yield f"{first} open {account} {journal.currency}\n"
    for entry in journal.entries:
        yield from _entry(entry, journal.currency)


def _entry(entry: Entry, currency: str) -> Iterator[str]:
    one = entry.of
    said = f"{one.said} {one.code}" if one.code else one.said
    yield f"\n{entry.day} * {_text(one.name)} {_text(said)}\n"
    yield f"  id: {_text(one.id)}\n"
    width = max((len(account) for account, _ in entry.postings), default=0)
    for account, amount in entry.postings:
        yield f"  {account:<{width}}  {amount:>14} {currency}\n"


def _text(text: str) -> str:
    escaped = plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
