from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_cli.model.node import Mapping, Node, Scalar, Sequence, plain
from crm_cli.store import intent, layout
from crm_cli.store.canonical import canonical
from crm_cli.store.compose import compose
from tests.store.yaml_texts import texts

BY_HAND = """\
# Head of the file

# about Ana
name: 'Ana'   # tail

custom: !vip
  a: 1
tags: [a, # one
  b] # two
# addresses
emails:
# first
- value: x@shop.example # v
  # what kind
  label: home
-   # second
  value: z
notes: > # folded
  long
  text
e: []  # none
# final
"""
TIDY = """\
# Head of the file

# about Ana
name: Ana # tail
notes: | # folded
  long text
e: [] # none

tags: # two
  - a # one
  - b

# addresses
emails:
  # first
  - value: x@shop.example # v
    # what kind
    label: home
  # second
  - value: z

custom: !vip
  a: 1

# final
"""
ORDER = ["name", "notes", "e", "tags", "emails", "custom"]


def tree(text: str) -> Mapping:
    root = compose(text, "f").root
    assert root is not None
    return root


def arranged(node: Node, order: list[str] | None) -> Mapping:
    """A copy with its keys in `order`, or by name at every level."""
    copied = intent.copy(node)
    stack: list[Node] = [copied]
    while stack:
        each = stack.pop()
        if isinstance(each, Sequence):
            stack += each.items
        elif isinstance(each, Mapping):
            stack += [value for _, value in each.entries]
            if order is None:
                each.entries.sort(key=lambda entry: entry[0].text)
            elif each is copied:
                each.entries.sort(key=lambda entry: order.index(entry[0].text))
    assert isinstance(copied, Mapping)
    return copied


def test_comments_move_with_what_they_are_about() -> None:
    root = tree(BY_HAND)
    result = canonical(BY_HAND, root, arranged(root, ORDER))
    assert result == TIDY


def test_a_comment_beside_brackets_stays_beside_what_they_held() -> None:
    text = (
        "credit: {limit: 5, hold: false}  # careful\n"
        "emails:\n  - {value: a, label: work}  # at work\n  - {value: c}\n"
        "tags: [a, [b, c]] # two\nempty: {} # none\n"
    )
    root = tree(text)
    assert canonical(text, root, root) == (
        "credit: # careful\n  limit: 5\n  hold: false\n\n"
        "emails:\n  - value: a # at work\n    label: work\n  - value: c\n\n"
        "tags: # two\n  - a\n  -\n    - b\n    - c\nempty: {} # none\n"
    )


def test_a_comment_whose_node_is_gone_stands_at_the_end() -> None:
    text = "a: 1\nb: 2 # lost?\n"
    root = tree(text)
    kept = Mapping(root.entries[:1])
    assert canonical(text, root, kept) == "a: 1\n\n# lost?\n"


def test_single_quotes_and_folded_texts_become_canonical() -> None:
    text = "a: 'no'\nb: 'x'\n'c': >-\n  one\n  two\nd: +1\n"
    root = tree(text)
    assert canonical(text, root, root) == 'a: "no"\nb: x\nc: one two\nd: +1\n'


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts(), st.booleans())
def test_tidy_twice_is_tidy_once(text: str, sort: bool) -> None:
    def tidy(source: str) -> str:
        root = tree(source)
        return canonical(source, root, arranged(root, None) if sort else root)

    once = tidy(text)
    assert tidy(once) == once
    root = tree(text)
    for start, end in layout.comments(text, root):
        assert text[start:end].rstrip() in once
    if not sort:
        assert plain(tree(once)) == plain(root)
    assert not any(isinstance(node, Scalar) and node.style == "'" for _, node in root.entries) or (
        once != text
    )


def test_several_comments_above_one_item_stay_above_it() -> None:
    text = "name: A\n\ntasks:\n  # one\n  # two\n  - id: t-1aaaaaa\n    # three\n    title: B\n"
    root = tree(text)
    assert canonical(text, root, root) == text
