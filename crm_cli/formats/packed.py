"""Long lists in little memory: rows of large files, packed in blocks while nobody looks at them.

A row as a tuple of texts takes a kilobyte, packed among others some fifty bytes.
"""

from __future__ import annotations

import marshal
import pickle
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, Generic, TypeVar

_T = TypeVar("_T")
_BLOCK = 128
"""Rows of a block: for one of them all are unpacked."""


def pack(value: Any) -> bytes:
    """A value as bytes, to be unpacked in the same process."""
    return zlib.compress(pickle.dumps(value, pickle.HIGHEST_PROTOCOL), 1)


def unpack(data: bytes) -> Any:
    """The value that was packed, another object."""
    return pickle.loads(zlib.decompress(data))


class Packed(Generic[_T]):
    """A list that grows at its end. What it gives are copies: changing them changes nothing."""

    def __init__(self, items: Iterable[_T] = ()) -> None:
        self._blocks: list[bytes] = []
        self._last: list[_T] = []
        self._opened: tuple[int, list[_T]] = (-1, [])
        for item in items:
            self.append(item)

    def append(self, item: _T) -> None:
        """Add an item at the end."""
        self._last.append(item)
        if len(self._last) == _BLOCK:
            self._blocks.append(self._pack(self._last))
            self._last = []

    def __len__(self) -> int:
        return len(self._blocks) * _BLOCK + len(self._last)

    def __iter__(self) -> Iterator[_T]:
        blocks = map(self._unpack, self._blocks)
        return chain.from_iterable(chain(blocks, (self._last,)))

    def __getitem__(self, place: int) -> _T:
        number, within = divmod(place, _BLOCK)
        if number == len(self._blocks):
            return self._last[within]
        if self._opened[0] != number:
            self._opened = number, self._unpack(self._blocks[number])
        return self._opened[1][within]

    def _pack(self, block: list[_T]) -> bytes:
        return pack(block)

    def _unpack(self, data: bytes) -> list[_T]:
        found: list[_T] = unpack(data)
        return found

    def changed(self, change: Callable[[_T], _T | None]) -> Packed[_T]:
        """The list with each item changed; None leaves it out."""
        return Packed(item for old in self if (item := change(old)) is not None)


class PackedTexts(Packed[_T]):
    """A list of what texts and numbers make: `of` makes an item of its parts, as a NamedTuple's
    `_make` does. Takes half the time of other things.
    """

    def __init__(self, of: Callable[[Iterable[Any]], _T]) -> None:
        super().__init__()
        self._of = of

    def _pack(self, block: list[_T]) -> bytes:
        return zlib.compress(marshal.dumps([tuple(item) for item in block]), 1)  # type: ignore[arg-type]

    def _unpack(self, data: bytes) -> list[_T]:
        return [self._of(parts) for parts in marshal.loads(zlib.decompress(data))]
