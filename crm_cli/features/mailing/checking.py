"""Whether messages may go now: asked when they are chosen, and again when they are claimed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import time

from crm_cli.features.consent import Grounds, permitted
from crm_cli.features.mailing.addressing import contact_at, goes_to_contacts
from crm_cli.features.mailing.claiming import known_sent
from crm_cli.features.mailing.internal import internal_fault
from crm_cli.features.mailing.outbox import Held, mail_setting, settings_of, short
from crm_cli.model.errors import CrmError, NotFound, UsageError
from crm_cli.model.item import Item
from crm_cli.model.outgoing import Outgoing
from crm_cli.model.own_addresses import own_addresses
from crm_cli.model.permission import is_usable
from crm_cli.model.phones import e164
from crm_cli.model.sent_document import digest_of
from crm_cli.query.lookups import former_ids
from crm_cli.workspace import Workspace

Campaigned = Callable[[str, int, str], Mapping[str, str]]
"""Why customers do not get a campaign's message at a step on a channel, by their ids; who does is
`""`."""
_QUIET = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")

REMOVE = "remove the draft"
"""How the reason ends of a message that nobody needs any more."""


def refusals(
    workspace: Workspace, chosen: Sequence[Held], campaigned: Campaigned
) -> dict[str, str]:
    """Why messages may not be sent, by their paths; the others may."""
    found: dict[str, str] = {}
    sent = known_sent(workspace)
    quiet = quiet_hours(workspace)
    ours = own_addresses(settings_of(workspace))
    former = former_ids(workspace.database)
    letters: dict[str, Outgoing] = {}
    seen: dict[str, str] = {}
    for one in chosen:
        if one.letter is None:
            found[one.path] = one.fault
            continue
        whose = former.get(one.letter.customer, one.letter.customer)
        first = seen.setdefault(one.letter.key, one.path)
        person = former.get(one.letter.person, one.letter.person)
        letter = letters[one.path] = one.letter._replace(customer=whose, person=person)
        if short(letter.key) in sent:
            found[one.path] = "sent already"
        elif first != one.path:
            found[one.path] = f"it is the same message as {first}"
        elif quiet and letter.is_mailing:
            found[one.path] = quiet
        elif why := (internal_fault if letter.is_internal else _fault)(workspace, letter, ours):
            found[one.path] = why
    left = {
        path: letter
        for path, letter in letters.items()
        if path not in found and not letter.is_internal
    }
    return found | _unwanted(workspace, left) | _of_campaigns(left, campaigned)


def _fault(workspace: Workspace, letter: Outgoing, ours: frozenset[str]) -> str:
    """Why a message cannot go where it is addressed to; empty where it can."""
    try:
        record = workspace.record(letter.customer)
    except NotFound:
        return f"there is no customer {letter.customer}"
    is_contact = contact_at(workspace, letter) is not None
    if letter.channel == "sms":
        country = workspace.business.country
        if not is_contact and not _is_number(record, letter.to.address, country):
            return f"{letter.to.address} is no number of theirs that may be used"
    else:
        theirs = _addresses(record)
        own = _usable(record) if goes_to_contacts(letter.wanted_use) else theirs
        if not is_contact and letter.to.address not in own:
            return f"{letter.to.address} is no address of theirs that may be used"
        others = [one.address for one in letter.cc if one.address not in theirs | ours]
        if others:
            return f"{others[0]} in Cc is neither theirs nor ours"
        if letter.sender.address not in ours:
            return f"{letter.sender.address} is no address of ours"
    return _changed(workspace, record, letter)


def _changed(workspace: Workspace, record: Item, letter: Outgoing) -> str:
    """What has become of the purchases that a message is about, where it cannot go any more."""
    there = {one.id: one for one in record.items("purchases")}
    for id in letter.purchases:
        if id not in there:
            return f"there is no purchase {id}"
        one = there[id]
        called = str(one.title or one.id)
        if letter.document == "reminder":
            if not one.derived.get("past_due") or "disputed" in one.values:
                return f"{called} {_not_late(one)}: {REMOVE}"
            if (one.derived.get("dunning_level") or 0) >= int(letter.digest or 9):
                return f"{called} had that reminder already: {REMOVE}"
        elif one.get("status") != "posted":
            return f"{called} is {one.get('status')}"
        elif digest_of(one, workspace.business) != letter.digest:
            return f"{called} was changed since: draft it anew"
    return ""


def _not_late(purchase: Item) -> str:
    """Why nobody is reminded of a purchase any more."""
    if purchase.get("status") != "posted":
        return f"is {purchase.get('status')}"
    if "disputed" in purchase.values:
        return "is disputed"
    return "is not late any more" if purchase.derived.get("amount_due") else "is paid"


def _addresses(record: Item) -> set[str]:
    """The addresses of a customer, and of their contacts, that may be used."""
    return set().union(*map(_usable, [record, *record.items("contacts")]))


def _usable(holder: Item) -> set[str]:
    listed = (one for one in holder.items("emails") if is_usable(one))
    return {str(one.values["value"]).lower() for one in listed}


def _is_number(record: Item, number: str, country: str) -> bool:
    wanted = e164(number, country or None)
    return any(
        is_usable(one) and wanted and e164(str(one.values["value"]), country or None) == wanted
        for one in record.items("phones")
    )


def _unwanted(workspace: Workspace, letters: Mapping[str, Outgoing]) -> dict[str, str]:
    """Those whose customers, or the contacts who get them, may not be contacted so, by path; of
    campaigns it is asked apart."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for path, letter in letters.items():
        if not letter.campaign:
            groups.setdefault((letter.use, letter.basis, letter.reason), []).append(path)
    found: dict[str, str] = {}
    for (_, basis, reason), paths in groups.items():
        reached = ((path, contact_at(workspace, letters[path])) for path in paths)
        people = {path: one for path, one in reached if one is not None}
        elsewhere = {letters[path].customer for path in people} | {
            one.id for one in people.values() if one.id
        }
        ids = list(dict.fromkeys([*(letters[path].customer for path in paths), *elsewhere]))
        grounds = Grounds(basis, reason) if basis else None
        use = letters[paths[0]].wanted_use
        try:
            refused = permitted(
                workspace, ids, use, grounds=grounds, elsewhere=elsewhere
            ).refused
        except UsageError as error:
            refused = dict.fromkeys(ids, error.message)
        found |= {
            path: refused[letters[path].customer]
            for path in paths
            if letters[path].customer in refused
        }
        found |= {
            path: f"{one.name}: {refused[one.id]}"
            for path, one in people.items()
            if path not in found and one.id in refused
        }
    return found


def _of_campaigns(letters: Mapping[str, Outgoing], campaigned: Campaigned) -> dict[str, str]:
    asked: dict[tuple[str, int, str], Mapping[str, str]] = {}
    found = {}
    for path, letter in letters.items():
        if not letter.campaign:
            continue
        about = (letter.campaign, int(letter.step or 1), letter.channel)
        if about not in asked:
            try:
                asked[about] = campaigned(*about)
            except CrmError as error:
                found[path] = error.message
                continue
        why = asked[about].get(letter.customer, f"not among those of {letter.campaign}")
        if why:
            found[path] = why
    return found


def quiet_hours(workspace: Workspace) -> str:
    """What is said where no mailing is sent now: the settings' quiet hours; empty otherwise.

    Raises UsageError for hours that cannot be.
    """
    said = mail_setting(settings_of(workspace), "quiet")
    if not said:
        return ""
    match = _QUIET.fullmatch(str(said).strip())
    try:
        hours = [int(one) % 24 if place % 2 == 0 else int(one)
                 for place, one in enumerate(match.groups() if match else ("", ""))]  # fmt: skip
        start, end = (time(hours[at], hours[at + 1]) for at in (0, 2))
    except (ValueError, IndexError):
        raise UsageError(f"mail.quiet is {said}", "write 20:00-08:00") from None
    now = workspace.clock.now.time()
    inside = start <= now < end if start < end else now >= start or now < end
    return f"no mailing is sent from {start:%H:%M} to {end:%H:%M}" if inside else ""
