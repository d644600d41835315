"""Those who were forgotten: no write brings them back without a word, and undo not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from crm_cli.model.errors import Refused
from crm_cli.model.forgetting import Digests, comparable
from crm_cli.model.names import name_words
from crm_cli.store.commits import name_of

if TYPE_CHECKING:
    from crm_cli.store.transaction import FileChange

Update = Callable[["bytes | None"], "bytes | None"]

_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w.-]+")
_NUMBER = re.compile(r"(?<![\w.+:/-])(?!\d{4}-\d\d)\+?[\d(][\d ()/.-]{5,22}\d(?![\w:-])")
"""What may be a telephone number; no date."""


class Returning:
    """Watches a change to files. One that takes back another (`undoing`) is refused where its
    texts get an id or an address of somebody forgotten; of all others it is told, and of
    telephone numbers, too. `country` is that of numbers without a prefix."""

    def __init__(
        self, digests: Digests, country: str, *, undoing: bool, tell: Callable[[str], None]
    ) -> None:
        self._digests = digests
        self._country = country
        self._undoing = undoing
        self._tell = tell
        self._told: set[str] = set()

    def watched(self, changes: Sequence[FileChange]) -> list[FileChange]:
        """The changes, each of which looks at what it adds; raises Refused."""
        return [one._replace(update=self._seeing(one.path, one.update)) for one in changes]

    def _seeing(self, path: str, update: Update) -> Update:
        def seen(data: bytes | None) -> bytes | None:
            after = update(data)
            if after is not None and after != data:
                self._look(path, data, after)
            return after

        return seen

    def _look(self, path: str, data: bytes | None, after: bytes) -> None:
        before = set() if data is None else set(self._words(data))
        fresh = [word for word in dict.fromkeys(self._words(after)) if word not in before]
        if data is None:
            fresh.append(name_of(path))
        found = self._digests.within("\n".join(fresh)) or self._number(data, after)
        found = found or self._name(data, after)
        if not found:
            return
        if self._undoing:
            raise Refused(
                f"{path}: this would bring back somebody who was forgotten; nothing was changed",
                "what was forgotten cannot be undone; write by hand what else is to come back",
            )
        if found not in self._told:
            self._told.add(found)
            self._tell(f"{path}: {found} is of somebody who was forgotten (crm forget)")

    def _number(self, data: bytes | None, after: bytes) -> str:
        """A telephone number of somebody forgotten that a file gets; else empty. New records
        are asked about theirs before; what is taken back may be another's as well."""
        if data is None or self._undoing:
            return ""
        before = set(_NUMBER.findall(data.decode("utf-8", "replace")))
        fresh = dict.fromkeys(_NUMBER.findall(after.decode("utf-8", "replace")))
        numbers = (one for one in fresh if one not in before)
        has, country = self._digests.has, self._country
        return next((one for one in numbers if has(*comparable("phones", one, country))), "")

    def _name(self, data: bytes | None, after: bytes) -> str:
        """A name of somebody forgotten among the participants, or contacts, that a file gets; else
        empty. New records are asked about theirs before; a namesake's is told of as well."""
        if data is None or self._undoing:
            return ""
        before = set(_names(data))
        fresh = dict.fromkeys(_names(after))
        names = (one.strip("\"' ") for one in fresh if one not in before)
        has = self._digests.has
        return next((one for one in names if has("name", " ".join(sorted(name_words(one))))), "")

    def _words(self, data: bytes) -> list[str]:
        text = data.decode("utf-8", "replace")
        return text.split() if self._undoing else _ADDRESS.findall(text)


def _names(data: bytes) -> Iterator[str]:
    """What may be somebody's name: a line of a list, or after `name:`, of two words and more."""
    for line in data.decode("utf-8", "replace").split("\n"):
        said = line.strip().removeprefix("- ").removeprefix("name: ").lstrip(" ")
        if " " in said and said[0] != "-" and ":" not in said and "#" not in said:
            yield said
