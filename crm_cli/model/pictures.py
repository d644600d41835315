"""Pictures of customers that came as bytes: files in `documents/photos/`, named by what they hold.

So the same picture is the same file, whoever brings it, and a path says which bytes are meant.
"""

from __future__ import annotations

import re

from crm_cli.model.places import DOCUMENTS

FOLDER = f"{DOCUMENTS.path}photos/"
LARGEST = 1024 * 1024
"""Bytes; telephones write some ten thousand."""
FORMATS = {"jpg": "jpeg", "png": "png", "gif": "gif", "webp": "webp"}
"""What the formats are called in MIME types, by the endings of their files."""
_PATH = re.compile(rf"{re.escape(FOLDER)}[0-9a-f]{{32}}\.(?:{'|'.join(FORMATS)})")


def path_of(data: bytes) -> str:
    """The file of a picture; empty for what is none of a known format, or too large."""
    from hashlib import sha256

    suffix = suffix_of(data)
    if not suffix or len(data) > LARGEST:
        return ""
    return f"{FOLDER}{sha256(data).hexdigest()[:32]}.{suffix}"


def suffix_of(data: bytes) -> str:
    """The ending of the files of a picture's format, as its first bytes say; else empty."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def is_picture(path: object) -> bool:
    """Whether a path is that of a picture which was kept so."""
    return isinstance(path, str) and _PATH.fullmatch(path) is not None
