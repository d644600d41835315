"""Fields that stay here: not shown, and not asked about by name either.

Who may ask `tax-id:12*` need not be shown the number to learn it. A bare word still looks in
all text of a record, as it does on the command line; it finds the record, not the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crm_cli.model.errors import CrmError, Refused, UsageError
from crm_cli.model.item import Item
from crm_cli.model.kind import GroupOf, Kind, ListOf
from crm_cli.model.leaving import Leaving
from crm_cli.query.ast import Node
from crm_cli.query.fault import Unknown
from crm_cli.query.fields import resolve
from crm_cli.query.ref import Ref, Source
from crm_cli.workspace import Workspace

_OF_AN_ANSWER = frozenset({"path", "line", "kind_of_item"})
"""Keys that an answer has beside a record's own."""


def check_terms(
    workspace: Workspace, leaving: Leaving, base: Kind, terms: Sequence[str], where: str | None
) -> None:
    """Raise Refused where a query names a field that may not leave; QueryError for a wrong one."""
    Guard(leaving).check(workspace.node(workspace.scope(base), terms, where))


def check_columns(leaving: Leaving, base: Kind, names: Sequence[str]) -> None:
    """Raise Refused for a column that may not leave, UsageError for what is no field."""
    for name in names:
        if not column_leaves(leaving, base, name):
            raise _refused(name)


def column_leaves(leaving: Leaving, base: Kind, name: str) -> bool:
    """True if a column, such as `city` or `spend@12m`, may leave; raises UsageError."""
    plain = name.partition("@")[0].strip()
    if plain in ("id", "customer"):
        return True
    try:
        return ref_leaves(leaving, resolve(plain, base))
    except Unknown as error:
        hint = error.hint if isinstance(error.hint, str) else error.hint()
        raise UsageError(error.message, hint) from error


def ref_leaves(leaving: Leaving, ref: Ref) -> bool:
    """True if the field that a name means may leave."""
    if ref.source in (Source.EXTRA, Source.TEXT):
        return False
    kind, path = ref.kind, ref.column
    while "." in path:
        head, _, path = path.partition(".")
        field = kind.by_key.get(head)
        if field is None or not isinstance(field.type, GroupOf) or not leaving(kind, head):
            return False
        kind = field.type.kind
    return leaving(kind, path)


def _refs(part: Any) -> Iterator[Ref]:
    """Every field that a condition names."""
    if isinstance(part, Ref):
        yield part
    elif isinstance(part, Node):
        for one in part.parts_of():
            yield from _refs(one)
    elif type(part) in (tuple, list):
        for one in part:
            yield from _refs(one)


def _refused(name: str) -> CrmError:
    return Refused(
        f"{name} is not among the fields that agents may see",
        "mcp.fields of crm.yaml lists them; the tool help with the topic fields shows them",
    )


class Guard:
    """Holds the words of a line to the fields that may leave, whichever command reads them."""

    def __init__(self, leaving: Leaving) -> None:
        self._leaving = leaving

    def check(self, node: Node) -> None:
        """Raise Refused where a condition names a field that may not leave."""
        for ref in _refs(node):
            if not ref_leaves(self._leaving, ref):
                raise _refused(ref.name)

    def tells(self, kind: Kind, key: str) -> bool:
        """Whether a field may be asked about."""
        return self._leaving(kind, key)


class Filtering:
    """Takes what may not leave out of records, and remembers what it was."""

    def __init__(self, leaving: Leaving) -> None:
        self._leaving = leaving
        self.withheld: set[str] = set()
        """The fields that had a value and stayed, as `KIND.KEY`."""

    def record(self, kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a record or an item that may leave; lists of items come with theirs."""
        made: dict[str, Any] = {}
        for key, value in values.items():
            if value in (None, "", [], {}):
                continue
            if key == "derived" and isinstance(value, Mapping):
                made |= self.record(kind, value)
            elif key in _OF_AN_ANSWER or self._may(kind, key):
                made[key] = self._value(kind, key, value)
        return made

    def _may(self, kind: Kind, key: str) -> bool:
        if self._leaving(kind, key):
            return True
        known = key in kind.by_key or any(one.key == key for one in kind.derived)
        self.withheld.add(f"{kind.name}.{key}" if known else f"{kind.name}.*")
        return False

    def _value(self, kind: Kind, key: str, value: Any) -> Any:
        field = kind.by_key.get(key)
        type = field.type if field is not None else None
        if isinstance(type, GroupOf) and isinstance(value, Mapping):
            return self.record(type.kind, value)
        if isinstance(type, ListOf) and isinstance(value, (list, tuple)):
            return [one for one in (self._item(type.kind, one) for one in value) if one]
        return value

    def _item(self, kind: Kind, value: Any) -> Any:
        """An item of a list, which may be its title alone."""
        if isinstance(value, Mapping):
            return self.record(kind, value)
        return value if self._may(kind, kind.title) else None


def title_of(leaving: Leaving, item: Item) -> str:
    """An item's title, empty where it may not leave."""
    return item.title if leaving(item.kind, item.kind.title) else ""
