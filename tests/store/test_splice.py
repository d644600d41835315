from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from crm_cli.model.errors import DataError
from crm_cli.model.node import DOUBLE, LITERAL, Mapping, Node, Scalar, Sequence, made
from crm_cli.store import intent, layout
from crm_cli.store.compose import Decoded, compose, decode
from crm_cli.store.splice import Append, Delete, Insert, Op, RenameKey, Replace, apply
from tests.store.test_emit import styled
from tests.store.yaml_texts import WORDS, Value, texts

CASES = Path(__file__).parents[1] / "cases" / "yaml"


def case(name: str) -> str:
    decoded = decode((CASES / f"{name}.yaml").read_bytes(), name)
    assert isinstance(decoded, Decoded)
    return decoded.text


def edit(text: str, *ops: Op) -> str:
    return apply(text, ops, "f.yaml")


def test_a_new_item_stands_before_the_next_sections_comment() -> None:
    assert edit(case("comment_owner"), Append(("tags",), Scalar("b"))) == (
        'tags:\n  - a\n  - b\n\n# money section\nbalance: "1.00"\n'
    )


def test_line_breaks_stay_as_they_are() -> None:
    """Promise: bytes stay, CRLF too."""
    text = case("crlf")
    assert edit(text, Replace(("name",), Scalar("B"))) == "id: c1\r\nname: B\r\n"
    assert edit(text, Insert((), "tags", made(["x"]))) == (
        "tags:\r\n  - x\r\nid: c1\r\nname: A\r\n"
    )


def test_a_missing_final_break_stays_until_something_follows() -> None:
    text = case("no_final_nl")
    assert edit(text, Replace(("name",), Scalar("B"))) == "id: c1\nname: B"
    assert edit(text, Insert((), "city", Scalar("X"), ("name",))) == "id: c1\nname: A\ncity: X\n"


def test_tags_and_unknown_keys_stay() -> None:
    assert edit(case("unknown"), Replace(("name",), Scalar("B"))) == (
        "id: c1\nname: B\nx-erp: {k: [1, 007, ~]}\n"
    )
    assert edit(case("custom_tag"), Insert((), "b", Scalar("c"), ("a",))) == "a: !vip yes\nb: c\n"
    assert edit(case("custom_tag"), Replace(("a",), Scalar("x"))) == "a: x\n"


@pytest.mark.parametrize(
    ("text", "op", "expected"),
    [
        # Lists in brackets stay so; empty ones become blocks.
        ("t: [a, b] # c\n", Append(("t",), Scalar("x, y")), 't: [a, b, "x, y"] # c\n'),
        ("t: [a, b,]\n", Append(("t",), Scalar("c")), "t: [a, b, c,]\n"),
        ("t: [\n  a,\n  b # c\n]\n", Append(("t",), Scalar("x")), "t: [\n  a,\n  b, # c\n  x\n]\n"),
        ("t: [\n  a,\n  b, # c\n]\n", Append(("t",), Scalar("x")),
         "t: [\n  a,\n  b, # c\n  x,\n]\n"),
        ("t: [a, b] # c\n", Append(("t",), Scalar("x"), 0), "t: [a, x, b] # c\n"),
        ("t: [\n  a, # c\n  b\n]\n", Append(("t",), Scalar("x"), 0),
         "t: [\n  a, # c\n  x,\n  b\n]\n"),
        ("t:\n- a\n  # on a\n# on b\n- b\n", Append(("t",), Scalar("x"), 0),
         "t:\n- a\n  # on a\n- x\n# on b\n- b\n"),
        ("t: [] # c\n", Append(("t",), Scalar("x")), "t: # c\n  - x\n"),
        ("t:\nn: 1\n", Append(("t",), Scalar("x")), "t:\n  - x\nn: 1\n"),
        ("t: ~ # c\n", Append(("t",), Scalar("x")), "t: # c\n  - x\n"),
        ("t: {a: [], b: 1}\n", Append(("t", "a"), Scalar("x")), "t: {a: [x], b: 1}\n"),
        ("c: {a: 1}\n", Insert(("c",), "b", Scalar("2"), ("a",)), "c: {a: 1, b: 2}\n"),
        ("c: {}\n", Insert(("c",), "b", Scalar("2")), "c:\n  b: 2\n"),
        ("c:\n", Insert(("c",), "b", Scalar("2")), "c:\n  b: 2\n"),
        ("{}\n", Insert((), "a", made(["x"])), "a:\n  - x\n"),
        # Indentation as it is.
        ("t:\n- a\nn: 1\n", Append(("t",), Scalar("x")), "t:\n- a\n- x\nn: 1\n"),
        ("t:\n    - a\n", Append(("t",), made({"k": "v"})), "t:\n    - a\n    - k: v\n"),
        ("a:\n- x\n", Insert((), "b", made(["y"]), ("a",)), "a:\n- x\n\nb:\n- y\n"),
        ("a: |\n  x\n\n\nb: 1\n", Insert((), "c", Scalar("2"), ("a",)),
         "a: |\n  x\nc: 2\n\n\nb: 1\n"),
        # Quotes and comments as they are.
        ("a: 'x' # c\n", Replace(("a",), Scalar("it's")), "a: 'it''s' # c\n"),
        ('a: "1000"\n', Replace(("a",), Scalar("2000")), 'a: "2000"\n'),
        ("a: 1 # c\n", Replace(("a",), Scalar("x: y")), 'a: "x: y" # c\n'),
        ("a: # c\nb: 1\n", Replace(("a",), Scalar("x")), "a: x # c\nb: 1\n"),
        ("a: x # c\n", Replace(("a",), Scalar("")), "a: # c\n"),
        ("a: x # c\n", Replace(("a",), Scalar("p\nq\n", LITERAL)), "a: | # c\n  p\n  q\n"),
        ("a: |\n  p\n  q\n\nb: 1\n", Replace(("a",), Scalar("x")), "a: x\n\nb: 1\n"),
        ("a: x # c\nb: 1\n", Replace(("a",), made(["y", "z"])), "a: # c\n  - y\n  - z\nb: 1\n"),
        ("a:\n  - x # c\n  - y\nb: 1\n", Replace(("a",), Scalar("z")), "a: z\nb: 1\n"),
        ("t:\n  - a # c\n", Replace(("t", 0), made({"v": "a", "l": "b"})),
         "t:\n  - v: a # c\n    l: b\n"),
        # Deleting.
        ("t:\n  - a\nn: 1\n", Delete(("t", 0)), "n: 1\n"),
        ("t: [a]\nn: 1\n", Delete(("t", 0)), "n: 1\n"),
        ("t: [a, b, c]\n", Delete(("t", 1)), "t: [a, c]\n"),
        ("t: [a, b, c]\n", Delete(("t", 2)), "t: [a, b]\n"),
        ("t:\n  - a\n  # on b\n  - b # too\n  - c\n", Delete(("t", 1)), "t:\n  - a\n  - c\n"),
        ("t:\n  # apart\n\n  - a\n  - b\n", Delete(("t", 0)), "t:\n  # apart\n\n  - b\n"),
        ("# head\na: 1\nb: 2\n", Delete(("a",)), "# head\nb: 2\n"),
        ("a: 1\n\nt:\n  - x\n\nu:\n  - y\n", Delete(("t",)), "a: 1\n\nu:\n  - y\n"),
        ("a: 1\n\nt:\n  - x\n", Delete(("t",)), "a: 1\n"),
        ("t:\n  - a: 1 # c\n    # on b\n    b: 2\n", Delete(("t", 0, "a")),
         "t:\n  - # on b\n    b: 2\n"),
        ("t:\n  - a: 1\n    b: 2\n", Delete(("t", 0, "a")), "t:\n  - b: 2\n"),
        ("t:\n  - a: 1\n    b: 2\n    c: 3\n", Delete(("t", 0, "a")),
         "t:\n  - b: 2\n    c: 3\n"),
        ("t: [\n  a,\n  b\n]\n", Delete(("t", 1)), "t: [\n  a\n]\n"),
        ("t: [\n  a,\n  b,\n]\n", Delete(("t", 1)), "t: [\n  a,\n]\n"),
        # Brackets stay where what they hold is short and on one line.
        ("t: [a, b] # c\n", Replace(("t",), made(["d"])), "t: [d] # c\n"),
        ("t: {a: 1}\n", Replace(("t",), made({"a": "x", "b": ""})), 't: {a: x, b: ""}\n'),
        ("t: [a, b]\n", Replace(("t",), made(["d" * 70])), f"t:\n  - {'d' * 70}\n"),
        ("t: [a, b]\n", Replace(("t",), made(["d\ne"])), 't:\n  - "d\\ne"\n'),
        # A text of several lines ends with a line break, in a file that ends without one, too.
        ("t:\n- a: 1\n  b:", Replace(("t", 0), Scalar("x\ny\n", LITERAL)),
         "t:\n- |\n  x\n  y\n"),
        ("t:\n  - a", Replace(("t",), Sequence([Scalar("x\ny\n", LITERAL)])),
         "t:\n  - |\n    x\n    y\n"),
        ("t:\n  - a", Replace(("t",), Mapping([(Scalar("m"), Scalar("x\ny\n", LITERAL))])),
         "t:\n  m: |\n    x\n    y\n"),
        ("t:\n  - a", Replace(("t",), made(["b", "c"])), "t:\n  - b\n  - c"),
        # Renaming and placing.
        ("'a': 1 # c\n", RenameKey(("a",), "b"), "'b': 1 # c\n"),
        ("name: A\nnotes: x\n", Insert((), "city", Scalar("L"), ("name", "kind")),
         "name: A\ncity: L\nnotes: x\n"),
        ("name: A\n", Insert((), "tags", made(["x"]), ("name",)), "name: A\n\ntags:\n  - x\n"),
        ("name: A\ntags:\n  - x\n", Insert((), "urls", made(["y"]), ("name", "tags")),
         "name: A\ntags:\n  - x\nurls:\n  - y\n"),
        ("# head\nb: 2\n", Insert((), "a", Scalar("1")), "# head\nb: 2\na: 1\n"),
        ("t:\n  - b: 2\n", Insert(("t", 0), "a", Scalar("1")), "t:\n  - a: 1\n    b: 2\n"),
    ],
)  # fmt: skip
def test_an_edit_is_only_what_was_asked(text: str, op: Op, expected: str) -> None:
    assert edit(text, op) == expected


def test_an_edit_that_changes_nothing_gives_the_same_text() -> None:
    text = "a:   'x'  # c\nt: [ b ]\n"
    assert edit(text) == text
    assert edit(text, Replace(("a",), Scalar("x", DOUBLE)), Replace(("t",), made(["b"]))) == text
    assert edit(text, RenameKey(("a",), "a")) == text


def test_paths_name_the_text_as_it_was() -> None:
    text = "t:\n  - a\n  - b\n  - c\nn: 1\n"
    ops: list[Op] = [
        Delete(("t", 0)),
        Replace(("t", 2), Scalar("z")),
        Append(("t",), Scalar("d")),
        Delete(("t", 1)),
        RenameKey(("n",), "m"),
        Insert((), "k", Scalar("2"), ("n",)),
    ]
    assert edit(text, *ops) == "t:\n  - z\n  - d\nm: 1\nk: 2\n"


def test_a_key_and_one_within_it_are_renamed_at_once() -> None:
    ops = [RenameKey(("a",), "x"), RenameKey(("a", "b"), "z")]
    for each in (ops, ops[::-1]):
        assert edit("a:\n  b:\n    c: 1\n", *each) == "x:\n  z:\n    c: 1\n"


def test_all_items_gone_is_the_key_gone() -> None:
    text = "n: 1\nt:\n  - a\n  - b: [c]\n"
    assert edit(text, Delete(("t", 0)), Delete(("t", 1))) == "n: 1\n"
    assert edit(text, Delete(("t", 1, "b", 0))) == "n: 1\nt:\n  - a\n"


@pytest.mark.parametrize(
    "ops",
    [
        [Replace(("x",), Scalar("1"))],
        [Delete(("t", 5))],
        [Append(("a",), Scalar("1"))],
        [Insert(("a",), "k", Scalar("1"))],
        [Insert((), "a", Scalar("1"))],
        [RenameKey(("a",), "t")],
        [Delete(("a",)), Delete(("t",))],
    ],
)
def test_what_cannot_be_done_is_refused(ops: list[Op]) -> None:
    with pytest.raises(DataError):
        edit("a: x\nt: [b]\n", *ops)


def test_a_file_that_cannot_be_read_is_not_edited() -> None:
    with pytest.raises(DataError, match=r"f\.yaml:3:1"):
        edit(case("dup_key"), Replace(("id",), Scalar("c2")))


def paths(node: Node, path: intent.Path = ()) -> list[intent.Path]:
    found = [path] if path else []
    if isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            found += paths(item, (*path, index))
    elif isinstance(node, Mapping):
        for key, value in node.entries:
            found += paths(value, (*path, key.text))
    return found


NEW: st.SearchStrategy[Value] = st.one_of(
    WORDS,
    st.none(),
    st.just("new\nlines\n"),
    st.just(["x", "y"]),
    st.just({"k": "v", "l": ["m"]}),
    st.just([{"k": "v", "l": "w"}]),
)
AFTER = st.sampled_from([(), ("name",), ("name", "tags"), ("tags", "x-erp", "notes")])


def some_op(data: st.DataObject, root: Mapping) -> Op:
    path = data.draw(st.sampled_from(paths(root)))
    node = intent.find(root, path)
    new = styled(data.draw(NEW))
    ops: list[Op] = [
        Replace(path, new),
        Delete(path),
        Insert((), "fresh", new, data.draw(AFTER)),
    ]
    if isinstance(node, Sequence) or (isinstance(node, Scalar) and node.absent):
        ops.append(Append(path, new))
    if isinstance(node, Sequence) and node.items:
        ops.append(Append(path, new, data.draw(st.integers(0, len(node.items) - 1))))
    if isinstance(node, Mapping):
        ops.append(Insert(path, "fresh", new, data.draw(AFTER)))
    if isinstance(path[-1], str):
        ops.append(RenameKey(path, "fresh"))
    return data.draw(st.sampled_from(ops))


def rows(text: str) -> list[str]:
    return re.split(r"\r\n|\n|\r", text)


def own_rows(text: str, root: Mapping, op: Op) -> range:
    """The rows that an edit may touch: its node's, with the comments and blank above."""
    path = intent.owner(root, op.path) if isinstance(op, Delete) else op.path
    node: Node | None = root
    for depth in range(1, len(path) + 1):
        node = intent.find(root, path[:depth])
        if isinstance(node, Mapping | Sequence) and node.flow:
            path = path[:depth]
            break
    assert node is not None
    empty = isinstance(node, Scalar) or node.flow
    if (isinstance(op, Insert | Append) and not empty) or not path:
        return range(0)
    holder = intent.find(root, path[:-1])
    start = node.start
    if isinstance(holder, Mapping):
        start = next(key.start for key, _ in holder.entries if key.text == path[-1])
    elif isinstance(holder, Sequence) and not holder.flow:
        start = layout.dash(text, holder, int(path[-1]))
    first = len(rows(text[:start])) - 1
    last = len(rows(text[: max(node.end, start)])) - 1
    lines = rows(text)
    if isinstance(op, Delete):
        while first and lines[first - 1].lstrip().startswith("#"):
            first -= 1
        if first and not lines[first - 1].strip():
            first -= 1
        while last + 1 < len(lines) and not lines[last + 1].strip():
            last += 1
        if layout.lead(text, start).strip() and last + 1 < len(lines):
            last += 1  # The next key moves up to the dash.
    return range(first, last + 1)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts(), st.data())
def test_other_lines_stay_as_they_are(text: str, data: st.DataObject) -> None:
    """Promise: what you did not ask to change does not change."""
    root = compose(text, "f").root
    assert root is not None
    op = some_op(data, root)
    assume(
        not isinstance(op, Delete) or len(intent.owner(root, op.path)) > 1 or len(root.entries) > 1
    )
    changed = edit(text, op)
    own = own_rows(text, root, op)
    kept = [row for index, row in enumerate(rows(text)) if index not in own]
    # A key that is put before the first of an item takes its place beside the dash.
    trim = " -" if isinstance(op, Insert) else "\n"
    remaining = iter([row.lstrip(trim) for row in rows(changed)])
    for row in kept:
        assert row.lstrip(trim) in remaining or row == "", (op, row)
    if "\r\n" in text:
        assert "\n" not in changed.replace("\r\n", "")
    if not isinstance(op, Delete | Replace):
        for start, end in layout.comments(text, root):
            assert text[start:end] in changed


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts(), st.data())
def test_several_edits_at_once(text: str, data: st.DataObject) -> None:
    root = compose(text, "f").root
    assert root is not None
    first = root.entries[0][0].text
    ops: list[Op] = [
        Replace((first,), styled(data.draw(NEW))),
        Insert((), "fresh", styled(data.draw(NEW)), (first,)),
    ]
    ops += [Delete((key.text,)) for key, _ in root.entries[1:]]
    again = compose(edit(text, *ops), "f").root
    assert again is not None
    assert list(again.keys()) == [first, "fresh"]


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_hostile_cases_keep_their_lines_or_are_refused(path: Path) -> None:
    decoded = decode(path.read_bytes(), path.name)
    if not isinstance(decoded, Decoded):
        return
    text = decoded.text
    root = compose(text, path.name).root
    if root is None:
        with pytest.raises(DataError):
            edit(text, Insert((), "fresh", Scalar("x")))
        return
    last = root.entries[-1][0].text
    changed = edit(text, Insert((), "fresh", Scalar("x"), (last,)))
    assert [row for row in rows(changed) if row != "fresh: x"][: len(rows(text))] == rows(text)
