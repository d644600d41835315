"""`crm log`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from crm_cli.cli.options import Desk, DryRun, MaybeWhoOrTerm, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.stdin import readable, text_of_stdin
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.errors import Declined, UsageError
from crm_cli.model.interaction import INTERACTION
from crm_cli.render.screen import is_terminal

verbs = Verbs()

_BELOW = "# ---- everything below this line is ignored ----"


@verbs.add
def log(
    session: Session,
    who: MaybeWhoOrTerm = None,
    text: Annotated[
        list[str] | None,
        Argument(metavar="[TEXT… KEY=VALUE…]", help="The text; then more fields."),
    ] = None,
    kind: Annotated[
        str | None,
        Option("--kind", metavar="KIND", help="note, call, meeting, email, visit …"),
    ] = None,
    inbound: Annotated[bool, Option("--in", help="Inbound: they contacted us.")] = False,
    outbound: Annotated[bool, Option("--out", help="Outbound: we contacted them.")] = False,
    at: Annotated[
        str | None,
        Option("--at", metavar="WHEN", help="When; default now: yesterday 14:30, 2026-11-03."),
    ] = None,
    planned: Annotated[bool, Option("--planned", help="It is still to come.")] = False,
    outcome: Annotated[
        str | None,
        Option("--outcome", metavar="OUTCOME", help="reached, no_answer, voicemail …"),
    ] = None,
    duration: Annotated[
        str | None, Option("--duration", metavar="TIME", help="How long: 15min, 1h30min.")
    ] = None,
    subject: Annotated[
        str | None, Option("--subject", metavar="TEXT", help="What it was about.")
    ] = None,
    follow_up: Annotated[
        str | None,
        Option("--follow-up", metavar="DATE", help="Add a follow-up task due that day."),
    ] = None,
    with_: Annotated[
        str | None,
        Option("--with", metavar="A,B", help="Who else took part: customers, or just names."),
    ] = None,
    deal: Annotated[
        str | None, Option("--deal", metavar="ID", help="The deal it is about.")
    ] = None,
    case: Annotated[
        str | None, Option("--case", metavar="ID", help="The case it is about.")
    ] = None,
    campaign: Annotated[
        str | None, Option("--campaign", metavar="ID", help="The campaign it belongs to.")
    ] = None,
    held: Annotated[
        str | None,
        Option("--held", metavar="ID", help="The planned one that this was; it is then held."),
    ] = None,
    mail: Annotated[
        Path | None,
        Option("--mail", metavar="FILE", help="The e-mail in a file; - is one piped in."),
    ] = None,
    desk: Desk = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Log a call, a meeting, an e-mail with a customer.

    Without TEXT (or with -), reads stdin; in a terminal, opens your editor. A query term
    in place of WHO logs it with each customer that matches; --with names others who took
    part.

    crm log ana Asked for 20 kg of beans --kind call --in --follow-up fri
    crm log ana --kind call --out --outcome no_answer
    crm log ana Tasting --kind meeting --at "tue 10:00" --planned
    crm log ana They will take 20 kg --held i-4k7
    crm log ana "It was the blue bag" --kind call --in --case c-9f3
    crm log kava-doo "Saw the new machine" --kind meeting --with ana,giulia
    crm log +vip "Card sent" --kind letter
    crm log ana "Liked the new blend" sentiment=positive touchpoint=shop
    crm log --desk "The roaster was repaired"
    crm log --mail - < mail.eml
    """
    if mail is not None:
        given = {
            "text": text, "--desk": desk, "--kind": kind, "--in": inbound, "--out": outbound,
            "--at": at, "--planned": planned, "--outcome": outcome, "--duration": duration,
            "--subject": subject, "--follow-up": follow_up, "--with": with_, "--deal": deal,
            "--case": case, "--campaign": campaign, "--held": held,
        }  # fmt: skip
        _refuse_beside_mail(given)
        _log_mail(session, mail, who, dry_run=dry_run)
        return
    if who is None:
        raise UsageError("with whom?", "crm log ana Asked for 20 kg of beans --kind call")
    from crm_cli.cli.pickers import addressed
    from crm_cli.features.interactions import log as plan
    from crm_cli.features.plan import together
    from crm_cli.model.assignments import split_fields

    if inbound and outbound:
        raise UsageError("--in and --out cannot both be", "give one of them, or neither")
    customers = addressed(session, who, desk=desk)
    if desk:
        text = [who, *(text or ())]
    words, further = split_fields(text or (), INTERACTION, session.words)
    if session.interactive:
        at, planned = _settled(session, at, kind, planned=planned, outcome=outcome)
        held = held or (None if planned or at is not None else _offered(session, customers, kind))
    elif held is None and not planned and at is None:
        _hint(session, customers, kind)
    if held is not None and len(customers) > 1:
        raise UsageError("--held is for one customer", "leave it out, or name the customer")
    said = _text(session, words, ", ".join(customers), outcome)
    made = [
        (
            customer,
            plan(
                session.workspace,
                customer,
                said,
                kind=kind,
                direction="inbound" if inbound else "outbound" if outbound else None,
                at=at,
                planned=planned,
                outcome=outcome,
                duration=duration,
                subject=subject,
                follow_up=follow_up,
                participants=with_,
                deal=deal,
                case=case,
                campaign=campaign,
                held=held,
                further=further,
                strict=not session.interactive,
            ),
        )
        for customer in customers
    ]
    carry_out(session, together(made, "interaction", done="noted"), dry_run=dry_run, yes=yes)


def _refuse_beside_mail(given: Mapping[str, object]) -> None:
    """Raise UsageError for what an e-mail says itself."""
    for name, value in given.items():
        if value:
            raise UsageError(
                f"--mail takes no {name} beside it: the e-mail says what it is",
                "crm log --mail mail.eml; crm set changes what was noted",
            )


def _log_mail(session: Session, mail: Path, who: str | None, *, dry_run: bool) -> None:
    """Note an e-mail as it is, with whom its addresses say, or who is named."""
    from crm_cli.features.mail.single import log_mail

    customer = None if who is None else session.who(who, writes=True)
    session.begun = str(mail) == "-"
    carry_out(session, log_mail(session.workspace, mail, customer), dry_run=dry_run)


def _settled(
    session: Session, at: str | None, kind: str | None, *, planned: bool, outcome: str | None
) -> tuple[str | None, bool]:
    """(at, planned) with the weekday asked for where it may be the last or the next one."""
    from crm_cli.features.interactions import is_unclear, readings
    from crm_cli.features.values import shown

    if at is None or not is_unclear(at, kind, planned=planned, outcome=outcome):
        return at, planned
    days = [shown(session.workspace, day) for day in readings(session.workspace, at)]
    if not days:
        return at, planned
    choices = list(zip(days, ("it took place", "it is to come"), strict=True))
    chosen = session.pick(f"{at}: which one?", choices)
    return chosen or at, chosen == days[1]


def _offered(session: Session, customers: Sequence[str], kind: str | None) -> str | None:
    """The planned one of these days that is logged, if the user says that it is."""
    from crm_cli.features.interactions import near

    found = near(session.workspace, customers[0], kind) if len(customers) == 1 else []
    if not found:
        return None
    chosen = session.pick("Which one was it?", [*found, ("new", "another one")])
    return None if chosen == "new" else chosen


def _hint(session: Session, customers: Sequence[str], kind: str | None) -> None:
    """Say which planned one of these days it may be, and how that is closed."""
    from crm_cli.features.interactions import near

    for id, what in near(session.workspace, customers[0], kind) if len(customers) == 1 else ():
        session.say(
            f"{what} ({id}) stays planned: crm interaction held {id} closes it, "
            f"next time --held {id}"
        )


def _text(session: Session, words: list[str] | None, customer: str, outcome: str | None) -> str:
    """The words, else what stdin or the editor gives; nothing beside a call that failed."""
    from crm_cli.features.interactions import says_enough

    if words and words != ["-"]:
        return " ".join(words)
    if not words and says_enough(outcome):
        return ""
    session.begun = True
    if words or not (session.interactive and is_terminal(sys.stdin)):
        return text_of_stdin()
    from crm_cli.cli.terminal import edit

    written = readable(lambda: edit(f"\n{_BELOW}\n# {customer}\n", "note.txt", session.environ))
    text = written.partition(_BELOW)[0].strip()
    if not text:
        raise Declined("the text is empty; nothing was logged")
    return text
