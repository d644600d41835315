"""What mails become in the records: interactions, and what follows from what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from crm_cli.features.entering import entered
from crm_cli.features.mail.answers import Answers
from crm_cli.features.mail.joining import Joined, Joining
from crm_cli.features.mail.reports import Report
from crm_cli.model.business import Business
from crm_cli.model.case_moves import to_reopened
from crm_cli.model.ids import derived_item_id
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.mail import Mail
from crm_cli.model.mail_text import beginning, spoken
from crm_cli.model.response_times import INBOUND, PAUSED
from crm_cli.store.document import Document
from crm_cli.workspace import Edit, Workspace

_BODY = 60_000
"""So many characters of a body are kept, where bodies are."""

Values = dict[str, Any]


class Entry(NamedTuple):
    """A mail for one customer: the interaction, and items of other lists that come with it."""

    mail: Mail
    customer: str
    values: Values
    more: tuple[tuple[str, Values], ...] = ()


class Entries:
    """Entries that are to be written together."""

    def __init__(self, workspace: Workspace, joining: Joining) -> None:
        self._workspace = workspace
        self._joining = joining
        self._answers = Answers(workspace)
        self.made: list[Entry] = []

    def of(self, mail: Mail, found: Joined) -> tuple[Entry, list[str]]:
        """The entry that a mail makes, and what is to be told of it."""
        notes = list(found.notes)
        text = spoken(mail.text, self._joining.before(mail))
        more: list[tuple[str, Values]] = []
        if found.direction == INBOUND:
            more = self._answers.of(mail, found.sender, text, notes)
        if more:
            # What they want is theirs alone, whichever case of others they name.
            found = found.at_home
        values = self._values(mail, found, beginning(text))
        values["owner"] = self._owner(mail)
        values["participants"] = list(found.others)
        values["attachments"] = list(mail.attachments)
        if mail.automatic:
            values["outcome"] = "no_answer"
        elif self._joining.bodies and mail.text.strip() != text:
            values["notes"] = mail.text[:_BODY].strip()
        entry = Entry(mail, found.customer, _said(values), tuple(more))
        self.made.append(entry)
        self._joining.remember(mail, found)
        return entry, notes

    def of_report(self, one: Report, *, proven: bool) -> Entry:
        """The entry of a report that mail to a customer's address came back: one that is not proven
        is a note, which counts for nothing."""
        bounce = one.bounce
        said = f"{bounce.status} {bounce.address}" + (f": {bounce.said}" if bounce.said else "")
        counts = {"outcome": "bounced"} if proven else {"kind": "note"}
        values = self._values(one.mail, one.found, said) | counts
        entry = Entry(one.mail, one.found.customer, _said(values))
        self.made.append(entry)
        self._joining.remember(one.mail, one.found)
        return entry

    def _values(self, mail: Mail, found: Joined, summary: str) -> Values:
        zone = self._workspace.business.time_zone
        return {
            "id": self._id(mail.message_id),
            "at": mail.at.astimezone(zone).replace(second=0, microsecond=0),
            "kind": "email",
            "direction": found.direction,
            "subject": mail.subject,
            "summary": summary,
            "deal": found.deal,
            "case": found.case,
            "message_id": mail.message_id,
            "thread": found.thread,
        }

    def _id(self, message_id: str) -> str:
        """The same in every clone, so that a mail which two fetched is one when they meet."""
        taken, ordinal = self._joining.taken, 0
        while (
            id := derived_item_id("i", "", INTERACTION.key, message_id, ordinal)
        ) in taken:
            ordinal += 1
        taken.add(id)
        return id

    def _owner(self, mail: Mail) -> str:
        """The user whose own address wrote it or got it."""
        ours = {email.lower(): user for user, email in self._workspace.business.users.items()}
        named = (ours.get(one.address) for one in (mail.sender, *mail.recipients))
        return next((user for user in named if user), "")

    def steps(self) -> dict[str, Edit]:
        """By customer, an edit of their file. What is there by then is not added again."""
        by_customer: dict[str, list[Entry]] = {}
        for one in self.made:
            by_customer.setdefault(one.customer, []).append(one)
        business = self._workspace.business
        return {
            id: Edit(self._workspace.path_of(id), entered(_adding(held, business), force=True))
            for id, held in by_customer.items()
        }


def _said(values: Values) -> Values:
    return {key: value for key, value in values.items() if value not in (None, "", [])}


def _adding(entries: Sequence[Entry], business: Business) -> Callable[[Document], None]:
    def update(document: Document) -> None:
        here = document.record.items(INTERACTION.key)
        known = {one.values.get("message_id") for one in here}
        new = [one for one in entries if one.values["message_id"] not in known]
        if new:
            document.extend(INTERACTION.key, [one.values for one in new])
        more: dict[str, list[Values]] = {}
        for one in new:
            for key, values in one.more:
                more.setdefault(key, []).append(values)
        for key, held in more.items():
            for values in held:
                document.add(key, values)
        for one in new:
            _goes_on(document, one.values, business)

    return update


def _goes_on(document: Document, values: Values, business: Business) -> None:
    """A case that waits for its customer goes on when they write."""
    if "case" not in values or values.get("direction") != INBOUND:
        return
    case = document.find(values["case"])
    if case.get("status") == PAUSED:
        document.set(case.id, "status", to_reopened(case, business, ""))
