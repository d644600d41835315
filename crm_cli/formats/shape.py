"""The shape of a JSON document: where its rows are, and what their cells are called.

rows: account.data[type=contact].values   # the path to the rows; lists are gone through
each: notes                               # a list within a row, each item of it a row of its own
by: {data: type}                          # items, or an object, called by a key of theirs
refs: {account.data[type=activity].values: uuid}   # what the ids in rows stand for
omit: [photos, data.*.count]              # what is not looked at

A cell is called by its path, `address.city`; an item of a list of objects by its number,
`emails.1.value`, or by what `by` says. A list of texts is one cell with `; ` between them, and
so are cells of one path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import translate
from typing import Any

_DEEPEST = 12
_STEP = re.compile(r"([^.\[\]]+)(?:\[([^=\]]+)=([^\]]*)\])?(?:\.|$)")
_NUMBER = re.compile(r"\.\d+(?=\.|$)")
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the rows of a document are, and how their cells are called; see above."""

    rows: str = ""
    each: str = ""
    by: Pairs = ()
    refs: Pairs = ()
    omit: tuple[str, ...] = ()


def path_fault(path: str) -> str:
    """Why a text is no path; empty where it is one."""
    at = 0
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            return f"{path!r} is no path: write a.b, or a[key=word].b"
        at = step.end()
    return f"{path!r} is no path: it ends with a dot" if path.endswith(".") else ""


def found_at(value: Any, path: str) -> Iterator[Any]:
    """What stands at a path, item by item where it is a list."""
    yield from _walked(value, list(_steps(path)))


def _steps(path: str) -> Iterator[tuple[str | Any, ...]]:
    """(name, key, word) of each step of a path, up to where it is none."""
    at = 0
    while at < len(path) and (step := _STEP.match(path, at)):
        yield step.groups()
        at = step.end()


def _walked(value: Any, steps: list[tuple[str | Any, ...]]) -> Iterator[Any]:
    if isinstance(value, list):
        for one in value:
            yield from _walked(one, steps)
        return
    if not steps:
        yield value
        return
    (name, key, word), *rest = steps
    if not isinstance(value, dict) or name not in value:
        return
    inner = value[name]
    if key is not None:
        inner = [one for one in _items(inner) if _fits(one, key, word)]
    yield from _walked(inner, rest)


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _fits(value: Any, key: str, pattern: str) -> bool:
    """Whether an object says a word, or what `*` stands for, at a key."""
    return any(re.fullmatch(translate(pattern), text_of(one)) for one in found_at(value, key))


class Rows:
    """The rows of a document, each as cells by their paths."""

    def __init__(self, document: Any, shape: Shape) -> None:
        self._document = document
        self._shape = shape
        self._by = dict(shape.by)
        omitted = (re.escape(path).replace(r"\*", r"[^.]+") for path in shape.omit)
        self._omitted = re.compile("|".join(omitted) or r"(?!)")
        self._refs = {
            text_of(one[key]): one
            for path, key in shape.refs
            for one in found_at(document, path)
            if isinstance(one, dict) and one.get(key)
        }

    def __iter__(self) -> Iterator[dict[str, str] | ValueError]:
        """The cells of each row, or why it is none."""
        for row in found_at(self._document, self._shape.rows):
            try:
                yield from self.of(row)
            except ValueError as error:
                yield error

    def of(self, row: Any) -> Iterator[dict[str, str]]:
        """The rows that an object makes: one, or one for each item of the list within.

        Raises ValueError for what is no object.
        """
        if not isinstance(row, dict):
            raise ValueError("it is no JSON object")
        parts: list[Any] = []
        whole = self._cells("", self._resolved(row) if self._refs else row, parts)
        if not self._shape.each:
            yield whole
        for part in parts:
            yield {**whole, **self._cells(self._shape.each, part, None)}

    def _resolved(self, value: Any) -> Any:
        """A value with the objects that its ids stand for."""
        if isinstance(value, dict):
            return {key: self._resolved(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._resolved(one) for one in value]
        return self._refs.get(value, value) if isinstance(value, str) else value

    def _cells(self, path: str, value: Any, parts: list[Any] | None) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, text in self._flat(path, value, parts, 0):
            before = found.get(name)
            found[name] = f"{before}; {text}" if before and text else before or text
        return found

    def _flat(
        self, path: str, value: Any, parts: list[Any] | None, depth: int
    ) -> Iterator[tuple[str, str]]:
        """(path, text) of all that a value holds; items that are rows go to `parts` instead."""
        bare = _NUMBER.sub("", path)
        if path and self._omitted.fullmatch(bare):
            return
        if parts is not None and path and bare == self._shape.each:
            parts += value if isinstance(value, list) else [value]
        elif isinstance(value, dict) and depth < _DEEPEST:
            if (key := self._by.get(bare)) and (called := _word(value, key)):
                path = f"{path}.{called}"
            for key, inner in value.items():
                yield from self._flat(f"{path}.{key}" if path else key, inner, parts, depth + 1)
        elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
            key = self._by.get(bare)
            for number, one in enumerate(value, 1):
                called = (_word(one, key) if key else "") or str(number)
                yield from self._flat(f"{path}.{called}", one, parts, depth + 1)
        else:
            yield path, text_of(value)


def _word(value: Any, key: str) -> str:
    """What an object says at a key."""
    return next(map(text_of, found_at(value, key)), "")


def text_of(value: Any) -> str:
    """A value of JSON as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(filter(None, map(text_of, value)))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
