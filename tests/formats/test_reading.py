"""Dates and numbers of files: found out by what can be read in one way only."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from crm_cli.formats.cells.moments import are_idle
from crm_cli.formats.cells.phones import numbers_in
from crm_cli.formats.cells.texts import cleaned, is_nothing
from crm_cli.formats.decoding import Undecided
from crm_cli.formats.reading import (
    Line,
    Reading,
    decimal_of,
    find_date_order,
    find_decimal,
    read_cell,
)
from crm_cli.model.business import Business
from crm_cli.model.dates import PartialDate
from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import (
    Choice,
    Code,
    Date,
    FieldType,
    Integer,
    Moment,
    Money,
    Number,
    Partial,
    Percent,
    Phone,
    Price,
    Text,
)

LJUBLJANA = Business(zone="Europe/Ljubljana")


def cells(*texts: str) -> list[Line]:
    return [Line(number, "When", text) for number, text in enumerate(texts, 2)]


# Dates


@pytest.mark.parametrize(
    ("texts", "order", "line"),
    [
        (("03/04/2025", "13/04/2025"), "dmy", 3),
        (("03/04/2025", "04/13/2025"), "mdy", 3),
        (("3-4-2025", "31-12-2025 10:00"), "dmy", 3),
        (("2/4/11", "2/24/11"), "mdy", 3),
        (("1-2-03", "99-2-28"), "ymd", 3),
    ],
)
def test_one_date_decides_for_all(texts: tuple[str, ...], order: str, line: int) -> None:
    found = find_date_order(cells(*texts))
    assert found.value == order
    assert found.by is not None and found.by.line == line


@pytest.mark.parametrize("text", ["2025-04-03", "3.4.2025", "2025/04/03", "04/04/2025", "soon"])
def test_what_needs_no_order_decides_nothing(text: str) -> None:
    assert find_date_order(cells(text)).value == ""


def test_a_date_that_reads_both_ways_is_refused_with_both() -> None:
    with pytest.raises(Undecided) as caught:
        find_date_order(cells("05/05/2025", "03/04/2025"))
    assert caught.value.message == "line 3, When: 03/04/2025 is 3 April 2025 or 4 March 2025"
    assert "--dates dmy" in caught.value.hint
    assert caught.value.choices == (("dmy", "3 April 2025"), ("mdy", "4 March 2025"))


def test_hyphens_with_a_year_of_two_digits_have_three_readings() -> None:
    with pytest.raises(Undecided) as caught:
        find_date_order(cells("01-02-03"))
    assert [order for order, _ in caught.value.choices] == ["dmy", "mdy", "ymd"]


def test_a_birthday_without_a_year_decides_too() -> None:
    line = Line(2, "Birthday", "11/22", partial=True)
    assert find_date_order([line]).value == "mdy"
    assert find_date_order([line._replace(partial=False)]).value == ""


def test_dates_that_contradict_each_other_are_both_named() -> None:
    with pytest.raises(Undecided, match=r"line 2 writes the day first .* line 3 the month"):
        find_date_order(cells("31/01/2025", "01/31/2025"))


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("03/04/2025", "dmy", date(2025, 4, 3)),
        ("03/04/2025", "mdy", date(2025, 3, 4)),
        ("3-4-2025", "dmy", date(2025, 4, 3)),
        ("2025/4/3", "", date(2025, 4, 3)),
        ("2025.04.03", "dmy", date(2025, 4, 3)),
        ("3.4.2025", "", date(2025, 4, 3)),
        ("3. 4. 2025", "ymd", date(2025, 4, 3)),
        ("3.4.2025", "mdy", date(2025, 4, 3)),
        ("3.11.84", "mdy", date(1984, 11, 3)),
        ("20140101", "", date(2014, 1, 1)),
        ("1-Jan-14", "", date(2014, 1, 1)),
        ("1 janvier 2014", "", date(2014, 1, 1)),
        ("24. März 2014", "", date(2014, 3, 24)),
        ("2/24/11", "mdy", date(2011, 2, 24)),
        ("11/2/24", "ymd", date(2011, 2, 24)),
        ("2/24/99", "mdy", date(1999, 2, 24)),
        ("2014-01-01 23:30:00 UTC", "", date(2014, 1, 2)),
        ("2014-01-01T23:30:00.000+0000", "", date(2014, 1, 2)),
        ("2026-04-06 01:48:03 +0400", "", date(2026, 4, 5)),
        ("20140101T103000Z", "", date(2014, 1, 1)),
        ("1/2/2014 12:00:00 AM", "dmy", date(2014, 2, 1)),
        ("14.3.11 10:00", "%y.%m.%d %H:%M", date(2014, 3, 11)),
        ("2014-03-11", "%y.%m.%d %H:%M", date(2014, 3, 11)),
        ("2025-04-03", "mdy", date(2025, 4, 3)),
        ("2025-04-03 00:00:00", "", date(2025, 4, 3)),
        ("2025-04-03T14:30:00.000", "", date(2025, 4, 3)),
        ("2025-04-03T23:30:00Z", "", date(2025, 4, 4)),
        ("3 Apr 2025", "", date(2025, 4, 3)),
        ("3-Apr-2025", "", date(2025, 4, 3)),
        ("April 3rd, 2025", "", date(2025, 4, 3)),
        ("Thursday, 3 April 2025", "", date(2025, 4, 3)),
        ("05/05/2025", "", date(2025, 5, 5)),
    ],
)
def test_dates(text: str, order: str, expected: date) -> None:
    assert read_cell(Date(), text, Reading(LJUBLJANA, order)) == expected


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("03/04/2025", ""),
        ("03/04/2025", "ymd"),
        ("31/02/2025", "dmy"),
        ("13/04/2025", "mdy"),
        ("03/04/25", ""),
        ("1403/01/15", ""),
        ("20141301", ""),
        ("Jan-14", ""),
        ("11/22", "mdy"),
        ("3 Ma 2025", ""),
        ("45000", "dmy"),
        ("3 Xyz 2025", ""),
        ("Apr 2025", ""),
        ("2025-04-03 25:00", ""),
        ("", "dmy"),
    ],
)
def test_no_dates(text: str, order: str) -> None:
    with pytest.raises(Unreadable):
        read_cell(Date(), text, Reading(LJUBLJANA, order))


@pytest.mark.parametrize("text", ["3/4/2025 14:30", "2025-04-03 2:30 PM", "3.4.2025 14:30:00"])
def test_instants_are_in_the_businesss_zone(text: str) -> None:
    summer = timezone(timedelta(hours=2))
    expected = datetime(2025, 4, 3, 14, 30, tzinfo=summer)
    assert read_cell(Moment(), text, Reading(LJUBLJANA, "dmy")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3/4/1984", PartialDate(1984, 4, 3)),
        ("--04-03", PartialDate(None, 4, 3)),
        ("1984", PartialDate(1984, None, None)),
        ("24.12.84", PartialDate(1984, 12, 24)),
        ("24.12.33", PartialDate(1933, 12, 24)),
        ("24.12.11", PartialDate(2011, 12, 24)),
        ("22/11", PartialDate(None, 11, 22)),
        ("22.11.", PartialDate(None, 11, 22)),
        ("22 Nov", PartialDate(None, 11, 22)),
    ],
)
def test_birthdays(text: str, expected: PartialDate) -> None:
    business = Business(zone="Europe/Ljubljana", today=date(2026, 11, 20))
    assert read_cell(Partial(), text, Reading(business, "dmy")) == expected


def test_times_below_a_heading_of_utc_are_utc() -> None:
    reading = Reading(LJUBLJANA).of_column("Created (UTC)", idle=False)
    assert read_cell(Date(), "2014-01-01 23:30", reading) == date(2014, 1, 2)
    other = Reading(LJUBLJANA).of_column("Created", idle=False)
    assert read_cell(Date(), "2014-01-01 23:30", other) == date(2014, 1, 1)


def test_a_column_of_midnights_is_one_of_days() -> None:
    texts = ["2014-01-01 00:00:00 UTC", "", "2014-01-02 00:00:00 UTC"]
    assert are_idle(texts)
    assert not are_idle([*texts, "2014-01-02 00:01:00 UTC"])
    assert not are_idle(["2014-01-01", ""])
    new_york = Reading(Business(zone="America/New_York"))
    idle = new_york.of_column("Date", idle=True)
    assert read_cell(Moment(), texts[0], idle) == date(2014, 1, 1)
    assert read_cell(Date(), texts[0], new_york) == date(2013, 12, 31)


# Nothing, and texts


@pytest.mark.parametrize(
    ("type", "text", "expected"),
    [
        (Date(), "0/0/00", True),
        (Date(), "0000-00-00 00:00:00", True),
        (Date(), "N/A", True),
        (Date(), "", True),
        (Date(), "2014-01-01", False),
        (Money(), "-", True),
        (Money(), "0", False),
        (Integer(), "null", True),
        (Code(), "n/a", True),
        (Code(), "0000-00-00", False),
        (Text(), "Null", False),
        (Text(), "-", False),
        (Choice(("none", "low")), "none", False),
    ],
)
def test_what_stands_for_nothing(type: FieldType, text: str, expected: bool) -> None:
    assert is_nothing(type, text) is expected


def test_cells_are_trimmed_of_blanks_and_of_marks_that_nobody_sees() -> None:
    assert cleaned("\u202a+386 40 123\u202c \u00a0") == "+386 40 123"


@pytest.mark.parametrize("text", ["3.8641E+11", "1E+12", "1,23457E+11"])
def test_a_number_whose_digits_are_gone_is_no_code(text: str) -> None:
    with pytest.raises(Unreadable, match="digits are gone"):
        read_cell(Phone(), text, Reading(LJUBLJANA))


def test_the_apostrophe_of_a_spreadsheet_goes() -> None:
    assert read_cell(Code(), "'04616", Reading(LJUBLJANA)) == "04616"
    assert read_cell(Text(), "'90s Café", Reading(LJUBLJANA)) == "'90s Café"
    assert read_cell(Code(), "1E05", Reading(LJUBLJANA)) == "1E05"


# Numbers


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("9.8", "."),
        ("84,50", ","),
        ("1.234,50", ","),
        ("1,234.50", "."),
        ("1.234.567", ","),
        ("1,234,567", "."),
        ("0.125", "."),
        ("1234.567", "."),
        ("1.234", "?"),
        ("12,345", "?"),
        ("€ 1.234,50", ","),
        ("10%", ""),
        ("1200", ""),
        ("n.a.", ""),
        ("9.975 %", "."),
        ("1 234,567", ","),
        ("1.234E+05", "."),
        ("1,23,456.00", "."),
        ("approx. 5", ""),
        ("", ""),
    ],
)
def test_the_sign_before_decimals(text: str, sign: str) -> None:
    assert decimal_of(text) == sign


def test_one_number_decides_for_all() -> None:
    found = find_decimal(cells("1.234", "20", "84,50"))
    assert found.value == ","
    assert found.by is not None and found.by.line == 4
    assert find_decimal(cells("20", "1200")).value == "."


def test_a_number_that_reads_both_ways_is_refused_with_both() -> None:
    with pytest.raises(Undecided) as caught:
        find_decimal(cells("20", "1.234"))
    assert caught.value.message == "line 3, When: 1.234 is 1.234 or 1234"
    assert caught.value.choices == ((".", "1.234"), (",", "1234"))


def test_numbers_that_contradict_each_other_are_both_named() -> None:
    with pytest.raises(Undecided, match=r"line 2 .* point \(9.8\), line 3 .* comma \(9,8\)"):
        find_decimal(cells("9.8", "9,8"))


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("1.234", ".", Decimal("1.234")),
        ("1.234", ",", Decimal(1234)),
        ("1.234,50", ",", Decimal("1234.50")),
        ("1 234,50", ",", Decimal("1234.50")),
        ("-5", ".", Decimal(-5)),
        ("+5", ".", Decimal(5)),
        ("(5.50)", ".", Decimal("-5.50")),
        (" 20 ", ".", Decimal(20)),
        (".5", ".", Decimal("0.5")),
        ("-,5", ",", Decimal("-0.5")),
        ("5.", ".", Decimal(5)),
        ("5.00-", ".", Decimal("-5.00")),
        ("\N{MINUS SIGN}5", ".", Decimal(-5)),
        ("1,23,456.00", ".", Decimal("123456.00")),
        ("1,23,456", ",", None),
        ("197.45000000000002", ".", Decimal("197.45")),
        ("4,999999999999999", ",", Decimal(5)),
        ("12.50000000", ".", Decimal("12.5")),
        ("0.3333333333333333", ".", None),
        ("1E+05", ".", Decimal(100000)),
        ("1.5e-3", ".", Decimal("0.0015")),
        ("1.23457E+11", ".", None),
        ("(-5)", ".", None),
        ("1.2.3", ".", None),
        ("1e5", ".", Decimal(100000)),
        ("NaN", ".", None),
        ("１２", ".", None),
        ("20 pieces", ".", None),
    ],
)
def test_numbers(text: str, decimal: str, expected: Decimal | None) -> None:
    reading = Reading(LJUBLJANA, decimal=decimal)
    if expected is None:
        with pytest.raises(Unreadable):
            read_cell(Number(), text, reading)
    else:
        assert read_cell(Number(), text, reading) == expected


@pytest.mark.parametrize("type", [Money(), Price()])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.234,50 €", (Decimal("1234.50"), "EUR")),
        ("EUR 20", (Decimal(20), "EUR")),
        ("$-5", (Decimal(-5), "USD")),
        ("84,50", Decimal("84.50")),
    ],
)
def test_amounts_with_their_currency(type: Any, text: str, expected: Any) -> None:
    assert read_cell(type, text, Reading(LJUBLJANA, decimal=",")) == expected


@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize(
    ("text", "expected"),
    [("9,5 %", "9.5"), ("9.975 %", "9.975"), ("9,975", "9.975"), ("22%", "22")],
)
def test_percents_have_no_thousands(text: str, expected: str, decimal: str) -> None:
    assert read_cell(Percent(), text, Reading(LJUBLJANA, decimal=decimal)) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "base", "expected"),
    [
        ("$5.00", "AUD", "AUD"),
        ("$5.00", "EUR", "USD"),
        ("$5.00 CAD", "EUR", "CAD"),
        ("CA$5.00", "USD", "CAD"),
        ("-5.00 kr", "NOK", "NOK"),
    ],
)
def test_a_sign_of_several_currencies_is_the_businesss_own(
    text: str, base: str, expected: str
) -> None:
    value = read_cell(Money(), text, Reading(Business(currency=base)))
    assert (abs(value[0]), value[1]) == (5, expected)


@pytest.mark.parametrize("text", ["5 kr", "$5 EUR"])
def test_a_currency_that_cannot_be_known_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_cell(Money(), text, Reading(LJUBLJANA))


@pytest.mark.parametrize(
    ("text", "expected"), [("1,200", 1200), ("1.200", 1200), ("12.0", 12), ("1 200", 1200)]
)
def test_whole_numbers_have_no_decimals(text: str, expected: int) -> None:
    assert read_cell(Integer(), text, Reading(LJUBLJANA)) == expected


@pytest.mark.parametrize("text", ["51-200", "1.5", "many"])
def test_what_is_no_whole_number(text: str) -> None:
    with pytest.raises(Unreadable):
        read_cell(Integer(), text, Reading(LJUBLJANA))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("040 123 456", ["040 123 456"]),
        ("01/234-5678", ["01/234-5678"]),
        ("040 123 456;041 123 456", ["040 123 456", "041 123 456"]),
        ("01 234 56 78 / 040 123 456", ["01 234 56 78", "040 123 456"]),
        ("040 123 456, 041 123 456", ["040 123 456", "041 123 456"]),
        ("040 123 456 or 041 123 456", ["040 123 456", "041 123 456"]),
        ("tel:+38640123456;ext=12", ["tel:+38640123456;ext=12"]),
        ("call Ana, or Bor", ["call Ana, or Bor"]),
        ("*123#", ["*123#"]),
    ],
)
def test_several_phones_in_a_cell(text: str, expected: list[str]) -> None:
    assert numbers_in(text, "SI") == expected


@pytest.mark.parametrize("text", ["One\r\nTwo", "One\rTwo", " One\nTwo\r\n"])
def test_lines_of_windows_end_as_ours_do(text: str) -> None:
    assert cleaned(text) == "One\nTwo"
