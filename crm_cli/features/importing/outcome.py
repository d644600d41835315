"""The outcome of an import, row by row."""

from __future__ import annotations

from typing import Literal, NamedTuple

from crm_cli.formats.drafts import Draft
from crm_cli.workspace import Step

Fate = Literal["new", "changed", "unchanged"]


class Outcome(NamedTuple):
    """A record that rows are about: its id, what becomes of it, and how it is written.

    `lines` are those of the rows, `by` what the record was recognized by.
    """

    id: str
    fate: Fate
    step: Step | None = None
    lines: tuple[int, ...] = ()
    by: str = ""


class Remark(NamedTuple):
    """What is to be said of a row that is taken."""

    line: int
    text: str


class Reject(NamedTuple):
    """A row that cannot be taken, and why."""

    draft: Draft
    reason: str


class Note(NamedTuple):
    """Something that people should know before they agree."""

    text: str
