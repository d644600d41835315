"""Run commands at once, and print the output of each whole, in the order given.

python tools/side_by_side.py 'ruff check .' mypy 'pytest -n 2'

The output of the first command is printed as it comes, that of a later one when all before it
have ended. Exit 1 if any of them fails; which ones did is the last line.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from typing import BinaryIO


def run(commands: Sequence[str], out: BinaryIO) -> list[str]:
    """Run all commands at once; the ones that failed, with what they ended with."""
    processes = [
        subprocess.Popen(
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for command in commands
    ]
    failed = []
    for command, process in zip(commands, processes, strict=True):
        out.write(f"$ {command}\n".encode())
        out.flush()
        assert process.stdout is not None
        # A command whose turn has not come waits when its pipe is full, and loses nothing.
        while piece := os.read(process.stdout.fileno(), 65_536):
            out.write(piece)
            out.flush()
        code = process.wait()
        if code:
            ended = f"exit code {code}" if code > 0 else f"signal {-code}"
            failed.append(f"{command} ({ended})")
    return failed


def main() -> int:
    """Run the commands of the command line."""
    try:
        failed = run(sys.argv[1:], sys.stdout.buffer)
    except KeyboardInterrupt:
        return 130  # The commands got the interrupt, too.
    if failed:
        sys.stdout.write(f"failed: {', '.join(failed)}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
