"""Whose a mail is, and what it is about: by addresses, by `[c-…]` in a subject, by what it
answers."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from crm_cli.model.errors import CrmError
from crm_cli.model.forgetting import comparable
from crm_cli.model.item import Item
from crm_cli.model.kinds import BY_NAME
from crm_cli.model.mail import Mail, direction_of, is_own, without_detail
from crm_cli.model.own_addresses import own_addresses
from crm_cli.model.places import SETTINGS
from crm_cli.model.reachable import bare_address
from crm_cli.model.response_times import OUTBOUND
from crm_cli.query.addresses import Holder, holders, noted
from crm_cli.query.links import links
from crm_cli.query.lookups import former_ids
from crm_cli.query.who import resolve_item
from crm_cli.store.mailboxes.settings import mail_settings
from crm_cli.workspace import Workspace

_ABOUT = re.compile(r"\[([cd]-[0-9a-z]{7})\]", re.IGNORECASE)
_TEXTS = 2000
"""So many texts of mails are kept, to know again what answers quote of them."""


class Joined(NamedTuple):
    """Where a mail is noted: with `customer`; `others` took part. Empty of a stranger's.

    `direction` is None for what counts as no contact. `notes` say what was doubtful.
    """

    customer: str
    direction: str | None
    others: tuple[str, ...] = ()
    thread: str = ""
    deal: str = ""
    case: str = ""
    stranger: str = ""
    notes: tuple[str, ...] = ()
    sender: str = ""
    """Whose the address is, also of a mail that is noted with their organization."""
    shared: tuple[str, ...] = ()
    """The others who have that address."""

    @property
    def at_home(self) -> Joined:
        """The same noted with whose the address is, whatever it is about."""
        if not self.sender or self.sender == self.customer:
            return self
        others = tuple(one for one in self.others if one != self.sender)
        return self._replace(customer=self.sender, others=others, deal="", case="")


class _Noted(NamedTuple):
    """A mail that the records have."""

    customer: str
    thread: str
    deal: str
    case: str
    direction: str | None
    others: tuple[str, ...]


class Joining:
    """What is known of addresses and mails when a run begins, and what it adds."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        database = workspace.database
        self._former = former_ids(database)
        self._ids = workspace.customer_ids()
        self._by_address: dict[str, list[Holder]] = {}
        for one in holders(database):
            self._by_address.setdefault(one.address, []).append(one)
        rows = noted(database)
        self._noted = {
            str(id): _Noted(
                customer or "", thread or "", deal or "", case or "", direction,
                tuple(others.split("\n")) if others else (),
            )
            for id, customer, thread, deal, case, direction, others, _ in rows
        }  # fmt: skip
        self._sent: dict[str, list[datetime]] = {}
        self.taken = {str(row[-1]) for row in rows}
        """The ids of interactions with mails."""
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._linked: dict[str, set[str]] = {}
        settings = workspace.file(SETTINGS.path).record
        mine = str(mail_settings(workspace.environ).get("from") or "")
        sender = {bare_address(mine).lower()} if "@" in mine else set()
        self.own = own_addresses(settings) | sender
        self.ignored = frozenset(_mail(settings).get("ignore", ()))
        self.bodies = bool(_mail(settings).get("bodies"))
        self._forgotten = workspace.forgotten

    def is_known(self, message_id: str) -> bool:
        """Whether the records have a mail."""
        return message_id in self._noted

    def remember(self, mail: Mail, found: Joined) -> None:
        """Know a mail that is noted from now on."""
        self._noted[mail.message_id] = _Noted(
            found.customer, found.thread, found.deal, found.case, found.direction, found.others
        )
        for one in (found.customer, *found.others) if found.direction == OUTBOUND else ():
            self._sent.setdefault(one, []).append(mail.at)

    def unlearn(self, message_id: str) -> None:
        """Know a mail no more: it could not be noted."""
        self._noted.pop(message_id, None)

    def heard(self, mail: Mail) -> None:
        """Keep the text of a mail for a while."""
        self._texts[mail.message_id] = mail.text[:20_000]
        if len(self._texts) > _TEXTS:
            self._texts.popitem(last=False)

    def before(self, mail: Mail) -> str:
        """The text of the mail that one answers, if it came in this run."""
        return self._texts.get(mail.parent, "")

    def to_whom(self, message_id: str) -> frozenset[str] | None:
        """The customers to whom a mail of ours went, nobody of another one; None of one that is
        not known."""
        known = self._noted.get(message_id)
        if known is None:
            return None
        sent = known.direction == OUTBOUND
        return frozenset((known.customer, *known.others) if sent else ())

    def wrote_to(self, customer: str, first: datetime, last: datetime) -> bool:
        """Whether a mail to a customer, of those times, came in this run."""
        return any(first <= at <= last for at in self._sent.get(customer, ()))

    def holding(self, address: str) -> frozenset[str]:
        """The customers who have an address, as their own or as a contact's."""
        found = self.holders(address)
        people = (self._customer(one)[0] for one in found)
        return frozenset((*people, *(one.customer for one in found)))

    def is_forgotten(self, address: str) -> bool:
        """Whether an address is of somebody who was forgotten."""
        return self._forgotten.has(*comparable("emails", address, ""))

    def holders(self, address: str) -> list[Holder]:
        """Those who have an address: customers' own before contacts', people before others."""
        found = self._by_address.get(address) or self._by_address.get(without_detail(address), [])
        return sorted(found, key=lambda one: (bool(one.contact), one.kind != "person"))

    def join(self, mail: Mail, *, customer: str = "") -> Joined | None:
        """Where a mail is noted; None of one that is among ourselves, or nobody's business.

        `customer` is whose it is, if that is said.
        """
        direction = direction_of(mail, self.own)
        if direction is None and not customer:
            return None
        inbound = direction == "inbound"
        parties = [mail.sender] if inbound else list(mail.recipients)
        addresses = [one.address for one in parties if not is_own(one.address, self.own)]
        rest = [one.address for one in mail.recipients if not is_own(one.address, self.own)]
        with_whom, others, shared, notes = self._customers(
            addresses[:1] if inbound else addresses
        )
        if customer:
            with_whom = customer
        if not with_whom:
            return Joined("", direction, stranger=addresses[0] if addresses else "")
        named = [*others, *self._others(rest if inbound else [])]
        parent = self._noted.get(mail.parent)
        found = Joined(
            with_whom,
            direction if not mail.automatic else None,
            tuple(one for one in dict.fromkeys(named) if one != with_whom),
            self._thread(mail, parent),
            notes=tuple(notes),
            sender=with_whom,
            shared=tuple(shared),
        )
        return self._about(mail, found, parent)

    def bounced(self, address: str, mail: Mail, customer: str = "") -> Joined | None:
        """With whom a report is noted that mail to an address came back, unless one is named; None
        of a stranger's."""
        found = self.holders(address)
        if not (found or customer):
            return None
        parent = self._noted.get(mail.parent)
        with_whom = customer or self._customer(found[0])[0]
        return Joined(with_whom, None, thread=self._thread(mail, parent))

    def _customers(
        self, addresses: Sequence[str]
    ) -> tuple[str, list[str], list[str], list[str]]:
        """(the customer of the first address that somebody has, others, those of them who have the
        same address, what is doubtful)."""
        chosen, others, shared, notes = "", list[str](), list[str](), list[str]()
        for address in addresses:
            found = self.holders(address)
            whose = [self._customer(one) for one in found]
            ids = list(dict.fromkeys(id for id, _ in whose))
            if not ids:
                continue
            if not chosen:
                chosen = ids[0]
                same = [one for one in found if bool(one.contact) == bool(found[0].contact)]
                tied = [id for one, (id, _) in zip(same, whose, strict=False) if id != chosen]
                if tied:
                    notes.append(f"{address} is an address of {', '.join([chosen, *tied])}")
                others += [name for id, name in whose if id == chosen and name][:1]
                others += tied
                shared = ids[1:]
            else:
                others.append(ids[0])
        return chosen, others, shared, notes

    def _customer(self, one: Holder) -> tuple[str, str]:
        """(customer's id, name of the contact): the person's own record if there is one."""
        person = self._former.get(one.contact, one.contact)
        if person in self._ids:
            return person, ""
        return one.customer, "" if one.contact == one.customer else one.contact

    def _others(self, addresses: Iterable[str]) -> list[str]:
        found = (self.holders(address) for address in addresses)
        return [self._customer(held[0])[0] for held in found if held]

    def _thread(self, mail: Mail, parent: _Noted | None) -> str:
        """The Message-ID that began the conversation; empty where it is the mail's own."""
        if parent is not None and (parent.thread or len(mail.references) == 1):
            return parent.thread or mail.parent
        first = mail.references[0] if mail.references else ""
        return first if first != mail.message_id else ""

    def _about(self, mail: Mail, found: Joined, parent: _Noted | None) -> Joined:
        """The deal and the case: named in the subject, else those of the mail that it answers.

        One of another customer is meant only if they are linked: a person at an organization.
        The mail is noted there then, and its sender took part.
        """
        for id in map(str.lower, _ABOUT.findall(mail.subject)):
            kind = "case" if id.startswith("c") else "deal"
            try:
                whose, id = resolve_item(self._workspace.database, id, BY_NAME[kind])
            except CrmError:
                found = found._replace(notes=(*found.notes, f"there is no {kind} {id}"))
                continue
            if moved := self._with(found, whose):
                return moved._replace(case=id) if kind == "case" else moved._replace(deal=id)
            note = f"{kind} {id} is of {whose}, and not of {found.customer}"
            found = found._replace(notes=(*found.notes, note))
        if parent is not None and (parent.deal or parent.case):
            moved = self._with(found, parent.customer)
            return moved._replace(deal=parent.deal, case=parent.case) if moved else found
        return found

    def _with(self, found: Joined, customer: str) -> Joined | None:
        """The same noted with a customer; None where they neither are linked nor have the same
        address. Who else got the mail may be anybody, and is not meant by it."""
        if customer == found.customer:
            return found
        if not customer:
            return None
        if found.customer not in self._linked:
            known = links(self._workspace.database, found.customer)
            self._linked[found.customer] = {
                one.organization if one.person == found.customer else one.person for one in known
            }
        if customer not in self._linked[found.customer] | set(found.shared):
            return None
        others = (found.customer, *(one for one in found.others if one != customer))
        return found._replace(customer=customer, others=others)


def _mail(settings: Item) -> dict[str, Any]:
    group = settings.values.get("mail")
    return dict(group.values) if group is not None else {}
