"""XML that others wrote, as a tree: bounded, and nothing but elements.

A document type, and with it every entity, is refused before it means anything. Elements go by
their local names, so that all versions of a format are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from xml.parsers import expat

from crm_cli.model.errors import DataError

_DEEPEST = 40
MOST_NODES = 1_500_000
_LONGEST = 10_000
_NONE: Mapping[str, str] = MappingProxyType({})


class Node:
    """An element: its local name, its text, its attributes, and what stands in it."""

    __slots__ = ("attributes", "children", "name", "text")

    def __init__(self, name: str, attributes: Mapping[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.text = ""
        self.children: list[Node] = []

    def all(self, *path: str) -> Iterator[Node]:
        """The elements at a path of local names."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.name == path[0]:
                yield from child.all(*path[1:])

    def first(self, path: str) -> Node:
        """The first element at a path, `A/B`; an empty one where there is none."""
        return next(self.all(*path.split("/")), _EMPTY)

    def one(self, *paths: str) -> str:
        """The text of the first element at one of the paths, `A/B`."""
        for path in paths:
            for found in self.all(*path.split("/")):
                if found.text.strip():
                    return found.text.strip()
        return ""


_EMPTY = Node("", _NONE)


def tree(data: bytes, what: str, cure: str, *, most: int = MOST_NODES) -> Node:
    """The tree of a file, `what` in words, above its root; raises DataError.

    `cure` is what to do where it declares a document type; `most` is how many elements it may have.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    top = Node("", _NONE)
    stack = [top]
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(stack) > _DEEPEST or count > most:
            raise DataError("the XML file is nested too deep, or has too many elements")
        node = Node(name.rpartition(" ")[2], attributes or _NONE)
        stack[-1].children.append(node)
        stack.append(node)

    def end(name: str) -> None:
        stack.pop()

    def characters(text: str) -> None:
        if len(stack[-1].text) < _LONGEST:
            stack[-1].text += text[:_LONGEST]

    def doctype(*_: object) -> None:
        raise DataError(
            f"the XML file declares a document type, which no {what} does",
            f"nothing of it was read; {cure}",
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise DataError(f"line {error.lineno}: the file is not valid XML: {error}") from error
    except (ValueError, LookupError) as error:
        raise DataError(f"the XML file cannot be decoded: {error}") from error
    return top
