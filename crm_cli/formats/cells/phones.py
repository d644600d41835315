"""Telephone numbers in cells of other programs: kept as typed, several of a cell apart.

`;` and line breaks always part numbers (but for an extension, `;ext=12`). A comma, a slash or
a word between blanks does where the whole can be no number, and each part can be one:
`01/234-5678` is one number, `01 234 56 78 / 040 123 456` are two.
"""

from __future__ import annotations

import re

from crm_cli.model.reachable import phone_fault

_ALWAYS = re.compile(r";(?!ext=)|[\r\n]+")
_PERHAPS = re.compile(r"[,/|]|(?<=\s)(?:or|oder|ali|and|und|in|o|ou|&)(?=\s)", re.IGNORECASE)


def numbers_in(text: str, country: str) -> list[str]:
    """The numbers of a text; the text itself where no parting makes numbers of it."""
    found: list[str] = []
    for one in _parted(_ALWAYS, text):
        pieces = _parted(_PERHAPS, one)
        if len(pieces) > 1 and _impossible(one, country) and not any(
            _impossible(piece, country) for piece in pieces
        ):
            found += pieces
        else:
            found.append(one)
    return found


def _parted(between: re.Pattern[str], text: str) -> list[str]:
    """What stands between the matches, without blanks around it, and nothing empty."""
    return [piece for part in between.split(text) if (piece := part.strip())]


def _impossible(text: str, country: str) -> bool:
    return phone_fault(text, country or None) is not None
