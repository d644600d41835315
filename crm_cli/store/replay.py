"""Replaying an edit on a file that changed meanwhile."""

from __future__ import annotations

from difflib import SequenceMatcher


def replay(before: str, mine: str, theirs: str) -> str | None:
    """`theirs` with the changes from `before` to `mine`, line by line.

    None where both changed the same lines in different ways. Where both insert at the
    same place, theirs comes first.
    """
    base = before.splitlines(keepends=True)
    ours = _hunks(base, mine.splitlines(keepends=True))
    others = _hunks(base, theirs.splitlines(keepends=True))
    merged: list[str] = []
    position = 0
    pending = sorted([(*hunk, 0) for hunk in others] + [(*hunk, 1) for hunk in ours], key=_order)
    for number, (start, end, lines, side) in enumerate(pending):
        if number and _clash(pending[number - 1], (start, end, lines, side)):
            if pending[number - 1][:3] == (start, end, lines):
                continue
            return None
        merged += base[position:start]
        if lines and merged and not merged[-1].endswith("\n"):
            merged[-1] += "\n"
        merged += lines
        position = end
    merged += base[position:]
    return "".join(merged)


_Hunk = tuple[int, int, list[str], int]


def _order(hunk: _Hunk) -> tuple[int, int, int]:
    start, end, _, side = hunk
    return start, end, side


def _clash(one: _Hunk, other: _Hunk) -> bool:
    """Whether two changes touch the same lines; insertions at one place do not, unless equal."""
    same = one[:3] == other[:3]
    if one[3] == other[3]:
        return False
    return same or other[0] < one[1]


def _hunks(base: list[str], text: list[str]) -> list[tuple[int, int, list[str]]]:
    matcher = SequenceMatcher(None, base, text, autojunk=False)
    return [
        (start, end, text[new_start:new_end])
        for tag, start, end, new_start, new_end in matcher.get_opcodes()
        if tag != "equal"
    ]
