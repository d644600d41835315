"""Journals of plain-text accounting: what hledger and beancount read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib import import_module
from typing import NamedTuple

from crm_cli.model.errors import UsageError
from crm_cli.model.ledger import Transaction
from crm_cli.model.ledger_accounts import fault, parts_of

PROGRAMS = {
    "hledger": (".journal", ".hledger", ".j", ".ledger"),
    "beancount": (".beancount", ".bean"),
}
"""The programs by name, with the endings of their files."""


class Journal(NamedTuple):
    """All that a journal has: a title, the currency of all amounts, the accounts in use, and the
    transactions by day. An entry is (account, amount)."""

    title: str
    currency: str
    accounts: tuple[str, ...]
    entries: tuple[Entry, ...]


class Entry(NamedTuple):
    """A transaction with the names of its accounts."""

    day: date
    of: Transaction
    postings: tuple[tuple[str, str], ...]


def program_of(name: str, path: str) -> str:
    """The program of a name, else of a file's ending, else hledger; raises UsageError."""
    if name:
        if name.lower() not in PROGRAMS:
            raise UsageError(f"a ledger is not exported as {name}", "--format hledger or beancount")
        return name.lower()
    for program, endings in PROGRAMS.items():
        if path.lower().endswith(endings):
            return program
    return "hledger"


def journal_of(
    made: Sequence[Transaction],
    accounts: Mapping[str, str],
    *,
    title: str,
    currency: str,
    program: str,
) -> Journal:
    """The transactions by day, on accounts of the names that the settings give.

    Those without a date stand on the first day. Raises UsageError for a name that the program
    does not take.
    """
    for role, account in accounts.items():
        if why := fault(account, beancount=program == "beancount"):
            raise UsageError(
                f"ledger.{role} in crm.yaml is {account!r}, and {program} takes no such account",
                why,
            )
    parts = parts_of({one.customer for one in made})
    first = min((one.day for one in made if one.day is not None), default=date(2000, 1, 1))
    entries = []
    for one in made:
        named = []
        for posting in one.postings:
            account = accounts[posting.account]
            if posting.account in ("receivable", "prepaid"):
                account = f"{account}:{parts[one.customer]}"
            elif posting.part:
                account = f"{account}:{posting.part.replace('.', '-')}"
            named.append((account, f"{posting.amount:f}"))
        entries.append(Entry(one.day or first, one, tuple(named)))
    entries.sort(key=lambda one: (one.day, one.of.customer, one.of.id, one.of.said))
    used = sorted({account for one in entries for account, _ in one.postings})
    return Journal(title, currency, tuple(used), tuple(entries))


def written(journal: Journal, program: str) -> Iterator[str]:
    """The text of a journal, in pieces."""
    pieces: Iterator[str] = import_module(f"{__name__}.{program}").write(journal)
    return pieces


def plain(text: str) -> str:
    """A text in one line, without control characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
