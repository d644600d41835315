"""What a mirror lacks: the same as where both sides are held as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crm_cli.index.postgres.difference import differing
from tests.shares import examples

Held = dict[str, tuple[int, bytes, str | None, str | None]]
PATHS = st.sampled_from(
    [
        "a",
        "b",
        "aa",
        "customers/é.yaml",
        "customers/e.yaml",
        "customers/\ue000",
        "customers/😀",
        "z",
    ]
)
CONTENT = st.tuples(
    st.integers(1, 50), st.sampled_from([b"", b"1", b"2"]), st.none(), st.sampled_from([None, "2"])
)
SIDE = st.dictionaries(PATHS, CONTENT)


def in_order(side: Mapping[str, Any]) -> list[tuple[int, Any]]:
    """As databases hand the files over."""
    found = sorted(side.items(), key=lambda one: one[0].encode())
    return [(held[0], (path, *held[1:])) for path, held in found]


@examples(100, soak=2000)
@given(here=SIDE, there=SIDE)
def test_two_sides_are_compared_as_they_are_read(here: Held, there: Held) -> None:
    found = differing(in_order(here), iter(in_order(there)))
    wanted = {
        (held[0], there[path][0] if path in there else None)
        for path, held in here.items()
        if path not in there or not held[1] or held[1:] != there[path][1:]
    }
    assert len(found.changed) >= len(wanted) and {*found.changed} == wanted
    assert sorted(found.gone) == sorted(there[path][0] for path in there if path not in here)
    assert found.last == max((held[0] for held in there.values()), default=0)
