"""How values are kept, and what holds of them wherever they are asked for.

Each storage has a class in the index, which makes cells of values (`index/cells.py`), and
one in the query layer, which compares, sorts and reads them (`query/storages/`).
"""

from __future__ import annotations

from enum import Enum


class Nature(Enum):
    """What values are to a query: which operators and ranges apply."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"
    ITEMS = "items"


class Storage(Enum):
    """A way of keeping values.

    `nature` is what they are to a query. `single` says that a file has them as one text,
    `folded` that their words are folded for searching, `tabular` that a spreadsheet may take
    their text for what it is.
    """

    TEXT = "text", Nature.TEXT, ("single", "folded")
    """Text that is searched by its words."""
    WORD = "word", Nature.TEXT, ("single",)
    """One word of a closed list, an id or a code: compared whole."""
    INTEGER = "integer", Nature.NUMBER, ("single", "tabular")
    DECIMAL = "decimal", Nature.NUMBER, ("single", "tabular")
    """A number with all the decimals it was written with."""
    MONEY = "money", Nature.NUMBER, ("single", "tabular")
    """An amount in its item's currency."""
    DATE = "date", Nature.DATE, ("single", "tabular")
    MOMENT = "moment", Nature.DATE, ("single",)
    """A date, or an instant."""
    PARTIAL_DATE = "partial date", Nature.DATE, ("single",)
    """A date whose year or day may be missing (`--11-22`, `1984-11`)."""
    BOOLEAN = "boolean", Nature.FLAG, ("single", "tabular")
    TEXTS = "texts", Nature.TEXT, ("folded",)
    """Several texts."""
    NESTED = "nested", Nature.ITEMS, ()
    """Items with rows of their own, or a group whose fields are columns."""
    FREE = "free", Nature.TEXT, ()
    """Kept as written, and queried as text under its own name."""

    def __init__(self, label: str, nature: Nature, traits: tuple[str, ...]) -> None:
        self.label = label
        self.nature = nature
        self.single = "single" in traits
        self.folded = "folded" in traits
        self.tabular = "tabular" in traits
        self.is_text = nature is Nature.TEXT
        self.is_number = nature is Nature.NUMBER
        self.is_date = nature is Nature.DATE

    def __repr__(self) -> str:
        return f"Storage.{self.name}"
