"""The texts of messages: those that templates make, for a customer or of a paper."""

from __future__ import annotations

from crm_cli.features.documents.gathering import trial
from crm_cli.features.documents.rendering import Asked, render
from crm_cli.features.documents.templates import find
from crm_cli.features.mailing.addressing import Addressee
from crm_cli.features.mailing.drafting import Content, Make
from crm_cli.model.errors import UsageError
from crm_cli.model.paper import Paper
from crm_cli.workspace import Workspace

EMPTY = Content("", "")


def check_template(workspace: Workspace, template: str, channel: str, language: str = "") -> str:
    """The name of the template that a word means, for messages on a channel.

    Raises NotFound, DataError; UsageError for one that is for another channel.
    """
    named = find(workspace, template, language or workspace.business.language)
    if named.kind != channel:
        raise UsageError(
            f"the template {template} is of the kind {named.kind}, not {channel}",
            f"crm template list --kind {channel} lists those that are",
        )
    return named.name


def by_template(workspace: Workspace, template: str, language: str = "") -> Make:
    """Makes messages by a template, for the customer alone."""

    def make(to: Addressee) -> Content:
        paper = trial(workspace, to.customer, template, language, None)
        return text_of(workspace, to, paper, template, language)

    return make


def text_of(
    workspace: Workspace,
    to: Addressee,
    paper: Paper,
    template: str,
    language: str,
    content: Content = EMPTY,
) -> Content:
    """A message with the subject and the text that a template makes of a paper, to who gets it."""
    made = render(workspace, _greeting(paper, to), Asked(template=template, language=language))
    head = f"{made.subject}\n\n" if made.subject else ""
    return content._replace(subject=made.subject, text=made.text.removeprefix(head))


def _greeting(paper: Paper, to: Addressee) -> Paper:
    """A paper that addresses the contact who gets it; of the customer's own it is as it was."""
    one = to.contact
    if one is None:
        return paper
    buyer = paper.buyer._replace(
        given_name=one.given_name,
        family_name=one.family_name,
        called=one.given_name or one.name,
    )
    return paper._replace(buyer=buyer)
