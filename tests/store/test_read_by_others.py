"""Files that we wrote, read by other programs: the same texts, keys among them."""

from __future__ import annotations

import io
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.node import Mapping
from crm_cli.model.writing import free_node
from crm_cli.store.canonical import canonical
from crm_cli.store.compose import compose
from crm_cli.store.document import Document
from crm_cli.store.emit import emit, inline

OTHER_TYPES = (
    "on", "No", "y", "null", "~", "true", "1", "-0x1F", "0o17", "0b1", "1_000", "1e5", ".5", "5.",
    "12:30", "190:20:30.15", "2026-11-20", "2026-11-20 10:30", "2026-11-20T10:30:00Z", "=", "<<",
    ".inf", "-.INF", ".nan", "1,000", "- a", "? a", "a: b", "a #b", "#a", "@a", "`a", "%a", "!a",
    "&a", "*a", "|", ">", "[a]", "{a: b}", "'a", '"a', " a", "a ", "a:", "---", "...", "a\tb",
    "<<<<<<<", "\u0085", "\u2028", "\ufeff", "🙂", "a\nb",
)  # fmt: skip
TEXTS = st.sampled_from(OTHER_TYPES) | st.text(
    st.characters(codec="utf-8"), min_size=1, max_size=20
)
RECORDS = st.dictionaries(TEXTS, TEXTS | st.dictionaries(TEXTS, TEXTS, max_size=3), max_size=5)


def read_by_pyyaml(text: str) -> Any:
    return yaml.safe_load(text)


def read_by_ruamel(version: str) -> Any:
    def read(text: str) -> Any:
        reader = YAML(typ="safe", pure=True)
        reader.version = version
        return reader.load(io.StringIO(text))

    return read


READERS = {
    "PyYAML": read_by_pyyaml,
    "ruamel 1.1": read_by_ruamel("1.1"),
    "ruamel 1.2": read_by_ruamel("1.2"),
}


@pytest.mark.parametrize("reader", READERS)
@given(RECORDS)
@example(dict.fromkeys(OTHER_TYPES, "x"))
@example({"custom": dict.fromkeys(OTHER_TYPES, "x")})
@example({"custom": {key: key for key in OTHER_TYPES}})
def test_a_new_file_says_the_same_to_others(reader: str, record: dict[str, Any]) -> None:
    node = free_node({"name": "Ana", **record})
    assert isinstance(node, Mapping)
    for text in (emit(node), inline(node)):
        assert READERS[reader](text) == {"name": "Ana", **record}, text


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("flow", [False, True])
@pytest.mark.parametrize("key", [one for one in OTHER_TYPES if one.isascii()])
def test_a_field_that_is_set_says_the_same_to_others(reader: str, flow: bool, key: str) -> None:
    custom = "custom: {size: m}" if flow else "custom:\n  size: m"
    document = Document(
        "customers/ana.yaml", f"name: Ana\n{custom}\n".encode(), CUSTOMER, Business()
    )
    try:
        document.set(None, f"custom.{key}", "x")
    except ValueError:
        return  # no key of ours
    text = document.data.decode()
    said = READERS[reader](text)["custom"]
    assert said == {"size": "m", key: "x"}, text
    root = compose(text, "x").root
    assert root is not None
    assert READERS[reader](canonical(text, root, root))["custom"] == said
