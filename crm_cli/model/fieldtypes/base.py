"""What every type knows, and how the index keeps values."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any

from crm_cli.model.node import Scalar

if TYPE_CHECKING:
    from crm_cli.model.business import Business


class Storage(Enum):
    """How the index keeps a value; the query compiler chooses operators by it."""

    TEXT = "text"
    """The text, and its folded words in `KEY__f`."""
    WORD = "word"
    """One word of a closed list, an id or a code: compared whole, folded."""
    INTEGER = "integer"
    DECIMAL = "decimal"
    """Decimal text; compared as a number."""
    MONEY = "money"
    """Minor units of the item's currency; `KEY__b` in the base currency, NULL without a rate."""
    DATE = "date"
    """ISO text."""
    MOMENT = "moment"
    """A date, or an instant as UTC text; `KEY__d` is its date in the business's time zone."""
    PARTIAL_DATE = "partial date"
    """ISO text whose year or day may be missing (`--11-22`, `1984-11`)."""
    BOOLEAN = "boolean"
    """0 or 1."""
    TEXTS = "texts"
    """Several texts, one a line; their folded words in `KEY__f`."""
    NESTED = "nested"
    """Items with a table of their own, or a group whose fields are columns."""
    FREE = "free"
    """Kept as written; queried as text under its own name."""


class FieldType:
    """A text as it stands: the base of all types."""

    name = "text"
    storage = Storage.TEXT
    example = "Ana Novak"
    """A value as people write it."""
    other = "Bor Kos"
    """Another one, for tests: what an edit changes the example to."""
    metavar = "TEXT"
    """What stands for a value in the help of an option."""
    adds = False
    """Whether the sum of several values is a value that says something."""

    def read(self, text: str, business: Business) -> Any:
        """The value that `text` spells; raises Unreadable."""
        return text

    def write(self, value: Any) -> Scalar:
        """The canonical spelling of a value."""
        from crm_cli.model.quoting import style_for

        text = str(value)
        return Scalar(text, style_for(text))

    def answer(self, value: Any) -> Any:
        """What JSON shows: text, number, boolean or null."""
        return value


Shorthand = Callable[[str, "Business"], dict[str, Any]]
"""Reads a one-line item (`beans-1kg:20:18.50`) as texts by key; raises Unreadable."""
