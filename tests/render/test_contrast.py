"""The colours of the theme can be read on dark and on light backgrounds."""

from __future__ import annotations

import re

import pytest

from crm_cli.render.theme import LOOKS

_BACKGROUNDS = {"black": (0, 0, 0), "white": (255, 255, 255)}
_LEAST = 3.0
"""The contrast that WCAG 2.2 asks of marks and of bold text (1.4.3, 1.4.11). A colour that has
4.5 on black and on white at once does not exist but for a narrow band of greys, and colour here
only repeats what a word says."""
_COLORED = {tone: look.many for tone, look in LOOKS.items() if "color(" in look.many}


def rgb(number: int) -> tuple[int, int, int]:
    """Red, green and blue of one of xterm's 256 colours from 16 on."""
    if number >= 232:
        grey = 8 + 10 * (number - 232)
        return grey, grey, grey
    red, green, blue = ((number - 16) // part % 6 for part in (36, 6, 1))
    steps = (0, 95, 135, 175, 215, 255)
    return steps[red], steps[green], steps[blue]


def luminance(color: tuple[int, int, int]) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [part / 255 for part in color]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
    assert (rgb(16), rgb(196), rgb(231), rgb(243)) == (
        (0, 0, 0), (255, 0, 0), (255, 255, 255), (118, 118, 118),
    )  # fmt: skip


@pytest.mark.parametrize("background", _BACKGROUNDS)
@pytest.mark.parametrize("tone", _COLORED)
def test_a_tone_can_be_read(tone: str, background: str) -> None:
    found = re.search(r"color\((\d+)\)", _COLORED[tone])
    assert found is not None
    ratio = contrast(rgb(int(found[1])), _BACKGROUNDS[background])
    assert ratio >= _LEAST, f"{ratio:.2f}"
