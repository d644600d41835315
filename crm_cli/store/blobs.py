"""Contents of git's objects, as git would write them into files.

git applies its own conversions: filters (git-crypt, Git LFS), encodings, line ends. Which
ones is a matter of `.gitattributes`, as the commit has it whose file is read.
"""

from __future__ import annotations

import os
import posixpath
from contextlib import ExitStack
from typing import TYPE_CHECKING

from crm_cli.store import attributes
from crm_cli.store.git import Git, GitFailed, kill

if TYPE_CHECKING:
    import subprocess

_SECONDS = 120.0
"""How long one content may take; a filter may have to fetch it."""


class Blobs:
    """Reads contents; `close` ends the processes, each of which starts when it is needed."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._exit = ExitStack()
        self._raw: _Reader | None = None
        self._readers: dict[str, _Reader] = {}
        self._chosen: dict[tuple[str, str], _Reader] = {}
        self._files: dict[tuple[str, str], bytes | None] = {}
        self._now: dict[str, dict[str, list[bytes]]] = {}

    def read(self, id: str, path: str, commit: str = "") -> bytes:
        """The bytes of a blob as the file `path`, by the attributes of a commit or, without
        one, of the files as they are. Raises GitFailed.
        """
        full = self._git.prefix + path
        reader = self._reader(posixpath.dirname(full), commit)
        if "\n" not in full:
            data = reader.ask(b"%b %b" % (id.encode(), os.fsencode(full)))
            if data is not None:
                return data
        # Alone, git explains why it fails; and it accepts any name.
        return reader.git.run("cat-file", "--filters", f"--path={full}", id, seconds=_SECONDS)

    def raw(self, name: str) -> bytes | None:
        """The stored bytes of an object, by its id or as `COMMIT:PATH`; None if there is none."""
        if "\n" in name:
            return None
        if self._raw is None:
            self._raw = self._started(self._git, "--batch")
        return self._raw.ask(os.fsencode(name))

    def attributes(self, commit: str, folder: str) -> dict[str, bytes]:
        """The attribute files of a commit for the files in a folder of the repository."""
        found = {}
        for level in attributes.levels(folder):
            name = level + attributes.NAME
            if (commit, name) not in self._files:
                self._files[commit, name] = self.raw(f"{commit}:{name}")
            data = self._files[commit, name]
            if data is not None:
                found[name] = data
        return found

    def close(self) -> None:
        """End the processes."""
        self._raw = None
        for known in (self._readers, self._chosen, self._now):
            known.clear()
        self._exit.close()

    def __del__(self) -> None:
        self.close()

    def _reader(self, folder: str, commit: str) -> _Reader:
        """The process that converts as a commit says; usually one for all of them."""
        if (folder, commit) not in self._chosen:
            held = self.attributes(commit, folder) if commit else {}
            if folder not in self._now:
                self._now[folder] = attributes.essence(attributes.on_disk(self._git, folder))
            differs = bool(commit) and attributes.essence(held) != self._now[folder]
            key = repr(sorted(held.items())) if differs else ""
            if key not in self._readers:
                git = self._git
                if differs:
                    git = self._exit.enter_context(attributes.in_force(git, held))
                self._readers[key] = self._started(git, "--batch", "--filters")
            self._chosen[folder, commit] = self._readers[key]
        return self._chosen[folder, commit]

    def _started(self, git: Git, *words: str) -> _Reader:
        reader = _Reader(git, *words)
        self._exit.callback(reader.close)
        return reader


class _Reader:
    """A `git cat-file` that answers one request after another."""

    def __init__(self, git: Git, *words: str) -> None:
        self.git = git
        self._process: subprocess.Popen[bytes] | None = git.start("cat-file", *words, quiet=True)
        # The size that git prints is the one before the conversion, so the end of an answer is
        # found by that of a second request, for something that cannot exist.
        self._mark = b"z" + os.urandom(12).hex().encode()

    def ask(self, request: bytes) -> bytes | None:
        """The content that git gives for a line; None if it has none, or has failed.

        Raises GitFailed where git takes too long.
        """
        if self._process is None:
            return None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(request + b"\n" + self._mark + b"\n")
            self._process.stdin.flush()
            answer = self._until(b"%b missing\n" % self._mark)
        except (OSError, EOFError):
            self.close()
            return None
        content = answer.partition(b"\n")[2]
        return content[:-1] if content else None

    def _until(self, end: bytes) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        answer = bytearray()
        while not answer.endswith(end):
            if os.name != "nt" and not _readable(descriptor, _SECONDS):
                kill(self._process)
                self._process = None
                raise GitFailed(f"git cat-file took more than {_SECONDS:g} s, and was stopped")
            chunk = os.read(descriptor, 1 << 16)
            if not chunk:
                raise EOFError
            answer += chunk
        return bytes(answer[: -len(end)])

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:
                        continue  # what was not written to a process that has ended
            process.wait()


def _readable(descriptor: int, seconds: float) -> bool:
    """Wait until a pipe can be read, or has ended; False if that takes too long."""
    import select

    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    return bool(waiting.poll(seconds * 1000))
