"""Promise 3, nothing is lost: every single call on the file system fails, or is the last.

After each of them every record is the old one or the new one, whole; several files change
together or not at all; and the next write leaves nothing behind. A run tries a third of the
calls in each way, the next commit another third, and `make soak` all of them.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_cli.model.errors import CrmError, ExitCode
from crm_cli.store import files, transaction
from crm_cli.store.transaction import FileChange, commit
from crm_cli.store.tree import Folder
from tests.meddling import Dead, Meddling, Swift, dying, dying_after, failing, short
from tests.shares import Share
from tests.store.taking_back import undo

OLD = {"customers/ana.yaml": b"name: Ana\n", "customers/rok.yaml": b"name: Rok\n"}


def full(name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """A full disk: some bytes still fit, then none do; what needs no room works."""
    if name in ("write", "mkdir", "link"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return real(*args)


def add(path: str, line: bytes) -> FileChange:
    return FileChange(path, lambda data: (data or b"") + line)


def edit_one(root: Path) -> dict[str, bytes | None]:
    commit(root, [add("customers/ana.yaml", b"city: Koper\n")], command="crm set")
    return {"customers/ana.yaml": b"name: Ana\ncity: Koper\n"}


def make_one(root: Path) -> dict[str, bytes | None]:
    commit(root, [add("customers/new/eva.yaml", b"name: Eva\n")], command="crm add")
    return {"customers/new/eva.yaml": b"name: Eva\n"}


def remove_one(root: Path) -> dict[str, bytes | None]:
    commit(root, [FileChange("customers/rok.yaml", lambda _: None)], command="crm rm")
    return {"customers/rok.yaml": None}


def several(root: Path) -> dict[str, bytes | None]:
    changes = [
        add("customers/ana.yaml", b"tags: [vip]\n"),
        FileChange("customers/rok.yaml", lambda _: None),
        add("customers/eva.yaml", b"name: Eva\n"),
    ]
    commit(root, changes, command="crm merge")
    return {
        "customers/ana.yaml": b"name: Ana\ntags: [vip]\n",
        "customers/rok.yaml": None,
        "customers/eva.yaml": b"name: Eva\n",
    }


def many(root: Path) -> dict[str, bytes | None]:
    """The same, made durable together, as an import's files are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transaction, "MANY", 2)
        return several(root)


def take_back(root: Path) -> dict[str, bytes | None]:
    undo(root)
    return {"customers/ana.yaml": b"name: An\n", "customers/rok.yaml": b"name: Ro\n"}


def counted(operation: Operation, root: Path) -> tuple[int, dict[str, bytes]]:
    """How many calls an operation takes when none fails, and what it leaves."""
    with files.replaced(Meddling(0, dying)) as system:
        new = after(operation(root))
    assert isinstance(system, Meddling)
    return system.count, new


PARTS = 3
Operation = Callable[[Path], dict[str, bytes | None]]
OPERATIONS: list[Operation] = [edit_one, make_one, remove_one, several, many, take_back]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Callable[[], Path]]:
    numbers = iter(range(10**6))

    def make() -> Path:
        root = tmp_path / str(next(numbers))
        shutil.copytree(first, root)
        return root

    first = tmp_path / "first"
    (first / "customers").mkdir(parents=True)
    for path, data in OLD.items():
        (first / path).write_bytes(data[:-2] + b"\n")
    changes = [FileChange(path, lambda _, data=data: data) for path, data in OLD.items()]  # type: ignore[misc]
    commit(first, changes, command="crm set")
    with files.replaced(Swift()):
        yield make


def on_disk(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in (root / "customers").rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def as_read(root: Path) -> dict[str, bytes]:
    tree = Folder(root)
    return {entry[0]: tree.read(entry[0]) for entry in tree.entries()}


def after(new: dict[str, bytes | None]) -> dict[str, bytes]:
    state = {path: new.get(path, data) for path, data in OLD.items()} | new
    return {path: data for path, data in state.items() if data is not None}


def check_aftermath(root: Path, new: dict[str, bytes]) -> dict[str, bytes]:
    """Each file old or new, a reader sees one of the two states, the next write tidies up."""
    for path, data in on_disk(root).items():
        assert data in (OLD.get(path), new.get(path))
    seen = as_read(root)
    assert seen in (OLD, new)
    commit(root, [add("crm.yaml", b"name: Shop\n")], command="crm config set")
    assert on_disk(root) == seen
    left = [path for path in root.rglob("*") if files.TEMPORARY.fullmatch(path.name)]
    assert left == []
    assert not (root / ".crm/journal").exists()
    return seen


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("kind", [Meddling, Dead])
@pytest.mark.parametrize(
    "at",
    [
        *(failing(n) for n in (errno.ENOSPC, errno.EACCES, errno.EIO)),
        full,
    ],
    ids=["ENOSPC", "EACCES", "EIO", "full"],
)
def test_any_call_may_fail(
    operation: Callable[[Path], dict[str, bytes | None]],
    kind: type[Meddling],
    at: Callable[..., Any],
    fresh: Callable[[], Path],
    share: Share,
) -> None:
    calls, new = counted(operation, fresh())
    for k in share.of(range(1, calls + 1), PARTS):
        root = fresh()
        raised: CrmError | None = None
        with files.replaced(kind(k, at)) as system:
            try:
                operation(root)
            except CrmError as error:
                raised = error
        assert isinstance(system, Meddling)
        assert system.count >= k, "that call was made"
        # A failed write of the lock's text or of undo's rename must not fail the command.
        if raised is not None:
            assert raised.exit_code == ExitCode.IO, raised
            assert "\n" not in raised.message
            assert "cannot" in raised.message
        seen = check_aftermath(root, new)
        if raised is None:
            assert seen == new
        elif "nothing was changed" in raised.message:
            assert seen == OLD


@pytest.mark.parametrize("operation", OPERATIONS)
def test_short_writes_and_reads_are_completed(
    operation: Callable[[Path], dict[str, bytes | None]], fresh: Callable[[], Path]
) -> None:
    new = after(operation(fresh()))
    root = fresh()
    with files.replaced(Dead(1, short)):
        operation(root)
    assert check_aftermath(root, new) == new


@pytest.mark.parametrize("operation", OPERATIONS)
def test_interrupted_calls_are_repeated_or_refused(
    operation: Callable[[Path], dict[str, bytes | None]], fresh: Callable[[], Path]
) -> None:
    new = after(operation(fresh()))
    for k in range(1, 1000):
        root = fresh()
        with files.replaced(Meddling(k, failing(errno.EINTR))) as system:
            try:
                operation(root)
            except CrmError as error:
                assert error.exit_code == ExitCode.IO
        assert isinstance(system, Meddling)
        if system.count < k:
            break
        if system.trace[k - 1] in ("open", "read", "write", "fsync", "flock"):
            assert as_read(root) == new
        check_aftermath(root, new)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("at", [dying, dying_after])
def test_killed_at_any_call(
    operation: Callable[[Path], dict[str, bytes | None]],
    at: Callable[..., Any],
    fresh: Callable[[], Path],
    share: Share,
) -> None:
    calls, new = counted(operation, fresh())
    # After the last call there is nothing left to end at.
    for k in [*share.of(range(1, calls + 1), PARTS), calls + 1]:
        root = fresh()
        child = os.fork()
        if child == 0:
            try:
                with files.replaced(Meddling(k, at)):
                    operation(root)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        check_aftermath(root, new)
        assert os.waitstatus_to_exitcode(status) == (9 if k <= calls else 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")
def test_undo_after_a_kill_restores_the_last_finished_change(fresh: Callable[[], Path]) -> None:
    """Whenever the second command died, undo takes back what is on disk, never other bytes."""
    first = {"customers/ana.yaml": b"name: An\n", "customers/rok.yaml": b"name: Ro\n"}
    for k in range(1, 1000):
        root = fresh()
        child = os.fork()
        if child == 0:
            try:
                with files.replaced(Meddling(k, dying)):
                    several(root)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        finished = as_read(root) != OLD
        commit(root, [add("customers/ana.yaml", b"")], command="crm set")
        undo(root)
        assert on_disk(root) == (OLD if finished else first)
        if os.waitstatus_to_exitcode(status) == 0:
            break


def by_hand(path: Path) -> Callable[..., Any]:
    def at(name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        with path.open("ab") as file:
            file.write(b"by hand: yes\n")
        return real(*args)

    return at


def rename_of(root: Path, path: Path, operation: Callable[[Path], object]) -> int:
    """Which call renames the new text over `path`: what comes between it and the look
    before it cannot be seen by any program."""
    found: list[int] = []

    class Watching(Meddling):
        def meddles(self) -> bool:
            return self.trace[-1] == "replace"

    def at(name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        if args[1] == str(path):
            found.append(system.count)
        return real(*args)

    system = Watching(0, at)
    with files.replaced(system):
        operation(root)
    assert len(found) == 1
    return found[0]


def test_a_change_made_meanwhile_is_never_lost(fresh: Callable[[], Path]) -> None:
    """Somebody appends a line before any call: it stays, and undo leaves it too."""
    probe = fresh()
    rename = rename_of(probe, probe / "customers/ana.yaml", edit_one)
    for k in range(1, rename):
        root = fresh()
        path = root / "customers/ana.yaml"
        with files.replaced(Meddling(k, by_hand(path))):
            edit_one(root)
        text = path.read_bytes()
        assert sorted(text.splitlines()) == [b"by hand: yes", b"city: Koper", b"name: Ana"]
        undo(root)
        assert path.read_bytes() == b"name: Ana\nby hand: yes\n"


def two_edits(root: Path) -> None:
    changes = [add(path, b"city: Koper\n") for path in OLD]
    commit(root, changes, command="crm set")


@pytest.mark.parametrize("name", ["ana", "rok"])
def test_several_files_start_over_where_one_changes_meanwhile(
    name: str, fresh: Callable[[], Path]
) -> None:
    """Even after the first of them was written already."""
    probe = fresh()
    rename = rename_of(probe, probe / f"customers/{name}.yaml", two_edits)
    for k in range(1, rename):
        root = fresh()
        with files.replaced(Meddling(k, by_hand(root / f"customers/{name}.yaml"))):
            two_edits(root)
        assert not (root / ".crm/journal").exists()
        for path in OLD:
            lines = sorted((root / path).read_bytes().splitlines()[-2:])
            edited = path.endswith(f"{name}.yaml")
            assert (b"by hand: yes" in lines) == edited
            assert (root / path).read_bytes().count(b"city: Koper") == 1
        undo(root)
        assert b"city" not in b"".join(on_disk(root).values())


def test_a_file_made_meanwhile_is_never_replaced(fresh: Callable[[], Path]) -> None:
    for k in range(1, 1000):
        root = fresh()

        def at(
            name: str, real: Callable[..., Any], args: tuple[Any, ...], root: Path = root
        ) -> Any:
            path = root / "customers/new/eva.yaml"
            path.parent.mkdir(exist_ok=True)
            if not path.exists():
                path.write_bytes(b"by hand: yes\n")
            return real(*args)

        with files.replaced(Meddling(k, at)) as system:
            make_one(root)
        assert isinstance(system, Meddling)
        if system.count < k:
            break
        text = (root / "customers/new/eva.yaml").read_bytes()
        assert text in (b"by hand: yes\nname: Eva\n", b"name: Eva\n")


@pytest.mark.parametrize("answer", [None, errno.ENOTSUP, errno.ENOSYS, errno.EIO])
def test_many_files_are_durable_before_any_is_brought(
    fresh: Callable[[], Path], answer: int | None
) -> None:
    root = fresh()
    seen: list[str] = []

    class Watched(Swift):
        @staticmethod
        def syncfs(descriptor: int) -> None:
            seen.append("syncfs")
            if answer is not None:
                raise OSError(answer, os.strerror(answer))

        @staticmethod
        def fsync(descriptor: int) -> None:
            seen.append("fsync")

        @staticmethod
        def link(src: Any, dst: Any, **others: Any) -> None:
            if dst.endswith(".yaml"):
                seen.append("link")
            os.link(src, dst, **others)

    with files.replaced(Watched()):
        if answer == errno.EIO:
            with pytest.raises(CrmError, match="nothing was changed"):
                many(root)
            assert on_disk(root) == OLD
            assert "link" not in seen
            return
        new = after(many(root))
    assert on_disk(root) == new
    assert seen[0] == "syncfs"
    # Without it each of the two new texts is synced on its own, before the undo file is.
    before = seen[: seen.index("link")].count("fsync")
    assert before == (3 if answer is None else 5)
