"""Countries by any of their names."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from crm_cli.model.countries import (
    country_code,
    country_codes,
    country_name,
    currency_of,
    time_zone_of,
)
from crm_cli.model.money import currencies


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SI", "SI"),
        ("si", "SI"),
        ("SVN", "SI"),
        ("Slovenia", "SI"),
        ("slovenija", "SI"),
        ("Republic of Slovenia", "SI"),
        ("Deutschland", "DE"),
        ("Österreich", "AT"),
        ("osterreich", "AT"),
        ("საქართველო", "GE"),
        ("ایران", "IR"),
        ("مصر", "EG"),
        ("Iran, Islamic Republic of", "IR"),
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("U.S.A.", "US"),
        ("The Netherlands", "NL"),
        ("Bosnia and Herzegovina", "BA"),
        ("Bosnia & Herzegovina", "BA"),
        ("Czech Republic", "CZ"),
        ("Côte d’Ivoire", "CI"),
        ("EL", "GR"),
    ],
)
def test_names_and_codes_are_understood(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize("text", ["", "XX", "Atlantis", "Republic of Atlantis", "…", "Mars, the"])
def test_nowhere_is_no_country(text: str) -> None:
    assert country_code(text) is None


def test_the_table_is_whole() -> None:
    codes = country_codes()
    assert len(codes) == 249
    zones = available_timezones()
    for code in codes:
        name = country_name(code)
        assert name
        assert country_code(name) == code
        assert currency_of(code) in currencies()
        assert time_zone_of(code) in zones


def test_a_country_gives_its_currency_and_time_zone() -> None:
    assert (currency_of("SI"), time_zone_of("SI")) == ("EUR", "Europe/Ljubljana")
    assert (currency_of("us"), time_zone_of("us")) == ("USD", "America/New_York")
    assert (currency_of("XX"), time_zone_of("XX"), country_name("XX")) == (None, None, None)
