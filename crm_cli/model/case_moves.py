"""What can be done about a case: the moves of the kind in `case.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_cli.model.case_kinds import CASE_STATUSES
from crm_cli.model.move import Move
from crm_cli.model.response_times import PAUSED, STOPPED

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

OPEN = ("new", "assigned", PAUSED)
"""The states in which something is still to be done."""


def is_open(case: Item) -> bool:
    """Whether something is still to be done about a case."""
    return case.get("status") not in STOPPED


def to_reopened(case: Item, business: Business, word: str) -> str:
    """The status of a case that is opened again."""
    return "assigned" if case.values.get("assignee") else "new"


MOVES = (
    Move(
        "decide",
        "Decide returns, and make what follows.",
        done="decided",
        sets={"decision": ""},
        own=True,
    ),
    Move(
        "take",
        "Take cases on: they are yours from now on.",
        done="taken",
        sets={"status": "assigned"},
        among=is_open,
        takes=("assignee",),
        own=True,
    ),
    Move(
        "wait",
        "Note that cases wait for the customer: their clocks pause.",
        done="waiting for the customer",
        sets={"status": PAUSED},
        of=("new", "assigned"),
    ),
    Move(
        "resolve",
        "Note that cases are resolved, and how; in words: crm case reply ID TEXT --resolve.",
        done="resolved",
        sets={"status": "resolved"},
        of=OPEN,
        takes=("resolution", "satisfied"),
    ),
    Move(
        "close",
        "Close cases: nothing is to come any more.",
        done="closed",
        sets={"status": "closed"},
        of=(*OPEN, "resolved"),
        takes=("satisfied",),
    ),
    Move(
        "reopen",
        "Reopen cases that were resolved, closed, rejected or merged.",
        done="opened again",
        sets={"status": ""},
        to=to_reopened,
        of=tuple(status for status in CASE_STATUSES if status in STOPPED),
        among=lambda case: case.get("status") in STOPPED,
        clears=("merged_into",),
    ),
    Move(
        "merge",
        "Merge cases of one customer into the first.",
        done="merged",
        sets={"status": "duplicate"},
        own=True,
    ),
)
"""The verbs that take a case from one status to another."""
