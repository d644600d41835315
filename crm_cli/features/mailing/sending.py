"""Sending: claimed first, handed over once, noted afterwards; a run that was killed goes on.

A message that was being handed over when a run ended is doubtful: a server may have taken it. It
is told, and never sent again by itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple

from crm_cli.features.mailing.checking import Campaigned, quiet_hours, refusals
from crm_cli.features.mailing.claiming import (
    HANDING,
    PUSHED,
    SENT,
    Claimed,
    Exchange,
    claimed,
    known_sent,
)
from crm_cli.features.mailing.outbox import Held, mail_setting, settings_of, short
from crm_cli.features.mailing.recording import Taken, hindered, steps
from crm_cli.features.plan import counted
from crm_cli.formats.mail.mailing import headers_of
from crm_cli.formats.mail.writing import on_the_wire, wire_of
from crm_cli.model.errors import CrmError, Problem, StorageError, Unreadable
from crm_cli.model.outgoing import Outgoing, domain_of
from crm_cli.model.permission import VERDICTS
from crm_cli.store.routes import Rejected, Unreached, Unsure
from crm_cli.workspace import Change, Step, Workspace

BATCH = 25
"""So many messages are claimed at once: what a killed run leaves to the others is few."""
_PER_RUN = 500
_ATTEMPTS = 20
_FOR_GOOD = 500
_NO_SUCH = re.compile(r"\b5\.1\.[0-9]{1,3}\b")
_WITHDRAWN = tuple(VERDICTS.values())
_TROUBLE = re.compile(r"\S+ (\d{3}) .*?(?: \((\d+)\))?")

DONE, PUT_OFF, REFUSED, DOUBTFUL, LEFT = "sent", "put off", "rejected", "doubtful", "left"


class Outcome(NamedTuple):
    """What became of a message: sent, put off, rejected, doubtful, or left in the outbox. One that
    `waits` goes by itself later, or was told of before."""

    path: str
    customer: str
    became: str
    why: str = ""
    waits: bool = False


class Ways(NamedTuple):
    """How messages leave. `hand_over` sends one to a server or a command, and raises Rejected,
    Unreached, Unsure; `pause` waits so many seconds; `copy` keeps the bytes of what was sent;
    `met` is told of what could not be read as it was decided who may be written to."""

    hand_over: Callable[[Outgoing, bytes], None]
    campaigned: Campaigned
    exchange: Exchange | None = None
    pause: Callable[[float], None] = lambda seconds: None
    copy: Callable[[bytes, datetime], None] | None = None
    unsubscribe_key: Callable[[], bytes] = bytes
    met: Callable[[Sequence[Problem]], None] = lambda problems: None


def send(
    workspace: Workspace, select: Callable[[], Sequence[Held]], named: bool, ways: Ways
) -> Iterator[Outcome]:
    """Send the messages that are selected, and those that this machine has claimed before.

    `select` is asked once the others' changes are in; `named` says that it names files, so that
    one which was rejected before is tried again. Raises CrmError where no more can be sent: what
    became of the others was told by then, and what was not sent is in the outbox again.
    """
    if ways.exchange is not None:
        ways.exchange()
    quiet_hours(workspace)  # hours that cannot be are told before anything is sent
    with claimed(workspace) as claims, _going_on():
        run = _Run(workspace, claims, ways)
        yield from run.doubtful()
        yield from run.batch(claims.settle(None))
        chosen, left = run.chosen(select(), named=named)
        yield from left
        for start in range(0, len(chosen), BATCH):
            claims.claim(chosen[start : start + BATCH])
            stand = claims.settle(ways.exchange)
            yield from run.batch([one for one in stand if claims.state(one) == PUSHED])
    if ways.exchange is not None:
        ways.exchange()


@contextmanager
def _going_on() -> Iterator[None]:
    """Where a write fails, others went before it: say that the next run goes on from there."""
    try:
        yield
    except StorageError as error:
        if "nothing was changed" not in error.message:
            raise
        said = error.message.replace("nothing was changed", "the next crm mail send goes on")
        raise StorageError(said, error.hint) from error


class _Batch:
    """What became of the messages of a batch: those that are over, and the steps that put others
    back."""

    def __init__(self, taken: list[Taken]) -> None:
        self.taken = taken
        self.back: list[Step] = []
        self.outcomes: list[Outcome] = []


class _Run:
    """One run: its limits, and what it has done so far."""

    def __init__(self, workspace: Workspace, claims: Claimed, ways: Ways) -> None:
        self._workspace = workspace
        self._claims = claims
        self._ways = ways
        self._begun = False
        self._pattern = str(mail_setting(settings_of(workspace), "unsubscribe") or "")
        self._key: bytes | None = None

    def doubtful(self) -> Iterator[Outcome]:
        """The messages of which it is not known whether a server took them. One of which a copy
        was fetched since has been sent."""
        sent = known_sent(self._workspace)
        for one in self._claims.own():
            if self._claims.state(one) != HANDING or one.letter is None:
                continue
            if short(one.letter.key) in sent:
                self._claims.mark(one, SENT)
            else:
                yield Outcome(one.path, one.letter.customer, DOUBTFUL, "a run ended as it was sent")

    def chosen(
        self, selected: Sequence[Held], *, named: bool
    ) -> tuple[list[Held], list[Outcome]]:
        """(the messages that may go now, why the others stay)."""
        free = [one for one in selected if not one.claimant]
        refused = self._refused(free)
        most = _number(self._workspace, "per_run") or _PER_RUN
        per_domain = _number(self._workspace, "per_domain")
        domains: Counter[str] = Counter()
        chosen: list[Held] = []
        left: list[Outcome] = []
        quiet = quiet_hours(self._workspace)
        for one in free:
            letter = one.letter
            customer = letter.customer if letter is not None else ""
            domain = domain_of(letter.to.address) if letter is not None else ""
            why = refused.get(one.path, "")
            if not why and self._claims.state(one) in (SENT, HANDING):
                why = "this machine has sent it, or tried to"
            if not why and letter is not None and not named and _is_over(letter.trouble):
                why = f"rejected before: {letter.trouble}"
            if not why and len(chosen) >= most:
                why = f"mail.per_run is {most}"
            if not why and per_domain and domains[domain] >= per_domain:
                why = f"mail.per_domain is {per_domain}"
            if why:
                # Who withdrew consent may give it again: there is nothing for cron to tell.
                waits = one.path not in refused or why == quiet or why.endswith(_WITHDRAWN)
                left.append(Outcome(one.path, customer, LEFT, why, waits))
            else:
                domains[domain] += 1
                chosen.append(one)
        return chosen, left

    def _refused(self, chosen: Sequence[Held]) -> dict[str, str]:
        """Why some may not go. The key for ways out is asked for here, before any is handed over:
        a command may ask a person for it, or fail."""
        if not chosen:
            return {}
        mailed = any(one.letter is not None and one.letter.is_mailing for one in chosen)
        if self._pattern and mailed and self._key is None:
            self._key = self._ways.unsubscribe_key()
        found = refusals(self._workspace, chosen, self._ways.campaigned)
        if found:
            self._ways.met(self._workspace.problems)
        return found

    def batch(self, stand: Sequence[Held]) -> Iterator[Outcome]:
        """Send claimed messages and note what became of them; what a run before sent is noted."""
        now = self._workspace.clock.now
        done = _Batch([Taken(one, now) for one in stand if self._claims.state(one) == SENT])
        waiting = hindered(self._workspace, done.taken)
        done.outcomes += [
            _outcome(one.held, LEFT, f"it was sent, and is noted once {why} can be read")
            if (why := waiting.get(one.held.path))
            else _outcome(one.held, DONE)
            for one in done.taken
        ]
        ready = [one for one in stand if self._claims.state(one) == PUSHED]
        # Consent may have been withdrawn in what has just come in.
        refused = self._refused(ready)
        stopped: StorageError | None = None
        for one in ready:
            if stopped is not None:
                self._release(done, one, "", "")
            elif why := refused.get(one.path):
                self._release(done, one, LEFT, why)
            else:
                stopped = self._one(done, one)
        self._note(done)
        yield from done.outcomes
        if stopped is not None:
            if self._ways.exchange is not None:
                with suppress(CrmError):
                    self._ways.exchange()
            raise stopped

    def _one(self, done: _Batch, one: Held) -> StorageError | None:
        """Send one message; the error with which no more can be sent."""
        now = self._workspace.clock.now
        try:
            self._hand_over(one)
        except Rejected as error:
            bounced = _bounce(one, error)
            if bounced:
                done.taken.append(Taken(one, now, bounced))
            became = REFUSED if error.code >= _FOR_GOOD else PUT_OFF
            self._release(done, one, became, error.message, self._trouble(one, error))
        except Unreadable as error:
            self._release(done, one, LEFT, error.message)
        except Unsure as error:
            done.outcomes.append(_outcome(one, DOUBTFUL, error.message))
            return error
        except Unreached as error:
            self._release(done, one, "", "")
            return error
        else:
            done.taken.append(Taken(one, now))
            done.outcomes.append(_outcome(one, DONE))
        return None

    def _hand_over(self, one: Held) -> None:
        letter = one.letter
        assert letter is not None
        now = self._workspace.clock.now
        data = self._wire(letter, now) if letter.channel == "email" else b""
        per_minute = _number(self._workspace, "per_minute")
        if self._begun and per_minute:
            self._ways.pause(60 / per_minute)
        self._begun = True
        self._claims.mark(one, HANDING)
        try:
            self._ways.hand_over(letter, data)
        except Unsure:
            raise
        except CrmError as error:
            # It is known not to have been taken. Without a password nothing else is, either.
            self._claims.mark(one, PUSHED)
            if isinstance(error, Rejected | Unreached):
                raise
            raise Unreached(error.message, error.hint) from error
        self._claims.mark(one, SENT)
        if self._ways.copy is not None and data:
            try:
                self._ways.copy(data, now)
            except CrmError as error:
                self._workspace.notices.append(f"no copy was kept in Sent: {error.message}")
                self._ways = self._ways._replace(copy=None)

    def _wire(self, letter: Outgoing, now: datetime) -> bytes:
        more = [*headers_of(letter, self._pattern, self._key or b"")]
        return wire_of(letter, format_datetime(now), more)

    def _release(
        self, done: _Batch, one: Held, became: str, why: str, trouble: str = ""
    ) -> None:
        """Put a message back into the outbox, which nobody has then claimed."""
        self._claims.mark(one, None)
        back = self._claims.back(one, trouble)
        done.back += back
        if became:
            done.outcomes.append(_outcome(one._replace(path=back[0].path), became, why))

    def _trouble(self, one: Held, error: Rejected) -> str:
        assert one.letter is not None
        now = self._workspace.clock.now
        text = " ".join(error.message.replace("=?", "= ?").split())[:200]
        tries = f" ({_tries(one.letter.trouble) + 1})" if error.code < _FOR_GOOD else ""
        return f"{now:%Y-%m-%dT%H:%M} {text}{tries}"

    def _note(self, done: _Batch) -> None:
        if not done.taken and not done.back:
            return
        made = (*steps(self._workspace, done.taken), *done.back)
        if not made:
            return
        sent = sum(not one.bounced for one in done.taken)
        said = f"send {counted(sent, 'message')}" if sent else "release claimed messages"
        self._workspace.write(Change(said, made, "final"))


def _outcome(one: Held, became: str, why: str = "") -> Outcome:
    return Outcome(one.path, one.letter.customer if one.letter is not None else "", became, why)


def _bounce(one: Held, error: Rejected) -> str:
    """What is noted of an address that there is not; empty of any other refusal, which may be
    about us."""
    if one.letter is None or error.address != on_the_wire(one.letter.to.address):
        return ""
    status = _NO_SUCH.search(error.message)
    if status is None:
        return ""
    return f"{status[0]} {one.letter.to.address}: {error.message}"


def _is_over(trouble: str) -> bool:
    """Whether a message is not tried again by itself: rejected for good, or too often."""
    match = _TROUBLE.fullmatch(trouble)
    return match is not None and (int(match[1]) >= _FOR_GOOD or int(match[2] or 1) >= _ATTEMPTS)


def _tries(trouble: str) -> int:
    match = _TROUBLE.fullmatch(trouble)
    return int(match[2] or 1) if match is not None else 0


def _number(workspace: Workspace, key: str) -> int:
    found = mail_setting(settings_of(workspace), key)
    return found if isinstance(found, int) else 0


def resolve(
    workspace: Workspace, chosen: Sequence[Held], *, sent: bool, exchange: Exchange | None
) -> list[Outcome]:
    """Settle messages that are doubtful: note them as `sent`, or put them back to send again."""
    outcomes = []
    with claimed(workspace) as claims:
        own = {one.path for one in claims.own()}
        back: list[Step] = []
        taken = []
        for one in chosen:
            if one.path not in own or one.letter is None or claims.state(one) != HANDING:
                continue
            claims.mark(one, SENT if sent else None)
            if sent:
                taken.append(Taken(one, workspace.clock.now))
            else:
                put = claims.back(one)
                back += put
                one = one._replace(path=put[0].path)
            became, why = (DONE, "") if sent else (LEFT, "to be sent again")
            outcomes.append(_outcome(one, became, why))
        if outcomes:
            what = "note as sent" if sent else "send again"
            change = Change(f"{what}: {counted(len(outcomes), 'doubtful message')}",
                            (*steps(workspace, taken), *back), "final")  # fmt: skip
            workspace.write(change)
    if exchange is not None:
        exchange()
    return outcomes
