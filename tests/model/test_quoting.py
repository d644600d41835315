from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.model.node import DOUBLE, LITERAL, PLAIN, SINGLE
from crm_cli.model.quoting import (
    block,
    plain_safe,
    quoted,
    resolves_to_text,
    spelled,
    style_for,
)
from crm_cli.store.compose import Parser, compose

ODD = st.text(
    st.sampled_from("ab: #-?,[]{}'\"\\\n\t&*!|>%@`=<~01.\x85\u2028\u202e\ufeff\x07é😀"), max_size=8
)
TEXTS = st.one_of(ODD, st.text(st.characters(exclude_categories=["Cs"]), max_size=12))


@pytest.mark.parametrize(
    "text",
    [
        "no", "Yes", "ON", "y", "null", "~", "", "=", "<<", "1", "-5", "1_000", "1,000", "0x1F",
        "0o17", "0b101", "010", ".5", "1e5", "1E400", "12:30", "190:20:30.15", "2026-11-03",
        "2026-11-3T10:30+01:00", ".inf", "-.INF", ".nan", "true", "+38640123456",
    ],
)  # fmt: skip
def test_what_another_yaml_would_take_for_another_type_is_quoted(text: str) -> None:
    assert not resolves_to_text(text)
    assert quoted(text) == f'"{text}"'


@pytest.mark.parametrize(
    "text",
    [
        "Ana",
        "a:b",
        "https://shop.example",
        "1.2.3",
        "040 123 456",
        "2026-11-03 call",
        "-x",
        "d.o.o.",
    ],
)
def test_plain_words_stay_plain(text: str) -> None:
    assert quoted(text) == text
    assert style_for(text) == PLAIN
    assert style_for(text, always_quoted=True) == DOUBLE


@pytest.mark.parametrize(
    "text",
    ["a: b", "a #b", "@x", "`x`", "%x", "*x", "&x", "[x", "{x", "- x", "? x", "x:", " x", "x ",
     "---", "...", "|", ">", "!x", "'x", '"x', "#x", ",x"],
)  # fmt: skip
def test_what_yaml_gives_a_meaning_is_quoted(text: str) -> None:
    assert not plain_safe(text)
    assert quoted(text).startswith('"')


def test_controls_odd_breaks_and_bidi_overrides_are_escapes() -> None:
    assert quoted("a\x85b\u2028\u202e\ufeff\x1b\t") == r'"a\x85b\u2028\u202e\ufeff\x1b\t"'


def test_a_key_that_looks_like_a_conflict_marker_is_quoted() -> None:
    assert quoted("<<<<<<< HEAD", key=True) == '"<<<<<<< HEAD"'


def test_a_style_is_kept_where_it_can_hold_the_text() -> None:
    assert spelled("it's", SINGLE) == "'it''s'"
    assert spelled("a\nb", SINGLE) == r'"a\nb"'
    assert spelled("20", PLAIN) == "20"
    assert spelled("a: b", PLAIN) == '"a: b"'


def test_blocks_are_for_lines_whose_spaces_can_be_seen() -> None:
    assert block("a\nb") and block("a\nb\n") and block("a\n\n  b\n")
    for text in ("a", "a \nb", " a\nb", "\na", "a\n\n", "a\r\nb", "a\n\tb", "a\n \nb", "a\x07\nb"):
        assert not block(text), text
    assert style_for("a\nb") == LITERAL
    assert style_for("a \nb") == DOUBLE


@pytest.mark.parametrize("parser", ["c", "pure"])
@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_every_text_reads_back_as_itself(parser: Parser, text: str) -> None:
    """Promise: what is written is what is read, as value, in brackets and as a key."""
    source = f"{quoted(text, key=True)}: [{quoted(text, flow=True)}]\nlast: {quoted(text)}\n"
    root = compose(source, "f", parser=parser).root
    assert root is not None
    values = {key.text: value for key, value in root.entries}
    assert repr(values[text]).endswith(repr(text) + f", {_style(quoted(text, flow=True))!r})])")
    assert getattr(values["last"], "text", None) == text


def _style(spelling: str) -> str:
    return DOUBLE if spelling.startswith('"') else PLAIN
