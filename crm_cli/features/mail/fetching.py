"""Fetching: mails are read, joined to customers and noted, in batches that can be killed.

A batch is one change of the records, then what is written down of the mailbox. A run that is
killed between them reads the batch once more: what is noted is known by its Message-ID.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from crm_cli.features.mail.entries import Entries
from crm_cli.features.mail.joining import Joined, Joining
from crm_cli.features.mail.waiting import as_mail, as_waiting
from crm_cli.features.plan import counted
from crm_cli.formats.mail.message import read_mail
from crm_cli.formats.mail.outlook import MAGIC
from crm_cli.formats.mail.outlook import as_mail as of_outlook
from crm_cli.model.errors import CrmError, DataError, NotFound, Problem, Refused, Unreadable
from crm_cli.model.mail import BOUNCE, GENERATED, LIST, Mail, is_own
from crm_cli.store.mailboxes import Letter, Mailbox
from crm_cli.store.mailboxes.sources import mailboxes
from crm_cli.store.mailboxes.state import MailState, mail_state
from crm_cli.workspace import Change, Edit, Workspace, Written

BATCH = 500
"""So many mails are noted in one change."""

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
        for box in boxes:
            yield run.of(box, since, again=again)


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

    def of(self, box: Mailbox, since: date | None, *, again: bool) -> Fetched:
        """Read a mailbox to its end."""
        marks = {} if again or not box.name else dict(self._state.marks.get(box.name, {}))
        letters = box.letters(marks, since)
        try:
            while batch := list(_some(letters)):
                entries = Entries(self._workspace, self._joining)
                for letter in batch:
                    self._take(letter, since, entries)
                    if letter.mark is not None:
                        marks[letter.mark[0]] = letter.mark[1]
                if box.name:
                    self._state.marks[box.name] = marks
                self._keep(entries)
        except CrmError as error:
            return self._done(box.name)._replace(error=error)
        return self._done(box.name)

    def take_up(self) -> Fetched | None:
        """Note what waits and is somebody's by now."""
        entries = Entries(self._workspace, self._joining)
        for id, held in list(self._state.waiting.items()):
            mail = as_mail(id, held)
            if mail is None or self._joining.is_known(id):
                self._state.drop([id])
            elif (found := self._joining.join(mail)) is not None and found.customer:
                self._note(mail, found, entries)
                self._state.drop([id])
        if not entries.made:
            return None
        self._keep(entries)
        return self._done("")

    def _keep(self, entries: Entries) -> None:
        """Write a batch, then what is known of the mailbox from now on."""
        if entries.made:
            steps = entries.steps()
            try:
                self._write(steps, len(entries.made))
            except (DataError, NotFound, Refused):
                # One record is not to keep the mails of others waiting.
                for step in steps:
                    self._alone(step, entries)
        if not self._dry_run:
            self._state.save()

    def _write(self, steps: Sequence[Edit], mails: int) -> None:
        said = f"log {counted(mails, 'e-mail')} with {counted(len(steps), 'customer')}"
        change = Change(said, tuple(steps))
        self._written.append(self._workspace.write(change, dry_run=self._dry_run))

    def _alone(self, step: Edit, entries: Entries) -> None:
        """Write what is of one record; where that fails its mails wait for the next run."""
        held = [one for one in entries.made if self._workspace.path_of(one.customer) == step.path]
        try:
            self._write([step], len(held))
        except (DataError, NotFound, Refused) as error:
            said = f"{counted(len(held), 'e-mail')} could not be noted: {error.message}"
            hint = "correct the record; the next crm mail fetch tries again"
            self._problems.append(Problem(step.path, 0, 0, "mail-not-noted", said, hint))
            for one in held:
                self._counts[NOTED] -= 1
                self._state.waiting[one.mail.message_id] = as_waiting(one.mail, one.stranger)

    def _take(self, letter: Letter, since: date | None, entries: Entries) -> None:
        self._read += 1
        self._each(self._read)
        try:
            if letter.fault is not None:
                raise letter.fault
            data = letter.data
            if data.startswith(MAGIC):
                data = of_outlook(data)
            now = self._workspace.clock.now
            mail = read_mail(data, arrived=letter.arrived, now=max(now, letter.arrived or now))
        except (CrmError, Unreadable) as error:
            self._counts[UNREAD] += 1
            problem = Problem(letter.place, 0, 0, "bad-mail", error.message, error.hint)
            self._problems.append(problem)
            return
        if since is not None and mail.at.astimezone(now.tzinfo).date() < since:
            return
        self._notes += [f"{letter.place}: {note}" for note in mail.notes]
        fate = self._fate(mail, letter, entries)
        self._counts[fate] += 1
        self._joining.heard(mail)

    def _fate(self, mail: Mail, letter: Letter, entries: Entries) -> str:
        joining = self._joining
        if mail.automatic == BOUNCE:
            return self._bounce(mail, entries)
        if joining.is_known(mail.message_id):
            self._state.drop([mail.message_id])
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
        fate = KNOWN if mail.message_id in self._state.waiting else WAITING
        self._state.waiting[mail.message_id] = as_waiting(mail, found.stranger)
        return fate

    def _note(self, mail: Mail, found: Joined, entries: Entries, place: str = "") -> None:
        entry, notes = entries.of(mail, found)
        where = place or mail.message_id
        self._notes += [f"{where}: {note}" for note in notes]
        self._customers.add(entry.customer)
        self._joining.remember(mail, found)
        if not place:
            self._counts[NOTED] += 1

    def _bounce(self, mail: Mail, entries: Entries) -> str:
        """A report is noted with each customer whose address it names, once."""
        fate = LISTS
        for one in mail.bounces:
            found = self._joining.bounced(one.address, mail)
            if found is None:
                continue
            id = f"{mail.message_id}/{one.address}" if len(mail.bounces) > 1 else mail.message_id
            if self._joining.is_known(id):
                fate = KNOWN if fate == LISTS else fate
                continue
            entry = entries.of_bounce(mail, one, found)
            self._customers.add(entry.customer)
            self._joining.remember(mail._replace(message_id=id), found)
            fate = BOUNCED
        return fate


def _some(letters: Iterator[Letter]) -> Iterator[Letter]:
    """The next letters: so many, or until they fill some memory."""
    size = 0
    for letter in islice(letters, BATCH):
        yield letter
        size += len(letter.data)
        if size > 64 * 1024 * 1024:
            return


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
