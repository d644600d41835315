"""What words of closed lists, and columns, mean to the eye: the tone that a theme colours.

A word has one meaning wherever it stands, so that a kind with such a state needs no more.
"""

from __future__ import annotations

from collections.abc import Mapping

TONE_OF_WORD: Mapping[str, str] = {
    "overdue": "overdue",
    "late": "overdue",
    "breached": "overdue",
    "urgent": "overdue",
    "high": "warn",
    "waiting": "warn",
    "at_risk": "warn",
    "disputed": "warn",
    "unpaid": "owed",
    "partly_paid": "owed",
    "paid": "received",
    "done": "done",
    "completed": "done",
    "won": "done",
    "resolved": "done",
    "accepted": "done",
    "lost": "muted",
    "cancelled": "muted",
    "closed": "muted",
    "draft": "muted",
    "deferred": "muted",
    "expired": "muted",
    "credited": "muted",
    "dead": "muted",
}

TONE_OF_COLUMN: Mapping[str, str] = {
    "overdue": "overdue",
    "past_due": "overdue",
    "days_overdue": "overdue",
    "balance": "owed",
    "amount_due": "owed",
    "tags": "tag",
    "tag": "tag",
}
"""Of columns whose values mean the same in every row; of amounts those that are not zero."""

URGENT = ("urgent", "high")
"""The priorities that are marked wherever an item is shown."""
