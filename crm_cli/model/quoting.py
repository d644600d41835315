"""Quoting of YAML scalars, so that every YAML program reads the same text back.

The one place that quotes. A text stays plain only where YAML 1.1 (PyYAML, older
tools, spreadsheets' importers) and YAML 1.2 both read the same string back; else it
is double-quoted on one line, or a `|` block where it has several lines.
"""

from __future__ import annotations

import re
from functools import lru_cache

from crm_cli.model.node import DOUBLE, FOLDED, LITERAL, PLAIN, SINGLE

_ODD = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_UNSAFE = re.compile(
    r"""\A[\s,\[\]{}#&*!|>'"%@`?:]|\A-(?:[\s,\[\]{}#]|\Z)|\A---|\A\.\.\.|:(?:\s|\Z)|\s#|\s\Z"""
)
_FLOW_UNSAFE = re.compile(r"[,\[\]{}?:]|\A-\W")
_MARKERS = ("<<<<<<<", "=======")
_OTHER_TYPE = re.compile(
    r"""
      ~ | null | y | yes | n | no | true | false | on | off | = | <<
    | [-+]? \.? (?:inf|nan)
    | [-+]? 0b [01_]+ | [-+]? 0o [0-7_]+ | [-+]? 0x [0-9a-f_]+
    | [-+]? [0-9][0-9_,]* (?: : [0-9]{1,2} )+ (?: \. [0-9_]* )?
    | [-+]? (?: [0-9_][0-9_,]* \.? [0-9_]* | \. [0-9_]+ ) (?: e [-+]? [0-9]+ )?
    | [0-9]{4} - [0-9]{1,2} - [0-9]{1,2} (?: (?: t | [ \t]+ ) [0-9:.\ \tz+-]* )?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SHORT = 100
_REMEMBERED = 32768
"""Characters of a text, and texts, whose answers are remembered."""
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def plain_safe(text: str, *, flow: bool = False, key: bool = False) -> bool:
    """Whether `text` without quotes is a plain scalar that reads back as the same text.

    `flow` is within brackets, `key` before a colon. Types are another matter:
    `20` is safe here, and `resolves_to_text` says that it is a number elsewhere.
    """
    safe = _safe if len(text) <= _SHORT else _safe.__wrapped__
    return safe(text, flow, key)


@lru_cache(_REMEMBERED)
def _safe(text: str, flow: bool, key: bool) -> bool:
    """See `plain_safe`: keys and words of lists are asked about again and again."""
    if not text or _UNSAFE.search(text) or _ODD.search(text):
        return False
    if key and text.startswith(_MARKERS):
        return False
    return not (flow and _FLOW_UNSAFE.search(text))


def resolves_to_text(text: str) -> bool:
    """Whether YAML 1.1 and 1.2 would both take a plain `text` for a string.

    Not so for booleans (`no`), nulls, numbers of any base, `12:30`, dates, `=` and
    `<<` (YAML 1.1 types: yaml.org/type; YAML 1.2.2, chapter 10.3).
    """
    resolves = _resolves if len(text) <= _SHORT else _resolves.__wrapped__
    return resolves(text)


@lru_cache(_REMEMBERED)
def _resolves(text: str) -> bool:
    return bool(text) and _OTHER_TYPE.fullmatch(text) is None


def quoted(text: str, *, always: bool = False, flow: bool = False, key: bool = False) -> str:
    """The one-line spelling of a text: plain where that is safe, else in double quotes."""
    if not always and plain_safe(text, flow=flow, key=key) and resolves_to_text(text):
        return text
    return double_quoted(text)


def double_quoted(text: str) -> str:
    """`text` in double quotes; controls, odd line breaks and bidi overrides as escapes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    if _ODD.search(escaped):
        escaped = _ODD.sub(_escape, escaped)
    return f'"{escaped}"'


def spelled(text: str, style: str, *, flow: bool = False, key: bool = False) -> str:
    """`text` on one line in `style`, or in double quotes where that style cannot hold it."""
    if style == PLAIN and (not text or plain_safe(text, flow=flow, key=key)):
        return text
    if style == SINGLE and not _ODD.search(text):
        return "'" + text.replace("'", "''") + "'"
    if style in (LITERAL, FOLDED):
        return quoted(text, flow=flow, key=key)
    return double_quoted(text)


def style_for(text: str, *, always_quoted: bool = False) -> str:
    """The style a free text is written in: PLAIN, DOUBLE or LITERAL.

    `always_quoted` is for phones, postcodes, tax ids and numbers of documents.
    """
    style = _style if len(text) <= _SHORT else _style.__wrapped__
    return style(text, always_quoted)


@lru_cache(_REMEMBERED)
def _style(text: str, always_quoted: bool) -> str:
    if block(text):
        return LITERAL
    if not always_quoted and plain_safe(text) and resolves_to_text(text):
        return PLAIN
    return DOUBLE


def block(text: str) -> bool:
    """Whether `text` has several lines that a `|` block shows as they are.

    Not with spaces at the ends of lines or the start of the text, which nobody
    sees, nor with characters that need escapes, nor with several final breaks.
    """
    body = text.removesuffix("\n")
    if "\n" not in body and body == text:
        return False
    lines = body.split("\n")
    if not lines[0] or not lines[-1] or lines[0][0] in " \t":
        return False
    return not any(
        _ODD.search(line.replace("\t", "")) or line.startswith("\t") or line != line.rstrip()
        for line in lines
    )


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    if char in _ESCAPES:
        return _ESCAPES[char]
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
