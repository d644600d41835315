"""Processes of the program that need not load it: forked from one that has done so.

`python()` is the path of a program that does what `sys.executable` does, for `-m MODULE` and
`-c CODE`, and `crm()` of one that does what `crm` does. Behind them stands one process with
every module imported and nothing run. For each run it forks a child that takes over the
arguments, the environment, the folder, the mask and the open files of its caller, who ends as
the child does; a caller that is killed takes the child along.

What the interpreter makes of its environment when it starts, and where it finds the program,
is not repeated by a fork: where these differ, the caller becomes a process as always. What a
run imports, how it starts and how it dies by a signal is for `sys.executable` to show.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import functools
import gc
import importlib
import io
import marshal
import os
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[1]

NOT_LOADED = ("crm_cli.__main__", "multiprocessing", "msvcrt")
"""What runs when it is imported, changes how the program ends, or is another system's."""

ENVIRON = dict(os.environ)
"""Before any test has changed it."""

SEEN_AT_START = ("PYTHON", "LC_", "LANG", "TYPER_", "_TYPER_", "TERMINAL_WIDTH", "CRM_DEBUG")
"""How the names begin of what the interpreter and the libraries read once; and of what has the
program end as an interpreter does."""

ABOUT_FILES = ("PYTHONPATH", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE")
"""What only says where modules are found, which is seen to, and where bytecode is kept."""

CLIENT = """\
#!{python} -IS
import marshal, os, sys
import _signal, _socket
words = [*{before!r}, *map(os.fsencode, sys.argv[1:])]
def started_alike():
    seen = {{
        name: value for name, value in os.environ.items()
        if name.startswith({names!r}) and name not in {about_files!r}
    }}
    found = os.environ.get("PYTHONPATH", {root!r}) == {root!r}
    package = {root!r} + "/crm_cli"
    there = words[0] != b"-P" and os.path.exists("crm_cli")
    here = there and not os.path.samefile("crm_cli", package)
    return seen == {seen!r} and found and not here and words[0] in (b"-m", b"-c", b"-P")
if not started_alike():
    os.execv({python!r}, [{python!r}, *words])
fds = []
for number in (0, 1, 2):
    try:
        os.fstat(number)
        fds.append(number)
    except OSError:
        pass
os.umask(mask := os.umask(0))
ignored = _signal.getsignal(_signal.SIGINT) == _signal.SIG_IGN
data = marshal.dumps((words, dict(os.environb), os.getcwdb(), mask, ignored, fds))
server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
server.connect({address!r})
rights = b"".join(number.to_bytes(4, sys.byteorder) for number in fds)
server.sendmsg([len(data).to_bytes(8, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, rights)])
server.sendall(data)
for number in fds:
    os.close(number)
code = int(server.recv(16))
if code < 0:
    _signal.signal(-code, _signal.SIG_DFL)
    os.kill(os.getpid(), -code)
os._exit(code)
"""


def python(root: Path = ROOT, environ: Mapping[str, str] | None = None) -> str:
    """The path of a Python that has the program loaded, as it lies in a folder.

    `environ` is what the interpreter is to see when it starts, if not what this process has seen.
    Only Linux forks safely: elsewhere it is a Python like any other.
    """
    if sys.platform != "linux":
        return sys.executable
    return f"{_programs(root, None if environ is None else tuple(sorted(environ.items())))}/python"


def crm(root: Path = ROOT, environ: Mapping[str, str] | None = None) -> str:
    """The path of a `crm` that is loaded."""
    if sys.platform != "linux":
        return str(Path(sys.executable).with_name("crm"))
    return f"{_programs(root, None if environ is None else tuple(sorted(environ.items())))}/crm"


@functools.cache
def _programs(root: Path, environ: tuple[tuple[str, str], ...] | None) -> str:
    """The folder of the two, with the process behind them, which ends with this one."""
    folder = tempfile.mkdtemp(prefix="crm-loaded-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    starting = {
        name: value
        for name, value in ENVIRON.items()
        if environ is None or not name.startswith(SEEN_AT_START)
    }
    starting |= {**dict(environ or ()), "PYTHONPATH": str(root)}
    address = f"{folder}/socket"
    seen = {
        name: value
        for name, value in starting.items()
        if name.startswith(SEEN_AT_START) and name not in ABOUT_FILES
    }
    for name, before in {"python": [], "crm": [b"-P", b"-m", b"crm_cli"]}.items():
        text = CLIENT.format(
            python=sys.executable, before=before, root=str(root), address=address,
            names=SEEN_AT_START, about_files=ABOUT_FILES, seen=seen,
        )  # fmt: skip
        program = Path(folder, name)
        program.write_text(text, encoding="utf-8")
        program.chmod(0o700)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(64)
        server = subprocess.Popen(
            [sys.executable, __file__, str(listening.fileno()), str(root), f"{folder}/python"],
            stdin=subprocess.PIPE,  # which ends with this process
            pass_fds=[listening.fileno()],
            env=starting,
            start_new_session=True,
        )
    atexit.register(server.communicate)
    return folder


def serve(listening: socket.socket, root: Path, python: str) -> None:
    """Fork a process for each caller, until nobody can call any more.

    What a run has git start, hooks and merges, is forked as well.
    """
    load(root)
    sys.executable = python
    gc.collect()
    gc.freeze()
    sys.path[:1] = []
    while True:
        ready, _, _ = select.select([0, listening.fileno()], [], [])
        with contextlib.suppress(ChildProcessError):  # those that have ended; at the end all
            while os.waitpid(-1, 0 if 0 in ready else os.WNOHANG)[0]:
                pass
        if 0 in ready:
            return
        caller, _ = listening.accept()
        with caller:
            if not os.fork():
                listening.close()
                keep(caller)


def load(root: Path) -> None:
    """Import every module of the program, and what any of them imports anywhere."""
    for name in sorted(set(_imported(root))):
        if not name.startswith(NOT_LOADED):
            importlib.import_module(name)


def _imported(root: Path) -> Iterator[str]:
    for path in (root / "crm_cli").rglob("*.py"):
        parts = path.relative_to(root).with_suffix("").parts
        yield ".".join(parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module


def keep(caller: socket.socket) -> NoReturn:
    """Run what a caller asks for in a child, and send how it ended; kill it if nobody waits."""
    head, received, _, _ = socket.recv_fds(caller, 8, 3)
    with caller.makefile("rb") as stream:
        request = marshal.loads(stream.read(int.from_bytes(head, "big")))
    # Not before the child is ready to be interrupted.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    child = os.fork()
    if not child:
        caller.close()
        become(received, *request)
    for number in received:
        os.close(number)
    if hasattr(os, "pidfd_open"):
        ended = os.pidfd_open(child)
        if ended not in select.select([ended, caller.fileno()], [], [])[0]:
            os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with contextlib.suppress(OSError):
        caller.send(b"%d" % code)
    os._exit(0)


def become(
    received: list[int],
    words: list[bytes],
    environ: dict[bytes, bytes],
    folder: bytes,
    mask: int,
    ignored: bool,
    numbers: list[int],
) -> NoReturn:
    """Be the process that the caller would have been."""
    code = 70
    try:
        os.setsid()
        os.umask(mask)
        os.chdir(folder)
        os.environb.clear()
        os.environb.update(environ)
        time.tzset()
        for number in (0, 1, 2):
            os.close(number)
        for theirs, number in zip(received, numbers, strict=True):
            os.dup2(theirs, number)
            os.close(theirs)
        handler = signal.SIG_IGN if ignored else signal.default_int_handler
        signal.signal(signal.SIGINT, handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        sys.stdin, sys.stdout, sys.stderr = (_stream(number) for number in (0, 1, 2))
        vars(sys).update(__stdin__=sys.stdin, __stdout__=sys.stdout, __stderr__=sys.stderr)
        code = _run([os.fsdecode(word) for word in words])
    finally:
        os._exit(code)


def _stream(number: int) -> Any:
    """A standard stream as the interpreter opens it; None if it is closed."""
    own = (sys.stdin, sys.stdout, sys.stderr)[number]
    try:
        raw = open(number, "wb" if number else "rb", closefd=False)  # noqa: SIM115
    except OSError:
        return None
    return io.TextIOWrapper(
        raw,
        own.encoding,
        own.errors,
        newline="\n",
        line_buffering=number == 2 or raw.isatty(),
        write_through=bool(number and getattr(own, "write_through", False)),
    )


def _run(words: list[str]) -> int:
    safe = words[0] == "-P"
    option, what, *others = words[safe:]
    sys.argv = [option, *others]
    if not safe:
        sys.path.insert(0, str(Path.cwd()) if option == "-m" else "")
    try:
        if option == "-m":
            runpy.run_module(what, run_name="__main__", alter_sys=True)
        else:
            main = types.ModuleType("__main__")
            sys.modules["__main__"] = main
            exec(compile(what, "<string>", "exec"), main.__dict__)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if code and not isinstance(end.code, int):
            sys.stderr.write(f"{end.code}\n")
    except BaseException:
        traceback.print_exc()
        code = 1
    if sys.stdout is not None:
        sys.stdout.flush()
    return code & 0xFF


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2]), sys.argv[3])
