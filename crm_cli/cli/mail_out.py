"""`crm mail`: what goes out. One mail in the editor, drafts by template, the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.mail_preview import left_out, lengths, show
from crm_cli.cli.options import FORM, Basis, DryRun, Form, Reason, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.errors import UsageError

if TYPE_CHECKING:
    from crm_cli.features.mailing.addressing import Contact
    from crm_cli.features.mailing.drafting import Aim, Asked, Drafts
    from crm_cli.features.mailing.listing import Chosen

verbs = Verbs()

Attach = Annotated[
    str | None,
    Option(
        "--attach",
        metavar="NUMBER|WORD",
        help="A document as PDF: a number; or invoice, quote, order, statement, reminder.",
        offers=("invoice", "quote", "order", "credit_note", "statement", "reminder"),
    ),
]
For = Annotated[
    str | None,
    Option(
        "--for",
        metavar="PURPOSE/CHANNEL",
        help="What consent is asked for: service/email, marketing/email …",
    ),
]
To = Annotated[
    str | None,
    Option(
        "--to",
        metavar="WHO|ADDRESS",
        help="To this contact person of the organization, not the one who usually gets it.",
    ),
]


@verbs.add
def write(
    session: Session,
    who: Annotated[
        str | None, Argument(metavar="[WHO]", help="A customer; without one the outbox is listed.")
    ] = None,
    subject: Annotated[
        str | None, Option("--subject", metavar="TEXT", help="The subject.")
    ] = None,
    text: Annotated[
        str | None, Option("--text", metavar="TEXT", help="What it says, without the editor.")
    ] = None,
    attach: Attach = None,
    to: To = None,
    form: Form = FORM,
) -> None:
    """Write an e-mail to a customer in your editor; it is put into the outbox.

    Consent to service messages is asked for. An organization without an address is
    written to at its contact person's; --to names one.

    crm mail ana --subject "Your order"
    crm mail bistro-lipa --to maja-kos --attach 2026-0035
    crm mail write ana --attach 2026-0042
    """
    if who is None:
        if subject or attach or text or to:
            raise UsageError("to whom?", "crm mail ana --subject …")
        _list(session, (), form)
        return
    _one(session, session.who(who, writes=True), subject or "", text, attach, to)


def _one(
    session: Session,
    customer: str,
    subject: str,
    said: str | None,
    attach: str | None,
    to: str | None,
) -> None:
    from crm_cli.cli.mail_making import attached, document_of
    from crm_cli.cli.terminal import edit
    from crm_cli.features.mailing import drafting, writing
    from crm_cli.model.permission import Use

    workspace = session.workspace
    document = document_of(session, [customer], "", attach)
    aim = drafting.Aim(Use("service", "email"), personal=True, document=document)
    asked = _asked(session, customer, aim, to)
    bare = drafting.Content("", "")
    content = attached(session, customer, attach)[1] if attach else bare
    original = writing.sheet(workspace, customer, asked, subject)
    session.begun = True
    if said is None:
        try:
            text = edit(original, "mail.eml", session.environ, line=original.count("\n") + 1)
        except UsageError as error:
            raise UsageError(error.message, "set EDITOR, or pass --text TEXT") from error
    else:
        text = original + said
    if text == original or writing.is_empty(text):
        session.say("no text; nothing was written")
        return
    try:
        found = writing.taken(workspace, customer, asked, aim, content, text)
        carry_out(session, drafting.plan(found, "e-mail"))
    except BaseException:
        from crm_cli.features.unsaved import keep

        session.say(f"your text is kept in {keep(workspace, 'mail.eml', text)}")
        raise


def _asked(session: Session, customer: str, aim: Aim, to: str | None) -> Asked:
    """Who gets the mail of one customer. Raises Refused where nobody may."""
    from crm_cli.features.mailing.drafting import asked
    from crm_cli.model.errors import Refused

    found = asked(session.workspace, [customer], aim, _to(session, [customer], aim, to))
    if why := found.permission.refused.get(customer):
        check = f"crm consent check {customer} --for service/email"
        hint = f"crm show {customer} shows their people" if "--to" in why else check
        raise Refused(f"{customer} may not be written to: {why}", hint)
    return found


@verbs.add
def draft(
    session: Session,
    who: Annotated[
        list[str] | None,
        Argument(metavar="[WHO…|TERM…]", help="Customers, or query terms; - reads ids from stdin."),
    ] = None,
    template: Annotated[
        str | None,
        Option("--template", metavar="NAME", help="A template: crm template list --kind email."),
    ] = None,
    attach: Attach = None,
    to: To = None,
    campaign: Annotated[
        str | None,
        Option("--campaign", metavar="CAMPAIGN", help="The targets and the texts of a campaign."),
    ] = None,
    step: Annotated[
        int | None,
        Option("--step", metavar="N", help="The message of a campaign that has several.", min=1),
    ] = None,
    use: For = None,
    occasion: Annotated[
        str | None,
        Option("--occasion", metavar="TEXT", help="What it is about: nobody gets it twice for it."),
    ] = None,
    language: Annotated[
        str | None, Option("--language", metavar="TAG", help="Not in the customer's language: de.")
    ] = None,
    basis: Basis = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Draft an e-mail to each customer by a template, as files in outbox/ to review.

    What is about its business goes to an organization's contact person where it has no
    address of its own: invoices and reminders to the one for billing, else to the primary
    one, or the only one. --to names another.

    Who may not have it is left out, and who had it for the same occasion (the number of
    an invoice, a campaign, what --occasion says) or has it in the outbox. --dry-run
    shows who gets it and who not, and the first three. Nothing is sent.

    crm mail draft @regulars --template ethiopia-taste --dry-run
    crm mail draft ana-novak --template invoice-mail --attach invoice
    crm mail draft bistro-lipa --to maja-kos --template invoice-mail --attach 2026-0035
    crm mail draft --campaign ethiopia-2026 --yes
    """
    from crm_cli.features.mailing import drafting

    if (campaign is None) == (template is None):
        raise UsageError("--template, or --campaign?", "crm mail draft ana --template invoice-mail")
    if campaign is not None:
        if to is not None:
            raise UsageError("a campaign goes to its targets", "leave --to out")
        found, aim = _of_campaign(session, campaign, step or 1, who)
    else:
        aim = _aim(session, str(template), attach, use, occasion, basis, reason)
        found = _by_template(session, who, aim, attach, language or "", to)
    what = "e-mail" if aim.use.channel == "email" else "text message"
    if dry_run:
        show(session, found, what)
        return
    for why in [*left_out(found), *lengths(found)]:
        session.say(why)
    if not found.made and not found.lacking:
        session.say("nobody gets it; nothing changed")
        return
    carry_out(session, drafting.plan(found, what), yes=yes)


def _aim(
    session: Session,
    template: str,
    attach: str | None,
    use: str | None,
    occasion: str | None,
    basis: str | None,
    reason: str | None,
) -> Aim:
    from crm_cli.features.consent import read_grounds
    from crm_cli.features.documents.templates import find
    from crm_cli.features.mailing.drafting import Aim
    from crm_cli.model.permission import read_use

    workspace = session.workspace
    channel = "sms" if find(workspace, template, workspace.business.language).kind == "sms" else (
        "email"
    )
    served = attach is not None or template.startswith(("invoice", "quote", "order", "reminder"))
    meant = read_use(use or f"{'service' if served else 'marketing'}/{channel}")
    if meant.channel not in ("email", "sms"):
        raise UsageError(f"{meant} is no message that can be sent", "--for service/email")
    return Aim(meant, template, occasion or "", grounds=read_grounds(basis, reason))


def _by_template(
    session: Session,
    who: list[str] | None,
    aim: Aim,
    attach: str | None,
    language: str,
    to: str | None,
) -> Drafts:
    from crm_cli.cli.mail_making import document_of, of_template
    from crm_cli.features.mailing import drafting

    if not who:
        raise UsageError("to whom?", f"crm mail draft ana --template {aim.template}")
    ids = session.whos(who, writes=True)
    make = of_template(session, aim.template, aim.use.channel, attach, language)
    aim = aim._replace(document=document_of(session, ids, aim.template, attach))
    asked = drafting.asked(session.workspace, ids, aim, _to(session, ids, aim, to))
    return drafting.drafts(session.workspace, asked, aim, make)


def _to(session: Session, ids: Sequence[str], aim: Aim, to: str | None) -> Contact | None:
    """The contact person whom --to names. Raises UsageError."""
    from crm_cli.features.mailing.addressing import contact_named, goes_to_contacts

    if to is None:
        return None
    if not goes_to_contacts(aim.use):
        raise UsageError(
            f"--to is for what is about their business, and this is {aim.use.purpose}",
            "--for service/email, or write to the person, who has to agree",
        )
    if len(set(ids)) != 1:
        raise UsageError("--to is for one customer", "name one, or leave --to out")
    return contact_named(
        session.workspace, ids[0], to, aim.use.channel, lambda text: session.who(text, writes=True)
    )


def _of_campaign(
    session: Session, campaign: str, step: int, who: list[str] | None
) -> tuple[Drafts, Aim]:
    from crm_cli.cli.mail_making import of_campaign
    from crm_cli.features.campaigns import named
    from crm_cli.features.campaigns.recipients import channel_of
    from crm_cli.features.consent import Permission
    from crm_cli.features.mailing import drafting
    from crm_cli.model.errors import Refused
    from crm_cli.model.permission import Use

    found = named(session.workspace, campaign)
    status = found.record.get("status")
    if status != "active":
        raise Refused(f"{found.id} does not run: its status is {status}",
                      f"crm campaign start {found.id}")  # fmt: skip
    channel = channel_of(found)
    if channel not in ("email", "sms"):
        raise UsageError(f"{found.id} goes out by {channel or 'no channel'}, not by e-mail",
                         f"crm campaign targets {found.id}")  # fmt: skip
    ids, refused, make = of_campaign(session, found.id, step)
    if who:
        wanted = set(session.whos(who, writes=True))
        ids = [id for id in ids if id in wanted]
        refused = {id: why for id, why in refused.items() if id in wanted}
    aim = drafting.Aim(Use("marketing", channel), campaign=found.id, step=str(step))
    asked = drafting.Asked(Permission(ids, refused))
    return drafting.drafts(session.workspace, asked, aim, make), aim


@verbs.add
def list_(
    session: Session,
    words: Annotated[
        list[str] | None,
        Argument(metavar="[FILE…|TERM…]", help="Files of the outbox, or customers by query terms."),
    ] = None,
    form: Form = FORM,
) -> None:
    """List the outbox: drafts, and what a machine has claimed to send.

    crm mail list
    crm mail list city:Koper -o paths
    """
    _list(session, words or (), form)


def meant(session: Session, words: Sequence[str]) -> Chosen:
    """What words of `FILE…|TERM…` choose in the outbox."""
    from crm_cli.features.mailing.listing import Chosen, is_file
    from crm_cli.model.customer import CUSTOMER
    from crm_cli.query.who import named_and_terms

    files = [word for word in words if is_file(word)]
    rest = session.expand([word for word in words if word not in files])
    named, terms = named_and_terms(rest, session.workspace.scope(CUSTOMER))
    return Chosen(
        files,
        session.whos(named, writes=True) if named else None,
        session.whos(terms) if terms else None,
    )


def _list(session: Session, words: Sequence[str], form: Form) -> None:
    from crm_cli.features.mailing.listing import COLUMNS, listed
    from crm_cli.model.rows import Column, Rows

    found = listed(session.workspace, meant(session, words))
    rows = Rows(
        [Column(key, "e-mail" if key == "to" else "text") for key in COLUMNS],
        [tuple(getattr(one, key) or None for key in COLUMNS) for one in found],
        ids=[one.path for one in found],
        none="the outbox is empty",
        ranked=("customer", "subject", "state", "to", "template", "by", "path", "use"),
    )
    session.show(rows, session.form(form), header=not form.no_header)
