"""Fields of people's own in queries: which there are, and what type the values of each have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import FieldType
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.own import TEXT, TYPES, shared
from crm_cli.query.database import Database

_NONE: Mapping[str, str] = MappingProxyType({})


class OwnKeys(frozenset[str]):
    """The keys that files have, and those that are declared; types are looked up when asked for.

    `look` gives the different (type, whether an item has several values) of a key's values.
    """

    books: tuple[str, ...] = ()
    """The books of a mirror that are asked; none where the files are."""
    _look: Callable[[str], list[tuple[str | None, bool]]]
    _found: dict[str, tuple[FieldType, bool]]

    def type(self, key: str) -> FieldType:
        """The type that all values of a key have, as it is declared or as they read."""
        return self._of(key)[0]

    def several(self, key: str) -> bool:
        """Whether an item has several values under a key."""
        return self._of(key)[1]

    def _of(self, key: str) -> tuple[FieldType, bool]:
        if key not in self._found:
            rows = self._look(key)
            type = TYPES[shared(type for type, _ in rows)] if rows else TEXT
            self._found[key] = type, any(several for _, several in rows)
        return self._found[key]


class OwnColumn(NamedTuple):
    """A key of the users' own as items of a kind have it; `several` where one has more values."""

    kind: str
    key: str
    type: FieldType
    several: bool


def own_columns(database: Database, keys: OwnKeys, most: int) -> list[OwnColumn]:
    """The keys that items have, of each kind `most` that are used most, and those declared."""
    rows = database.every(
        "SELECT kind, key, MAX(ordinal) FROM extra GROUP BY kind, key ORDER BY COUNT(*) DESC, key",
        {},
    )
    counts: Counter[str] = Counter()
    found = []
    for kind, key, last in rows:
        counts[kind] += 1
        if counts[kind] <= most:
            found.append(OwnColumn(kind, key, keys.type(key), bool(last)))
    unused = sorted(keys - {key for _, key, _ in rows})
    return found + [OwnColumn(CUSTOMER.name, key, keys.type(key), False) for key in unused]


def read_extra_keys(database: Database, types: Mapping[str, str] = _NONE) -> OwnKeys:
    """The keys of the files; `types` are those that the settings declare."""
    keys = [key for (key,) in database.every("SELECT DISTINCT key FROM extra")]
    named = {f"custom.{key}" for key in types if key not in keys}

    def look(key: str) -> list[tuple[str | None, bool]]:
        type = types.get(key.removeprefix("custom."))
        wanted = database.dialect.parameter("key")
        sql = f"SELECT DISTINCT type, ordinal > 0 FROM extra WHERE key = {wanted}"
        rows = database.every(sql, {"key": key})
        if type:
            return [(type, any(several for _, several in rows))]
        return [(found, bool(several)) for found, several in rows]

    made = OwnKeys((*keys, *named))
    made._look, made._found = look, {}
    made.books = database.books
    return made
