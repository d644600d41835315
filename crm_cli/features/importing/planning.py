"""The plan of an import: what is new, what changes, what is rejected and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from crm_cli.features.importing.closing import by_state
from crm_cli.features.importing.customers import plan_customers
from crm_cli.features.importing.entries import plan_entries
from crm_cli.features.importing.items import plan_items
from crm_cli.features.importing.known import Known
from crm_cli.features.importing.origin import of_system, owned
from crm_cli.features.importing.outcome import Note, Outcome, Reject, Remark
from crm_cli.features.importing.staff import by_user
from crm_cli.features.importing.strangers import strangers
from crm_cli.features.importing.unnumbered import unnumbered
from crm_cli.features.importing.unsaid import kinded
from crm_cli.formats.drafts import Drafts, Told
from crm_cli.formats.grid import Rejected
from crm_cli.formats.mapping import Map
from crm_cli.formats.registry import WORKBOOKS, format_of, importer, refuse_foreign
from crm_cli.formats.setters import Note as CellNote
from crm_cli.formats.targets import belongs, kind_of
from crm_cli.model.errors import UsageError
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import ENTRIES
from crm_cli.workspace import Change, Step, Workspace

Advance = Callable[[], None]
"""Told of each row that is done with."""


class Matched(NamedTuple):
    """A row whose record is here, and what that was recognized by."""

    line: int
    id: str
    fate: str
    by: str


class Import(NamedTuple):
    """What an import would do.

    The counts are of records, `rejected` of rows. `ids` are the records that are new or
    change. `drafts` tells how the file was read, `told` what of the rows that are taken is
    left out, or cannot be, `matched` which rows mean what is here, and `notes` what people
    should know of the rest.
    """

    kind: Kind
    drafts: Drafts
    new: int
    changed: int
    unchanged: int
    rejected: tuple[Rejected, ...]
    told: tuple[Told, ...]
    ids: tuple[str, ...]
    change: Change
    matched: tuple[Matched, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def recognized(self) -> dict[str, int]:
        """By what records that are here were recognized, with their number."""
        counts = Counter({(one.id, one.by) for one in self.matched})
        return dict(Counter(by for _, by in counts).most_common())


def read_file(
    workspace: Workspace,
    kind: str,
    data: bytes,
    *,
    path: str,
    map: Map | None = None,
    format: str = "",
) -> Drafts:
    """What a file's rows say; raises UsageError, DataError, and Undecided where it is open."""
    found = kind_of(kind)
    chosen = importer(found, format or format_of(data), path)
    if chosen.name not in WORKBOOKS:
        refuse_foreign(path, data, format=format)
    if chosen.read is None:
        raise UsageError(f"{chosen.name} has no rows", "name the file .csv")
    drafts = chosen.read(data, found, map, workspace.business)
    drafts = by_user(workspace, by_state(drafts, workspace.business))
    return kinded(of_system(owned(workspace, drafts), path))


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
    matched: list[Matched] = []
    notes: list[str] = []
    remarks: list[Told] = []
    for one in _outcomes(workspace, drafts, advance or _nothing):
        if isinstance(one, Reject):
            rejected.append(Rejected(one.draft.line, one.reason, one.draft.cells))
            continue
        if isinstance(one, Remark):
            remarks.append(Told(one.line, "", CellNote("", one.text, "", True)))
            continue
        if isinstance(one, Note):
            notes.append(one.text)
            continue
        if one.by:
            matched += (Matched(line, one.id, one.fate, one.by) for line in one.lines)
        fates[one.fate] += 1
        if one.fate != "unchanged":
            ids.append(one.id)
        if one.step is not None:
            steps.append(one.step)
    rejected.sort(key=lambda row: row.line)
    bad = {row.line for row in rejected}
    notes += strangers(drafts, workspace.business, bad)
    notes += unnumbered(drafts, bad | {one.line for one in matched})
    touched = fates["new"] + fates["changed"]
    subject = f"import {touched} {kind.name if touched == 1 else kind.key}"
    return Import(
        kind,
        drafts,
        fates["new"],
        fates["changed"],
        fates["unchanged"],
        tuple(rejected),
        tuple(one for one in (*drafts.told, *remarks) if one.line not in bad),
        tuple(ids),
        Change(subject, tuple(steps)),
        tuple(sorted(matched)),
        tuple(notes),
    )


def _outcomes(
    workspace: Workspace, drafts: Drafts, advance: Advance
) -> Iterator[Outcome | Reject | Remark | Note]:
    if drafts.kind in ENTRIES:
        return plan_entries(workspace, drafts, advance)
    known = Known(workspace, drafts.map.source_system)
    if belongs(drafts.kind):
        return plan_items(workspace, drafts, known, advance)
    return plan_customers(workspace, drafts, known, advance)


def _nothing() -> None:
    """Nobody watches."""
