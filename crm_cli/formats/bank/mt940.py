"""MT940 (SWIFT): statements as tagged lines, with the ways of describing a line that banks have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from crm_cli.formats.bank.statement import Statement, StatementLine, bounded, clean
from crm_cli.model.errors import DataError

_TAG = re.compile(r"^:(\d\d[A-Z]?):", re.MULTILINE)
_LINE = re.compile(
    r"(\d{6})(\d{4})?(R?[CD])[A-Z]?(\d{1,15}(?:,\d{0,4})?)([NFS][A-Z0-9]{3})?([^\n]*)(?:\n(.*))?",
    re.ASCII | re.DOTALL,
)
_BALANCE = re.compile(r"[CD](\d{6})([A-Z]{3})", re.ASCII)
_FIELD = re.compile(r"\?(\d\d)")
_WORD = re.compile(r"/([A-Z]{3,4})/")
_KEYED = re.compile(r"(EREF|KREF|MREF|SVWZ|ABWA|CRED|DEBT)\+")
_RETURNS = ("RTI", "RTN", "RET")
_GERMAN_RETURNS = ("109", "108", "181", "159")
"""Codes of transactions (GVC) that give a debit or a transfer back."""


def read(data: bytes) -> Statement:
    """The lines of all statements in a file; raises DataError."""
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    lines = bounded(_lines(text))
    if not lines and ":60" not in text:
        raise DataError("the file is no MT940 statement", "its lines begin :20:, :25:, :60F: …")
    return Statement("MT940", lines)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _lines(text: str) -> Iterator[StatementLine]:
    account = currency = ""
    pending: StatementLine | None = None
    code = ""
    for tag, value in _tagged(text):
        if tag == "86" and pending is not None:
            yield _described(pending, value, code)
            pending = None
            continue
        if pending is not None:
            yield pending
            pending = None
        if tag == "25":
            account = clean(value.partition("\n")[0]).replace(" ", "").rpartition("/")[2]
        elif tag.startswith("60") and (found := _BALANCE.match(value)):
            currency = found[2]
        elif tag == "61":
            pending, code = _line(value, account, currency)
    if pending is not None:
        yield pending


def _tagged(text: str) -> Iterator[tuple[str, str]]:
    found = list(_TAG.finditer(text))
    for place, one in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(text)
        value = text[one.end() : end]
        # A message ends with a line of a hyphen, or with a brace.
        yield one[1], re.split(r"\n-\}?(?:\n|$)", value)[0].rstrip("\n")


def _line(value: str, account: str, currency: str) -> tuple[StatementLine, str]:
    found = _LINE.match(value)
    if found is None:
        raise DataError(f"an MT940 line cannot be read: {clean(value)[:60]!r}", "it begins :61:")
    valued, booked, mark, amount, kind, references, more = found.groups()
    day = _day(valued)
    if booked:
        day = _booked(day, booked)
    sign = 1 if mark in ("C", "RD") else -1
    own, _, bank = references.partition("//")
    code = (kind or "")[1:]
    return (
        StatementLine(
            account,
            day,
            sign * Decimal(amount.replace(",", ".").rstrip(".") or "0"),
            currency,
            text=clean(more or ""),
            reference="" if own.strip().upper() in ("NONREF", "") else clean(own),
            bank_reference=clean(bank),
            returned=sign < 0 and (mark == "RC" or code in _RETURNS),
        ),
        code,
    )


def _day(text: str) -> date:
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        raise DataError(f"{text!r} is no date of a statement") from None


def _booked(valued: date, text: str) -> date:
    """The day of booking, MMDD, in the year that is nearest to the value date."""
    found = []
    for year in (valued.year - 1, valued.year, valued.year + 1):
        try:
            found.append(date(year, int(text[:2]), int(text[2:])))
        except ValueError:
            continue
    return min(found, key=lambda day: abs((day - valued).days), default=valued)


def _described(line: StatementLine, value: str, code: str) -> StatementLine:
    """A line with what its :86: says, in one of three ways."""
    flat = value.replace("\n", "")
    if _FIELD.search(flat):
        return _fields(line, flat)
    if len(_WORD.findall(flat)) > 1:
        return _words(line, flat)
    return line._replace(text=clean(f"{value} {line.text}"))


def _fields(line: StatementLine, flat: str) -> StatementLine:
    """`166?00SEPA?20EREF+A1?21SVWZ+Invoice?31DE…?32Ana?33Novak`, as banks of Germany have it."""
    parts = _FIELD.split(flat)
    fields: dict[str, str] = {}
    for key, text in zip(parts[1::2], parts[2::2], strict=True):
        fields[key] = fields.get(key, "") + text
    purpose = "".join(text for key, text in sorted(fields.items()) if "20" <= key <= "29"
                      or "60" <= key <= "63")  # fmt: skip
    keyed = _KEYED.split(purpose)
    said = dict(zip(keyed[1::2], keyed[2::2], strict=True))
    text = said.get("SVWZ", keyed[0] if not said else "")
    reference = said.get("EREF", "").strip()
    returned = line.amount < 0 and (line.returned or parts[0].strip()[:3] in _GERMAN_RETURNS)
    return line._replace(
        name=clean(fields.get("32", "") + fields.get("33", "")),
        iban=clean(fields.get("31", "")).replace(" ", ""),
        text=clean(text or purpose),
        reference=clean("" if reference.upper() == "NOTPROVIDED" else reference) or line.reference,
        returned=returned,
    )


def _words(line: StatementLine, flat: str) -> StatementLine:
    """`/EREF/A1/NAME/Ana Novak/REMI/Invoice 42`, as banks of the Netherlands and others have it."""
    parts = _WORD.split(flat)
    said: dict[str, str] = {}
    for key, text in zip(parts[1::2], parts[2::2], strict=True):
        said.setdefault(key, text)
    reference = said.get("EREF", "").strip()
    remittance = said.get("REMI", said.get("SVWZ", ""))
    return line._replace(
        name=clean(said.get("NAME", said.get("ORDP", ""))),
        iban=clean(said.get("IBAN", "")).replace(" ", ""),
        text=clean(remittance.replace("USTD//", "").replace("STRD/", "")),
        reference=clean("" if reference.upper() == "NOTPROVIDED" else reference) or line.reference,
        returned=line.amount < 0 and (line.returned or bool(said.get("RTRN"))),
    )
