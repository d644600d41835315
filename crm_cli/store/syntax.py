"""YAML syntax errors in plain words, with the fix."""

from __future__ import annotations

import re
from typing import Any

from crm_cli.model.errors import Problem

_VALUE = re.compile(r"^[ \t]*(?:- +)*(?:[^\s:#][^:#]*:[ \t]+)?")
_QUOTE_FIRST = re.compile(_VALUE.pattern + r"([\"'])")
_CLOSED = {
    '"': re.compile(r'"(?:[^"\\]|\\.)*"'),
    "'": re.compile(r"'(?:[^']|'')*'"),
}
_NEEDS_QUOTES = "it has a meaning in YAML"

Told = tuple[int, int, str, str]
"""Line and column from 0, what is wrong, the cure."""


def explain(error: Exception, text: str, path: str) -> Problem:
    """The problem behind what ruamel.yaml raised for `text`."""
    where = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (where.line, where.column) if where is not None else (0, 0)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    told = _told(error, lines, min(line, len(lines) - 1), column)
    return Problem(path, told[0] + 1, told[1] + 1, "syntax", told[2], told[3])


def _told(error: Any, lines: list[str], line: int, column: int) -> Told:
    problem = str(getattr(error, "problem", "") or error)
    context = str(getattr(error, "context", "") or "")
    mark = getattr(error, "context_mark", None)
    row = lines[line]
    tab = row[: len(row) - len(row.lstrip())].find("\t")
    if tab >= 0 and column <= len(row) - len(row.lstrip()):
        return line, tab, "a tab indents this line; YAML needs spaces", "replace it by spaces"
    if "quoted scalar" in context and mark is not None:
        if "escape" in problem:
            hint = "write the backslash twice, or use single quotes"
            return line, column, "unknown escape after a backslash in double quotes", hint
        return _unclosed(mark.line, mark.column, lines)
    opened = _open_quote(lines, line)
    if opened is not None:
        return _unclosed(*opened, lines)
    trailing = _after_quote(row, line)
    if trailing is not None:
        return trailing
    if "mapping values are not allowed" in problem:
        return _colon(lines, line, column)
    if "sequence entries are not allowed" in problem:
        hint = "start the list on the next line, or quote the text"
        return line, column, "a list cannot start on the line of its key", hint
    if "mapping keys are not allowed" in problem:
        return line, column, "a text that starts with `? ` needs quotes", _quote_hint(row)
    if "cannot start any token" in problem:
        sign = row[column : column + 1]
        if sign == "\t":
            return line, column, "a tab stands where YAML needs a space", "replace it by a space"
        message = f"a text cannot start with {_shown(sign)}: {_NEEDS_QUOTES}"
        return line, column, message, _quote_hint(row)
    if "flow sequence" in context or "flow mapping" in context:
        return _flow(mark, line, column, lines)
    return _structure(problem, context, lines, line, column)


def _structure(problem: str, context: str, lines: list[str], line: int, column: int) -> Told:
    """Refusals about lines that do not fit together."""
    row = lines[line]
    if "expected ':'" in problem:
        message = "this line is neither `key: value` nor an item of a list"
        hint = "put the text on one line, in quotes, or write it as a block after `|`"
        mark_line = line if ":" not in row or not line else line - 1
        return mark_line, _indent(lines[mark_line]), message, hint
    if "alias" in context or "anchor" in context:
        at = column - 1 if row[column - 1 : column] in ("*", "&") else column
        message = f"a text cannot start with {_shown(row[at : at + 1])}: {_NEEDS_QUOTES}"
        return line, at, message, _quote_hint(row)
    if "tag" in problem or "tag" in context:
        message = "a text cannot start with `!`: it would be a tag"
        return line, column, message, _quote_hint(row)
    if "directive" in context or "document start" in problem or row.startswith("%"):
        at = next((i for i, each in enumerate(lines) if each.startswith("%")), -1)
        if at >= 0:
            return at, 0, "a line cannot start with `%`: " + _NEEDS_QUOTES, "quote it"
        return line, column, "this line does not belong to the record above it", ""
    if "block scalar" in context or "block scalar" in problem:
        hint = "indent every line of the text under its key"
        return line, column, "the text after `|` or `>` is not indented as a block", hint
    if "block mapping" in context or "block collection" in context or "node content" in problem:
        sign = row[column : column + 1]
        if not sign.strip():
            return line, column, "the text ends in the middle of a value", "close what is open"
        closed = re.search(r"[\]}][ \t]*$", row[:column])
        if closed and sign not in "]},":
            message = f"text follows the closing {_shown(closed.group()[0])}"
            return line, column, message, _quote_hint(row)
        if sign in ("]", "}", ",") or "node content" in problem:
            message = f"a text cannot start with {_shown(sign)}: {_NEEDS_QUOTES}"
            return line, column, message, _quote_hint(row)
        before = row[:column].rstrip()
        starred = re.search(r"(?:^|[\s:])([*&]\S+)$", before)
        if starred:
            message = f"a text cannot start with {_shown(starred.group(1)[0])}: {_NEEDS_QUOTES}"
            return line, starred.start(1), message, _quote_hint(row)
        message = "the indentation of this line fits no line above it"
        return line, column, message, "indent the keys of one record or item alike"
    return line, column, problem.strip().replace("\n", " ").split("  ")[0], ""


def _colon(lines: list[str], line: int, column: int) -> Told:
    row = lines[line]
    start = _VALUE.match(row)
    at = start.end() if start else 0
    if at >= column:
        if line and _indent(row) > _indent(lines[line - 1]):
            message = "this line is indented under a line that already has a value"
            return line, _indent(row), message, "indent the keys of one record or item alike"
        message = "`: ` is not expected here"
        return line, column, message, "check the line above, and the indentation"
    return line, column, "`: ` in a text that is not quoted", _quote_hint(row)


def _flow(mark: Any, line: int, column: int, lines: list[str]) -> Told:
    if mark is None:
        return line, column, "this list in brackets is not closed", ""
    sign = lines[mark.line][mark.column : mark.column + 1]
    closing = {"[": "]", "{": "}"}.get(sign)
    row = lines[mark.line]
    if mark.line == line and closing and closing in row[mark.column :]:
        message = f"a value in {_shown(sign)} needs quotes, or a comma is missing"
        return line, column, message, f"quote a text that starts with {sign}"
    message = f"{_shown(sign)} is not closed by {_shown(closing or ']')}"
    return mark.line, mark.column, message, f"close it, or quote a text that starts with {sign}"


def _unclosed(line: int, column: int, lines: list[str]) -> Told:
    sign = lines[line][column : column + 1]
    cure = 'write \\" for a quote within' if sign == '"' else "write '' for a quote within"
    return line, column, f"the quote {sign} is not closed on its line", f"close it; {cure}"


def _open_quote(lines: list[str], last: int) -> tuple[int, int] | None:
    """The nearest value up to line `last` that opens a quote and does not close it there."""
    for line in range(last, max(-1, last - 50), -1):
        opening = _QUOTE_FIRST.match(lines[line])
        if opening:
            at = opening.start(1)
            if not _CLOSED[opening.group(1)].match(lines[line], at):
                return line, at
            if line < last:
                return None
    return None


def _after_quote(row: str, line: int) -> Told | None:
    """Text that follows a closed quote on the same line."""
    opening = _QUOTE_FIRST.match(row)
    if not opening:
        return None
    closed = _CLOSED[opening.group(1)].match(row, opening.start(1))
    if not closed or not re.match(r"[ \t]*[^\s#:]", row[closed.end() :]):
        return None
    sign = opening.group(1)
    cure = "write ''" if sign == "'" else 'write \\"'
    message = f"text follows the closing quote {sign}"
    return line, closed.end(), message, f"quote the whole text; {cure} for a quote within"


def _quote_hint(row: str) -> str:
    """How the row's value is written in quotes."""
    start = _VALUE.match(row)
    key = row[: start.end()].strip() if start else ""
    value = row[start.end() if start else 0 :].strip()
    if not value or len(value) > 60:
        return "put the text in double quotes"
    spelled = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'quote it: {key} "{spelled}"'.replace("quote it:  ", "quote it: ")


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip(" "))


def _shown(sign: str) -> str:
    return "a backtick" if sign == "`" else f"`{sign}`"
