"""What the square codes for payments hold: EPC (SEPA) and UPN (Slovenia).

EPC: EPC069-12, version 002. UPN: the rules of the Bank Association of Slovenia for UPN QR; it is
a symbol of version 15, level M, with ECI for ISO 8859-2.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from crm_cli.model.money import to_minor
from crm_cli.model.paper import Paper, Party

_NAME, _PLACE, _PURPOSE = 33, 33, 42
_LARGEST = 999_999_999_99


class PaymentCode(NamedTuple):
    """A code: `epc` or `upn`, its text, and how the text is encoded."""

    name: str
    text: str
    encoding: str


def payment_codes(paper: Paper, purpose: str = "") -> list[PaymentCode]:
    """The codes by which what is next due of a paper can be paid, to the first account; none where
    nothing is owed, or not in euros. `purpose` is what the money is for, in words, for UPN."""
    amount, due = paper.next_payment
    cents = to_minor(amount, "EUR") if paper.currency == "EUR" else 0
    if not paper.accounts or not 0 < cents <= _LARGEST:
        return []
    found = [_epc(paper, cents)]
    if paper.accounts[0].iban.startswith("SI56"):
        found.append(_upn(paper, cents, due, purpose))
    return found


def _epc(paper: Paper, cents: int) -> PaymentCode:
    account = paper.accounts[0]
    lines = (
        "BCD", "002", "1", "SCT", account.bic.replace(" ", ""), _plain(paper.seller.name, 70),
        account.iban, f"EUR{cents // 100}.{cents % 100:02}", "", "", _plain(paper.number, 140),
    )  # fmt: skip
    return PaymentCode("epc", "\n".join(lines), "utf-8")


def _upn(paper: Paper, cents: int, due: date | None, purpose: str) -> PaymentCode:
    by = due.strftime("%d.%m.%Y") if due is not None else ""
    fields = (
        "UPNQR", "", "", "", "", *_place(paper.buyer), f"{cents:011}", "", "", "OTHR",
        _latin(f"{purpose} {paper.number}", _PURPOSE), by, paper.accounts[0].iban,
        reference(paper.number), *_place(paper.seller),
    )  # fmt: skip
    text = "".join(f"{field}\n" for field in fields)
    return PaymentCode("upn", f"{text}{len(text):03}\n", "iso-8859-2")


def reference(number: str) -> str:
    """The reference of a payment: SI00 and the number where its rules take it (digits, at most two
    hyphens, 20 signs), else SI99, which has none."""
    if re.fullmatch(r"\d+(-\d+){0,2}", number) and len(number) <= 20:
        return f"SI00{number}"
    return "SI99"


def _place(party: Party) -> tuple[str, str, str]:
    return _latin(party.name, _NAME), _latin(party.street, _PLACE), _latin(party.town, _PLACE)


def _latin(text: str, longest: int) -> str:
    """A text in the letters of ISO 8859-2, cut; others are transliterated."""
    plain = " ".join(text.split())
    try:
        plain.encode("iso-8859-2")
    except UnicodeEncodeError:
        from anyascii import anyascii

        plain = "".join(one if _fits(one) else anyascii(one) for one in plain)
    return plain[:longest].strip()


def _fits(char: str) -> bool:
    try:
        return bool(char.encode("iso-8859-2"))
    except UnicodeEncodeError:
        return False


def _plain(text: str, longest: int) -> str:
    return " ".join(text.split())[:longest].strip()
