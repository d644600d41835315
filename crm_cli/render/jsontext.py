"""JSON that is safe to look at: what a terminal would obey is written as an escape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crm_cli.render.values import plain

_UNSAFE = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
"""DEL, C1, invisible and bidirectional controls, lone surrogates, tag characters.

JSON itself escapes C0. They occur inside strings only, so replacing them in the
finished text leaves the same JSON value (RFC 8259, 7).
"""


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"


def one_line(value: Any, *, ascii_only: bool = False) -> str:
    """A value as JSON on one line."""
    return _dump(value, None, ascii_only)


def indented(value: Any, *, ascii_only: bool = False) -> str:
    """A value as JSON over several lines."""
    return _dump(value, 2, ascii_only)


def array(rows: Iterable[Mapping[str, Any]], *, ascii_only: bool = False) -> Iterator[str]:
    """An array of objects, one a line; of none it is `[]`."""
    before = "[\n  "
    for row in rows:
        yield before + one_line(row, ascii_only=ascii_only)
        before = ",\n  "
    yield "[]\n" if before.startswith("[") else "\n]\n"


def _dump(value: Any, indent: int | None, ascii_only: bool) -> str:
    import json

    text = json.dumps(plain(value), ensure_ascii=ascii_only, indent=indent, allow_nan=False)
    return text if text.isascii() and "\x7f" not in text else _UNSAFE.sub(_escape, text)
