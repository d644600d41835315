"""Links that a terminal can open (OSC 8): files, e-mail addresses, phone numbers.

Nothing that stands in a record becomes a link as it is: an address has to look like one, of a
number only its digits count, a path is quoted. No other kind of link is ever made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_KNOWING = ("kitty", "alacritty", "foot", "wezterm", "ghostty", "contour")
"""Parts of `TERM` of terminals that know links."""
_PROGRAMS = frozenset(("iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio", "Tabby"))
_MARKS = ("KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "DOMTERM")
_VTE = 5000
"""GNOME Terminal and others by its library have them since version 0.50."""

_ADDRESS = r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"
_NUMBER = r"\+?[0-9][0-9 ()./-]{3,30}"


def knows_links(environ: Mapping[str, str]) -> bool:
    """Whether a terminal is known to take links; `FORCE_HYPERLINK` (0 or 1) decides."""
    forced = environ.get("FORCE_HYPERLINK")
    if forced is not None:
        return forced not in ("", "0")
    term = environ.get("TERM", "")
    if term == "dumb" or term.startswith(("screen", "tmux", "linux")):
        return False
    vte = environ.get("VTE_VERSION", "")
    return (
        any(name in term for name in _KNOWING)
        or environ.get("TERM_PROGRAM") in _PROGRAMS
        or any(environ.get(mark) for mark in _MARKS)
        or (vte.isdigit() and int(vte) >= _VTE)
    )


def file_uri(path: str) -> str:
    """The address of a file by its absolute path, quoted; empty for an empty path."""
    return Path(path).as_uri() if path and Path(path).is_absolute() else ""


def uri_of(type: str, text: str) -> str:
    """`mailto:` or `tel:` of a value by its type; empty where it is none to be trusted."""
    if type == "e-mail" and re.fullmatch(_ADDRESS, text):
        return f"mailto:{text.replace('%', '%25')}"
    if type == "phone" and re.fullmatch(_NUMBER, text):
        digits = re.sub(r"[^0-9]", "", text)
        return f"tel:{'+' if text.startswith('+') else ''}{digits}"
    return ""


def linked(text: str, uri: str) -> str:
    """The text as a link; as it is without an address, or with one that is not plain ASCII."""
    if not uri or not uri.isascii() or not uri.isprintable():
        return text
    return f"\x1b]8;;{uri}\x1b\\{text}\x1b]8;;\x1b\\"
