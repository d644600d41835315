"""Types that hold items of other kinds, or whatever stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_cli.model.fieldtypes.base import FieldType, Storage

if TYPE_CHECKING:
    from crm_cli.model.kind import Kind


class ListOf(FieldType):
    """A list of items of a kind."""

    storage = Storage.NESTED
    example = ""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.name = f"list of {kind.name}"


class GroupOf(FieldType):
    """A mapping with the fields of a kind; queried as `GROUP.FIELD`."""

    storage = Storage.NESTED
    example = ""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.name = kind.name


class MapOf(FieldType):
    """A mapping from a key to items of a kind: products by SKU, segments by name."""

    storage = Storage.NESTED
    example = ""

    def __init__(self, kind: Kind, key: str) -> None:
        self.kind = kind
        self.key = key
        self.name = f"{kind.name} by {key}"


class Free(FieldType):
    """Whatever stands there: the user's own keys, and lists of kinds that come later."""

    name = "free"
    storage = Storage.FREE
    example = ""

    def answer(self, value: Any) -> Any:
        return value
