"""Operating systems that fail, stop halfway or end the process: put in place of `files.calls`."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from crm_cli.store import files

NAMES = [name for name in vars(files.Calls) if not name.startswith("_") and name != "close"]
"""The calls that may fail; what fails at `close` has been told by `fsync` before."""

At = Callable[[str, Callable[..., Any], tuple[Any, ...]], Any]
"""What happens instead of a call: given its name, the real call and its arguments."""


class Swift(files.Calls):
    """Does not wait for the disk: a process that dies does not take the system with it."""

    fsync = staticmethod(lambda descriptor: None)
    syncfs = staticmethod(lambda descriptor: None)


class Meddling(Swift):
    """Counts the calls, and lets `at` act instead of the k-th."""

    def __init__(self, k: int, at: At):
        self.k = k
        self.at = at
        self.count = 0
        self.trace: list[str] = []

    def __getattribute__(self, name: str) -> Any:
        real = super().__getattribute__(name)
        if name not in NAMES:
            return real

        def call(*args: Any, **kwargs: Any) -> Any:
            self.count += 1
            self.trace.append(name)
            if self.meddles():
                return self.at(name, lambda *a: real(*a, **kwargs), args)
            return real(*args, **kwargs)

        return call

    def meddles(self) -> bool:
        """Whether it is this call that does not go as usual."""
        return self.count == self.k


class Dead(Meddling):
    """Meddles with the k-th call and all that follow."""

    def meddles(self) -> bool:
        return self.count >= self.k


def failing(number: int) -> At:
    """The call fails with an errno and has done nothing."""

    def at(name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        raise OSError(number, os.strerror(number))

    return at


def short(name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """Writes take half of what they are given, reads give one byte."""
    if name == "write":
        return real(args[0], bytes(args[1])[: max(1, len(args[1]) // 2)])
    if name == "read":
        return real(args[0], 1)
    return real(*args)


def dying(name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """The process ends before the call; of a write half is done."""
    if name == "write":
        real(args[0], bytes(args[1])[: len(args[1]) // 2])
    os._exit(9)


def dying_after(name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """The process ends just after the call, whether that did its work or raised."""
    try:
        real(*args)
    finally:
        os._exit(9)
