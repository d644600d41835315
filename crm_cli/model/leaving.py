"""Which fields leave the program when agents ask (`crm mcp`), by `mcp.fields` of crm.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crm_cli.model.kind import Field, Kind, normal
from crm_cli.model.kinds import BY_NAME, KINDS

USUAL = "default"
"""The word of `mcp.fields` for the fields that leave where nothing is set."""
_ANY = "*"
_ALWAYS = frozenset({"id", "customer"})
"""Keys that name a record or an item, without which no answer is of use."""


class Leaving:
    """The fields that may leave, by kind."""

    def __init__(self, words: Iterable[str] = (USUAL,)) -> None:
        self._fields: set[tuple[str, str]] = set()
        for word in words:
            out = word.startswith("-")
            found = named(word.removeprefix("-"))
            self._fields = self._fields - found if out else self._fields | found

    def __call__(self, kind: Kind, key: str) -> bool:
        """True if a field of a kind may leave; a key that is not declared may not."""
        return key in _ALWAYS or (kind.name, normal(key)) in self._fields

    def of(self, kind: Kind) -> list[str]:
        """The keys of a kind's fields that may leave, in the kind's order."""
        return [key for key, _ in _all(kind) if self(kind, key)]


def named(word: str) -> set[tuple[str, str]]:
    """The fields that a word of `mcp.fields` means, as (kind, key): `default`, `KIND.KEY`,
    `KIND.*`, or `KEY` of customers; empty for a word that names none."""
    if normal(word) == USUAL:
        return {(kind.name, key) for kind in _kinds() for key, own in _all(kind) if own}
    head, _, key = word.rpartition(".")
    kind = _kind(normal(head or "customer"))
    if kind is None:
        return set()
    keys = {one for one, _ in _all(kind)}
    if key == _ANY:
        return {(kind.name, one) for one in keys}
    field = kind.by_name.get(normal(key))
    found = field.key if field is not None else normal(key)
    return {(kind.name, found)} if found in keys else set()


def _kind(name: str) -> Kind | None:
    found = BY_NAME.get(name)
    return found or next((kind for kind in _kinds() if name in (kind.name, kind.key)), None)


def _kinds() -> Iterator[Kind]:
    """Every kind, with the groups that are part of it."""
    for kind in KINDS:
        yield kind
        yield from (group for _, group in kind.groups)


def _all(kind: Kind) -> Iterator[tuple[str, bool]]:
    """The keys of a kind, and whether each leaves unless something else is set."""
    for field in kind.fields:
        yield field.key, _usually(field, kind)
    for derived in kind.derived:
        yield derived.key, not derived.type.storage.prose


def _usually(field: Field, kind: Kind) -> bool:
    if field.private is not None:
        return not field.private
    return field.key == kind.title or not field.type.storage.prose
