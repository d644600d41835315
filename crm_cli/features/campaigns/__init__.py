"""Campaigns: adding, changing and halting them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from crm_cli.features.assigning import updater
from crm_cli.features.entering import refuse
from crm_cli.features.plan import Plan
from crm_cli.features.references import referred
from crm_cli.model.assignments import Assignment, nothing_to_set
from crm_cli.model.campaign import CAMPAIGN
from crm_cli.model.errors import NotFound, Refused, UsageError
from crm_cli.model.ids import is_customer_id, slug
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.item import Item
from crm_cli.model.places import CAMPAIGNS
from crm_cli.store.document import Document
from crm_cli.store.repair import fmt
from crm_cli.workspace import Change, Create, Edit, Workspace, new_record


class Campaign(NamedTuple):
    """A campaign as its file has it now."""

    id: str
    path: str
    record: Item

    @property
    def name(self) -> str:
        """What it is called; its id where it has no name."""
        return str(self.record.values.get("name") or self.id)


class Recipient(NamedTuple):
    """A customer in a campaign: their group, where they are reached, why they are left out."""

    customer: str
    name: str
    to: str
    variant: str | None
    status: str
    reason: str = ""


def named(workspace: Workspace, text: str) -> Campaign:
    """The campaign that a word names, by its id; raises NotFound, DataError."""
    id = referred(workspace, INTERACTION.by_key["campaign"], text.strip())
    path = workspace.path_of(id, CAMPAIGN)
    try:
        return Campaign(id, path, workspace.open(path, workspace.tree.read(path)).record)
    except FileNotFoundError:
        raise NotFound(f"{path} has gone") from None


def add(
    workspace: Workspace,
    name: str,
    values: Sequence[tuple[str, str]] = (),
    *,
    id: str | None = None,
) -> Plan:
    """Plan a new campaign; `values` are fields and their texts, a list's one item at a time.

    Raises UsageError for a name or a value that cannot be, Refused where the id is taken.
    """
    name = " ".join(name.split())
    if not name:
        raise UsageError("a campaign needs a name", 'crm campaign add "Spring 2027" --segment vip')
    chosen = slug(name) if id is None else id
    if not is_customer_id(chosen):
        raise UsageError(
            f"'{chosen}' cannot be an id",
            "small letters, digits, dots, hyphens and underscores: --id spring-2027",
        )
    path = CAMPAIGNS.file(chosen)
    if workspace.has(chosen, CAMPAIGN):
        raise Refused(f"there is a campaign {chosen} already", "--id gives it another id")
    given = [
        Assignment(key, "+=" if key in ("variants", "steps") else "=", text)
        for key, text in values
        if text.strip()
    ]
    update = updater(workspace, CAMPAIGN, None, given)
    document = workspace.open(path, new_record(CAMPAIGN, {"name": name}, workspace.business))
    refuse(document.problems)
    update(document)
    fmt(document)
    everybody = not document.record.values.get("segment")
    return Plan(
        Change(f"add campaign {chosen}", (Create(path, document.data),)),
        f"added campaign {name} as {chosen}",
        made=(chosen,),
        notes=[
            *(["it is for all customers: --segment narrows it"] if everybody else []),
            f"crm campaign targets {chosen} shows who would get it",
        ],
    )


def change(workspace: Workspace, text: str, assignments: Sequence[Assignment]) -> Plan:
    """Plan to change fields of a campaign; raises UsageError for what cannot be set."""
    if not assignments:
        raise nothing_to_set([text], "crm campaign set spring-2027 budget=500")
    found = named(workspace, text)
    keys = list(dict.fromkeys(key for key, _, _ in assignments))
    frozen = [key for key in keys if key.partition(".")[0] in ("segment", "hold_out", "variants")]
    notes = []
    if frozen and found.record.get("status") != "planning":
        notes.append(f"it has been started: {', '.join(frozen)} moves nobody from their group")
    said = ", ".join(f"{key}{operator}{text}" for key, operator, text in assignments)
    update = updater(workspace, CAMPAIGN, None, assignments)
    return Plan(
        Change(f"set {', '.join(keys)} of campaign {found.id}", (Edit(found.path, update),)),
        f"campaign {found.id}: {said}",
        notes=notes,
    )


def stop(workspace: Workspace, text: str, *, pause: bool = False) -> Plan:
    """Plan to end a campaign today, or to `pause` it; raises Refused where it does not run."""
    found = named(workspace, text)
    status = found.record.get("status")
    if status not in ("active", "inactive") or (pause and status == "inactive"):
        raise Refused(f"{found.id} does not run: its status is {status}")
    today = workspace.clock.today

    def update(document: Document) -> None:
        document.set(None, "status", "inactive" if pause else "complete")
        end = document.record.values.get("end")
        if not pause and (end is None or end > today):
            document.set(None, "end", today)

    verb = "paused" if pause else "ended"
    return Plan(
        Change(f"{'pause' if pause else 'end'} campaign {found.id}", (Edit(found.path, update),)),
        f"{verb} campaign {found.id}",
        notes=[] if pause else [f"crm report campaigns campaign:{found.id} shows what it brought"],
    )
