"""Running git. No other module starts it.

No shell, no questions, a time limit for everything. The repository is named on the command
line, never discovered by git: a folder among the records may look like one. Of the
environment's `GIT_*` only the variables for identity and for access to servers are passed on.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from crm_cli.model.errors import StorageError
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.store.repository import Repository
from crm_cli.store.scratch import scratch, written

if TYPE_CHECKING:
    import subprocess

SECONDS = 30.0
"""How long a command without a network may take."""

COMMITTING = "CRM_COMMITTING"
"""Set while git is run, so that the hook that checks hand edits leaves our own commits alone."""

_KEPT = (
    "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE",
    "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "GIT_COMMITTER_DATE",
    "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
    "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_PROXY_COMMAND",
    "GIT_HTTP_PROXY_AUTHMETHOD", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_CERT",
    "GIT_SSL_KEY", "GIT_EXEC_PATH",
)  # fmt: skip

_SETTINGS = (
    "core.quotePath=false", "core.fsmonitor=false", "submodule.recurse=false",
    "color.ui=false", "color.diff=false", "color.status=false", "color.branch=false",
    "log.showSignature=false", "log.showRoot=true", "log.date=default", "log.decorate=no",
    "log.follow=false", "log.mailmap=false",
    f"diff.orderFile={os.devnull}", "diff.renames=true", "diff.renameLimit=1000",
    "diff.relative=false", "diff.noprefix=false", "diff.mnemonicPrefix=false",
    "diff.ignoreSubmodules=none",
    "i18n.commitEncoding=UTF-8", "i18n.logOutputEncoding=UTF-8",
    "merge.ff=true", "merge.log=false", "merge.renames=true",
    "merge.directoryRenames=false", "merge.conflictStyle=merge",
    "pull.rebase=false",
)  # fmt: skip
"""What git prints, stores as a message and merges must not depend on anybody's configuration."""

_LOCAL = frozenset(
    ("cat-file", "diff", "diff-tree", "log", "ls-tree", "merge-base", "rev-list", "rev-parse")
)
"""Commands that read objects and run no hooks. In a partial clone older versions of git fetch
what is missing for them, whatever GIT_NO_LAZY_FETCH says."""


class GitFailed(StorageError):
    """git said no; the message is one line of what it said."""


class Ran(NamedTuple):
    """What a command answered."""

    code: int
    out: bytes
    err: bytes

    @property
    def reason(self) -> str:
        """The line of its messages that says what was wrong."""
        return _reason(self.err, self.out) or f"it ended with {self.code}"


class Git:
    """git in one folder, which is real, and in the repository that it lies in.

    Without a repository only commands that need none can be run.
    """

    def __init__(
        self, root: str | Path, environ: Mapping[str, str], repository: Repository | None = None
    ) -> None:
        self.root = os.fspath(root)
        self.repository = repository
        self._environ = _environment(environ)
        top = self.root if repository is None else repository.worktree
        if os.pathsep not in top:
            self._environ["GIT_CEILING_DIRECTORIES"] = os.path.dirname(top)

    def run(
        self,
        *words: str,
        input: bytes = b"",
        extra: Mapping[str, str] | None = None,
        network: bool = False,
        seconds: float = SECONDS,
    ) -> bytes:
        """The output of a command; raises GitFailed if its exit code is not 0."""
        ran = self.ask(*words, input=input, extra=extra, network=network, seconds=seconds)
        if ran.code:
            raise GitFailed(f"git {_verb(words)}: {ran.reason}")
        return ran.out

    def text(self, *words: str) -> str:
        """The first line that a command answers; empty where it fails."""
        ran = self.ask(*words)
        return "" if ran.code else ran.out.decode("utf-8", "replace").partition("\n")[0]

    def line(self, *words: str) -> str:
        """The first line that a command answers; raises GitFailed where it fails."""
        return self.run(*words).decode("utf-8", "surrogateescape").partition("\n")[0]

    @property
    def prefix(self) -> str:
        """The path of this folder from the top of its repository, with `/` at its end."""
        return "" if self.repository is None else self.repository.prefix(self.root)

    def head(self) -> str:
        """The last commit; empty before the first one, which git has to say. GitFailed."""
        found = self.text("rev-parse", "--verify", "--quiet", "HEAD")
        if not found:
            # A git that fails is not to be taken for one that has no commits: what is then
            # committed would be all that there is.
            said = self.run(
                "status", "--porcelain=v2", "--branch", "--untracked-files=no",
                "--ignore-submodules=all",
            )  # fmt: skip
            if b"# branch.oid (initial)\n" not in said:
                raise GitFailed("git rev-parse: it does not say which commit is the last")
        return found

    def ask(
        self,
        *words: str,
        input: bytes = b"",
        extra: Mapping[str, str] | None = None,
        network: bool = False,
        seconds: float = SECONDS,
    ) -> Ran:
        """Run a command; raises GitFailed where there is no git, or it takes too long.

        `network` allows git to reach other repositories, also for objects that a partial
        clone lacks.
        """
        import subprocess

        with scratch() as out, scratch() as err:
            process = self.start(*words, extra=extra, network=network, into=(out, err))
            try:
                process.communicate(input, timeout=seconds)
            except subprocess.TimeoutExpired:
                kill(process)
                raise GitFailed(
                    f"git {_verb(words)} took more than {seconds:g} s, and was stopped"
                ) from None
            except BaseException:
                kill(process)
                raise
            return Ran(process.returncode, written(out), written(err))

    def start(
        self,
        *words: str,
        extra: Mapping[str, str] | None = None,
        network: bool = False,
        quiet: bool = False,
        into: tuple[BinaryIO, BinaryIO] | None = None,
    ) -> subprocess.Popen[bytes]:
        """A command that is talked with; raises GitFailed where there is no git.

        With `quiet` its messages, and those of filters, are dropped. `into` takes its output
        and its messages in place of pipes.
        """
        import subprocess

        command = [
            "git", *self._location(), "--no-pager", "--literal-pathspecs",
            *(part for one in _SETTINGS for part in ("-c", one)), *words,
        ]  # fmt: skip
        environ = {**self._environ, **(extra or {})}
        if network:
            environ["GIT_NO_LAZY_FETCH"] = "0"
            if not self._has_own_ssh:
                environ["GIT_SSH_COMMAND"] = "ssh -oBatchMode=yes -oConnectTimeout=15"
        elif _verb(words) in _LOCAL:
            environ["GIT_ALLOW_PROTOCOL"] = "none"
        if self.repository is not None and (pipe := self.repository.pipe(self.root)):
            raise GitFailed(f"{pipe} is no file, and git would wait for it for ever (remove it)")
        try:
            return subprocess.Popen(
                command,
                cwd=self.root,
                env=environ,
                stdin=subprocess.PIPE,
                stdout=into[0] if into else subprocess.PIPE,
                stderr=subprocess.DEVNULL if quiet else into[1] if into else subprocess.PIPE,
                # Away from the terminal, where a helper of git's might ask a question.
                start_new_session=True,
            )
        except FileNotFoundError:
            raise GitFailed("git is not installed") from None
        except (OSError, ValueError) as error:
            raise GitFailed(f"git cannot be run: {error}") from error

    @cached_property
    def _has_own_ssh(self) -> bool:
        """Whether the user has said how ssh is to be called."""
        named = {"GIT_SSH_COMMAND", "GIT_SSH"}.intersection(self._environ)
        return bool(named or self.text("config", "--get", "core.sshCommand"))

    def elsewhere(self, folder: str) -> Git:
        """git with the same repository, for the files of another folder, and without an index."""
        assert self.repository is not None
        other = Git(folder, self._environ, self.repository._replace(worktree=folder))
        other._environ["GIT_INDEX_FILE"] = os.path.join(folder, ".no-index")
        return other

    def _location(self) -> list[str]:
        """The options that name the repository, and forbid git to discover another one."""
        explicit = ["-c", "safe.bareRepository=explicit"]
        if self.repository is None:
            return explicit
        gitdir, worktree, _ = self.repository
        return [f"--git-dir={gitdir}", f"--work-tree={worktree}", *explicit]


def nul_separated(paths: Iterable[str]) -> bytes:
    """Paths as `--pathspec-file-nul` and `--stdin -z` want them."""
    return b"".join(os.fsencode(path) + b"\0" for path in paths)


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    kept = {key: value for key, value in environ.items() if not key.startswith("GIT_")}
    kept.update((key, environ[key]) for key in _KEPT if key in environ)
    kept.update(
        GIT_TERMINAL_PROMPT="0",
        # Set in any case, since a repository's own configuration could name a program.
        GIT_ASKPASS=environ.get("GIT_ASKPASS") or "true",
        SSH_ASKPASS=environ.get("SSH_ASKPASS") or "true",
        GIT_EDITOR="true",
        GIT_MERGE_AUTOEDIT="no",
        GIT_OPTIONAL_LOCKS="0",
        GIT_NO_LAZY_FETCH="1",
        LC_ALL="C",
    )
    kept[COMMITTING] = "1"
    return kept


def kill(process: subprocess.Popen[bytes]) -> None:
    """Stop a command and what it has started."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except OSError:
        pass
    # What it has left behind may hold the other ends of its pipes: they are not read to their end.
    for pipe in (process.stdin, process.stdout, process.stderr):
        with suppress(OSError):
            if pipe is not None:
                pipe.close()
    process.wait()


def _verb(words: tuple[str, ...]) -> str:
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word == "-c":
            skip = True
        elif not word.startswith("-"):
            return word
    return ""


def _reason(*outputs: bytes) -> str:
    lines = [
        line.strip()
        for output in outputs
        for line in output.decode("utf-8", "replace").splitlines()
        if line.strip()
    ]
    if any("tell me who you are" in line for line in lines):
        return "git does not know who you are (git config --global user.name, user.email)"
    if any("promisor remote" in line or "lazy fetching" in line for line in lines):
        return "this clone does not have all contents (git fetch --refetch --no-filter gets them)"
    for mark in ("fatal:", "error:"):
        for line in lines:
            if line.startswith(mark):
                return line.removeprefix(mark).strip()
    told = [line for line in lines if not line.startswith(("hint:", "warning:"))]
    return told[0] if told else ""
