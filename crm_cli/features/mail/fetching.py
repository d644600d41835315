"""Fetching: mails are read, joined to customers and noted, in batches that can be killed.

A batch is one change of the records, then what is written down of the mailbox. A run that fails
or is killed between them reads the batch once more: what is noted is known by its Message-ID.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from crm_cli.features.mail.entries import Entries, Entry
from crm_cli.features.mail.joining import Joined, Joining
from crm_cli.features.mail.marks import Marks
from crm_cli.features.mail.reading import read
from crm_cli.features.mail.reports import Report, is_proven, reports
from crm_cli.features.mail.waiting import DAYS, MAILS, as_mail, as_waiting, prune
from crm_cli.features.plan import counted
from crm_cli.model.errors import CrmError, DataError, NotFound, Problem, Refused, Unreadable
from crm_cli.model.mail import BOUNCE, GENERATED, LIST, Mail, is_own
from crm_cli.store.mailboxes import Letter, Mailbox
from crm_cli.store.mailboxes.sources import mailboxes
from crm_cli.store.mailboxes.state import MailState, mail_state
from crm_cli.workspace import Change, Edit, Workspace, Written

BATCH = 500
"""So many mails are noted in one change."""
_BYTES = 64 * 1024 * 1024

NOTED, BOUNCED, WAITING, KNOWN, UNREAD = "noted", "bounced", "waiting", "known", "unread"
LISTS, OURS, IGNORED, FORGOTTEN = "list", "ours", "ignored", "forgotten"
FATES = {
    NOTED: "noted",
    BOUNCED: "came back",
    WAITING: "from unknown senders",
    KNOWN: "known already",
    LISTS: "of lists and programs",
    OURS: "among ourselves",
    IGNORED: "ignored",
    FORGOTTEN: "of who was forgotten",
    UNREAD: "unreadable",
}
"""What became of a mail, with the words for it."""


class _Taken(NamedTuple):
    """A letter that was read: its fate, the mail's id and the entries that it made. One to be
    read `again` another time is not marked."""

    letter: Letter
    fate: str = ""
    id: str = ""
    made: tuple[Entry, ...] = ()
    again: bool = False
    waits: bool = False
    """Whether a part of it is decided at the end of the run."""


class Fetched(NamedTuple):
    """What became of the mails of a mailbox, by FATES; `customers` are those that got any."""

    mailbox: str
    counts: Counter[str]
    customers: frozenset[str]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]
    written: tuple[Written, ...]
    error: CrmError | None = None
    """Why the mailbox could not be read to its end; what was read before is kept."""


def fetch(
    workspace: Workspace,
    words: Sequence[str],
    *,
    since: date | None = None,
    dry_run: bool = False,
    again: bool = False,
    each: Callable[[int], None] = lambda done: None,
) -> Iterator[Fetched]:
    """Fetch the mails of mailboxes, all that are configured unless some are named; what became
    of each mailbox, once it is read. `each` is told how many mails were read so far.

    With `again` from the beginning. Raises UsageError, NotFound, ConflictError, StorageError.
    """
    workspace.require_settings()
    boxes = mailboxes(workspace.root, workspace.environ, words)
    with mail_state(workspace.root, workspace.environ) as state:
        run = _Run(workspace, state, dry_run=dry_run, each=each)
        if (taken := run.take_up()) is not None:
            yield taken
        run.tidy()
        for box in boxes:
            yield run.of(box, since, again=again, last=box is boxes[-1])


def take_up(workspace: Workspace) -> Fetched | None:
    """Note the mails that wait and whose senders are known by now; None where there are none."""
    with mail_state(workspace.root, workspace.environ) as state:
        run = _Run(workspace, state)
        return run.take_up()


class _Run:
    def __init__(
        self,
        workspace: Workspace,
        state: MailState,
        *,
        dry_run: bool = False,
        each: Callable[[int], None] = lambda done: None,
    ) -> None:
        self._workspace = workspace
        self._state = state
        self._dry_run = dry_run
        self._each = each
        self._read = 0
        self._joining = Joining(workspace)
        self._later: dict[str, tuple[str, Report]] = {}
        self._boxes: list[tuple[str, Marks]] = []
        self._failed = False
        self._clear()

    def _clear(self) -> None:
        self._counts: Counter[str] = Counter()
        self._customers: set[str] = set()
        self._notes: list[str] = []
        self._problems: list[Problem] = []
        self._written: list[Written] = []

    def _done(self, name: str) -> Fetched:
        found = Fetched(
            name, self._counts, frozenset(self._customers), tuple(self._notes),
            tuple(self._problems), tuple(self._written),
        )  # fmt: skip
        self._clear()
        return found

    def of(self, box: Mailbox, since: date | None, *, again: bool, last: bool) -> Fetched:
        """Read a mailbox to its end, or until that fails; what was read before is kept. After the
        last one reports are decided that could not be before."""
        known = {} if again or not box.name else self._state.marks.get(box.name, {})
        marks = Marks(known)
        letters = box.letters(marks.read, since)
        error: CrmError | None = None
        while error is None:
            batch, error = _some(letters)
            if not batch:
                break
            entries = Entries(self._workspace, self._joining)
            taken = [self._take(letter, since, entries) for letter in batch]
            failed = self._write_all(entries)
            for one in taken:
                self._settle(one, failed, marks)
            self._keep_marks(box.name, marks)
        if error is None and box.name and marks.prune(box.gone(marks.read)):
            self._keep_marks(box.name, marks)
        self._boxes.append((box.name, marks))
        self._failed = self._failed or error is not None
        if last:
            self._end()
        return self._done(box.name)._replace(error=error)

    def _settle(self, one: _Taken, failed: frozenset[str], marks: Marks) -> None:
        """Count a mail and mark it as dealt with, unless that failed."""
        lost = any(entry.customer in failed for entry in one.made)
        if lost:
            self._unlearn(one.made)
        elif one.fate:
            self._counts[one.fate] += 1
            if one.fate == NOTED:
                self._customers.update(entry.customer for entry in one.made)
            if self._joining.is_known(one.id):
                self._state.drop([one.id])
        marks.add(one.letter.mark, failed=lost or one.again, waits=one.waits)

    def _end(self) -> None:
        """Note the reports that no mail proved when they were read: what they are about may have
        come later, as from another folder. Where a mailbox could not be read it may come yet:
        then those that are not proven wait for another run."""
        if not self._later:
            return
        entries = Entries(self._workspace, self._joining)
        waiting = False
        for place, one in self._later.values():
            proven = is_proven(self._workspace, self._joining, one)
            if not proven and self._failed:
                waiting = True
                continue
            entries.of_report(one, proven=proven)
            if not proven:
                self._notes.append(f"{place}: {one.doubt}")
        if self._write_all(entries) or waiting:
            return
        for name, marks in self._boxes:
            marks.end()
            self._keep_marks(name, marks)

    def _keep_marks(self, name: str, marks: Marks) -> None:
        if name:
            self._state.marks[name] = dict(marks.kept)
        self._save()

    def take_up(self) -> Fetched | None:
        """Note what waits and is somebody's by now."""
        entries = Entries(self._workspace, self._joining)
        for id, held in list(self._state.waiting.items()):
            mail = as_mail(id, held)
            if mail is None or self._joining.is_known(id):
                self._state.drop([id])
            elif (found := self._joining.join(mail)) is not None and found.customer:
                self._note(mail, found, entries, id)
        if not entries.made:
            return None
        failed = self._write_all(entries)
        for one in entries.made:
            if one.customer in failed:
                self._unlearn([one])
            else:
                self._counts[NOTED] += 1
                self._customers.add(one.customer)
                self._state.drop([one.mail.message_id])
        self._save()
        return self._done("")

    def _unlearn(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._joining.unlearn(entry.mail.message_id)

    def _save(self) -> None:
        if not self._dry_run:
            self._prune()
            self._state.save()

    def _prune(self) -> bool:
        dropped = prune(self._state, self._workspace.clock.today)
        if dropped:
            self._notes.append(
                f"{counted(dropped, 'mail')} of unknown senders dropped: mails wait for"
                f" {DAYS.days} days, and at most {MAILS:,}"
            )
        return dropped > 0

    def tidy(self) -> None:
        """Drop what waited for too long."""
        if not self._dry_run and self._prune():
            self._state.save()

    def _write_all(self, entries: Entries) -> frozenset[str]:
        """Write a batch; the customers whose records could not be changed. Raises ConflictError,
        StorageError: then nothing of it is known to be written."""
        if not entries.made:
            return frozenset()
        steps = entries.steps()
        try:
            self._write(tuple(steps.values()), len(entries.made))
        except (DataError, NotFound, Refused):
            # One record is not to keep the mails of others waiting.
            counts = Counter(one.customer for one in entries.made)
            alone = {id: self._alone(step, counts[id]) for id, step in steps.items()}
            return frozenset(id for id, written in alone.items() if not written)
        return frozenset()

    def _write(self, steps: Sequence[Edit], mails: int) -> None:
        said = f"log {counted(mails, 'e-mail')} with {counted(len(steps), 'customer')}"
        change = Change(said, tuple(steps))
        self._written.append(self._workspace.write(change, dry_run=self._dry_run))

    def _alone(self, step: Edit, mails: int) -> bool:
        """Write what is of one record; whether that could be done."""
        try:
            self._write([step], mails)
        except (DataError, NotFound, Refused) as error:
            said = f"{counted(mails, 'e-mail')} could not be noted: {error.message}"
            hint = "correct the record; the next crm mail fetch reads them again"
            self._problems.append(Problem(step.path, 0, 0, "mail-not-noted", said, hint))
            return False
        return True

    def _take(self, letter: Letter, since: date | None, entries: Entries) -> _Taken:
        self._read += 1
        self._each(self._read)
        now = self._workspace.clock.now
        try:
            mail = read(letter, now)
        except (CrmError, Unreadable) as error:
            problem = Problem(letter.place, 0, 0, "bad-mail", error.message, error.hint)
            self._problems.append(problem)
            # What is missing here, such as a library, may be there another time.
            return _Taken(letter, UNREAD, again=isinstance(error, CrmError))
        if since is not None and mail.at.astimezone(now.tzinfo).date() < since:
            return _Taken(letter)
        self._notes += [f"{letter.place}: {note}" for note in mail.notes]
        before = len(entries.made)
        fate = self._fate(mail, letter, entries)
        self._joining.heard(mail)
        waits = any(one.id in self._later for one in reports(self._joining, mail))
        made = tuple(entries.made[before:])
        return _Taken(letter, fate, mail.message_id, made, waits=waits)

    def _fate(self, mail: Mail, letter: Letter, entries: Entries) -> str:
        joining = self._joining
        if mail.automatic == BOUNCE:
            return self._bounce(mail, letter, entries)
        if joining.is_known(mail.message_id):
            return KNOWN
        if mail.automatic in (LIST, GENERATED) and not is_own(mail.sender.address, joining.own):
            return LISTS
        found = joining.join(mail)
        if found is None:
            return OURS
        if found.customer:
            self._note(mail, found, entries, letter.place)
            return NOTED
        if not found.stranger or is_own(found.stranger, joining.ignored):
            return IGNORED
        if joining.is_forgotten(found.stranger):
            return FORGOTTEN
        if mail.automatic:
            return LISTS
        if mail.message_id in self._state.waiting:
            return KNOWN
        today = self._workspace.clock.today
        self._state.waiting[mail.message_id] = as_waiting(mail, found.stranger, today)
        return WAITING

    def _note(self, mail: Mail, found: Joined, entries: Entries, place: str) -> None:
        _, notes = entries.of(mail, found)
        self._notes += [f"{place}: {note}" for note in notes]

    def _bounce(self, mail: Mail, letter: Letter, entries: Entries) -> str:
        """A report is noted with each customer whose address it names, once."""
        fate = LISTS
        for one in reports(self._joining, mail):
            if self._joining.is_known(one.id) or one.id in self._later:
                fate = KNOWN if fate == LISTS else fate
                continue
            fate = BOUNCED
            if is_proven(self._workspace, self._joining, one):
                entries.of_report(one, proven=True)
            else:
                self._later[one.id] = (letter.place, one)
        return fate


def _some(letters: Iterator[Letter]) -> tuple[list[Letter], CrmError | None]:
    """The next letters: so many, or until they fill some memory; and why there are no more, if
    they could not be read."""
    found: list[Letter] = []
    size = 0
    try:
        for letter in islice(letters, BATCH):
            found.append(letter)
            size += len(letter.data)
            if size > _BYTES:
                break
    except CrmError as error:
        return found, error
    return found, None


def summary(found: Fetched) -> str:
    """What became of the mails, in a line: `8 noted with 5 customers, 2 from unknown senders`."""
    said: list[str] = []
    for fate, words in FATES.items():
        number: Any = found.counts[fate]
        if number and fate == NOTED:
            said.append(f"{number:,} {words} with {counted(len(found.customers), 'customer')}")
        elif number:
            said.append(f"{number:,} {words}")
    return ", ".join(said)
