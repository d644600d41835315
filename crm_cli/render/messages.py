"""Messages beside the answer: refusals, warnings, candidates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crm_cli.model.errors import Ambiguous, CrmError
from crm_cli.model.text import visible
from crm_cli.model.width import columns_of, folded, padded
from crm_cli.render.problems import problem_line
from crm_cli.render.screen import Screen

CANDIDATES = 20
"""So many candidates of an ambiguous word are listed."""


def refusal_lines(error: CrmError, screen: Screen) -> Iterator[str]:
    """`crm: what is wrong`, its problems, the candidates, and below what to do next."""
    message = visible(error.message, multiline=True).rstrip("\n")
    lines = message.split("\n")
    if screen.width is not None:
        lines = [*folded(lines[0], screen.width, first=5), *lines[1:]]
    yield f"{screen.paint('crm:', 'alert')} {lines[0]}\n"
    yield from (f"  {line}\n" if screen.width is not None else f"{line}\n" for line in lines[1:])
    for problem in error.problems:
        yield problem_line(problem, screen)
    if isinstance(error, Ambiguous):
        yield from candidate_lines(error.candidates)
    if error.hint:
        for line in visible(error.hint, multiline=True).rstrip("\n").split("\n"):
            width = screen.width
            folds = [line] if width is None else folded(line, width, first=2, indent=4)
            yield f"  {folds[0]}\n"
            yield from (f"    {fold}\n" for fold in folds[1:])


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
