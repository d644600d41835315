"""Lines of vCards that no field is for, as records keep them."""

from __future__ import annotations

from collections.abc import Sequence


def lines_together(held: Sequence[str], said: Sequence[str]) -> list[str]:
    """Lines that are here and lines that a card has: those of one name take the place of others.

    What a card says nothing of stays, since its program may not know it.
    """
    if all(line in held for line in said):
        return list(held)
    names = {_name(line) for line in said}
    return [*(line for line in held if line in said or _name(line) not in names),
            *(line for line in said if line not in held)]  # fmt: skip


def _name(line: str) -> str:
    return line.partition(":")[0].partition(";")[0].upper()
