"""`crm consent`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import DryRun, Json, Output, Who, Whos, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option, Verbs
from crm_cli.cli.writing import carry_out

if TYPE_CHECKING:
    from crm_cli.features.consent import Answer

verbs = Verbs()

For = Annotated[
    str,
    Option(
        "--for",
        metavar="PURPOSE[/CHANNEL]",
        help="marketing/email, several with commas; marketing alone is for all channels.",
    ),
]
At = Annotated[
    str | None, Option("--at", metavar="DATE", help="When they said it; default now.")
]
Source = Annotated[
    str | None, Option("--source", metavar="TEXT", help="Where: shop, web form, phone.")
]
Evidence = Annotated[
    str | None, Option("--evidence", metavar="TEXT", help="What proves it: a form, a recording.")
]


@verbs.add
def add(
    session: Session,
    who: Whos,
    use: For,
    basis: Annotated[
        str | None,
        Option(
            "--basis", metavar="BASIS",
            help="consent, legitimate_interest, existing_customer … default consent.",
        ),
    ] = None,
    source: Source = None,
    text: Annotated[
        str | None, Option("--text", metavar="FILE", help="The words shown, in consents/.")
    ] = None,
    evidence: Evidence = None,
    expires: Annotated[
        str | None, Option("--expires", metavar="DATE", help="The last day on which it holds.")
    ] = None,
    confirmed: Annotated[
        bool, Option("--confirmed", help="They confirmed it: the double opt-in.")
    ] = False,
    at: At = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Add that customers agree to be contacted. Nothing that was said before is changed.

    crm consent add ana --for marketing/email --source "web form" --text newsletter
    crm consent add ana --for marketing/email --confirmed
    crm consent add kava --for marketing/email --basis existing_customer
    """
    from crm_cli.features.consenting import Told
    from crm_cli.features.consenting import add as plan

    fields = {
        "lawful_basis": basis or "consent",
        "source": source,
        "evidence": evidence,
        "expires": expires,
    }
    told = Told(use.split(","), fields, text, at)
    ids = session.whos(who, writes=True)
    made = plan(session.workspace, ids, told, confirmed=confirmed)
    carry_out(session, made, dry_run=dry_run, yes=yes)


@verbs.add
def withdraw(
    session: Session,
    who: Whos,
    use: For = "marketing",
    source: Source = None,
    evidence: Evidence = None,
    at: At = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Add that customers withdraw consent, or object; by default to all marketing.

    crm consent withdraw ana
    crm consent withdraw ana --for marketing/sms --source phone
    """
    from crm_cli.features.consenting import Told
    from crm_cli.features.consenting import withdraw as plan

    told = Told(use.split(","), {"source": source, "evidence": evidence}, None, at)
    ids = session.whos(who, writes=True)
    carry_out(session, plan(session.workspace, ids, told), dry_run=dry_run, yes=yes)


list_verb(
    verbs,
    "consent",
    """List the entries of consent that match query terms, newest first.

    crm consent list customer:ana
    crm consent list purpose:marketing action:withdrawn at:last-90d
    """,
)


@verbs.add
def check(
    session: Session,
    who: Who,
    use: Annotated[
        str, Option("--for", metavar="PURPOSE/CHANNEL", help="What for: marketing/email.")
    ],
    output: Output = None,
    json: Json = False,
) -> None:
    """Say whether a customer may be contacted, and which entry decides; exit 1 where not.

    The channel agreed in a contract comes first.

    crm consent check ana --for marketing/email
    crm consent check ana --for service/phone --json
    """
    from crm_cli.cli.outputs import TABLE
    from crm_cli.features.consent import check as asked
    from crm_cli.features.consent import in_words
    from crm_cli.model.permission import read_use
    from crm_cli.model.text import visible

    wanted = read_use(use)
    answer = asked(session.workspace, session.who(who), wanted)
    session.negative = not answer.allowed
    form = session.format(output, json)
    if form is TABLE:
        for line in in_words(answer):
            session.tell(visible(line))
        return
    session.show_record(_object(answer), form)


def _object(answer: Answer) -> dict[str, Any]:
    return {
        "id": answer.id,
        "name": answer.name,
        "purpose": answer.use.purpose,
        "channel": answer.use.channel or None,
        "allowed": answer.allowed,
        "verdict": answer.verdict,
        "reason": answer.reason,
        "entry": answer.entry.answer() if answer.entry is not None else None,
        "agreed_channels": list(answer.agreed),
    }


@verbs.add
def notice(
    session: Session,
    language: Annotated[
        str | None,
        Option("--language", metavar="LANGUAGE", help="en, de, sl, bg, sr, ka or fa."),
    ] = None,
) -> None:
    """Print what customers are told of our channels, for terms and letters.

    They are those of channels in crm.yaml; the language is the business's unless given.

    crm consent notice --language sl
    """
    from crm_cli.features.notices import notice as made
    from crm_cli.model.text import visible

    text = made(session.workspace, language)
    session.write("".join(f"{visible(line)}\n" for line in text.splitlines()))
