"""Problems of the data as lines: `path:line:column: what is wrong`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crm_cli.model.errors import Problem, Severity
from crm_cli.model.text import visible
from crm_cli.model.width import columns_of, folded
from crm_cli.render.screen import Screen

SHOWN = 20
"""Problems after an answer beyond so many are counted, not listed."""


def problem_lines(
    problems: Iterable[Problem], screen: Screen, *, limit: int | None = SHOWN
) -> Iterator[str]:
    """Each problem once, by place, errors before warnings of the same place.

    Beyond `limit` they are counted, and the command that shows them all is named.
    """
    held = sorted(set(problems))
    if limit is not None and len(held) > limit:
        # Where not all can be shown, a warning must not crowd out an error.
        held.sort(key=lambda problem: problem.severity is not Severity.ERROR)
    for problem in held[:limit]:
        yield problem_line(problem, screen)
    if limit is not None and len(held) > limit:
        yield f"… and {len(held) - limit} more: crm check\n"


def problem_line(problem: Problem, screen: Screen) -> str:
    """One problem, with its cure on the same line, and its line feed."""
    place = screen.paint(visible(problem.place), "strong")
    kind = "warning: " if problem.severity is Severity.WARNING else ""
    tone = "warn" if kind else "alert"
    hint = f" ({visible(problem.hint)})" if problem.hint else ""
    message = kind + visible(problem.message)
    if screen.width is not None:
        lines = folded(f"{message}{hint}", screen.width, first=columns_of(problem.place) + 2)
        rest = "".join(f"  {screen.paint(line, tone)}\n" for line in lines[1:])
        return f"{place}: {screen.paint(lines[0], tone)}\n{rest}"
    return f"{place}: {screen.paint(message, tone)}{hint}\n"


def problem_object(problem: Problem) -> Mapping[str, Any]:
    """A problem as JSON shows it."""
    return {
        "path": problem.path,
        "line": problem.line or None,
        "column": problem.column or None,
        "severity": problem.severity,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint or None,
    }
