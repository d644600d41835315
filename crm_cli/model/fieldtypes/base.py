"""The base class of field types."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from crm_cli.model.fieldtypes.storage import Storage
from crm_cli.model.node import Scalar

if TYPE_CHECKING:
    from crm_cli.model.business import Business


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
    to = ""
    """The kind of records, or `user`, that a value names one of; empty where it names none."""
    required = True
    """Whether what a value names has to be there."""
    anywhere = False
    """Whether an item that a value names may belong to another customer."""
    priced = False
    """Whether a currency may be written beside the value, and else is that of its item."""
    doubts = False
    """Whether some values that can be read are impossible, which `doubt` tells."""
    is_one = False
    """Whether a list of texts is one value, such as a query: two edits of it are not mixed."""
    adds = False
    """Whether the sum of several values is a value that says something."""

    def read(self, text: str, business: Business) -> Any:
        """The value that `text` spells; raises Unreadable."""
        return text

    def doubt(self, value: Any, business: Business) -> tuple[str, str, str] | None:
        """(code, message, hint) of a value that is kept as it stands and cannot be; else None."""
        return None

    def same(self, value: Any, business: Business) -> Any:
        """What spellings of one value have in common."""
        return value

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
