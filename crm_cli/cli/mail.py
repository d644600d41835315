"""`crm mail`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli import mail_out, mail_send
from crm_cli.cli.options import FORM, DryRun, Form, Limit
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out, show_diffs

if TYPE_CHECKING:
    from crm_cli.features.mail.fetching import Fetched
    from crm_cli.features.mail.waiting import Unknown
    from crm_cli.model.errors import CrmError

verbs = Verbs(mail_out.verbs | mail_send.verbs)


@verbs.add
def fetch(
    session: Session,
    sources: Annotated[
        list[str] | None,
        Argument(
            metavar="[SOURCE…]",
            help="Mailboxes of your configuration; a Maildir, mbox, folder or file; - is stdin.",
        ),
    ] = None,
    since: Annotated[
        str | None, Option("--since", metavar="DATE", help="Only mails since this date.")
    ] = None,
    again: Annotated[
        bool, Option("--again", help="From the beginning, not from where the last run ended.")
    ] = False,
    verbose: Annotated[
        bool, Option("--verbose", help="Name each mail in which something was doubtful.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Fetch mail, and note what customers wrote and were written to, each mail once.

    Nothing is changed in the mailbox. What lists, programs and automatic answers send is
    no contact; what unknown senders write waits in crm mail unknown. Mailboxes are
    configured in ~/.config/crm/config.yaml; nothing new prints nothing.

    crm mail fetch
    crm mail fetch office --since 2026-01-01 --dry-run
    crm mail fetch ~/Mail/archive.mbox
    """
    from crm_cli.features.mail.fetching import fetch as fetched
    from crm_cli.model.errors import CrmError

    session.begun = "-" in (sources or ())
    workspace = session.workspace
    day = workspace.period(since, option="--since").start
    failures: list[tuple[str, CrmError]] = []
    try:
        with session.progress("Reading mail", 0) as progress:
            for found in fetched(
                workspace, sources or (), since=day, dry_run=dry_run, again=again,
                each=progress.reach,
            ):  # fmt: skip
                _report(session, found, verbose=verbose, dry_run=dry_run)
                if found.error is not None:
                    failures.append((found.mailbox, found.error))
    except CrmError as error:
        failures.append(("", error))
    _fail(session, failures)


def _fail(session: Session, failures: Sequence[tuple[str, CrmError]]) -> None:
    """Tell of each mailbox that could not be read, and end with the gravest."""
    from crm_cli.model.errors import Problem, worst

    if not failures:
        return
    code = worst(error.exit_code for _, error in failures)
    name, gravest = next(one for one in failures if one[1].exit_code == code)
    others = [one for one in failures if one[1] is not gravest]
    session.report(
        Problem(other or "mail", 0, 0, "mailbox-not-read", error.message, error.hint)
        for other, error in others
    )
    if not name:
        raise gravest
    raise type(gravest)(f"{name}: {gravest.message}", gravest.hint, gravest.problems) from gravest


def _report(session: Session, found: Fetched, *, verbose: bool, dry_run: bool) -> None:
    """Say what became of a mailbox; nothing where there was nothing new."""
    from crm_cli.features.mail.fetching import BOUNCED, NOTED, UNREAD, WAITING, summary
    from crm_cli.features.plan import counted

    if verbose:
        for note in found.notes:
            session.say(note)
    if dry_run:
        for written in found.written:
            show_diffs(session, written)
    news = any(found.counts[fate] for fate in (NOTED, BOUNCED, UNREAD, WAITING))
    if news or (found.counts and session.margin.width is not None):
        name = f"{found.mailbox}: " if found.mailbox else ""
        session.tell(f"{name}{summary(found)}")
    if found.counts[WAITING] and not dry_run:
        session.say("crm mail unknown lists the unknown senders")
    if dry_run:
        session.say("nothing was written")
    elif found.notes and not verbose:
        remarks = counted(len(found.notes), "remark")
        session.say(f"{remarks}; --verbose shows {'it' if len(found.notes) == 1 else 'them'}")
    session.report(found.problems)


@verbs.add
def unknown(
    session: Session,
    addresses: Annotated[
        list[str] | None,
        Argument(metavar="[ADDRESS…]", help="With an option: which senders it is about."),
    ] = None,
    add: Annotated[bool, Option("--add", help="Add them as customers.")] = False,
    link: Annotated[
        str | None, Option("--link", metavar="WHO", help="They are addresses of this customer.")
    ] = None,
    ignore: Annotated[
        bool, Option("--ignore", help="They are no customers; kept in crm.yaml: mail.ignore.")
    ] = False,
    all: Annotated[bool, Option("--all", help="Those, too, to whom only we wrote.")] = False,
    form: Form = FORM,
    dry_run: DryRun = False,
) -> None:
    """List senders whom no customer's record knows, or say who they are.

    Their mails wait on this machine, and are noted once the address is a customer's.

    crm mail unknown
    crm mail unknown --add eva@hren.example
    crm mail unknown --link ana ana.private@mail.example
    crm mail unknown --ignore news@shop.example
    """
    from crm_cli.features.mail.waiting import named
    from crm_cli.features.mail.waiting import unknown as strangers
    from crm_cli.model.errors import UsageError

    if add + (link is not None) + ignore > 1:
        raise UsageError("--add, --link and --ignore exclude each other", "give one of them")
    if not (add or ignore or link is not None):
        if addresses:
            raise UsageError("what about them?", "--add, --link WHO or --ignore")
        _list(session, strangers(session.workspace, everyone=all), form)
        return
    if not addresses:
        raise UsageError("which senders?", "crm mail unknown lists them")
    if ignore:
        _ignore(session, addresses, dry_run=dry_run)
        return
    found = named(session.workspace, addresses)
    if add:
        _add(session, found, dry_run=dry_run)
    elif link is not None:
        _link(session, link, found, dry_run=dry_run)
    if not dry_run:
        _take_up(session)


def _list(session: Session, found: Sequence[Unknown], form: Form) -> None:
    from crm_cli.model.rows import Column, Rows

    columns = (
        Column("address"), Column("name"), Column("received", "integer"),
        Column("sent", "integer"), Column("last", "datetime"), Column("subject"),
    )  # fmt: skip
    zone = session.workspace.business.time_zone
    rows = [
        (one.address, one.name or None, one.received, one.sent, one.last.astimezone(zone),
         one.subject or None)
        for one in found
    ]  # fmt: skip
    listed = Rows(
        columns, rows, ids=[one.address for one in found], none="no mail of unknown senders waits",
        ranked=("address", "last", "subject", "name", "received", "sent"),
    )  # fmt: skip
    session.show(listed, session.form(form), header=not form.no_header)


def _add(session: Session, found: Sequence[Unknown], *, dry_run: bool) -> None:
    from crm_cli.features.adding import add as plan

    for one in found:
        name = one.name or one.address.partition("@")[0].replace(".", " ").title()
        made = plan(session.workspace, name, emails=[one.address], values=[("source", "email")])
        carry_out(session, made, dry_run=dry_run)


def _link(session: Session, who: str, found: Sequence[Unknown], *, dry_run: bool) -> None:
    from crm_cli.features.setting import set_fields

    customer = session.who(who, writes=True)
    assignments = [("emails", "+=", one.address) for one in found]
    made = set_fields(session.workspace, [customer], assignments, strict=True)
    carry_out(session, made, dry_run=dry_run)


def _ignore(session: Session, addresses: Sequence[str], *, dry_run: bool) -> None:
    from crm_cli.features.configuring import change
    from crm_cli.features.mail.waiting import drop, ignored
    from crm_cli.features.plan import counted

    listed = ignored(session.workspace, addresses)
    plan = change(session.workspace, [("mail.ignore", "=", ", ".join(listed))])
    carry_out(session, plan, dry_run=dry_run)
    if not dry_run and (count := drop(session.workspace, listed)):
        session.say(f"dropped {counted(count, 'waiting mail')}")


def _take_up(session: Session) -> None:
    from crm_cli.features.mail.fetching import take_up

    found = take_up(session.workspace)
    if found is not None:
        _report(session, found, verbose=True, dry_run=False)


@verbs.add
def address(
    session: Session,
    text: Annotated[list[str], Argument(metavar="TEXT…", help="Beginnings of words.")],
    program: Annotated[
        str | None,
        Option("--for", metavar="PROGRAM", help="In the form that neomutt or aerc reads."),
    ] = None,
    limit: Limit = None,
    form: Form = FORM,
) -> None:
    """Find e-mail addresses by parts of names and addresses, latest contacts first.

    neomutt: set query_command = "crm mail address --for neomutt '%s'"
    aerc: address-book-cmd = crm mail address --for aerc '%s'

    crm mail address nov
    """
    from crm_cli.features.mail.addresses import MOST, PROGRAMS, addresses, lines
    from crm_cli.model.errors import UsageError
    from crm_cli.model.rows import Column, Rows

    if program is not None and program not in PROGRAMS:
        raise UsageError(f"--for {program} is none", f"one of {', '.join(PROGRAMS)}")
    found = addresses(session.workspace, " ".join(text), most=MOST if limit is None else limit)
    if program is not None:
        session.give(lines(found, program))
        return
    columns = (Column("address"), Column("name"), Column("customer"), Column("last_contact"))
    rows = Rows(columns, [tuple(one) for one in found], ids=[one.customer for one in found],
                none="no address matches")  # fmt: skip
    session.show(rows, session.form(form), header=not form.no_header)
