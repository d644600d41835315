"""Square codes, drawn: as a picture for pages, and as text for terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_cli.formats.documents.page import Square

if TYPE_CHECKING:
    import segno

_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
_QUIET = 2


def made(square: Square) -> segno.QRCode:
    """The code. UPN's is of version 15, level M, with ECI; EPC's of level M, as it comes."""
    import segno

    if square.name == "upn":
        return segno.make_qr(
            square.text, error="m", version=15, mode="byte", encoding=square.encoding, eci=True,
            boost_error=False,
        )  # fmt: skip
    return segno.make_qr(
        square.text, error="m", encoding=square.encoding, boost_error=False
    )


def drawn(square: Square) -> str:
    """The code as SVG, of a unit for each of its squares, with a border of four."""
    text: str = made(square).svg_inline(border=4, omitsize=True)
    return text


def lines(square: Square) -> list[str]:
    """The code in half blocks, dark on light whatever the terminal's colours: light is drawn."""
    matrix = [[bool(one) for one in row] for row in made(square).matrix]
    width = len(matrix) + 2 * _QUIET
    light = [False] * width
    rows = [light] * _QUIET
    rows += [[False] * _QUIET + row + [False] * _QUIET for row in matrix]
    rows += [light] * _QUIET
    if len(rows) % 2:
        rows.append(light)
    return [
        "".join(_HALVES[not above, not below] for above, below in zip(first, second, strict=True))
        for first, second in zip(rows[::2], rows[1::2], strict=True)
    ]
