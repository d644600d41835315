"""Problems of the data as lines: `path:line:column: what is wrong`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crm_cli.model.errors import Problem, Severity
from crm_cli.model.text import visible
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
    errors = [problem for problem in held if problem.severity is Severity.ERROR]
    # Where not all can be shown, a warning must not crowd out an error.
    order = (
        held
        if limit is None or len(held) <= limit
        else errors + [p for p in held if p not in set(errors)]
    )
    for problem in order[:limit]:
        yield problem_line(problem, screen)
    if limit is not None and len(order) > limit:
        yield f"… and {len(order) - limit} more: crm check\n"


def problem_line(problem: Problem, screen: Screen) -> str:
    """One problem, with its cure on the same line, and its line feed."""
    place = screen.paint(visible(problem.place), "strong")
    kind = "warning: " if problem.severity is Severity.WARNING else ""
    tone = "warn" if kind else "alert"
    hint = f" ({visible(problem.hint)})" if problem.hint else ""
    return f"{place}: {screen.paint(kind + visible(problem.message), tone)}{hint}\n"


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
