"""An open data directory: its files, index, settings and clock.

Each is made on first use. Its records, what is asked of it and how it is written are classes of
their own, which derive from this one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from crm_cli.model.business import Business
from crm_cli.model.errors import Problem, Refused, Severity, StorageError, Unreadable, UsageError
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.store.discovery import cache_folder
from crm_cli.store.tree import Folder, Tree

if TYPE_CHECKING:
    import sqlite3

    from crm_cli.index.database import Index
    from crm_cli.model.pipeline import Learned
    from crm_cli.query.ast import Node
    from crm_cli.query.database import Database
    from crm_cli.query.scope import Profile, Scope
    from crm_cli.store.git import Git
    from crm_cli.store.look_ahead import Look


class Clock(NamedTuple):
    """The time that every command goes by: the business's day, and the instant."""

    today: date
    now: datetime


class _Made:
    """What was made on first use, so far; replaced whole to answer from another state."""

    def __init__(self, tree: Tree | None = None) -> None:
        self.tree = tree
        self.index: Index | None = None
        self.clock: Clock | None = None
        self.user: tuple[str | None] | None = None
        self.learned: Mapping[tuple[str, str], Learned] | None = None
        self.suggested: Mapping[str, Sequence[str]] | None = None
        self.likely: Mapping[str, str] | None = None
        self.profiles: Mapping[str, Profile] | None = None
        self.converted: bool | None = None


class Opened:
    """See the module. `problems` are what an answer has to tell; they grow while it is made."""

    def __init__(
        self,
        root: Path,
        *,
        by_default: bool = False,
        today: str | None = None,
        user: str | None = None,
        lock_timeout: float = 10.0,
        environ: Mapping[str, str] | None = None,
        command: str = "crm",
        force_closed: str = "",
        look: Look | None = None,
    ) -> None:
        self.root = root
        self.by_default = by_default
        """Whether only the user's configuration names it, as the default."""
        self._look = look
        self.environ = os.environ if environ is None else environ
        self.lock_timeout = lock_timeout
        self.force_closed = force_closed
        """Why closed books may be changed; empty where they may not."""
        self.command = command
        self.progress: Callable[[int, int], None] | None = None
        """Told (done, total) while many files are read."""
        self.waiting: Callable[[str], None] | None = None
        """Told once, with the holder's command, when a write has to wait."""
        self.notices: list[str] = []
        """What is to be said beside the answer, a line each."""
        self._today = today
        self._user = user
        self.as_of = ""
        """The commit whose state is answered from; empty for the files as they are."""
        self.as_of_tree = ""
        """The name of what that commit has of this directory, as a key for its index."""
        self.checking = False
        """Set by a command whose answer is the problems: then no answer is partial for them."""
        self.as_known = False
        """Set where what the last command saw will do: files changed in place since, by another
        program, are not looked for."""
        self.written = False
        """Whether anything was changed so far."""
        self._database: tuple[sqlite3.Connection, Database] | None = None
        """What `database` made of the index's connection; another one may take its place."""
        self._made = _Made()
        self._asked: list[tuple[Scope, Node]] = []
        """The conditions that were asked for so far."""
        self._met: list[Problem] = []
        """Problems that stood while a query chose whom to change; the write drops the index."""

    @property
    def tree(self) -> Tree:
        """What the directory is read through."""
        if self._made.tree is None:
            self._made.tree = Folder(self.root)
        return self._made.tree

    @property
    def index(self) -> Index:
        """The index, brought up to date when first asked for."""
        if self._made.index is None:
            self._made.index = self._open_index()
        return self._made.index

    @property
    def made_index(self) -> Index | None:
        """The index, if anything has asked for it so far."""
        return self._made.index

    @property
    def has_cache(self) -> bool:
        """Whether there is an index to begin with, which only has to be brought up to date."""
        from crm_cli.index import edition
        from crm_cli.index.cache import Cache

        folder = cache_folder(self.root, self.environ)
        return folder is not None and Cache(folder, edition.version(folder)).current() is not None

    def _open_index(self) -> Index:
        from crm_cli.index.database import open_index

        cache = cache_folder(self.root, self.environ)
        if self.as_of and cache is not None:
            from crm_cli.store.discovery import tree_folder

            cache = tree_folder(cache, self.as_of_tree)
        # What was seen so far is of the folder as it is, and at the beginning.
        look = None if self.as_of else self._look
        self._look = None
        return open_index(
            self.tree,
            cache,
            progress=self.progress,
            look=look,
            as_known=self.as_known and not self.as_of,
            today=lambda business: self._clock_of(business).today,
        )

    @property
    def database(self) -> Database:
        """What queries are put to: the tables of the index."""
        from crm_cli.query.database import Database

        connection = self.index.connection
        held = self._database
        if held is None or held[0] is not connection:
            held = self._database = (connection, Database(connection))
        return held[1]

    def close(self) -> None:
        """Let go of the index's file."""
        if self._made.index is not None:
            self._made.index.close()

    def mend(self, error: BaseException) -> bool:
        """Make the index anew, if it is its file that has failed; whether it was.

        Then everything is to be asked all over again.
        """
        from crm_cli.index.database import fails

        index = self._made.index
        return index is not None and fails(error) and index.mend()

    def changed(self) -> None:
        """Let go of the index: the files are no longer what it was made from."""
        made = self._made
        made.index = made.learned = None
        made.suggested = made.likely = made.profiles = made.converted = None

    def renew(self) -> None:
        """Begin again as a new command would: with the files, the settings and the time as they
        are by now."""
        self.close()
        self._made, self._database, self._look = _Made(), None, None
        self._met, self.notices, self._asked = [], [], []

    @property
    def business(self) -> Business:
        """The business's own ways, from the settings and the rates."""
        return self.index.business

    @property
    def clock(self) -> Clock:
        """`--today`, else CRM_TODAY, else the real time, in the business's time zone."""
        # Opening the index reads it already, and one command has one clock.
        return self._clock_of(self.business)

    def _clock_of(self, business: Business) -> Clock:
        clock = self._made.clock
        # Where the settings could not be read at first, their zone was not known yet.
        if clock is None or clock.now.tzinfo is not business.time_zone:
            clock = self._made.clock = self._read_clock(business)
        return clock

    def _read_clock(self, business: Business) -> Clock:
        text = self._today or self.environ.get("CRM_TODAY")
        zone = business.time_zone
        if not text:
            now = datetime.now(zone)
            return Clock(now.date(), now)
        from crm_cli.model.dates import read_moment

        try:
            when = read_moment(text, zone)
        except Unreadable as error:
            where = "--today" if self._today else "CRM_TODAY"
            raise UsageError(f"{where}: {error.message}", error.hint) from error
        if isinstance(when, datetime):
            when = when.astimezone(zone)
            return Clock(when.date(), when)
        return Clock(when, datetime(when.year, when.month, when.day, 12, tzinfo=zone))

    @property
    def user(self) -> str | None:
        """Who is at work: `--as`, else CRM_USER, else git's user, if the settings know them."""
        if self._made.user is None:
            self._made.user = (self._find_user(),)
        return self._made.user[0]

    def _find_user(self) -> str | None:
        named = self._user or self.environ.get("CRM_USER")
        if named:
            return named
        users = self.business.users
        if not users:
            return None
        name, email = self._git_user
        for user, address in users.items():
            if (email and address.lower() == email.lower()) or (name and name == user):
                return user
        return None

    @property
    def myself(self) -> str | None:
        """Who `me` is: the user at work; where the settings have no users, git's user."""
        if self.user is not None or self.business.users:
            return self.user
        from crm_cli.store.identity import user_id

        return user_id(*self._git_user) or None

    @cached_property
    def _git_user(self) -> tuple[str, str]:
        """(name, e-mail) of git's user, the repository's before the global one."""
        from crm_cli.store.identity import git_user
        from crm_cli.store.repository import find_repository

        return git_user(self.environ, find_repository(self.root))

    def me(self, name: str | None) -> str | None:
        """A user as given to an option, with `me` as the user at work; raises UsageError."""
        if name != "me":
            return name
        if self.myself is None:
            raise UsageError("it is not known who 'me' is", "give --as USER or set CRM_USER")
        return self.myself

    @cached_property
    def left_out(self) -> list[Problem]:
        """What of the directory is not in its folder, see `store.sparse`."""
        from crm_cli.store.repository import find_repository

        found = None if self.as_of else find_repository(self.root)
        if found is None or not found.is_sparse:
            return []
        from crm_cli.store.sparse import left_out

        return left_out(self.root, self.environ)

    @property
    def problems(self) -> list[Problem]:
        """Errors in the records, and files that were skipped: what makes an answer partial."""
        if self.checking:
            return []
        tree, index = self._made.tree, self._made.index
        found = list(tree.problems if tree is not None else [])
        if index is not None:
            found += [one for one in index.problems() if one.severity is Severity.ERROR]
            found += self.left_out
        return found or self._met

    @cached_property
    def git(self) -> Git:
        """git in this directory; Refused where it has no repository, or is not trusted."""
        from crm_cli.store.git import Git
        from crm_cli.store.trust import trusted_repository

        repository = trusted_repository(self.root, self.environ)
        if repository is None:
            raise Refused(
                f"{self.root} lies in no git repository, so it has no history",
                "crm git setup makes one",
            )
        return Git(os.path.realpath(self.root), self.environ, repository)

    @property
    def untrusted(self) -> bool:
        """Whether each command would be a commit, if only the directory were trusted.

        Looks at files alone, and only where the settings were read anyway.
        """
        if self._made.index is None or not self.business.autocommit:
            return False
        from crm_cli.store.repository import find_repository
        from crm_cli.store.trust import is_trusted

        try:
            found = find_repository(self.root)
            return found is not None and not is_trusted(self.root, self.environ)
        except StorageError:
            return False

    def go_back(self, commit: str, *, today: str) -> None:
        """Answer from a commit's tree from now on, by the clock of `today`.

        A clock that the command line sets stays. Raises Refused, GitFailed.
        """
        from crm_cli.store.gittree import GitTree

        prefix = self.git.prefix.rstrip("/")
        tree = self.git.run("rev-parse", "--verify", f"{commit}:{prefix}").decode().strip()
        past = GitTree(self.git, commit, tree)
        self._made = _Made(past)
        self.as_of, self.as_of_tree = commit, past.key()
        self._today = self._today or today
