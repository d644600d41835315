"""Amounts, quantities, percentages and rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.model.errors import Unreadable
from crm_cli.model.money import (
    Amount,
    Rates,
    currencies,
    decimal_literal,
    decimal_text,
    format_amount,
    from_minor,
    minor_unit,
    read_amount,
    read_currency,
    read_decimal,
    read_localized,
    read_percent,
    round_money,
    to_minor,
)

NUMBERS = st.decimals(-(10**14), 10**14, places=6) | st.decimals(-2000, 2000, places=3)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("84,50", "84.50"),
        ("84.50", "84.50"),
        ("-3", "-3"),
        ("0.125", "0.125"),
        ("-0,125", "-0.125"),
        ("1234.567", "1234.567"),
        ("1.2340", "1.234"),
        ("999999999999999.999999", "999999999999999.999999"),
        (" 7 ", "7"),
    ],
)
def test_numbers_are_read_exactly(text: str, value: str) -> None:
    assert read_decimal(text) == Decimal(value)


@pytest.mark.parametrize("text", ["-0", "-0.00", "-0,0"])
def test_minus_nothing_is_nothing(text: str) -> None:
    assert not read_decimal(text).is_signed()


@pytest.mark.parametrize("text", ["1.234", "1,234", "-18.500", "999,999"])
def test_what_may_be_thousands_is_refused_with_both_readings(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_decimal(text)
    assert caught.value.code == "ambiguous-number"
    whole, fraction = caught.value.hint.removeprefix("write ").split(" or ")
    assert read_decimal(whole) == 1000 * read_decimal(fraction)
    assert whole in caught.value.message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1.234,56", "write 1234.56"),
        ("1,234.56", "write 1234.56"),
        ("1,234,567", "write 1234567"),
        ("1 234,50", "write 1234,50"),
        ("1'234.50", "write 1234.50"),
        ("1_000.50", "write 1000.50"),
        ("1e400", "decimal sign"),
        (".nan", "decimal sign"),
        ("Infinity", "decimal sign"),
        ("١٢", "decimal sign"),
        ("+5", "decimal sign"),
        ("5.", "decimal sign"),
        (".5", "decimal sign"),
        ("--5", "decimal sign"),
        ("", "decimal sign"),
        ("12345678901234567890.123456789", "15 digits"),
        ("0.1234567", "15 digits"),
    ],
)
def test_what_is_no_number_is_refused_with_a_cure(text: str, hint: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_decimal(text)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("200", "200", None),
        ("200 EUR", "200", "EUR"),
        ("EUR 200", "200", "EUR"),
        ("200eur", "200", "EUR"),
        ("€84,50", "84.50", "EUR"),
        ("84,50 €", "84.50", "EUR"),
        ("-€5", "-5", "EUR"),
        ("€-5", "-5", "EUR"),
        ("$5", "5", "USD"),
        ("5 zł", "5", "PLN"),
    ],
)
def test_amounts_may_carry_their_currency(text: str, value: str, currency: str | None) -> None:
    assert read_amount(text) == Amount(Decimal(value), currency)


@pytest.mark.parametrize("text", ["200 XYZ", "10 kg", "EUR", "-€-5", "1.234 EUR", "200 EUR EUR"])
def test_amounts_of_nothing_known_are_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_amount(text)


def test_a_mistyped_currency_gets_the_nearest() -> None:
    with pytest.raises(Unreadable) as caught:
        read_currency("EURR")
    assert "EUR" in caught.value.hint
    assert read_currency("eur") == "EUR"
    assert all(read_currency(code) == code for code in currencies())


@pytest.mark.parametrize("text", ["10%", "10 %", "10", "10,0%"])
def test_percent(text: str) -> None:
    assert read_percent(text) == 10


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1.234,56", ",", "1234.56"),
        ("1,234.56", ".", "1234.56"),
        ("1.234", ",", "1234"),
        ("1.234", ".", "1.234"),
        ("1 234 567,5", ",", "1234567.5"),
        ("1'234.5", ".", "1234.5"),
        ("\N{MINUS SIGN}5,0", ",", "-5.0"),
    ],
)
def test_a_known_decimal_sign_ends_the_doubt(text: str, decimal: str, value: str) -> None:
    assert read_localized(text, decimal) == Decimal(value)


@pytest.mark.parametrize(("text", "decimal"), [("12.34", ","), ("1.23.456", ","), ("x", ".")])
def test_a_number_of_the_other_convention_is_refused(text: str, decimal: str) -> None:
    with pytest.raises(Unreadable):
        read_localized(text, decimal)


@pytest.mark.parametrize(
    ("value", "currency", "rounded"),
    [
        ("1.005", "EUR", "1.01"),
        ("-1.005", "EUR", "-1.01"),
        ("1.0049", "EUR", "1.00"),
        ("2.5", "JPY", "3"),
        ("1.0005", "KWD", "1.001"),
        ("-0.001", "EUR", "0.00"),
    ],
)
def test_money_is_rounded_half_up_to_the_minor_unit(
    value: str, currency: str, rounded: str
) -> None:
    assert str(round_money(Decimal(value), currency)) == rounded


def test_minor_units_are_those_of_iso_4217() -> None:
    assert [minor_unit(code) for code in ("EUR", "JPY", "KWD", "CLF", "ISK")] == [2, 0, 3, 4, 0]


def test_an_amount_that_no_database_holds_is_refused() -> None:
    assert to_minor(Decimal("999999999999999.999"), "KWD") == 999999999999999999
    with pytest.raises(Unreadable, match="out of range"):
        to_minor(Decimal("999999999999999"), "CLF")


def test_numbers_for_people_and_for_programs() -> None:
    assert format_amount(Decimal("1265793.285"), "EUR") == "1,265,793.29"
    assert format_amount(Decimal("1265793.5"), "JPY") == "1,265,794"
    assert format_amount(Decimal("1E+3")) == "1,000.00"
    assert format_amount(Decimal("0.125")) == "0.125"
    assert decimal_text(Decimal("1E+3")) == "1000"
    assert decimal_text(Decimal("-0.00")) == "0.00"
    assert decimal_literal(Decimal("1.234")) == "1.2340"


def test_the_latest_rate_on_or_before_the_day_counts() -> None:
    rates = Rates(
        {
            date(2026, 1, 1): {"USD": Decimal("1.08"), "HUF": Decimal(400)},
            date(2026, 7, 1): {"USD": Decimal("1.25")},
        },
        "EUR",
    )
    assert rates.convert(Decimal(100), "USD", date(2025, 12, 31)) is None
    assert rates.convert(Decimal(100), "USD", date(2026, 6, 30)) == Decimal("92.59")
    assert rates.convert(Decimal(100), "USD", date(2026, 7, 1)) == Decimal("80.00")
    assert rates.convert(Decimal(100), "HUF", date(2027, 1, 1)) == Decimal("0.25")
    assert rates.convert(Decimal("5.005"), "EUR", date(1999, 1, 1)) == Decimal("5.01")
    assert rates.convert(Decimal(100), "GBP", date(2026, 7, 1)) is None


def test_without_a_date_the_latest_rate_up_to_today_counts() -> None:
    table = {
        date(2026, 1, 1): {"USD": Decimal(1)},
        date(2026, 7, 1): {"USD": Decimal(2)},
    }
    assert Rates(table, "EUR", date(2026, 6, 30)).rate("USD", date.max) == 1
    assert Rates(table, "EUR", date(2026, 7, 1)).rate("USD", date.max) == 2
    assert Rates(table, "EUR", date(2025, 7, 1)).rate("USD", date.max) == 1
    assert Rates(table, "EUR", date(2025, 7, 1)).rate("USD", date(2025, 7, 1)) is None
    assert Rates(table, "EUR").rate("USD", date.max) == 2


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(Unreadable, match="not above zero"):
        Rates({date(2026, 1, 1): {"USD": Decimal(0)}}, "EUR")


@settings(max_examples=60)
@given(NUMBERS)
def test_what_is_written_into_files_reads_back(value: Decimal) -> None:
    assert read_decimal(decimal_literal(value)) == value


@settings(max_examples=60)
@given(st.integers(-(10**16), 10**16), st.sampled_from(currencies()))
def test_minor_units_round_trip(cents: int, currency: str) -> None:
    assert to_minor(from_minor(cents, currency), currency) == cents


@settings(max_examples=60)
@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert read_amount(text).value.is_finite()
    except Unreadable as error:
        assert error.hint


@given(
    st.lists(st.decimals(-9999, 9999, places=2), max_size=6),
    st.decimals("0.01", 200, places=4),
    st.sampled_from(("EUR", "JPY", "KWD")),
)
def test_converted_parts_add_up_to_the_converted_whole(
    parts: list[Decimal], rate: Decimal, base: str
) -> None:
    rates = Rates({date(2026, 1, 1): {"USD": rate}}, base)
    day = date(2026, 3, 1)
    converted = rates.convert_parts(parts, "USD", day)
    assert converted is not None
    assert sum(converted, Decimal(0)) == rates.convert(sum(parts, Decimal(0)), "USD", day)
    unit = Decimal(1).scaleb(-minor_unit(base))
    for part, own in zip(converted, parts, strict=True):
        assert abs(part - own / rate) < unit
    assert rates.convert_parts(parts, "USD", date(2025, 12, 31)) is None


def test_what_is_left_goes_to_the_largest_remainder() -> None:
    rates = Rates({date(2026, 1, 1): {"USD": Decimal(3)}}, "EUR")
    thirds = rates.convert_parts([Decimal("1.00"), Decimal("1.01"), Decimal("1.00")], "USD",
                                 date(2026, 1, 1))  # fmt: skip
    # 0.333 + 0.337 + 0.333 = 1.003, so 1.00: the cent goes to what is nearest the next one.
    assert thirds == [Decimal("0.33"), Decimal("0.34"), Decimal("0.33")]


@pytest.mark.parametrize(
    ("text", "base", "code"),
    [
        ("kr", "NOK", "NOK"), ("Kr", "SEK", "SEK"), ("$", "AUD", "AUD"), ("$", "EUR", "USD"),
        ("£", "EGP", "EGP"), ("£", "", "GBP"), ("¥", "CNY", "CNY"),
    ],
)  # fmt: skip
def test_a_sign_of_several_currencies_is_that_of_the_business(
    text: str, base: str, code: str
) -> None:
    assert read_currency(text, base) == code
    for other in ("kr", "¥"):
        with pytest.raises(Unreadable, match="of several currencies"):
            read_currency(other, "EUR")
