"""Contents of git's objects, filtered as git does on checkout.

git applies its own conversions: filters (git-crypt, Git LFS), encodings, line ends. Which
ones is a matter of `.gitattributes`, as the commit has it whose file is read.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from crm_cli.store import attributes
from crm_cli.store.git import Git, GitFailed, kill

if TYPE_CHECKING:
    import subprocess

_AT_ONCE = 20

_SECONDS = 120.0
"""How long one content may take; a filter may have to fetch it."""


class Blobs:
    """Reads contents; `close` ends the processes, each of which starts when it is needed.

    `many` is for a long history. To find that a commit has no attribute file in a large folder
    takes long, so below the data directory they are then looked up only where there is one now.
    """

    def __init__(self, git: Git, *, many: bool = False) -> None:
        self._git = git
        self._many = many
        self._exit = ExitStack()
        self._raw: _Reader | None = None
        self._readers: dict[str, _Reader] = {}
        self._chosen: dict[tuple[str, str], _Reader] = {}
        self._files: dict[tuple[str, str], bytes | None] = {}
        self._now: dict[str, dict[str, bytes]] = {}

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
        names = list(self._names(folder))
        self._look_up([(commit, name) for name in names])
        found = {name: self._files[commit, name] for name in names}
        return {name: data for name, data in found.items() if data is not None}

    def expect(self, files: Iterable[tuple[str, str]]) -> None:
        """Look up at once the attributes for files that are going to be read: (commit, path).

        One after another takes longer, since each answer is waited for.
        """
        folders = {(commit, posixpath.dirname(self._git.prefix + path)) for commit, path in files}
        self._look_up(
            [(commit, name) for commit, folder in folders for name in self._names(folder)]
        )

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
            now = attributes.essence(self._on_disk(folder))
            differs = bool(commit) and attributes.essence(held) != now
            self._chosen[folder, commit] = self._converting(held if differs else None)
        return self._chosen[folder, commit]

    def _converting(self, held: dict[str, bytes] | None = None) -> _Reader:
        """The process that converts by these attribute files, or by those on disk."""
        key = repr(held)
        if key not in self._readers:
            git = self._git
            if held is not None:
                git = self._exit.enter_context(attributes.in_force(git, held))
            self._readers[key] = self._started(git, "--batch", "--filters")
        return self._readers[key]

    def _on_disk(self, folder: str) -> dict[str, bytes]:
        if folder not in self._now:
            self._now[folder] = attributes.on_disk(self._git, folder)
        return self._now[folder]

    def _names(self, folder: str) -> Iterator[str]:
        """The attribute files that a commit may have for the files in a folder."""
        for level in attributes.levels(folder):
            name = level + attributes.NAME
            above = self._git.prefix.startswith(level)
            if above or not self._many or name in self._on_disk(folder):
                yield name

    def _look_up(self, files: Iterable[tuple[str, str]]) -> None:
        """Get attribute files that are not known yet: (commit, path from the top)."""
        plain = []
        for commit, name in dict.fromkeys(files):
            if (commit, name) in self._files:
                continue
            if len(name.split()) > 1:  # what comes after a space is taken for the path
                self._files[commit, name] = self.raw(f"{commit}:{name}")
            else:
                plain.append((commit, name))
        if plain:
            requests = [os.fsencode(f"{commit}:{name} {name}") for commit, name in plain]
            self._files.update(zip(plain, self._converting().ask_all(requests), strict=True))

    def _started(self, git: Git, *words: str) -> _Reader:
        reader = _Reader(git, *words)
        self._exit.callback(reader.close)
        return reader


class _Reader:
    """A `git cat-file` that answers one request after another."""

    def __init__(self, git: Git, *words: str) -> None:
        self.git = git
        process = git.start("cat-file", *words, quiet=True)
        self._process: subprocess.Popen[bytes] | None = process
        # The size that git prints is the one before the conversion, so the end of an answer is
        # found by that of a second request, for a name that git refuses at once.
        self._mark = b"?" + os.urandom(12).hex().encode()
        self._readable = _waiting(process)

    def ask(self, request: bytes) -> bytes | None:
        """The content that git gives for a line; None if it has none, or has failed.

        Raises GitFailed where git takes too long.
        """
        return self.ask_all([request])[0]

    def ask_all(self, requests: Sequence[bytes]) -> list[bytes | None]:
        """As `ask`, for many lines; so many at a time as a pipe can hold."""
        found: list[bytes | None] = []
        for start in range(0, len(requests), _AT_ONCE):
            chunk = requests[start : start + _AT_ONCE]
            try:
                for answer in self._talk(chunk):
                    content = answer.partition(b"\n")[2]
                    found.append(content[:-1] if content else None)
            except (OSError, EOFError):
                self.close()
                found += [None] * len(chunk)
        return found

    def _talk(self, requests: Sequence[bytes]) -> list[bytes]:
        if self._process is None:
            raise EOFError
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"".join(b"%b\n%b\n" % (one, self._mark) for one in requests))
        self._process.stdin.flush()
        descriptor = self._process.stdout.fileno()
        end = b"%b missing\n" % self._mark
        answer = bytearray()
        while not (answer.endswith(end) and answer.count(end) == len(requests)):
            if not self._readable(_SECONDS):
                kill(self._process)
                self._process = None
                raise GitFailed(f"git cat-file took more than {_SECONDS:g} s, and was stopped")
            chunk = os.read(descriptor, 1 << 16)
            if not chunk:
                raise EOFError
            answer += chunk
        return bytes(answer).split(end)[:-1]

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


def _waiting(process: subprocess.Popen[bytes]) -> Callable[[float], object]:
    """What waits so many seconds until a process has written, or ended; false if it has not."""
    if os.name == "nt":  # which cannot wait for pipes
        return lambda seconds: True
    import select

    assert process.stdout is not None
    waiting = select.poll()
    waiting.register(process.stdout, select.POLLIN)
    return lambda seconds: waiting.poll(seconds * 1000)
