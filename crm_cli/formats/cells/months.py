"""Months by their names in English, German, French, Italian, Spanish and Slovenian."""

from __future__ import annotations

from functools import lru_cache

from crm_cli.model.text import fold

_NAMES = (
    "january januar janner janvier gennaio enero januarja",
    "february februar feber fevrier febbraio febrero februarja",
    "march marz maerz mrz mars marzo marec marca",
    "april avril aprile abril aprila",
    "may mai maggio mayo maj maja",
    "june juni juin giugno junio junij junija",
    "july juli juillet luglio julio julij julija",
    "august aout agosto avgust avgusta",
    "september septembre settembre septiembre setiembre septembra",
    "october oktober octobre ottobre octubre oktobra",
    "november novembre noviembre novembra",
    "december dezember decembre dicembre diciembre decembra",
)


@lru_cache(maxsize=256)
def month_of(word: str) -> int | None:
    """The month that a name, or its first three letters and more, means; None for none.

    None as well for letters that begin the names of two months.
    """
    word = fold(word)
    if len(word) < 3:
        return None
    found = {
        number
        for number, names in enumerate(_NAMES, 1)
        if any(name.startswith(word) for name in names.split())
    }
    return found.pop() if len(found) == 1 else None
