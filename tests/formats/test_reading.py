"""Dates and numbers of files: found out by what can be read in one way only."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

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
from crm_cli.model.fieldtypes import Date, Moment, Money, Number, Partial, Percent, Price

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
        ("4.3.2025", "mdy", date(2025, 4, 3)),
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
        ("03/04/25", "dmy"),
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
    ],
)
def test_birthdays(text: str, expected: PartialDate) -> None:
    assert read_cell(Partial(), text, Reading(LJUBLJANA, "dmy")) == expected


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
        (".5", ".", None),
        ("1.2.3", ".", None),
        ("1e5", ".", None),
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


def test_percents() -> None:
    assert read_cell(Percent(), "9,5 %", Reading(LJUBLJANA, decimal=",")) == Decimal("9.5")
