"""The plan of a writing command, before it is confirmed and carried out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from crm_cli.workspace import Change


class Plan(NamedTuple):
    """A change, and how to speak of it.

    `records` are the ids of the customers it is about: with more than one the user is
    asked `question` first. `done` says in one line what was done, whom it meant first.
    `notes` are said beside it (a date as it was understood, a warning). `made` are the
    ids of what comes to be.
    """

    change: Change
    done: str
    records: Sequence[str] = ()
    question: str = ""
    notes: Sequence[str] = ()
    made: Sequence[str] = ()


def counted(number: int, one: str, many: str = "") -> str:
    """`1 customer`, `3 customers`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
