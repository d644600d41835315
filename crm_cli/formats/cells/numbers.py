"""Numbers in cells of other programs.

A file writes decimals with a point or with a comma. One number that can be read in one way
only decides for all (`84,50`, `1.234,50`, `1 234,5`); where none does, `1.234` is refused
with both readings. What parts thousands may be a point, comma, space or apostrophe, also
as in India (`1,23,456.00`). A minus may stand in front, behind, or be a pair of
parentheses. `.5` is a half, `1E+05` is 100000 as long as a spreadsheet would have written
all its digits otherwise, and what a computer's arithmetic left at the end of
`197.45000000000002` is dropped. A percent has no thousands: `9.975 %` is clear. Nor has a
whole number decimals: `1,200` employees are 1200.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from crm_cli.formats.cells.evidence import Found, Line
from crm_cli.formats.decoding import Undecided
from crm_cli.model.business import Business
from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import Integer

DECIMALS = (".", ",")

_SPACES = "' \u00a0\u202f’"
_SCIENTIFIC = r"([+-]?\d{1,15}(?:[.,]\d{1,15})?)[eE]([+-]?\d{1,3})"
_WORD = "([^\\d\\s.,+()'%\N{MINUS SIGN}-]+)"
_MINUS = "[-\N{MINUS SIGN}(+]?"
_LONGEST_EXPONENT = 10
"""A spreadsheet shows numbers of more digits in this notation, and drops some of them."""
_DECIMALS = 6
_NOISE = Decimal("5e-15")
"""What a double (IEEE 754) may be off by, as a part of the number."""


def find_decimal(cells: Iterable[Line]) -> Found:
    """The sign before decimals, by the cells of all number columns; `.` where none has any.

    Raises Undecided where every number with a sign may part thousands or decimals
    (`1.234`), and where two contradict each other.
    """
    evidence: dict[str, Line] = {}
    open_cell: Line | None = None
    for cell in cells:
        sign = decimal_of(cell.text)
        if sign == "?":
            open_cell = open_cell or cell
        elif sign:
            evidence.setdefault(sign, cell)
    if len(evidence) == 2:
        point, comma = evidence["."], evidence[","]
        raise Undecided(
            f"line {point.line} writes decimals with a point ({point.text}), line {comma.line} "
            f"with a comma ({comma.text})",
            "choose one: --decimal . or ,; the other rows are then rejected",
            setting="decimal",
            choices=((".", point.text), (",", comma.text)),
        )
    for sign, cell in evidence.items():
        return Found(sign, cell)
    if open_cell is None:
        return Found(".")
    choices = []
    for sign in DECIMALS:
        value = _number_within(open_cell.text, sign)
        choices.append((sign, f"{value:f}"))
    shown = dict(choices)
    raise Undecided(
        f"line {open_cell.line}, {open_cell.heading}: {open_cell.text} is {shown['.']} or "
        f"{shown[',']}",
        "choose the decimal sign: --decimal . or --decimal ,",
        setting="decimal",
        choices=tuple(choices),
    )


def _number_within(text: str, decimal: str) -> Decimal:
    value = read_amount(text, decimal, Business())
    found: Decimal = value[0] if isinstance(value, tuple) else value
    return found


def decimal_of(text: str) -> str:
    """`.` or `,` where a number can only be read so, `?` where both can be, else empty."""
    number = re.search(rf"[.,]?\d(?:[\d.,{_SPACES}]*\d)?", text, re.ASCII)
    bare = number[0] if number else ""
    signs = [char for char in bare if char in ".,"]
    if not signs:
        return ""
    if len(set(signs)) == 2:
        return signs[-1] if signs.count(signs[-1]) == 1 else ""
    other = "," if signs[0] == "." else "."
    if len(signs) > 1:
        return other
    match = re.search(r"(?<!\d)(\d*)[.,](\d*)", bare)
    grouped = re.search(f"[{_SPACES}]", bare)
    assert number is not None
    power = re.match(r"[eE][+-]?\d", text[number.end() :])
    if "%" in text or grouped or power:
        return signs[0]
    if match is not None and re.fullmatch(r"[1-9]\d{0,2}", match[1]) and len(match[2]) == 3:
        return "?"
    return signs[0]


def read_number(text: str, decimal: str) -> Decimal:
    """A number as a file writes it that uses `decimal`: `1.234,50`. Raises Unreadable."""
    bare = text.strip()
    # A plain number, by far the commonest, has one sign at most and is read at once.
    whole, _, part = bare.partition(decimal)
    if whole.isascii() and whole.isdigit() and len(whole) < 16:
        if not part and bare == whole:
            return Decimal(whole)
        if part.isascii() and part.isdigit() and len(part) < 7:
            return Decimal(f"{whole}.{part}")
    bare = bare.replace("\N{MINUS SIGN}", "-")
    if bare.startswith("(") and bare.endswith(")"):  # how bookkeepers write what is negative
        return _negative(read_number(bare[1:-1], decimal))
    if bare.endswith("-") and len(bare) > 1:  # how SAP does
        return _negative(read_number(bare[:-1], decimal))
    return _plain(bare.removeprefix("+"), decimal, text)


def _negative(value: Decimal) -> Decimal:
    if value < 0:
        raise Unreadable(f"{-value} has two minus signs")
    return -value if value else value


def _plain(bare: str, decimal: str, text: str) -> Decimal:
    from crm_cli.model.money import read_localized

    if match := re.fullmatch(_SCIENTIFIC, bare, re.ASCII):
        return _scientific(match, decimal, text)
    point = re.escape(decimal)
    sign, bare = ("-", bare[1:]) if bare[:1] == "-" else ("", bare)
    if re.fullmatch(rf"{point}\d+|\d+{point}", bare, re.ASCII):
        bare = f"0{bare}" if bare[0] == decimal else bare[:-1]
    if re.fullmatch(rf"\d{{1,2}}(?:,\d\d)+,\d{{3}}(?:{point}\d+)?", bare) and decimal == ".":
        bare = bare.replace(",", "")
    if re.fullmatch(rf"\d{{1,15}}{point}\d{{7,30}}", bare, re.ASCII):
        return _rounded(Decimal(sign + bare.replace(",", ".")), text)
    return read_localized(sign + bare, decimal)


def _scientific(match: re.Match[str], decimal: str, text: str) -> Decimal:
    digits, exponent = match[1], int(match[2])
    if ({".", ","} - {decimal}) & set(digits):
        raise Unreadable(f"{text!r} is not a number with {decimal!r} for decimals")
    if exponent > _LONGEST_EXPONENT:
        raise Unreadable(
            f"{text} is what a spreadsheet made of a long number: its digits are gone",
            "export it again, with the column formatted as a number",
        )
    value = Decimal(digits.replace(",", ".")).scaleb(exponent)
    return _rounded(Decimal(f"{value:f}"), text)


def _rounded(value: Decimal, text: str) -> Decimal:
    """The number with at most six decimals, where nothing else than noise is lost by it."""
    near = value.quantize(Decimal(1).scaleb(-_DECIMALS))
    if abs(near - value) > abs(value) * _NOISE:
        raise Unreadable(f"{text} has more than {_DECIMALS} decimals", "round it in the file")
    plain = f"{near:f}".rstrip("0").rstrip(".") if near else "0"
    return Decimal(plain)


def read_amount(text: str, decimal: str, business: Business) -> Any:
    """An amount; the pair of it and its currency where one stands beside it (`$5.00 CAD`)."""
    match = re.fullmatch(rf"\s*({_MINUS})\s*{_WORD}\s*(.*\d.*)", text)
    before = ""
    if match is not None:
        before, text = match[2], match[1] + match[3]
    match = re.fullmatch(rf"(.*[\d)-])\s*{_WORD}\s*", text)
    if match is None:
        value = read_number(text, decimal)
        return (value, _currency(before, business)) if before else value
    currency = _currency(match[2], business)
    if before and currency not in (before, *_meant(before, business)):
        raise Unreadable(f"{text!r} has two currencies, {before} and {match[2]}")
    return read_number(match[1], decimal), currency


def _currency(word: str, business: Business) -> str:
    from crm_cli.model.money import read_currency

    return read_currency(word, business.currency)


def _meant(word: str, business: Business) -> tuple[str, ...]:
    from crm_cli.model.money import SHARED

    return (_currency(word, business), *SHARED.get(word.lower(), ()))


def read_share(text: str, decimal: str) -> Decimal:
    """A number of percent, with or without its sign. Raises Unreadable."""
    bare = text.strip()
    bare = bare.removesuffix("%").rstrip() if bare.endswith("%") else bare.removeprefix("%")
    signs = [char for char in bare if char in ".,"]
    if len(signs) == 1:
        decimal = signs[0]
    return read_number(bare, decimal)


def read_whole(type: Integer, text: str, decimal: str, business: Business) -> int:
    """A whole number: `1,200`, `12.0`. Raises Unreadable."""
    for sign in (decimal, *(one for one in DECIMALS if one != decimal)):
        try:
            value = read_number(text, sign)
        except Unreadable:
            continue
        if value == value.to_integral_value():
            return int(type.read(f"{value:.0f}", business))
    return int(type.read(text, business))
