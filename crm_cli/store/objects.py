"""Files as git objects: blobs of the last commit, and new ones."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from crm_cli.store.attributes import converted
from crm_cli.store.blobs import Blobs
from crm_cli.store.git import Git, GitFailed

_FEW = 20


def in_head(git: Git, wanted: Sequence[str]) -> dict[str, str]:
    """The blobs that the last commit has for these paths; none before the first commit.

    Raises GitFailed.
    """
    if not wanted:
        return {}
    found = {}
    # A tree is listed whole where many are wanted: arguments have a limit.
    named = list(wanted) if len(wanted) <= 200 else []
    ran = git.ask("ls-tree", "-r", "-z", "HEAD", "--", *named)
    if ran.code and git.head():
        raise GitFailed(f"git ls-tree: {ran.reason}")
    for entry in ran.out.split(b"\0"):
        head, _, path = entry.partition(b"\t")
        parts = head.split()
        if len(parts) == 3 and parts[1] == b"blob":
            found[os.fsdecode(path)] = parts[2].decode()
    return found if named else {path: found[path] for path in wanted if path in found}


def blob_id(data: bytes, like: str = "") -> str:
    """The id that git gives to bytes, by the algorithm that `like` was made with."""
    hash = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return hash(b"blob %d\0" % len(data) + data).hexdigest()


def differing_paths(
    git: Git, heads: Mapping[str, str], contents: Mapping[str, bytes | None]
) -> set[str]:
    """The paths of which the last commit does not have these bytes (None: no file).

    `heads` are its blobs. Raises GitFailed.
    """
    differing = set()
    unsure: dict[str, bytes] = {}
    for path, data in contents.items():
        head = heads.get(path)
        if head is None or data is None:
            if head is not None or data is not None:
                differing.add(path)
        elif blob_id(data, head) != head:
            differing.add(path)
            unsure[path] = data
    blobs = Blobs(git)
    try:
        for path in converted(git, unsure):
            # The text that git would write comes first: a filter may store one in many ways.
            data, head = unsure[path], heads[path]
            if blobs.read(head, path) == data or _hashed(git, path, data) == head:
                differing.remove(path)
    finally:
        blobs.close()
    return differing


def is_in(git: Git, path: str, head: str | None, data: bytes | None) -> bool:
    """Whether a blob of the last commit is what git makes of bytes that were just written.

    Of other bytes than before a filter is taken to make another blob. Raises GitFailed.
    """
    if head is None or data is None:
        return head is None and data is None
    # Attributes may have git keep other line ends than the file has.
    return blob_id(data, head) == head or (b"\r" in data and _hashed(git, path, data) == head)


def stored(git: Git, texts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Put texts into git, as it stores the files of these paths; the id that each has there."""
    filtered = set(texts) if len(texts) <= _FEW else converted(git, texts)
    stored = {
        path: git.run("hash-object", "-w", "--stdin", f"--path={path}", input=texts[path]).strip()
        for path in texts
        if path in filtered
    }
    rest = {path: text for path, text in texts.items() if path not in filtered}
    return stored | _stored_as_they_are(git, rest) if rest else stored


def _stored_as_they_are(git: Git, texts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Put texts that git does not convert into it, by one process."""
    with tempfile.TemporaryDirectory() as folder:
        marks = Path(folder) / "marks"
        stream = b"".join(
            b"blob\nmark :%d\ndata %d\n%b\n" % (number, len(text), text)
            for number, text in enumerate(texts.values(), 1)
        )
        git.run("fast-import", "--quiet", f"--export-marks={marks}", input=stream, seconds=300.0)
        ids = dict(line.split() for line in marks.read_bytes().splitlines())
    return {path: ids[b":%d" % number] for number, path in enumerate(texts, 1)}


def _hashed(git: Git, path: str, data: bytes) -> str:
    """The id of what git would store for a file's bytes."""
    return git.run("hash-object", "--stdin", f"--path={path}", input=data).decode().strip()
