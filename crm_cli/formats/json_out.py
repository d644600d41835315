"""JSON with all that records hold: an array of objects, as `crm show -o json` writes them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from crm_cli.formats.flat import Exported
from crm_cli.formats.targets import belongs
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind


def json_text(kind: Kind, items: Iterable[Item]) -> Exported:
    """The records as a JSON array, one a line; `[]` of none."""
    return Exported(_array(kind, items), Counter())


def jsonl_text(kind: Kind, items: Iterable[Item]) -> Exported:
    """The records as JSON, one a line (JSON Lines)."""
    return Exported((_line(_object(kind, item)) + "\n" for item in items), Counter())


def _array(kind: Kind, items: Iterable[Item]) -> Iterator[str]:
    before = "[\n"
    for item in items:
        yield before + "  " + _line(_object(kind, item))
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _object(kind: Kind, item: Item) -> dict[str, Any]:
    head = {"customer": item.owner.id} if belongs(kind) else {}
    return {**head, "id": item.id, **item.answer()}


def _line(value: dict[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def _escape(char: str) -> str:
    """What a terminal might obey, as JSON escapes it; it stands in strings only."""
    return json.dumps(char, ensure_ascii=True)[1:-1] if ord(char) > 0x7E else f"\\u{ord(char):04x}"
