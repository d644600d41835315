"""Who gets a message: the customer, or a contact person of an organization.

What is about an organization's business goes to its contact person where it has no address of its
own that may be used, or where somebody is named. Where several could be meant nobody is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from crm_cli.features.consent import LISTS, reached_at
from crm_cli.model.dates import local_date
from crm_cli.model.errors import CrmError, NotFound, UsageError
from crm_cli.model.item import Item
from crm_cli.model.outgoing import Outgoing
from crm_cli.model.people import CONTACT, ORGANIZATION
from crm_cli.model.permission import Use, is_usable
from crm_cli.model.phones import e164
from crm_cli.model.text import cleaned
from crm_cli.query.links import Link, links
from crm_cli.workspace import Workspace

_BILLED = ("invoice", "credit_note", "reminder", "statement")
"""The documents that the contact for billing gets."""
_BILLING, _PRIMARY = "billing", "primary"


class Contact(NamedTuple):
    """Somebody who is at an organization today; `id` is that of their own record, empty where they
    have none. `addresses` are those that may be used, the ones there first."""

    id: str
    name: str
    given_name: str
    family_name: str
    roles: tuple[str, ...]
    addresses: tuple[str, ...]

    @property
    def said(self) -> str:
        """`Ana Novak, billing`."""
        return ", ".join([self.name, *(role.replace("_", " ") for role in self.roles)])


class Addressee(NamedTuple):
    """Who gets a message of a customer: they themselves, or a contact person of theirs."""

    customer: str
    name: str
    address: str
    contact: Contact | None = None


def addressee(workspace: Workspace, id: str, channel: str, contact: Contact | None) -> Addressee:
    """Who gets a message: the contact if there is one, else the customer; without an address
    where there is none that may be used."""
    if contact is not None:
        return Addressee(id, cleaned(contact.name), contact.addresses[0], contact)
    name = cleaned(str(workspace.record(id).get("name") or ""))
    return Addressee(id, name, reached_at(workspace, id, channel))


def goes_to_contacts(use: Use) -> bool:
    """Whether a message may go to a contact: marketing is only for who agreed to it."""
    return use.purpose == "service" and use.channel in LISTS


def contacts_of(workspace: Workspace, organization: str, channel: str) -> list[Contact]:
    """The people who are at an organization today, with or without an address."""
    record = workspace.record(organization)
    if record.get("kind") == "person":
        return []
    found: dict[tuple[str, str], Contact] = {}
    for id, name, role, item in _there(workspace, record):
        person = _record_of(workspace, id)
        one = _contact(id, name, role, (item, person), channel)
        key = one.id, "" if one.id else one.name
        had = found.get(key)
        if had is not None:
            roles = dict.fromkeys((*had.roles, *one.roles))
            addresses = dict.fromkeys((*had.addresses, *one.addresses))
            one = had._replace(roles=tuple(roles), addresses=tuple(addresses))
        found[key] = one
    return list(found.values())


def _there(
    workspace: Workspace, record: Item
) -> Iterator[tuple[str, str, str, Item | None]]:
    """(id, name, role, item) of those who are there: as the organization states it, and people."""
    today, zone = workspace.clock.today, workspace.business.time_zone

    def day(item: Item, key: str) -> date | None:
        at: date | None = item.values.get(key)
        return None if at is None else local_date(at, zone)

    for item in record.items(CONTACT.key):
        start, end = day(item, "start"), day(item, "end")
        one = Link(item.get("id") or "", str(item.get("name") or ""), record.id, "",
                   item.get("role") or "", "", start, end, CONTACT.name)  # fmt: skip
        if one.holds(today):
            yield one.person, one.name or one.person, one.role, item
    for one in links(workspace.database, record.id):
        stated = one.stated == ORGANIZATION.name and one.organization == record.id
        if stated and one.holds(today):
            yield one.person, one.name, one.role, None


def _record_of(workspace: Workspace, id: str) -> Item | None:
    """Their own record, if it is there and can be read; where not, consent says no."""
    try:
        return workspace.record(id) if id else None
    except CrmError:
        return None


def _contact(
    id: str, name: str, role: str, holders: Sequence[Item | None], channel: str
) -> Contact:
    held = [one for it in holders if it is not None for one in it.items(LISTS[channel])]
    usable = {str(one.values.get("value")): is_usable(one) for one in held}
    for one in held:  # what one of the two says not to use is not used
        if not is_usable(one):
            usable[str(one.values.get("value"))] = False
    person = holders[-1]
    values: Mapping[str, object] = person.values if person is not None else {}
    return Contact(
        id,
        str((person.get("name") if person is not None else "") or name),
        str(values.get("given_name") or ""),
        str(values.get("family_name") or ""),
        (role,) if role else (),
        tuple(address for address, may in usable.items() if may),
    )


def chosen(those: Sequence[Contact], refused: Mapping[str, str], document: str) -> Contact | str:
    """The contact who gets a message with a document, or why none does. `refused` says who may
    not be written to, by id."""
    may = [one for one in those if one.id not in refused]
    if not may:
        return "; ".join(f"{one.name}: {refused[one.id]}" for one in those)
    roles = (_BILLING, _PRIMARY) if document in _BILLED else (_PRIMARY,)
    for role in roles:
        if meant := [one for one in may if role in one.roles]:
            may = meant
            break
    if len(may) == 1:
        return may[0]
    names = " or ".join(one.name for one in may)
    return f"{names} may be meant: name one with --to, or give just one the role {roles[0]}"


def contact_named(
    workspace: Workspace, organization: str, text: str, channel: str, who: Callable[[str], str]
) -> Contact:
    """The contact whom a name, an id or an address means; `who` tells whom else it may mean.

    Raises UsageError for who is none of that organization, or cannot be reached.
    """
    there = contacts_of(workspace, organization, channel)
    country, wanted = workspace.business.country, text.strip()

    def same(address: str) -> bool:
        return _comparable(address, channel, country) == _comparable(wanted, channel, country)

    found = [
        one
        for one in there
        if wanted.casefold() in (one.id, one.name.casefold()) or any(map(same, one.addresses))
    ]
    if not found:
        try:
            meant = who(wanted)
        except NotFound:
            meant = ""
        found = [one for one in there if meant and one.id == meant]
    if len(found) != 1:
        known = ", ".join(f"{one.name} ({one.id})" if one.id else one.name for one in there)
        what = "is no contact person" if not found else "is several contact persons"
        raise UsageError(
            f"{wanted} {what} of {organization}",
            f"--to is one of {known}" if known else f"crm link {wanted or 'WHO'} {organization}",
        )
    (one,) = found
    if not one.addresses:
        what = "e-mail address" if channel == "email" else "phone number"
        raise UsageError(f"{one.name} has no {what} that may be used", f"crm show {organization}")
    named = tuple(filter(same, one.addresses))
    return one._replace(addresses=named or one.addresses)


def contact_at(workspace: Workspace, letter: Outgoing) -> Contact | None:
    """The contact to whom a message is addressed: by the address, and by the person it names where
    several have it. None where it goes to the customer, or to nobody who may have it."""
    use = letter.use.partition("/")
    if letter.campaign or not goes_to_contacts(Use(use[0], use[2])):
        return None
    country, channel = workspace.business.country, letter.channel
    wanted = _comparable(letter.to.address, channel, country)

    def has(addresses: Sequence[str]) -> bool:
        return any(_comparable(one, channel, country) == wanted for one in addresses)

    try:
        own = workspace.record(letter.customer).items(LISTS[channel])
    except NotFound:
        return None
    is_own = has([str(one.values["value"]) for one in own if is_usable(one)])
    if is_own and not letter.person:
        return None
    found = [
        one
        for one in contacts_of(workspace, letter.customer, channel)
        if has(one.addresses) and (not is_own or one.id == letter.person)
    ]
    found.sort(key=lambda one: one.id != letter.person)
    return found[0] if found else None


def whom(customer: str, contact: Contact | None) -> str:
    """Who gets a message, in words: `acme-doo (Ana Novak, billing)`."""
    return customer if contact is None else f"{customer} ({contact.said})"


def _comparable(address: str, channel: str, country: str) -> str:
    number = e164(address, country or None) if channel == "sms" else None
    return number or address.strip().lower()
