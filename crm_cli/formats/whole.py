"""A whole data directory as one JSON document, and its files again, byte for byte.

`{"crm": 1, "files": [{"path": …, "kind": …, "text": …, "record": …}]}`. `text` is what stands
in the file (`base64` where that is no UTF-8), and the only thing that is read back; `record`
says the same as objects, for other programs: of a file with several, by their ids.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from crm_cli.model.errors import DataError
from crm_cli.model.jsontext import encoder
from crm_cli.model.places import place_of

VERSION = 1


class Held(NamedTuple):
    """A file; `kind` and `record` are None where no kind describes it or it cannot be read."""

    path: str
    data: bytes
    kind: str | None = None
    record: Any = None


def document(held: Iterable[Held], *, ascii_only: bool = False) -> Iterator[str]:
    """The document in pieces, a file a line."""
    encode = encoder(ascii_only=ascii_only)
    before = f'{{"crm": {VERSION}, "files": [\n  '
    for one in held:
        entry: dict[str, Any] = {"path": one.path}
        if one.kind is not None:
            entry["kind"] = one.kind
        try:
            entry["text"] = one.data.decode()
        except UnicodeDecodeError:
            entry["base64"] = base64.b64encode(one.data).decode()
        if one.record is not None:
            entry["record"] = one.record
        yield before + encode(entry)
        before = ",\n  "
    yield "]}\n" if before.startswith("{") else "\n]}\n"


def files_of(data: bytes) -> dict[str, bytes]:
    """The files of a document, by path.

    Raises DataError for what is no such document, and for a path that is none of a data
    directory's or is there twice.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DataError(f"this is no JSON: {error}", "crm export all --format json") from None
    ours = isinstance(found, dict) and found.get("crm") == VERSION
    entries = found.get("files") if ours else None
    if not isinstance(entries, list):
        raise DataError("this is no document of all records", "crm export all writes one")
    held: dict[str, bytes] = {}
    for entry in entries:
        path = entry.get("path") if isinstance(entry, dict) else None
        if not isinstance(path, str) or place_of(path) is None:
            raise DataError(f"{path!r} is no file of a data directory; nothing was written")
        if path in held:
            raise DataError(f"{path!r} is there twice; nothing was written")
        held[path] = _bytes(path, entry)
    return held


def _bytes(path: str, entry: dict[str, Any]) -> bytes:
    text, encoded = entry.get("text"), entry.get("base64")
    try:
        if isinstance(text, str):
            return text.encode()
        if isinstance(encoded, str):
            return base64.b64decode(encoded, validate=True)
    except ValueError:
        pass
    raise DataError(f"{path!r} has neither text nor base64; nothing was written")
