"""`crm notify`."""

from __future__ import annotations

import sys
from typing import Annotated

from crm_cli.cli.options import Owner, Terms, Within
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option, Verbs

verbs = Verbs()


@verbs.add
def notify(
    session: Session,
    terms: Terms = None,
    owner: Owner = None,
    within: Within = None,
    kind: Annotated[str | None, Option("--kind", metavar="A,B", help="Only these kinds.")] = None,
    command: Annotated[
        str | None,
        Option("--command", metavar="CMD", help="Pass the digest to a command instead of mail."),
    ] = None,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Print what would be sent, send nothing.")
    ] = False,
    print_crontab: Annotated[
        bool, Option("--print-crontab", help="Print sample cron and systemd entries.")
    ] = False,
) -> None:
    """Send each user in crm.yaml a daily digest of what is due for them.

    Running it again sends nothing twice; users with nothing due get no mail. Mail is
    configured in ~/.config/crm/config.yaml.

    crm notify --dry-run
    crm notify --owner petra --within 3d
    crm notify --owner me --command 'notify-send {subject} {text}'
    """
    from crm_cli.features.due import notifying
    from crm_cli.model.text import visible

    workspace = session.workspace
    if print_crontab:
        session.give(notifying.crontab(workspace, sys.argv[0] or "crm"))
        return
    held = notifying.digests(workspace, session.terms(terms), owner=owner, within=within, kind=kind)
    if dry_run:
        for digest in held:
            to = visible(f"{digest.user} <{digest.email}>")
            session.write(f"To: {to}\nSubject: {visible(digest.subject)}\n\n{digest.text}\n")
        return
    failed = None
    for outcome in notifying.deliver(workspace, held, command=command):
        who = visible(outcome.digest.user)
        if outcome.error is not None:
            failed = outcome.error
            session.say(f"the digest of {who} was not sent: {visible(outcome.error.message)}")
        elif session.margin.width is not None:
            session.say(f"the digest of {who} {outcome.became}")
    if failed is not None:
        raise failed
