"""The line scanner and the event composer make the same nodes, mark for mark."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_cli.model.node import Node, Plain, Scalar, Sequence, plain
from crm_cli.store.compose import Parser, compose
from crm_cli.store.emit import emit
from crm_cli.store.scan import scan
from tests.store.test_emit import styled
from tests.store.yaml_texts import ROOTS, Value, texts

CASES = Path(__file__).parents[1] / "cases" / "yaml"
PARSERS: list[Parser] = ["c", "pure"]
FRAGMENTS = st.sampled_from(
    [
        "a:", "b:", "k: ", "a: x", 'b: "y: #"', "c: 'z'", "k: |", "d: |-", "text", "", "x-y: 1:2",
        "e: a#b", "f: a #b", "g: -1", "h: - 1", '"q": 1', "i: ~", "long text", "  ", "m: [a]",
        "n: a: b", "1: 2", "a:#c", "j: x ", "\t", 'k: "a" ', "l: ...", "---", "...", "o:  two",
        "p: |+", "é: ü", "q: \xa0x", "r: x\xa0", "s: x:", "u: 😀", "t: a:\xa0b", "v: a\x85b",
    ]
)  # fmt: skip
LINES = st.builds(
    lambda indent, mark, rest: " " * indent + mark + rest,
    st.sampled_from([0, 0, 0, 2, 2, 4, 1]),
    st.sampled_from(["", "", "", "- ", "- ", "-", "# c"]),
    FRAGMENTS,
)


def marks(node: Node) -> object:
    """Everything about a node."""
    place = (node.start, node.end, node.line, node.column, node.tag)
    if isinstance(node, Scalar):
        return (*place, node.text, node.style)
    if isinstance(node, Sequence):
        return (*place, node.flow, [marks(item) for item in node.items])
    return (*place, node.flow, [(marks(key), marks(value)) for key, value in node.entries])


def agree(text: str) -> bool:
    """Whether the scanner reads `text`; fails where it reads it otherwise."""
    root = scan(text)
    if root is None:
        return False
    for parser in PARSERS:
        composed = compose(text, "f", parser=parser)
        assert composed.root is not None and not composed.problems, parser
        assert marks(composed.root) == marks(root), parser
    return True


def test_a_usual_record_is_read_by_the_scanner() -> None:
    text = (
        '# Ana\nname: Ana Novak\nid:\ntax_id: "SI1"\nnotes: |\n  two\n\n  lines\n\n\n'
        "tags:\n  - vip\n"
        "  - 'x'\n\ntasks:\n  - id: t-1\n    notes: |-\n      a\n    due: 2026-11-06\n"
        "    # c\n    lines:\n      - product: tea\n        unit_price: 18.50\nurls:\n- a:b#c\nend:"
    )
    assert agree(text)


@settings(max_examples=60, deadline=None)
@given(ROOTS)
def test_what_the_program_writes(value: dict[str, Value]) -> None:
    node = styled(dict(value))
    assert not isinstance(node, Scalar | Sequence)
    agree(emit(node))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts())
def test_what_people_write(text: str) -> None:
    agree(text)
    agree(text.replace("\r\n", "\n"))


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=6), st.sampled_from(["", "\n", "\n\n"]))
def test_odd_lines_in_any_order(lines: list[str], end: str) -> None:
    agree("\n".join(lines) + end)


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("ab:- \n#|'\"\\\t[x,é~"), max_size=25))
def test_any_characters(text: str) -> None:
    agree(text)


@pytest.mark.parametrize(
    "text", ["k: |\n  a", "k: |\n  a:", "k: |-\n  a", "l:\n  - k: |\n      a: b"]
)
def test_a_block_whose_last_line_has_no_break(text: str) -> None:
    """Its text has none either: it is left to the composer."""
    assert not agree(text)
    assert agree(f"{text}\n")


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_hostile_cases(path: Path) -> None:
    agree(path.read_bytes().decode("utf-8", "replace"))


def test_deep_nesting_is_left_to_the_composer() -> None:
    text = "".join("  " * depth + "a:\n" for depth in range(40))
    assert scan(text) is None
    assert compose(text, "f").problems[0].code == "too-deep"


def test_a_usual_record_does_not_load_ruamel() -> None:
    program = (
        "import sys; from crm_cli.store.compose import compose; "
        "assert compose('name: Ana\\n', 'f').root; "
        "sys.exit(any(name.startswith('ruamel') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_plain_values_are_the_same() -> None:
    root = scan("a: 1\nb:\n  - x\n")
    expected: Plain = {"a": "1", "b": ["x"]}
    assert root is not None and plain(root) == expected
