"""Which sheet of a workbook holds the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crm_cli.formats.decoding import Undecided
from crm_cli.formats.header import Known, heading_place
from crm_cli.formats.sheets.book import Book
from crm_cli.model.errors import DataError, UsageError
from crm_cli.model.text import did_you_mean

_SAMPLE = 100
"""Rows of a sheet that are looked at."""


def chosen(book: Book, wanted: str, called: Iterable[str], known: Known) -> tuple[str, list[str]]:
    """The sheet that is meant, and the other sheets that have something in them.

    It is the one that is `wanted`; else the one whose name is among `called`; else the only one
    that has rows; else the only one with a heading that is `known`. Raises UsageError for one
    that there is not, DataError where all are empty, and Undecided where several may be meant.
    """
    names = [sheet.name for sheet in book.sheets]
    if wanted:
        return _named(names, wanted), []
    seen = [sheet.name for sheet in book.sheets if not sheet.hidden] or names
    if len(seen) == 1:
        return seen[0], []
    heads = book.heads(seen, _SAMPLE)
    filled = [name for name in seen if heads[name]]
    if not filled:
        raise DataError("the workbook has no cells with anything in them")
    meant = {name.casefold() for name in called}
    for fitting in (
        [name for name in filled if name.strip().casefold() in meant],
        filled,
        [name for name in filled if _is_known(heads[name], known)],
    ):
        if len(fitting) == 1:
            return fitting[0], [name for name in filled if name != fitting[0]]
    choices = tuple((name, _shown(heads[name])) for name in filled)
    raise Undecided(
        f"the workbook has several sheets: {', '.join(filled)}",
        f"say which: --sheet '{filled[0]}'",
        setting="sheet",
        choices=choices,
    )


def _named(names: Sequence[str], wanted: str) -> str:
    for name in names:
        if name == wanted:
            return name
    for name in names:
        if name.strip().casefold() == wanted.strip().casefold():
            return name
    near = did_you_mean(wanted, names)
    raise UsageError(f"there is no sheet {wanted!r}", near or f"there are {', '.join(names)}")


def _is_known(head: list[list[str]], known: Known) -> bool:
    cells = head[heading_place(head, known)]
    return sum(known(cell) for cell in cells if cell.strip()) > 0


def _shown(head: list[list[str]]) -> str:
    return ", ".join(filter(None, head[0]))[:60]
