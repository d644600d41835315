"""The contents that git keeps, read by their ids through one process."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from crm_cli.store.git import Git, GitFailed

if TYPE_CHECKING:
    import subprocess


class Blobs:
    """Reads blobs; `close` ends the process, which is started with the first of them."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, id: str) -> bytes:
        """A blob's bytes; raises GitFailed."""
        if self._process is None:
            self._process = self._git.start("cat-file", "--batch")
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(f"{id}\n".encode())
            stdin.flush()
            return _answer(stdout)
        except (OSError, ValueError) as error:
            self.close()
            raise GitFailed(f"git cat-file: {error}") from error

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
            process.wait()

    def __del__(self) -> None:
        self.close()


def _answer(stream: IO[bytes]) -> bytes:
    """One object of `cat-file --batch`: a line that ends with its size, and the bytes."""
    words = stream.readline().split()
    if len(words) != 3:
        raise ValueError("an object is missing; is the clone whole?")
    data = stream.read(int(words[2]))
    stream.read(1)
    return data
