"""How urgent tasks and cases are."""

from __future__ import annotations

PRIORITIES = ("low", "normal", "high", "urgent")
"""The least urgent first."""
