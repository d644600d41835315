"""Phone numbers in any spelling have one E.164 form."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    PhoneNumberFormat,
    ValidationResult,
    format_number,
    is_possible_number_with_reason,
    parse,
)

from crm_cli.model import phones
from crm_cli.model.phones import e164, looks_like_phone, phones_version


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("040 123 456", "SI"),
        ("(040) 123-456", "SI"),
        ("040/123-456", "SI"),
        ("40123456", "SI"),
        ("0038640123456", "SI"),
        ("0038640123456", None),
        ("+386 40 123 456", None),
        ("+386 40 123 456", "US"),
        ("+386 (0)40 123 456", None),
        ("(+386) 40 123 456", None),
        ("tel:+38640123456", None),
        ("+386 40 123 456 ext. 7", None),
    ],
)
def test_every_spelling_has_one_form(text: str, country: str | None) -> None:
    assert e164(text, country) == "+38640123456"


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("040 123 456", None),
        ("2026-11-03", "SI"),
        ("2026-0042", None),
        ("call me", "SI"),
        ("1234", "SI"),
        ("+999 123", None),
        ("+38640123456789012345", None),
        ("+81 9171 0909 0959 9432", None),
        ("ana@novak.example", "SI"),
        ("", "SI"),
    ],
)
def test_what_is_no_number_has_no_form(text: str, country: str | None) -> None:
    assert e164(text, country) is None


def test_an_unknown_country_reads_only_international_numbers() -> None:
    assert e164("040 123 456", "XX") is None
    assert e164("+386 40 123 456", "XX") == "+38640123456"


def test_the_shape_of_a_number_is_known_without_tables() -> None:
    assert looks_like_phone("+1 (212) 555-0100 x12")
    assert not looks_like_phone("t-9f3kx7d")
    assert not looks_like_phone("2026-11-03")
    assert phones_version()


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="0123456789+ ()-/.x", max_size=20) | st.text(max_size=15))
def test_any_text_has_a_form_or_none(text: str) -> None:
    form = e164(text, "SI")
    if form is not None:
        assert form[0] == "+"
        assert form[1:].isascii()
        assert form[1:].isdigit()
        assert e164(form, None) in (form, None)


@settings(max_examples=400)
@given(
    st.sampled_from(sorted(COUNTRY_CODE_TO_REGION_CODE)) | st.integers(1, 999),
    st.text("0123456789 ", min_size=3, max_size=15) | st.text("018 ", min_size=3, max_size=12),
)
def test_the_short_way_says_what_the_library_says(code: int, rest: str) -> None:
    text = f"+{code}{rest}"
    short = phones._international(text)
    if short is None:
        return
    number = parse(text, None)
    assert is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    assert format_number(number, PhoneNumberFormat.E164) == short


def test_the_short_way_is_taken() -> None:
    assert phones._international("+386 40 123 456") == "+38640123456"
    assert phones._international("+39 06 1234 5678") == "+390612345678"
    assert phones._international("+386 040 123 456") is None, "a 0 that is only dialled at home"
    assert phones._international("+7 8 495 123 45 67") is None


def test_what_was_known_before_is_not_reckoned_again() -> None:
    phones.remember("SI", [("040 000 777", "+38640000777"), ("ext", None)])
    assert e164("040 000 777", "SI") == "+38640000777"
    assert e164("ext", "SI") is None
    assert e164("040 000 777", None) is None
