"""Clocks of cases: how long a customer has waited, and by when they were promised word.

All of it follows from what happened: the states that a case was in, and who spoke when. A clock
runs in working time, while the case is new or assigned. It pauses while it is pending, until
the customer speaks; it stops when the case is resolved, and goes on when it is opened again.
"""

from __future__ import annotations

from collections.abc import Iterable

from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.working_time import Span, WorkingTime

STOPPED = frozenset(("resolved", "closed", "rejected", "duplicate"))
"""States in which nothing is to be done any more."""

PAUSED = "pending"
"""The state of waiting for the customer."""

INBOUND, OUTBOUND = "inbound", "outbound"

_FOREVER = 1 << 60


class Event(NamedTuple):
    """What happened in a case: a new state, or word by the customer or by us."""

    at: int
    what: str


class Wait(NamedTuple):
    """The customer spoke, and when they had an answer: word from us, or the end of the case."""

    since: int
    answered: int | None


class Course(NamedTuple):
    """What events come to.

    `running` are the stretches in which clocks run, the last without an end where they still do;
    `waits` are those after the first response. `waiting` says since when the customer waits for
    word from us.
    """

    opened: int
    running: tuple[Span, ...]
    responded: int | None
    solved: int | None
    waiting: int | None
    waits: tuple[Wait, ...]
    reopened: int


class Target(NamedTuple):
    """How long something may take: seconds of working time, or working days."""

    seconds: int = 0
    days: int = 0


class Kept(NamedTuple):
    """One promise of a case: by when, and whether it was kept (None: that is still open)."""

    by: int | None = None
    kept: bool | None = None


def course(opened: int, events: Iterable[Event]) -> Course:
    """The course of a case from its events; what happened before it was opened is left out,
    save its states, which it then was in from the beginning."""
    made = _Course(opened)
    # Of the same minute word comes first: what is said with a reply is what becomes of it.
    for event in sorted(events, key=lambda one: (one.at, one.what not in (INBOUND, OUTBOUND))):
        if event.what == INBOUND:
            made.heard(event.at)
        elif event.what == OUTBOUND:
            made.answered(event.at)
        else:
            made.entered(max(event.at, opened), event.what)
    return made.result()


class _Course:
    def __init__(self, opened: int) -> None:
        self.opened = opened
        self.spans: list[Span] = []
        self.since: int | None = opened
        self.state = "new"
        self.responded: int | None = None
        self.solved: int | None = None
        self.waiting: int | None = opened
        self.waits: list[Wait] = []
        self.reopened = 0

    def heard(self, at: int) -> None:
        """The customer spoke: a case that waits for them goes on."""
        if at < self.opened:
            return
        if self.waiting is None:
            self.waiting = at
        if self.state == PAUSED and self.since is None:
            self.since = at

    def answered(self, at: int) -> None:
        """We spoke, or the case came to an end."""
        if at < self.opened:
            return
        if self.responded is None:
            self.responded = at
        elif self.waiting is not None:
            self.waits.append(Wait(self.waiting, at))
        self.waiting = None

    def entered(self, at: int, state: str) -> None:
        """A new state."""
        ended = self.state in STOPPED
        self.state = state
        if state in STOPPED:
            self._halt(at)
            if not ended:
                self.answered(at)
                self.solved = at
            return
        if ended:
            self.reopened += 1
            self.solved = None
        if state == PAUSED:
            self._halt(at)
        elif self.since is None:
            self.since = at

    def _halt(self, at: int) -> None:
        if self.since is not None and at > self.since:
            self.spans.append(Span(self.since, at))
        self.since = None

    def result(self) -> Course:
        spans = [*self.spans, *([Span(self.since, _FOREVER)] if self.since is not None else [])]
        waits = list(self.waits)
        if self.waiting is not None and self.responded is not None:
            waits.append(Wait(self.waiting, None))
        return Course(
            self.opened,
            tuple(spans),
            self.responded,
            self.solved,
            self.waiting,
            tuple(waits),
            self.reopened,
        )


def is_running(one: Course) -> bool:
    """Whether clocks run, as far as events say."""
    return bool(one.running) and one.running[-1].end == _FOREVER


def taken(one: Course, start: int, end: int, work: WorkingTime) -> int:
    """The seconds of working time from one instant to another in which the clock ran."""
    return sum(
        work.between(max(span.start, start), min(span.end, end)) for span in one.running
    )


def deadline(one: Course, start: int, target: Target, work: WorkingTime) -> int | None:
    """The first instant at which a clock that starts then has run so long; None where it comes to
    a halt before, or never runs so long.

    Days are as long as they would be without a pause, and end when work begins, not in the evening
    before.
    """
    reached = _reached(one, start, target, work)
    return work.after(reached, 0) if reached is not None and target.days else reached


def _reached(one: Course, start: int, target: Target, work: WorkingTime) -> int | None:
    left = target.seconds
    if target.days:
        last = work.days_later(start, target.days)
        if last is None:
            return None
        left += work.between(start, last)
    for span in one.running:
        first = max(span.start, start)
        if first >= span.end:
            continue
        if span.end == _FOREVER:
            return work.after(first, left)
        here = work.between(first, span.end)
        if here >= left:
            return work.after(first, left)
        left -= here
    return None


def first_response(one: Course, target: Target, work: WorkingTime) -> Kept:
    """The promise of a first response."""
    by = deadline(one, one.opened, target, work)
    if one.responded is None:
        return Kept(by)
    return Kept(by, by is None or one.responded <= by)


def next_response(one: Course, target: Target, work: WorkingTime) -> Kept:
    """The promise of a further response, from when the customer last began to wait for one; it was
    kept where each answer came in time."""
    by, found = None, []
    for wait in one.waits:
        by = deadline(one, wait.since, target, work)
        if wait.answered is not None:
            found.append(by is None or wait.answered <= by)
            by = None
    return Kept(by, all(found) if found else None)


def resolution(one: Course, target: Target, work: WorkingTime) -> Kept:
    """The promise of a solution, which a case that is opened again has not had."""
    by = deadline(one, one.opened, target, work)
    if one.solved is None:
        return Kept(by)
    return Kept(by, by is None or one.solved <= by)
