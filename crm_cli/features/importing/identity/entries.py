"""The entries of one file that rows mean, such as products."""

from __future__ import annotations

from collections import defaultdict

from crm_cli.features.importing.identity.rule import (
    BY_CONTENT,
    BY_ID,
    OTHER_SYSTEM,
    Doubt,
    agree,
    external_key,
)
from crm_cli.features.importing.merging import Values, says
from crm_cli.model.ids import slug
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind


class Entries:
    """Finds the entries of a kind that rows mean."""

    def __init__(
        self, kind: Kind, there: dict[str, Item], *, guessed_system: bool = False
    ) -> None:
        self._guessed_system = guessed_system
        self._kind = kind
        self._there = there
        self._external: dict[str, dict[str, str]] = defaultdict(dict)
        for id, item in there.items():
            key = external_key(item.values)
            if key is not None:
                self._external[key[1]].setdefault(key[0], id)

    def match(self, values: Values) -> tuple[str, str] | Doubt | None:
        """The id of the entry and what it is recognized by, None for a new one."""
        if "id" in values:
            return (str(values["id"]), BY_ID) if values["id"] in self._there else None
        title = str(values.get(self._kind.title, ""))
        key = external_key(values)
        if key is not None:
            system, external = key
            by = f"external id of {system}" if system else "external id"
            held = self._external.get(external, {})
            if system in held:
                called = str(self._there[held[system]].get(self._kind.title))
                if self._guessed_system and not agree(called, title):
                    return Doubt(
                        f"external id {external} of {system} is {called} ({held[system]}) here, "
                        f"and {title} in the file: {OTHER_SYSTEM}"
                    )
                return held[system], by
            # An id that came without a system is that of any, if the names agree.
            loose = held.get("")
            if loose and agree(str(self._there[loose].get(self._kind.title)), title):
                return loose, "external id and name"
            return None
        made = slug(title)
        return (made, BY_CONTENT) if made in self._there and self._says(made, values) else None

    def _says(self, id: str, values: Values) -> bool:
        return says(self._there[id], values)
