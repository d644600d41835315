"""Bytes to nodes: the content, style and positions of a YAML file.

Values are never typed here: every scalar is text. What YAML can do beyond text,
lists and mappings (anchors, aliases, several documents, tags that make objects)
is refused with its place, and so is what is too large or too deep.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, Literal

from crm_cli.model.errors import Problem
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.store.scan import scan

if TYPE_CHECKING:
    from crm_cli.model.node import Mapping

MAX_BYTES: Final = 16 * 1024 * 1024
"""The largest file that is read, in bytes."""

Parser = Literal["auto", "c", "pure"]

_PURE_LIMIT = 256 * 1024
"""Above this many characters the C parser's refusal stands: the pure one needs minutes."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_MARKER = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?=[ \r\n]|\Z)", re.MULTILINE)
_ODD_BREAKS = "\x85\u2028\u2029"


class Decoded(NamedTuple):
    """A file's text without its byte-order mark, and whether there was one."""

    text: str
    has_bom: bool


class Composed(NamedTuple):
    """What a text says; `root` is None where it cannot be read, and a problem says why."""

    root: Mapping | None
    problems: tuple[Problem, ...]


def decode(data: bytes, path: str) -> Decoded | Problem:
    """The text of a file's bytes, which must be UTF-8, or what stands in the way."""
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 1024 / 1024:.1f} MiB"
        return Problem(
            path, 0, 0, "too-large", f"{size} is more than the limit of 16 MiB", "split the file"
        )
    has_bom = data.startswith(b"\xef\xbb\xbf")
    if not has_bom and data.startswith((b"\xff\xfe", b"\xfe\xff")):
        hint = f"convert it: iconv -f utf-16 -t utf-8 {path}"
        return Problem(path, 1, 1, "not-utf8", "this is UTF-16, not UTF-8", hint)
    body = data[3:] if has_bom else data
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        at = error.start
        line = body.count(b"\n", 0, at) + 1
        row = body[body.rfind(b"\n", 0, at) + 1 : at]
        place = at + (3 if has_bom else 0) + 1
        return Problem(
            path,
            line,
            len(row.decode()) + 1,
            "not-utf8",
            f"not UTF-8 at byte {place} (0x{body[at]:02x})",
            f"if it was saved as Windows text, convert it: iconv -f cp1250 -t utf-8 {path}",
        )
    zero = text.find("\0")
    if zero >= 0:
        return _control_problem(text, zero, path)
    return Decoded(text, has_bom)


def compose(text: str, path: str, *, parser: Parser = "auto") -> Composed:
    """The mapping that `text` is, with its problems; `path` only names it in them.

    `parser` "auto" takes the fastest that reads the text: the line scanner for
    the plain subset that nearly all records are written in, then libyaml, then
    the pure parser, which decides where libyaml refuses. "c" and "pure" leave
    out the line scanner, for comparison. Errors leave `root` None.
    """
    if parser == "auto":
        root = scan(text)
        if root is not None:
            return Composed(root, ())
    control = _CONTROL.search(text)
    if control:
        return Composed(None, (_control_problem(text, control.start(), path),))
    marked = tuple(conflicts(text, path))
    if marked:
        return Composed(None, marked)
    held = _hold(text)
    if held is None:
        message = "too many private-use characters beside U+0085 or U+2028"
        return Composed(None, (Problem(path, 1, 1, "private-use", message),))
    return _compose_events(held[0], held[1], path, parser)


def _compose_events(text: str, restore: dict[int, str], path: str, parser: Parser) -> Composed:
    # ruamel.yaml takes 45 ms to import: only texts that the scanner leaves pay for it.
    from ruamel.yaml.error import YAMLError

    from crm_cli.store.events import read
    from crm_cli.store.syntax import explain

    source = None if parser == "pure" else _libyaml(text)
    if source is not None:
        try:
            return Composed(*read(text, source, path, restore))
        except YAMLError as error:
            if parser == "c" or len(text) > _PURE_LIMIT:
                return Composed(None, (explain(error, text, path),))
    try:
        return Composed(*read(text, _pure(text), path, restore))
    except (YAMLError, ValueError, AttributeError, IndexError) as error:
        # The pure parser lets a few bare errors out (a bad escape, a bad %YAML line).
        return Composed(None, (explain(error, text, path),))


def _libyaml(text: str) -> Callable[[], Any] | None:
    """The next event of libyaml's parser, or None where it is not installed."""
    try:
        from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]
    except ImportError:
        return None
    source: Callable[[], Any] = CParser(text).get_event
    return source


def _pure(text: str) -> Callable[[], Any]:
    from ruamel.yaml import YAML

    source: Callable[[], Any] = iter(YAML(typ="safe", pure=True).parse(text)).__next__
    return source


def _hold(text: str) -> tuple[str, dict[int, str]] | None:
    """`text` with U+0085, U+2028 and U+2029 as private-use characters, and the way back.

    Those three are line breaks to YAML 1.1 and text to YAML 1.2; parsers differ and
    fold them. The characters that stand in are ones the text has neither raw nor as
    an escape. None where no such are found.
    """
    odd = [char for char in _ODD_BREAKS if char in text]
    if not odd:
        return text, {}
    lowered = text.lower()
    free = (
        code
        for code in range(0xE000, 0xE100)
        if chr(code) not in text and f"{code:x}" not in lowered
    )
    restore = {code: char for char, code in zip(odd, free, strict=False)}
    if len(restore) < len(odd):
        return None
    return text.translate({ord(char): code for code, char in restore.items()}), restore


def _control_problem(text: str, offset: int, path: str) -> Problem:
    line, column = place(text, offset)
    message = f"control character U+{ord(text[offset]):04X}"
    hint = "delete it, or write it as an escape in double quotes"
    return Problem(path, line, column, "control-character", message, hint)


def conflicts(text: str, path: str) -> Iterator[Problem]:
    """One problem for each stretch of lines from `<<<<<<<` to `>>>>>>>`."""
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return
    first = last = at = 0
    line = 1
    for marker in _MARKER.finditer(text):
        kind = marker.group()[0]
        line += text.count("\n", at, marker.start())
        at = marker.start()
        if kind == "<" and not first:
            first = line
        last = line
        if kind == ">":
            yield _conflict(path, first or line, line)
            first = 0
    if first:
        yield _conflict(path, first, last)


def _conflict(path: str, first: int, last: int) -> Problem:
    lines = f"lines {first}-{last}" if last > first else f"line {first}"
    hint = "keep the right lines, delete the markers, and save"
    return Problem(path, first, 1, "merge-conflict", f"unresolved merge conflict at {lines}", hint)


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of a character; LF, CR LF and a lone CR end lines."""
    before = text[:offset]
    if "\r" in before:
        before = before.replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - before.rfind("\n")
