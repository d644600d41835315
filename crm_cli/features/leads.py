"""Leads: who may become a customer, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_cli.features.entering import entered
from crm_cli.features.items import new_id
from crm_cli.features.new_items import begun
from crm_cli.features.plan import Plan, counted
from crm_cli.features.values import typed_all
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.deal import DEAL
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.ids import new_customer_id
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.legal_forms import guess_kind
from crm_cli.model.people import CONTACT
from crm_cli.model.places import CUSTOMERS, labelled
from crm_cli.model.text import a_or_an
from crm_cli.query.links import links
from crm_cli.query.who import namesakes
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Create, Edit, Step, Workspace

QUALIFIED = {"lifecycle_stage": "qualified", "lead_status": "in_process"}
CONVERTED = {"lifecycle_stage": "customer", "lead_status": "converted"}
_CUSTOMERS = ("customer", "former")
_TOLD = 5
"""Of so many who are left out it is said why."""
_SHARED = ("source", "source_detail", "owner", "referred_by")
"""What an organization has from the lead that it is made of."""


def qualify(workspace: Workspace, ids: Sequence[str], *, reason: str | None = None) -> Plan:
    """Plan to note that leads are worth pursuing; see `_leads`."""
    left, notes = _leads(workspace, ids, "qualified")
    return _changed(workspace, left, "qualify", "qualified", QUALIFIED, reason, notes)


def drop(
    workspace: Workspace, ids: Sequence[str], *, reason: str | None, recycle: bool = False
) -> Plan:
    """Plan to give leads up, or (`recycle`) to come back to them later; why is noted. See
    `_leads`."""
    if not (reason or "").strip():
        raise UsageError("--reason is missing: why they are dropped", '--reason "no budget"')
    status = {"lead_status": "recycled" if recycle else "dead"}
    left, notes = _leads(workspace, ids, "dropped")
    return _changed(workspace, left, "drop", "dropped", status, reason, notes)


def _leads(
    workspace: Workspace, ids: Sequence[str], done: str, *, buyers: bool = False
) -> tuple[list[str], list[str]]:
    """The leads among those who are meant, and who is left out, and why: customers, by their
    stage or, unless `buyers` count as leads, by what they bought. Raises Refused where none is
    a lead."""
    left, notes = [], []
    for id in ids:
        record = workspace.record(id)
        called = labelled(str(record.get("name") or id), id)
        stage = record.get("lifecycle_stage")
        if record.derived.get("orders") and not buyers:
            notes.append(f"{called} has bought already, and is no lead")
        elif stage in _CUSTOMERS:
            notes.append(f"{called} is {a_or_an(f'{stage} customer'.replace('customer c', 'c'))}")
        else:
            left.append(id)
    if ids and not left:
        more = f"; {len(notes) - 1} others are none, too" if len(notes) > 1 else ""
        raise Refused(
            f"{notes[0]}: only leads are {done}{more}",
            f"crm lead list has the leads; crm set {ids[0]} lifecycle_stage=… changes a stage",
        )
    told = [f"{note}: left out" for note in notes[:_TOLD]]
    if len(notes) > _TOLD:
        told.append(f"{len(notes) - _TOLD} more are left out")
    return left, told


def convert(
    workspace: Workspace,
    ids: Sequence[str],
    *,
    reason: str | None = None,
    deal: Mapping[str, str | None] | None = None,
    organization: str | None = None,
) -> Plan:
    """Plan to make customers of leads: with a deal, and an organization whose contact they are.

    An organization that is there is named by its id or whole name, and another name makes one;
    where none is named, the deal is that of the organization where the lead is. `deal` has the
    fields of the deal as they were typed. Raises UsageError for several leads with a deal or an
    organization, and for a wrong value; Refused where none is a lead.
    """
    if len(ids) != 1 and (deal is not None or organization is not None):
        raise UsageError("a deal or an organization is of one lead", "convert them one by one")
    left, notes = _leads(workspace, ids, "converted", buyers=True)
    if deal is None and organization is None:
        return _changed(workspace, left, "convert", "converted", CONVERTED, reason, notes)
    (lead,) = left
    there = _works_at(workspace, lead)
    holder = _meant(workspace, lead, organization, there, notes)
    done = f"converted {lead}"
    if holder is None and organization is not None:
        step, new, called = _made(workspace, lead, organization, deal, notes)
        done += f", made {called} ({new}), whose contact they are"
        steps, made = [step], [new]
    else:
        steps, made = [], []
    own = None
    done += f", with the deal {deal['name']}" if deal is not None else ""
    if deal is not None and not made:
        own = _deal(workspace, deal, notes, holder=holder or lead)
    if holder is not None:
        steps = [_joined(workspace, lead, holder, own, linked=holder in there)]
        called = labelled(str(workspace.record(holder).get("name") or holder), holder)
        done += f" of {called}" if deal is not None else f" at {called}"
        own = None
    update = _update(workspace, "converted", CONVERTED, reason, own)
    steps.insert(0, Edit(workspace.path_of(lead), entered(update)))
    return Plan(
        Change(f"convert {lead}", tuple(steps)),
        done,
        (lead,),
        notes=notes,
        made=made,
    )


def _works_at(workspace: Workspace, lead: str) -> list[str]:
    """The organizations with a record where a lead is today."""
    today = workspace.clock.today
    found = [one for one in links(workspace.database, lead) if one.person == lead]
    return list(dict.fromkeys(one.organization for one in found if one.holds(today)))


def _meant(
    workspace: Workspace, lead: str, given: str | None, there: Sequence[str], notes: list[str]
) -> str | None:
    """The organization that is meant, by id or whole name; where none is given, the one that the
    lead is at. None for a new one, or for none. Raises UsageError, and Refused where it may be
    one of several."""
    if given is None:
        if len(there) > 1:
            listed = ", ".join(there)
            notes.append(f"they are at {listed}: --organization says whose the deal is")
        return there[0] if len(there) == 1 else None
    name = " ".join(given.split())
    if not name:
        raise UsageError("--organization is empty", "give its id or its name")
    known = [name] if workspace.has(name, CUSTOMER) else namesakes(workspace.database, name)
    found = [id for id in known if workspace.record(id).get("kind") != "person" and id != lead]
    if known == [name] and not found:
        raise UsageError(f"{name} is no organization", "give the id or the name of one")
    found = [id for id in found if id in there] or found
    if len(found) > 1:
        raise Refused(
            f"{len(found)} organizations are called {name}: {', '.join(found)}",
            f"crm lead convert {lead} --organization {found[0]}",
        )
    return found[0] if found else None


def _made(
    workspace: Workspace,
    lead: str,
    organization: str,
    deal: Mapping[str, str | None] | None,
    notes: list[str],
) -> tuple[Step, str, str]:
    """A new organization, with a lead as its contact, and the deal: the step, its id, its name."""
    name = " ".join(organization.split())
    record = workspace.record(lead)
    holder = new_customer_id(name, "organization", workspace.taken_ids(), _random)
    values: dict[str, Any] = {"name": name, "kind": "organization", **CONVERTED}
    values |= {key: record.values[key] for key in _SHARED if key in record.values}
    values["contacts"] = [{"id": lead, "role": "primary"}]
    if deal is not None:
        values["deals"] = [_deal(workspace, deal, notes, holder=None)]
    if guess_kind(name) is None:
        notes.append(f"{name} is taken for an organization")
    return Create(CUSTOMERS.file(holder), workspace.new_customer(values)), holder, name


def _joined(
    workspace: Workspace, lead: str, holder: str, deal: dict[str, Any] | None, *, linked: bool
) -> Step:
    """What an organization that is there gets: the lead as its contact, the deal, the stage of a
    customer, and of where it comes from what it does not say itself."""
    record = workspace.record(lead)
    name = record.get("name")
    values = {key: record.values[key] for key in _SHARED if key in record.values}

    def update(document: Document) -> None:
        has = document.record.values
        if has.get("lifecycle_stage") != "customer":
            for key, value in CONVERTED.items():
                document.set(None, key, value)
        for key, value in values.items():
            if key not in has and value != holder:
                document.set(None, key, value)
        by_name = [
            one
            for one in document.record.items(CONTACT.key)
            if one.get("id") is None and one.get("name") == name
        ]
        if not linked and len(by_name) == 1:
            document.assign(by_name[0], "id", lead)
        elif not linked:
            document.add(CONTACT.key, {"id": lead, "role": "primary"})
        if deal is not None:
            document.add(DEAL.key, deal)

    return Edit(workspace.path_of(holder), entered(update))


def _deal(
    workspace: Workspace,
    given: Mapping[str, str | None],
    notes: list[str],
    *,
    holder: str | None,
) -> dict[str, Any]:
    """The values of a new deal."""
    if not (given.get("name") or "").strip():
        raise UsageError("--deal is empty", "--deal 'Beans for the office'")
    values: dict[str, Any] = {"id": new_id(workspace, DEAL)}
    values |= typed_all(workspace, DEAL, given, notes, customer=holder)
    values.setdefault("created", workspace.clock.now.replace(second=0, microsecond=0))
    return begun(workspace, DEAL, values)


def _changed(
    workspace: Workspace,
    ids: Sequence[str],
    verb: str,
    done: str,
    values: Mapping[str, str],
    reason: str | None,
    notes: Sequence[str] = (),
) -> Plan:
    what = ids[0] if len(ids) == 1 else counted(len(ids), "lead")
    update = entered(_update(workspace, done, values, reason, None))
    steps = tuple(Edit(workspace.path_of(id), update) for id in ids)
    question = f"{verb.capitalize()} {what}?"
    return Plan(Change(f"{verb} {what}", steps), f"{done} {what}", tuple(ids), question, notes)


def _update(
    workspace: Workspace,
    done: str,
    values: Mapping[str, str],
    reason: str | None,
    deal: dict[str, Any] | None,
) -> Any:
    """What is written into a lead: its stage, why, and a deal."""
    note: dict[str, Any] | None = None
    if (reason or "").strip():
        now = workspace.clock.now.replace(second=0, microsecond=0)
        note = {"at": now, "kind": "note", "summary": f"Lead {done}: {str(reason).strip()}"}
        if workspace.user is not None:
            note["owner"] = workspace.user

    def update(document: Document) -> None:
        for key, value in values.items():
            document.set(None, key, value)
        if note is not None:
            document.add(INTERACTION.key, {"id": new_id(workspace, INTERACTION), **note})
        if deal is not None:
            document.add(DEAL.key, deal)

    return update


def _random(length: int) -> bytes:
    import os

    return os.urandom(length)
