"""Templates filled in by name, as campaigns and documents do."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.formats.documents.forms import Form, nested, read_form
from crm_cli.model.errors import Unreadable
from crm_cli.model.front_matter import read_front


def form(text: str) -> Form:
    front = read_front(text)
    return read_form(front.entries.get("subject", ""), front.body, front.line)


def test_a_template_has_a_subject_and_fields() -> None:
    text = '---\nsubject: "For {{ name }}"\nauthor: x\n---\n\nDear {{name}},\n{{ business.name }}\n'
    found = form(text.replace("\n", "\r\n"))
    named = [(one.name, one.line) for one in found.references]
    assert named == [("name", 1), ("name", 6), ("business.name", 7)]
    values = {"name": "Ana\n{{ spend }}", "business.name": None}
    made, lacking = found.filled(values)
    assert lacking == ["business.name"]
    made, lacking = found.filled({**values, "business.name": "*Kava* _d_"})
    assert lacking == [] and made.subject == "For Ana {{ spend }}"
    assert made.body == "Dear Ana\n{{ spend }},\n*Kava* _d_\n", "values stay as they are"


def test_what_is_asked_for_is_not_lacking() -> None:
    found = form("{% if city %}{{ city }}{% else %}nowhere{% endif %} {{ tag|default('-') }}")
    made, lacking = found.filled({"city": None, "tag": None})
    assert (made.body, lacking) == ("nowhere -", [])
    twice = form("---\nsubject: '{{ city }}'\n---\n{{ city }}{{ tag }}")
    assert twice.filled({"city": None, "tag": None})[1] == ["city", "tag"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n{% if x %}", 2), ("{{ name", 1), ("{{ f() }}", 1), ("{{ }}", 1), ("{{ a|b }}", 1),
        ("---\nkind: email\n---\n\n\n{{ f() }}", 6),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(Unreadable, match=f"^line {line}: "):
        form(text)


def test_texts_are_bounded() -> None:
    with pytest.raises(Unreadable, match="too long"):
        form("x" * 300_000)
    with pytest.raises(Unreadable, match="too long"):
        form("{{ a }}" * 1000).filled({"a": "x" * 1000})


def test_names_are_nested_as_templates_reach_them() -> None:
    assert nested({"a.b": 1, "a.c.d": 2, "e": 3}) == {"a": {"b": 1, "c": {"d": 2}}, "e": 3}
    with pytest.raises(Unreadable, match=r"no field a\.b"):
        nested({"a": 1, "a.b": 2})


@given(st.text(max_size=200), st.text(max_size=50))
def test_any_text_is_a_template_or_refused(text: str, value: str) -> None:
    with contextlib.suppress(Unreadable):
        found = form(text)
        made, _ = found.filled({one.name: value for one in found.references})
        assert "\n" not in made.subject
