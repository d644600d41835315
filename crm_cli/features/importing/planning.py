"""The plan of an import: what is new, what changes, what is rejected and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from crm_cli.features.importing.customers import plan_customers
from crm_cli.features.importing.entries import plan_entries
from crm_cli.features.importing.items import plan_items
from crm_cli.features.importing.known import Known
from crm_cli.features.importing.outcome import Outcome, Reject
from crm_cli.formats.drafts import Drafts
from crm_cli.formats.mapping import Map
from crm_cli.formats.registry import importer
from crm_cli.formats.tabular import Rejected
from crm_cli.formats.targets import belongs, kind_of
from crm_cli.model.errors import UsageError
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import ENTRIES
from crm_cli.workspace import Change, Step, Workspace

Advance = Callable[[], None]
"""Told of each row that is done with."""


class Import(NamedTuple):
    """What an import would do.

    The counts are of records, `rejected` of rows. `ids` are the records that are new or
    change. `drafts` tells how the file was read.
    """

    kind: Kind
    drafts: Drafts
    new: int
    changed: int
    unchanged: int
    rejected: tuple[Rejected, ...]
    ids: tuple[str, ...]
    change: Change


def read_file(
    workspace: Workspace, kind: str, data: bytes, *, path: str, map: Map | None = None
) -> Drafts:
    """What a file's rows say; raises UsageError, DataError, and Undecided where it is open."""
    found = kind_of(kind)
    chosen = importer(found, path=path)
    if chosen.read is None:
        raise UsageError(f"{chosen.name} has no rows", "name the file .csv")
    return chosen.read(data, found, map, workspace.business)


def plan_import(workspace: Workspace, drafts: Drafts, advance: Advance | None = None) -> Import:
    """Match what rows say with what is there; nothing is written.

    The change leaves out the rejected rows: whether it may be carried out then is the
    caller's to decide.
    """
    kind = drafts.kind
    ids: list[str] = []
    steps: list[Step] = []
    fates: Counter[str] = Counter()
    rejected = list(drafts.rejected)
    for one in _outcomes(workspace, drafts, advance or _nothing):
        if isinstance(one, Reject):
            rejected.append(Rejected(one.draft.line, one.reason, one.draft.cells))
            continue
        fates[one.fate] += 1
        if one.fate != "unchanged":
            ids.append(one.id)
        if one.step is not None:
            steps.append(one.step)
    rejected.sort(key=lambda row: row.line)
    touched = fates["new"] + fates["changed"]
    subject = f"import {touched} {kind.name if touched == 1 else kind.key}"
    return Import(
        kind,
        drafts,
        fates["new"],
        fates["changed"],
        fates["unchanged"],
        tuple(rejected),
        tuple(ids),
        Change(subject, tuple(steps)),
    )


def _outcomes(workspace: Workspace, drafts: Drafts, advance: Advance) -> Iterator[Outcome | Reject]:
    if drafts.kind in ENTRIES:
        return plan_entries(workspace, drafts.kind, drafts.rows, advance)
    known = Known(workspace, drafts.map.source_system)
    if belongs(drafts.kind):
        return plan_items(workspace, drafts, known, advance)
    return plan_customers(workspace, drafts.rows, known, advance)


def _nothing() -> None:
    """Nobody watches."""
