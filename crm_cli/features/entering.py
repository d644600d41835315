"""What check would report is not written: edits are looked at before they are saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from crm_cli.model.codes import CODES
from crm_cli.model.errors import DataError, Problem, Refused, Severity
from crm_cli.store.document import Document

Update = Callable[[Document], None]


def entered(update: Update, *, force: bool = False) -> Update:
    """An edit that raises where it brings in what `crm check` reports.

    DataError for errors; Refused for warnings about what is entered, unless `force`. What
    was wrong in the file before is left alone.
    """

    def checked(document: Document) -> None:
        before = document.problems
        update(document)
        refuse(document.problems, before, force=force)

    return checked


def refuse(
    problems: Iterable[Problem], before: Iterable[Problem] = (), *, force: bool = False
) -> None:
    """Raise for the first problem that was not there before; see `entered`."""
    problems = tuple(problems)
    known = {(one.code, one.message) for one in before}
    counts = Counter(one.code for one in problems)
    counts.subtract(one.code for one in before)
    for one in problems:
        if counts[one.code] <= 0 or (one.code, one.message) in known:
            continue
        rule = CODES[one.code]
        if one.severity is Severity.ERROR and rule.entry is not False:
            raise DataError(one.message, one.hint)
        if one.severity is Severity.WARNING and rule.entry and not force:
            raise Refused(one.message, f"{one.hint}; --force writes it anyway".lstrip("; "))
