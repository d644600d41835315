"""Rings of references: what comes first, or stands above, leads back to itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

Edges = Mapping[str, Iterable[str]]
"""The ids that each id names."""


def ring(start: str, edges: Edges) -> tuple[str, ...]:
    """The shortest way from an id back to itself, both ends in it; empty where there is none."""
    before: dict[str, str] = {}
    todo = [start]
    for id in todo:
        for other in edges.get(id, ()):
            if other == start:
                way = [start, id]
                while way[-1] != start:
                    way.append(before[way[-1]])
                return tuple(reversed(way))
            if other not in before:
                before[other] = id
                todo.append(other)
    return ()


def rings(edges: Edges) -> Iterator[tuple[str, ...]]:
    """The ring of each id that is on one, in the order of the ids."""
    left = {id: {one for one in others if one in edges} for id, others in edges.items()}
    named: dict[str, list[str]] = {}
    for id, others in left.items():
        for one in others:
            named.setdefault(one, []).append(id)
    # What leads to nothing is on no ring, nor what leads there alone.
    ends = [id for id, others in left.items() if not others]
    for end in ends:
        del left[end]
        for id in named.get(end, ()):
            left[id].discard(end)
            if not left[id]:
                ends.append(id)
    yield from filter(None, (ring(id, left) for id in sorted(left)))


def shown(way: Iterable[str]) -> str:
    """A ring for people: `a → b → a`."""
    return " → ".join(way)
