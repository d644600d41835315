"""Fields of people's own in JSON: below `custom` wherever they stand, with the type that lists and
queries have for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_cli.model.errors import Unreadable
from crm_cli.model.kind import GroupOf, Kind, ListOf, normal
from crm_cli.model.own import OWN, TEXT
from crm_cli.query.own import OwnKeys
from crm_cli.workspace import Workspace

_OTHERS = ("id", "short", "line")
"""Keys of an answer that no kind declares, and that are nobody's own."""


class Answering:
    """Answers what is people's own in records."""

    def __init__(self, workspace: Workspace) -> None:
        self._business = workspace.business
        keys = workspace.extra_keys
        self._keys = keys if isinstance(keys, OwnKeys) else None

    def of(self, kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a record or an item, and of what stands in it."""
        made: dict[str, Any] = {}
        own: dict[str, Any] = {}
        for key, value in values.items():
            field = kind.by_key.get(key)
            if field is None and OWN in kind.by_key and key not in _OTHERS:
                own[key] = value
            elif key == OWN and isinstance(value, Mapping):
                made[OWN] = {}
                own = {**value, **own}
            elif field is not None and isinstance(field.type, ListOf):
                made[key] = [self._item(field.type.kind, one) for one in value]
            elif field is not None and isinstance(field.type, GroupOf):
                made[key] = self._item(field.type.kind, value)
            else:
                made[key] = value
        if own:
            made[OWN] = {key: self._value(f"{OWN}.{normal(key)}", one) for key, one in own.items()}
        return made

    def _item(self, kind: Kind, value: Any) -> Any:
        return self.of(kind, value) if isinstance(value, Mapping) else value

    def _value(self, key: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {sub: self._value(f"{key}.{normal(sub)}", one) for sub, one in value.items()}
        if isinstance(value, list):
            return [self._value(key, one) for one in value]
        type = self._keys.type(key) if self._keys is not None else TEXT
        if not isinstance(value, str) or type.storage.folded:
            return value
        try:
            return type.answer(type.read(value.strip(), self._business))
        except Unreadable:
            return value
