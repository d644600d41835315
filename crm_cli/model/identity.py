"""Records that are the same thing, by what identifies them."""

from __future__ import annotations

from itertools import product

from crm_cli.model.item import Item


def alike(one: Item, other: Item) -> bool:
    """Whether two records of a kind have something in common that identifies them."""
    return not _identities(one).isdisjoint(_identities(other))


def _identities(record: Item) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    found: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
    for fields in record.kind.identified:
        *before, last = (_values(record, path) for path in fields)
        # A system need not be named for its ids to be the same.
        found |= {(fields, each) for each in product(*(texts or [""] for texts in before), last)}
    return found


def _values(record: Item, path: str) -> list[str]:
    head, _, rest = path.rpartition(".")
    items = record.items(head) if head else [record]
    values = [item.values.get(rest, item.derived.get(rest)) for item in items]
    return ["".join(text.casefold().split()) for text in values if isinstance(text, str)]


def alias(system: str | None, external: str) -> str:
    """How `formerly` of a customer holds an id of another system."""
    return f"{system or ''}:{external}"
