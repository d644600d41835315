"""JSON that is safe to print: control characters are escaped."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from crm_cli.model.plain import plain

if TYPE_CHECKING:
    from json import JSONEncoder

_UNSAFE = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
"""DEL, C1, invisible and bidirectional controls, lone surrogates, tag characters.

JSON itself escapes C0. They occur inside strings only, so replacing them in the
finished text leaves the same JSON value (RFC 8259, 7).
"""


def one_line(value: Any, *, ascii_only: bool = False) -> str:
    """A value as JSON on one line."""
    return encoder(ascii_only=ascii_only)(value)


def encoder(*, ascii_only: bool = False) -> Callable[[Any], str]:
    """A function that writes a value as JSON on one line, for use on many."""
    encode = _encoder(None, ascii_only).encode
    return lambda value: _harmless(encode(value))


def indented(value: Any, *, ascii_only: bool = False) -> str:
    """A value as JSON over several lines."""
    text = _encoder(2, ascii_only).encode(value)
    return "\n".join(map(_harmless, text.split("\n")))


def _encoder(indent: int | None, ascii_only: bool) -> JSONEncoder:
    from json import JSONEncoder

    return JSONEncoder(ensure_ascii=ascii_only, indent=indent, allow_nan=False, default=plain)


def _harmless(text: str) -> str:
    return text if text.isprintable() else _UNSAFE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"
