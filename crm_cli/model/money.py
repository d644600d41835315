"""Amounts, quantities and rates: strict parsing, exact arithmetic.

`Decimal` itself would take `NaN`, `1_000`, `1e400` and the digits of every script;
so a text must fit one pattern first. An amount that half the world would read as a
thousand times the other half's is refused with both readings.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal

from crm_cli.model.errors import Unreadable
from crm_cli.model.named_tuple import NamedTuple

ROUNDINGS = ("document", "line")
"""Where tax is rounded: per rate of a document, or line by line."""

EXACT = Context(prec=80, rounding=ROUND_HALF_UP)
"""Wide enough that a product of three numbers of 21 digits is exact."""

_NUMBER = r"-?\d{1,15}(?:[.,]\d{1,6})?"
_PLAIN = "write digits with one decimal sign and no separators of thousands, like 1234.50"

# ISO 4217, list one, in 2026; what is not listed in `MINOR_UNITS` has two decimals.
_CODES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN "
    "BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP "
    "ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR "
    "ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD "
    "MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR "
    "PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL "
    "THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF "
    "XCD XCG XOF XPF YER ZAR ZMW ZWG ZWL"
)
MINOR_UNITS = {
    code: decimals
    for decimals, codes in (
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    )
    for code in codes.split()
}
"""The decimals of the currencies that have not two."""
_SIGNS = {
    "€": "EUR", "₹": "INR", "₽": "RUB", "₺": "TRY", "₴": "UAH", "₾": "GEL", "₪": "ILS",
    "₩": "KRW", "zł": "PLN", "kč": "CZK", "ft": "HUF", "us$": "USD", "a$": "AUD", "au$": "AUD",
    "c$": "CAD", "ca$": "CAD", "nz$": "NZD", "hk$": "HKD", "s$": "SGD", "r$": "BRL",
    "mx$": "MXN", "nt$": "TWD",
}  # fmt: skip
SHARED = {
    "$": (
        "USD", "ARS", "AUD", "BBD", "BMD", "BND", "BSD", "BZD", "CAD", "CLP", "COP", "FJD", "GYD",
        "HKD", "JMD", "KYD", "LRD", "MXN", "NAD", "NZD", "SBD", "SGD", "SRD", "TTD", "TWD", "UYU",
        "XCD",
    ),
    "£": ("GBP", "EGP", "FKP", "GIP", "LBP", "SDG", "SHP", "SSP", "SYP"),
    "¥": ("JPY", "CNY"),
    "kr": ("SEK", "DKK", "ISK", "NOK"),
}  # fmt: skip
"""Signs of several currencies: the business's own is meant, else the first of them."""


class Amount(NamedTuple):
    """A value and, where it was written beside it, its ISO 4217 currency."""

    value: Decimal
    currency: str | None = None


def currencies() -> list[str]:
    """The codes of ISO 4217."""
    return _CODES.split()


def read_currency(text: str, base: str = "") -> str:
    """An ISO 4217 code in any case, or a currency's sign (`€`, `zł`).

    A sign of several is that of `base`, where it is its own; else `$` is the US dollar and `£`
    the pound sterling. Raises `Unreadable` with the nearest codes.
    """
    text = text.strip()
    code = text.upper()
    if len(code) == 3 and code in _CODES and code.isalpha():
        return code
    if found := _SIGNS.get(text.lower()):
        return found
    if shared := SHARED.get(text.lower()):
        if base in shared or text in "$£":
            return base if base in shared else shared[0]
        raise Unreadable(
            f"{text!r} is the sign of several currencies",
            f"write its code: {', '.join(shared)}",
            code="bad-currency",
        )
    from crm_cli.model.text import did_you_mean

    raise Unreadable(
        f"there is no currency {text!r}",
        did_you_mean(text, currencies()) or "write its code of three letters, like EUR",
        code="bad-currency",
    )


def read_decimal(text: str) -> Decimal:
    """A number of at most 15 digits and 6 decimals, with a point or a comma.

    Raises `Unreadable`; for `1.234` and `1,234` (three digits after the only sign,
    one to three before it) with both readings. `-0` is 0.
    """
    plain = _plain(text)
    if plain is not None:
        return plain
    text = text.strip()
    if not re.fullmatch(_NUMBER, text, re.ASCII):
        raise _no_number(text)
    if re.fullmatch(r"-?[1-9]\d{0,2}[.,]\d{3}", text, re.ASCII):
        thousands = text.replace(",", "").replace(".", "")
        fraction = f"{text.replace(',', '.')}0"
        raise Unreadable(
            f"{text!r} is {thousands} or {fraction[:-1]}: the sign may part thousands or decimals",
            f"write {thousands} or {fraction}",
            code="ambiguous-number",
        )
    value = Decimal(text.replace(",", "."))
    return value if value else abs(value)


def read_amount(text: str, base: str = "") -> Amount:
    """An amount with or without its currency: `84,50`, `200 EUR`, `EUR 200`, `€84.50`, `-5 €`.

    `base` is the business's currency, for `$`. Raises `Unreadable` as `read_decimal` and
    `read_currency` do.
    """
    plain = _plain(text)
    if plain is not None:
        return Amount(plain)
    text = text.strip()
    if re.fullmatch(_NUMBER, text, re.ASCII):
        return Amount(read_decimal(text))
    match = re.fullmatch(r"(-?)\s*([^\d\s.,+-]+)\s*(-?)(\d.*)", text, re.ASCII)
    if match and not (match[1] and match[3]):
        sign, word, number = match[1] or match[3], match[2], match[4]
    elif match := re.fullmatch(r"(-?)(\d.*?)\s*([^\d\s.,+'-]+)", text, re.ASCII):
        sign, number, word = match.groups()
    else:
        raise _no_number(text)
    currency = read_currency(word, base)
    return Amount(read_decimal(sign + number), currency)


def _plain(text: str) -> Decimal | None:
    """A number as nearly all are written (`12`, `84.50`), without the cost of a pattern."""
    if len(text) > 12 or not text.isascii():
        return None
    whole, point, part = text.partition(".")
    if whole.isdigit() and (not point or (len(part) <= 2 and part.isdigit())):
        return Decimal(text)
    return None


def read_percent(text: str) -> Decimal:
    """A number of percent: `10%`, `10 %`, `10`, `9,5` are 10, 10, 10 and 9.5.

    There are no thousands of percent: `9.975` has three decimals.
    """
    bare = text.strip().removesuffix("%").rstrip()
    if re.fullmatch(r"-?\d{1,3}[.,]\d{3}", bare, re.ASCII):
        bare += "0"
    return read_decimal(bare)


def read_localized(text: str, decimal: str) -> Decimal:
    """A number from a file that is known to use `decimal` (`.` or `,`) for decimals.

    Other signs may part thousands: `1.234,56`, `1 234,56`, `1'234.56`. Raises `Unreadable`.
    """
    bare = text.strip().replace("\N{MINUS SIGN}", "-")
    point, rest = re.escape(decimal), re.escape(",.".replace(decimal, "")) + "' \u00a0\u202f’"
    grouped = rf"-?\d{{1,3}}([{rest}])\d{{3}}(?:\1\d{{3}})*(?:{point}\d+)?"
    if re.fullmatch(grouped, bare, re.ASCII):
        bare = re.sub(f"[{rest}]", "", bare)
    if not re.fullmatch(rf"-?\d{{1,15}}(?:{point}\d{{1,6}})?", bare, re.ASCII):
        raise Unreadable(
            f"{text!r} is not a number with {decimal!r} for decimals", _PLAIN, code="bad-number"
        )
    value = Decimal(bare.replace(",", "."))
    return value if value else abs(value)


def minor_unit(currency: str) -> int:
    """How many decimals a currency has (ISO 4217): EUR 2, JPY 0, KWD 3; unknown ones 2."""
    return MINOR_UNITS.get(currency, 2)


_UNITS = tuple(Decimal(1).scaleb(-decimals) for decimals in range(5))
# The same methods of a number take three times as long.
_quantize, _scaleb = EXACT.quantize, EXACT.scaleb


def round_money(value: Decimal, currency: str) -> Decimal:
    """Rounded half-up (away from zero) to the currency's minor unit, with all its decimals."""
    rounded = _quantize(value, _UNITS[MINOR_UNITS.get(currency, 2)])
    return rounded if rounded else abs(rounded)


def to_minor(value: Decimal, currency: str) -> int:
    """The amount in the currency's minor unit (cents), rounded half-up.

    Raises `Unreadable` where it does not fit the 64 bits that a database keeps.
    """
    cents = int(_scaleb(round_money(value, currency), MINOR_UNITS.get(currency, 2)))
    if not -(2**63) <= cents < 2**63:
        raise Unreadable(
            f"{decimal_text(value)} {currency} is out of range",
            "an amount has at most 15 digits before the decimal sign",
            code="bad-number",
        )
    return cents


def from_minor(cents: int, currency: str) -> Decimal:
    """The amount that `to_minor` was given: 8450 of EUR is 84.50."""
    return _scaleb(Decimal(cents), -MINOR_UNITS.get(currency, 2))


def all_from_minor(cents: Iterable[int | None], currency: str) -> list[Decimal | None]:
    """The same for many in one currency, in a third of the time; what is missing stays so."""
    unit = _UNITS[MINOR_UNITS.get(currency, 2)]
    return [None if one is None else Decimal(one) * unit for one in cents]


def rounded_parts(exact: Sequence[Decimal], whole: Decimal, currency: str) -> list[Decimal]:
    """Amounts rounded to the minor unit so that they add up to `whole`, their rounded sum.

    Each is rounded down, and the units that are left go to those that lost most by it
    (the largest remainder), of equal ones to the first.
    """
    unit = _UNITS[minor_unit(currency)]
    parts = [part.quantize(unit, ROUND_FLOOR, EXACT) for part in exact]
    left = int(EXACT.divide(whole - sum(parts, Decimal(0)), unit))
    order = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in order[:left]:
        parts[at] += unit
    return parts


def format_amount(value: Decimal, currency: str | None = None) -> str:
    """For people: `1,265,793.29`, rounded to the currency's decimals.

    Without a currency it has the decimals it has, at least two.
    """
    if currency is None:
        decimals = max(2, -int(value.as_tuple().exponent))
        return f"{value:,.{decimals}f}"
    return f"{round_money(value, currency):,f}"


def decimal_text(value: Decimal) -> str:
    """The plain text of a number for programs: no exponent, no separators of thousands."""
    positive = value if value else abs(value)  # Zero has no sign.
    text = str(positive)
    return text if "E" not in text else f"{positive:f}"


def decimal_literal(value: Decimal) -> str:
    """The plain text of a number for files, which `read_decimal` reads back as equal.

    1.234 is written `1.2340`, since three decimals alone could be thousands.
    """
    text = decimal_text(value)
    return f"{text}0" if re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", text) else text


class Rates:
    """Currency rates by date: units of foreign money for one unit of the base currency."""

    def __init__(
        self,
        table: Mapping[date, Mapping[str, Decimal]],
        base: str,
        today: date | None = None,
    ) -> None:
        """Raises `Unreadable` for a rate that is not above zero.

        `today` is the day whose rate counts for what has no date; without it the last one does.
        """
        self.base = base
        self.today = today
        self._days: dict[str, list[date]] = {}
        self._rates: dict[str, list[Decimal]] = {}
        for day in sorted(table):
            for currency, rate in table[day].items():
                if rate <= 0:
                    raise Unreadable(
                        f"the rate of {currency} on {day} is not above zero",
                        f"write how much {currency} one {base} buys",
                        code="bad-number",
                    )
                self._days.setdefault(currency, []).append(day)
                self._rates.setdefault(currency, []).append(rate)

    def rate(self, currency: str, on: date) -> Decimal | None:
        """The latest rate of a currency on or before a day; 1 for the base, else None.

        What has no date is asked for on `date.max`: the latest rate up to today counts, and the
        first one where all are of days to come.
        """
        if currency == self.base:
            return Decimal(1)
        if currency not in self._days:
            return None
        if on == date.max and self.today is not None:
            on = max(self.today, self._days[currency][0])
        place = bisect_right(self._days[currency], on)
        return self._rates[currency][place - 1] if place else None

    def days(self, currency: str) -> Sequence[date]:
        """The days on which a currency has a new rate, the first ones first."""
        return self._days.get(currency, ())

    def convert(self, amount: Decimal, currency: str, on: date) -> Decimal | None:
        """The amount in the base currency, rounded half-up to its minor unit.

        None where no rate is known on or before that day.
        """
        rate = self.rate(currency, on)
        return None if rate is None else round_money(EXACT.divide(amount, rate), self.base)

    def convert_parts(
        self, parts: Sequence[Decimal], currency: str, on: date
    ) -> list[Decimal] | None:
        """Parts of one amount in the base currency: they add up to what `convert` makes of it."""
        rate = self.rate(currency, on)
        if rate is None:
            return None
        whole = round_money(EXACT.divide(sum(parts, Decimal(0)), rate), self.base)
        return rounded_parts([EXACT.divide(part, rate) for part in parts], whole, self.base)


def _no_number(text: str) -> Unreadable:
    """Why a text is no number, with the number that was probably meant."""
    bare = re.sub(r"(?<=\d)[ '\u00a0\u202f’_](?=\d{3}(?!\d))", "", text)
    hint = _PLAIN
    for point, group in ((".", ","), (",", ".")):
        part = re.escape(group)
        pattern = rf"-?\d{{1,3}}(?:{part}\d{{3}})+(?:{re.escape(point)}\d{{1,6}})?"
        if re.fullmatch(pattern, bare, re.ASCII):
            plain = bare.replace(group, "").replace(point, ".")
            hint = f"write {plain}"
            break
    else:
        if bare != text and re.fullmatch(_NUMBER, bare, re.ASCII):
            hint = f"write {bare}"
        elif re.fullmatch(r"-?\d+(?:[.,]\d+)?", text, re.ASCII):
            hint = "a number has at most 15 digits and 6 decimals"
    return Unreadable(f"{text!r} is not a number", hint, code="bad-number")
