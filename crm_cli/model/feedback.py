"""Feedback: what customers say of us, in figures and in words; and who was asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from crm_cli.model.aspects import CardTable, Exchange, Happening, Row, joined
from crm_cli.model.dates import local_date
from crm_cli.model.effect import is_ahead
from crm_cli.model.errors import Severity
from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Code,
    Date,
    Free,
    Moment,
    Number,
    Reference,
    Text,
    WebAddress,
    Word,
)
from crm_cli.model.kind import Derived, Field, Finding, Kind, State, Summary
from crm_cli.model.measure import Measure
from crm_cli.model.money import EXACT
from crm_cli.model.permission import CHANNELS

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

FEEDBACK_KINDS = ("nps", "csat", "ces", "survey", "review")
"""Would they recommend us, are they satisfied, was it easy; answers to a survey, a review."""

SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "review": (1, 5)}
"""The worst and the best score, where feedback says no other."""

_PROMOTER, _DETRACTOR, _SATISFIED = 9, 6, Decimal("0.75")


class Score(Number):
    """A score: several do not add up."""

    name = "score"
    example = "9"
    other = "4"
    adds = False


def scale(kind: str, worst: Decimal | None, best: Decimal | None) -> tuple[Decimal, Decimal] | None:
    """(worst, best) of feedback; None where nothing says them, or they are the same."""
    usual = SCALES.get(kind)
    low = worst if worst is not None else usual and Decimal(usual[0])
    high = best if best is not None else usual and Decimal(usual[1])
    if low is None or high is None or low == high:
        return None
    return low, high


def _derive(feedback: Item, business: Business) -> None:
    values, derived = feedback.values, feedback.derived
    derived["counts"] = not is_ahead(feedback, business)
    score = values.get("score")
    kind = str(feedback.get("kind"))
    found = scale(kind, values.get("worst"), values.get("best"))
    if score is None or found is None:
        return
    worst, best = found
    share = EXACT.divide(score - worst, best - worst)
    if not 0 <= share <= 1:
        return
    if kind == "nps":
        points = (share * 10).quantize(Decimal(1), ROUND_HALF_UP)
        derived["points"] = points
        derived["group"] = (
            "promoter" if points >= _PROMOTER
            else "detractor" if points <= _DETRACTOR
            else "passive"
        )  # fmt: skip
    elif kind == "ces":
        derived["points"] = _on(7, share)
    else:
        derived["points"] = _on(5, share)
        derived["group"] = "satisfied" if share >= _SATISFIED else "unsatisfied"


def _on(best: int, share: Decimal) -> Decimal:
    """A share of the scale from 1 to `best`, to a millionth."""
    found = (1 + share * (best - 1)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    whole = found.to_integral_value()
    return whole if whole == found else found.normalize()


def _check(feedback: Item, business: Business) -> Iterator[Finding]:
    score = feedback.values.get("score")
    if score is None:
        return
    found = scale(
        str(feedback.get("kind")), feedback.values.get("worst"), feedback.values.get("best")
    )
    if found is not None and not min(found) <= score <= max(found):
        worst, best = found
        yield Finding(
            "score", "bad-score", f"a score of {score} is not between {worst} and {best}",
            "correct it, or say the scale: worst, best",
        )  # fmt: skip


def _text(row: Row) -> str:
    scored = joined(" ", (str(row["kind"] or "").upper(), row["score"]))
    return joined(": ", (scored, joined(", ", (row["group"], row["body"]))))


FEEDBACK = Kind(
    name="feedback",
    key="feedback",
    doc="what a customer says of us",
    fields=(
        Field("at", Moment(), "when", aliases=("date",), headings="date submitted_at datum"),
        Field("kind", Choice(FEEDBACK_KINDS), "what it is", default="survey", headings="type"),
        Field("score", Score(), "the score", headings="rating stars ocena"),
        Field("best", Score(), "the best score there is, if not the usual one"),
        Field("worst", Score(), "the worst score there is, if not the usual one"),
        Field("body", Text(), "in their words", headings="comment text"),
        Field("source", Text(), "where it was said: Google, the shop"),
        Field("url", WebAddress(), "its address, of a review"),
        Field("survey", Reference("survey"), "the survey it answers"),
        Field("wave", Word(), "the wave in which they were asked"),
        Field("answers", Free(), "the answers by question"),
        Field("case", Reference("case"), "the case it is about"),
        Field("purchase", Reference("purchase"), "the purchase it is about"),
        Field("source_system", Word(), "the system it was imported from"),
        Field("external_id", Code(), "its id there", headings="response_id"),
    ),
    letter="f",
    title="body",
    when="at",
    effective="at",
    sort="at-",
    stamped="at",
    counted="counts:yes",
    exchange=Exchange(needed=("score",), keys=(("survey", "wave"),)),
    columns=("at", "customer", "kind", "score", "group", "body", "survey", "wave", "id"),
    ranked=("at", "customer", "kind", "score", "body", "id", "group", "survey", "wave"),
    card=CardTable(
        heading="Feedback",
        columns=("at", "kind", "score", "group", "body", "survey", "id"),
        most=3,
    ),
    timeline=(Happening(columns=("kind", "score", "group", "body"), text=_text),),
    derived=(
        Derived(
            "points",
            Score(),
            "the score on the usual scale: NPS 0 to 10, whole; CES 1 to 7; others 1 to 5",
        ),
        Derived(
            "group",
            Word(),
            "NPS: promoter (9, 10), passive or detractor (0 to 6); others: satisfied, from three"
            " quarters of the scale on, or unsatisfied",
        ),
        Derived("about", Word(), "the product of the case, or of the purchase's first line"),
        Derived("counts", Boolean(), "dated up to today"),
    ),
    derive=_derive,
    check=_check,
    measures=(Measure("feedback", "count", "number of them"),),
    states=(
        State("counted_now", "counts:yes", "dated up to today"),
        State("promoter", "group.is:promoter", "would recommend us: 9 or 10"),
        State("detractor", "group.is:detractor", "would not recommend us: 0 to 6"),
        State("unsatisfied", "group.is:detractor,unsatisfied", "a low score"),
    ),
    example="ana --nps 9",
)


def _derive_customer(customer: Item, business: Business) -> None:
    given = customer.items("feedback")
    _derive_invitations(customer, given)
    if not given:
        return
    products = _products(customer)
    latest: tuple[date, Item] | None = None
    for feedback in given:
        named = [feedback.values.get(key) for key in ("case", "purchase")]
        feedback.derived["about"] = next(
            (products[one] for one in named if one in products), None
        )
        if feedback.get("kind") != "nps" or not feedback.derived["counts"]:
            continue
        if "at" in feedback.values and "points" in feedback.derived:
            day = local_date(feedback.values["at"], business.time_zone)
            if latest is None or day >= latest[0]:
                latest = (day, feedback)
    if latest is not None:
        customer.derived["nps"] = latest[1].derived["points"]


def _derive_invitations(customer: Item, given: list[Item]) -> None:
    """An invitation is answered by what they said in that wave; of several the first counts."""
    said = {(one.values.get("survey"), one.values.get("wave")) for one in given}
    seen: set[tuple[Any, Any]] = set()
    for one in customer.items("survey_invitations"):
        wave = (one.values.get("survey"), one.values.get("wave"))
        one.derived["answered"] = wave in said
        one.derived["first"] = wave not in seen
        seen.add(wave)


def _products(customer: Item) -> dict[str, str]:
    """The product of each case and purchase, by every name it has."""
    found: dict[str, str] = {}
    for case in customer.items("cases"):
        if case.derived.get("about"):
            found[case.id] = case.derived["about"]
    for purchase in customer.items("purchases"):
        lines = (line.values.get("product") for line in purchase.items("lines"))
        product = next((one for one in lines if one), None)
        for name in (purchase.id, purchase.values.get("number")) if product else ():
            if name:
                found[name] = str(product)
    return found


def _check_customer(customer: Item, business: Business) -> Iterator[Finding]:
    """One answer for each person and wave."""
    seen: dict[tuple[str, Any], str] = {}
    for one in customer.items("feedback"):
        survey = one.values.get("survey")
        if survey is None:
            continue
        wave = (survey, one.values.get("wave"))
        if wave in seen:
            of = f"{survey}, {wave[1]}" if wave[1] else survey
            yield Finding(
                "survey", "answered-twice", f"they have answered {of} already: {seen[wave]}",
                "remove one, or name another wave", Severity.WARNING, item=one,
            )  # fmt: skip
        seen.setdefault(wave, one.id)


INVITATION = Kind(
    name="survey_invitation",
    key="survey_invitations",
    doc="an invitation to answer a survey",
    fields=(
        Field("survey", Reference("survey"), "the survey"),
        Field("wave", Word(), "the wave"),
        Field("at", Moment(), "when they were asked"),
        Field("channel", Choice(CHANNELS), "how"),
    ),
    title="survey",
    when="at",
    effective="at",
    notes=False,
    exchange=None,
    timeline=(
        Happening(
            terms=("not:at.after:today",),
            word="survey",
            columns=("survey", "wave"),
            text=lambda row: joined(", ", (f"asked to answer {row['survey']}", row["wave"])),
        ),
    ),
    derived=(
        Derived("answered", Boolean(), "they have answered in that wave"),
        Derived("first", Boolean(), "their first invitation of that wave"),
        Derived("asked_on", Date(), "the day on which they were asked"),
    ),
    derive=lambda item, business: item.derived.update(
        {"asked_on": local_date(item.values["at"], business.time_zone)}
        if "at" in item.values
        else {}
    ),
    summary=Summary(
        derive=_derive_customer,
        check=_check_customer,
        derived=(Derived("nps", Score(), "their latest NPS score, 0 to 10"),),
        states=(
            State("promoter", "nps:9..", "would recommend us, by the latest score"),
            State("detractor", "nps:..6", "would not recommend us, by the latest score"),
        ),
    ),
)
