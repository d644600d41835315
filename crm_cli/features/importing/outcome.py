"""The outcome of an import, row by row."""

from __future__ import annotations

from typing import Literal, NamedTuple

from crm_cli.formats.drafts import Draft
from crm_cli.workspace import Step

Fate = Literal["new", "changed", "unchanged"]


class Outcome(NamedTuple):
    """A record that rows are about: its id, what becomes of it, and how it is written."""

    id: str
    fate: Fate
    step: Step | None = None


class Reject(NamedTuple):
    """A row that cannot be taken, and why."""

    draft: Draft
    reason: str
