"""Surveys: what customers are asked, in `surveys.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm_cli.model.errors import Severity
from crm_cli.model.feedback import FEEDBACK_KINDS, Score
from crm_cli.model.fieldtypes import Choice, Every, Language, Text, Texts, WebAddress, Word
from crm_cli.model.kind import Field, Finding, Kind, ListOf

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

QUESTION_KINDS = ("scale", "choice", "text", "yes_no")
"""A score, one of several words, words of their own, yes or no."""

QUESTION = Kind(
    name="question",
    key="questions",
    doc="a question of a survey",
    fields=(
        Field("id", Word(), "what its answers are called: overall=9"),
        Field("text", Text(), "the question"),
        Field("kind", Choice(QUESTION_KINDS), "what is answered", default="text"),
        Field("best", Score(), "the best score, of a scale"),
        Field("worst", Score(), "the worst score, of a scale"),
        Field("choices", Texts(), "the words to choose among"),
    ),
    title="id",
    notes=False,
    exchange=None,
)


def _check(survey: Item, business: Business) -> Iterator[Finding]:
    questions = survey.items("questions")
    if not questions:
        yield Finding("kind", "survey", "this survey asks nothing", "list questions",
                      Severity.WARNING)  # fmt: skip
    seen = set()
    for question in questions:
        id = question.values.get("id")
        if not id:
            yield Finding("text", "survey", "this question has no id", "add id", item=question)
        elif id in seen:
            message = f"two questions of a survey are called {id}"
            yield Finding("id", "survey", message, "give one another id", item=question)
        seen.add(id)
        if question.get("kind") == "choice" and not question.values.get("choices"):
            message = "this question has no choices"
            yield Finding("kind", "survey", message, "add choices: [a, b]", item=question)


SURVEY = Kind(
    name="survey",
    key="surveys",
    doc="a survey that customers are asked to answer",
    fields=(
        Field("title", Text(), "what it is called"),
        Field("kind", Choice(FEEDBACK_KINDS), "what its first scale measures", default="survey"),
        Field("language", Language(), "the language of its questions"),
        Field("questions", ListOf(QUESTION), "the questions, in their order"),
        Field("url", WebAddress(), "where it is answered; {customer} and {wave} are filled in"),
        Field("every", Every(), "how long nobody is asked again; 90 days, unless it says"),
    ),
    title="title",
    columns=("id", "title", "kind", "language", "url", "every"),
    exchange=None,
    check=_check,
    notes=False,
)
