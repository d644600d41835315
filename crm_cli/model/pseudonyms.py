"""Labels in place of names: the same for the same name on one page."""

from __future__ import annotations

from typing import Any


class Pseudonyms:
    """Labels such as `Customer 1`, numbered by kind in the order in which names come."""

    def __init__(self) -> None:
        self._labels: dict[str, dict[Any, str]] = {}

    def label(self, kind: str, value: Any) -> str:
        """The label of a value of a kind, such as a customer's id."""
        known = self._labels.setdefault(kind, {})
        if value not in known:
            name = kind.replace("_", " ")
            known[value] = f"{name[:1].upper()}{name[1:]} {len(known) + 1}"
        return known[value]
