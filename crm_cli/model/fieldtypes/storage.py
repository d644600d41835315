"""Storage classes of values, and what holds of each wherever it is queried.

Each storage has a class in the index, which makes cells of values (`index/cells.py`), and
one in the query layer, which compares, sorts and reads them (`query/storages/`).
"""

from __future__ import annotations

from typing import ClassVar, Literal

from crm_cli.model.declaration import Declaration

Nature = Literal["text", "number", "date", "flag", "items"]
"""What values are to a query: which operators and ranges apply."""
ColumnType = Literal["text", "integer", "decimal", "money", "day", "instant", "boolean"]
"""What values are to a format whose columns have types."""


class Storage(Declaration, positional=2):
    """A way of keeping values."""

    label: str
    """What it is called."""
    nature: Nature
    """What its values are to a query."""
    single: bool = True
    """Whether a file has a value as one text."""
    folded: bool = False
    """Whether the words of its text are folded for searching."""
    prose: bool = False
    """Whether its text is in people's own words: not of a closed list, no id and no code."""
    column: ColumnType = "text"
    """The type of its columns in a format that has types."""

    TEXT: ClassVar[Storage]
    """Text that is searched by its words."""
    WORD: ClassVar[Storage]
    """One word of a closed list, an id or a code: compared whole."""
    INTEGER: ClassVar[Storage]
    """A whole number."""
    DECIMAL: ClassVar[Storage]
    """A number with all the decimals it was written with."""
    MONEY: ClassVar[Storage]
    """An amount in its item's currency."""
    DATE: ClassVar[Storage]
    """A calendar day."""
    MOMENT: ClassVar[Storage]
    """A day, or an instant."""
    PARTIAL_DATE: ClassVar[Storage]
    """A date whose year or day may be missing (`--11-22`, `1984-11`)."""
    BOOLEAN: ClassVar[Storage]
    """Yes or no."""
    TEXTS: ClassVar[Storage]
    """Several texts."""
    NESTED: ClassVar[Storage]
    """Items with rows of their own, or a group whose fields are columns."""
    FREE: ClassVar[Storage]
    """Kept as written, and queried as text under its own name."""

    def complete(self) -> None:
        self.is_text = self.nature == "text"
        self.is_number = self.nature == "number"
        self.is_date = self.nature == "date"

    def __repr__(self) -> str:
        return f"Storage({self.label})"


Storage.TEXT = Storage("text", "text", folded=True, prose=True)
Storage.WORD = Storage("word", "text")
Storage.INTEGER = Storage("integer", "number", column="integer")
Storage.DECIMAL = Storage("decimal", "number", column="decimal")
Storage.MONEY = Storage("money", "number", column="money")
Storage.DATE = Storage("date", "date", column="day")
Storage.MOMENT = Storage("moment", "date", column="instant")
Storage.PARTIAL_DATE = Storage("partial date", "date")
Storage.BOOLEAN = Storage("boolean", "flag", column="boolean")
Storage.TEXTS = Storage("texts", "text", single=False, folded=True, prose=True)
Storage.NESTED = Storage("nested", "items", single=False)
Storage.FREE = Storage("free", "text", single=False, prose=True)
