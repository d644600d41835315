"""The ZIP archive that a workbook is, read within limits, whatever it says of itself.

Nothing is unpacked to the disk: parts are read by their names, in pieces.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator

from crm_cli.model.errors import DataError

LARGEST = 1 << 31
"""Bytes of all parts that are read, unpacked; what is read twice counts twice."""
_FREE = 64 << 20
"""Bytes that may come out of any archive, however small it is."""
_DENSEST = 200
"""Bytes that may come out of one beyond that; real sheets have 10 to 60."""
_MOST_PARTS = 10_000
_CHUNK = 1 << 16
_ENTRY = b"PK\x01\x02"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, OverflowError)


class Package:
    """The parts of a workbook by their names."""

    def __init__(self, data: bytes) -> None:
        """Raises DataError for what is no archive, or has too many parts."""
        if data.count(_ENTRY) > _MOST_PARTS:
            raise DataError(f"the workbook has more than {_MOST_PARTS:,} parts", _SAVE_ANEW)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (*_BROKEN, NotImplementedError) as error:
            raise _damaged(error) from None
        self.names = frozenset(self._archive.namelist())
        self._left = min(LARGEST, max(_FREE, len(data) * _DENSEST))

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a part in pieces; raises DataError where it is missing, damaged, or more
        comes out of it than out of real ones."""
        if name not in self.names:
            raise DataError(f"the workbook has no part {name}: it is damaged", _SAVE_ANEW)
        try:
            with self._archive.open(name) as part:
                while chunk := part.read(_CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise DataError(
                            "the workbook unpacks to more than a real one does",
                            "save it anew in the spreadsheet program, or split it",
                        )
                    yield chunk
        except NotImplementedError:
            raise DataError(
                f"{name} is compressed in a way that workbooks are not", _SAVE_ANEW
            ) from None
        except RuntimeError:  # What zipfile says of a part that is encrypted.
            raise protected() from None
        except _BROKEN as error:
            raise _damaged(error) from None


_SAVE_ANEW = "open it in the spreadsheet program and save it anew"


def inside(folder: str, target: str) -> str:
    """The name of a part that another one in `folder` points to; raises DataError for one that
    lies outside of the archive."""
    path = target[1:] if target.startswith("/") else posixpath.join(folder, target)
    found = posixpath.normpath(path)
    if found.startswith(("../", "/")) or "\\" in found or ":" in found:
        raise DataError(f"the workbook points to {target!r}, outside of itself", _SAVE_ANEW)
    return found


def protected() -> DataError:
    """The refusal of a workbook that only a password opens."""
    return DataError(
        "the workbook is protected by a password",
        "open it in the spreadsheet program, save it without a password, and import that",
    )


def _damaged(error: Exception) -> DataError:
    return DataError(f"the workbook is damaged: {error}", _SAVE_ANEW)
