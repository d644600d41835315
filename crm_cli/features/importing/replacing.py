"""What a second source would take the place of: notes stand beside, of the rest it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from crm_cli.features.importing.merging import Values, paired, says
from crm_cli.features.importing.outcome import Note
from crm_cli.model.item import Item
from crm_cli.model.kind import ListOf

_BESIDE = ("emails", "phones", "urls", "social", "tags")
"""Lists to which is added, and nothing replaced."""
_ADDRESSES = "addresses"


def with_notes(record: Item, values: Values) -> Values:
    """The values with notes below those that a record has, unless one of both says it all."""
    held, said = (str(one.get("notes") or "").strip() for one in (record.values, values))
    if not held or not said:
        return values
    if held in said:
        return values
    kept = record.values["notes"] if said in held else f"{held}\n\n{said}\n"
    return {**values, "notes": kept}


class Replaced:
    """Counts what rows replace in customers whom no id, but an address or a name, shows."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def look(self, record: Item, wanted: Values) -> None:
        """Count the fields of a record that get another value than they have."""
        for key, value in wanted.items():
            field = record.kind.by_key.get(key)
            held = record.values.get(key)
            if field is None or not held or key in _BESIDE:
                continue
            if isinstance(field.type, ListOf):
                self._counts[key] += key == _ADDRESSES and _is_replaced(record, key, value)
            elif isinstance(value, dict):
                there = held.values if isinstance(held, Item) else held
                for part, one in value.items():
                    was = there.get(part) if isinstance(there, dict) else None
                    self._counts[f"{key}.{part}"] += was not in (None, "", one)
            elif key == "notes":
                self._counts[key] += str(held).strip() not in str(value)
            else:
                self._counts[key] += held != value

    def notes(self) -> Iterator[Note]:
        """What is to be said of them."""
        found = [f"{key} {count:,}" for key, count in self._counts.most_common() if count]
        if found:
            yield Note(
                "replaced in customers who were found by their addresses or names: "
                f"{', '.join(found)} (--dry-run shows what stands there)"
            )


def _is_replaced(record: Item, key: str, wanted: list[Values]) -> bool:
    return any(
        old is not None
        and not says(old, new)
        and any(old.values.get(part) not in (None, one) for part, one in new.items())
        for old, new in paired(record.items(key), wanted)
    )
