"""What a mail answers: a survey that somebody was invited to, or a mailing that they want no
more of."""

from __future__ import annotations

import re
from typing import Any

from crm_cli.features.survey_answers import answered, replies, task_of_low
from crm_cli.model.campaign_response import CAMPAIGN_RESPONSE, OPTED_OUT
from crm_cli.model.consent import CONSENT
from crm_cli.model.errors import CrmError
from crm_cli.model.feedback import FEEDBACK, INVITATION
from crm_cli.model.ids import derived_item_id
from crm_cli.model.item import Item
from crm_cli.model.mail import Mail
from crm_cli.model.places import SURVEYS
from crm_cli.model.task import TASK
from crm_cli.workspace import Workspace

_UNSUBSCRIBE = re.compile(r"unsubscribe(?:[ :]+([a-z0-9][a-z0-9._-]{0,79}))?\s*", re.IGNORECASE)

More = list[tuple[str, dict[str, Any]]]
"""Items that come to be, each with the key of its list."""


class Answers:
    """The surveys, and whom they were sent to."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._surveys = workspace.file(SURVEYS.path).records
        rows = (
            workspace.select(INVITATION, cols=("customer",), ordered=False).rows
            if self._surveys
            else []
        )
        self._invited = {str(id) for (id,) in rows}
        self._taken: set[tuple[str, str, str]] = set()

    def of(self, mail: Mail, customer: str, text: str, notes: list[str]) -> More:
        """What a mail of a customer's own makes beside the interaction; `text` is what they say in
        it."""
        unsubscribed = unsubscribes(mail, text)
        if unsubscribed is not None:
            return self._withdrawn(mail, unsubscribed, customer)
        if customer not in self._invited:
            return []
        said = replies(text)
        for invitation in reversed(self._workspace.record(customer).items(INVITATION.key)):
            name = str(invitation.values.get("survey") or "")
            survey = self._surveys.get(name)
            if survey is None or invitation.derived.get("answered"):
                continue
            key = (customer, name, str(invitation.values.get("wave")))
            questions = {one.values.get("id") for one in survey.items("questions")}
            given = [(id, value) for id, value in said if id in questions]
            if given and key not in self._taken:
                made = self._feedback(mail, name, invitation, given, notes)
                if made:
                    self._taken.add(key)
                return made
        return []

    def _feedback(
        self,
        mail: Mail,
        name: str,
        invitation: Item,
        given: list[tuple[str, str]],
        notes: list[str],
    ) -> More:
        try:
            values = answered(self._workspace, name, given)
        except CrmError as error:
            notes.append(f"the answers to {name} were not taken: {error.message}")
            return []
        made = {
            "id": derived_item_id("f", "", FEEDBACK.key, mail.message_id, 0),
            "at": mail.at.astimezone(self._workspace.business.time_zone).replace(second=0),
            **values,
            "source": "e-mail",
        }
        if invitation.values.get("wave") is not None:
            made["wave"] = invitation.values["wave"]
        task = task_of_low(self._workspace, made)
        if task is None:
            return [(FEEDBACK.key, made)]
        task["id"] = derived_item_id("t", "", TASK.key, mail.message_id, 0)
        return [(FEEDBACK.key, made), (TASK.key, task)]

    def _withdrawn(self, mail: Mail, campaign: str, customer: str) -> More:
        at = mail.at.astimezone(self._workspace.business.time_zone)
        entry = {
            "at": at,
            "purpose": "marketing",
            "channel": "email",
            "action": "withdrawn",
            "source": f"e-mail, campaign {campaign}" if campaign else "e-mail",
            "evidence": mail.message_id,
        }
        made: More = [(CONSENT.key, entry)]
        responses = self._workspace.record(customer).items(CAMPAIGN_RESPONSE.key)
        of = [one.values for one in responses if one.values.get("campaign") == campaign]
        if campaign and of and not any(one.get("status") == OPTED_OUT for one in of):
            said = {"campaign": campaign, "status": OPTED_OUT, "at": at, "channel": "email"}
            made.append((CAMPAIGN_RESPONSE.key, said))
        return made


def unsubscribes(mail: Mail, text: str) -> str | None:
    """The campaign that somebody wants no more mailings of, empty for any; None where the mail
    asks for something else. It is what the mailto: of RFC 2369 and 8058 sends: the subject
    `unsubscribe`, or that word alone as the text."""
    found = _UNSUBSCRIBE.fullmatch(mail.subject) or _UNSUBSCRIBE.fullmatch(text.strip())
    return (found[1] or "").lower() if found else None
