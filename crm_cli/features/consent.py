"""Whether somebody may be written to or called: the one place where all commands ask for it.

The rule is `model/permission.py`; here it is asked of many customers at once, or of one with the
entry that decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from crm_cli.features.entering import entered
from crm_cli.features.items import new_id
from crm_cli.features.plan import Plan, counted
from crm_cli.model.aspects import joined
from crm_cli.model.consent import said
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.item import Item
from crm_cli.model.permission import (
    BASES,
    OBJECTIONS,
    REFUSED_ELSEWHERE,
    SUPPRESSED,
    VERDICTS,
    YES,
    Use,
    can_rest_on,
    decide,
    is_usable,
    standing,
)
from crm_cli.model.places import labelled
from crm_cli.model.reachable import email_fault
from crm_cli.model.segment import SUPPRESSION
from crm_cli.model.text import did_you_mean
from crm_cli.query.lexer import quoted
from crm_cli.query.who import holders
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_FEW = 200
"""So many customers are asked for by id; of more, all are."""
_TWO_RECORDS = "crm merge if it is one customer, else mark the address do_not_use in one of them"
LISTS = {"email": "emails", "phone": "phones", "sms": "phones"}
"""The lists with what somebody is reached at, by channel."""
_MISSING = {
    "email": "no e-mail address that may be used",
    "phone": "no phone number that may be used",
    "sms": "no phone number that may be used",
    "letter": "no postal address",
}


class Grounds(NamedTuple):
    """On what somebody is contacted who did not agree to it, and why: a basis, and a reason."""

    basis: str
    reason: str


class Permission(NamedTuple):
    """Who of several customers may be contacted, and why the others may not.

    `noted` are the edits that note, with those who are contacted on other grounds, which;
    `on_grounds` are their ids.
    """

    allowed: list[str]
    refused: dict[str, str]
    noted: tuple[Edit, ...] = ()
    on_grounds: tuple[str, ...] = ()


class Answer(NamedTuple):
    """Whether one customer may be contacted, why, and the entry of their consents that decides.

    `agreed` are the channels that are agreed by contract, the preferred one first.
    """

    id: str
    name: str
    use: Use
    verdict: str
    reason: str
    entry: Item | None
    agreed: Sequence[str]

    @property
    def allowed(self) -> bool:
        """Whether they may be contacted."""
        return self.verdict == YES


def read_grounds(basis: str | None, reason: str | None) -> Grounds | None:
    """What `--basis` and `--reason` give; None without them. Raises UsageError for one alone."""
    said = " ".join((reason or "").split())
    if basis is None and not said:
        return None
    word = (basis or "").strip().lower().replace("-", "_")
    if not word or not said:
        raise UsageError(
            "--basis needs a reason, which is recorded" if word else "--reason needs a --basis",
            '--basis legal_obligation --reason "recall of beans, batch 12"',
        )
    known = BASES[1:]
    if word not in known:
        near = did_you_mean(word, known)
        raise UsageError(f"--basis {word} is none", f"{near} known: {', '.join(known)}".strip())
    return Grounds(word, said)


def verdicts(workspace: Workspace, use: Use, ids: Collection[str] | None = None) -> dict[str, str]:
    """The words of VERDICTS by customers' ids, for all of them or for some."""
    terms = []
    if ids is not None and len(ids) <= _FEW:
        if not ids:
            return {}
        terms = [f"id.is:{','.join(map(quoted, ids))}"]
    cols = ("id", f"may.{str(use).replace('/', '.')}")
    rows = workspace.select(CUSTOMER, terms, cols=cols, ordered=False).rows
    return {id: word for id, word in rows if ids is None or id in ids}


def permitted(
    workspace: Workspace,
    ids: Sequence[str],
    use: Use,
    *,
    grounds: Grounds | None = None,
    what: str = "",
    elsewhere: Collection[str] = (),
) -> Permission:
    """Who may be contacted so; with grounds also who did not agree, which is noted with them.

    `what` says for the note what they are contacted with. Grounds are no address: who cannot be
    reached stays out, and so does who objected to marketing; those `elsewhere` are reached at an
    address that another record has. Raises UsageError where marketing cannot rest on the grounds.
    """
    if grounds is not None and not can_rest_on(use, grounds.basis):
        raise UsageError(
            f"{use.purpose} cannot rest on {grounds.basis}",
            "legitimate_interest or existing_customer can",
        )
    found = verdicts(workspace, use, set(ids))
    refused = {
        id: word
        for id in ids
        if (word := found.get(id, "no_entry")) != YES
        and not (word == "no_address" and id in elsewhere)
    }
    noted: tuple[Edit, ...] = ()
    reached: dict[str, str] = {}
    if grounds is not None:
        reached = {
            id: word
            for id, word in refused.items()
            if _carries(use, word) and (id in elsewhere or _is_reached(workspace, id, use))
        }
        noted = tuple(
            _note(workspace, id, use, word, grounds, what) for id, word in reached.items()
        )
        refused = {
            id: "no_address" if _carries(use, word) else word
            for id, word in refused.items()
            if id not in reached
        }
    allowed = [id for id in ids if id not in refused]
    reasons = {id: reason_of(word, use) for id, word in refused.items()}
    return Permission(allowed, reasons, noted, tuple(reached))


def objecting(workspace: Workspace, ids: Sequence[str]) -> dict[str, str]:
    """Why some get no letter, whatever it is about: they died, or want none."""
    use = Use("service", "letter")
    found = verdicts(workspace, use, set(ids))
    words = {id: found.get(id, YES) for id in ids}
    return {id: reason_of(word, use) for id, word in words.items() if word in OBJECTIONS}


def noting(found: Permission, use: Use, what: str) -> Plan:
    """The plan that notes on what other grounds customers are contacted, with each of them."""
    ids = [id for id in found.allowed if id in found.on_grounds]
    whom = ids[0] if len(ids) == 1 else counted(len(ids), "customer")
    said = f"why {whom} may be contacted, {use}"
    return Plan(Change(f"note {said}: {what}", found.noted), f"noted {said}", ids, f"Note {said}?")


def left_out(refused: Mapping[str, str]) -> str:
    """How many are left out and why, in a line; empty where nobody is."""
    if not refused:
        return ""
    counts = Counter(refused.values())
    reasons = (f"{count:,} {reason}" for reason, count in counts.most_common())
    return f"left out: {counted(len(refused), 'customer')} ({'; '.join(reasons)})"


def check(workspace: Workspace, id: str, use: Use) -> Answer:
    """Whether a customer may be contacted so today, with what decides it."""
    record = workspace.record(id)
    entry = decide(record, use, workspace.business).entry
    verdict = verdicts(workspace, use, [id])[id]
    reason = reason_of(verdict, use)
    if verdict == SUPPRESSED:
        names = ", ".join(f"@{name}" for name in _suppressing(workspace, id))
        reason = f"on the suppression list {names}"
    elif verdict == REFUSED_ELSEWHERE:
        entry, reason = None, f"{_refusing(workspace, record, use)} refused: {_TWO_RECORDS}"
    elif verdict == "no_address" and (fault := _fault(record, use)):
        reason = f"{reason}: {fault}"
    elif verdict == YES and entry is None:
        reason = f"{use.purpose} rests on the contract: there is no objection"
    agreed = record.derived.get("agreed_channels") or ()
    return Answer(id, str(record.get("name") or id), use, verdict, reason, entry, agreed)


def in_words(answer: Answer) -> Iterator[str]:
    """The answer in lines: the channel that is agreed by contract first, then yes or no and why."""
    if answer.agreed:
        yield f"agreed by contract: {', '.join(map(str, answer.agreed))}"
    who = labelled(answer.name, answer.id)
    yield f"{'yes' if answer.allowed else 'no'}: {who}, {answer.use}: {answer.reason}"
    if answer.entry is not None:
        values = answer.entry.values
        at, until = values.get("at"), values.get("expires")
        row = {key: values.get(key) for key in ("action", "purpose", "channel")}
        parts = (
            at and at.isoformat()[:10],
            f"opted out of {values['campaign']}" if "campaign" in values else said(row),
            values.get("lawful_basis") and f"basis {values['lawful_basis']}",
            values.get("source") and f"source {values['source']}",
            values.get("text_version") and f"text {str(values['text_version']).split('@')[0]}",
            until and f"until {until}",
            values.get("by") and f"recorded by {values['by']}",
        )
        yield f"decided by: {joined(', ', parts)}"


def reached_at(workspace: Workspace, id: str, channel: str = "email") -> str:
    """The first address or number of a customer that may be used; empty where there is none."""
    key = LISTS.get(channel, "")
    items = workspace.record(id).items(key) if key else []
    return next((str(one.values["value"]) for one in items if is_usable(one)), "")


def reason_of(verdict: str, use: Use) -> str:
    """A word of VERDICTS as a reason; where there is no address, which one."""
    if verdict == "no_address":
        return _MISSING.get(use.channel, VERDICTS[verdict])
    return VERDICTS[verdict]


def _fault(record: Item, use: Use) -> str:
    """What is wrong with the e-mail address that there is; empty where there is nothing wrong."""
    listed = record.texts("emails") if use.channel == "email" else ()
    return next((fault[1] for one in listed if (fault := email_fault(one))), "")


def _refusing(workspace: Workspace, record: Item, use: Use) -> str:
    """Who else has an address of a customer, and refused there: `ana-novak (a@x.example too)`."""
    found = (
        f"{one} ({value} too)"
        for value, others in sharing(workspace, record, use.channel).items()
        for one, word in verdicts(workspace, use, others).items()
        if word in OBJECTIONS[:2]
    )
    return joined(", ", found)


def sharing(workspace: Workspace, record: Item, channel: str) -> dict[str, list[str]]:
    """The addresses or numbers of a customer that others have, too, with the others' ids."""
    key = LISTS.get(channel, "")
    listed = (str(one.values["value"]) for one in record.items(key) if is_usable(one))
    found = {
        value: [
            one
            for one in holders(workspace.database, key, value, workspace.business)
            if one != record.id
        ]
        for value in (listed if key else ())
    }
    return {value: others for value, others in found.items() if others}


def _carries(use: Use, verdict: str) -> bool:
    """Whether other grounds help: against an objection to marketing none do (GDPR, Art. 21(3))."""
    return use.purpose != "marketing" or verdict not in OBJECTIONS


def _is_reached(workspace: Workspace, id: str, use: Use) -> bool:
    """Whether there is an address or number to use, whatever somebody agreed to."""
    record = workspace.record(id)
    return use.channel not in standing(record, workspace.business).unreachable


def _suppressing(workspace: Workspace, id: str) -> Iterator[str]:
    """The suppression lists that a customer is on."""
    for name, segment in workspace.segments().items():
        if segment.get("kind") == SUPPRESSION:
            terms = [f"@{name}", f"id.is:{quoted(id)}"]
            if workspace.select(CUSTOMER, terms, cols=("id",)).rows:
                yield name


def _note(
    workspace: Workspace, id: str, use: Use, verdict: str, grounds: Grounds, what: str
) -> Edit:
    """The edit that notes that somebody is contacted on other grounds than their consent."""
    values = {
        "id": new_id(workspace, INTERACTION),
        "at": workspace.clock.now.replace(second=0, microsecond=0),
        "kind": "note",
        "summary": f"{what or 'contacted'}, {use}: {VERDICTS[verdict]}; "
        f"on the basis of {grounds.basis}: {grounds.reason}",
    }

    def update(document: Document) -> None:
        document.add(INTERACTION.key, values)

    return Edit(workspace.path_of(id), entered(update))
