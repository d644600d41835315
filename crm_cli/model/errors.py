"""Errors: problems as values with a place, refusals as exceptions."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum

from crm_cli.model.named_tuple import NamedTuple


class ExitCode(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    NEGATIVE = 1
    USAGE = 2
    NOT_FOUND = 3
    DATA = 4
    CONFLICT = 5
    REFUSED = 6
    IO = 7
    INTERRUPTED = 130


_PRECEDENCE = (130, 7, 6, 5, 4, 3, 2, 1, 0)


def worst(codes: Iterable[int]) -> ExitCode:
    """The code that is reported where several apply (130, 7, 6, 5, 4, 3, 2, 1, 0)."""
    return ExitCode(min(codes, key=_PRECEDENCE.index, default=0))


class Severity(StrEnum):
    """An error makes an answer partial; a warning only tells."""

    ERROR = "error"
    WARNING = "warning"


class Problem(NamedTuple):
    """Something wrong in the data, with its place.

    `path` is relative to the data directory, with `/`; `line` and `column` count
    from 1, and are 0 where the problem is the file's as a whole. `code` is a
    stable kebab-case word that `crm check` documents.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    cell: str = ""
    """The cell of a workbook, such as `Sheet1!C12`, in place of line and column."""

    @property
    def place(self) -> str:
        """`path:line:column`, `path:cell`, or the path alone."""
        if self.cell:
            return f"{self.path}:{self.cell}"
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


class Unreadable(ValueError):
    """A text is not a value of the wanted type; carries what is wrong and the cure."""

    def __init__(self, message: str, hint: str = "", *, code: str = "bad-value") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code


class CrmError(Exception):
    """A refusal: what is wrong, and what to do next. Subclasses give the exit code."""

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, hint: str = "", problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message, hint, problems)
        self.message = message
        self.hint = hint
        self.problems = problems

    def __str__(self) -> str:
        return self.message


class UsageError(CrmError):
    """The command's words are off: option, value, query, missing `--yes`, no directory."""

    exit_code = ExitCode.USAGE


class NotFound(CrmError):
    """Nobody and nothing of that name."""

    exit_code = ExitCode.NOT_FOUND


class Ambiguous(CrmError):
    """Several records answer to the words; `candidates` are (id, what to show)."""

    exit_code = ExitCode.NOT_FOUND

    def __init__(
        self, message: str, hint: str = "", *, candidates: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(message, hint)
        self.candidates = candidates


class DataError(CrmError):
    """The data is invalid, or what was to be written would be."""

    exit_code = ExitCode.DATA


class ConflictError(CrmError):
    """The lock is held, or a file changed meanwhile."""

    exit_code = ExitCode.CONFLICT


class Refused(CrmError):
    """A rule says no: duplicate, consent, credit, trust."""

    exit_code = ExitCode.REFUSED


class StorageError(CrmError):
    """The file system failed."""

    exit_code = ExitCode.IO


class Declined(CrmError):
    """The user said no, or interrupted."""

    exit_code = ExitCode.INTERRUPTED
