from __future__ import annotations

from hypothesis import given, settings

from crm_cli.model.node import DOUBLE, LITERAL, Mapping, Node, Scalar, Sequence, made, plain
from crm_cli.model.quoting import style_for
from crm_cli.store.compose import compose
from crm_cli.store.emit import emit, inline
from tests.store.yaml_texts import ROOTS, Value


def styled(value: Value) -> Node:
    """A node as a writer of free text makes it."""
    if value is None:
        return Scalar("")
    if isinstance(value, str):
        return Scalar(value, style_for(value))
    if isinstance(value, list):
        return Sequence(styled(item) for item in value)
    return Mapping((Scalar(key), styled(item)) for key, item in value.items())


def test_a_new_file_is_in_canonical_form() -> None:
    root = Mapping(
        [
            (Scalar("name"), Scalar("Ana Novak")),
            (Scalar("tax_id"), Scalar("SI1", DOUBLE)),
            (Scalar("notes"), Scalar("two\nlines", LITERAL)),
            (Scalar("tags"), made(["vip", "new"])),
            (
                Scalar("purchases"),
                made([{"id": "p-1", "lines": [{"product": "tea", "quantity": "20"}]}]),
            ),
            (Scalar("credit"), made({"limit": "100"})),
        ]
    )
    assert emit(root) == (
        "name: Ana Novak\n"
        'tax_id: "SI1"\n'
        "notes: |-\n  two\n  lines\n"
        "\ntags:\n  - vip\n  - new\n"
        "\npurchases:\n  - id: p-1\n    lines:\n      - product: tea\n        quantity: 20\n"
        "\ncredit:\n  limit: 100\n"
    )


def test_other_line_breaks_are_kept_throughout() -> None:
    text = emit(Mapping([(Scalar("tags"), made(["a"]))]), newline="\r\n")
    assert text == "tags:\r\n  - a\r\n"


def test_brackets_hold_what_needs_quotes_there() -> None:
    assert inline(made(["a", "b, c", {"k": "a\nb"}])) == r'[a, "b, c", {k: "a\nb"}]'


@settings(max_examples=60, deadline=None)
@given(ROOTS)
def test_what_is_made_reads_back(value: dict[str, Value]) -> None:
    node = styled(dict(value))
    assert isinstance(node, Mapping)
    root = compose(emit(node), "f").root
    assert root is not None and plain(root) == plain(node)
