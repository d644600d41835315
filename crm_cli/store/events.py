"""A YAML parser's events as nodes, iteratively and within limits."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final

from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from crm_cli.model.errors import Problem, Severity
from crm_cli.model.node import Mapping, Node, Scalar, Sequence
from crm_cli.store.tags import tag_problem

MAX_DEPTH: Final = 32
"""How many lists and mappings may stand in each other."""

_COLON = re.compile(r"\s*:")
_CUT = re.compile(r"[ \t]+#(?=\w)")
_GLUED = re.compile(r"(?<=[ \t])#(?=\w)")
_SURROGATE = re.compile("[\ud800-\udfff]")

Outcome = tuple[Mapping | None, tuple[Problem, ...]]


class _ReadingError(Exception):
    """The reading stops at this problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def read(text: str, get: Callable[[], Any], path: str, restore: dict[int, str]) -> Outcome:
    """The root mapping of `text` from the events that `get` gives one by one.

    `restore` maps code points that stood in while parsing to what they stood for.
    Raises what the parser raises. An error leaves the root None; a warning does not.
    """
    reader = _Reader(text, path, restore)
    try:
        root = reader.run(get)
    except _ReadingError as refusal:
        return None, (*reader.problems, refusal.problem)
    problems = tuple(reader.problems)
    if any(problem.severity is Severity.ERROR for problem in problems):
        return None, problems
    return root, problems


class _Reader:
    def __init__(self, text: str, path: str, restore: dict[int, str]) -> None:
        self.text = text
        self.path = path
        self.restore = restore
        self.problems: list[Problem] = []
        self.hash_glued = bool(_GLUED.search(text))

    def run(self, get: Callable[[], Any]) -> Mapping:
        root: Node | None = None
        documents = 0
        stack: list[tuple[Mapping | Sequence | None, Scalar | None]] = []
        current: Mapping | Sequence | None = None
        pending: Scalar | None = None
        while True:
            event = get()
            kind = type(event)
            node: Node
            if kind is ScalarEvent:
                node = self.scalar(event, current, pending)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self.opening(event, current, pending, len(stack))
                stack.append((current, pending))
                current = self.collection(event, kind is MappingStartEvent)
                pending = None
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                assert current is not None
                node = current
                self.close(node, event)
                current, pending = stack.pop()
            elif kind is AliasEvent:
                raise _ReadingError(self.alias(event))
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise _ReadingError(self.second_document(event))
                continue
            elif kind is StreamEndEvent:
                return self.root(root)
            else:
                continue
            if current is None:
                root = node
            elif type(current) is Sequence:
                current.items.append(node)
            elif pending is None:
                assert type(node) is Scalar
                pending = node
            else:
                assert type(current) is Mapping
                current.entries.append((pending, node))
                pending = None

    def scalar(
        self, event: Any, current: Mapping | Sequence | None, pending: Scalar | None
    ) -> Scalar:
        start = event.start_mark
        style = event.style or ""
        node = Scalar(
            event.value,
            style,
            start.index,
            event.end_mark.index,
            start.line + 1,
            start.column + 1,
        )
        if event.anchor is not None:
            raise _ReadingError(self.anchor(event))
        if event.tag is not None:
            self.tag(event, node)
        if style in ("|", ">"):
            node.end = _block_end(self.text, node)
        elif not style:
            if not node.text and node.tag is None and event.tag is None:
                self.empty(node, current, pending)
            elif self.hash_glued:
                self.text_cut(node)
        if style == '"' and not node.text.isascii() and _SURROGATE.search(node.text):
            self.problem(
                node,
                "lone-surrogate",
                "half of a surrogate pair is no character",
                'write the character itself, or its full escape such as "\\U0001F600"',
            )
        if self.restore:
            node.text = node.text.translate(self.restore)
        return node

    def empty(
        self, node: Scalar, current: Mapping | Sequence | None, pending: Scalar | None
    ) -> None:
        """An empty value stands just after its colon, whatever the parser's mark says."""
        if type(current) is not Mapping:
            return
        if pending is None:
            self.problem(node, "bad-key", "a key is empty", "write `key: value`")
            return
        colon = _COLON.match(self.text, pending.end)
        end = colon.end() if colon else pending.end
        breaks = self.text.count("\n", pending.end, end)
        node.line = pending.line + self.text.count("\n", pending.start, pending.end) + breaks
        node.column = end - (self.text.rfind("\n", 0, end) + 1) + 1
        node.start = node.end = end

    def text_cut(self, node: Scalar) -> None:
        cut = _CUT.match(self.text, node.end)
        if cut:
            at = self.text.rfind("\n", 0, cut.end()) + 1
            end = self.text.find("\n", cut.end())
            lost = self.text[cut.end() - 1 : end if end >= 0 else None].strip()
            self.problems.append(
                Problem(
                    self.path,
                    node.line + self.text.count("\n", node.start, node.end),
                    cut.end() - at,
                    "text-cut",
                    f"text lost after ` #`: {lost}",
                    "quote the whole text, or put a space after # in a comment",
                    Severity.WARNING,
                )
            )

    def opening(
        self,
        event: Any,
        current: Mapping | Sequence | None,
        pending: Scalar | None,
        depth: int,
    ) -> None:
        if event.anchor is not None:
            raise _ReadingError(self.anchor(event))
        if depth >= MAX_DEPTH:
            message = f"more than {MAX_DEPTH} lists and mappings in each other"
            raise _ReadingError(self.at(event, "too-deep", message))
        if type(current) is Mapping and pending is None:
            message = "a key must be one text, not a list or mapping"
            hint = "quote the value if it starts with [ or {"
            raise _ReadingError(self.at(event, "bad-key", message, hint))

    def collection(self, event: Any, mapping: bool) -> Mapping | Sequence:
        start = event.start_mark
        flow = bool(event.flow_style)
        made = Mapping if mapping else Sequence
        node = made((), flow, start.index, -1, start.line + 1, start.column + 1)
        if event.tag is not None:
            self.tag(event, node)
        if flow and mapping and self.text[event.end_mark.index - 1] != "{":
            node.end = -2  # `[a: b]`: a mapping in a flow list that has no braces
        return node

    def close(self, node: Mapping | Sequence, event: Any) -> None:
        if node.flow and node.end == -1:
            node.end = event.end_mark.index
        elif type(node) is Mapping:
            node.end = node.entries[-1][1].end if node.entries else node.start
        else:
            assert type(node) is Sequence
            node.end = node.items[-1].end if node.items else node.start
        if type(node) is Mapping and len({key.text for key, _ in node.entries}) != len(
            node.entries
        ):
            self.duplicates(node)
        if node.flow and type(node) is Mapping:
            self.commas(node)

    def commas(self, node: Mapping) -> None:
        """Note each number that a comma has cut in two: `{amount: 84,50 EUR}`."""
        for (_, before), (key, value) in pairwise(node.entries):
            if (
                type(before) is Scalar
                and before.text[-1:].isdigit()
                and key.text[:1].isdigit()
                and type(value) is Scalar
                and value.absent
                and ":" not in self.text[key.end : max(key.end, value.start)]
            ):
                self.problem(
                    key,
                    "comma-in-braces",
                    f"within braces a comma separates entries: {key.text} is an entry of its own",
                    f"write {before.text}.{key.text}, or quote the value",
                )

    def duplicates(self, node: Mapping) -> None:
        seen: dict[str, int] = {}
        for key, _ in node.entries:
            if key.text in seen:
                message = f"duplicate key `{key.text}`: it is on line {seen[key.text]} too"
                self.problem(key, "duplicate-key", message, "keep one of them")
            else:
                seen[key.text] = key.line

    def root(self, root: Node | None) -> Mapping:
        if root is None or (
            type(root) is Scalar and not root.text and not root.style and root.tag is None
        ):
            hint = "write at least `name: …`, or delete the file"
            raise _ReadingError(Problem(self.path, 1, 1, "empty", "the file is empty", hint))
        if type(root) is not Mapping:
            what = "a list" if type(root) is Sequence else "a text"
            message = f"the file is {what}, not lines of `key: value`"
            hint = "a record starts with `name: …`"
            raise _ReadingError(
                Problem(self.path, root.line, root.column, "not-a-mapping", message, hint)
            )
        return root

    def tag(self, event: Any, node: Node) -> None:
        tag = str(event.tag)
        node.tag = tag
        wrong = tag_problem(tag, node)
        if wrong is not None:
            severity, code, message, hint = wrong
            self.problem(node, code, message, hint, severity)

    def anchor(self, event: Any) -> Problem:
        return self.at(
            event,
            "anchor",
            f"anchors are not used here: &{event.anchor}",
            "a text that starts with & needs quotes; otherwise delete the anchor",
        )

    def alias(self, event: Any) -> Problem:
        return self.at(
            event,
            "alias",
            f"aliases are not used here: *{event.anchor}",
            "a text that starts with * needs quotes; otherwise write the value out",
        )

    def second_document(self, event: Any) -> Problem:
        return self.at(
            event,
            "several-documents",
            "a second document starts here; a file is one record",
            "move it to a file of its own, or delete the line `---`",
        )

    def at(self, event: Any, code: str, message: str, hint: str = "") -> Problem:
        mark = event.start_mark
        return Problem(self.path, mark.line + 1, mark.column + 1, code, message, hint)

    def problem(
        self,
        node: Node,
        code: str,
        message: str,
        hint: str,
        severity: Severity = Severity.ERROR,
    ) -> None:
        self.problems.append(
            Problem(self.path, node.line, node.column, code, message, hint, severity)
        )


def _block_end(text: str, node: Scalar) -> int:
    """Where a block scalar's content ends: its last content line, without the line break.

    With keep chomping (`|+`) the blank lines after it are content too.
    """
    body = text[node.start : node.end]
    header, newline, content = body.partition("\n")
    if not newline:
        return node.start + len(body.rstrip())
    lines = content.split("\n")
    if lines[-1].strip(" \r") == "":
        lines.pop()
    if "+" not in header.split("#")[0]:
        last = node.text.rstrip("\n").rpartition("\n")[2]
        spaces = len(last) if last and not last.strip(" ") else 0
        while lines and not lines[-1].strip(" \r"):
            if spaces and len(lines[-1].rstrip("\r")) > spaces:
                break
            lines.pop()
    end = node.start + len(header) + sum(len(line) + 1 for line in lines)
    return end - 1 if end > node.start and text[end - 1 : end] == "\r" else end
