"""What `crm mail` puts into messages: the text of a template, and the documents that go along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crm_cli.cli.session import Session
from crm_cli.model.errors import NotFound, UsageError

if TYPE_CHECKING:
    from crm_cli.features.mailing.addressing import Addressee
    from crm_cli.features.mailing.drafting import Content, Make
    from crm_cli.model.item import Item
    from crm_cli.model.outgoing import Attached
    from crm_cli.model.paper import Paper

OF_PURCHASES = ("invoice", "quote", "order", "credit_note")
ATTACHABLE = (*OF_PURCHASES, "statement", "reminder")
"""The words of --attach: of each customer their latest that was not sent yet; others are the
number or the id of a purchase, or a file."""


def of_template(
    session: Session, template: str, channel: str, attach: str | None, language: str
) -> Make:
    """Makes messages by a template, with the document that `attach` names."""
    from crm_cli.features.mailing.texts import by_template, check_template, text_of

    workspace = session.workspace
    named = check_template(workspace, template, channel, language)
    alone = by_template(workspace, template, language)

    def make(to: Addressee) -> Content:
        if attach:
            paper, content = attached(session, to.customer, attach, file=channel == "email")
        elif named.startswith("reminder"):
            paper, content = attached(session, to.customer, "reminder", file=False)
        else:
            return alone(to)
        return text_of(workspace, to, paper, template, language, content)

    return make


def document_of(session: Session, ids: Sequence[str], template: str, attach: str | None) -> str:
    """The kind of the document that messages bring, or are about; empty where they have none."""
    from crm_cli.features.documents.templates import find

    workspace = session.workspace
    word = (attach or "").strip().lower().replace("-", "_")
    if word in ATTACHABLE:
        return word
    purchases = (one for id in ids for one in workspace.record(id).items("purchases"))
    for one in purchases if attach else ():
        if attach in (one.id, one.values.get("number")):
            return str(one.get("kind"))
    return find(workspace, template, workspace.business.language).about if template else ""


def attached(
    session: Session, customer: str, attach: str, *, file: bool = True
) -> tuple[Paper, Content]:
    """The paper that a word of --attach means of a customer, and a message without text that has
    it attached, as a PDF; without `file` it is only about it. Raises NotFound, UsageError."""
    from crm_cli.features.documents.gathering import of_account, of_purchase
    from crm_cli.features.mailing.drafting import Content
    from crm_cli.model.sent_document import digest_of

    workspace = session.workspace
    word = attach.strip().lower().replace("-", "_")
    day = workspace.clock.today.isoformat()
    if word == "statement":
        paper = of_account(workspace, customer)
        return paper, Content("", "", _files(session, paper, file=file), f"statement {day}")
    if word == "reminder":
        return _reminder(session, customer, file=file)
    purchase = _purchase(session, customer, attach, word)
    paper = of_purchase(workspace, purchase)
    number = str(purchase.values.get("number") or purchase.id)
    content = Content("", "", _files(session, paper, file=file), f"{paper.kind} {number}")
    if not file:
        return paper, content
    digest = digest_of(purchase, workspace.business)
    return paper, content._replace(purchase=purchase.id, document=paper.kind, digest=digest)


def _reminder(session: Session, customer: str, *, file: bool) -> tuple[Paper, Content]:
    """The payment reminder that is next for a customer; nobody gets one of a level twice."""
    from crm_cli.features.documents.gathering import late_of, of_late
    from crm_cli.features.dunning import is_dunned
    from crm_cli.features.mailing.drafting import Content

    workspace = session.workspace
    late = list(filter(is_dunned(workspace), late_of(workspace, customer)))
    if not late:
        raise NotFound("no payment reminder is due", "crm dun lists those that are")
    paper, template = of_late(workspace, late)
    ids = ",".join(sorted(one.id for one in late))
    return paper, Content(
        "", "", _files(session, paper, template, file=file), f"reminder {paper.level} {ids}",
        ids, "reminder", str(paper.level),
    )  # fmt: skip


def _purchase(session: Session, customer: str, attach: str, word: str) -> Item:
    """The purchase of a customer that is meant: by number or id, or the latest of a kind that was
    not sent yet."""
    from crm_cli.model.sent_document import last_sent

    purchases = session.workspace.record(customer).items("purchases")
    if word in OF_PURCHASES:
        found = [
            one
            for one in purchases
            if one.get("kind") == word and one.get("status") == "posted" and not last_sent(one)
        ]
        if not found:
            noun = word.replace("_", " ")
            raise NotFound(f"no {noun} that was not sent yet", f"crm {word} list {customer}")
        return max(found, key=lambda one: (str(one.values.get("date") or ""), one.id))
    for one in purchases:
        if attach in (one.id, one.values.get("number")):
            return one
    known = ", ".join(ATTACHABLE)
    raise UsageError(f"{customer} has no purchase {attach}", f"--attach takes a number, or {known}")


def _files(
    session: Session, paper: Paper, template: str = "", *, file: bool
) -> tuple[Attached, ...]:
    if not file:
        return ()
    from crm_cli.features.documents.rendering import Asked, file_name, render
    from crm_cli.model.file_names import FileNames
    from crm_cli.model.outgoing import Attached

    made = render(session.workspace, paper, Asked(format="pdf", template=template))
    name = file_name(FileNames(), paper, made.suffix)
    return (Attached(name, "application/pdf", made.data),)


def of_campaign(
    session: Session, campaign: str, step: int
) -> tuple[list[str], dict[str, str], Make]:
    """Who gets a campaign's message at a step, why others do not, and what makes the texts."""
    from crm_cli.features.campaigns.recipients import targets, texts_of
    from crm_cli.features.mailing.drafting import Content

    workspace = session.workspace
    found = targets(workspace, campaign, step=step, unsent=True)
    refused = {one.customer: one.reason or one.status.replace("_", " ") for one in found.others}
    texts = texts_of(workspace, campaign, found.to_reach, step)
    made = {one.customer: (one, filled) for one, filled in texts}

    def make(to: Addressee) -> Content:
        recipient, filled = made[to.customer]
        if filled is None:
            raise UsageError(
                f"the variant {recipient.variant} has no template"
                if recipient.variant
                else "the campaign has no template",
                f"crm campaign set {campaign} variants+=a:100%:TEMPLATE",
            )
        return Content(filled.subject, filled.body, variant=recipient.variant or "")

    return list(made), refused, make
