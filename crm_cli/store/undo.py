"""What the latest commands replaced, kept in `.crm/undo/`: undo and redo without git.

Each write is an entry: a file that holds the old text of every file that it changed. Its name
has its number, and the number of the entry that it took back, if it did: `000012`,
`000013-undo-12`, `000014-redo-13`; or that it is `final`. The names alone therefore tell what
can be undone and redone.

An entry is written before the files are, with `.next` at the end of its name, which goes away
after. Of a run that was killed in between it counts if it agrees with the files on disk.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence

from crm_cli.model.errors import ConflictError, CrmError
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.store import files, journal, paths
from crm_cli.store.staging import digest

FOLDER = os.path.join(".crm", "undo")
KEPT = 20
"""So many commands are kept, and as many that were undone."""

_BYTES = 64 << 20
"""Commands that replaced more than this make room for later ones sooner."""

_NEXT = ".next"
_NAME = re.compile(r"(\d{6,12})(?:-(final)|-(undo|redo)-(\d{1,12}))?")
COMMITS = os.path.join(".crm", "commits")
_LISTED = 1000

Update = Callable[[bytes | None], bytes | None]
"""What becomes of a file's bytes; None where there is no file."""

_UNDO = "undo: "
_REDO = "redo: "


class Entry(NamedTuple):
    """A write: its number, and if it took another one back (`undo`, `redo`) the number of that.

    One that is `final` cannot be undone, nor can what was before it by going back.
    """

    number: int
    role: str = ""
    of: int = 0

    @property
    def name(self) -> str:
        """The name of its file, and what `.crm/commits` calls it."""
        return f"{self.number:06}" + "".join(f"-{part}" for part in (self.role, self.of) if part)


class Order(NamedTuple):
    """What can be undone and what can be redone, the latest last."""

    done: list[Entry]
    undone: list[Entry]


def order(entries: Iterable[Entry]) -> Order:
    """The writes that are in force and those that were undone. A command drops the latter."""
    done: list[Entry] = []
    undone: list[Entry] = []
    for entry in sorted(entries):
        if entry.role == "undo":
            done = [one for one in done if one.number != entry.of]
            undone.append(entry)
        elif entry.role == "redo":
            undone = [one for one in undone if one.number != entry.of]
            done.append(entry)
        else:
            done.append(entry)
            undone.clear()
    return Order(done, undone)


def opposite(subject: str) -> str:
    """What taking back a change is called: `undo: X` for X, `redo: X` for that, and so on."""
    if subject.startswith(_UNDO):
        return _REDO + subject.removeprefix(_UNDO)
    return _UNDO + subject.removeprefix(_REDO)


def entries(root: str) -> list[Entry]:
    """The entries that are kept, in any order. Takes no lock, writes nothing. StorageError."""
    with files.telling(f"read {FOLDER}", ""):
        return [entry for entry, name in _names(root) if _counts(root, name)]


def read(root: str, entry: Entry) -> journal.Log | None:
    """What an entry holds, or None if it is not to be had. Raises StorageError."""
    with files.telling(f"read {FOLDER}", ""):
        log = _read(root, entry.name)
        return _read(root, entry.name + _NEXT) if log is None else log


def latest(root: str) -> journal.Log | None:
    """What the latest write replaced, if the files are still as it left them. StorageError."""
    known = entries(root)
    log = read(root, max(known)) if known else None
    with files.telling(f"read {FOLDER}", ""):
        return log if log is not None and intact(root, log) else None


def intact(root: str, log: journal.Log) -> bool:
    """True if every file is what the write left."""
    try:
        return all(
            digest(files.read_if_any(paths.target(root, image.path))) == image.new
            for image in log.images
        )
    except CrmError:
        return False


def restored(
    image: journal.Image, data: bytes | None, otherwise: Callable[[], Update | None] = lambda: None
) -> bytes | None:
    """What a file was before a write; `data` is what it is, None where there is no file.

    If something else has changed it since, `otherwise` gives what brings it back, if anything
    does. Raises ConflictError.
    """
    if digest(data) == image.new:
        return image.content
    update = otherwise()
    if update is None:
        raise ConflictError(
            f"{image.path} was changed after the last command; nothing was undone",
            "undo would lose that change: move the file away or undo the change by hand, or use "
            f"git (git log -p {image.path})",
        )
    return update(data)


def prepare(root: str, log: journal.Log, role: str, of: int) -> Entry:
    """Keep the old texts of a write that is about to happen. Raises OSError, Refused."""
    settle(root)
    files.private_folder(os.path.join(root, FOLDER))
    numbers = [entry.number for entry, _ in _names(root)]
    numbers += [entry.number for _, entry in own_commits(root)[:1] if entry is not None]
    entry = Entry(max(numbers, default=0) + 1, role, of)
    place = _place(root, entry.name + _NEXT)
    files.write_atomic(place, *journal.pieces(log), granting=files.shared)
    return entry


def promote(root: str, entry: Entry) -> None:
    """Make what was prepared an entry. If that fails, the next write does it."""
    try:
        files.calls.replace(_place(root, entry.name + _NEXT), _place(root, entry.name))
        _prune(root)
    except OSError:
        return


def withdraw(root: str, entry: Entry) -> bool:
    """Drop what was prepared for a write that did not happen; whether it is gone."""
    return files.remove_quietly(_place(root, entry.name + _NEXT))


def settle(root: str) -> None:
    """Decide about what a killed run had prepared. Raises OSError."""
    for entry, name in _names(root):
        if name.endswith(_NEXT):
            if _counts(root, name):
                promote(root, entry)
            else:
                withdraw(root, entry)


def own_commits(root: str) -> list[tuple[str, Entry | None]]:
    """The commits that commands in this clone made, latest first, each with its entry."""
    try:
        data = files.read_if_any(os.path.join(root, COMMITS)) or b""
    except OSError:
        return []
    found = []
    for line in reversed(data.decode("ascii", "replace").splitlines()):
        commit, _, name = line.strip().partition(" ")
        if commit:
            found.append((commit, _entry(name)))
    return found


def record(root: str, commit: str, entry: Entry | None) -> None:
    """Note a commit as this clone's own, of a write; `crm undo` goes by it."""
    lines = [(commit, entry), *own_commits(root)[: _LISTED - 1]][::-1]
    text = "".join(f"{one} {entry.name if entry else ''}".rstrip() + "\n" for one, entry in lines)
    try:
        files.write_atomic(os.path.join(root, COMMITS), text.encode(), granting=files.shared)
    except OSError:
        return


def _prune(root: str) -> None:
    """Remove what can be neither undone nor redone any more, and what is too much."""
    names = _names(root)
    done, undone = order(entry for entry, _ in names)
    kept = set()
    for entries in (done, undone):
        kept.update(_within(root, entries[-KEPT:]))
    for entry, name in names:
        if entry not in kept and not name.endswith(_NEXT):
            files.remove_quietly(_place(root, name))


def _within(root: str, entries: Sequence[Entry]) -> list[Entry]:
    """The latest ones that together are not too large, at least one."""
    total = 0
    for count, entry in enumerate(reversed(entries)):
        try:
            total += files.calls.lstat(_place(root, entry.name)).st_size
        except FileNotFoundError:
            continue
        if total > _BYTES and count:
            return list(entries[-count:])
    return list(entries)


def _names(root: str) -> list[tuple[Entry, str]]:
    """The files of the folder, each with the entry that it is called after."""
    try:
        with files.calls.scandir(os.path.join(root, FOLDER)) as listing:
            names = [one.name for one in listing]
    except (FileNotFoundError, NotADirectoryError):
        return []
    found = ((_entry(name.removesuffix(_NEXT)), name) for name in names)
    return [(entry, name) for entry, name in found if entry is not None]


def _entry(name: str) -> Entry | None:
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    return Entry(int(match[1]), match[2] or match[3] or "", int(match[4] or 0))


def _place(root: str, name: str) -> str:
    return os.path.join(root, FOLDER, name)


def _counts(root: str, name: str) -> bool:
    """True if a file is an entry, or agrees with what stands on disk."""
    if not name.endswith(_NEXT):
        return True
    log = _read(root, name)
    return log is not None and intact(root, log)


def _read(root: str, name: str) -> journal.Log | None:
    try:
        log = journal.decode(files.read(_place(root, name), follow=False))
    except (FileNotFoundError, NotADirectoryError):
        return None
    if log is None or any(digest(image.content) != image.old for image in log.images):
        return None
    return log
