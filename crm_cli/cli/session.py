"""What a command receives: the directory (opened on first use), problems, and prompts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crm_cli.cli.arguments import Globals
from crm_cli.cli.prompts import Prompts
from crm_cli.model.errors import (
    Ambiguous,
    CrmError,
    ExitCode,
    Problem,
    Severity,
    StorageError,
    UsageError,
    worst,
)
from crm_cli.model.text import visible

if TYPE_CHECKING:
    from crm_cli.cli.piped import Line
    from crm_cli.features.hooks import Hooks
    from crm_cli.model.kind import Kind
    from crm_cli.render.progress import Progress
    from crm_cli.store.look_ahead import Look
    from crm_cli.workspace import Watch, Workspace


_NEXT = "what next: crm show ID, crm task done ID; all commands: crm --help"
"""What a terminal is told after `crm` alone, which may be somebody's first command."""
"""An id that nobody has."""


class Session(Prompts):
    """One run of the program."""

    def __init__(
        self,
        options: Globals | None = None,
        *,
        environ: Mapping[str, str] | None = None,
        words: Sequence[str] = (),
        look: Look | None = None,
        attended: bool = True,
        watch: Watch | None = None,
    ) -> None:
        self.options = options or Globals()
        super().__init__(
            self.options.color,
            os.environ if environ is None else environ,
            no_pager=self.options.no_pager,
            attended=attended,
        )
        self.words = tuple(words)
        """The command line, without the program and the options above."""
        self.negative = False
        """Set by a command whose answer is no: exit 1."""
        self._problems: list[Problem] = []
        self._notices: list[str] = []
        self._piped: list[Line] | None = None
        """The lines that stdin gave, which can be read once."""
        self._opened: Workspace | None = None
        self._look = look
        self._watch = watch
        self._progress: Progress | None = None

    # The data directory

    @property
    def workspace(self) -> Workspace:
        """The data directory, opened on first use; raises UsageError where there is none."""
        if self._opened is None and self.mirror:
            from crm_cli.workspace import open_mirror

            self._opened = open_mirror(
                self.mirror, words=self.words, today=self.options.today, user=self.options.user,
                environ=self.environ,
            )  # fmt: skip
        elif self._opened is None:
            from crm_cli.workspace import open_workspace

            self._opened = open_workspace(
                directory=self.options.directory,
                today=self.options.today,
                user=self.options.user,
                lock_timeout=self.options.lock_timeout,
                environ=self.environ,
                # Others who wait are told for whom; the words after it are nobody's business.
                command=" ".join(("crm", *self.words[:1])),
                force_closed=self.options.force_closed,
                look=self._look,
            )
            self._opened.progress = self._reading
            self._opened.waiting = self._waiting
            self._opened.hooks = _hooks
            self._opened.watch = self._watch
            self._opened.guard = None if self._watch is None else self._watch.guard
        return self._opened

    @property
    def mirror(self) -> str:
        """The address of the mirror that is asked in place of files, `--on` or CRM_ON; or empty."""
        if self.options.directory is not None and not self.options.on:
            return ""
        return self.options.on or self.environ.get("CRM_ON", "")

    def again(self) -> Session:
        """A session of the same run, which opens the directory for itself."""
        look, self._look = self._look, None
        return Session(self.options, environ=self.environ, words=self.words, look=look)

    def close(self) -> None:
        """Let go of what was opened."""
        if self._opened is not None:
            self._opened.close()

    def look_back(self, as_of: str | None) -> None:
        """Answer from an earlier state, by the clock of then, if one is named.

        Raises NotFound, Refused.
        """
        if as_of and not self.workspace.as_of:
            from crm_cli.features.as_of import look_back

            look_back(self.workspace, as_of)

    def _reading(self, done: int, total: int) -> None:
        """Draw how far reading many records is."""
        if self._progress is None:
            self._progress = self.progress("Reading records", total)
        self._progress.reach(done)
        if done >= total:
            self._progress.close()
            self._progress = None

    def _waiting(self, holder: str) -> None:
        self.say(f"crm: waiting for {visible(holder)}")

    def mend(self, error: Exception) -> bool:
        """Make ready to run the command again, if the index's file failed halfway through it.

        The index is a cache: no damage of it is an error. False where the fault is another;
        raises StorageError where a part is done or answered, or what was typed is used up.
        """
        workspace = self._opened
        if type(error).__module__ != "sqlite3" or workspace is None or not workspace.mend(error):
            return False
        if workspace.written:
            raise StorageError(
                "the cache failed after the change was saved, and was rebuilt",
                "check before you run it again: crm undo --dry-run shows what was changed",
            ) from error
        if self.begun:
            raise StorageError(
                "the cache failed halfway, and was rebuilt", "run the command again"
            ) from error
        return True

    def has_directory(self) -> bool:
        """Whether a data directory is found where one is looked for; a named one counts."""
        if self.options.directory is not None or self.environ.get("CRM_DIR") or self.mirror:
            return True
        from crm_cli.store.discovery import find

        try:
            find(Path.cwd(), None, self.environ)
        except UsageError:
            return False
        return True

    # Problems and the exit code

    def report(self, problems: Iterable[Problem]) -> None:
        """Problems to be said after the answer; an error makes the answer partial."""
        self._problems.extend(problems)

    @property
    def problems(self) -> list[Problem]:
        """All problems met so far, the directory's among them."""
        opened = list(self._opened.problems) if self._opened is not None else []
        return [*opened, *self._problems]

    def notice(self, line: str) -> None:
        """A line to be said after the answer, on stderr; the answer is none the worse."""
        self._notices.append(line)

    @property
    def notices(self) -> list[str]:
        """The lines to be said after the answer, the directory's among them."""
        opened = list(self._opened.notices) if self._opened is not None else []
        said = list(dict.fromkeys([*opened, *self._notices, *self.slips]))
        return [*(said if said else self._of_the_clone()), *self._for_people()]

    def _for_people(self) -> list[str]:
        """What only a terminal is told; an answer of nothing due stays silent."""
        workspace = self._opened
        if workspace is None or self.margin.width is None:
            return []
        silent = self.words[:1] in ((), ("due",), ("notify",))
        try:
            said = [] if silent else workspace.unheld(self.words)
        except Exception:
            said = []  # The answer is there; a note beside it is worth no error.
        if not self.words:
            said.append(_NEXT)
        if workspace.written and (line := self._uncommitted(workspace)):
            said.append(line)
        if workspace.by_default and (self.answered or not silent):
            said.append(f"answered from {workspace.root}, the default directory")
        return said

    def _uncommitted(self, workspace: Workspace) -> str:
        """A line, once, where git is there and no command is committed."""
        from crm_cli.features.repository import uncommitted_once

        try:
            return uncommitted_once(workspace)
        except Exception:
            return ""  # The change is saved; a note beside it is worth no error.

    def _of_the_clone(self) -> list[str]:
        """A line where this is somebody's clone that was not set up; none in a cron job."""
        quiet = self.words[:1] in ((), ("due",)) and self.margin.width is None
        workspace = self._opened
        if quiet or workspace is None or self.words[:1] in (("git",), ("trust",)):
            return []
        if not workspace.untrusted:
            return []
        return ["this directory is not trusted yet, so nothing is committed (crm git setup)"]

    def exit_code(self) -> ExitCode:
        """The code for a run that was not refused."""
        partial = any(problem.severity is Severity.ERROR for problem in self.problems)
        return worst(
            [
                ExitCode.NEGATIVE if self.negative else ExitCode.DONE,
                ExitCode.DATA if partial else ExitCode.DONE,
            ]
        )

    # Who is meant

    def who(self, text: str, *, writes: bool = False, exact: bool = False) -> str:
        """The id of the customer that a WHO means; an ambiguous one is asked about.

        Without a terminal a writer takes no prefixes, since one that is unique
        today is another person's tomorrow; `exact` (rm) never does. Raises
        NotFound, Ambiguous.
        """
        try:
            return self.workspace.who(text, strict=self._strict(writes, exact))
        except Ambiguous as error:
            chosen = self.pick(f"{text}: which one?", error.candidates)
            if chosen is None:
                raise
            return chosen

    def whos(self, words: Sequence[str], *, writes: bool = False, exact: bool = False) -> list[str]:
        """The ids that WHO… means: customers, query terms, `-` for ids on stdin; see `who`."""
        strict = self._strict(writes, exact)
        named = self.expand(words)
        try:
            return self.workspace.whos(named, strict=strict)
        except Ambiguous:
            if not self.interactive:
                raise
        return self.workspace.whos([self._settled(word, strict) for word in named], strict=strict)

    def settled(self, words: Sequence[str], *, items: bool = False) -> list[str]:
        """The words of WHO…, ids for `-`; at a terminal an ambiguous one is asked."""
        named = self.expand(words, items=items)
        return [self._settled(word, False) for word in named] if self.interactive else named

    def _settled(self, word: str, strict: bool) -> str:
        """A word, or the id chosen for it where it is ambiguous."""
        try:
            self.workspace.who(word, strict=strict)
        except Ambiguous as error:
            return self.pick(f"{word}: which one?", error.candidates) or word
        except CrmError:
            # A query term, or nobody: the question as a whole will say so.
            return word
        return word

    def _strict(self, writes: bool, exact: bool) -> bool:
        return exact or (writes and not self.interactive)

    def terms(self, words: Sequence[str] | None, base: Kind | None = None) -> list[str]:
        """Query terms, `-` as one that means whom the lines of stdin name; see `piped.term`."""
        if words is None or "-" not in words:
            return list(words or ())
        from crm_cli.cli.piped import term

        others = [word for word in words if word != "-"]
        return [*others, term(self, self.workspace, self._lines(), base)]

    def expand(
        self, words: Sequence[str], kind: Kind | None = None, *, items: bool = False
    ) -> list[str]:
        """The words, with `-` replaced by the ids that the lines of stdin mean: of customers, of
        a kind, or with `items` of items of any kind, too; see `piped.expanded`."""
        if "-" not in words:
            return list(words)
        from crm_cli.cli.piped import expanded
        from crm_cli.model.customer import CUSTOMER

        meant = None if items else kind or CUSTOMER
        return expanded(self, self.workspace, words, self._lines(), meant)

    def _lines(self) -> list[Line]:
        if self._piped is None:
            from crm_cli.cli.piped import lines

            self._piped = lines()
        return self._piped


def _hooks(workspace: Workspace) -> Hooks | None:
    """The hooks of a directory, loaded where it has some."""
    from crm_cli.features.hooks import hooks_of

    return hooks_of(workspace)
