"""The intent journal of a write of several files, for recovery.

`.crm/journal` is there exactly while such a write is under way, or was interrupted.
It holds every file's old and new hash and its new text, so that the next writer can
finish it and a reader can answer as if it were finished. A journal that is not whole,
by its checksum, never happened.

The same form, with the old texts instead of the new, is what undo keeps (`last`).
"""

from __future__ import annotations

import hashlib
import json
import os

from crm_cli.model.errors import ConflictError, CrmError, Problem
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.store import files, paths
from crm_cli.store.staging import Changed, Staging, digest

PLACE = os.path.join(".crm", "journal")
_MAGIC = b"crm journal 1\n"

RECORDED = "the change is kept in .crm/journal, and the next command that writes finishes it"


class Image(NamedTuple):
    """One file of a write: hashes before and after (None where there is no file), one text."""

    path: str
    old: str | None
    new: str | None
    content: bytes | None
    mode: int = 0o600


class Log(NamedTuple):
    """A write: what it was called, when (as its caller said it), and its files."""

    command: str
    subject: str
    when: str
    images: tuple[Image, ...]


def encode(log: Log) -> bytes:
    """The log as bytes; see `pieces`."""
    return b"".join(pieces(log))


def pieces(log: Log) -> list[bytes]:
    """The log as bytes: a checksum of the rest, the length of a JSON head, the head, the texts.

    They are not joined: those of a large import would be in memory a second time.
    """
    said = {"command": log.command, "subject": log.subject, "when": log.when, "files": []}
    # Files one by one: all as dictionaries would take five times as much memory as their text.
    files = ", ".join(map(_described, log.images))
    text = f"{json.dumps(said)[:-2]}{files}]}}".encode("ascii")
    body = [b"%d\n" % len(text), text, *(image.content or b"" for image in log.images)]
    checksum = hashlib.sha256()
    for piece in body:
        checksum.update(piece)
    return [_MAGIC, checksum.hexdigest().encode("ascii"), b"\n", *body]


def _described(image: Image) -> str:
    size = None if image.content is None else len(image.content)
    said = {"path": image.path, "old": image.old, "new": image.new, "mode": image.mode}
    return json.dumps({**said, "size": size})


def decode(data: bytes) -> Log | None:
    """The log that `encode` wrote, or None if the bytes are not wholly one."""
    start = len(_MAGIC) + 65
    body = data[start:]
    checksum = hashlib.sha256(body).hexdigest().encode("ascii") + b"\n"
    if data[:start] != _MAGIC + checksum:
        return None
    try:
        length, _, rest = body.partition(b"\n")
        at = int(length)
        head = json.loads(rest[:at])
        images = []
        for entry in head["files"]:
            size = entry["size"]
            content = None if size is None else rest[at : at + size]
            at += size or 0
            path, mode = paths.check(entry["path"]), int(entry["mode"]) & 0o777
            images.append(Image(path, entry["old"], entry["new"], content, mode))
        return Log(str(head["command"]), str(head["subject"]), str(head["when"]), tuple(images))
    except (ValueError, KeyError, TypeError, CrmError):
        # Whole by its checksum and still no log of ours: nothing that this program wrote.
        return None


def read(root: str) -> Log | None:
    """The whole journal of an interrupted write, or None. Raises OSError."""
    try:
        log = decode(files.read(os.path.join(root, PLACE), follow=False))
    except FileNotFoundError:
        return None
    if log is None or any(digest(image.content) != image.new for image in log.images):
        return None
    return log


def write(root: str, log: Log) -> None:
    """Put the journal in place, durably. From here on the write counts. Raises OSError."""
    files.write_atomic(os.path.join(root, PLACE), *pieces(log), granting=files.shared)
    files.sync_folder(os.path.join(root, ".crm"))


def remove(root: str) -> None:
    """Take the journal away, durably: the write is over. Raises OSError."""
    try:
        files.calls.unlink(os.path.join(root, PLACE))
    except FileNotFoundError:
        return
    files.sync_folder(os.path.join(root, ".crm"))


def apply(root: str, log: Log, staging: Staging) -> None:
    """Bring every file from its old state to its new one; those already new are left.

    New texts first, removals after, folders synced at the end. Raises Changed, naming
    the first file that is in neither state; OSError; Refused. `staging.placed` says how far
    it came.
    """
    for image in sorted(log.images, key=lambda image: image.content is None):
        staging.bring(image.path, image.old, image.content, image.mode)
    staging.sync()


def recover(root: str) -> bool:
    """Finish the write that a killed run left; whether there was one. Only under the lock.

    Raises ConflictError where a file has been changed since, so that finishing would
    overwrite it: then the user decides. StorageError.
    """
    with files.telling("read .crm/journal"):
        if not files.exists(os.path.join(root, PLACE)):
            return False
        log = read(root)
        if log is None:
            remove(root)
            return False
        for image in log.images:
            now = digest(files.read_if_any(paths.target(root, image.path)))
            if now not in (image.old, image.new):
                raise stuck(log, image.path)
    staging = Staging(root)
    with files.telling(f"finish the interrupted {log.command}", RECORDED):
        try:
            apply(root, log, staging)
        except Changed as changed:
            raise stuck(log, changed.path) from changed
        finally:
            staging.discard()
        remove(root)
    return True


def stuck(log: Log, path: str) -> ConflictError:
    """The refusal where an interrupted write and a later change of `path` are at odds."""
    return ConflictError(
        f"{path} was changed after {log.command or 'a command'} was interrupted, "
        "and the two conflict; nothing was changed now",
        "look at the files it is about (" + ", ".join(_some(log)) + "), put them as you want "
        "them, then delete .crm/journal",
    )


def overlay(root: str) -> tuple[dict[str, bytes | None], tuple[Problem, ...]]:
    """What a reader takes in place of the files: text by path, None where it goes away.

    A file that was changed since is not covered, and is a problem.
    """
    try:
        log = read(root)
        if log is None:
            return {}, ()
        staged: dict[str, bytes | None] = {}
        problems = []
        for image in log.images:
            now = digest(files.read_if_any(paths.target(root, image.path)))
            if now in (image.old, image.new):
                staged[image.path] = image.content
            else:
                problem = stuck(log, image.path)
                problems.append(
                    Problem(image.path, 0, 0, "interrupted-write", problem.message, problem.hint)
                )
        return staged, tuple(problems)
    except (OSError, CrmError) as error:
        why = files.reason(error) if isinstance(error, OSError) else str(error)
        return {}, (
            Problem(
                ".crm/journal",
                0,
                0,
                "interrupted-write",
                f"a write was interrupted, and what it was about cannot be read: {why}",
                "the next command that writes looks at it again",
            ),
        )


def _some(log: Log) -> list[str]:
    names = [image.path for image in log.images]
    return names if len(names) <= 5 else [*names[:5], f"and {len(names) - 5} more"]
