"""Messages beside the answer: refusals, warnings, candidates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crm_cli.model.errors import Ambiguous, CrmError
from crm_cli.model.text import visible
from crm_cli.render.problems import problem_line
from crm_cli.render.screen import Screen
from crm_cli.render.width import columns_of, padded

CANDIDATES = 20
"""So many candidates of an ambiguous word are listed."""


def refusal_lines(error: CrmError, screen: Screen) -> Iterator[str]:
    """`crm: what is wrong`, its problems, the candidates, and below what to do next."""
    message = visible(error.message, multiline=True).rstrip("\n")
    yield f"{screen.paint('crm:', 'alert')} {message}\n"
    for problem in error.problems:
        yield problem_line(problem, screen)
    if isinstance(error, Ambiguous):
        yield from candidate_lines(error.candidates)
    if error.hint:
        for line in visible(error.hint, multiline=True).rstrip("\n").split("\n"):
            yield f"  {line}\n"


def candidate_lines(
    candidates: Sequence[tuple[str, str]], *, numbered: bool = False
) -> Iterator[str]:
    """Ids with what tells them apart; `numbered` from 1, for a choice."""
    listed = candidates[:CANDIDATES]
    ids = [visible(identity) for identity, _ in listed]
    width = max(map(columns_of, ids), default=0)
    for number, (identity, (_, what)) in enumerate(zip(ids, listed, strict=True), 1):
        lead = f"{number:>4}  " if numbered else "  "
        yield f"{lead}{padded(identity, width)}  {visible(what)}".rstrip(" ") + "\n"
    if len(candidates) > len(listed):
        yield f"  … and {len(candidates) - len(listed)} more\n"
