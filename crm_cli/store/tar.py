"""Backups: all files of a data directory as one tar, the same for the same files.

What is read back is hostile until shown otherwise: see `members`.
"""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterator, Mapping
from typing import BinaryIO, cast

from crm_cli.model.errors import DataError

LARGEST = 4 << 30
"""So many bytes may be in a backup when it is unpacked, its own headers included."""
_AT_ONCE = 64 << 20
_MOST = 1_000_000
_DEEPEST = 32


def packed(held: Mapping[str, bytes], *, zipped: bool) -> bytes:
    """A tar of files by their paths, in their order, without times and owners."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(held):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(held[path]), 0o600
            archive.addfile(entry, io.BytesIO(held[path]))
    data = buffer.getvalue()
    return gzip.compress(data, 6, mtime=0) if zipped else data


class _Bounded(io.RawIOBase):
    """Another stream, up to `LARGEST` bytes: a small file may unpack to one without an end."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = LARGEST

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if size < 0 or size > _AT_ONCE:
            raise DataError("a part of the archive is larger than 64 MiB, so it is no backup")
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise DataError("the archive unpacks to more than 4 GiB, so it is not read")
        return data


def members(stream: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of the files of a backup, one after the other.

    Raises DataError, with what is wrong, for what no backup has: links, devices, sparse files,
    paths that are absolute, lead upwards or name a file twice, hidden folders of git's and
    ours, and more than is sensible.
    """
    start = stream.read(2)
    stream.seek(0)
    zipped = start == b"\x1f\x8b"
    source = cast("BinaryIO", gzip.GzipFile(fileobj=stream)) if zipped else stream
    seen: set[str] = set()
    try:
        with tarfile.open(fileobj=_Bounded(source), mode="r|", errorlevel=2) as archive:
            for entry in archive:
                if entry.isdir():
                    _checked(entry.name, seen)
                    continue
                if entry.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or entry.issparse():
                    raise DataError(f"{entry.name!r} is a link or a device, and no file")
                path = _checked(entry.name, seen)
                if entry.size > _AT_ONCE:
                    raise DataError(f"{path} is larger than 64 MiB")
                body = archive.extractfile(entry)
                yield path, body.read(entry.size) if body is not None else b""
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise DataError(f"the archive cannot be read: {error}") from error


def _checked(name: str, seen: set[str]) -> str:
    """A path that stays within the folder; raises DataError."""
    parts = name.rstrip("/").split("/")
    wrong = (
        not name.isprintable()
        or "\\" in name
        or ":" in name
        or len(parts) > _DEEPEST
        or any(part in ("", ".", "..") or len(part.encode()) > 255 for part in parts)
    )
    if wrong:
        raise DataError(f"{name!r} is no path that a backup may have")
    path = "/".join(parts)
    if path.casefold() in seen:
        raise DataError(f"{path!r} is there twice")
    seen.add(path.casefold())
    if len(seen) > _MOST:
        raise DataError("the archive has more than a million files")
    return path
