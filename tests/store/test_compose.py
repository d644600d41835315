from __future__ import annotations

import time
from pathlib import Path

import pytest

from crm_cli.model.errors import Problem, Severity
from crm_cli.model.node import LITERAL, Mapping, Scalar, Sequence, plain
from crm_cli.store import compose as module
from crm_cli.store.compose import MAX_BYTES, Composed, Decoded, Parser, compose, decode

CASES = Path(__file__).parents[1] / "cases" / "yaml"
PARSERS: list[Parser] = ["auto", "c", "pure"]

REFUSED = {
    "bad_tags": (1, 4, "bad-tag"),
    "conflict": (2, 1, "merge-conflict"),
    "deep_dash": (1, 65, "too-deep"),
    "deep_flow": (1, 35, "too-deep"),
    "dup_key": (3, 1, "duplicate-key"),
    "empty": (1, 1, "empty"),
    "esc_raw": (1, 7, "control-character"),
    "latin1": (1, 7, "not-utf8"),
    "laughs": (1, 5, "anchor"),
    "list_root": (1, 1, "not-a-mapping"),
    "merge_bomb": (1, 5, "anchor"),
    "multi_doc": (2, 1, "several-documents"),
    "nul": (1, 8, "control-character"),
    "only_comment": (1, 1, "empty"),
    "pytag": (1, 4, "bad-tag"),
    "self_alias": (1, 4, "anchor"),
    "surrogate": (1, 7, "lone-surrogate"),
    "tab_indent": (2, 1, "syntax"),
    "unclosed_quote": (2, 7, "syntax"),
    "utf16": (1, 1, "not-utf8"),
}
READ = {
    "bidi": {"name": "gpj.\u202eexe"},
    "bom": {"id": "c1", "name": "A"},
    "comment_owner": {"tags": ["a"], "balance": "1.00"},
    "crlf": {"id": "c1", "name": "A"},
    "equals": {"op": "=", "m": "<<"},
    "esc_escaped": {"name": "\x1b]0;pwn\x07\x1b[2J"},
    "nel": {"name": "a\x85b", "note": "a\u2028b"},
    "no_final_nl": {"id": "c1", "name": "A"},
    "norway": {"country": "NO", "nick": "on", "answer": "y"},
    "phones": {"phones": ["+38640123456", "0040123456", "040123456"]},
    "tab_sep": {"a": "1"},
    "unknown": {"id": "c1", "name": "A", "x-erp": {"k": ["1", "007", None]}},
    "zip": {"zip": "01000", "vat": "0e10", "hex": "0x1F", "sex": "12:30"},
}


def read(path: Path, parser: Parser = "auto") -> Composed:
    decoded = decode(path.read_bytes(), path.name)
    if isinstance(decoded, Problem):
        return Composed(None, (decoded,))
    return compose(decoded.text, path.name, parser=parser)


def problem(text: str) -> Problem:
    composed = compose(text, "f.yaml")
    assert composed.root is None
    return composed.problems[0]


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_bad_file_has_a_place(name: str) -> None:
    """Promise: one bad file is reported as `path:line:column: what is wrong`."""
    composed = read(CASES / f"{name}.yaml")
    assert composed.root is None
    first = composed.problems[0]
    assert (first.line, first.column, first.code) == REFUSED[name]
    assert first.severity is Severity.ERROR


@pytest.mark.parametrize("name", ["laughs", "merge_bomb", "deep_dash", "deep_flow", "self_alias"])
def test_bombs_are_refused_at_once(name: str) -> None:
    read(CASES / "self_alias.yaml")
    start = time.perf_counter()
    assert read(CASES / f"{name}.yaml").root is None
    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize("name", sorted(READ))
def test_values_are_text_as_written(name: str) -> None:
    composed = read(CASES / f"{name}.yaml")
    assert composed.root is not None and not composed.problems
    assert plain(composed.root) == READ[name]


def test_every_case_is_read_or_has_a_problem() -> None:
    for path in sorted(CASES.glob("*.yaml")):
        for parser in PARSERS:
            composed = read(path, parser)
            assert (composed.root is None) == any(
                each.severity is Severity.ERROR for each in composed.problems
            ), path


def test_a_conflict_names_its_lines() -> None:
    found = read(CASES / "conflict.yaml").problems
    assert [each.message for each in found] == ["unresolved merge conflict at lines 2-6"]


def test_a_duplicate_key_names_the_first() -> None:
    assert "line 2" in read(CASES / "dup_key.yaml").problems[0].message


def test_a_foreign_tag_is_kept_with_a_warning() -> None:
    composed = read(CASES / "custom_tag.yaml")
    assert composed.root is not None
    assert composed.root.entries[0][1].tag == "!vip"
    assert [(each.code, each.severity) for each in composed.problems] == [
        ("unknown-tag", Severity.WARNING)
    ]


def test_text_lost_after_a_number_sign_is_told() -> None:
    composed = compose("a: Sent invoice #42\nb: x # a remark\nc: '#1' #\n", "f")
    assert [(each.line, each.column, each.code) for each in composed.problems] == [
        (1, 17, "text-cut")
    ]
    assert composed.root is not None


def test_a_byte_order_mark_is_no_text() -> None:
    assert decode(b"\xef\xbb\xbfa: 1\n", "f") == Decoded("a: 1\n", True)


def test_other_encodings_name_the_byte_and_the_cure() -> None:
    found = decode(b"name: \x8eaga\n", "f")
    assert isinstance(found, Problem)
    assert "byte 7" in found.message and "cp1250" in found.hint


def test_large_files_are_refused_unread() -> None:
    found = decode(b"#" * (MAX_BYTES + 1), "f")
    assert isinstance(found, Problem) and found.code == "too-large"


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [
        ("n: a: b\n", 1, 5, "not quoted", 'n: "a: b"'),
        ("n: @x\n", 1, 4, "cannot start with `@`", 'n: "@x"'),
        ("n: `x\n", 1, 4, "a backtick", "quote"),
        ("n: %x\n", 1, 4, "`%`", "quote"),
        ("n: * y\n", 1, 4, "`*`", 'n: "* y"'),
        ("n: *x y\n", 1, 4, "*x", "needs quotes"),
        ("n: &x y\n", 1, 4, "&x", "needs quotes"),
        ("n: [a\nb: 1\n", 1, 4, "`[` is not closed", "["),
        ("n: {a\nb: 1\n", 1, 4, "`{` is not closed", "{"),
        ("n: [a] b\n", 1, 8, "text follows the closing `]`", '"[a] b"'),
        ('n: "A\nb: "x"\n', 1, 4, 'the quote "', "close it"),
        ("n: 'it's'\n", 1, 8, "text follows the closing quote", "''"),
        ("a: 1\nfoo\nb: 2\n", 2, 1, "neither", "quotes"),
        ("a: 1\n  b: 2\n", 2, 3, "already has a value", "alike"),
        ("a:\n  - x\n b: 1\n", 3, 2, "indentation", "alike"),
        ('n: "\\d"\n', 1, 6, "escape", "backslash"),
        ("a:\n  b: 1\n\tc: 2\n", 3, 1, "tab", "spaces"),
        ("n: - a\n", 1, 4, "list", "next line"),
        ("[a]: 1\n", 1, 1, "a key must be one text", "quote"),
        (": 1\n", 1, 1, "key is empty", "key: value"),
    ],
)
def test_a_slip_is_told_in_plain_words(
    text: str, line: int, column: int, message: str, hint: str
) -> None:
    found = problem(text)
    assert (found.line, found.column) == (line, column)
    assert message in found.message
    assert hint in found.hint


@pytest.mark.parametrize("parser", PARSERS)
def test_ends_are_those_of_the_last_leaf(parser: Parser) -> None:
    text = "tags:\n  - a\n\n# more\nnotes: |\n  x\n\n# end\nempty:\n"
    root = compose(text, "f", parser=parser).root
    assert root is not None
    tags, notes, empty = (node for _, node in root.entries)
    assert isinstance(tags, Sequence) and text[tags.start : tags.end] == "- a"
    assert isinstance(notes, Scalar) and text[notes.start : notes.end] == "|\n  x"
    assert notes.style == LITERAL and notes.text == "x\n"
    assert isinstance(empty, Scalar) and empty.start == empty.end == len(text) - 1
    assert (root.start, root.end) == (0, len(text) - 1)


@pytest.mark.parametrize("parser", ["c", "pure"])
def test_keeping_blocks_end_with_their_blank_lines(parser: Parser) -> None:
    text = "a: |+\n  x\n\n\nb: 1\n"
    root = compose(text, "f", parser=parser).root
    assert isinstance(root, Mapping)
    node = root.entries[0][1]
    assert isinstance(node, Scalar) and node.text == "x\n\n\n"
    assert text[node.start : node.end] == "|+\n  x\n\n"


def test_characters_that_stand_in_are_ones_the_text_has_not() -> None:
    root = compose('a: \x85\ue000b\nc: "\\ue001\u2028"\n', "f").root
    assert root is not None
    assert plain(root) == {"a": "\x85\ue000b", "c": "\ue001\u2028"}


DIFFERING = {
    # text: whether libyaml reads it, whether the pure parser does
    "n: [https://shop.example]\n": (False, True),
    "a:\t1\n": (True, False),
    ": x\n": (False, False),
    'a: "\\/"\n': (True, True),
}


@pytest.mark.parametrize("text", sorted(DIFFERING))
def test_where_the_parsers_differ(text: str) -> None:
    """What one of them refuses is read all the same, since one of them reads it."""
    read = [compose(text, "f", parser=parser).root is not None for parser in PARSERS]
    assert read == [any(DIFFERING[text]), *DIFFERING[text]]


def test_without_libyaml_the_pure_parser_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_libyaml", lambda text: None)
    root = compose("a: [x]\n", "f").root
    assert root is not None and plain(root) == {"a": ["x"]}
