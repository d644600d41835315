"""Writing: the store carries out a change, then git commits it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from crm_cli.model.errors import CrmError, DataError, NotFound, Refused
from crm_cli.model.places import FORGOTTEN, SETTINGS, place_of
from crm_cli.workspace.querying import Querying

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from crm_cli.store.change import Change, Edit, Step, Written
    from crm_cli.store.transaction import Committed, FileChange
    from crm_cli.store.transaction import Written as FileWritten
    from crm_cli.workspace.querying import Guard
    from crm_cli.workspace.tracking import Moment


class Hooked(Protocol):
    """What watches a write from outside; see `features/hooks.py`."""

    def watched(self, changes: Sequence[FileChange]) -> list[FileChange]:
        """The changes, one of which may raise Refused."""

    def wrote(self, files: Sequence[FileWritten]) -> str:
        """Look at what was written; what is to be said of it, if anything."""


class Watch(Protocol):
    """What sees every change of one run before it is written, whatever command makes it."""

    guard: Guard | None
    """What the run may ask about; None: everything."""

    def watched(self, changes: Sequence[FileChange], *, dry_run: bool) -> list[FileChange]:
        """The changes as they are to be carried out; raises CrmError to refuse them."""

    def wrote(self) -> None:
        """Note that they were carried out, or that their preview was made."""


class Writing(Querying):
    """A directory to write."""

    watch: Watch | None = None
    """Sees each change last, after hooks; see `mcp/watching.py`."""

    hooks: Callable[[Any], Hooked | None] | None = None
    """Finds what is to be run around writes; only commands have such."""

    def new_customer(self, values: dict[str, Any]) -> bytes:
        """A new customer's file, in canonical form, recorded today unless `created` is given."""
        from crm_cli.model.customer import CUSTOMER
        from crm_cli.store.change import new_record

        recorded = {"created": self.clock.today, **values}
        return new_record(CUSTOMER, recorded, self.business)

    def write(self, change: Change, *, dry_run: bool = False, keep: bool = True) -> Written:
        """Carry out a change, all of it or nothing, or only say what it would do.

        Without `keep` it is not committed: the caller does that.

        Raises ConflictError, DataError, Refused, StorageError, and what the steps raise.
        """
        from crm_cli.store.change import Diff, Written
        from crm_cli.store.transaction import FileChange, commit, preview

        if self.as_of:
            raise Refused("past states cannot be changed", "leave --as-of out")
        if keep:
            self._require_whole(change)
        changes = [
            FileChange(step.path, self._update(step), getattr(step, "mode", 0o600))
            for step in change.steps
        ]
        if keep:
            changes = self._watched(change, changes)
        hooks = self._hooks() if keep and not dry_run else None
        if hooks is not None and not _takes_back(change):
            changes = hooks.watched(changes)
        if self.watch is not None:
            changes = self.watch.watched(changes, dry_run=dry_run)
        if dry_run:
            done = preview(self.root, changes)
        else:
            self.written = True
            done = commit(
                self.root,
                changes,
                command=self.command,
                subject=change.subject,
                when=datetime.now().astimezone().isoformat(timespec="seconds"),
                timeout=self.lock_timeout,
                waiting=self.waiting,
                then=self.keeper(change.subject) if keep else None,
                role=change.role,
                of=change.of,
            )
            self.changed()
            if done.linked:
                others = f" and {len(done.linked) - 1} more" if done.linked[1:] else ""
                self.notices.append(
                    f"{done.linked[0]}{others} had another name (a hard link), which keeps the "
                    "text before"
                )
            if hooks is not None:
                self.notices += filter(None, [hooks.wrote(done.files)])
        if self.watch is not None:
            self.watch.wrote()
        diffs = tuple(Diff(file.path, file.before, file.after) for file in done.files)
        return Written(change.subject, diffs, dry_run)

    def _require_whole(self, change: Change) -> None:
        """Raise for settings that are not there, and for records that are left out."""
        if all(step.path != SETTINGS.path for step in change.steps):
            self.require_settings()
        if self.left_out and any(place_of(step.path) for step in change.steps):
            # What has the same id there, or refers to it, would be changed unseen.
            first = self.left_out[0]
            raise Refused(
                f"{first.path}: {first.message}; nothing was changed",
                first.hint and f"{first.hint}; then run the command again",
                tuple(self.left_out),
            )

    def _watched(self, change: Change, changes: list[FileChange]) -> list[FileChange]:
        """The changes, which closed books and who was forgotten may refuse when they are made."""
        until, unread = self.business.closed_until, self.business.closed_unread
        if until or unread:
            from crm_cli.workspace.anew import in_books
            from crm_cli.workspace.closing import Closing

            day = date.fromisoformat(until) if until else date.max
            closing = Closing(day, self.force_closed, self.open, self.moment, unread,
                              resum=partial(in_books, self), figures=change.anonymous)  # fmt: skip
            changes = closing.watched(changes)
        if self._has_forgotten and change.role != "final":
            from crm_cli.workspace.returning import Returning

            undoing = _takes_back(change)
            tell = self.notices.append
            country = self.business.country
            watch = Returning(self.forgotten, country, undoing=undoing, tell=tell)
            changes = watch.watched(changes)
        return changes

    def _hooks(self) -> Hooked | None:
        """What is to be run around a write; most directories have no such folder."""
        if self.hooks is None or not os.path.lexists(self.root / ".crm" / "hooks"):
            return None
        return self.hooks(self)

    @property
    def _has_forgotten(self) -> bool:
        """Whether anybody was forgotten; most directories have no such file."""
        return os.path.lexists(self.root / FORGOTTEN.path)

    def keeper(self, subject: str) -> Callable[[Committed], bool] | None:
        """What makes a commit of what was just written; None where there is no autocommit."""
        if not self._autocommits():
            return None
        from crm_cli.model.settings import author_of
        from crm_cli.store.commits import Change as Kept
        from crm_cli.store.commits import keep

        named = self._user or self.environ.get("CRM_USER")
        author = author_of(self.file(SETTINGS.path).record, named) if named else ""

        def kept(done: Committed) -> bool:
            changes = [Kept(file.path, file.before, file.after) for file in done.files]
            changes += [Kept(*one) for one in self._unkept_books(done)]
            found = keep(self.root, self.environ, subject, changes, author=author, entry=done.entry)
            if found.said:
                self.notices.append(found.said)
            self.told_of(found.by_hand)
            return found.noted

        return kept

    def _unkept_books(self, done: Committed) -> list[tuple[str, bytes, bytes]]:
        """What was edited by hand and belongs to books that this change closes: it is committed
        before it, so that git has the books as they were closed."""
        from crm_cli.workspace.closed import closes, unkept

        if not any(one.path == SETTINGS.path and closes(one.before, one.after)
                   for one in done.files):  # fmt: skip
            return []
        try:
            return unkept(self.git, self.tree, self.open)
        except CrmError:
            return []  # Without git nobody knows later what they were.

    def told_of(self, by_hand: Collection[tuple[str, bytes | None, bytes | None]]) -> None:
        """Say what of closed books was edited by hand; each with its text before and after."""
        until = self.business.closed_until
        if not until or not by_hand:
            return
        from crm_cli.workspace.anew import in_books
        from crm_cli.workspace.closed import Side, told, touched

        day = date.fromisoformat(until)
        sides = [Side(*one) for one in by_hand]
        found = touched(sides, day, self.open, partial(in_books, self))
        if found:
            self.notices.append(told(found, day))

    def _autocommits(self) -> bool:
        """Whether writes are committed; DataError where crm.yaml cannot be read."""
        if self.business.known:
            return self.business.autocommit
        from crm_cli.model.settings import business_of

        return business_of(self.file(SETTINGS.path).record).autocommit

    def alone(self) -> AbstractContextManager[bool]:
        """Keep others from writing meanwhile, as while git merges; see `transaction.alone`."""
        from crm_cli.store.transaction import alone

        return alone(
            self.root, command=self.command, timeout=self.lock_timeout, waiting=self.waiting
        )

    def require_settings(self) -> None:
        """Refuse to put down times, amounts and names by settings that could not be read.

        Whether a change is committed is among them.
        """
        if not self.business.known:
            raise DataError(
                "crm.yaml cannot be read, and what is written goes by its name, zone and currency",
                "correct it, or run the command again if the failure was temporary",
            )

    @property
    def moment(self) -> Moment:
        """When and by whom changes are made."""
        from crm_cli.workspace.tracking import Moment

        return Moment(self.clock.now, lambda: self.user)

    def _update(self, step: Step) -> Callable[[bytes | None], bytes | None]:
        from crm_cli.store.change import Create, Remove, Rewrite, created

        if isinstance(step, Rewrite):
            return step.update
        if isinstance(step, Remove):
            return lambda data: None
        if isinstance(step, Create):
            return partial(created, step)
        return lambda data: self._edited(step, data)

    def _edited(self, step: Edit, data: bytes | None) -> bytes:
        place = place_of(step.path)
        if data is None and (place is None or place.is_folder):
            raise NotFound(f"{step.path} has gone", "somebody else removed or renamed it")
        from crm_cli.workspace.tracking import note_changes, states

        document = self.open(step.path, data or b"")
        before = states(document)
        step.update(document)
        note_changes(document, before, self.moment)
        return document.data


def _takes_back(change: Change) -> bool:
    """Whether a change is the undoing of another one, or its doing again."""
    return bool(change.role) or change.subject.startswith(("undo: ", "redo: "))
