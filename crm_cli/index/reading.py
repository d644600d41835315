"""Files as rows: what each file of a data directory contains, and its problems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from unicodedata import normalize

from crm_cli.index.extract import Extractor, Tables
from crm_cli.index.schema import ITEM_BITS
from crm_cli.model.business import Business
from crm_cli.model.effect import Span, span_of
from crm_cli.model.errors import DataError, Problem, Severity
from crm_cli.model.kinds import SINGLE
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.places import kind_of
from crm_cli.model.reading import Reader
from crm_cli.store.compose import compose, decode

if TYPE_CHECKING:
    from crm_cli.model.item import Item
    from crm_cli.model.kind import Kind
    from crm_cli.model.node import Mapping
    from crm_cli.store.tree import Tree

ProblemRow = tuple[str, int, int, str, str, str, str]
"""A problem as the index keeps it: its fields, in their order."""


FAILED = "internal-error"


class Read(NamedTuple):
    """A file's bytes, or the problems for which it has none; and what tells them apart."""

    data: bytes | None
    problems: tuple[Problem, ...]
    hash: bytes
    """BLAKE2 of the bytes; empty for a file that could not be read, which is tried again."""

    def settled(self, problems: Sequence[ProblemRow]) -> bytes:
        """The hash to keep: empty too where the program failed, since that may pass."""
        return b"" if any(row[3] == FAILED for row in problems) else self.hash


class Batch(NamedTuple):
    """What some files say. Plain values only, so that it passes between processes."""

    tables: Tables
    problems: list[ProblemRow]
    files: list[tuple[int, str, str, str, bytes, str | None, str | None]]
    """(pk, path, kind, id, hash, since, until) of each record's file that is there; where no kind
    describes it, kind and id are empty. See `effect.Span`."""
    asked: int
    """How many files were asked for."""


def read(tree: Tree, path: str) -> Read | None:
    """A file as it is now; None where it is gone meanwhile."""
    from hashlib import blake2b

    try:
        data = tree.read(path)
    except FileNotFoundError:
        return None
    except DataError as error:
        problems = error.problems or (Problem(path, 0, 0, "unreadable", str(error), error.hint),)
        return Read(None, problems, b"")
    return Read(data, (), blake2b(data, digest_size=16).digest())


def root_of(read: Read, path: str) -> tuple[Mapping | None, tuple[Problem, ...]]:
    """What a file says as nodes, and the problems on the way there."""
    if read.data is None:
        return None, read.problems
    decoded = decode(read.data, path)
    if isinstance(decoded, Problem):
        return None, (decoded,)
    return compose(decoded.text, path)


def single_root(read: Read, path: str) -> tuple[Mapping | None, tuple[Problem, ...]]:
    """As `root_of`, of a file that may well be empty: settings, products, segments, rates."""
    root, problems = root_of(read, path)
    return root, tuple(problem for problem in problems if problem.code != "empty")


def item_of(root: Mapping, path: str, kind: Kind, business: Business) -> tuple[Item, list[Problem]]:
    """A record, from the nodes of its file."""
    reader = Reader(path, business)
    item = reader.record(root, kind, id_of(path)[0])
    return item, reader.problems


def id_of(path: str) -> tuple[str, bool]:
    """A record's id by the file's name, and whether the name is one as it stands."""
    stem = normalize("NFC", path.rpartition("/")[2].removesuffix(".yaml"))
    if stem.isascii() and stem.isalnum() and stem.islower() and len(stem) <= 40:
        return stem, True
    # Loaded only here: few names have neither hyphen nor digit, but all share this test.
    from crm_cli.model.ids import is_customer_id, slug

    if is_customer_id(stem):
        return stem, True
    return slug(stem) or "unnamed", False


class FileReader:
    """Reads records' files into batches of rows."""

    def __init__(self, tree: Tree, business: Business) -> None:
        self.tree = tree
        self.business = business
        self._extractor = Extractor(business)
        self._span = Span(None, None)
        """Of the file read last."""

    def batch(self, files: Sequence[tuple[int, str]]) -> Batch:
        """What the files at these (pk, path) say; one that is gone is left out."""
        problems: list[ProblemRow] = []
        found: list[tuple[int, str, str, str, bytes, str | None, str | None]] = []
        for pk, path in files:
            file = read(self.tree, path)
            if file is not None:
                kind = kind_of(path)
                self._span = Span(None, None)
                told = self.file(file, pk, path, kind)
                named = (kind.name, id_of(path)[0]) if kind is not None else ("", "")
                found.append((pk, path, *named, file.settled(told), *self._span))
                problems += told
        return Batch(self._extractor.take(), problems, found, len(files))

    def file(self, file: Read, pk: int, path: str, kind: Kind | None) -> list[ProblemRow]:
        """Make the rows of one file, to be in the next batch; the problems in it."""
        try:
            problems = self._file(file, pk, path, kind)
        except Exception as error:
            self._extractor.forget(pk)
            problems = [failed(path, error)]
        return [row_of(problem) for problem in problems]

    def _file(self, file: Read, pk: int, path: str, kind: Kind | None) -> list[Problem]:
        if kind is None:
            return list(single_root(file, path)[1])
        root, first = (single_root if kind in SINGLE else root_of)(file, path)
        if root is None:
            return list(first)
        item, problems = item_of(root, path, kind, self.business)
        self._extractor.record(item, pk, path)
        self._span = span_of(item, self.business)
        item.release()
        id, proper = id_of(path)
        named = [] if proper else [_name_problem(path, id)]
        return [*first, *named, *problems]


def entries(
    file: Read, number: int, path: str, business: Business
) -> tuple[Tables, list[ProblemRow]]:
    """Rows of a file that maps keys to entries, and what is wrong in it.

    Entries are numbered after their file's `number`, as items after their record's.
    """
    try:
        root, first = single_root(file, path)
        kind = kind_of(path)
        if root is None or kind is None:
            return {}, [row_of(problem) for problem in first]
        reader = Reader(path, business)
        extractor = Extractor(business)
        for pk, item in enumerate(reader.mapped(root, kind).values(), number << ITEM_BITS):
            extractor.entry(item, pk)
    except Exception as error:
        return {}, [row_of(failed(path, error))]
    return extractor.take(), [row_of(problem) for problem in (*first, *reader.problems)]


def failed(path: str, error: Exception) -> Problem:
    """A fault of the program's, or more than it can reckon with (memory, for one).

    This file is missed, and said to be; all others are answered.
    """
    if isinstance(error, MemoryError):
        return Problem(path, 0, 0, FAILED, "there is not enough memory to read it", "split it")
    said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    message = f"internal error on this file ({said})"
    return Problem(path, 0, 0, FAILED, message, "please report it if it persists")


def row_of(problem: Problem) -> ProblemRow:
    """A problem as a row."""
    return (
        problem.path,
        problem.line,
        problem.column,
        problem.code,
        problem.message,
        problem.hint,
        problem.severity.value,
    )


def problem_of(row: ProblemRow) -> Problem:
    """A row as a problem."""
    return Problem(*row[:6], Severity(row[6]))


def _name_problem(path: str, id: str) -> Problem:
    return Problem(
        path,
        0,
        0,
        "file-name",
        f"the file's name is not an id; it is answered as {id}",
        f"rename it to {id}.yaml",
        Severity.WARNING,
    )
