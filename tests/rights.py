"""Being held up by the modes of files, even as root: for tests of what may not be read."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

# linux/capability.h: passing over modes to write and execute, and to read and search.
_DAC = 1 << 1 | 1 << 2
_VERSION_3 = 0x20080522


@contextmanager
def held_up_by_modes() -> Iterator[None]:
    """Let the modes of files count within the block.

    They do for everybody but root, who on Linux can put the right to pass over them aside
    and take it up again; programs that are started within the block have it all the same.
    """
    if os.name == "nt":
        pytest.skip("modes of files")
    if os.geteuid() != 0:
        yield
        return
    if sys.platform != "linux":
        pytest.skip("root passes over all modes here")
    before = _effective()
    _set_effective(before & ~_DAC)
    try:
        yield
    finally:
        _set_effective(before)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Set(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable"))


def _call(name: str) -> ctypes.Array[_Set]:
    held = (_Set * 2)()
    _checked(name, held)
    return held


def _checked(name: str, held: ctypes.Array[_Set]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(ctypes.byref(_Header(_VERSION_3, 0)), held):
        pytest.skip(f"{name}: {os.strerror(ctypes.get_errno())}")


def _effective() -> int:
    return int(_call("capget")[0].effective)


def _set_effective(bits: int) -> None:
    held = _call("capget")
    held[0].effective = bits
    _checked("capset", held)
