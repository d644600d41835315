"""The items of a customer that rows mean: purchases, payments, tasks and others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from crm_cli.features.importing.identity.rule import BY_CONTENT, BY_ID
from crm_cli.features.importing.merging import Values, says
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind

_EXTERNAL = "external_id"
_ORIGIN = (_EXTERNAL, "source_system")


class Items:
    """Finds the items of one customer that rows mean. Each item is meant by one row.

    What is `implied` by no cell of a row does not tell an item from the others.
    """

    def __init__(self, kind: Kind, items: list[Item], implied: tuple[str, ...] = ()) -> None:
        self._kind = kind
        self._implied = implied
        self._named: dict[tuple[str, Any], list[Item]] = defaultdict(list)
        self._keys = [("external_id", "source_system"), *_keys(kind)]
        self._ids = {one.id: one for one in items}
        self._held: dict[tuple[Any, ...], Item] = {}
        self._days: dict[Any, list[Item]] = defaultdict(list)
        self._used: set[int] = set()
        for one in reversed(items):
            for key in self._keys:
                if one.get(key[0]) is not None:
                    self._held[self._key(key, one)] = one
                    self._named[key[0], one.get(key[0])].append(one)
        for one in items:
            self._days[one.get(kind.when) if kind.when else None].append(one)

    def match(self, values: Values) -> tuple[Item, str] | None:
        """The item and what it is recognized by, None for a new one."""
        if "id" in values:
            found = self._ids.get(values["id"])
            return None if found is None else (found, BY_ID)
        keyed = False
        for key in self._keys:
            if key[0] in values:
                keyed = True
                found = self._by_key(key, values)
                if found is not None:
                    return found, _named(key, values)
        if keyed and (_keys(self._kind) or _EXTERNAL not in values):
            return None
        return self._same(values)

    def _by_key(self, key: tuple[str, ...], values: Values) -> Item | None:
        wanted = tuple(values.get(part, self._default(part)) for part in key)
        found = self._held.get((key, *wanted))
        if found is None and key[0] == "external_id" and len(wanted) > 1 and wanted[1]:
            found = self._held.get((key, wanted[0], None))  # It came without a system.
        if found is None and not {*key[1:]}.isdisjoint(self._implied):
            alike = self._named[key[0], wanted[0]]
            found = alike[0] if len(alike) == 1 else None
        return found

    def _same(self, values: Values) -> tuple[Item, str] | None:
        """An item that says all of it, each for one row only: equal rows are several items.

        One that came without an external id, or was entered by hand, is also that of a row with
        one, if it says all else.
        """
        named = _EXTERNAL in values
        if named:
            values = {key: one for key, one in values.items() if key not in _ORIGIN}
        when = self._kind.when
        if missing(self._kind, values):
            return None
        days = [values[when]] if when and when in values else list(self._days)
        for one in (one for day in days for one in self._days.get(day, ())):
            if named and one.get(_EXTERNAL) is not None:
                continue
            if id(one) not in self._used and says(one, values):
                self._used.add(id(one))
                return one, BY_CONTENT
        return None

    def _key(self, key: tuple[str, ...], item: Item) -> tuple[Any, ...]:
        return (key, *(item.get(part) for part in key))

    def _default(self, part: str) -> Any:
        field = self._kind.by_key.get(part)
        return None if field is None else field.default


def keys_of(kind: Kind, values: Values) -> Iterator[tuple[Any, ...]]:
    """What identifies a row of items among the rows of its file."""
    if "id" in values:
        yield ("id", values["id"])
    for key in (("external_id", "source_system"), *_keys(kind)):
        if key[0] in values:
            fields = kind.by_key
            yield (
                key,
                *(values.get(part, fields[part].default if part in fields else "") for part in key),
            )


def _keys(kind: Kind) -> tuple[tuple[str, ...], ...]:
    return kind.exchange.keys if kind.exchange is not None else ()


def _named(key: tuple[str, ...], values: Values) -> str:
    if key[0] != "external_id":
        return " and ".join(part.replace("_", " ") for part in key)
    system = values.get("source_system")
    return f"external id of {system}" if system else "external id"


def missing(kind: Kind, values: Values) -> list[str]:
    """What a new item would have to say, and does not."""
    needed = kind.exchange.needed if kind.exchange is not None else ()
    return [key for key in needed if key not in values]
