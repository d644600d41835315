"""`crm mail send`: what is in the outbox leaves, each message once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.mail_out import meant
from crm_cli.cli.mail_preview import show_samples
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.model.errors import ConflictError, UsageError

if TYPE_CHECKING:
    from crm_cli.features.mailing.claiming import Exchange
    from crm_cli.features.mailing.outbox import Held
    from crm_cli.features.mailing.sending import Outcome, Ways
    from crm_cli.workspace import Workspace

verbs = Verbs()


@verbs.add
def send(
    session: Session,
    words: Annotated[
        list[str] | None,
        Argument(metavar="[FILE…|TERM…]", help="Files of the outbox, or customers by query terms."),
    ] = None,
    template: Annotated[
        str | None,
        Option("--template", metavar="NAME", help="Those of a template, or of a campaign."),
    ] = None,
    mine: Annotated[bool, Option("--mine", help="Those that you drafted.")] = False,
    all: Annotated[bool, Option("--all", help="All that is in the outbox.")] = False,
    was_sent: Annotated[
        bool, Option("--was-sent", help="Of doubtful FILEs: they did arrive; note them as sent.")
    ] = False,
    again: Annotated[
        bool, Option("--again", help="Of doubtful FILEs: they did not arrive; send them anew.")
    ] = False,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Show what would be sent; send and write nothing.")
    ] = False,
) -> None:
    """Send what is in the outbox, each message once, and note it with its customer.

    Consent is asked again. A message is claimed before it is sent, so that nobody else
    sends it: where there is a remote that is pushed first, else the machine mail.sender
    sends. One that a run was just handing over when it was killed is doubtful, and is
    told; nothing sends it again but --again. The server is in ~/.config/crm/config.yaml.

    crm mail send --mine --dry-run
    crm mail send outbox/maja-kos.3f9a2c81d07e.eml
    crm mail send --template ethiopia-taste
    crm mail send --all
    """
    if was_sent and again:
        raise UsageError("--was-sent and --again exclude each other", "did it arrive, or not?")
    if not (words or template or mine or all):
        raise UsageError("which ones?", "--mine, --all, --template NAME, files, or customers")
    if (was_sent or again) and not words:
        raise UsageError("which ones?", "crm mail list shows those that are claimed")
    selection = _Selection(session, words or (), template or "", mine=mine)
    if dry_run:
        _preview(session, selection)
    elif was_sent or again:
        _resolve(session, selection, sent=was_sent)
    else:
        _send(session, selection)


class _Selection:
    """The messages of the outbox that a command line means."""

    def __init__(
        self, session: Session, words: Sequence[str], template: str, *, mine: bool
    ) -> None:
        self._workspace = session.workspace
        self._chosen = meant(session, words)
        self.files = self._chosen.files
        self.is_named = bool(words or template)
        self._template = template
        self._by = self._workspace.me("me") if mine else None

    def __call__(self) -> list[Held]:
        from crm_cli.features.mailing.listing import selected

        return list(selected(self._workspace, self._chosen,
                             template=self._template, by=self._by))  # fmt: skip


def _send(session: Session, selection: _Selection) -> None:
    # What is named may have gone since, sent by another one.
    send_held(session, selection, files=bool(selection.files), named=selection.is_named)


def send_held(
    session: Session, select: Callable[[], list[Held]], *, files: bool = False, named: bool = False
) -> None:
    """Send the messages of the outbox that `select` chooses, and report what became of them."""
    from crm_cli.features.mailing.claiming import check_sender
    from crm_cli.features.mailing.sending import send as sent

    workspace = session.workspace
    workspace.require_settings()
    exchange = exchange_of(session)
    check_sender(workspace, shared=exchange is not None)
    channels = {one.letter.channel for one in select() if one.letter is not None}
    ways, close = _ways(session, exchange, channels)
    outcomes: list[Outcome] = []
    try:
        with session.progress("Sending", 0) as progress:
            for outcome in sent(workspace, select, files, ways):
                outcomes.append(outcome)
                progress.reach(len(outcomes))
    finally:
        close()
        _report(session, outcomes, named=named)


def _ways(
    session: Session, exchange: Exchange | None, channels: Collection[str]
) -> tuple[Ways, Callable[[], None]]:
    """How messages leave on these channels; and what lets go of the server in the end."""
    import time

    from crm_cli.features.mailing.internal import command_of
    from crm_cli.features.mailing.sending import Ways
    from crm_cli.formats.mail.writing import on_the_wire
    from crm_cli.model.outgoing import Outgoing
    from crm_cli.model.phones import number_of
    from crm_cli.store.commands import FOLDER
    from crm_cli.store.discovery import read_config, user_config
    from crm_cli.store.mailboxes.settings import mail_settings
    from crm_cli.store.mailboxes.sources import kept_sent
    from crm_cli.store.routes import Texting, Unreached, route_of, run_command
    from crm_cli.store.userconfig import secret

    workspace = session.workspace
    settings = mail_settings(workspace.environ)
    where = user_config(workspace.environ)
    command = read_config(workspace.environ).get("sms_command")
    texting = Texting(str(command)) if command else None
    route = None
    unsaid = texting is None and set(channels) != {"command"}
    if unsaid or "smtp" in settings or "sendmail" in settings:
        route = route_of(settings, workspace.root)

    def hand_over(letter: Outgoing, data: bytes) -> None:
        if letter.channel == "command":
            words = command_of(workspace, letter)
            surroundings = {**workspace.environ, "CRM_DIR": str(workspace.root)}
            run_command(words, letter.text.encode(), workspace.root / FOLDER, surroundings)
        elif letter.channel == "sms":
            if texting is None:
                raise Unreached("text messages cannot be sent: there is no sms_command",
                                f"write sms_command: … into {where}")  # fmt: skip
            texting.send(number_of(letter.to.address, workspace.business.country), letter.text)
        elif route is None:
            raise Unreached("mail cannot be sent: it is not configured",
                            f"write mail: {{smtp: …}} into {where}")  # fmt: skip
        else:
            to = [on_the_wire(one.address) for one in (letter.to, *letter.cc)]
            route.send(on_the_wire(letter.sender.address), to, data)

    def key() -> bytes:
        found = settings.get("unsubscribe_key")
        ways = found if isinstance(found, dict) else {}
        return secret(ways, "mail.unsubscribe", workspace.root).encode()

    kept = kept_sent(workspace.root, workspace.environ)
    ways = Ways(hand_over, partial(_campaigned, workspace), exchange,
                 time.sleep, unsubscribe_key=key, met=session.report)  # fmt: skip
    if kept is not None:
        mailbox, folder = kept
        ways = ways._replace(copy=lambda data, at: mailbox.keep(folder, data, at))
    return ways, route.close if route is not None else lambda: None


def exchange_of(session: Session) -> Exchange | None:
    """What exchanges changes with the remote; None where there is no repository, or no remote.

    Raises Refused where the directory is not trusted.
    """
    from crm_cli.features.renaming import rename
    from crm_cli.features.syncing import sync
    from crm_cli.store.repository import find_repository
    from crm_cli.store.sync import remote_of

    workspace = session.workspace
    if find_repository(workspace.root) is None or remote_of(workspace.git) is None:
        return None

    def exchange() -> None:
        done = sync(workspace, rename)
        workspace.changed()
        if done.conflicts:
            raise ConflictError(
                f"both sides changed the same fields of {', '.join(done.conflicts[:3])}; "
                "no more is sent",
                "run crm resolve, then crm mail send again",
            )

    return exchange


def _campaigned(workspace: Workspace, campaign: str, step: int, channel: str) -> dict[str, str]:
    from crm_cli.features.campaigns import named
    from crm_cli.features.campaigns.recipients import channel_of, targets
    from crm_cli.model.errors import Refused

    found = named(workspace, campaign)
    if channel_of(found) != channel:
        raise Refused(f"{campaign} goes out by {channel_of(found) or 'no channel'} now")
    status = found.record.get("status")
    if status != "active":
        raise Refused(f"{campaign} does not run: its status is {status}")
    whom = targets(workspace, campaign, step=step, unsent=True)
    reasons = {one.customer: one.reason or one.status for one in whom.others}
    return reasons | dict.fromkeys((one.customer for one in whom.to_reach), "")


def _report(session: Session, outcomes: Sequence[Outcome], *, named: bool = True) -> None:
    """Say of each message that was not sent why not, and how many were; to cron, which sends what
    there is, nothing where all wait: for an hour or a limit, or were rejected before."""
    from crm_cli.features.mailing.checking import REMOVE
    from crm_cli.features.mailing.sending import DONE, DOUBTFUL, LEFT, PUT_OFF, REFUSED
    from crm_cli.model.text import visible

    told = named or session.margin.width is not None
    if not told and all(one.became == LEFT and one.waits for one in outcomes):
        return
    for one in outcomes:
        if one.became != DONE:
            why = f": {one.why}" if one.why else ""
            why += f" (rm {one.path})" if why.endswith(REMOVE) else ""
            session.say(visible(f"{one.path}: {one.became}{why}"))
    counts = Counter(one.became for one in outcomes)
    if counts[DOUBTFUL]:
        session.say("crm mail send FILE --was-sent or --again, once you know if it arrived")
    if counts[DOUBTFUL] or counts[REFUSED]:
        session.negative = True
    parts = [f"{counts[word]:,} {word}" for word in (DONE, PUT_OFF, REFUSED, DOUBTFUL, LEFT)
            if counts[word]]  # fmt: skip
    if parts:
        session.tell(", ".join(parts))
    elif session.margin.width is not None:
        session.say("nothing to send")


def _resolve(session: Session, selection: _Selection, *, sent: bool) -> None:
    from crm_cli.features.mailing.sending import resolve

    exchange = exchange_of(session)
    _report(session, resolve(session.workspace, selection(), sent=sent, exchange=exchange))


def _preview(session: Session, selection: _Selection) -> None:
    """Who would get a message now and who not, why, and the first three as they would be sent."""
    from crm_cli.features.mailing.addressing import contact_at, whom
    from crm_cli.features.mailing.checking import refusals
    from crm_cli.features.plan import counted
    from crm_cli.formats.mail.drafts import mailbox
    from crm_cli.model.text import visible

    workspace = session.workspace
    chosen = [one for one in selection() if not one.claimant]
    refused = refusals(workspace, chosen, partial(_campaigned, workspace))
    going = [one.letter for one in chosen if one.path not in refused and one.letter is not None]
    for letter in going:
        told = whom(letter.customer, contact_at(workspace, letter))
        session.write(visible(f"to {told}: {mailbox(letter.to)}") + "\n")
    for one in chosen:
        if one.path in refused:
            who = one.letter.customer if one.letter is not None else one.path
            session.write(visible(f"not to {who}: {refused[one.path]}") + "\n")
    show_samples(session, going)
    session.say(f"{counted(len(going), 'message')}; nothing was sent")
