"""What a second process makes, whoever asks for it, and however that process ends."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks cheaply")

BEGIN = """
import os, signal, sys
from crm_cli.store.beside import Beside
{before}
begun = Beside.begin(make)
assert begun is not None
"""


def printed(before: str, then: str) -> str:
    """What a program prints that begins with `before`, which defines `make`."""
    code = BEGIN.format(before=before) + then
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == ""
    return done.stdout


MANY = "make = lambda: b'.' * 3_000_000"


def test_what_was_made_is_given_once() -> None:
    then = """
made = begun.made()
print(made == make(), begun.made(), begun.leave())
"""
    assert printed(MANY, then) == "True None None\n"


def test_another_process_may_ask_for_it() -> None:
    then = """
if not os.fork():
    print(begun.made() == make(), flush=True)
    os._exit(0)
begun.leave()
os.wait()
"""
    assert printed(MANY, then) == "True\n"


@pytest.mark.parametrize(
    "before",
    [
        "make = lambda: None",
        "make = lambda: 1 / 0",
        "make = lambda: os.kill(os.getpid(), signal.SIGKILL)",
        "make = lambda: print('said') or sys.stderr.write('said') and None",
    ],
)
def test_a_process_that_fails_makes_nothing_and_says_nothing(before: str) -> None:
    assert printed(before, "print(begun.made())") == "None\n"


def test_half_of_what_was_made_is_nothing() -> None:
    """Whatever byte it ends with."""
    then = """
import select
select.select([begun._pipe], [], [])
os.kill(begun.process, signal.SIGKILL)
print(begun.made())
"""
    assert printed(MANY, then) == "None\n"


def test_what_is_left_is_not_read_from_another_file_of_its_number() -> None:
    then = """
begun.leave()
os.open("/etc/hostname", os.O_RDONLY)
print(begun.made())
"""
    assert printed(MANY, then) == "None\n"


def test_beside_threads_there_is_none() -> None:
    before = """
import threading
make = lambda: b""
done = threading.Event()
thread = threading.Thread(target=done.wait)
thread.start()
print(Beside.begin(make))
done.set()
thread.join()
"""
    assert printed(before, "") == "None\n"
