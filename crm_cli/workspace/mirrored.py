"""A mirror in PostgreSQL in place of a data directory (`--on`): to be asked only.

What an answer needs beside the tables, such as settings and own reports, the mirror has as texts.
Everything else about files is refused, so that a command runs that asks the index alone, and
no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qs, urlsplit

from crm_cli.index.postgres import state
from crm_cli.index.postgres.address import EXAMPLE, read_address
from crm_cli.index.postgres.connection import Connection, connect, driver, missing, told
from crm_cli.index.postgres.schema import version
from crm_cli.index.postgres.state import Book
from crm_cli.index.settings import read_business
from crm_cli.model.business import Business
from crm_cli.model.errors import NotFound, Problem, Refused, Severity, UsageError
from crm_cli.model.text import visible
from crm_cli.query.database import Database
from crm_cli.query.mirror import Mirror
from crm_cli.store.identity import git_user
from crm_cli.store.tree import Entry
from crm_cli.workspace.directory import Workspace

if TYPE_CHECKING:
    from crm_cli.index.database import Index
    from crm_cli.store.change import Change, Written

_BOOK = re.compile(r"book:([a-z0-9][a-z0-9-]*)")
_PROGRAMS = frozenset(("--json", "json", "jsonl"))
"""Words by which an answer is asked for that no people read."""


class Texts:
    """The texts of a book as a `Tree`: what is not among them is refused, not missing."""

    def __init__(self, held: Mapping[str, bytes]) -> None:
        self.problems: list[Problem] = []
        self._held = held

    def entries(self, *, whole: bool = False) -> Iterator[Entry]:
        """See `Tree.entries`; always refused."""
        _refuse()

    def listed(self, folder: str) -> list[str]:
        """See `Tree.listed`."""
        from crm_cli.model.places import place_of

        place = place_of(f"{folder}x.yaml")
        if place is None or not place.is_read_whole:
            _refuse()
        return [path for path in self._held if path.startswith(folder)]

    def read(self, path: str) -> bytes:
        """See `Tree.read`."""
        if path in self._held:
            return self._held[path]
        from crm_cli.model.places import place_of

        place = place_of(path)
        if place is None or not place.is_read_whole:
            _refuse()
        raise FileNotFoundError(path)

    def exists(self, path: str) -> bool:
        """See `Tree.exists`."""
        try:
            self.read(path)
        except FileNotFoundError:
            return False
        return True


class Mirrored(Workspace):
    """The book of a mirror that `?book=` of its address names, or a word `book:NAME`; without one
    the only book, or all."""

    def __init__(
        self,
        url: str,
        words: Sequence[str],
        *,
        today: str | None,
        user: str | None,
        environ: Mapping[str, str],
    ) -> None:
        super().__init__(Path(), today=today, user=user, environ=environ)
        if "://" not in url:
            raise UsageError(
                f"--on takes the address of a mirror, not '{visible(url)}'",
                f"for example {EXAMPLE}; the option for a day is --date",
            )
        bare, named = without_book(url)
        self._address = read_address(bare)
        found = [one[1] for word in words if (one := _BOOK.fullmatch(word))]
        self._only = found[0] if len(found) == 1 else named
        self._for_programs = not _PROGRAMS.isdisjoint(words)

    @property
    def root(self) -> Path:
        """Refused: there is no folder."""
        _refuse()

    @root.setter
    def root(self, path: Path) -> None:
        """None is kept."""

    @property
    def tree(self) -> Any:
        """The texts of the book by which answers are given."""
        return self._texts

    @property
    def index(self) -> Index:
        """Refused: there is none."""
        _refuse()

    @cached_property
    def _connection(self) -> Connection:
        connection = connect(self._address, self.environ, only_read=True)
        connection.isolation_level = driver().IsolationLevel.REPEATABLE_READ
        return connection

    @cached_property
    def books(self) -> list[Book]:
        """The books that are asked, in the order of their names.

        Raises NotFound where there is no such book, Refused where another version of the program
        pushed them.
        """
        with told(self._address):
            if not state.is_there(self._connection, self._address.schema):
                raise missing(self._address)
            known = state.books(self._connection)
        found = [one for one in known if self._only in ("", one.book)]
        if not found:
            names = ", ".join(one.book for one in known) or "none yet"
            raise NotFound(f"the mirror has no book '{self._only}'", f"books: {names}")
        other = next((one.book for one in found if one.version != version()), "")
        if other:
            raise Refused(
                f"the book {other} was pushed by another version of crm",
                "push it again with this version: crm mirror push, in its directory",
            )
        return found

    @cached_property
    def _mirror(self) -> Mirror:
        books = self.books
        with told(self._address):
            kind = state.flavour(self._connection)
        if not self._for_programs:
            several = len(books) > 1
            self.notices += [_age(one, self.business, named=several) for one in books]
        only = self._only or (books[0].book if len(books) == 1 else "")
        names = [one.book for one in books]
        mixed = len({one.currency for one in books}) > 1
        return Mirror(self._connection, self._address, names, only, kind, mixed=mixed)

    @property
    def database(self) -> Database:
        """The mirror's tables."""
        return self._mirror

    @cached_property
    def _texts(self) -> Texts:
        with told(self._address):
            return Texts(state.texts(self._connection, self.books[0].book))

    @cached_property
    def _business(self) -> Business:
        return read_business(self._texts)[0]

    @property
    def business(self) -> Business:
        """The business's own ways, as the settings of the first book have them."""
        return self._business

    @property
    def problems(self) -> list[Problem]:
        """Errors in the records, as they were when they were pushed."""
        if self.checking or "_mirror" not in self.__dict__:
            return []
        found = self._mirror.problems()
        return sorted(one for one in found if one.severity is Severity.ERROR)

    @cached_property
    def _git_user(self) -> tuple[str, str]:
        return git_user(self.environ, None)

    @cached_property
    def left_out(self) -> list[Problem]:
        """Nothing: the mirror has all, or no book."""
        return []

    def write(self, change: Change, *, dry_run: bool = False, keep: bool = True) -> Written:
        """Refused."""
        _refuse()

    def close(self) -> None:
        """Let go of the connection."""
        if "_connection" in self.__dict__:
            self._connection.close()


def without_book(url: str) -> tuple[str, str]:
    """An address without its option `book`, and that."""
    query = urlsplit(url).query
    named = parse_qs(query).get("book", [""])[0]
    kept = "&".join(one for one in query.split("&") if one and not one.startswith("book="))
    head = url.partition("?")[0]
    return (f"{head}?{kept}" if kept else head), named


def _age(book: Book, business: Business, *, named: bool) -> str:
    """How old a book is: `mirror of 20 Nov 2026 09:12, commit abc1234`."""
    pushed = datetime.fromisoformat(book.pushed).astimezone(business.time_zone)
    commit = f", commit {book.commit[:7]}" if book.commit else ""
    changed = " and changes since" if book.commit and book.work_tree else ""
    said = f"mirror of {pushed.day} {pushed:%b %Y %H:%M}{commit}{changed}"
    return f"{book.book}: {said}" if named else said


def without_files(command: str = "this", *, asks: bool = True) -> Refused:
    """Why a command is not run on a mirror, and what to do; `asks` unless it answers from no
    records at all."""
    if not asks:
        return Refused(f"{command} is not for a mirror", "run it without --on")
    return Refused(
        f"{command} needs the files, and a mirror has none",
        "run it in the data directory, without --on or CRM_ON",
    )


def _refuse() -> NoReturn:
    raise without_files()
