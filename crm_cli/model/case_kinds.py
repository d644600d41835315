"""What cases are about, and how far they are."""

from __future__ import annotations

CASE_KINDS = ("question", "incident", "problem", "complaint", "return", "warranty")
"""What it is about."""

RETURNS = ("return", "warranty")
"""The kinds in which goods come back."""

UNDECIDED = ("question", "incident", "problem")
"""The kinds in which nothing is decided: the others have a refund, an exchange, a repair."""

CASE_STATUSES = ("new", "assigned", "pending", "resolved", "closed", "rejected", "duplicate")
"""How far it is; pending waits for the customer."""
