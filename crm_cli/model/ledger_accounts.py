"""The accounts of the ledger, and how the account of a customer is called."""

from __future__ import annotations

import re
from collections.abc import Iterable

ACCOUNTS = {
    "receivable": "Assets:Receivable",
    "bank": "Assets:Bank",
    "cash": "Assets:Cash",
    "income": "Income:Sales",
    "tax": "Liabilities:Tax",
    "prepaid": "Liabilities:Prepaid",
    "write_off": "Expenses:Write-off",
    "fees": "Expenses:Bank-fees",
    "exchange": "Income:Exchange",
}
"""The accounts by what they are for, unless the settings name others."""
_ROOTS = ("Assets", "Liabilities", "Equity", "Income", "Expenses")
_BEANCOUNT = re.compile(r"[A-Z][A-Za-z0-9-]*(:[A-Z0-9][A-Za-z0-9-]*)+")
_HLEDGER = re.compile(r"[^\s;:=|*!()\[\]\"](?:[^\s;\"]| (?! ))*")


def fault(account: str, *, beancount: bool) -> str:
    """Why a program takes no such account; empty if it does."""
    if beancount and not (
        _BEANCOUNT.fullmatch(account) and account.partition(":")[0] in _ROOTS
    ):
        return f"an account begins with {', '.join(_ROOTS[:-1])} or {_ROOTS[-1]}, and each part " \
            "of it with a capital letter"
    if not beancount and not _HLEDGER.fullmatch(account):
        return "an account has no two blanks, no semicolon and no quotes"
    return ""


def parts_of(ids: Iterable[str]) -> dict[str, str]:
    """The part of an account's name for each customer: letters, digits and hyphens, the first a
    capital letter or a digit, and no two alike."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for id in sorted(ids):
        name = re.sub(r"[^A-Za-z0-9-]", "-", id)
        name = name[:1].upper() + name[1:] if name[:1].isalnum() else f"C{name}"
        made, number = name, 2
        while made.lower() in taken:
            made, number = f"{name}-{number}", number + 1
        taken.add(made.lower())
        found[id] = made
    return found
