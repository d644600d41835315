"""Bringing one text's changes into another, line by line."""

from __future__ import annotations

import pytest

from crm_cli.store.replay import replay

BASE = "a\nb\nc\nd\n"


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("A\nb\nc\nd\n", "a\nb\nc\nD\n", "A\nb\nc\nD\n"),
        ("A\nb\nc\nd\n", "a\nB\nc\nd\n", "A\nB\nc\nd\n"),
        ("a\nB\nc\nd\n", "a\nB\nc\nd\n", "a\nB\nc\nd\n"),
        ("a\nx\nb\nc\nd\n", "a\ny\nb\nc\nd\n", "a\ny\nx\nb\nc\nd\n"),
        ("a\nb\nc\nd\nx\n", "a\nb\nc\nd\ny\n", "a\nb\nc\nd\ny\nx\n"),
        ("a\nB\nc\nd\n", "a\nBB\nc\nd\n", None),
        ("a\nd\n", "a\nb\nC\nd\n", None),
        ("a\nB\nC\nd\n", "a\nb\nC1\nD\n", None),
        ("a\nd\n", "a\nb\nc\nD\n", "a\nD\n"),
        ("a\nb\nx\nc\nd\n", "a\nd\n", None),
    ],
)
def test_what_both_changed_is_not_brought_together(one: str, other: str, both: str | None) -> None:
    assert replay(BASE, one, other) == both
    if both is None or "x" not in both:
        assert replay(BASE, other, one) == both
