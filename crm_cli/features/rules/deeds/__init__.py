"""What rules do: one module for each way of doing something, a line for each word.

A new deed is its key in `model/rule.py`, a function, and a line in `DOERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple

from crm_cli.features.rules import Deed, Rule
from crm_cli.features.rules.subject import Subject
from crm_cli.features.rules.subjects import form_of
from crm_cli.model.errors import DataError, Refused
from crm_cli.model.outgoing import Outgoing
from crm_cli.model.places import DESK
from crm_cli.store.document import Document
from crm_cli.workspace import Workspace

Update = Callable[[Document], None]


class Work(NamedTuple):
    """What a deed comes to for a subject: an edit of the record's file, a segment that is joined,
    a message; and how it is said. `left` is why it is not done, and the rule's others are.
    """

    said: str
    update: Update | None = None
    segment: str = ""
    letter: Outgoing | None = None
    left: str = ""


class Effect(NamedTuple):
    """What a deed changes, for the search for rules that set each other off: a field of a kind's,
    and the value that it has then (empty: any)."""

    kind: str
    field: str
    value: str


class Doer(NamedTuple):
    """How a deed is done. `prepare` answers for each subject with its work, or why it cannot be
    done (CrmError); `check` yields what is wrong with a deed; `effects` what it changes."""

    prepare: Callable[[Workspace, Rule, Deed, Sequence[Subject]], Sequence[Work | Exception]]
    check: Callable[[Workspace, Rule, Deed], Iterator[str]]
    effects: Callable[[Rule, Deed], Sequence[Effect]] = lambda rule, deed: ()


_MODULES = {
    "task": "items", "log": "items", "tag": "fields", "untag": "fields", "set": "fields",
    "stage": "fields", "segment": "lists", "mail": "messages", "sms": "messages",
    "notify": "notices", "run": "notices",
}  # fmt: skip
"""The words of `do`, with the module that has a DOER for each."""


@lru_cache
def doer(word: str) -> Doer:
    """How a deed is done."""
    module = import_module(f"crm_cli.features.rules.deeds.{_MODULES[word]}")
    found: Doer = module.DOERS[word]
    return found


def refused(deed: Deed, error: Exception) -> str:
    """Why a deed cannot be done, in one line: `task: city has no value`."""
    said = str(getattr(error, "message", error)).partition("\n")[0]
    return said if said.startswith(f"{deed.word} ") else f"{deed.word}: {said}"


def refuse_desk(subject: Subject, what: str) -> None:
    """Raise Refused for what is done for customers only, where something is no customer's."""
    if subject.customer == DESK.path:
        raise Refused(f"{what} for customers, and {subject.item} belongs to none")


def filled(rule: Rule, text: str, values: Mapping[str, Any]) -> str:
    """A text of a rule with the fields of a subject. Raises DataError where one has no value."""
    made, lacking = form_of(text).filled(values)
    if lacking:
        raise DataError(f"{', '.join(lacking)} has no value")
    return made.body.strip()


def each(
    prepare: Callable[[Workspace, Rule, Deed, Subject], Work],
) -> Callable[[Workspace, Rule, Deed, Sequence[Subject]], Sequence[Work | Exception]]:
    """`prepare` of a doer that looks at one subject at a time."""
    from crm_cli.model.errors import CrmError, Unreadable

    def prepare_all(
        workspace: Workspace, rule: Rule, deed: Deed, subjects: Sequence[Subject]
    ) -> list[Work | Exception]:
        found: list[Work | Exception] = []
        for subject in subjects:
            try:
                found.append(prepare(workspace, rule, deed, subject))
            except (CrmError, Unreadable) as error:
                found.append(error)
        return found

    return prepare_all
