"""What compiled queries call in a mirror's schema: the folding of `model/text.py`, in plain SQL.

The tables have the folded words of each text. Where a text is to be folded as a whole, with its
signs, the function looks up each of its characters in a table that our folding has filled; one
that is neither there nor of ASCII folds to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm_cli.index.postgres.connection import quoted
from crm_cli.model.text import fold, folding_version

if TYPE_CHECKING:
    from crm_cli.index.postgres.connection import Connection
    from crm_cli.index.postgres.schema import Flavour

FOLD = "crm_fold"
TABLE = "folding"
_POINTS = (range(128, 0xD800), range(0xE000, 0x34000), range(0xE0000, 0xE0080))
"""Where there are characters that fold to something; the rest is for private use, or nobody's."""
_BLANKS = "E' \\t\\n\\r\\x0b\\x0c\\x1c\\x1d\\x1e\\x1f'"


def ready(connection: Connection, flavour: Flavour) -> None:
    """Make the table and the function, and fill the table, where they are not as they should be."""
    for statement in statements(flavour):
        connection.execute(statement)
    named = f'SELECT "folded" FROM {quoted(TABLE)} WHERE "character" = %s'
    edition = folding_version()
    if connection.execute(named, [""]).fetchone() == (edition,):
        return
    connection.execute(f"DELETE FROM {quoted(TABLE)}")
    with connection.cursor().copy(f"COPY {quoted(TABLE)} FROM STDIN") as copy:
        copy.write_row(("", edition))
        for row in folding():
            copy.write_row(row)


def statements(flavour: Flavour) -> tuple[str, ...]:
    """What makes the table and the function."""
    table, c = quoted(TABLE), flavour.collation
    # A letter and its mark may be two characters: NFKC makes one of them where there is one.
    text = "normalize($1, NFKC)" if flavour.normalizes else "$1"
    each = (
        "SELECT string_agg(CASE octet_length(c.character) WHEN 1 THEN c.character"
        " ELSE COALESCE(f.folded, '') END, '' ORDER BY c.place)"
        f" FROM unnest(string_to_array({text}, NULL))"
        f" WITH ORDINALITY AS c (character, place) LEFT JOIN {table} f"
        f" ON f.character = c.character{c}"
    )
    body = (
        f"SELECT CASE WHEN length($1) = octet_length($1) THEN btrim(lower($1{c}), {_BLANKS})"
        f" ELSE btrim(lower(({each}){c}), {_BLANKS}) END{c}"
    )
    return (
        f"CREATE TABLE IF NOT EXISTS {table}"
        f" (character text{c} PRIMARY KEY, folded text{c} NOT NULL)",
        f"CREATE OR REPLACE FUNCTION {FOLD}(text) RETURNS text LANGUAGE sql STABLE"
        f" AS $fold$ {body} $fold$",
    )


def folding() -> Iterator[tuple[str, str]]:
    """(character, what it folds to) of every character beyond ASCII that folds to something."""
    for points in _POINTS:
        for point in points:
            if folded := fold(chr(point)):
                yield chr(point), folded
