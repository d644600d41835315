"""How long text messages are."""

from __future__ import annotations

import pytest

from crm_cli.model.sms import foreign, length_of


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", ("GSM-7", 0, 1, 160)),
        ("a" * 160, ("GSM-7", 160, 1, 160)),
        ("a" * 161, ("GSM-7", 161, 2, 306)),
        ("a" * 306, ("GSM-7", 306, 2, 306)),
        ("a" * 307, ("GSM-7", 307, 3, 459)),
        ("€" * 80, ("GSM-7", 160, 1, 160)),
        # An escape and its character stay together: 152 of 153 are used.
        ("€" * 153, ("GSM-7", 306, 3, 459)),
        ("àèìòù ÄÖÜ äöüß £ Ω", ("GSM-7", 18, 1, 160)),
        ("č" * 70, ("UCS-2", 70, 1, 70)),
        ("č" * 71, ("UCS-2", 71, 2, 134)),
        ("a" * 133 + "č", ("UCS-2", 134, 2, 134)),
        ("🙂" * 35, ("UCS-2", 70, 1, 70)),
        ("🙂" * 67, ("UCS-2", 134, 3, 201)),
        ("`", ("UCS-2", 1, 1, 70)),
    ],
)
def test_length(text: str, length: tuple[str, int, int, int]) -> None:
    assert tuple(length_of(text)) == length


def test_which_characters_make_it_long() -> None:
    assert foreign("Živjo, čas je: 5 €") == "Žč"
    assert str(length_of("a" * 200)) == "2 parts, 200 of 306 characters (GSM-7)"
