"""The check after an edit: the text that came of it says what was meant, all the way down."""

from __future__ import annotations

import pytest

from crm_cli.model.node import Mapping
from crm_cli.store.compose import compose
from crm_cli.store.intent import same

TEXT = "a:\n  b:\n    - c: 1\n      d: [x, y]\n    - e\nf: ''\n"


def root(text: str) -> Mapping:
    found = compose(text, "f.yaml").root
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("c: 1", "c: 2"), ("c: 1", "g: 1"), ("[x, y]", "[x]"), ("[x, y]", "[x, z]"),
        ("[x, y]", "x"), ("    - e\n", ""), ("- e", "- [e]"), ("- e", "- e: 1"),
        ("f: ''", "f: ' '"),
        ("    - e\n", "    - e\n    - e\n"), ("f: ''\n", ""), ("[x, y]", "{x: y}"),
        ("d: [x, y]", "d: !!str [x, y]"),
    ],
)  # fmt: skip
def test_any_difference_is_seen(old: str, new: str) -> None:
    assert same(root(TEXT), root(TEXT))
    assert old in TEXT
    changed = compose(TEXT.replace(old, new), "f.yaml").root
    assert changed is None or not same(root(TEXT), changed)
