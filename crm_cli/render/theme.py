"""The theme: how text looks on a terminal, by what it means.

A style is written as in rich: `bold`, `dim`, `italic`, `underline`, `reverse`, one of the 16
colours (`red`, `bright_blue`), one of 256 (`color(160)`) or `#rrggbb`, and one behind the text
after `on`. Colour only repeats what a word or a mark beside it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from crm_cli.model.named_tuple import NamedTuple

Theme = Mapping[str, str]
"""The style of each tone."""


class Look(NamedTuple):
    """A tone's style: with 256 colours, with 16 on dark (or unknown) and on light backgrounds."""

    many: str
    dark: str
    light: str


def _look(many: str, dark: str = "", light: str = "") -> Look:
    return Look(many, dark or many, light or dark or many)


# The colours of the 256 are of medium lightness, so that they can be read on black and white.
LOOKS: Mapping[str, Look] = {
    "overdue": _look("bold color(160)", "bold red"),
    "today": _look("bold color(130)", "bold yellow", "bold magenta"),
    "upcoming": _look("color(32)", "cyan", "blue"),
    "done": _look("color(28)", "green"),
    "owed": _look("color(130)", "yellow", "magenta"),
    "received": _look("color(28)", "green"),
    "tag": _look("color(133)", "magenta"),
    "id": _look("color(30)", "cyan", "blue"),
    "link": _look("color(32)", "cyan", "blue"),
    "muted": _look("color(243)", "dim"),
    "head": _look("bold"),
    "strong": _look("bold"),
    "alert": _look("color(160)", "red"),
    "warn": _look("color(130)", "yellow", "magenta"),
    "good": _look("color(28)", "green"),
    "added": _look("color(28)", "green"),
    "removed": _look("color(160)", "red"),
}
"""Every tone that there is."""

_COLORS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_WEIGHTS = {"bold": "1", "dim": "2", "italic": "3", "underline": "4", "reverse": "7"}
_MANY_COLORS = ("kitty", "alacritty", "foot", "wezterm", "ghostty", "256color", "direct")
_LIGHT = frozenset(("7", "9", "10", "11", "12", "13", "14", "15"))
"""The backgrounds of `COLORFGBG` that are light."""


def theme_of(environ: Mapping[str, str], own: Mapping[str, str] | None = None) -> Theme:
    """The styles for a terminal, by what it shows and how light it is; `own` ones go before.

    `COLORFGBG`, as rxvt, Konsole and others set it, gives the background.
    """
    term = environ.get("TERM", "")
    light = environ.get("COLORFGBG", "").rpartition(";")[2] in _LIGHT
    many = any(name in term for name in _MANY_COLORS) or bool(
        environ.get("COLORTERM") or environ.get("WT_SESSION")
    )
    place = 0 if many else 2 if light else 1
    return {**{tone: look[place] for tone, look in LOOKS.items()}, **(own or {})}


BASIC: Theme = {tone: look.dark for tone, look in LOOKS.items()}
"""Sixteen colours, where nothing is known of a terminal."""


@lru_cache(maxsize=256)
def sgr(style: str) -> str:
    """The parameters of the escape sequence for a style: `1;31`; raises ValueError."""
    return ";".join(_parameters(style.split()))


def _parameters(words: list[str]) -> Iterator[str]:
    behind = False
    for word in words:
        if word == "on" and not behind:
            behind = True
        elif word in _WEIGHTS and not behind:
            yield _WEIGHTS[word]
        else:
            yield _color(word, behind)
            behind = False
    if behind:
        raise ValueError("a colour is missing after on")


def _color(word: str, behind: bool) -> str:
    base, bright = (40, 100) if behind else (30, 90)
    lead = "48" if behind else "38"
    if word == "default":
        return str(base + 9)
    if word in _COLORS:
        return str(base + _COLORS.index(word))
    if word.removeprefix("bright_") in _COLORS:
        return str(bright + _COLORS.index(word.removeprefix("bright_")))
    if (found := re.fullmatch(r"color\((\d{1,3})\)", word)) and int(found[1]) < 256:
        return f"{lead};5;{int(found[1])}"
    if found := re.fullmatch(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", word):
        return f"{lead};2;{int(found[1], 16)};{int(found[2], 16)};{int(found[3], 16)}"
    raise ValueError(f"{word} is no style")


def own_theme(given: object) -> tuple[dict[str, str], list[str]]:
    """The styles of a user's configuration, and what is wrong with the others."""
    if given is None:
        return {}, []
    if not isinstance(given, dict):
        return {}, ["`theme` must give tones a style, as theme: {overdue: bold red}"]
    styles: dict[str, str] = {}
    wrong = []
    for tone, style in given.items():
        if tone not in LOOKS:
            wrong.append(f"`theme` has no tone {tone}; there are {', '.join(LOOKS)}")
            continue
        try:
            sgr(str(style).lower())
        except ValueError as error:
            wrong.append(f"`theme`: {tone}: {error}, as bold red or color(160) are")
        else:
            styles[tone] = str(style).lower()
    return styles, wrong
