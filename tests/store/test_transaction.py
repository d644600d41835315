"""Writing records: what a commit changes, refuses, keeps and waits for."""

from __future__ import annotations

import multiprocessing
import os
import random
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.model.errors import ConflictError, CrmError, NotFound, Refused, StorageError
from crm_cli.store import files, journal
from crm_cli.store.lock import Lock
from crm_cli.store.staging import digest
from crm_cli.store.transaction import FileChange, commit, preview, recover
from crm_cli.store.tree import Folder
from crm_cli.store.undo import KEPT, Entry, entries, order
from tests.store.taking_back import last, redo, undo

ANA = "customers/ana.yaml"


def put(path: str, data: bytes | None) -> FileChange:
    return FileChange(path, lambda _: data)


def write(root: Path, path: str, data: bytes) -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def stamp(path: Path) -> tuple[int, ...]:
    """What a write would change. Reading may move the time of the last access, and does so
    when the clock ticks between two looks, so that time is left out."""
    status = path.stat()
    return (status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def test_new_files_and_folders_are_private(tmp_path: Path) -> None:
    done = commit(tmp_path, [put("customers/shop/ana.yaml", b"name: Ana\n")], command="crm add")
    assert done.paths == ("customers/shop/ana.yaml",)
    assert done.files[0].before is None
    assert mode(tmp_path / done.paths[0]) == 0o600
    for folder in ("customers", "customers/shop", ".crm", ".crm/undo"):
        assert mode(tmp_path / folder) == 0o700
    assert mode(tmp_path / ".crm/undo/000001") == 0o600


def test_existing_modes_stay(tmp_path: Path) -> None:
    file = write(tmp_path, ANA, b"name: Ana\n")
    file.chmod(0o640)
    commit(tmp_path, [put(ANA, b"name: Ana Novak\n")], command="crm set")
    assert mode(file) == 0o640
    commit(tmp_path, [put(ANA, None)], command="crm rm")
    undo(tmp_path)
    assert mode(file) == 0o640


def test_no_change_writes_nothing(tmp_path: Path) -> None:
    file = write(tmp_path, ANA, b"name: Ana\r\n")
    before = stamp(file)
    done = commit(tmp_path, [FileChange(ANA, lambda data: data)], command="crm set")
    assert done.paths == ()
    assert stamp(file) == before
    assert not (tmp_path / ".crm/undo").exists()


def test_a_refusal_of_one_changes_none(tmp_path: Path) -> None:
    write(tmp_path, ANA, b"name: Ana\n")

    def refuse(data: bytes | None) -> bytes | None:
        raise NotFound("nobody of that name")

    changes = [put(ANA, b"x"), FileChange("customers/rok.yaml", refuse)]
    with pytest.raises(NotFound):
        commit(tmp_path, changes, command="crm set")
    assert (tmp_path / ANA).read_bytes() == b"name: Ana\n"
    assert [p.name for p in (tmp_path / "customers").iterdir()] == ["ana.yaml"]


def test_preview_writes_nothing(tmp_path: Path) -> None:
    write(tmp_path, ANA, b"name: Ana\n")
    shown = preview(tmp_path, [put(ANA, b"name: Eva\n"), put("customers/b.yaml", b"b")])
    assert [(f.path, f.before, f.after) for f in shown.files] == [
        (ANA, b"name: Ana\n", b"name: Eva\n"),
        ("customers/b.yaml", None, b"b"),
    ]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["customers"]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/motd",
        "../out.yaml",
        "customers/../../out.yaml",
        "customers//ana.yaml",
        "customers/./ana.yaml",
        "customers/a\0.yaml",
        ".git/hooks/pre-commit",
        "customers/.hidden.yaml",
        ".crm/journal",
    ],
)
def test_places_outside_or_hidden_are_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        commit(tmp_path, [put(path, b"x")], command="crm add")
    with pytest.raises(Refused):
        Folder(tmp_path).read(path)
    assert list(tmp_path.iterdir()) == []


def test_git_files_of_the_directory_may_be_written(tmp_path: Path) -> None:
    commit(tmp_path, [put(".gitignore", b".crm/\n")], command="crm init")
    assert (tmp_path / ".gitignore").read_bytes() == b".crm/\n"


def test_links_inside_are_written_through(tmp_path: Path) -> None:
    target = write(tmp_path, "customers/archive/ana.yaml", b"name: Ana\n")
    link = tmp_path / ANA
    link.symlink_to("archive/ana.yaml")
    commit(tmp_path, [put(ANA, b"name: Eva\n")], command="crm set")
    assert link.is_symlink()
    assert target.read_bytes() == b"name: Eva\n"
    with pytest.raises(Refused, match="is a link to customers/archive/ana"):
        commit(tmp_path, [put(ANA, None)], command="crm rm")
    with pytest.raises(Refused, match="are one file"):
        both = [put(ANA, b"1"), put("customers/archive/ana.yaml", b"2")]
        commit(tmp_path, both, command="crm set")


def test_links_outside_are_refused(tmp_path: Path) -> None:
    outside = write(tmp_path, "outside.yaml", b"secret: yes\n")
    root = tmp_path / "crm"
    (root / "customers").mkdir(parents=True)
    (root / ANA).symlink_to(outside)
    (root / "campaigns").symlink_to(tmp_path)
    for path in (ANA, "campaigns/outside.yaml"):
        with pytest.raises(Refused, match="leads out of the directory"):
            commit(root, [put(path, b"x")], command="crm set")
    assert outside.read_bytes() == b"secret: yes\n"


def test_the_programs_own_folder_may_not_be_a_link(tmp_path: Path) -> None:
    root = tmp_path / "crm"
    root.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (root / ".crm").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused):
        commit(root, [put(ANA, b"x")], command="crm add")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    (tmp_path / "customers").mkdir()
    os.mkfifo(tmp_path / ANA)
    with pytest.raises(Refused, match="is a pipe, not a file"):
        commit(tmp_path, [put(ANA, b"x")], command="crm set")


def test_a_read_only_file_stays(tmp_path: Path) -> None:
    file = write(tmp_path, ANA, b"name: Ana\n")
    file.chmod(0o444)
    with pytest.raises(StorageError, match="is read-only; nothing was changed"):
        commit(tmp_path, [put(ANA, b"x")], command="crm set")
    assert file.read_bytes() == b"name: Ana\n"


@pytest.mark.parametrize(
    ("there", "new"),
    [
        ("ana.yaml", "Ana.yaml"),
        ("z\u030civa.yaml", "\u017eiva.yaml"),
        ("stra\u00dfe.yaml", "STRASSE.yaml"),
    ],
)
def test_twins_of_a_name_are_refused(there: str, new: str, tmp_path: Path) -> None:
    write(tmp_path, f"customers/{there}", b"a")
    with pytest.raises(ConflictError, match="differ only in how"):
        commit(tmp_path, [put(f"customers/{new}", b"b")], command="crm add")
    changes = [put(f"customers/{there}", None), put(f"customers/{new}", b"b")]
    commit(tmp_path, changes, command="crm rename")
    assert [p.name for p in (tmp_path / "customers").iterdir()] == [new]


def test_twins_within_one_change_are_refused(tmp_path: Path) -> None:
    changes = [put("customers/a.yaml", b"1"), put("customers/A.yaml", b"2")]
    with pytest.raises(ConflictError):
        commit(tmp_path, changes, command="crm import")
    changes = [put("customers/VIP/a.yaml", b"1"), put("customers/vip/b.yaml", b"2")]
    with pytest.raises(ConflictError):
        commit(tmp_path, changes, command="crm import")


def test_a_file_that_never_rests_is_a_conflict(tmp_path: Path) -> None:
    file = write(tmp_path, ANA, b"")

    def update(data: bytes | None) -> bytes | None:
        with file.open("ab") as other:
            other.write(b"again\n")
        return (data or b"") + b"ours\n"

    with pytest.raises(ConflictError, match="keeps being changed"):
        commit(tmp_path, [FileChange(ANA, update)], command="crm set")
    assert b"ours" not in file.read_bytes()
    assert last(tmp_path) is None


def test_thousand_files_at_once(tmp_path: Path) -> None:
    changes = [put(f"customers/c-{n}.yaml", b"name: C\n") for n in range(1000)]
    assert len(commit(tmp_path, changes, command="crm import").paths) == 1000
    undo(tmp_path)
    assert states(tmp_path) == {}
    redo(tmp_path)
    assert len(states(tmp_path)) == 1000


def _count(root: Path, rounds: int) -> None:
    def more(data: bytes | None) -> bytes | None:
        return b"%d" % (int(data or b"0") + 1)

    for _ in range(rounds):
        commit(root, [FileChange(ANA, more), FileChange("crm.yaml", more)], command="crm x")
        commit(root, [FileChange(ANA, more)], command="crm x", timeout=60)


def test_no_update_is_lost_between_processes(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    runs = [context.Process(target=_count, args=(tmp_path, 15)) for _ in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert [run.exitcode for run in runs] == [0, 0, 0]
    assert (tmp_path / ANA).read_bytes() == b"90"
    assert (tmp_path / "crm.yaml").read_bytes() == b"45"


def test_waiting_names_the_holder_and_ends(tmp_path: Path) -> None:
    told: list[str] = []
    with Lock(str(tmp_path), command="crm import\nx.csv") as held:
        held.clean = True
        with pytest.raises(ConflictError, match=r"crm import x.csv \(pid \d+\) is writing here"):
            commit(
                tmp_path,
                [put(ANA, b"x")],
                command="crm set",
                timeout=0.05,
                waiting=told.append,
            )
    assert told == [f"crm import x.csv (pid {os.getpid()})"]
    assert (tmp_path / ".crm/lock").read_bytes() == b""
    commit(tmp_path, [put(ANA, b"x")], command="crm set", timeout=0)


def test_a_file_system_without_locks_is_said_plainly(tmp_path: Path) -> None:
    class Unlockable(files.Calls):
        def __getattribute__(self, name: str) -> object:
            if name == "flock":
                return _no_locks
            return super().__getattribute__(name)

    with files.replaced(Unlockable()), pytest.raises(StorageError, match="cannot lock"):
        commit(tmp_path, [put(ANA, b"x")], command="crm set")


def _no_locks(descriptor: int, *, exclusive: bool) -> None:
    raise OSError(37, "No locks available")


# The journal of an interrupted write


def interrupted(root: Path, *, applied: int) -> dict[str, bytes | None]:
    """A directory in which a write of three files died after `applied` of them."""
    old = {"customers/a.yaml": b"a1", "customers/b.yaml": b"b1", "customers/c.yaml": None}
    new: dict[str, bytes | None] = {
        "customers/a.yaml": b"a2",
        "customers/b.yaml": None,
        "customers/c.yaml": b"c2",
    }
    (root / "customers").mkdir()
    for n, path in enumerate(old):
        data = new[path] if n < applied else old[path]
        if data is not None:
            (root / path).write_bytes(data)
    (root / ".crm").mkdir()
    images = tuple(journal.Image(p, digest(old[p]), digest(new[p]), new[p]) for p in old)
    log = journal.Log("crm merge a b", "merge", "2025-05-05", images)
    (root / ".crm/journal").write_bytes(journal.encode(log))
    return new


@pytest.mark.parametrize("applied", range(4))
def test_a_reader_answers_from_the_journal_and_writes_nothing(applied: int, tmp_path: Path) -> None:
    new = interrupted(tmp_path, applied=applied)
    before = {p: stamp(p) for p in tmp_path.rglob("*")}
    tree = Folder(tmp_path)
    for path, data in new.items():
        assert tree.exists(path) == (data is not None)
        if data is None:
            with pytest.raises(FileNotFoundError):
                tree.read(path)
        else:
            assert tree.read(path) == data
    assert {e[0] for e in tree.entries()} == {p for p, data in new.items() if data is not None}
    assert tree.problems == []
    assert {p: stamp(p) for p in tmp_path.rglob("*")} == before


@pytest.mark.parametrize("applied", range(4))
def test_the_next_writer_finishes_it(applied: int, tmp_path: Path) -> None:
    new = interrupted(tmp_path, applied=applied)
    staged = {e[0]: e for e in Folder(tmp_path).entries()}
    assert recover(tmp_path, command="crm doctor")
    for path, data in new.items():
        assert files.read_if_any(str(tmp_path / path)) == data
    assert not (tmp_path / ".crm/journal").exists()
    finished = {e[0]: e for e in Folder(tmp_path).entries()}
    # An index that read from the journal must read again: the stamps differ.
    assert all(finished[path] != entry for path, entry in staged.items())
    assert not recover(tmp_path, command="crm doctor")


def test_it_stops_where_a_file_was_changed_since(tmp_path: Path) -> None:
    interrupted(tmp_path, applied=1)
    write(tmp_path, "customers/b.yaml", b"by hand")
    with pytest.raises(ConflictError, match=r"b\.yaml was changed after crm merge") as caught:
        commit(tmp_path, [put(ANA, b"x")], command="crm set")
    assert ".crm/journal" in caught.value.hint
    assert (tmp_path / "customers/b.yaml").read_bytes() == b"by hand"
    assert (tmp_path / ".crm/journal").exists()
    tree = Folder(tmp_path)
    assert tree.read("customers/b.yaml") == b"by hand"
    assert tree.read("customers/c.yaml") == b"c2"
    list(tree.entries())
    assert [p.code for p in tree.problems] == ["interrupted-write"]
    (tmp_path / ".crm/journal").unlink()
    commit(tmp_path, [put(ANA, b"x")], command="crm set")


def test_a_torn_journal_never_happened(tmp_path: Path) -> None:
    interrupted(tmp_path, applied=0)
    file = tmp_path / ".crm/journal"
    whole = file.read_bytes()
    for end in range(0, len(whole), 7):
        file.write_bytes(whole[:end])
        assert Folder(tmp_path).read("customers/a.yaml") == b"a1"
        commit(tmp_path, [FileChange("customers/b.yaml", lambda data: data)], command="crm set")
        assert not file.exists()


@pytest.mark.parametrize("path", ["../out.yaml", ".git/hooks/post-commit", "/tmp/out.yaml"])
def test_a_journal_from_strangers_writes_nothing_elsewhere(path: str, tmp_path: Path) -> None:
    root = tmp_path / "crm"
    (root / ".crm").mkdir(parents=True)
    log = journal.Log("", "", "", (journal.Image(path, None, digest(b"x"), b"x"),))
    (root / ".crm/journal").write_bytes(journal.encode(log))
    Folder(root)
    recover(root, command="crm doctor")
    assert not (root / path).exists()


# Undo


def states(root: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (root / "customers").iterdir()}


def test_undo_and_redo_are_byte_for_byte(tmp_path: Path) -> None:
    write(tmp_path, "customers/a.yaml", b"a: 1\r\n# kept\r\n")
    write(tmp_path, "customers/b.yaml", b"\xef\xbb\xbfb: 1")
    before = states(tmp_path)
    changes = [
        put("customers/a.yaml", b"a: 2\n"),
        put("customers/b.yaml", None),
        put("customers/c.yaml", b"c: 1\n"),
    ]
    commit(tmp_path, changes, command="crm merge a b", subject="merge b into a", when="noon")
    after = states(tmp_path)
    kept = last(tmp_path)
    assert kept is not None
    assert (kept.command, kept.subject, kept.when) == ("crm merge a b", "merge b into a", "noon")
    assert [(image.path, image.content) for image in kept.images] == [
        ("customers/a.yaml", b"a: 1\r\n# kept\r\n"),
        ("customers/b.yaml", b"\xef\xbb\xbfb: 1"),
        ("customers/c.yaml", None),
    ]
    for take, state in ((undo, before), (redo, after), (undo, before)):
        take(tmp_path)
        assert states(tmp_path) == state


def numbered(root: Path, *numbers: int) -> list[bytes | None]:
    """Commands that write these numbers, and what stood there before and after each."""
    seen: list[bytes | None] = [None]
    for number in numbers:
        commit(root, [put(ANA, b"%d" % number)], command=f"crm set {number}")
        seen.append((root / ANA).read_bytes())
    return seen


def test_undo_goes_back_one_more_each_time_and_redo_forward(tmp_path: Path) -> None:
    seen = numbered(tmp_path, 1, 2, 3)
    for state in (seen[2], seen[1]):
        undo(tmp_path)
        assert (tmp_path / ANA).read_bytes() == state
    for state in (seen[2], seen[3]):
        redo(tmp_path)
        assert (tmp_path / ANA).read_bytes() == state
    with pytest.raises(NotFound):
        redo(tmp_path)
    for _ in range(3):
        undo(tmp_path)
    assert not (tmp_path / ANA).exists()
    with pytest.raises(NotFound):
        undo(tmp_path)


def test_a_command_after_undo_ends_redo(tmp_path: Path) -> None:
    numbered(tmp_path, 1, 2)
    undo(tmp_path)
    numbered(tmp_path, 3)
    with pytest.raises(NotFound):
        redo(tmp_path)
    undo(tmp_path)
    assert (tmp_path / ANA).read_bytes() == b"1"


def test_the_last_commands_are_kept_and_no_more(tmp_path: Path) -> None:
    numbered(tmp_path, *range(KEPT + 5))
    assert len(entries(str(tmp_path))) == KEPT
    for _ in range(KEPT):
        undo(tmp_path)
    assert (tmp_path / ANA).read_bytes() == b"4"
    with pytest.raises(NotFound):
        undo(tmp_path)
    for _ in range(KEPT):
        redo(tmp_path)
    assert (tmp_path / ANA).read_bytes() == b"%d" % (KEPT + 4)
    assert len(list((tmp_path / ".crm/undo").iterdir())) == KEPT


def test_very_large_commands_make_room_sooner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_cli.store.undo._BYTES", 1)
    numbered(tmp_path, 1, 2, 3)
    undo(tmp_path)
    assert (tmp_path / ANA).read_bytes() == b"2"
    redo(tmp_path)
    assert (tmp_path / ANA).read_bytes() == b"3"


def test_what_is_in_force_follows_from_the_names() -> None:
    first, second, third = Entry(1), Entry(2), Entry(3)
    taken = Entry(4, "undo", 3)
    again = Entry(5, "undo", 2)
    assert order([first, second, third, taken, again]) == ([first], [taken, again])
    brought = Entry(6, "redo", 5)
    assert order([first, second, third, taken, again, brought]) == ([first, brought], [taken])
    # What was taken back need not be kept.
    assert order([first, taken, again, brought]) == ([first, brought], [taken])


@pytest.mark.parametrize("by_hand", [b"a: 3\n", None])
def test_undo_never_takes_a_later_change(by_hand: bytes | None, tmp_path: Path) -> None:
    file = write(tmp_path, "customers/a.yaml", b"a: 1\n")
    changes = [put("customers/a.yaml", b"a: 2\n"), put("customers/b.yaml", b"b: 1\n")]
    commit(tmp_path, changes, command="crm set")
    file.unlink() if by_hand is None else file.write_bytes(by_hand)
    before = states(tmp_path)
    with pytest.raises(ConflictError, match=r"customers/a.yaml was changed after"):
        undo(tmp_path)
    assert states(tmp_path) == before


def test_nothing_to_undo(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        undo(tmp_path)


def test_torn_or_foreign_images_are_no_last_change(tmp_path: Path) -> None:
    commit(tmp_path, [put(ANA, b"x")], command="crm add")
    kept = tmp_path / ".crm/undo/000001"
    whole = kept.read_bytes()
    damage: list[Callable[[bytes], bytes]] = [
        lambda b: b[:-1],
        lambda b: b + b"x",
        lambda b: b.replace(b"crm add", b"crm rm "),
        lambda b: b"",
    ]
    for change in damage:
        kept.write_bytes(change(whole))
        assert last(tmp_path) is None
    foreign = journal.Log("", "", "", (journal.Image("../x.yaml", digest(b"y"), None, b"y"),))
    kept.write_bytes(journal.encode(foreign))
    assert last(tmp_path) is None
    with pytest.raises(CrmError):
        undo(tmp_path)
    assert not (tmp_path.parent / "x.yaml").exists()


def _acknowledge(root: Path, pipe: int) -> None:
    def more(data: bytes | None) -> bytes | None:
        return b"%d" % (int(data or b"0") + 1)

    while True:
        commit(root, [FileChange(ANA, more), FileChange("crm.yaml", more)], command="crm x")
        os.write(pipe, b".")


def test_acknowledged_writes_survive_being_killed(tmp_path: Path) -> None:
    """Promise 1: SIGKILL at any time; what was said to be saved is there, both files agree."""
    context = multiprocessing.get_context("fork")
    moments = random.Random(7)
    saved = 0
    for _ in range(20):
        reading, writing = os.pipe()
        child = context.Process(target=_acknowledge, args=(tmp_path, writing))
        child.start()
        os.close(writing)
        time.sleep(moments.uniform(0.01, 0.08))
        child.kill()
        child.join()
        with os.fdopen(reading, "rb") as pipe:
            saved += len(pipe.read())
        tree = Folder(tmp_path)
        seen = [int(tree.read(p)) if tree.exists(p) else 0 for p in (ANA, "crm.yaml")]
        assert seen[0] == seen[1]
        # One more may have been saved than its process lived to tell.
        assert seen[0] in (saved, saved + 1)
        saved = seen[0]
    recover(tmp_path, command="crm doctor")
    assert (tmp_path / ANA).read_bytes() == (tmp_path / "crm.yaml").read_bytes() == b"%d" % saved
    assert not [p for p in tmp_path.rglob("*") if files.TEMPORARY.fullmatch(p.name)]



def test_nothing_is_written_that_would_never_be_read(tmp_path: Path) -> None:
    def written(size: int) -> FileChange:
        return FileChange("customers/long.yaml", lambda data: b"#" * size)

    with pytest.raises(Refused, match=r"customers/long.yaml would be larger than 16 MiB"):
        commit(tmp_path, [written(files.LARGEST + 1)], command="test")
    assert not (tmp_path / "customers").exists()
    commit(tmp_path, [written(files.LARGEST)], command="test")
    assert Folder(tmp_path).read("customers/long.yaml") == b"#" * files.LARGEST
