"""Adding many tasks, one per line: `ana Send the quote --due fri --assignee petra`."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from crm_cli.features.plan import Plan, together
from crm_cli.features.tasks import add
from crm_cli.model.assignments import split_fields
from crm_cli.model.errors import CrmError, Declined, UsageError
from crm_cli.model.task import TASK
from crm_cli.workspace import Change, Workspace

OPTIONS = {
    "--due": "due",
    "--start": "start",
    "--assignee": "assignee",
    "--priority": "priority",
    "--kind": "kind",
    "--remind": "remind",
    "--every": "every",
    "--repeat-from": "repeat_from",
}
"""What a line may say, and the argument of `add` that it is."""


class Line(NamedTuple):
    """A line that was read: whom it means, what is to be done, and what it says besides."""

    number: int
    who: str
    title: str
    options: Mapping[str, str]
    further: Sequence[tuple[str, str]] = ()


def read_line(number: int, text: str, owner: str | None = None) -> Line:
    """One line: WHO (in double quotes where it has spaces), the title, options and KEY=VALUE
    anywhere; what follows `--` is text.

    Lines do not say WHO where all are of one `owner`, the desk.

    Raises UsageError for an option or a field that there is not, or an option without its value.
    """
    lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.quotes, lexer.commenters, lexer.escape = '"', "", ""
    try:
        words = list(lexer)
    except ValueError:
        raise UsageError('a " is not closed') from None
    plain: list[str] = []
    options: dict[str, str] = {}
    rest = iter(words)
    text_after: list[str] = []
    for word in rest:
        if word == "--":
            text_after = list(rest)
            break
        name, equals, value = word.partition("=")
        if not name.startswith("--"):
            plain.append(word)
            continue
        if name not in OPTIONS:
            raise UsageError(f"there is no option {name}", f"one of: {', '.join(OPTIONS)}")
        found = value if equals else next(rest, None)
        if found is None:
            raise UsageError(f"{name} needs a value")
        options[OPTIONS[name]] = found
    plain, further = split_fields(plain, TASK)
    plain += text_after
    if owner is not None:
        plain = [owner, *plain]
    if not plain:
        raise UsageError("which customer is the task for?", "write: ana Send the quote --due fri")
    return Line(number, plain[0], " ".join(plain[1:]), options, further)


def add_many(
    workspace: Workspace,
    lines: Iterable[str],
    given: Mapping[str, str | None],
    *,
    find: Callable[[str], str],
    owner: str | None = None,
) -> Plan:
    """Plan the tasks of all lines, or of none; empty ones and those with # first are left out.

    `given` counts for each line that does not say otherwise, `find` returns the id of a WHO;
    see `read_line` for `owner`. Raises UsageError with each line that is wrong, by its
    number, and Declined where the user was asked for a customer and chose none.
    """
    made: list[tuple[str, Plan]] = []
    faults: list[str] = []
    for number, text in enumerate(lines, 1):
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        try:
            line = read_line(number, text, owner)
            customer = owner or find(line.who)
            values: dict[str, Any] = {**given, **line.options, "further": line.further}
            made.append((customer, add(workspace, customer, line.title, **values)))
        except Declined:
            raise
        except CrmError as error:
            faults.append(f"line {number}: {error.message}")
    if faults:
        raise UsageError("\n".join(faults), "correct these lines; no task was added")
    if not made:
        return Plan(Change("add no tasks", ()), "")
    return together(made, "task")
