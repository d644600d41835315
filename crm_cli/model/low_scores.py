"""Low scores of feedback, as `low_scores` in crm.yaml: each becomes a task."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.errors import Unreadable
from crm_cli.model.feedback import FEEDBACK_KINDS
from crm_cli.model.fieldtypes import Number
from crm_cli.model.kind import Finding

if TYPE_CHECKING:
    from crm_cli.model.item import Item


def low_scores(settings: Item) -> dict[str, str]:
    """The score of each kind up to which it is low, those that can be read."""
    return {kind: text for kind, text, fault in _read(settings) if not fault}


def is_low(kind: str, score: Decimal, limits: dict[str, str]) -> bool:
    """Whether a score of a kind of feedback is low."""
    return kind in limits and score <= Decimal(limits[kind])


def check_low_scores(settings: Item) -> Iterator[Finding]:
    """What is no kind of feedback, or no score."""
    for _, _, fault in _read(settings):
        if fault:
            yield Finding("low_scores", "bad-low-score", fault, "write {nps: 6, csat: 2}")


def _read(settings: Item) -> Iterator[tuple[str, str, str]]:
    """(kind, score, what is wrong with it)."""
    from crm_cli.model.business import Business

    given = settings.values.get("low_scores")
    if given is None:
        return
    if not isinstance(given, dict):
        yield "", "", "low_scores are kinds of feedback, each with a score"
        return
    for key, value in given.items():
        kind = str(key).strip().lower()
        if kind not in FEEDBACK_KINDS:
            yield kind, "", f"'{key}' is no kind of feedback: {', '.join(FEEDBACK_KINDS)}"
            continue
        try:
            yield kind, str(Number().read(str(value), Business())), ""
        except Unreadable:
            yield kind, "", f"'{value}' is no score"
