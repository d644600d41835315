"""Lines of those who were forgotten: what is theirs alone is not kept."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple

from crm_cli.formats.bank.statement import StatementLine
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.forgetting import comparable
from crm_cli.model.matching import Book, Match
from crm_cli.model.names import name_words
from crm_cli.workspace import Workspace

_MOST_WORDS = 8
"""Words of a payer's name among which those of another are looked for."""
_LONGEST_NAME = 4
"""Words that a name within other words has at most."""


class Taken(NamedTuple):
    """A line, what it is known by, and what it was found to be."""

    line: StatementLine
    known: str
    match: Match

    @property
    def status(self) -> str:
        """What becomes of it: a debit that nobody is known for is no payment of a customer."""
        if self.match.certain:
            return "booked"
        return "open" if self.match.reason else "ignored"


class Unnaming:
    """Takes out of lines what is of the forgotten alone. Their account may be another's, too, and
    so may their name: a line that is about a customer who is here keeps what is not theirs."""

    def __init__(self, workspace: Workspace, book: Book) -> None:
        self._forgotten = workspace.forgotten
        self._book = book
        self._gone: frozenset[str] = frozenset()
        if self._forgotten.held:
            rows = workspace.select(CUSTOMER, ["is:forgotten"], cols=("id",), ordered=False).rows
            self._gone = frozenset(str(id) for (id,) in rows)

    def done(self, taken: Iterable[Taken]) -> list[Taken]:
        """Lines as they are kept; those of nobody who was forgotten are the same objects."""
        return [one._replace(line=self._kept(one.line, one.match)) for one in taken]

    def _kept(self, line: StatementLine, match: Match) -> StatementLine:
        if not self._forgotten.held:
            return line
        known = self._has_name(name_words(line.name))
        account = bool(line.iban) and self._forgotten.has(*comparable("ibans", line.iban, ""))
        if not known and not account:
            return line
        namesake = any(map(self._is_here, self._book.called(line.name)))
        if namesake and not (known and account):
            return line
        if not namesake and not any(self._is_here(one.customer) for one in match.parts):
            return line._replace(name="", iban="", text="", reference="")
        whose = known or self._says_name(line.name)
        return line._replace(
            name="" if whose else line.name,
            iban="" if whose else line.iban,
            text="" if self._says(line.text) else line.text,
            reference="" if self._says(line.reference) else line.reference,
        )

    def _is_here(self, customer: str) -> bool:
        return bool(customer) and customer not in self._gone

    def _has_name(self, words: Iterable[str]) -> bool:
        return self._forgotten.has("name", " ".join(sorted(words)))

    def _says_name(self, name: str) -> bool:
        """Whether the words of a name are those of a forgotten one and others, in any order."""
        words = sorted(name_words(name))[:_MOST_WORDS]
        sizes = range(2, min(len(words), _LONGEST_NAME + 1))
        return any(self._has_name(some) for size in sizes for some in combinations(words, size))

    def _says(self, text: str) -> bool:
        """Whether a text has a forgotten one's name, e-mail address or id in it."""
        words = text.split()
        return bool(self._forgotten.within(text)) or any(
            self._has_name(name_words(" ".join(words[place : place + size])))
            for place in range(len(words))
            for size in range(1, _LONGEST_NAME + 1)
        )
