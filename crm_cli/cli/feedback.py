"""`crm feedback`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.items import show_verb
from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import DryRun, Force
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.feedback import FEEDBACK

verbs = Verbs()

Scored = "SCORE"


@verbs.add
def add(
    session: Session,
    words: Annotated[
        list[str],
        Argument(
            metavar="WHO [TEXT…] [KEY=VALUE…]",
            help="The customer, and their words; with --survey the answers; - reads a reply.",
        ),
    ],
    nps: Annotated[
        str | None, Option("--nps", metavar=Scored, help="Would they recommend us: 0 to 10.")
    ] = None,
    csat: Annotated[
        str | None, Option("--csat", metavar=Scored, help="Are they satisfied: 1 to 5.")
    ] = None,
    ces: Annotated[
        str | None, Option("--ces", metavar=Scored, help="Was it easy: 1 to 7.")
    ] = None,
    review: Annotated[
        str | None, Option("--review", metavar=Scored, help="Stars of a review: 1 to 5.")
    ] = None,
    survey: Annotated[
        str | None, Option("--survey", metavar="NAME", help="The survey that they answer.")
    ] = None,
    wave: Annotated[
        str | None, Option("--wave", metavar="WAVE", help="Its wave; default the one asked in.")
    ] = None,
    at: Annotated[str | None, Option("--at", metavar="WHEN", help="When; default now.")] = None,
    source: Annotated[
        str | None, Option("--source", metavar="TEXT", help="Where it was said: Google.")
    ] = None,
    url: Annotated[
        str | None, Option("--url", metavar="URL", help="The address of a review.")
    ] = None,
    case: Annotated[
        str | None, Option("--case", metavar="ID", help="The case it is about.")
    ] = None,
    purchase: Annotated[
        str | None, Option("--purchase", metavar="ID", help="The purchase it is about.")
    ] = None,
    force: Force = False,
    dry_run: DryRun = False,
) -> None:
    """Note what a customer says about us: a score, words, a review, the answers to a survey.

    A low score becomes a task, where low_scores in crm.yaml says which are low.

    crm feedback add ana --nps 9 "Best coffee in town"
    crm feedback add ana --review 4 --source Google --url https://maps.example/r/1
    crm feedback add ana --survey yearly overall=9 again=yes
    """
    from crm_cli.cli.pickers import who
    from crm_cli.cli.stdin import text_of_stdin
    from crm_cli.features.feedback import Given
    from crm_cli.features.feedback import add as plan
    from crm_cli.features.survey_answers import replies
    from crm_cli.model.assignments import split_fields, split_values

    if survey is not None:
        named, answers = split_values(words)
        values: list[tuple[str, str]] = []
    else:
        named, values = split_fields(words, FEEDBACK, session.words)
        answers = []
    customer = who(session, named[0] if named else "")
    body = " ".join(named[1:])
    if named[1:] == ["-"]:
        session.begun = True
        body = text_of_stdin().strip()
        if survey is not None:
            answers, body = [*answers, *replies(body)], ""
    fields = {
        "wave": wave, "at": at, "source": source, "url": url, "case": case, "purchase": purchase,
    }  # fmt: skip
    scores = {"nps": nps, "csat": csat, "ces": ces, "review": review}
    given = Given(scores, body, survey, answers, fields, values)
    made = plan(session.workspace, customer, given, force=force)
    carry_out(session, made, dry_run=dry_run)


list_verb(
    verbs,
    "feedback",
    """List what customers say that matches query terms, newest first.

    crm feedback list is:unsatisfied at:last-90d
    crm feedback list survey:yearly --group-by group --agg count
    """,
)
show_verb(verbs, "feedback")
