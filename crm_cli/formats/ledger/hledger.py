"""A journal of hledger, which `hledger check --strict` accepts."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.formats.ledger import Entry, Journal, plain


def write(journal: Journal) -> Iterator[str]:
    """The journal: accounts and the commodity are declared, amounts are aligned."""
    if journal.title:
        yield f"; {plain(journal.title)}\n"
    decimals = next((amount for one in journal.entries for _, amount in one.postings), "0.00")
    places = len(decimals.partition(".")[2])
    yield f"commodity 1,000.{'0' * places} {journal.currency}\n\n"
    for account in journal.accounts:
        yield f"account {account}\n"
    for entry in journal.entries:
        yield from _entry(entry, journal.currency)


def _entry(entry: Entry, currency: str) -> Iterator[str]:
    one = entry.of
    code = f" ({_text(one.code)})" if one.code else ""
    yield f"\n{entry.day} *{code} {_text(one.name)} | {one.said}  ; {one.id}\n"
    width = max((len(account) for account, _ in entry.postings), default=0)
    for account, amount in entry.postings:
        yield f"    {account:<{width}}  {amount:>14} {currency}\n"


def _text(text: str) -> str:
    """What stands for a text where some characters mean something."""
    return plain(text).translate({ord(char): "_" for char in ";|()"}) or "_"
