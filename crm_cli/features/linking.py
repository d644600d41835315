"""Linking people with organizations, and ending it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from crm_cli.features.entering import entered
from crm_cli.features.plan import Plan
from crm_cli.features.values import day, said, typed_all
from crm_cli.model.errors import ConflictError, NotFound, Refused, UsageError
from crm_cli.model.item import Item
from crm_cli.model.people import CONTACT, ORGANIZATION
from crm_cli.model.places import labelled
from crm_cli.query.links import Link, links
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace


def link(
    workspace: Workspace, person: str, organization: str, given: Mapping[str, str | None]
) -> Plan:
    """Plan to note that somebody is at an organization, or what is new of it: `role`, `title`,
    `start`, `end`. It is written where it stands already, else into the organization's record.

    Raises UsageError where the two are no person and organization, or for a wrong value.
    """
    _refuse_kinds(workspace, person, organization)
    notes: list[str] = []
    values = typed_all(workspace, CONTACT, given, notes)
    there = _current(workspace, person, organization)
    named = _named(workspace, person, organization)
    if there:
        id = organization if there[0].stated == CONTACT.name else person
        list, other = _place(there[0], person, organization)

        def update(document: Document) -> None:
            item = _item(document, list, other, there[0])
            for key, value in values.items():
                item = document.again(item)
                document.assign(item, key, value)
    else:
        id = organization

        def update(document: Document) -> None:
            if named is None:
                document.add(CONTACT.key, {"id": person, **values})
                return
            # They stand there by their name, as somebody without a record.
            for key, value in {"id": person, **values}.items():
                document.assign(document.record.items(CONTACT.key)[named], key, value)

    if named is not None and not there:
        notes.append(f"{organization} had them by name only")
    what = "" if not there else "changed: "
    role = f", {str(values['role']).replace('_', ' ')}" if values.get("role") else ""
    return Plan(
        Change(
            f"link {person} with {organization}", (Edit(workspace.path_of(id), entered(update)),)
        ),
        f"{what}{_said(workspace, person)} is at {_said(workspace, organization)}{role}",
        (person,),
        notes=notes,
    )


def unlink(workspace: Workspace, person: str, organization: str, on: str | None = None) -> Plan:
    """Plan to note the day on which somebody left an organization, today unless said.

    Where and when they were stays known. Raises NotFound where they are not there, UsageError
    for a day before they began.
    """
    end = day(workspace, on)
    there = _current(workspace, person, organization)
    if not there:
        raise NotFound(
            f"{_said(workspace, person)} is not at {_said(workspace, organization)}",
            f"crm show {person} shows where they are",
        )
    if (late := next((one for one in there if one.start and one.start > end), None)) is not None:
        raise UsageError(f"they are there since {late.start}, after {end}")
    steps = []
    for one in _everywhere(workspace, person, organization, there):
        list, other = _place(one, person, organization)
        id = organization if one.stated == CONTACT.name else person
        steps.append(Edit(workspace.path_of(id), _ending(list, other, one, end)))
    return Plan(
        Change(f"unlink {person} from {organization}", tuple(steps)),
        f"{_said(workspace, person)} is at {_said(workspace, organization)} no longer",
        (person,),
        notes=[said(workspace, "until", end)] if on else (),
    )


def _ending(list: str, other: str, one: Link, end: Any) -> Callable[[Document], None]:
    def update(document: Document) -> None:
        document.assign(_item(document, list, other, one), "end", end)

    return entered(update)


def _refuse_kinds(workspace: Workspace, person: str, organization: str) -> None:
    if person == organization:
        raise UsageError(f"{person} cannot be linked with themselves")
    kinds = [workspace.record(one).get("kind") for one in (person, organization)]
    if kinds == ["organization", "person"]:
        raise UsageError(
            f"{person} is the organization, {organization} the person",
            f"crm link {organization} {person}",
        )
    if kinds[0] == "organization":
        raise UsageError(
            f"{person} is an organization, too",
            f"crm set {person} parent={organization} puts it into the group of {organization}",
        )
    if kinds[1] == "person":
        raise UsageError(
            f"{organization} is a person",
            f"crm set {person} relations+={organization} notes a relation",
        )


def _current(workspace: Workspace, person: str, organization: str) -> list[Link]:
    """The links of the two that are not over, the ones to come among them."""
    today = workspace.clock.today
    return [
        one
        for one in links(workspace.database, person)
        if (one.person, one.organization) == (person, organization)
        and (one.end is None or one.end > today)
    ]


def _everywhere(
    workspace: Workspace, person: str, organization: str, there: list[Link]
) -> list[Link]:
    """The links to be ended: where both records state one, both."""
    found = list(there)
    if any(one.stated == CONTACT.name for one in there):
        today = workspace.clock.today
        for item in workspace.record(person).items(ORGANIZATION.key):
            end = item.get("end")
            if item.get("id") == organization and (end is None or _day(end) > today):
                found.append(
                    there[0]._replace(
                        role=item.get("role") or "", title=item.get("title") or "",
                        start=_day(item.get("start")), end=_day(end), stated=ORGANIZATION.name,
                    )
                )  # fmt: skip
    return found


def _place(one: Link, person: str, organization: str) -> tuple[str, str]:
    """The list that states a link, and whom its item names."""
    if one.stated == CONTACT.name:
        return CONTACT.key, person
    return ORGANIZATION.key, organization


def _item(document: Document, list: str, other: str, one: Link) -> Item:
    for item in document.record.items(list):
        same = (item.get("role") or "", item.get("title") or "") == (one.role, one.title)
        if item.get("id") == other and same and _day(item.get("start")) == one.start:
            return item
    raise ConflictError(f"{document.path} was changed meanwhile", "run the command again")


def _day(value: Any) -> Any:
    return value.date() if hasattr(value, "date") else value


def _named(workspace: Workspace, person: str, organization: str) -> int | None:
    """The place of the contact who has no record, and the person's very name."""
    name = workspace.record(person).get("name")
    contacts = workspace.record(organization).items(CONTACT.key)
    places = [
        place
        for place, one in enumerate(contacts)
        if one.get("id") is None and one.get("name") == name
    ]
    if len(places) > 1:
        raise Refused(f"{organization} has {len(places)} contacts of the name {name}", "edit them")
    return places[0] if places else None


def _said(workspace: Workspace, id: str) -> str:
    return labelled(str(workspace.record(id).get("name") or id), id)
