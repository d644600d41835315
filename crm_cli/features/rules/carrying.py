"""Carrying out a rule for one subject after another, tried out on their files as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from crm_cli.features.rules import Rule
from crm_cli.features.rules.deeds import Update, Work, doer, refused
from crm_cli.features.rules.subject import Subject
from crm_cli.features.rules.traces import leaves_mark, mark_of
from crm_cli.formats.mail.drafts import draft_of
from crm_cli.model.errors import CrmError, Problem, Unreadable
from crm_cli.store.document import Document
from crm_cli.workspace import Workspace

_MARKS = "rules"


class Deeds(NamedTuple):
    """What a rule does for a subject, in words, and what of it is left out and why."""

    rule: Rule
    subject: Subject
    works: tuple[Work, ...]

    @property
    def said(self) -> list[str]:
        """What is done."""
        return [one.said for one in self.works if not one.left]


class Undone(NamedTuple):
    """What a rule does not do for a subject (empty: for nobody), and why not. Who is `spared` may
    not be written to, and there is nothing to mend. `unread` says of a record's file that it
    cannot be read."""

    rule: str
    subject: str
    why: str
    spared: bool = False
    unread: tuple[Problem, ...] = ()

    @classmethod
    def failed(cls, rule: Rule, subject: Subject, error: Exception, why: str = "") -> Undone:
        """What an error has prevented; `why` says it in other words."""
        problems: tuple[Problem, ...] = getattr(error, "problems", ())
        unread = tuple(one for one in problems if not one.line)  # about the file as a whole
        return cls(rule.name, subject.said, why or failing(error), unread=unread)


class Waiting:
    """The subjects of a rule for which it has still to do what it does."""

    def __init__(self, workspace: Workspace, rule: Rule, subjects: Sequence[Subject]) -> None:
        self._workspace = workspace
        self._left = list(subjects)
        self._ready: list[Deeds] = []
        self._size = 1
        self.rule = rule
        self.done: list[Deeds] = []
        self.undone: list[Undone] = []

    def __len__(self) -> int:
        return len(self._left) + len(self._ready)

    def take(self, most: int) -> int:
        """Do it for at most so many more; for how many it was done."""
        if self.rule.most is not None:
            most = min(most, self.rule.most - len(self.done))
        taken = 0
        while taken < most and (self._ready or self._left):
            if not self._ready:
                self._prepare(most - taken)
            part, self._ready = self._ready[: most - taken], self._ready[most - taken :]
            self.done += part
            taken += len(part)
        return taken

    def _prepare(self, wanted: int) -> None:
        """Make the next ones ready; where nothing can be done for many, more of them at once."""
        size = max(wanted, self._size)
        some, self._left = self._left[:size], self._left[size:]
        self._size *= 2
        done, undone = prepared(self._workspace, self.rule, some)
        self._ready += done
        self.undone += undone


def prepared(
    workspace: Workspace, rule: Rule, some: Sequence[Subject]
) -> tuple[list[Deeds], list[Undone]]:
    """What a rule does for subjects, tried out on their files as they are."""
    columns = [doer(deed.word).prepare(workspace, rule, deed, some) for deed in rule.deeds]
    done: list[Deeds] = []
    undone: list[Undone] = []
    for place, subject in enumerate(some):
        works = [column[place] for column in columns]
        error = next(
            ((deed, one) for deed, one in zip(rule.deeds, works, strict=True)
             if isinstance(one, Exception)), None,
        )  # fmt: skip
        able = [one for one in works if isinstance(one, Work)]
        if error is None and able and all(one.left for one in able):
            undone.append(Undone(rule.name, subject.said, able[0].left, spared=True))
            continue
        if error is not None:
            undone.append(Undone.failed(rule, subject, error[1], refused(*error)))
            continue
        deeds = Deeds(rule, subject, tuple(able))
        try:
            _tried(workspace, deeds)
        except (CrmError, Unreadable) as failed:
            undone.append(Undone.failed(rule, subject, failed))
        else:
            done.append(deeds)
    return done, undone


def _tried(workspace: Workspace, deeds: Deeds) -> None:
    """Carry deeds out on the record as its file has it now. Raises what they raise."""
    document = workspace.document(deeds.subject.customer)
    for update in updates(workspace, deeds):
        update(document)
    for work in deeds.works:
        if work.letter is not None:
            draft_of(work.letter)


def together(
    workspace: Workspace, found: Sequence[Deeds]
) -> tuple[list[Deeds], list[Undone]]:
    """What can be done of what several rules do to the same records, one after the other."""
    several = Counter(deeds.subject.customer for deeds in found)
    documents: dict[str, Document] = {}
    done: list[Deeds] = []
    undone: list[Undone] = []
    for deeds in found:
        id = deeds.subject.customer
        try:
            if several[id] > 1:
                document = documents[id] if id in documents else workspace.document(id)
                documents[id] = document
                for update in updates(workspace, deeds):
                    update(document)
        except (CrmError, Unreadable) as error:
            undone.append(Undone.failed(deeds.rule, deeds.subject, error))
            # What it did before it failed is no part of what the next one finds.
            again = workspace.document(id)
            for one in done:
                for update in updates(workspace, one) if one.subject.customer == id else ():
                    update(again)
            documents[id] = again
        else:
            done.append(deeds)
    return done, undone


def updates(workspace: Workspace, deeds: Deeds) -> list[Update]:
    """The edits of the record's file that deeds come to, with the mark where there is one."""
    found = [one.update for one in deeds.works if one.update is not None and not one.left]
    if leaves_mark(deeds.rule):
        found.append(partial(_mark, workspace, deeds))
    return found


def _mark(workspace: Workspace, deeds: Deeds, document: Document) -> None:
    values = {
        "rule": deeds.rule.name,
        "at": workspace.clock.now.replace(second=0, microsecond=0),
        "occasion": mark_of(deeds.rule, deeds.subject),
    }
    made = {key: value for key, value in values.items() if value}
    if all(one.values != made for one in document.record.items(_MARKS)):
        document.add(_MARKS, made)


def failing(error: Exception) -> str:
    """What an error says, in one line: a faulty term is marked in those below."""
    return str(getattr(error, "message", error)).partition("\n")[0]
