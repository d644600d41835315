"""Statements of banks as they were read, within bounds: lines of accounts."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from crm_cli.model.errors import DataError

MOST_LINES = 100_000
"""The most lines of one."""
_LONGEST = 1000
_NO_REFERENCE = ("", "NONREF", "NOTPROVIDED", "NOTPROVIDED.", "0", "UNKNOWN")


class StatementLine(NamedTuple):
    """A line of a statement; of what was taken from the account the amount is negative.

    `account` is the IBAN, or whatever the file calls the account. `reference` is the payer's (a
    creditor's reference, or the end-to-end id), `bank_reference` the bank's own. `returned` says
    that a payment was given back by a bank, `charges` what it took for it.
    """

    account: str
    day: date
    amount: Decimal
    currency: str
    name: str = ""
    iban: str = ""
    text: str = ""
    reference: str = ""
    bank_reference: str = ""
    returned: bool = False
    charges: Decimal | None = None


class Statement(NamedTuple):
    """The lines of a file, what it is called, and what is told about it."""

    format: str
    lines: tuple[StatementLine, ...]
    notes: tuple[str, ...] = ()


def bounded(lines: Iterable[StatementLine]) -> tuple[StatementLine, ...]:
    """The lines, no more than MOST_LINES of them; raises DataError."""
    found: list[StatementLine] = []
    for line in lines:
        found.append(line)
        if len(found) > MOST_LINES:
            raise DataError(f"the statement has more than {MOST_LINES:,} lines", "split it")
    return tuple(found)


def clean(text: str) -> str:
    """A text in one line, without what is not printable, and not too long."""
    shown = "".join(char if char.isprintable() else " " for char in text[: 4 * _LONGEST])
    return " ".join(shown.split())[:_LONGEST]


def known_by(lines: Iterable[StatementLine]) -> list[tuple[StatementLine, str]]:
    """Each line with what it is known by: the bank's reference, else a digest of what it says.

    Of lines that say the same on one day each is another; a bank's reference that several lines
    have, with other amounts, is no name of any.
    """
    found = list(lines)
    amounts: dict[tuple[str, str], set[Decimal]] = {}
    for line in found:
        key = line.account, line.bank_reference
        amounts.setdefault(key, set()).add(line.amount)
    equal: Counter[tuple[object, ...]] = Counter()
    named = []
    for line in found:
        reference = line.bank_reference
        unique = len(amounts[line.account, reference]) == 1
        content = line[:-2]
        equal[content] += 1
        if reference.upper() in _NO_REFERENCE or not unique or equal[content] > 1:
            said = "\0".join(map(str, (*content, equal[content])))
            reference = hashlib.sha256(said.encode()).hexdigest()[:20]
        named.append((line, reference))
    return named
