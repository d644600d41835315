"""What must hold after a command whose file calls failed, or that was killed."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from typing import NamedTuple, NoReturn

from crm_cli.store import files
from tests.conftest import Run
from tests.meddling import At, Meddling
from tests.trust.ground import Ground, State
from tests.trust.writers import Writer, prepared

GUEST = "Zadnji Gost"
"""A customer that is added afterwards: every next write finishes and tidies up."""

_SET_CHILD_SUBREAPER = 36
"""A number of prctl(2)."""

EACH_ALONE = ("fmt", "check")
"""Commands that leave a file alone which they cannot read, and do the others."""


STEP_BY_STEP = ("git setup", "mail send")
"""Commands of several steps, each whole; to run them again finishes what was begun."""

TIDY_THEMSELVES = (
    "export", "git setup", "trust", "merge-driver", "notify", "books", "forget", "mail fetch",
    "mail unknown", "mail send",
)  # fmt: skip
"""Commands that write outside of the directory, or erase there, where no other tidies up."""


class Lost(AssertionError):
    """What was acknowledged is not there."""


class Torn(AssertionError):
    """Something is neither as it was nor as it was to be."""


class Scene(NamedTuple):
    """A writer on its ground: the words, how things were and how they are to be."""

    ground: Ground
    writer: Writer
    words: tuple[str, ...]
    old: State
    new: State
    calls: list[str]
    known: dict[bytes, State]
    """What a reader saw in the states that were looked at to the end already."""


def scene(ground: Ground, writer: Writer) -> Scene:
    """Run a writer as it should go, and put everything back."""
    words = prepared(ground, writer)
    old = ground.on_disk()
    for _ in ("cold", "warm"):  # the calls are those of a run that finds an index
        system = Meddling(0, lambda name, real, args: real(*args))
        ran = ground.run(*words, system=system)
        assert ran.code == 0, ran
        new = ground.on_disk()
        assert new != old
        ground.reset()
        assert ground.on_disk() == old
    return Scene(ground, writer, words, old, new, system.trace, {})


class Injected(NamedTuple):
    """How a run ended, and whether it came as far as the call that was to go wrong."""

    ran: Run
    fired: bool


def injected(at: Scene, kind: type[Meddling], k: int, how: At) -> Injected:
    """Run the writer with its k-th call (`Dead`: all from it on) going wrong, and look."""
    at.ground.reset()
    system = kind(k, how)
    ran = at.ground.run(*at.words, system=system)
    _looked_at(at, ran)
    return Injected(ran, system.count >= k)


def _looked_at(at: Scene, ran: Run) -> None:
    said_clearly(ran)
    if at.writer.command == "export" and ran.code == 4:
        _check_partial(at)
        return
    seen = checked(at)
    if ran.code == 0 and at.writer.command not in EACH_ALONE:
        if seen != at.new:
            raise Lost(f"{at.writer.command} said that it was done")
    elif "nothing was changed" in ran.err:
        assert seen == at.old, ran.err


def _check_partial(at: Scene) -> None:
    """An export of what could be read, and said to be no more: a whole file of fewer records."""
    for name, data in at.ground.on_disk().items():
        if name == "outside/out.csv" and data != at.old[name]:
            ids, whole = (
                {line.split(b",")[0] for line in one.splitlines()} for one in (data, at.new[name])
            )
            if not ids <= whole | {b""}:
                raise Torn(f"{name} is no part of what was to be: {data!r}")
        elif data not in (at.old.get(name), at.new.get(name)):
            raise Torn(f"{name} is neither old nor new")


def killed(at: Scene, k: int, how: At) -> bool:
    """Run the writer in a process that ends at its k-th call, and look; whether it did."""
    at.ground.reset()
    code = ended(forked(at.ground, at.words, system=Meddling(k, how)))
    assert code in (0, 9)
    seen = checked(at)
    if code == 0 and seen != at.new:
        raise Lost(f"{at.writer.command} ended well before it was killed")
    return code == 9


def killed_after(at: Scene, seconds: float) -> bool:
    """Run the writer in a process that is killed some time after its start; whether it was."""
    at.ground.reset()
    child = forked(at.ground, at.words)
    time.sleep(seconds)
    kill(child)
    code = ended(child)
    assert code in (0, -signal.SIGKILL)
    seen = checked(at)
    if code == 0 and seen != at.new:
        raise Lost(f"{at.writer.command} ended well before it was killed")
    return code != 0


class Child(NamedTuple):
    """A command in a process of its own, which another one waits for and can kill."""

    keeper: int


def forked(ground: Ground, words: tuple[str, ...], *, system: files.Calls | None = None) -> Child:
    """Begin a command in a process of its own.

    What it begins itself, git say, goes on when it is killed: its keeper ends when nothing of
    it is left.
    """
    read, write = os.pipe()
    keeper = os.fork()
    if not keeper:
        try:
            os.close(read)
            _keep(ground, words, system, write)
        finally:
            os._exit(1)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        assert pipe.read() == b"begun"
    return Child(keeper)


def _keep(
    ground: Ground, words: tuple[str, ...], system: files.Calls | None, write: int
) -> NoReturn:
    """Begin the command, say so, and end as it does when all that it began is over.

    Told to terminate, kill it: only its parent knows that the number is still its own.
    """
    _adopt()
    process = os.fork()
    if not process:
        os.close(write)
        code = 1
        try:
            code = ground.run(*words, system=system).code
        finally:
            os._exit(code)

    def slay(*_: object) -> None:
        with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
            os.kill(process, signal.SIGKILL)

    signal.signal(signal.SIGTERM, slay)
    os.write(write, b"begun")
    os.close(write)
    _, status = os.waitpid(process, 0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    if os.WIFSIGNALED(status):
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.waitstatus_to_exitcode(status))


def _adopt() -> None:
    """Become the parent of those whose own parent ends; only Linux knows that."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def kill(child: Child) -> None:
    """Kill the command, not its keeper; one that has ended stays so."""
    os.kill(child.keeper, signal.SIGTERM)


def ended(child: Child, *, within: float = 60) -> int:
    """The exit code of a process, negative for a signal; one that hangs is a failure."""
    until = time.monotonic() + within
    while True:
        number, status = os.waitpid(child.keeper, os.WNOHANG)
        if number:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > until:
            kill(child)
            time.sleep(1)
            os.kill(child.keeper, signal.SIGKILL)
            os.waitpid(child.keeper, 0)
            raise AssertionError("it hangs")
        time.sleep(0.0005)


def said_clearly(ran: Run) -> None:
    """Done, or one line that says what is wrong, with cures below it; never a traceback."""
    everything = ran.out + ran.err
    assert "Traceback" not in everything and "internal error" not in everything, ran
    # An unreadable record makes an answer partial, and may be whom the command was about.
    unconfigured = ran.code == 2 and "config.yaml" in ran.err
    assert ran.code in (0, 1, 4, 5, 7) or unconfigured, ran
    if ran.code == 1:
        assert "cannot be read" in ran.out, ran  # `check` answers with what is wrong
    if ran.code < 2:
        return
    said = [line for line in ran.err.splitlines() if line.startswith("crm: ")]
    assert len(said) <= 1, ran
    told = said or [line for line in ran.err.splitlines() if "cannot be read" in line]
    assert told, ran
    if ran.code == 7:
        assert said and ("cannot" in said[0] or "interrupted" in said[0]), ran


def checked(at: Scene) -> State:
    """Every record is old or new, all of them together as read; the next write tidies up.

    Most failed calls leave one of a few states: what comes of each is tried once.
    """
    state = at.ground.fingerprint()
    if state not in at.known:
        at.known[state] = _checked(at)
    return at.known[state]


def _is_claim(at: Scene, name: str, data: bytes | None) -> bool:
    """Whether a file is one that was claimed to be sent, a step of its own."""
    return "outbox/sending/" in name and data in at.old.values()


def _checked(at: Scene) -> State:
    ground = at.ground
    for name, data in ground.on_disk().items():
        if _is_claim(at, name, data):
            continue
        if data not in (at.old.get(name), at.new.get(name)):
            raise Torn(f"{name} is neither old nor new")
    if at.writer.command == "init":
        return _checked_init(at)
    seen = ground.seen()
    if at.writer.command in (*EACH_ALONE, *STEP_BY_STEP, "export"):
        assert all(
            data in (at.old.get(name), at.new.get(name)) or _is_claim(at, name, data)
            for name, data in seen.items()
        )
    else:
        if seen not in (at.old, at.new):
            raise Torn(f"of what {at.writer.command} changes, a part is done")
    if at.writer.history != "merging":
        check = ground.run("check")
        assert check.code == 0, check
    added = ground.run("add", GUEST)
    assert added.code == 0, added
    guest = f"{ground.root.name}/customers/zadnji-gost.yaml"
    if at.writer.command not in STEP_BY_STEP:
        assert {k: v for k, v in ground.on_disk().items() if k != guest} == seen
    _age(ground)
    if at.writer.command in TIDY_THEMSELVES or at.writer.history in ("shared", "merging"):
        again = ground.run(*at.words)
        assert again.code == 0 or "there is no unresolved merge" in again.err, again
        if at.writer.command != "export":
            assert {k: v for k, v in ground.on_disk().items() if k != guest} == at.new
    if at.writer.history or at.writer.command == "git setup":
        _checked_history(at)
    if at.writer.command == "forget":
        _check_forgotten(at)
    assert ground.left_over() == []
    return seen


def _checked_history(at: Scene) -> None:
    """Git has all that the records say, and is whole."""
    ground = at.ground
    # What was saved during a merge is committed by the next command after it.
    last = ground.run("tag", "add", "last", "kavarna-lan")
    assert last.code == 0 and "not committed" not in last.err, last
    left = ground.git("status", "--porcelain")
    if left:
        raise Lost(f"git does not have {left.split()}")
    ground.git("fsck", "--no-progress", "--no-dangling")


def _check_forgotten(at: Scene) -> None:
    """Run again, `forget` has left no trace: not in the records, not beside them."""
    places = (at.ground.root, at.ground.folder / "cache", at.ground.outside / "state")
    for path in (path for place in places for path in place.rglob("*") if path.is_file()):
        for trace in (b"maja-kos", b"Maja", b"maja@kos.example"):
            if trace in path.read_bytes() or trace in bytes(path):
                raise Lost(f"{path} still has {trace!r}")


def _checked_init(at: Scene) -> State:
    """What a killed `init` began, the next one finishes or has finished."""
    before = at.ground.on_disk()
    again = at.ground.run(*at.words)
    assert again.code in (0, 6), again
    if again.code == 6:
        _age(at.ground)
        setup = at.ground.run("-C", f"{at.ground.outside}/new", "git", "setup", "--yes")
        assert setup.code == 0, setup
        added = at.ground.run("-C", f"{at.ground.outside}/new", "add", GUEST)
        assert added.code == 0, added
        (at.ground.outside / "new/customers/zadnji-gost.yaml").unlink()
    assert at.ground.on_disk() == at.new
    assert at.ground.left_over() == []
    return at.new if again.code == 6 else before


def _age(ground: Ground) -> None:
    """Let what a killed run left outside of the records look old, as if abandoned."""
    for path in ground.folder.rglob("*"):
        if files.TEMPORARY.fullmatch(path.name):
            os.utime(path, (0, time.time() - 86_400))
