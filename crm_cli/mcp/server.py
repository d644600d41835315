"""The server: lines of JSON on stdin, answers on stdout, until stdin ends."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import BinaryIO

from crm_cli.mcp.protocol import INTERNAL_ERROR, INVALID_REQUEST, Fault, Protocol
from crm_cli.model.jsontext import one_line

_LONGEST = 4 << 20
"""Bytes of one message at most."""


class Ended(BaseException):
    """Somebody pressed Ctrl-C, or asked the server to end."""


def serve(protocol: Protocol, source: BinaryIO, target: BinaryIO) -> None:
    """Answer each line of `source` on `target`, until it ends; raises Ended at a signal."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _end)
    while line := source.readline(_LONGEST + 1):
        if len(line) > _LONGEST:
            _skip(source, line)
            answer: object = _error(INVALID_REQUEST, "a message has at most 4 MiB")
        elif not line.strip():
            continue
        else:
            answer = _answer(protocol, line)
        if answer is None:
            continue
        try:
            target.write(one_line(answer, ascii_only=True).encode("ascii") + b"\n")
            target.flush()
        except BrokenPipeError:
            return


def own_streams() -> tuple[BinaryIO, BinaryIO]:
    """stdin and stdout for the protocol alone: whatever else reads finds nothing, and what else
    prints, such as a program that git starts, goes to stderr."""
    source = os.fdopen(os.dup(0), "rb")
    target = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return source, target


def _answer(protocol: Protocol, line: bytes) -> object:
    """The answer to a line; a fault of this program is an error of its own, and no end."""
    try:
        return protocol.answer(line)
    except Exception as error:
        if os.environ.get("CRM_DEBUG"):
            import traceback

            sys.stderr.write(traceback.format_exc())
        return _error(INTERNAL_ERROR, f"crm failed: {type(error).__name__}")


def _error(code: int, message: str) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": None, "error": Fault(code, message).error}


def _skip(source: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = source.readline(_LONGEST)


def _end(number: int, frame: FrameType | None) -> None:
    raise Ended
