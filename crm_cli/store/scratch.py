"""Scratch files for what other programs print.

A pipe ends only when every process that inherited it has ended, among them those that were
left in the background; a file is whole as soon as the program itself has ended.
"""

from __future__ import annotations

import os
from typing import BinaryIO


def scratch() -> BinaryIO:
    """A file without a name, in memory where the system has such."""
    if hasattr(os, "memfd_create"):
        try:
            return open(os.memfd_create("crm"), "w+b", buffering=0)
        except OSError:
            pass  # an old kernel, or a sandbox
    import tempfile

    return tempfile.TemporaryFile(buffering=0)


def written(file: BinaryIO) -> bytes:
    """Everything that was written into a scratch file, by whichever process."""
    file.seek(0)
    return file.read()
